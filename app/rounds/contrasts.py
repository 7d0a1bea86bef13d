"""Towards the engine: the answers to what people ask about a plan, as records to keep.

No answer tells of a personal block. What only a block forbids is answered as what has no room: `private`.
Where a rule forbids it as well, the rule is told and nothing else; the price of breaking it asks no rule.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from app.rounds.snapshot_people import person_id_of
from matching.candidates import Market
from matching.contrast.anew import Anew
from matching.contrast.broken import broken_rules
from matching.contrast.mentoring import changes, put_in
from matching.contrast.question import Contrast
from matching.contrast.records import BrokenRule, Difference, Move
from matching.contrast.standing import FAR, Standing
from matching.errors import ProblemError
from matching.problem import Lock, MentoringProgramme, Problem
from matching.rules import BANNED, BLOCKED, NOT_A_CANDIDATE, SELF
from matching.solution import Role, Solution
from matching.views import Pairs
from matching.watch import Limits, Stopped, Watch

TOGETHER, POSSIBLE, FORBIDDEN, PRIVATE, UNKNOWN = "together", "possible", "forbidden", "private", "unknown"
NEVER_OVERRIDDEN = frozenset({BANNED, SELF, NOT_A_CANDIDATE})
WHY_FORCED = "to see what it would cost"
MOST_SECONDS = 120.0
MOST_PLANS = 2
# Of the mentors who cost the plan least, and of those who fit best, so many are looked at; so many are shown.
LOOKED_AT_BY_COST, LOOKED_AT_BY_FIT, SHOWN = 8, 4, 6
LOOKED_AT_ANEW = 3
SHOWN_FORBIDDEN, LOOKED_AT_FORBIDDEN = 3, 40

Wanted = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Asked:
    """Two people of a programme, by their ids in the problem."""

    programme: str
    mentee: str
    mentor: str


class Plan:
    """A problem with its solution, and what was built of them for one question and serves the next."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem = problem
        self.solution = solution
        self.lock = threading.Lock()
        self._desks: dict[str, Desk] = {}

    def desk(self, programme: str) -> "Desk":
        """Return what answers about a programme."""
        if programme not in self._desks:
            self._desks[programme] = Desk(self.problem, self.solution, programme)
        return self._desks[programme]


_plans: OrderedDict[str, Plan] = OrderedDict()
_reading = threading.Lock()


def plan_of(problem: bytes, solution: bytes) -> Plan:
    """Return the plan that two documents hold; the latest few are kept, for the questions to come."""
    digest = hashlib.sha256(problem + b"\n" + solution).hexdigest()
    with _reading:
        plan = _plans.get(digest)
        if plan is None:
            plan = Plan(Problem.from_json(problem), Solution.from_json(solution))
            _plans[digest] = plan
        _plans.move_to_end(digest)
        while len(_plans) > MOST_PLANS:
            _plans.popitem(last=False)
    return plan


