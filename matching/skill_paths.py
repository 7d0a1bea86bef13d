"""Ways between skills: over which edges and shared profiles one skill is close to another."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

import networkx as nx

from matching.problem import EdgeKind, Problem
from matching.skills import EDGE_WEIGHT, STEPS, profile_weights_of

# So that the weights of edges, up to 1,000, become lengths in whole numbers: twice the weight, half the way.
LENGTH = 60_000


class Relation(StrEnum):
    """What a skill is to the one before it on a way."""

    BROADER = "broader"
    NARROWER = "narrower"
    REQUIRED = "required"
    BUILDS_ON = "builds on it"
    RELATED = "related"
    TOGETHER = "held by the same people"


_THERE_AND_BACK = {
    EdgeKind.RELATED: (Relation.RELATED, Relation.RELATED),
    EdgeKind.REQUIRES: (Relation.REQUIRED, Relation.BUILDS_ON),
    EdgeKind.BROADER: (Relation.BROADER, Relation.NARROWER),
}


@dataclass(frozen=True, slots=True)
class Step:
    """The next skill on a way, and what it is to the one before."""

    skill: str
    relation: Relation


class SkillPaths:
    """Finds ways between the skills of a problem; the graph is made when the first one is asked for."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    def path(self, source: str, target: str) -> tuple[Step, ...]:
        """Return the shortest way, of at most four steps as walks have; empty when there is none.

        Edges are as long as they are weak: their lengths are the inverse of the weights in closeness.
        """
        try:
            _length, nodes = nx.bidirectional_dijkstra(self._graph, source, target, weight="length")
        except nx.NetworkXNoPath:
            return ()
        steps = tuple(
            Step(there, self._graph.edges[here, there]["relation"]) for here, there in pairwise(nodes)
        )
        return steps if len(steps) <= STEPS else ()

    @cached_property
    def _graph(self) -> "nx.DiGraph[str]":
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(node.id for node in self._problem.skills.nodes)
        for one, other, weight in profile_weights_of(self._problem):
            graph.add_edge(one, other, relation=Relation.TOGETHER, length=LENGTH // weight)
        # An edge that was drawn tells more than people's profiles do.
        for edge in self._problem.skills.edges:
            there, back = _THERE_AND_BACK[EdgeKind(edge.kind)]
            length = LENGTH // EDGE_WEIGHT[EdgeKind(edge.kind)]
            graph.add_edge(edge.source, edge.target, relation=there, length=length)
            graph.add_edge(edge.target, edge.source, relation=back, length=length)
        return graph
