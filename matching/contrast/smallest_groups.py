"""The smallest change with which somebody without a group can have one, and nobody must lose theirs."""

from collections.abc import Iterator
from dataclasses import replace

from matching.clash.communities import CommunityCourt
from matching.clash.feasible import UndecidedError
from matching.clash.peers import PeerCourt
from matching.clash.relaxations import loosened_rule
from matching.clash.search import LARGEST_OF_GROUPS
from matching.contrast.anew import Anew
from matching.contrast.records import ChangeKind, SmallestChange
from matching.errors import ProblemError
from matching.problem import (
    CommunitiesProgramme,
    Community,
    GoalName,
    Lock,
    PeerProgramme,
    Problem,
    Rule,
    RuleName,
)
from matching.solution import ClashKind, Solution, Status

# How many partners are tried who are only short of shared hours; each takes a whole solve.
MOST_PARTNERS = 5
Group = PeerProgramme | CommunitiesProgramme
# A change, and the programme and the problem with it, in which the person must be matched.
Changed = tuple[SmallestChange, Group, Problem]


class GroupChanges:
    """Looks for changes in the plan of one programme of peers or communities.

    Enough is a change with which everybody who is matched, and the person, can be: they are all taken as
    required. Whether that can stand is asked of the court that judges clashes; what it says is then solved
    anew, whole. Among stable plans nobody can be required, and no change is told.
    """

    def __init__(self, anew: Anew, programme: Group) -> None:
        self._anew, self._programme = anew, programme
        rows = [row for row in anew.solution.assignments if row.programme == programme.id]
        self._matched = {person for row in rows for person in row.people}
        self._opened = {row.community for row in rows}

    def of(self, person: str) -> SmallestChange | None:
        """Return the least change for somebody who is left out; `None` where none of these is enough.

        Raises
        ------
        Stopped
            When there is no time for it.
        """
        too_many = len(self._programme.people) > LARGEST_OF_GROUPS
        is_stable = GoalName.STABLE in self._programme.goals
        if person in self._matched or too_many or self._anew.is_joint or is_stable:
            return None
        programme = self._requiring(person)
        try:
            for change, changed, problem in self._changes(person, programme):
                found = self._solved(changed, problem)
                if found is not None:
                    moves = self._anew.moves(found, programme.id, (person,))
                    return replace(
                        change, moves=moves, needs_lock=self._goes_elsewhere(person, changed, problem)
                    )
        except UndecidedError:
            return None
        return None

    def _requiring(self, person: str) -> Group:
        """Return the programme in which the person, and everybody who is matched, must be."""
        must = {person, *self._matched}
        if isinstance(self._programme, PeerProgramme):
            peers = (replace(row, required=row.person in must) for row in self._programme.people)
            return replace(self._programme, people=tuple(peers))
        members = (replace(row, required=row.person in must) for row in self._programme.people)
        groups = (replace(row, required=False) for row in self._programme.communities)
        return replace(self._programme, people=tuple(members), communities=tuple(groups))

    def _changes(self, person: str, programme: Group) -> Iterator[Changed]:
        """Yield changes that would be enough, the least first."""
        problem = self._with(programme)
        made = SmallestChange(programme=programme.id, person=person, kind=ChangeKind.RULE_DROPPED)
        court: PeerCourt | CommunityCourt
        if isinstance(programme, PeerProgramme):
            court = PeerCourt(problem, programme)
        else:
            court = CommunityCourt(problem, programme)
        everything = range(len(court.members))
        if court.can_stand(everything):
            # The goals do not want them matched: no change of what is allowed would alter that.
            return
        if isinstance(programme, PeerProgramme) and isinstance(court, PeerCourt):
            yield from self._triads(made, programme)
        if isinstance(programme, CommunitiesProgramme) and isinstance(court, CommunityCourt):
            yield from self._sizes(made, programme, court)
        yield from self._hours(made, programme, court)
        yield from self._rules(made, programme, court)

    def _triads(self, made: SmallestChange, programme: PeerProgramme) -> Iterator[Changed]:
        """Yield that pairs may become triads."""
        if 3 in programme.group_sizes:
            return
        changed = replace(programme, group_sizes=(2, 3))
        problem = self._with(changed)
        court = PeerCourt(problem, changed)
        if court.can_stand(range(len(court.members))):
            yield replace(made, kind=ChangeKind.TRIADS), changed, problem

    def _sizes(
        self, made: SmallestChange, programme: CommunitiesProgramme, court: CommunityCourt
    ) -> Iterator[Changed]:
        """Yield one more place in a community, then one that opens with fewer: those the person may join."""
        may = court.may_join(made.person)
        for kind, step in ((ClashKind.PLACES, 1), (ClashKind.NEEDS, -1)):
            for number, member in enumerate(court.members):
                if member.kind is not kind or member.people[0] not in may:
                    continue
                if kind is ClashKind.NEEDS and member.people[0] in self._opened:
                    continue
                rest = [other for other in range(len(court.members)) if other != number]
                now = member.places or 0
                for figure in (now + 1,) if step > 0 else range(now - 1, 0, -1):
                    if court.can_stand_with(rest, replace(member, places=figure)):
                        yield self._sized(made, programme, member.people[0], kind, figure)
                        break

    def _sized(
        self, made: SmallestChange, programme: CommunitiesProgramme, name: str, kind: ClashKind, figure: int
    ) -> Changed:
        def sized(row: Community) -> Community:
            return replace(row, max=figure) if kind is ClashKind.PLACES else replace(row, min=figure)

        rows = (sized(row) if row.id == name else row for row in programme.communities)
        changed = replace(programme, communities=tuple(rows))
        told = ChangeKind.PLACE if kind is ClashKind.PLACES else ChangeKind.SIZE
        return replace(made, kind=told, mentor=name, figure=figure), changed, self._with(changed)

    def _hours(
        self, made: SmallestChange, programme: Group, court: PeerCourt | CommunityCourt
    ) -> Iterator[Changed]:
        """Yield more shared minutes with one of those who are only short of them, the fewest first."""
        for rule in programme.rules:
            if rule.rule is not RuleName.SHARED_HOURS or 2 not in getattr(programme, "group_sizes", (2,)):
                continue
            partners = court.only_short_of(rule, made.person)
            for partner, minutes in partners[:MOST_PARTNERS]:
                problem = self._locked(programme, made.person, partner)
                if problem is not None:
                    lacking = (rule.minutes or 0) - minutes
                    done = replace(made, kind=ChangeKind.HOURS, mentor=partner, figure=lacking)
                    yield done, programme, problem

    def _locked(self, programme: Group, person: str, partner: str) -> Problem | None:
        """Return the problem with two locked together; `None` where other locks leave them no room."""
        both = (person, partner)
        lock = Lock(
            programme=programme.id,
            members=tuple(sorted(both)) if isinstance(programme, PeerProgramme) else both,
            reason="What would be if they shared more hours.",
            override=True,
        )
        problem = self._with(programme)
        try:
            return replace(problem, locks=(*problem.locks, lock))
        except ProblemError:
            return None

    def _rules(
        self, made: SmallestChange, programme: Group, court: PeerCourt | CommunityCourt
    ) -> Iterator[Changed]:
        """Yield rules with another figure, then rules left out; what a match is to help with comes last."""
        everything = list(range(len(court.members)))
        rules = sorted(programme.rules, key=lambda rule: rule.rule is RuleName.COVERS_WANTS)
        for rule in rules:
            other = loosened_rule(court, everything, rule)
            if other is not None and other.minutes != 0:
                changed = replace(
                    programme, rules=tuple(other if row is rule else row for row in programme.rules)
                )
                figure = _figure_of(rule, other)
                done = replace(made, kind=ChangeKind.RULE_RELAXED, rule=rule, figure=figure)
                yield done, changed, self._with(changed)
        for rule in rules:
            if rule.rule is not RuleName.COVERS_WANTS:
                changed = replace(programme, rules=tuple(row for row in programme.rules if row is not rule))
                problem = self._with(changed)
                yield replace(made, rule=rule), changed, problem

    def _with(self, programme: Group) -> Problem:
        rows = (programme if row.id == programme.id else row for row in self._anew.problem.programmes)
        return replace(self._anew.problem, programmes=tuple(rows))

    def _solved(self, programme: Group, problem: Problem) -> Solution | None:
        """Return the best plan in which everybody who must be is matched, if there is one."""
        try:
            found = self._anew.solved(problem, programme.id, "with one thing changed")
        except ProblemError:
            # A lock on the two cannot be kept beside the others.
            return None
        return None if found.status is Status.INFEASIBLE else found

    def _goes_elsewhere(self, person: str, programme: Group, problem: Problem) -> bool:
        """Tell whether the best plan with the change would leave the person out all the same."""
        of = {row.person: row.required for row in self._programme.people}
        if isinstance(programme, PeerProgramme):
            peers = (replace(row, required=of[row.person]) for row in programme.people)
            free: Group = replace(programme, people=tuple(peers))
        else:
            members = (replace(row, required=of[row.person]) for row in programme.people)
            free = replace(programme, people=tuple(members))
        rows = (free if row.id == free.id else row for row in problem.programmes)
        found = self._anew.solved(replace(problem, programmes=tuple(rows)), free.id, "with one thing changed")
        return all(person not in row.people for row in found.assignments if row.programme == free.id)


def _figure_of(rule: Rule, other: Rule) -> int:
    """Return the figure in which a rule that asks for less differs."""
    for name in ("minutes", "percent", "min", "max"):
        if getattr(rule, name) != getattr(other, name):
            return int(getattr(other, name))
    raise ValueError("the two rules ask for the same")
