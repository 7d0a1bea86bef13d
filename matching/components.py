"""Who can be decided about apart: components of what ties people together, in parts worth a solve each."""

from collections.abc import Iterable

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matching.views import Index

Ties = tuple[Index, Index]
"""The two people of each tie, by number."""


def parts_of(people: int, ties: Iterable[Ties], fewest: int) -> list[Index]:
    """Return everybody in parts that no tie crosses, by their numbers, ascending.

    The parts depend on nothing but the ties, so the same problem always falls into the same parts.

    Parameters
    ----------
    people
        How many people there are, numbered from 0.
    ties
        Who can only be decided about together.
    fewest
        Components of fewer people are gathered, in the order of their first members, into parts of as many.
    """
    found: list[Index] = []
    gathered: list[Index] = []
    for component in _components(people, ties):
        if len(component) >= fewest:
            found.append(component)
            continue
        gathered.append(component)
        if sum(map(len, gathered)) >= fewest:
            found.append(np.sort(np.concatenate(gathered)))
            gathered = []
    if gathered:
        # Too few to be a part of their own.
        last = [found.pop()] if found else []
        found.append(np.sort(np.concatenate((*last, *gathered))))
    return found


def _components(people: int, ties: Iterable[Ties]) -> list[Index]:
    """Return the members of each component, ascending, in the order of their first members."""
    if not people:
        return []
    ends = np.concatenate([np.zeros((2, 0), dtype=np.intp), *map(np.stack, ties)], axis=1)
    graph = coo_array((np.ones(ends.shape[1], dtype=np.int8), (ends[0], ends[1])), shape=(people, people))
    _count, labels = connected_components(graph, directed=False)
    order = np.argsort(labels, kind="stable")
    return sorted(
        np.split(order, np.flatnonzero(np.diff(labels[order])) + 1), key=lambda found: int(found[0])
    )


def within(people: Index, part: Index) -> tuple[Index, Index]:
    """Return which rows are of people in a part, given whose each is, and whose they are within the part."""
    rows = np.flatnonzero(np.isin(people, part))
    return rows, np.searchsorted(part, people[rows])
