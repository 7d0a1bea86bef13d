"""The question why not: why a plan does not have two people, or a person and a community, together."""

from dataclasses import replace
from functools import cached_property

from matching.candidates import Market
from matching.contrast import mentoring
from matching.contrast.allowed import broken_by
from matching.contrast.anew import TRIADS, Anew, partners_of
from matching.contrast.proof import certificate_of
from matching.contrast.records import Answer, Difference, Means, WhyNot
from matching.contrast.standing import Standing
from matching.errors import ProblemError
from matching.problem import (
    CommunitiesProgramme,
    Lock,
    MentoringProgramme,
    PeerProgramme,
    Programme,
)
from matching.values import shown
from matching.watch import Limits, Stopped, Watch

WHY_FORCED = "to see what it would cost"


class Contrast:
    """Answers why people are not together in one programme's plan; what it builds serves every question.

    A mentoring programme with the goals coverage and points, and a plan proved by prices, is answered from
    those prices; every other is solved anew with a lock on the two.

    Raises
    ------
    ProblemError
        When the solution does not solve the programme, or its prices do not prove its plan.
    """

    def __init__(self, anew: Anew, programme: str) -> None:
        problem, solution = anew.problem, anew.solution
        if programme not in solution.programmes or programme not in {row.id for row in problem.programmes}:
            raise ProblemError("$.programmes", f"the solution has no programme {shown(programme)}.")
        self._anew = anew
        self._problem = problem
        self._solution = solution
        self._programme = problem.programme(programme)

    @cached_property
    def standing(self) -> Standing | None:
        """The plan with its prices; `None` where it is proved otherwise, or not at all."""
        certificate = certificate_of(self._problem, self._programme.id, self._solution)
        if certificate is None or not isinstance(self._programme, MentoringProgramme):
            return None
        market = Market(self._problem, self._programme, Watch(Limits()))
        return Standing(market, self._solution, certificate)

    def concerns(self, first: str, second: str) -> bool:
        """Tell whether the programme could have the two together, if its rules allowed it."""
        return bool(_as_members(self._programme, first, second))

    def why_not(self, first: str, second: str) -> tuple[WhyNot, ...]:
        """Return why two are not together; both ways round where each may be mentee and mentor.

        Raises
        ------
        ProblemError
            When the programme has no place for the two together, whatever its rules.
        """
        found = _as_members(self._programme, first, second)
        if not found:
            raise ProblemError(
                "$", f"{shown((first, second))} cannot be together in programme {self._programme.id}."
            )
        return tuple(self._why_not(members) for members in found)

    def _why_not(self, members: tuple[str, str]) -> WhyNot:
        if self.standing is not None:
            return mentoring.why_not(self.standing, *members)
        found = WhyNot(
            programme=self._programme.id, members=members, answer=Answer.TOGETHER, means=Means.SOLVED_ANEW
        )
        partners = partners_of(self._solution, self._programme.id)
        if any(person == members[0] and members[1] in has[0] for (_role, person), has in partners.items()):
            return found
        broken = broken_by(self._problem, self._programme, members)
        if broken:
            return replace(found, answer=Answer.NOT_ALLOWED, broken=broken)
        return self._solved_anew(found)

    def _solved_anew(self, found: WhyNot) -> WhyNot:
        """Return the answer of the best plan among those with a lock on the two."""
        best: WhyNot | None = None
        for group in _groups(self._programme, found.members):
            lock = Lock(programme=self._programme.id, members=group, reason=WHY_FORCED)
            try:
                changed = replace(self._problem, locks=(*self._problem.locks, lock))
                plan = self._anew.solved(changed, self._programme.id, " and ".join(group))
            except ProblemError:
                # What the rules allow and yet cannot be locked has no room left beside other locks.
                continue
            except Stopped as stop:
                return replace(best or found, answer=Answer.NOT_SOLVED, status=stop.status)
            difference = self._anew.difference(plan, self._programme.id)
            if best is None or _order(difference) > _order(best.difference):
                moves = self._anew.moves(plan, self._programme.id, first=found.members)
                answer = _answer(_order(difference))
                best = replace(found, answer=answer, difference=difference, moves=moves, status=plan.status)
        return best or replace(found, answer=Answer.NO_ROOM)


def _as_members(programme: Programme, first: str, second: str) -> list[tuple[str, str]]:
    """Return the two as the programme's members: mentee and mentor, two peers, or person and community."""
    if isinstance(programme, MentoringProgramme):
        seek, offer = ({row.person for row in rows} for rows in (programme.mentees, programme.mentors))
    elif isinstance(programme, CommunitiesProgramme):
        seek, offer = {row.person for row in programme.people}, {row.id for row in programme.communities}
    else:
        people = {row.person for row in programme.people} if isinstance(programme, PeerProgramme) else set()
        return [(min(first, second), max(first, second))] if {first, second} <= people else []
    return [(a, b) for a, b in ((first, second), (second, first)) if a in seek and b in offer]


def _groups(programme: Programme, members: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return what to lock: the two, or where groups have three people, the two with each other person."""
    if not isinstance(programme, PeerProgramme) or 2 in programme.group_sizes:
        return [members]
    others = (row.person for row in programme.people if row.person not in members)
    return [(*members, other) for other in others]


def _order(difference: Difference | None) -> tuple[int, ...]:
    """Return the changes of the goals in their order, as more or less of what is sought."""
    goals = {} if difference is None else difference.goals
    return tuple(-value if name == TRIADS else value for name, value in goals.items())


def _answer(order: tuple[int, ...]) -> Answer:
    nothing = (0,) * len(order)
    if order == nothing:
        return Answer.COSTS_NOTHING
    return Answer.COSTS if order < nothing else Answer.BETTER