class Desk:
    """Answers about the pairs of one mentoring programme."""

    def __init__(self, problem: Problem, solution: Solution, programme: str) -> None:
        self._problem = problem
        self._solution = solution
        self._key = programme
        found = problem.programme(programme)
        if not isinstance(found, MentoringProgramme):
            raise ProblemError("$.programmes", "questions are about mentors and mentees.")
        self._mentees = {row.person: number for number, row in enumerate(found.mentees)}
        self._mentors = {row.person: number for number, row in enumerate(found.mentors)}
        self._mentor_ids = [row.person for row in found.mentors]
        self._programme = found

    @cached_property
    def _standing(self) -> Standing | None:
        return Contrast(Anew(self._problem, self._solution), self._key).standing

    @cached_property
    def _market(self) -> Market:
        standing = self._standing
        if standing is not None:
            return standing.market
        return Market(self._problem, self._programme, Watch(Limits()))

    def why_not(self, asked: Asked, wanted: Wanted) -> dict[str, Any]:
        """Return why two are not together, and what would change if they were."""
        known = asked.mentee in self._mentees and asked.mentor in self._mentors
        option: dict[str, Any] = {"mentor": person_id_of(asked.mentor), "verdict": PRIVATE}
        if not known or asked.mentee == asked.mentor:
            return option
        if self._has(asked):
            return {**option, "verdict": TOGETHER}
        broken = broken_rules(self._market, self._mentees[asked.mentee], self._mentors[asked.mentor])
        told = [rule for rule in broken if rule.rule != BLOCKED]
        if broken and not told:
            return option
        try:
            effect = self._effect(asked, wanted, breaks=bool(told))
        except Stopped:
            return {**option, "verdict": UNKNOWN, **_forbidden(told)}
        if told:
            return {**option, **_forbidden(told), "effect": effect}
        return option if effect is None else {**option, "verdict": POSSIBLE, "effect": effect}

    def alternatives(self, asked: Asked, wanted: Wanted) -> dict[str, Any]:
        """Return who else could mentor somebody, best for the plan first, and who would but for a rule."""
        if asked.mentee not in self._mentees:
            return {"options": [], "forbidden": []}
        by_fit = self._by_fit(asked.mentee)
        others = [name for name in by_fit if name != asked.mentor]
        options = [
            found
            for name in self._candidates(asked, others)
            if (found := self.why_not(replace(asked, mentor=name), wanted))["verdict"] == POSSIBLE
        ]
        options.sort(key=lambda row: (-row["effect"]["people"], -row["effect"]["points"]))
        forbidden = list(self._ruled_out(asked.mentee, others[:LOOKED_AT_FORBIDDEN]))
        return {"options": options[:SHOWN], "forbidden": forbidden[:SHOWN_FORBIDDEN]}

    def _has(self, asked: Asked) -> bool:
        return any(
            row.programme == self._key
            and (row.members.get(Role.MENTEE), row.members.get(Role.MENTOR)) == (asked.mentee, asked.mentor)
            for row in self._solution.assignments
        )

    def _free(self, mentee: str) -> Problem:
        """Return the problem without the locks that hold a mentee: whoever asks would give them up."""
        locks = self._problem.locks
        kept = tuple(lock for lock in locks if lock.programme != self._key or lock.members[0] != mentee)
        return self._problem if len(kept) == len(locks) else replace(self._problem, locks=kept)

    def _effect(self, asked: Asked, wanted: Wanted, *, breaks: bool) -> dict[str, Any] | None:
        """Return what the best plan with two together has more or less; None when there is no room."""
        free, standing = self._free(asked.mentee), self._standing
        if standing is None or free is not self._problem:
            return self._effect_anew(asked, free, wanted, breaks=breaks)
        row, column = self._mentees[asked.mentee], self._mentors[asked.mentor]
        if not standing.room.places[row] or not standing.room.capacity[column]:
            return None
        _cost, steps = put_in(standing, row, column)
        return _effect(*changes(standing, steps))

    def _effect_anew(
        self, asked: Asked, free: Problem, wanted: Wanted, *, breaks: bool
    ) -> dict[str, Any] | None:
        members = (asked.mentee, asked.mentor)
        lock = Lock(programme=self._key, members=members, reason=WHY_FORCED, override=breaks)
        # Else it would show that there is a block beside the rule that is told.
        blocks = tuple(pair for pair in free.blocks if set(pair) != set(members)) if breaks else free.blocks
        anew = Anew(
            free, self._solution, limits=Limits(seconds=MOST_SECONDS), should_stop=lambda: not wanted()
        )
        try:
            changed = replace(free, locks=(*free.locks, lock), blocks=blocks)
            found = anew.solved(changed, self._key, "with both together")
        except ProblemError:
            return None
        return _effect(anew.difference(found, self._key), anew.moves(found, self._key))

    def _by_fit(self, mentee: str) -> list[str]:
        """Return every mentor, the best fit first, whatever rules forbid."""
        columns = np.arange(len(self._mentor_ids))
        rows = np.full_like(columns, self._mentees[mentee])
        points = self._market.scorer.points(Pairs(self._market.sides, rows, columns))
        order = np.lexsort((columns, -points.astype(np.int64)))
        return [self._mentor_ids[column] for column in order if self._mentor_ids[column] != mentee]

    def _candidates(self, asked: Asked, by_fit: Sequence[str]) -> list[str]:
        """Return whom to look at closely: those who cost the plan least and those who fit best."""
        row, standing = self._mentees[asked.mentee], self._standing
        if standing is None or self._free(asked.mentee) is not self._problem:
            allowed = (name for name in by_fit if not self._broken(row, name))
            return _first(allowed, LOOKED_AT_ANEW)
        ((_part, losses),) = standing.losses(np.array([row], dtype=np.intp))
        possible = np.flatnonzero((losses[0] < FAR) & (standing.room.capacity > 0))
        cheapest = possible[np.argsort(losses[0][possible], kind="stable")][:LOOKED_AT_BY_COST]
        named = {self._mentor_ids[column] for column in possible}
        best = _first((name for name in by_fit if name in named), LOOKED_AT_BY_FIT)
        wanted = dict.fromkeys([*(self._mentor_ids[column] for column in cheapest), *best])
        return [name for name in wanted if name != asked.mentor]

    def _broken(self, row: int, mentor: str) -> tuple[BrokenRule, ...]:
        return broken_rules(self._market, row, self._mentors[mentor])

    def _ruled_out(self, mentee: str, names: Iterable[str]) -> Iterator[dict[str, Any]]:
        for name in names:
            told = [rule for rule in self._broken(self._mentees[mentee], name) if rule.rule != BLOCKED]
            if told:
                yield {"mentor": person_id_of(name), **_forbidden(told)}


def _first(names: Iterable[str], most: int) -> list[str]:
    return [name for name, _number in zip(names, range(most), strict=False)]


def _forbidden(told: Sequence[BrokenRule]) -> dict[str, Any]:
    """Return the record of rules that are broken; nothing when none is."""
    if not told:
        return {}
    return {
        "verdict": FORBIDDEN,
        "broken": [
            {
                "rule": rule.rule,
                "needed": rule.needed,
                "found": rule.found,
                "attribute": rule.attribute,
                "values": list(rule.values),
            }
            for rule in told
        ],
        "may_override": NEVER_OVERRIDDEN.isdisjoint(rule.rule for rule in told),
    }


def _effect(difference: Difference, moves: Iterable[Move]) -> dict[str, Any]:
    """Return what changes for whom: every mentee who would have other mentors, by their ids."""
    return {
        "people": difference.people,
        "points": difference.points,
        "moves": [
            {
                "mentee": person_id_of(move.person),
                "before": [person_id_of(name) for name in move.before],
                "after": [person_id_of(name) for name in move.after],
                "points": move.points,
            }
            for move in moves
            if move.role is Role.MENTEE
        ],
    }
