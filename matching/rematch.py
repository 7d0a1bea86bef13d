"""The problem of a re-match: what is accepted stands, who left is gone, and as little as possible changes."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from matching.errors import ProblemError
from matching.problem import (
    Ban,
    CommunitiesProgramme,
    GoalName,
    Kind,
    Lock,
    Previous,
    Problem,
    Programme,
)
from matching.solution import Role, Solution
from matching.values import shown

ACCEPTED, DECLINED = "Accepted.", "Declined."
# The people of a match, in any order: a mentee and a mentor, a group of peers, a person and a community.
Members = tuple[str, ...]


def rematch(
    problem: Problem,
    solution: Solution,
    *,
    left: Collection[str] = (),
    declined: Iterable[Members] = (),
    accepted: Iterable[Members] = (),
    bans: Iterable[Members] = (),
) -> Problem:
    """Return the problem whose best plan changes as little of a solution as the news allow.

    Parameters
    ----------
    left
        People who take part no more, in any programme. They stay among the problem's people, so that nobody
        else's reporting line or fit changes. A community whose lead has left goes on without one; a mentored
        group without its mentor does not.
    declined
        Matches of the solution that one of their people does not want: they are banned.
    accepted
        Matches of the solution that stand: they are locked, as are those that the problem says were accepted.
        Whom a leaver was with is free again.
    bans
        People who are not to be together from now on, in any programme; locks on them are lifted.

    Raises
    ------
    ProblemError
        When the solution answers another problem, a match that is named is not in it, somebody is unknown, or
        a match is accepted and declined or banned at once.

    Notes
    -----
    Every match of the solution becomes a row of `previous`, and `same_partners` a goal right after coverage:
    first as many people as possible have a match, for that is what the round is for; then as few matches as
    possible end; and only between plans that disturb equally few do points decide. Before coverage it would
    leave somebody who lost a mentor without any, rather than move one other person.
    """
    if solution.problem_sha256 != problem.sha256:
        raise ProblemError("$.problem_sha256", "the solution answers another problem.")
    people = {person.id for person in problem.people}
    for person in left:
        if person not in people:
            raise ProblemError("left", f"there is no person {shown(person)}.")
    news = _News(problem, frozenset(left), tuple(matches_of(solution)), tuple(bans))
    refused = news.found("declined", declined)
    kept = news.found("accepted", accepted) | news.accepted_before()
    kept = {match for match in kept if not news.left & set(match.members)}
    news.check_kept(kept, refused)
    programmes = tuple(_without(programme, news.left) for programme in problem.programmes)
    return replace(
        problem,
        programmes=tuple(_least_disturbed(row, solution.programmes) for row in programmes),
        previous=tuple(news.previous(solution.programmes, kept)),
        locks=tuple(news.locks(programmes, kept, refused)),
        bans=tuple(news.bans(programmes, refused)),
    )


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """One match of a solution: its programme, and its members as a lock has them."""

    programme: str
    members: Members


def matches_of(solution: Solution) -> Iterator[Match]:
    """Yield who is with whom: a mentee and a mentor, a group of peers, each member and their community."""
    for row in solution.assignments:
        if row.community is not None:
            yield from (Match(row.programme, (person, row.community)) for person in row.people)
        elif row.people:
            yield Match(row.programme, row.people)
        else:
            yield Match(row.programme, (row.members[Role.MENTEE], row.members[Role.MENTOR]))


@dataclass(frozen=True, slots=True)
class _News:
    """What has happened to a plan: who left, and who must not be together."""

    problem: Problem
    left: frozenset[str]
    matches: tuple[Match, ...]
    banned: tuple[Members, ...]

    def found(self, path: str, named: Iterable[Members]) -> set[Match]:
        """Return the matches that are named by their members, in whatever programme and order."""
        of: dict[frozenset[str], list[Match]] = {}
        for match in self.matches:
            of.setdefault(frozenset(match.members), []).append(match)
        found: set[Match] = set()
        for members in named:
            if frozenset(members) not in of:
                raise ProblemError(path, f"{shown(tuple(members))} are not matched in the solution.")
            found.update(of[frozenset(members)])
        return found

    def accepted_before(self) -> set[Match]:
        """Return the matches that the problem says were accepted, as far as they still stand."""
        rows = {Match(row.programme, row.members) for row in self.problem.previous if row.accepted}
        return rows & set(self.matches)

    def check_kept(self, kept: Iterable[Match], refused: Collection[Match]) -> None:
        """Raise for a match that is accepted and declined, or accepted and banned."""
        for match in sorted(kept):
            named = shown(match.members)
            if match in refused:
                raise ProblemError("declined", f"{named} have accepted each other and declined.")
            if self._is_banned(match.members):
                raise ProblemError("bans", f"{named} have accepted each other, and are banned.")

    def _is_banned(self, members: Members) -> bool:
        return any(set(ban) <= set(members) for ban in self.banned)

    def previous(self, solved: Collection[str], kept: Collection[Match]) -> Iterator[Previous]:
        """Yield the plan that is to be disturbed; programmes it did not solve keep what they had."""
        yield from (row for row in self.problem.previous if row.programme not in solved)
        for match in self.matches:
            yield Previous(programme=match.programme, members=match.members, accepted=match in kept)

    def locks(
        self, programmes: Sequence[Programme], kept: Collection[Match], refused: Collection[Match]
    ) -> Iterator[Lock]:
        """Yield the locks that still can be kept, and one for each accepted match."""
        now = {programme.id: programme for programme in programmes}
        settled: set[tuple[str, frozenset[str]]] = set()
        lifted = {(match.programme, frozenset(match.members)) for match in refused}
        for lock in self.problem.locks:
            key = lock.programme, frozenset(lock.members)
            stands = self._may_stand(now[lock.programme], lock.members) and not self._is_banned(lock.members)
            if stands and key not in lifted:
                settled.add(key)
                yield lock
        for match in sorted(kept):
            is_new = (match.programme, frozenset(match.members)) not in settled
            if is_new and self._may_stand(now[match.programme], match.members):
                yield Lock(programme=match.programme, members=match.members, reason=ACCEPTED)

    def bans(self, programmes: Sequence[Programme], refused: Collection[Match]) -> Iterator[Ban]:
        """Yield the bans there were, what was declined, and the new bans wherever their members mean much."""
        people = {person.id for person in self.problem.people}
        known = {programme.id: people | _communities_of(programme) for programme in programmes}
        yield from (ban for ban in self.problem.bans if set(ban.members) <= known[ban.programme])
        for match in sorted(refused):
            yield Ban(programme=match.programme, members=match.members, reason=DECLINED)
        for members in self.banned:
            meant = [name for name, ids in known.items() if set(members) <= ids]
            if not meant:
                raise ProblemError("bans", f"no programme knows both of {shown(tuple(members))}.")
            yield from (Ban(programme=name, members=tuple(members)) for name in meant)

    def _may_stand(self, programme: Programme, members: Members) -> bool:
        """Tell whether nobody of a match has left, nor its community with a mentor."""
        if isinstance(programme, CommunitiesProgramme):
            return members[0] not in self.left and members[1] in _communities_of(programme)
        return self.left.isdisjoint(members)


def _communities_of(programme: Programme) -> set[str]:
    rows = programme.communities if isinstance(programme, CommunitiesProgramme) else ()
    return {row.id for row in rows}


def _without(programme: Programme, left: Collection[str]) -> Programme:
    """Return a programme without those who left, wherever they stand in it."""
    changes: dict[str, Any] = {
        name: tuple(row for row in getattr(programme, name) if row.person not in left)
        for name in ("mentees", "mentors", "people")
        if hasattr(programme, name)
    }
    partners = set(left)
    if isinstance(programme, CommunitiesProgramme):
        stay = [row for row in programme.communities if row.lead not in left]
        if programme.kind is not Kind.GROUP_MENTORING:
            stay = [replace(row, lead=None) if row.lead in left else row for row in programme.communities]
        partners = _communities_of(programme) - {row.id for row in stay}
        changes["communities"] = tuple(stay)
        changes["people"] = tuple(
            replace(row, wishes=tuple(wish for wish in row.wishes if wish not in partners))
            for row in changes["people"]
        )
    if programme.candidates is not None:
        rows = programme.candidates
        changes["candidates"] = tuple(row for row in rows if row[0] not in left and row[1] not in partners)
    return replace(programme, **changes)


def _least_disturbed(programme: Programme, solved: Collection[str]) -> Programme:
    """Return a programme with the goal of keeping partners right after coverage, or first of all."""
    goals = programme.goals
    if programme.id not in solved or GoalName.SAME_PARTNERS in goals:
        return programme
    place = goals.index(GoalName.COVERAGE) + 1 if GoalName.COVERAGE in goals else 0
    return replace(programme, goals=(*goals[:place], GoalName.SAME_PARTNERS, *goals[place:]))
