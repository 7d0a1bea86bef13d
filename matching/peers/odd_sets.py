"""Finds the sets of an odd number of people of whom a fractional plan uses up more than fit."""

from collections.abc import Iterable, Iterator

import networkx as nx
import numpy as np
from scipy.sparse.csgraph import connected_components

from matching.peers.groups import NOBODY, Groups, OddSet
from matching.peers.relaxation import NEARLY, Reals
from matching.views import Index, matrix_of

# Violations smaller than this are the solver's rounding.
LEAST_VIOLATION = 1e-5
# What is left of a person's share stands at this node of the graph.
REST = -1


def violated(groups: Groups, shares: Reals, people: int) -> list[OddSet]:
    """Return odd sets that the shares violate, the worst first: an empty list means that pairs violate none.

    The components of what is used in part are looked at first; when all of them are well, so are all sets
    the minimum cuts of Padberg and Rao name. For pairs that is every odd set; a triad enters those cuts as
    three half pairs, which makes the search a heuristic where triads are used in part.

    References
    ----------
    M. W. Padberg, M. R. Rao, "Odd minimum cut-sets and b-matchings", 1982.
    """
    parts = (shares > NEARLY) & (shares < 1 - NEARLY)
    fractional, weights = groups.only(parts), shares[parts]
    if not len(fractional):
        return []
    components = list(_components(fractional, people))
    found = _worst(_odd(components), fractional, weights, people)
    if found:
        return found
    cuts = (cut for component in components for cut in _cuts(fractional, weights, component, people))
    return _worst(cuts, fractional, weights, people)


def _worst(sets: Iterable[Index], groups: Groups, shares: Reals, people: int) -> list[OddSet]:
    """Return those of the sets of which the groups use up more than fit, the worst first."""
    found: dict[tuple[int, ...], tuple[float, OddSet]] = {}
    for members in sets:
        odd_set = OddSet(members)
        over = float((groups.within(odd_set, people) * shares).sum()) - odd_set.parts
        if over > LEAST_VIOLATION:
            found[odd_set.key] = over, odd_set
    return [found[key][1] for key in sorted(found, key=lambda key: (-found[key][0], key))]


def _odd(sets: Iterable[Index]) -> Iterator[Index]:
    return (members for members in sets if len(members) % 2 and len(members) > 1)


def _edges(groups: Groups) -> tuple[Index, Index, Index]:
    """Return both people of each pair within each group, and the number of the group."""
    first, second, number = [], [], []
    for a, b in ((0, 1), (0, 2), (1, 2)):
        there = np.flatnonzero(groups.members[:, b] != NOBODY)
        first.append(groups.members[there, a])
        second.append(groups.members[there, b])
        number.append(there)
    return np.concatenate(first), np.concatenate(second), np.concatenate(number)


def _components(groups: Groups, people: int) -> Iterator[Index]:
    """Yield the sets of people whom groups connect, two or more each."""
    first, second, _number = _edges(groups)
    graph = matrix_of(np.ones(len(first)), first, second, (people, people))
    _count, labels = connected_components(graph, directed=False)
    concerned = groups.people
    for label in np.unique(labels[concerned]):
        yield concerned[labels[concerned] == label]


def _cuts(groups: Groups, shares: Reals, component: Index, people: int) -> Iterator[Index]:
    """Yield the odd sets of a component that a tree of minimum cuts cuts off."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from((*component.tolist(), REST), weight=0)
    first, second, number = _edges(groups)
    weight = np.where(groups.are_triads[number], 0.5, 1.0) * shares[number]
    here = np.isin(first, component)
    for a, b, share in zip(first[here].tolist(), second[here].tolist(), weight[here].tolist(), strict=True):
        before = graph.edges[a, b]["capacity"] if graph.has_edge(a, b) else 0.0
        graph.add_edge(a, b, capacity=before + share)
    for person in component.tolist():
        used = sum(edge["capacity"] for edge in graph.adj[person].values())
        if used < 1 - NEARLY:
            graph.add_edge(person, REST, capacity=1 - used)
    tree = nx.gomory_hu_tree(graph)
    for a, b in list(tree.edges):
        tree.remove_edge(a, b)
        side = nx.node_connected_component(tree, a)
        if REST in side:
            side = nx.node_connected_component(tree, b)
        tree.add_edge(a, b)
        if len(side) % 2 and len(side) > 1:
            yield np.array(sorted(side), dtype=np.intp)
