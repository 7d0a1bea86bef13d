"""Lots: the numbers that decide between plans that are equal in every goal."""

import hashlib
from collections.abc import Sequence
from copy import copy

import numpy as np
from numpy.typing import NDArray

from matching.goals import Amounts
from matching.views import Index

LOT_BITS = 30


class Lots:
    """Draws a number for each pair from the ids and the seed: the same whatever the order of rows."""

    def __init__(self, programme: str, mentees: Sequence[str], mentors: Sequence[str], seed: int) -> None:
        self._mentees = _drawn(f"{seed} {programme} mentee", mentees)
        self._mentors = _drawn(f"{seed} {programme} mentor", mentors)

    def of_some(self, people: Index) -> "Lots":
        """Return the lots of some of the people who stand on both sides, by their numbers."""
        found = copy(self)
        found._mentees, found._mentors = self._mentees[people], self._mentors[people]
        return found

    @property
    def drawn(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """The numbers drawn for each mentee and each mentor, from which those of pairs are made."""
        return self._mentees, self._mentors

    def of(self, rows: Index, columns: Index) -> Amounts:
        """Return the lots of pairs, whole numbers of `LOT_BITS` bits.

        References
        ----------
        G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
        """
        mixed = self._mentees[rows] + self._mentors[columns]
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
        return (mixed >> np.uint64(64 - LOT_BITS)).astype(np.int64)


def _drawn(purpose: str, ids: Sequence[str]) -> NDArray[np.uint64]:
    key = hashlib.blake2b(purpose.encode(), digest_size=32).digest()
    digests = b"".join(hashlib.blake2b(name.encode(), digest_size=8, key=key).digest() for name in ids)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)
