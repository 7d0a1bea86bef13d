"""Pairs of mentees and mentors as rules and criteria see them: a whole block at once, or a list of pairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Index = NDArray[np.intp]
Matrix = sparse.csr_array[Any, tuple[int, int]]


def matrix_of(
    values: NDArray[Any], rows: Sequence[int] | Index, columns: Sequence[int] | Index, shape: tuple[int, int]
) -> Matrix:
    """Return a sparse matrix with these values, which are added where a cell is named twice."""
    return sparse.csr_array((values, (rows, columns)), shape=shape)


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """Who stands on which side: for mentee i and mentor j of a programme, the position among the people."""

    mentees: Index
    mentors: Index

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentees and of mentors."""
        return len(self.mentees), len(self.mentors)


class View(Protocol):
    """Some pairs: `mentee` and `mentor` are positions of people, in shapes that broadcast to the pairs'."""

    @property
    def mentee(self) -> Index:
        """Positions of the mentees among the people."""
        ...

    @property
    def mentor(self) -> Index:
        """Positions of the mentors among the people."""
        ...

    @property
    def rows(self) -> Index:
        """Numbers of the mentees in the programme, in the shape of `mentee`."""
        ...

    @property
    def columns(self) -> Index:
        """Numbers of the mentors in the programme, in the shape of `mentor`."""
        ...

    def entries(self, matrix: Matrix) -> NDArray[Any]:
        """Return the entries of a (mentees, mentors) matrix at the pairs."""
        ...

    def products(self, left: Matrix, right: Matrix) -> NDArray[Any]:
        """Return the entries of ``left @ right.T`` at the pairs; both have one column a feature."""
        ...


class Block:
    """All pairs of some mentees with some mentors; shape (rows, columns)."""

    def __init__(self, sides: Sides, rows: Index, columns: Index) -> None:
        self.rows = rows[:, None]
        self.columns = columns[None, :]
        self.mentee = sides.mentees[self.rows]
        self.mentor = sides.mentors[self.columns]
        self._every_mentor = len(columns) == len(sides.mentors)

    def entries(self, matrix: Matrix) -> NDArray[Any]:
        """Return the entries of a (mentees, mentors) matrix at the pairs."""
        rows = matrix[self.rows[:, 0]]
        return np.asarray((rows if self._every_mentor else rows[:, self.columns[0]]).toarray())

    def products(self, left: Matrix, right: Matrix) -> NDArray[Any]:
        """Return the entries of ``left @ right.T`` at the pairs."""
        mentors = right if self._every_mentor else right[self.columns[0]]
        return np.asarray((left[self.rows[:, 0]] @ mentors.T).toarray())


class Pairs:
    """A list of pairs, mentee `rows[n]` with mentor `columns[n]`; shape (pairs,)."""

    def __init__(self, sides: Sides, rows: Sequence[int] | Index, columns: Sequence[int] | Index) -> None:
        self.rows = np.asarray(rows, dtype=np.intp)
        self.columns = np.asarray(columns, dtype=np.intp)
        self.mentee = sides.mentees[self.rows]
        self.mentor = sides.mentors[self.columns]

    def entries(self, matrix: Matrix) -> NDArray[Any]:
        """Return the entries of a (mentees, mentors) matrix at the pairs."""
        if not len(self.rows):
            return np.zeros(0, dtype=matrix.dtype)
        found = matrix[self.rows, self.columns]
        return np.asarray(found).ravel()

    def products(self, left: Matrix, right: Matrix) -> NDArray[Any]:
        """Return the entries of ``left @ right.T`` at the pairs."""
        if not len(self.rows):
            return np.zeros(0, dtype=left.dtype)
        return np.asarray(left[self.rows].multiply(right[self.columns]).sum(axis=1)).ravel()
