"""Ancestor measures: how alike two skills are by the broader skills they have in common.

References
----------
Z. Wu, M. Palmer, "Verb semantics and lexical selection", ACL 1994.
D. Lin, "An information-theoretic definition of similarity", ICML 1998.
"""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Rows = NDArray[np.intp]

SAME = 1000


class Hierarchy:
    """The broader skills of each skill, by number; a skill may have several."""

    def __init__(self, skills: int, broader: Iterable[tuple[int, int]]) -> None:
        self._parents: list[list[int]] = [[] for _ in range(skills)]
        for skill, parent in broader:
            self._parents[skill].append(parent)

    def wu_palmer(self, skill: int) -> Vector:
        """Return twice the depth of the deepest common ancestor over the sum of both depths."""
        return self._shared(skill, self._depths)

    def lin(self, skill: int) -> Vector:
        """Return likewise with information content: the rarer a branch, the more it says."""
        return self._shared(skill, self._contents)

    def _shared(self, skill: int, worth: Vector) -> Vector:
        best = np.zeros(len(self._parents))
        for ancestor in self._ancestors[skill]:
            below = self._descendants[ancestor]
            best[below] = np.maximum(best[below], worth[ancestor])
        similar = 2 * best / np.maximum(worth + worth[skill], 1e-9)
        similar[skill] = 1.0
        return SAME * similar

    @cached_property
    def _ancestors(self) -> list[set[int]]:
        """Each skill's ancestors, itself among them."""
        return [self._upwards(skill) for skill in range(len(self._parents))]

    def _upwards(self, skill: int) -> set[int]:
        found, waiting = {skill}, [skill]
        while waiting:
            new = set(self._parents[waiting.pop()]) - found
            found |= new
            waiting.extend(new)
        return found

    @cached_property
    def _descendants(self) -> list[Rows]:
        below: list[list[int]] = [[] for _ in self._parents]
        for skill, ancestors in enumerate(self._ancestors):
            for ancestor in ancestors:
                below[ancestor].append(skill)
        return [np.array(rows, dtype=np.intp) for rows in below]

    @cached_property
    def _depths(self) -> Vector:
        """Return the number of nodes on the shortest way to a root, itself and the skill included."""
        depths = np.zeros(len(self._parents))
        children: list[list[int]] = [[] for _ in self._parents]
        for skill, parents in enumerate(self._parents):
            for parent in parents:
                children[parent].append(skill)
        level, here = 1, [skill for skill, parents in enumerate(self._parents) if not parents]
        while here:
            depths[here] = level
            level, here = level + 1, sorted({c for skill in here for c in children[skill] if not depths[c]})
        return depths

    @cached_property
    def _contents(self) -> Vector:
        sizes = np.array([len(rows) for rows in self._descendants], dtype=np.float64)
        return np.log(len(self._parents) / sizes)
