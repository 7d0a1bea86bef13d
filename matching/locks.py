"""Locks: the pairs that stand before anything is decided, each checked against the rules."""

import numpy as np

from matching.candidates import Candidates, Market, Points
from matching.errors import ProblemError
from matching.goals import Room
from matching.problem import Lock, MentoringProgramme, Problem
from matching.rules import BANNED, BLOCKED, SELF
from matching.values import shown
from matching.views import Index, Pairs


def locked_pairs(market: Market) -> Candidates:
    """Return the locked pairs of a programme with their points.

    Raises
    ------
    ProblemError
        For a lock that breaks a rule and may not, by the names of its people.
    """
    locks = [lock for lock in market.problem.locks if lock.programme == market.programme.id]
    mentee_row = {row.person: number for number, row in enumerate(market.programme.mentees)}
    mentor_row = {row.person: number for number, row in enumerate(market.programme.mentors)}
    rows = np.array([mentee_row[lock.members[0]] for lock in locks], dtype=np.intp)
    columns = np.array([mentor_row[lock.members[1]] for lock in locks], dtype=np.intp)
    _check_rules(market, locks, Pairs(market.sides, rows, columns))
    return Candidates(rows, columns, _points(market, locks, rows, columns))


def _check_rules(market: Market, locks: list[Lock], pairs: Pairs) -> None:
    for rule in market.rules:
        for number in np.flatnonzero(~rule.keeps(pairs)):
            lock = locks[number]
            if lock.override and rule.name not in (SELF, BLOCKED, BANNED):
                continue
            named = shown(lock.members)
            sentence = (
                f"{named} are locked in programme {lock.programme}, but that breaks a rule: {rule.sentence}"
            )
            if rule.name not in (SELF, BLOCKED, BANNED):
                sentence += ' A lock may carry "override": true and a reason.'
            raise ProblemError("$.locks", sentence)


def _points(market: Market, locks: list[Lock], rows: Index, columns: Index) -> Points:
    if market.explicit is None:
        return market.scorer.points(Pairs(market.sides, rows, columns)).astype(np.int64)
    mentors = len(market.programme.mentors)
    keys = market.explicit.rows * mentors + market.explicit.columns
    points = np.zeros(len(locks), dtype=np.int64)
    for number, lock in enumerate(locks):
        found = np.flatnonzero(keys == rows[number] * mentors + columns[number])
        if not len(found) and not lock.override:
            raise ProblemError(
                "$.locks",
                f"{shown(lock.members)} are locked in programme {lock.programme}, but are no candidate.",
            )
        points[number] = market.explicit.points[found[0]] if len(found) else 0
    return points


def room_left(programme: MentoringProgramme, locked: Candidates) -> Room:
    """Return the places and capacity that locks leave, and what covering each mentee would count for."""
    places = np.array([row.places for row in programme.mentees], dtype=np.int64)
    capacity = np.array([row.capacity for row in programme.mentors], dtype=np.int64)
    waiting = np.array([1 + row.rounds_waited for row in programme.mentees], dtype=np.int64)
    required = np.array([row.required for row in programme.mentees], dtype=np.int64)
    waiting[locked.rows] = required[locked.rows] = 0
    np.subtract.at(places, locked.rows, 1)
    np.subtract.at(capacity, locked.columns, 1)
    # More room than there are people can never be used up; it would only swell the numbers.
    places, capacity = np.minimum(places, len(capacity) + 1), np.minimum(capacity, len(places) + 1)
    return Room(places, capacity, waiting, required)


def programme_of(problem: Problem, programme_id: str) -> MentoringProgramme:
    """Return a mentoring programme of the problem; `ProblemError` when it is none or of another kind."""
    for number, programme in enumerate(problem.programmes):
        if programme.id != programme_id:
            continue
        if isinstance(programme, MentoringProgramme):
            return programme
        raise ProblemError(
            f"$.programmes[{number}].kind",
            f"programme {shown(programme.id)} is of the kind {programme.kind.value}, not mentoring.",
        )
    raise ProblemError("$.programmes", f"there is no programme {shown(programme_id)}.")
