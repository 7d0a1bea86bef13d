"""The tree of a fictional company: who manages whom, in which department, at which grade and site."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.demo.material import Department, Material

SMALLEST_SPAN = 5
LARGEST_SPAN = 12
USUAL_SPAN = 8
STAYS_AT_MANAGERS_SITE = 0.72
EXPERT_GRADES = (0.14, 0.27, 0.29, 0.21, 0.09)
"""Chance of grades 1 to 5 for people who manage nobody."""
TEAM_MANAGER, UPPER_MANAGER, EXECUTIVE = 6, 7, 8

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Organisation:
    """One entry a person; the first is the chief executive, and managers precede those they manage."""

    manager: Integers
    """Place of the manager, -1 for the chief executive."""
    department: Integers
    grade: Integers
    site: Integers

    def __len__(self) -> int:
        """Return how many people there are."""
        return len(self.manager)

    def is_in_line(self, one: int, other: int) -> bool:
        """Tell whether one of the two is above the other in the tree."""
        return self._is_above(one, other) or self._is_above(other, one)

    def _is_above(self, upper: int, lower: int) -> bool:
        while lower > upper:
            lower = int(self.manager[lower])
        return lower == upper


def organise(people: int, *, material: Material, rng: np.random.Generator) -> Organisation:
    """Return a tree of so many people; managers have 5 to 12 reports, where the size allows it."""
    manager, department = _grow_tree(people, material, rng)
    return Organisation(
        manager=manager,
        department=department,
        grade=_grades(manager, rng),
        site=_sites(manager, material, rng),
    )


def _grow_tree(people: int, material: Material, rng: np.random.Generator) -> tuple[Integers, Integers]:
    manager = np.full(people, -1, dtype=np.int64)
    department = np.zeros(people, dtype=np.int64)
    by_id = [row.id for row in material.departments]
    department[0] = by_id.index(material.chief_department)
    branches = _departments_below_chief(people - 1, material.departments, rng)
    waiting = deque([(0, branches)])
    hired = 1
    while waiting:
        boss, reports = waiting.popleft()
        for below, where in reports:
            manager[hired], department[hired] = boss, where
            if below:
                waiting.append((hired, [(size, where) for size in _divide(below, rng)]))
            hired += 1
    return manager, department


def _departments_below_chief(
    below: int, departments: tuple[Department, ...], rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Return size below and department of each of the chief executive's reports, the largest first."""
    shares = np.array([row.share for row in departments])
    by_share = np.argsort(-shares, kind="stable")
    fewest = (SMALLEST_SPAN + 1) * len(departments)
    if below >= fewest:
        sizes = SMALLEST_SPAN + rng.multinomial(below - fewest, shares / shares.sum())
        return [(int(sizes[where]), int(where)) for where in by_share]
    branches = sorted(_divide(below, rng), reverse=True)
    return [(size, int(where)) for size, where in zip(branches, by_share, strict=False)]


def _divide(below: int, rng: np.random.Generator) -> list[int]:
    """Return how many people are under each direct report of someone with `below` people under them."""
    if below <= LARGEST_SPAN:
        return [0] * below
    reports = min(int(rng.integers(SMALLEST_SPAN + 1, LARGEST_SPAN + 1)), below - SMALLEST_SPAN)
    left = below - reports
    managers = min(max(1, round(left / USUAL_SPAN)), reports, left // SMALLEST_SPAN)
    weights = rng.uniform(0.7, 1.3, managers)
    sizes = SMALLEST_SPAN + rng.multinomial(left - SMALLEST_SPAN * managers, weights / weights.sum())
    return [int(size) for size in sizes] + [0] * (reports - managers)


def _grades(manager: Integers, rng: np.random.Generator) -> Integers:
    people = len(manager)
    height = np.zeros(people, dtype=np.int64)
    for person in range(people - 1, 0, -1):
        boss = manager[person]
        height[boss] = max(height[boss], height[person] + 1)
    grade = 1 + rng.choice(len(EXPERT_GRADES), size=people, p=EXPERT_GRADES)
    below_chief = manager == 0
    grade[below_chief] = np.maximum(grade[below_chief], 3)
    grade[height == 1] = TEAM_MANAGER
    grade[height > 1] = UPPER_MANAGER
    if (height[below_chief] > 0).all():
        grade[below_chief] = EXECUTIVE
    grade[0] = EXECUTIVE
    return grade


def _sites(manager: Integers, material: Material, rng: np.random.Generator) -> Integers:
    shares = np.array([site.share for site in material.sites])
    site = rng.choice(len(shares), size=len(manager), p=shares / shares.sum())
    stays = rng.random(len(manager)) < STAYS_AT_MANAGERS_SITE
    stays[manager <= 0] = False
    for person in np.flatnonzero(stays):
        site[person] = site[manager[person]]
    return site
