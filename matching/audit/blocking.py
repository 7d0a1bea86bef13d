"""Blocking pairs: how little each side has now, who would gain what, and the worst of many pairs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matching.audit.matches import Match
from matching.goals import Amounts
from matching.rules import Mask
from matching.views import Index

NAMED_PAIRS = 20
# What somebody has who has a place free, or nothing that they could leave.
FREE, SHUT = np.int64(-(2**62)), np.int64(2**62)
NOBODY = -1
# Twice the most points two sides can gain, in halves of a point.
_GAINS = np.int64(2**24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a blocking pair: a person, or a community.

    It would gain so many points by leaving `instead`, or by filling a free place when that is empty.
    """

    who: str
    gain: int
    instead: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockingPair:
    """Two who are eligible, not matched, and would both rather have each other for these points."""

    first: Side
    second: Side
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """How many pairs block a programme's solution, and the worst of them.

    `people` counts everybody in a blocking pair, once. `worst` are at most twenty, the pair whose lesser gain
    is greatest first: no pair gains more than that on both sides. Points and gains are in units of 1 /
    `scale`. `applies` is false where only triads are allowed, since no pair could leave to be one.
    """

    programme: str
    count: int
    people: int
    worst: tuple[BlockingPair, ...] = ()
    scale: int = 1
    applies: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What each of some people has that they may leave: the points of the weakest match, and who is in it."""

    least: Amounts
    weakest: tuple[tuple[str, ...], ...]

    def gains(self, rows: Index, points: Amounts) -> Amounts:
        """Return what matches of these points would bring; a free place has none to lose."""
        least = self.least[rows]
        return np.asarray(points - np.where(least == FREE, 0, least))


def standing_of(people: Sequence[str], places: Sequence[int], matches: Iterable[Match]) -> Standing:
    """Return what each person has; `matches` are those of one side, theirs."""
    held: dict[str, list[Match]] = defaultdict(list)
    for match in matches:
        held[match.person].append(match)
    least = np.full(len(people), FREE, dtype=np.int64)
    weakest: list[tuple[str, ...]] = [()] * len(people)
    for number, (person, room) in enumerate(zip(people, places, strict=True)):
        own = held[person]
        if len(own) < room:
            continue
        loose = min((match for match in own if not match.locked), key=_weakness, default=None)
        least[number] = SHUT if loose is None else loose.points
        weakest[number] = () if loose is None else loose.partners
    return Standing(least, tuple(weakest))


def _weakness(match: Match) -> tuple[int, tuple[str, ...]]:
    return match.points, match.partners


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Pairs that block, by their numbers on both sides, with points, gains and whom the second side gives up.

    `given_up` is a number of the first side, or `NOBODY` where the second side's standing says who it is.
    """

    rows: Index
    columns: Index
    points: Amounts
    first_gains: Amounts
    second_gains: Amounts
    given_up: Index

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, kept: Mask | Index) -> "Found":
        """Return those of the pairs that `kept` marks or numbers."""
        return Found(*(getattr(self, name)[kept] for name in self.__slots__))

    def and_also(self, others: "Found") -> "Found":
        """Return these pairs and then the others."""
        return Found(
            *(np.concatenate((getattr(self, name), getattr(others, name))) for name in self.__slots__)
        )

    def worst(self) -> "Found":
        """Return the few with the greatest lesser gain, then the greatest gain of both, then by number."""
        keys = np.minimum(self.first_gains, self.second_gains) * _GAINS
        keys += self.first_gains + self.second_gains
        if len(self) > NAMED_PAIRS:
            # Only what reaches the last named place is sorted.
            reached = np.flatnonzero(keys >= np.partition(keys, -NAMED_PAIRS)[-NAMED_PAIRS])
        else:
            reached = np.arange(len(self))
        order = np.lexsort((self.columns[reached], self.rows[reached], -keys[reached]))
        return self.only(reached[order[:NAMED_PAIRS]])


class Tally:
    """Counts blocking pairs as they are found, and keeps the worst."""

    def __init__(self, first: int, second: int) -> None:
        self.count = 0
        self.first: Mask = np.zeros(first, dtype=np.bool_)
        self.second: Mask = np.zeros(second, dtype=np.bool_)
        nothing = np.zeros(0, dtype=np.int64)
        self.worst = Found(*(nothing for _name in Found.__slots__))

    def add(self, found: Found) -> None:
        """Count some more pairs."""
        self.count += len(found)
        self.first[found.rows] = True
        self.second[found.columns] = True
        self.worst = self.worst.and_also(found).worst()
