"""ESCO's skills as numbers, and how close closeness and exact overlap hold them, for its benchmarks."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.generate.skills import Taxonomy, read_esco
from matching.labels import Words, combined_with
from matching.problem import EdgeKind, Held, Person, Problem, Skill, SkillEdge, SkillRows
from matching.skills import SAME, Closeness, closeness_of
from matching.views import Index, Matrix

Vector = NDArray[np.float64]
Rows = NDArray[np.intp]
Edge = tuple[str, str, str]
# How close every skill is to one, in thousandths.
Measure = Callable[[int], Vector]


class Catalogue:
    """ESCO as numbers: skills, edges, and the essential skills of each occupation."""

    def __init__(
        self, taxonomy: Taxonomy, essential: Sequence[Sequence[str]], words: Words | None = None
    ) -> None:
        self.ids = tuple(node for node, _label, _aliases in taxonomy.nodes)
        self.names = {node: label for node, label, _aliases in taxonomy.nodes}
        self.words = words
        self.index = {skill: row for row, skill in enumerate(self.ids)}
        self.edges = taxonomy.edges
        numbered = (sorted({self.index[s] for s in skills if s in self.index}) for skills in essential)
        self.occupations = tuple(np.array(rows, dtype=np.intp) for rows in numbered)

    def closeness(self, name: str, edges: Sequence[Edge], profiles: Sequence[Rows]) -> dict[str, Measure]:
        """Return our closeness over these edges among people with these profiles; with labels, too."""
        # One person has every skill, so that all are looked at, and thereby too many to count as a profile.
        held = [np.arange(len(self.ids)), *profiles]
        people = tuple(
            Person(id=f"p{number}", holds=tuple(Held(skill=self.ids[row], level=1) for row in rows))
            for number, rows in enumerate(held)
        )
        skills = SkillRows(
            nodes=tuple(Skill(id=skill, label=self.names[skill]) for skill in self.ids),
            edges=tuple(SkillEdge(source=a, kind=EdgeKind(kind), target=b) for a, kind, b in edges),
        )
        problem = Problem(round="benchmark", skills=skills, people=people)
        labelled: list[Matrix] = []

        def combine(walked: Matrix, used: Index) -> Matrix:
            # Walks take longest, and serve both.
            if self.words is not None:
                labelled.append(combined_with(self.words, problem)(walked, used))
            return walked

        found = closeness_of(problem, combine)
        measures = {f"closeness, {name}": self._measure(found, found.matrix)}
        itself = sparse.diags_array(np.full(len(self.ids), SAME), format="csr", dtype=None)
        return measures | {
            f"{name}, and labels": self._measure(found, Matrix(matrix + itself)) for matrix in labelled
        }

    def _measure(self, found: Closeness, matrix: Matrix) -> Measure:
        ours = [found.index[skill] for skill in self.ids]
        turned = matrix[ours][:, ours]
        return lambda skill: turned[[skill]].toarray()[0].astype(np.float64)

    def exact(self, skill: int) -> Vector:
        """Return `SAME` for the skill itself and nothing for others."""
        only = np.zeros(len(self.ids))
        only[skill] = SAME
        return only


def read_catalogue(directory: Path, words: Words | None = None) -> Catalogue:
    """Read ESCO's files; a missing one is a `ValueError`."""
    taxonomy = read_esco(directory)
    files = [directory / f"occupationSkillRelations{suffix}.csv" for suffix in ("", "_en")]
    essential: dict[str, list[str]] = {}
    with next(path for path in files if path.is_file()).open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["relationType"] == "essential":
                skill = row["skillUri"].rsplit("/", 1)[-1]
                essential.setdefault(row["occupationUri"], []).append(skill)
    return Catalogue(taxonomy, list(essential.values()), words)
