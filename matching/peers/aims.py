"""What peer coaching aims at: goals with few triads among them, and weights that make one sum of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matching.errors import ProblemError
from matching.goals import LARGEST_SUM, Amounts
from matching.peers.groups import Floor, Groups
from matching.peers.market import PeerMarket
from matching.problem import GoalName, PeerProgramme
from matching.rules import Mask
from matching.term_stages import TERMS

# Prices of one group stay below this, so that a few of them can be added in 64 bits.
LARGEST_AMOUNT = 2**54
FINEST_NEEDED, FINEST_USED = 1_000, 100_000


class Aim(StrEnum):
    """Who must be matched, then the goals, and after coverage: as few triads as possible.

    Of `parity` a plan reaches, below zero, how many are lacking for the rate that is asked for.
    """

    REQUIRED = "required"
    COVERAGE = "coverage"
    TRIADS = "triads"
    POINTS = "points"
    SAME_PARTNERS = "same_partners"
    PARITY = "parity"


Values = dict[Aim, int]


def order_of(programme: PeerProgramme) -> tuple[str, ...]:
    """Return what a programme seeks, in its order: its goals, and the aims that are no goals among them.

    Whoever must be matched comes first. Where only one size is allowed there is nothing to say about triads;
    where coverage is no goal they come last, and decide between plans of equal points. Stable plans are found
    apart from all aims.
    """
    goals: list[str] = [goal.value for goal in programme.goals if goal is not GoalName.STABLE]
    if any(row.required for row in programme.people):
        goals.insert(0, Aim.REQUIRED.value)
    if len(programme.group_sizes) == 1:
        return tuple(goals)
    place = goals.index(Aim.COVERAGE) + 1 if Aim.COVERAGE in goals else len(goals)
    return (*goals[:place], Aim.TRIADS.value, *goals[place:])


def aims_of(programme: PeerProgramme) -> tuple[Aim, ...]:
    """Return the aims of a programme in their order that are sums."""
    return tuple(Aim(name) for name in order_of(programme) if name not in TERMS)


@dataclass(frozen=True, slots=True)
class Weights:
    """What one unit of each aim is worth; a triad less is worth `triads`."""

    required: int = 0
    coverage: int = 0
    triads: int = 0
    points: int = 0
    same_partners: int = 0
    parity: int = 0

    def of(self, aim: Aim) -> int:
        """Return the weight of an aim."""
        return int(getattr(self, aim.value))

    def times(self, factor: int) -> "Weights":
        """Return all weights multiplied."""
        return Weights(*(self.of(aim) * factor for aim in Aim))

    def of_people(self, market: PeerMarket) -> Amounts:
        """Return what it is worth that each person is in a group."""
        return np.asarray(self.coverage * market.waiting + self.required * market.required)

    def plus(self, other: "Weights") -> "Weights":
        """Return the sums of the weights."""
        return Weights(*(self.of(aim) + other.of(aim) for aim in Aim))

    def worth(self, values: Values) -> int:
        """Return the worth of a plan that reaches these values."""
        return sum(self.of(aim) * value for aim, value in values.items())


def named_weights(programme: PeerProgramme, weights: Weights) -> dict[str, int]:
    """Return the weights as a certificate states them: always those of coverage, triads and points."""
    always = (Aim.COVERAGE, Aim.TRIADS, Aim.POINTS)
    return {aim.value: weights.of(aim) for aim in (*aims_of(programme), *always)}


class Aims:
    """The aims of one programme: what plans reach in each, and how far it can reach.

    `free` marks the people whom no lock has settled; all values are of groups of free people. Prices may be
    as fine as 1 / `finest`. `order` says which aims, where not all that are sums; `floors` are what a rate of
    every group asks for. Plans are compared with those of the aims `beside` as well, which may reach less.
    """

    def __init__(
        self,
        market: PeerMarket,
        free: Mask,
        order: Sequence[Aim] | None = None,
        floors: Sequence[Floor] = (),
        beside: "Aims | None" = None,
    ) -> None:
        self.order = aims_of(market.programme) if order is None else tuple(order)
        self.floors = tuple(floors)
        self._market = market
        eligible = market.eligible & free & free[:, None]
        self.has_partner: Mask = np.asarray(eligible.any(axis=1))
        least = np.where(eligible, market.points, 0).min(axis=1, initial=0)
        self._most_points = np.where(eligible, market.points, 0).max(axis=1, initial=0).astype(np.int64)
        triads = int(self.has_partner.sum()) // 3
        points = int(least.sum(dtype=np.int64))
        owed = sum(floor.needed for floor in floors)
        self.least = dict.fromkeys(Aim, 0) | {Aim.TRIADS: -triads, Aim.POINTS: points, Aim.PARITY: -owed}
        if beside is not None:
            self.least = {aim: min(value, beside.least[aim]) for aim, value in self.least.items()}
        self.most = {
            Aim.REQUIRED: int(market.required[self.has_partner].sum()),
            Aim.COVERAGE: int(market.waiting[self.has_partner].sum()),
            Aim.TRIADS: 0,
            Aim.PARITY: 0,
            Aim.POINTS: int(self._most_points.sum()),
            Aim.SAME_PARTNERS: int((eligible & (market.previous > 0)).any(axis=1).sum()),
        }
        self.finest = self._finest()

    def _finest(self) -> int:
        """Return the finest unit in which prices stay exact even when each aim outweighs all after it."""
        steepest = self.weights(self.order, LARGEST_SUM)
        each = steepest.coverage * int(self._market.waiting.max(initial=1)) + steepest.points * self.largest
        each += steepest.required + steepest.same_partners + steepest.parity
        finest = LARGEST_AMOUNT // max(1, 3 * each + steepest.triads)
        if finest < FINEST_NEEDED:
            raise ProblemError(
                "$.programmes", "the points are too large to be added exactly; divide them all."
            )
        return min(finest, FINEST_USED)

    @property
    def largest(self) -> int:
        """The most points of a pair, apart from their sign; at least 1."""
        points = self._market.points
        return max(1, int(points.max(initial=0)), -int(points.min(initial=0)))

    def values(self, groups: Groups) -> Values:
        """Return what a plan of free people reaches in each aim; triads count against it."""
        people = len(self._market)
        lacking = (max(0, row.needed - int(row.reached(groups, people).sum())) for row in self.floors)
        return values_of(self._market, groups) | {Aim.PARITY: -sum(lacking)}

    def ranked(self, groups: Groups) -> tuple[int, ...]:
        """Return the values of a plan in the order of the aims: the greatest is best."""
        values = self.values(groups)
        return tuple(values[aim] for aim in self.order)

    def weights(self, aims: Sequence[Aim], steepness: int) -> Weights:
        """Return weights under which each aim tends to outweigh those after it.

        The steeper, the surer; from some steepness on an aim's unit outweighs whatever later ones can reach.
        """
        found = Weights()
        later, unit = 0, 1
        for aim in reversed(aims):
            weight = 1 if not later else min(later + 1, steepness * unit)
            found = found.plus(Weights(**{aim.value: weight}))
            later += weight * (self.most[aim] - self.least[aim])
            unit = weight * (2 * self.largest if aim is Aim.POINTS else 1)
        return found


def values_of(market: PeerMarket, groups: Groups) -> Values:
    """Return what a plan of free people reaches in each aim; triads count against it."""
    return {
        Aim.REQUIRED: int(groups.added_up(market.required).sum()),
        Aim.COVERAGE: int(groups.added_up(market.waiting).sum()),
        Aim.TRIADS: -int(groups.are_triads.sum()),
        Aim.POINTS: int(groups.worth(market.points).sum()),
        Aim.SAME_PARTNERS: int(groups.worth(market.previous).sum()),
        Aim.PARITY: 0,
    }
