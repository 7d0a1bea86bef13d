"""What differs between two solutions: who keeps their match, who gets another, and who must be told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matching.errors import ProblemError
from matching.problem import CommunitiesProgramme, MentoringProgramme, PeerProgramme, Problem, Programme
from matching.rematch import Match, matches_of
from matching.solution import Role, Solution

# With whom, or in which communities, somebody is.
Partners = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Somebody who is with others than before; nobody before, or now, is an empty list."""

    person: str
    role: Role
    before: Partners
    after: Partners


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How one programme's second plan differs from its first.

    `kept` are the matches that stand in both, by their members as a lock has them; `ended` and `made` those
    of only one. `changed` are people with other partners than before, `new` those who had none, `lost` those
    who have none any more. `told` are all whom it concerns: they, and the leads of the communities that
    somebody joins or leaves; people who left (`left`) are not among any of these.
    """

    programme: str
    kept: tuple[Partners, ...]
    ended: tuple[Partners, ...]
    made: tuple[Partners, ...]
    changed: tuple[Change, ...]
    new: tuple[Change, ...]
    lost: tuple[Change, ...]
    told: Partners
    left: Partners = ()


def compare(problem: Problem, first: Solution, second: Solution) -> tuple[Difference, ...]:
    """Return how the second solution differs from the first, in each programme that both have solved.

    `problem` is the one that the second solution answers: whoever takes part in it no more has left.

    Raises
    ------
    ProblemError
        When the second solution answers another problem, or the two have no programme in common.
    """
    if second.problem_sha256 != problem.sha256:
        raise ProblemError("$.problem_sha256", "the second solution answers another problem.")
    both = [name for name in second.programmes if name in first.programmes]
    if not both:
        raise ProblemError("$.programmes", "the two solutions have no programme in common.")
    before, after = _by_programme(first), _by_programme(second)
    return tuple(_difference(problem.programme(name), before[name], after[name]) for name in both)


def _by_programme(solution: Solution) -> Mapping[str, set[Match]]:
    found: dict[str, set[Match]] = defaultdict(set)
    for match in matches_of(solution):
        found[match.programme].add(match)
    return found


def _difference(programme: Programme, before: set[Match], after: set[Match]) -> Difference:
    had, has, enrolled = _partners(programme, before), _partners(programme, after), _enrolled(programme)
    changes = [
        Change(person=who[0], role=who[1], before=tuple(had[who]), after=tuple(has[who]))
        for who in sorted(had.keys() | has.keys())
        if who in enrolled and had[who] != has[who]
    ]
    ended, made = sorted(before - after), sorted(after - before)
    concerned = {row.person for row in changes} | _leads(programme, (*ended, *made))
    return Difference(
        programme=programme.id,
        kept=tuple(match.members for match in sorted(before & after)),
        ended=tuple(match.members for match in ended),
        made=tuple(match.members for match in made),
        changed=tuple(row for row in changes if row.before and row.after),
        new=tuple(row for row in changes if not row.before),
        lost=tuple(row for row in changes if not row.after),
        told=tuple(sorted(concerned)),
        left=tuple(sorted({who[0] for who in had if had[who] and who not in enrolled})),
    )


def _partners(programme: Programme, matches: Iterable[Match]) -> defaultdict[tuple[str, Role], list[str]]:
    """Return whom each person is with, in order, by person and role."""
    found: defaultdict[tuple[str, Role], list[str]] = defaultdict(list)
    for match in sorted(matches):
        first, *others = match.members
        if isinstance(programme, MentoringProgramme):
            found[first, Role.MENTEE].extend(others)
            found[others[0], Role.MENTOR].append(first)
        elif isinstance(programme, CommunitiesProgramme):
            found[first, Role.MEMBER].extend(others)
        else:
            for member in match.members:
                found[member, Role.PEER].extend(other for other in match.members if other != member)
    return found


def _enrolled(programme: Programme) -> set[tuple[str, Role]]:
    """Return who takes part, and as what."""
    if isinstance(programme, MentoringProgramme):
        mentees = {(row.person, Role.MENTEE) for row in programme.mentees}
        return mentees | {(row.person, Role.MENTOR) for row in programme.mentors}
    if isinstance(programme, CommunitiesProgramme):
        return {(row.person, Role.MEMBER) for row in programme.people}
    if isinstance(programme, PeerProgramme):
        return {(row.person, Role.PEER) for row in programme.people}
    raise TypeError(programme)


def _leads(programme: Programme, matches: Iterable[Match]) -> set[str]:
    """Return who leads the communities of these matches."""
    if not isinstance(programme, CommunitiesProgramme):
        return set()
    lead_of = {row.id: row.lead for row in programme.communities}
    return {lead for match in matches if (lead := lead_of.get(match.members[1]))}
