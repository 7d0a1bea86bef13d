"""The skill graph: what leads to what, and how close two skills are."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from matching.problem import EdgeKind, Person, Problem, SkillRows
from matching.views import Index, Matrix, matrix_of

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]
Combine = Callable[[Matrix, Index], Matrix]

EDGE_WEIGHT = {EdgeKind.BROADER: 600, EdgeKind.REQUIRES: 400, EdgeKind.RELATED: 600}
PROFILE_WEIGHT = 1000
LARGEST_PROFILE = 40
LEAST_LIFT = 2
# As many people more who have only one of the two skills: what few people have together says little.
DOUBT = 2
MASS = 2**44
STEPS = 4
NEAREST = 128
SAME = 1000
CLOSEST_OTHER = 900
FARTHEST = 50
CELLS_AT_ONCE = 2**22


class SkillGraph:
    """The skills of a problem with their typed edges, as graphs to ask questions of."""

    def __init__(self, rows: SkillRows) -> None:
        self.rows = rows
        self.labels = {node.id: node.label or node.id for node in rows.nodes}

    @cached_property
    def broader(self) -> "nx.DiGraph[str]":
        """Each skill with arrows to the broader ones."""
        return self._of(EdgeKind.BROADER)

    @cached_property
    def requires(self) -> "nx.DiGraph[str]":
        """Each skill with arrows to those it requires."""
        return self._of(EdgeKind.REQUIRES)

    def _of(self, kind: EdgeKind) -> "nx.DiGraph[str]":
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(node.id for node in self.rows.nodes)
        graph.add_edges_from((edge.source, edge.target) for edge in self.rows.edges if edge.kind == kind)
        return graph

    def ancestors(self, skill: str) -> tuple[str, ...]:
        """Return every broader skill, at any distance, sorted by id."""
        return tuple(sorted(nx.descendants(self.broader, skill)))

    def prerequisites(self, skill: str) -> tuple[str, ...]:
        """Return every skill to have before this one, in an order in which they can be learnt."""
        needed = nx.descendants(self.requires, skill)
        order = nx.lexicographical_topological_sort(self.requires.subgraph(needed).reverse())
        return tuple(order)


@dataclass(frozen=True, slots=True, eq=False)
class Closeness:
    """How close skills are, in thousandths, by rows and columns of `index`; 0 where nothing is stored."""

    ids: tuple[str, ...]
    index: dict[str, int]
    matrix: Matrix

    def near(self, wanted: str) -> dict[str, int]:
        """Return the skills that are close to a wanted one, itself included, with their closeness."""
        row = self.index[wanted]
        cells = slice(self.matrix.indptr[row], self.matrix.indptr[row + 1])
        columns, values = self.matrix.indices[cells].tolist(), self.matrix.data[cells].tolist()
        return {self.ids[column]: value for column, value in zip(columns, values, strict=True)} | {
            wanted: SAME
        }


def closeness_of(problem: Problem, combine: Combine | None = None) -> Closeness:
    """Return the closeness of the skills that the problem's people hold or want.

    Where the problem has rows of closeness, these are what it is. Otherwise `combine`, when given, makes the
    close pairs of those that walks have found and the positions of the skills used; the nearest are kept.

    Notes
    -----
    Random walk with restart in whole numbers, there and back over the two returns: `docs/matching.md` has the
    definition.

    References
    ----------
    H. Tong, C. Faloutsos, J.-Y. Pan, "Fast random walk with restart and its applications", ICDM 2006.
    """
    ids = tuple(node.id for node in problem.skills.nodes)
    index = {skill: position for position, skill in enumerate(ids)}
    profiles = _profiles(problem, index)
    used = np.array(sorted({skill for profile in profiles for skill in profile}), dtype=np.intp)
    if not len(used):
        return Closeness(ids, index, matrix_of(np.zeros(0, dtype=np.int16), [], [], (len(index), len(index))))
    if problem.skills.closeness is None:
        walked = _close_pairs(_weights(problem.skills, index, profiles), used)
        near = _nearest(combine(walked, used) if combine else walked)
    else:
        near = _given(problem.skills.closeness, index)
    itself = matrix_of(np.full(len(used), SAME, dtype=np.int64), used, used, near.shape)
    return Closeness(ids, index, Matrix((near + itself).astype(np.int16)))


def _given(rows: Sequence[tuple[str, str, int]], index: dict[str, int]) -> Matrix:
    cells = [(index[one], index[other], value) for one, other, value in rows]
    table = np.array(cells, dtype=np.int64).reshape(-1, 3)
    return _alike_both_ways(table[:, 0], table[:, 1], table[:, 2], (len(index), len(index)))


def profile_weights_of(problem: Problem) -> Iterator[tuple[str, str, int]]:
    """Yield both ways the pairs of skills that shared profiles join, and by what weight."""
    ids = [node.id for node in problem.skills.nodes]
    index = {skill: position for position, skill in enumerate(ids)}
    found = _profile_weights(_profiles(problem, index), len(ids)).tocoo()
    for one, other, weight in zip(*(row.tolist() for row in (*found.coords, found.data)), strict=True):
        if weight:
            yield ids[one], ids[other], weight


def _profiles(problem: Problem, index: dict[str, int]) -> list[list[int]]:
    return [sorted({index[skill] for skill in _profile(person)}) for person in problem.people]


def _profile(person: Person) -> Iterator[str]:
    yield from (row.skill for row in person.holds)
    yield from (row.skill for row in person.wants)


def _weights(rows: SkillRows, index: dict[str, int], profiles: Sequence[Sequence[int]]) -> Matrix:
    edges = [(index[e.source], index[e.target], EDGE_WEIGHT[EdgeKind(e.kind)]) for e in rows.edges]
    table = np.array(edges, dtype=np.int64).reshape(-1, 3)
    one_way = matrix_of(table[:, 2], table[:, 0], table[:, 1], (len(index), len(index)))
    return Matrix(one_way + one_way.T + _profile_weights(profiles, len(index)))


def _profile_weights(profiles: Iterable[Sequence[int]], skills: int) -> Matrix:
    """Return the weights of skills that people have together at least twice as often as by chance."""
    counted = [profile for profile in profiles if 0 < len(profile) <= LARGEST_PROFILE]
    people = np.repeat(np.arange(len(counted)), [len(profile) for profile in counted])
    columns = np.fromiter(chain.from_iterable(counted), dtype=np.intp, count=len(people))
    has = matrix_of(np.ones(len(people), dtype=np.int64), people, columns, (len(counted), skills))
    alone = np.bincount(columns, minlength=skills)
    pairs = (has.T @ has).tocoo()
    (one, other), together = pairs.coords, pairs.data
    both = alone[one] * alone[other]
    kept = (one != other) & (together * len(counted) >= LEAST_LIFT * both)
    one, other, together, both = one[kept], other[kept], together[kept], both[kept]
    # The geometric mean in tenths: below 2**52 the root of double precision, rounded down, is exact.
    mean = np.sqrt(100 * both).astype(np.int64)
    return matrix_of(
        10 * PROFILE_WEIGHT * together**2 // ((together + DOUBT) * mean), one, other, (skills, skills)
    )


def _close_pairs(weights: Matrix, used: Index) -> Matrix:
    """Return the closeness of pairs of different skills that are close at all, both ways alike."""
    weights = Matrix(weights.astype(np.float64))
    degree = np.maximum(np.asarray(weights.sum(axis=1)).ravel(), 1)
    returns = np.zeros(len(degree))
    rows, columns, masses = [], [], []
    size = max(1, CELLS_AT_ONCE // len(degree))
    for first in range(0, len(used), size):
        starts = used[first : first + size]
        total = _walks(weights, degree, starts)
        returns[starts] = total[starts, np.arange(len(starts))]
        among = total[used].T
        # Returns are at least the mass itself, so that no pair is lost that is close in the end.
        most = _thousandths(among, returns[starts][:, None], MASS, degree[starts][:, None], degree[used])
        row, column = np.nonzero(most >= FARTHEST)
        rows.append(starts[row])
        columns.append(used[column])
        masses.append(among[row, column])
    row, column, mass = np.concatenate(rows), np.concatenate(columns), np.concatenate(masses)
    value = _thousandths(mass, returns[row], returns[column], degree[row], degree[column])
    kept = (row != column) & (value >= FARTHEST)
    return _alike_both_ways(row[kept], column[kept], value[kept], weights.shape)


def _walks(weights: Matrix, degree: Reals, starts: Index) -> Reals:
    """Return the mass that walks from each start leave at each skill, whole; shape (skills, starts)."""
    # Whole numbers below 2**53 and their sums are exact in double precision, which is faster to multiply.
    total = np.zeros((len(degree), len(starts)))
    total[starts, np.arange(len(starts))] = MASS
    mass = weights[starts].toarray().T * np.floor(MASS * 85 / (100 * degree[starts]))
    for _step in range(STEPS - 1):
        total += mass
        mass = weights @ np.floor(mass * 85 / (100 * degree[:, None]))
    total += mass
    return total


def _thousandths(
    mass: Reals, here: Reals, there: Reals | float, degree: Reals, degree_there: Reals
) -> Integers:
    """Return closeness from a mass, the returns to both skills, and their degrees."""
    ratio = (mass / here) * (mass / there) * (degree / degree_there)
    return np.minimum(1000.0 * np.sqrt(np.sqrt(ratio)), CLOSEST_OTHER).astype(np.int64)


def _nearest(close: Matrix) -> Matrix:
    """Return the pairs of which one is among the nearest of the other."""
    pairs = close.tocoo()
    row, column = (place.astype(np.intp) for place in pairs.coords)
    order = np.lexsort((column, -pairs.data, row))
    row, column, value = row[order], column[order], pairs.data[order]
    kept = np.arange(len(row)) - np.searchsorted(row, row) < NEAREST
    return _alike_both_ways(row[kept], column[kept], value[kept], close.shape)


def _alike_both_ways(row: Index, column: Index, value: Integers, shape: tuple[int, int]) -> Matrix:
    """Return each pair both ways, with the greater figure where rounding has told them apart."""
    there = matrix_of(value, row, column, shape)
    return Matrix(there.maximum(there.T))
