"""The skill graph: what leads to what, and how close two skills are."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from matching.problem import EdgeKind, Person, Problem, SkillRows
from matching.views import Matrix, matrix_of

EDGE_WEIGHT = {EdgeKind.BROADER: 6, EdgeKind.REQUIRES: 4, EdgeKind.RELATED: 6}
PROFILE_WEIGHT = 3
LARGEST_PROFILE = 40
FEWEST_SHARED = 3
MASS = 2**28
SMALLEST_MASS = MASS // 4096
STEPS = 4
NEAREST = 64
SAME = 1000
CLOSEST_OTHER = 900
FARTHEST = 100


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

    def path(self, source: str, target: str) -> tuple[tuple[str, str], ...] | None:
        """Return a shortest way between skills as (relation, skill) steps; `None` when there is none."""
        try:
            nodes = nx.bidirectional_shortest_path(self._kinship, source, target)
        except nx.NetworkXNoPath:
            return None
        return tuple((str(self._kinship.edges[a, b]["relation"]), b) for a, b in pairwise(nodes))

    @cached_property
    def _kinship(self) -> "nx.DiGraph[str]":
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(node.id for node in self.rows.nodes)
        words = {
            EdgeKind.RELATED: ("related", "related"),
            EdgeKind.REQUIRES: ("requires", "required by"),
            EdgeKind.BROADER: ("broader", "narrower"),
        }
        for kind, (there, back) in words.items():
            for edge in self.rows.edges:
                if edge.kind == kind:
                    graph.add_edge(edge.source, edge.target, relation=there)
                    graph.add_edge(edge.target, edge.source, relation=back)
        return graph


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


def closeness_of(problem: Problem) -> Closeness:
    """Return the closeness of the skills that the problem's people hold or want.

    Notes
    -----
    Random walk with restart in whole numbers, both directions over both returns: `docs/matching.md` has the
    definition.

    References
    ----------
    H. Tong, C. Faloutsos, J.-Y. Pan, "Fast random walk with restart and its applications", ICDM 2006.
    """
    ids = tuple(node.id for node in problem.skills.nodes)
    index = {skill: position for position, skill in enumerate(ids)}
    profiles = [sorted({index[skill] for skill in _profile(person)}) for person in problem.people]
    used = np.array(sorted({skill for profile in profiles for skill in profile}), dtype=np.intp)
    if not len(used):
        return Closeness(ids, index, matrix_of(np.zeros(0, dtype=np.int16), [], [], (len(index), len(index))))
    walks = _walks(_weights(problem.skills, index, profiles), used)
    row, column, value = _nearest(*_closeness(walks, used))
    rows, columns = np.concatenate((row, used)), np.concatenate((column, used))
    values = np.concatenate((value, np.full(len(used), SAME, dtype=np.int64))).astype(np.int16)
    return Closeness(ids, index, matrix_of(values, rows, columns, (len(index), len(index))))


def _profile(person: Person) -> Iterator[str]:
    yield from (row.skill for row in person.holds)
    yield from (row.skill for row in person.wants)


def _weights(rows: SkillRows, index: dict[str, int], profiles: Sequence[Sequence[int]]) -> Matrix:
    edges = [(index[e.source], index[e.target], EDGE_WEIGHT[EdgeKind(e.kind)]) for e in rows.edges]
    edges += [(a, b, PROFILE_WEIGHT) for a, b in _shared_profiles(profiles)]
    table = np.array(edges, dtype=np.int64).reshape(-1, 3)
    one_way = matrix_of(table[:, 2], table[:, 0], table[:, 1], (len(index), len(index)))
    return Matrix(one_way + one_way.T)


def _shared_profiles(profiles: Iterable[Sequence[int]]) -> list[tuple[int, int]]:
    """Return the pairs of skills that people have together at least twice as often as by chance."""
    counted = [profile for profile in profiles if 0 < len(profile) <= LARGEST_PROFILE]
    alone = Counter(skill for profile in counted for skill in profile)
    together = Counter(pair for profile in counted for pair in combinations(profile, 2))
    return sorted(
        (a, b)
        for (a, b), count in together.items()
        if count >= FEWEST_SHARED and count * len(counted) >= 2 * alone[a] * alone[b]
    )


def _walks(weights: Matrix, starts: NDArray[np.intp]) -> Matrix:
    """Return the mass that walks from each start leave at each skill; shape (starts, skills)."""
    degree = np.maximum(np.asarray(weights.sum(axis=1)).ravel(), 1)
    rows = np.arange(len(starts))
    mass = matrix_of(np.full(len(starts), MASS, dtype=np.int64), rows, starts, (len(starts), len(degree)))
    total = mass
    for _step in range(STEPS):
        shares = mass.copy()
        shares.data = mass.data * 85 // (100 * degree[mass.indices])
        mass = shares @ weights
        mass.data[mass.data < SMALLEST_MASS] = 0
        mass.eliminate_zeros()
        total = total + mass
    return Matrix(total)


def _closeness(
    walks: Matrix, used: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]:
    """Return rows, columns (skills) and closeness of the pairs of different skills that are close at all."""
    among = Matrix(walks[:, used])
    returns = among.diagonal()
    both = among.multiply(among.T).tocoo()
    row, column = both.coords
    ratio = both.data.astype(np.float64) / (returns[row] * returns[column]).astype(np.float64)
    value = np.minimum((1000.0 * np.sqrt(np.sqrt(ratio))).astype(np.int64), CLOSEST_OTHER)
    kept = (row != column) & (value >= FARTHEST)
    return used[row[kept]], used[column[kept]], value[kept]


def _nearest(
    row: NDArray[np.intp], column: NDArray[np.intp], value: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]:
    order = np.lexsort((column, -value, row))
    row, column, value = row[order], column[order], value[order]
    first = np.searchsorted(row, row)
    kept = np.arange(len(row)) - first < NEAREST
    return row[kept], column[kept], value[kept]
