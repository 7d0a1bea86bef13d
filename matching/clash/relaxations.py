"""What it takes to resolve a clash: each member relaxed alone, as little as suffices, and the plan then."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from matching.clash.court import member_of
from matching.clash.search import AnyCourt, court_of
from matching.contrast.anew import Anew
from matching.contrast.records import Difference
from matching.goals import REQUIRED
from matching.problem import (
    CommunitiesProgramme,
    MentoringProgramme,
    PeerProgramme,
    Problem,
    Programme,
    Rule,
    RuleName,
)
from matching.solution import Clash, ClashKind, ClashMember, Role, Solution

# Of relaxations that cost the same, what is asked of fewest people comes first.
EASIEST = (
    *(ClashKind.PLACES, ClashKind.NEEDS, ClashKind.RULE, ClashKind.BAN, ClashKind.LOCK),
    *(ClashKind.COMMUNITY, ClashKind.PERSON),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """One member of a clash relaxed, and what the best plan is then.

    `figures` are those a rule is loosened to, `places` those a mentor or community would have, or the members
    it would need; with neither, a rule or a mix is dropped, a lock or ban lifted, and nobody asks any more
    that the person is matched, or the community opened. `left_out` counts
    those who must be matched and still are not, by other clashes; `difference` is what the plan gains and
    loses beside the one there is.
    """

    programme: str
    member: ClashMember
    figures: Mapping[str, int | str] = field(default_factory=dict)
    places: int | None = None
    left_out: int
    difference: Difference


def relaxations(anew: Anew, clash: Clash) -> list[Relaxation]:
    """Return each member of a clash relaxed, the cheapest first; raises `Stopped` when the limits end it.

    The cheapest leaves fewest out; then its plan is best by the programme's goals in their order; then what
    is asked of fewest people: a place more, a rule, a ban, a lock, and last that a person be matched.
    """
    programme = anew.problem.programme(clash.programme)
    court = court_of(anew.problem, programme)
    numbers = [court.members.index(member) for member in clash.members]
    found = [_relaxed(anew, programme, court, numbers, member) for member in clash.members]
    return sorted(found, key=_cost)


def _cost(row: Relaxation) -> tuple[object, ...]:
    values = tuple(-value for goal, value in row.difference.goals.items() if goal != REQUIRED)
    return row.left_out, values, EASIEST.index(row.member.kind), row.member.people, row.member.rule or ""


def _relaxed(
    anew: Anew, programme: Programme, court: AnyCourt, numbers: list[int], member: ClashMember
) -> Relaxation:
    problem = anew.problem
    rest = [number for number in numbers if court.members[number] != member]
    figures: Mapping[str, int | str] = {}
    places: int | None = None
    match member.kind:
        case ClashKind.PERSON | ClashKind.COMMUNITY:
            programme = _not_required(programme, member)
        case ClashKind.PLACES:
            places = _changed_places(court, rest, member, 1)
            programme = _with_places(programme, member.people[0], places)
        case ClashKind.NEEDS:
            places = _changed_places(court, rest, member, -1)
            programme = _needing(programme, member.people[0], places)
            places = places or None
        case ClashKind.RULE:
            (rule,) = (row for row in programme.rules if member_of(row) == member)
            loosened = loosened_rule(court, numbers, rule)
            figures = {} if loosened is None else member_of(loosened).figures
            rules = (loosened if row is rule else row for row in programme.rules)
            programme = replace(programme, rules=tuple(row for row in rules if row is not None))
        case ClashKind.LOCK | ClashKind.BAN:
            problem = _lifted(problem, programme.id, member)
    others = (programme if row.id == programme.id else row for row in problem.programmes)
    problem = replace(problem, programmes=tuple(others))
    found = anew.solved(problem, programme.id, _stage(member))
    return Relaxation(
        programme=programme.id,
        member=member,
        figures=figures,
        places=places,
        left_out=_left_out(programme, found),
        difference=anew.difference(found, programme.id),
    )


def _stage(member: ClashMember) -> str:
    return f"without {member.rule or ' and '.join(member.people)}"


def _not_required(programme: Programme, member: ClashMember) -> Programme:
    """Return the programme in which a person need not be matched, or a community opened."""
    name = member.people[0]
    match programme:
        case MentoringProgramme():
            mentees = (
                replace(row, required=row.required and row.person != name) for row in programme.mentees
            )
            return replace(programme, mentees=tuple(mentees))
        case CommunitiesProgramme() if member.kind is ClashKind.COMMUNITY:
            rows = (replace(row, required=row.required and row.id != name) for row in programme.communities)
            return replace(programme, communities=tuple(rows))
        case PeerProgramme():
            peers = (replace(row, required=row.required and row.person != name) for row in programme.people)
            return replace(programme, people=tuple(peers))
        case CommunitiesProgramme():
            people = (replace(row, required=row.required and row.person != name) for row in programme.people)
            return replace(programme, people=tuple(people))
    raise TypeError(programme)


def _with_places(programme: Programme, name: str, places: int) -> Programme:
    """Return the programme with so many places with a mentor, or in a community."""
    if isinstance(programme, MentoringProgramme):
        mentors = (replace(row, capacity=places) if row.person == name else row for row in programme.mentors)
        return replace(programme, mentors=tuple(mentors))
    if isinstance(programme, CommunitiesProgramme):
        rows = (replace(row, max=places) if row.id == name else row for row in programme.communities)
        return replace(programme, communities=tuple(rows))
    raise TypeError(programme)


def _needing(programme: Programme, name: str, least: int) -> Programme:
    """Return the programme with a community that opens with so many members; with none, without its mix."""
    if not isinstance(programme, CommunitiesProgramme):
        raise TypeError(programme)
    rows = (
        replace(row, min=least, mix=row.mix if least else ()) if row.id == name else row
        for row in programme.communities
    )
    return replace(programme, communities=tuple(rows))


def _lifted(problem: Problem, programme: str, member: ClashMember) -> Problem:
    """Return the problem without a lock or a ban."""
    name = "locks" if member.kind is ClashKind.LOCK else "bans"
    rows = getattr(problem, name)
    kept = tuple(row for row in rows if (row.programme, row.members) != (programme, member.people))
    return replace(problem, locks=kept) if name == "locks" else replace(problem, bans=kept)


def _left_out(programme: Programme, found: Solution) -> int:
    """Return how many who must be matched, and communities that must open, are not."""
    rows = [row for row in found.assignments if row.programme == programme.id]
    matched = {row.members.get(Role.MENTEE) for row in rows}
    matched |= {person for row in rows for person in row.people}
    if isinstance(programme, MentoringProgramme):
        return sum(row.required and row.person not in matched for row in programme.mentees)
    if isinstance(programme, PeerProgramme):
        return sum(row.required and row.person not in matched for row in programme.people)
    if not isinstance(programme, CommunitiesProgramme):
        raise TypeError(programme)
    opened = {row.community for row in rows}
    closed = sum(row.required and row.id not in opened for row in programme.communities)
    return closed + sum(row.required and row.person not in matched for row in programme.people)


def _changed_places(court: AnyCourt, others: list[int], member: ClashMember, step: int) -> int:
    """Return the least change of a number with which the clash is none; less than one stands for none."""
    places = member.places or 0
    while places > 0 or step > 0:
        if court.can_stand_with(others, replace(member, places=places)):
            return places
        places += step
    return 0


def loosened_rule(court: AnyCourt, numbers: list[int], rule: Rule) -> Rule | None:
    """Return a rule with the least change of a figure that resolves the clash; `None` where none does."""
    found: list[tuple[int, Rule]] = []
    for name, end in _FIGURES.get(rule.rule, ()):
        figure = getattr(rule, name)
        if figure is None:
            continue
        step = 1 if end > figure else -1
        low, high = 0, abs(end - figure)

        def resolves(change: int, name: str = name, start: int = figure, step: int = step) -> bool:
            return court.changed(_with_figure(rule, name, start + step * change)).can_stand(numbers)

        if not high or not resolves(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if resolves(middle) else (middle, high)
        found.append((high, _with_figure(rule, name, figure + step * high)))
    return min(found, key=lambda row: row[0])[1] if found else None


def _with_figure(rule: Rule, name: str, figure: int) -> Rule:
    changes: dict[str, Any] = {name: figure}
    return replace(rule, **changes)


# The figures that loosen a rule, each with the loosest there is.
_FIGURES: Mapping[RuleName, tuple[tuple[str, int], ...]] = {
    RuleName.SHARED_HOURS: (("minutes", 0),),
    RuleName.GRADE_DISTANCE: (("min", -100), ("max", 100)),
    RuleName.COVERS_WANTS: (("percent", 1),),
}
