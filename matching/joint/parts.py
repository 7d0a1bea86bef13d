"""Decides about the parts of a joint round apart, and puts plans and proofs of the whole together again."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

import numpy as np

from matching.components import parts_of
from matching.joint.piece import spread
from matching.joint.proofs import Proof, Proofs
from matching.joint.search import Found, Search, sought
from matching.joint.shared import PartOrigin, Plan, Shared
from matching.processes import side_by_side
from matching.solution import Status
from matching.watch import Limits, Stopped, Watch

# Fewer people are not worth a search of their own, and fewer than the second not a process.
FEWEST, FEWEST_IN_A_PROCESS = 100, 200
# No row of hours has more shares in all than this; the check adds up eight times what prices come to.
LARGEST_SHARES, LARGEST_AMOUNT = 12, 2**50
# The worst that came of any part is what came of the whole.
STOPPED = (Status.CANCELLED, Status.TIMED_OUT)
WORST_FIRST = (*STOPPED, Status.FEASIBLE, Status.OPTIMAL)


def decided(shared: Shared, watch: Watch) -> Found:
    """Return the best plan of a round, from those of the parts that nothing ties to others.

    Goals of a joint round are sums, so what is best by all goals in their order in each part is best in the
    whole.
    """
    groups = parts_of(len(shared.counts), shared.ties(), FEWEST)
    if len(groups) < 2:
        return sought(shared, watch)
    parts = [shared.part(people) for people in groups]
    watch.begin("plan")
    found = side_by_side(
        sought_apart,
        [part for part, _origin in parts],
        [len(people) for people in groups],
        watch,
        large=FEWEST_IN_A_PROCESS,
    )
    status = min((part.status for part in found), key=WORST_FIRST.index)
    if status in STOPPED and watch.stopped is not None:
        status = watch.stopped
    return Together(shared, [origin for _part, origin in parts], found).found(status)


def sought_apart(shared: Shared, watch: Watch) -> Found:
    """Return the best plan of a part of a round, with proofs that go well with those of other parts."""
    search = Search(shared, watch)
    found = search.found()
    if found.status is not Status.OPTIMAL:
        return found
    try:
        return replace(found, proofs=tuple(search.gentle_proof(number) for number in range(len(shared.aims))))
    except Stopped:
        return found


class Together:
    """A plan and proofs of the whole, made of those of its parts."""

    def __init__(self, shared: Shared, origins: Sequence[PartOrigin], found: Sequence[Found]) -> None:
        self._shared, self._make = shared, Proofs(shared)
        self._origins, self._parts = origins, found

    def found(self, status: Status) -> Found:
        """Return the plan of all parts, and for each aim the proof that shows most."""
        plan = self._plan()
        values = self._shared.values(plan)
        proofs, searched = [], []
        for number in range(len(self._shared.aims)):
            shown = self._proof(number)
            candidates = [shown] if self._can_be_added_up(shown) else []
            proof = min(
                (self._make.evident(number), *candidates), key=lambda proof: proof.most(values[:number])
            )
            proofs.append(proof)
            gap = proof.most(values[:number]) > values[number]
            # Where each part is shown by prices of its own, prices that hold for all may leave a gap.
            searched.append(gap and status is Status.OPTIMAL)
        return Found(status, plan, values, tuple(proofs), tuple(searched))

    def _can_be_added_up(self, proof: Proof) -> bool:
        """Tell whether sums of prices stay exact in 64-bit integers: many different parts ask for much."""
        of_people = int(proof.cover.sum()) + LARGEST_SHARES * int(proof.hours.sum())
        return sum(proof.weights) * self._shared.beyond + of_people < LARGEST_AMOUNT

    def _plan(self) -> Plan:
        return {
            name: piece.joined_plans(
                [
                    (origin.pieces[name], part.plan[name])
                    for origin, part in zip(self._origins, self._parts, strict=True)
                ]
            )
            for name, piece in self._shared.pieces.items()
        }

    def _proof(self, number: int) -> Proof:
        """Return the sum of the proofs of all parts: of this aim, and of those before so many times.

        Each part has weights of its own. Where one asks for more of an aim than another, the other's proof of
        that aim is added so many times that both ask for as much: sums of proofs are proofs.
        """
        weights, shares = self._common(number)
        shared = self._shared
        hours = [(origin.rows, proof.hours, times) for origin, proof, times in shares]
        # What covering brings is a price of which rounding may only take.
        cover = [(origin.people, proof.cover, -times) for origin, proof, times in shares]
        of_pieces = {
            name: piece.joined_prices(
                [(origin.pieces[name], proof.of_pieces[name], times) for origin, proof, times in shares]
            )
            for name, piece in shared.pieces.items()
        }
        # Nearly nothing gains at prices of parts, which is soon seen, even by a solve that is to stop.
        return self._make.bounded(
            *(weights, spread(hours, len(shared.rows)), -spread(cover, len(shared.counts)), of_pieces),
            Watch(Limits()),
        )

    def _common(self, number: int) -> tuple[tuple[int, ...], list[tuple[PartOrigin, Proof, float]]]:
        """Return weights for all parts, and how many times each of their proofs is to be taken for them."""
        scale = self._make.scale
        weights, shares = [0] * number + [scale], []
        asked = np.zeros((number + 1, len(self._parts)))
        asked[number] = scale
        lacking = asked[number]
        for aim in range(number, -1, -1):
            if aim < number:
                weights[aim] = ceil(asked[aim].max())
                lacking = weights[aim] - asked[aim]
            for place, (origin, part) in enumerate(zip(self._origins, self._parts, strict=True)):
                proof = part.proofs[aim]
                times = float(lacking[place]) / proof.weights[-1]
                if times:
                    shares.append((origin, proof, times))
                    asked[:aim, place] += np.array(proof.weights[:-1], dtype=np.float64) * times
        return tuple(weights), shares
