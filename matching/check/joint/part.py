"""What each programme of a joint round answers the check: its plan, its engagements, and its bound."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from matching.check.report import Violation
from matching.problem import Programme
from matching.solution import Certificate, Solution

Counts = Mapping[str, int]
"""A number for each person, by id; 0 for those who are not there."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What choices of one programme are worth under the prices of a step, in whole numbers.

    ``cover`` is what covering somebody adds, ``toll`` what an engagement costs whoever is covered by it, and
    ``fee`` what it costs whoever gives it; ``group`` is the price of any group of peers.
    """

    points: int
    coverage: int
    triads: int
    group: int
    cover: Counts
    toll: Counts
    fee: Counts


class Part(Protocol):
    """One programme, its plan and what locks settle of it.

    Attributes
    ----------
    seeking, giving
        How many engagements each person has in the plan, to be covered and to give; locked ones among them.
    locked_seeking, locked_giving
        Those that locks settle.
    most_seeking, most_giving
        How many each could have beside those.
    settled, covered
        Whom locks cover, and whom the plan covers.
    coverage, triads, points
        What the plan reaches beside locks.
    """

    @property
    def programme(self) -> Programme:
        """The programme."""
        ...

    seeking: Counts
    giving: Counts
    locked_seeking: Counts
    locked_giving: Counts
    most_seeking: Counts
    most_giving: Counts
    settled: set[str]
    covered: set[str]
    coverage: int
    triads: int
    points: int

    def shape_violations(self, certificate: Certificate, where: str) -> list[Violation]:
        """Return prices of whom or what is not there, or that may not be."""
        ...

    def bound(self, certificate: Certificate, terms: Terms) -> int:
        """Return what no plan of the programme is worth more than, beside locks."""
        ...

    def alike(self) -> int | None:
        """Return what everybody who is free counts for in a programme of peers, where that is one number."""
        ...

    def claim_violations(
        self, solution: Solution, *, proved: bool, spent: Collection[str]
    ) -> list[Violation]:
        """Return goals, causes and closed communities that are not as the solution says."""
        ...


def price_violations(
    prices: Counts, known: Collection[str], where: str, name: str, *, least: int | None = 0
) -> list[Violation]:
    """Return prices of people who are not known there, or below the least."""
    from matching.check.report import ViolationKind

    return [
        Violation(
            ViolationKind.WRONG_PRICE,
            f"{where}.{name}.{person}",
            f"{person} has the price {price}; only people enrolled have one, not below 0.",
        )
        for person, price in prices.items()
        if person not in known or (least is not None and price < least)
    ]
