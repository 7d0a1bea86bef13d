"""From the pieces of a joint round to its best plan: goal by goal, each with prices that show the most."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.joint.aims import Aim, AimName
from matching.joint.linear import Ended, Linear, Numbers
from matching.joint.piece import Frame, Piece, rounded
from matching.joint.proofs import Proof, Proofs
from matching.joint.shared import Plan, Shared
from matching.rules import Mask
from matching.solution import Status
from matching.watch import Stopped, Watch

# Branch and bound looks at plans that fall short of the most by so much, then by so many times more; so often
# where it finds none, for then the aims before may not come to what prices allow.
FIRST_GAP, WIDER, MOST_WIDENINGS = 2, 6, 2
MOST_IN_CORE, MOST_NODES = 120_000, 50_000
# It runs in slices, to ask between them whether it is to stop; each is as long as all before.
FIRST_SLICE_SECONDS = 10.0
# Cuts are laid as long as, within so many rounds of them, the most that an aim can reach becomes less; at
# first, where what prices allow is mostly reached, only as long as each round makes it less.
PATIENCE, AT_FIRST = 3, 0


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The best plan of a round, or of a part of one, with what it reaches in each aim and a proof of each.

    `searched` tells where branch and bound found no plan between what is reached and what the proof shows;
    the status is optimal where either shows every aim, or else why it does not.
    """

    status: Status
    plan: Plan
    values: tuple[int, ...]
    proofs: tuple[Proof, ...]
    searched: tuple[bool, ...]


def sought(shared: Shared, watch: Watch) -> Found:
    """Return the best plan of what a round shares; the best so far when told to end."""
    return Search(shared, watch).found()


class Search:
    """The best plan so far, what proves each aim of it, and the steps that improve both."""

    def __init__(self, shared: Shared, watch: Watch) -> None:
        self._shared, self._watch = shared, watch
        self._pieces: Mapping[str, Piece] = shared.pieces
        self._aims: tuple[Aim, ...] = shared.aims
        self._plan: Plan = shared.start(watch)
        self._values = shared.values(self._plan)
        self._tell()
        self._make = Proofs(shared)
        self._evident = [self._make.evident(number) for number in range(len(self._aims))]
        self._proofs: list[tuple[tuple[int, ...], Proof] | None] = [None] * len(self._aims)
        self._searched = [False] * len(self._aims)
        self._model = Linear(len(self._aims))

    def found(self) -> Found:
        """Go on until every aim is proved, and return the best plan; the best so far when told to end."""
        try:
            status = Status.OPTIMAL if self._run() else Status.FEASIBLE
        except Stopped as stop:
            status = stop.status
        proofs = tuple(self._fitting(number) for number in range(len(self._aims)))
        return Found(status, self._plan, self._values, proofs, tuple(self._searched))

    def _run(self) -> bool:
        if self._are_evident():
            return True
        self._watch.go_on_to("plan")
        self._lay()
        return self._in_order(strictly=False) or self._in_order(strictly=True)

    def _fitting(self, number: int) -> Proof:
        latest = self._proofs[number]
        if latest is None or latest[0] != self._values[:number]:
            return self._evident[number]
        return latest[1]

    def gentle_proof(self, number: int) -> Proof:
        """Return a proof of an aim of the best plan that asks little of other parts, though it may show less.

        Its weights are small, and it does not take for granted how many groups there can be: that is known of
        the whole round alone.
        """
        before, value = self._values[:number], self._values[number]
        if self._evident[number].most(before) == value or not self._model.height:
            return self._evident[number]
        self._model.seek_nothing()
        for aim, reached in enumerate(before):
            self._model.seek(aim, reached)
        for piece in self._pieces.values():
            piece.covers_at_most(None)
        self._model.fine_gently(number)
        gentle = self._priced(number, before, AT_FIRST)
        return min((gentle, *self._unconditional(number)), key=lambda proof: proof.most(before))

    def _unconditional(self, number: int) -> Iterator[Proof]:
        """Yield what the best proof of an aim shows without a number of groups, where it can do without."""
        proof = self._fitting(number)
        prices = {name: piece.unconditional(proof.of_pieces[name]) for name, piece in self._pieces.items()}
        if None not in prices.values():
            yield self._make.bounded(proof.weights, proof.hours, proof.cover, prices, self._watch)

    def _latest(self, number: int) -> Proof:
        latest = self._proofs[number]
        return self._evident[number] if latest is None else latest[1]

    def _are_evident(self) -> bool:
        return all(
            proof.most(self._values[:number]) == self._values[number]
            for number, proof in enumerate(self._evident)
        )

    def _tell(self) -> None:
        self._watch.best = self._shared.matched(self._plan)

    def _improve(self, plan: Plan) -> bool:
        """Keep a plan that is better than the best so far; tell whether it keeps all rules."""
        if not self._shared.is_kept_by(plan):
            return False
        values = self._shared.values(plan)
        if values > self._values:
            self._plan, self._values = plan, values
            self._tell()
        return True

    def _lay(self) -> None:
        """Lay the model: rows of hours and of cover, and what each programme is."""
        shared, model = self._shared, self._model
        for number in range(len(self._aims)):
            # What the prices of an aim allow need not be there to the last digit once others ask for it.
            model.add_fine(number, 10.0 * shared.beyond)
        first = int(model.add_rows(shared.rows.limits.astype(np.float64)).min(initial=model.height))
        counted = np.flatnonzero(shared.counts)
        cover = np.full(len(shared.counts), -1, dtype=np.intp)
        cover[counted] = model.add_rows(np.zeros(len(counted)))
        gains = [(self._make.number(AimName.COVER, None), shared.counts[counted])]
        self._cover_columns = model.add_columns(gains, upper=1.0, whole=False, count=len(counted))
        model.fill(cover[counted], self._cover_columns, np.ones(len(counted)))
        self._cover_rows, self._hours_rows = cover, first + np.arange(len(shared.rows))
        for piece in self._pieces.values():
            covers = cover if piece.id in shared.cover_by else np.full_like(cover, -1)
            frame = Frame(
                coverage=self._make.number(AimName.COVERAGE, piece.id),
                triads=self._make.number(AimName.TRIADS, piece.id),
                points=self._make.number(AimName.POINTS, None) if piece.id in shared.counts_points else None,
                cover_rows=covers,
                first_hours_row=first,
                hours=shared.rows,
                fine=10.0 * shared.beyond,
            )
            piece.lay(model, frame, self._watch)
            piece.add(self._plan[piece.id])

    def _in_order(self, *, strictly: bool) -> bool:
        """Prove aim after aim; tell whether all are proved.

        At first the most that prices allow is taken for what can be reached, and only the last aim is
        searched: mostly that is so. `strictly`, every aim is settled before the next is looked at.
        """
        self._model.seek_nothing()
        for piece in self._pieces.values():
            piece.covers_at_most(None)
        targets: list[int] = []
        for number in range(len(self._aims)):
            is_decisive = strictly or number == len(self._aims) - 1
            most = self._prove(number, targets, PATIENCE if is_decisive else AT_FIRST)
            is_reached = list(self._values[: number + 1]) == [*targets, most]
            if not is_reached and is_decisive:
                if not self._branch(number, targets):
                    return False
                most = self._values[number]
            targets.append(most)
            self._settle(number, most)
        return list(self._values) == targets

    def _settle(self, number: int, value: int) -> None:
        """Ask of all that follows that an aim comes to so much, which is the most it can."""
        self._model.seek(number, value)
        aim = self._aims[number]
        if aim.name is AimName.COVERAGE and aim.programme is not None:
            self._pieces[aim.programme].covers_at_most(value)

    def _prove(self, number: int, targets: Sequence[int], patience: int) -> int:
        """Find prices for an aim when those before come to their targets; return the most it can reach."""
        self._searched[number] = False
        evident = self._evident[number].most(targets)
        if list(self._values[: number + 1]) == [*targets, evident]:
            self._proofs[number] = tuple(targets), self._evident[number]
            return evident
        proof = self._priced(number, targets, patience)
        self._proofs[number] = tuple(targets), proof
        return min(evident, proof.most(targets))

    def _priced(self, number: int, targets: Sequence[int], patience: int) -> Proof:
        """Return the prices of the relaxed model over all columns there are."""
        least, since = None, 0
        while True:
            self._watch.go_on_to("prices")
            corner = self._model.relaxed(number, seconds=self._watch.seconds_left)
            if corner is None:
                continue
            proof = self._proof_of(number, corner.prices)
            if proof is None or self._model.fine_more(corner):
                continue
            self._improve(self._plan_of(corner.values))
            most = proof.most(targets)
            least, since = (most, 0) if least is None or most < least else (least, since + 1)
            if since > patience or list(self._values[: number + 1]) == [*targets, most]:
                return proof
            if not sum(piece.add_cuts(corner.values) for piece in self._pieces.values()):
                return proof

    def _plan_of(self, values: Numbers) -> Plan:
        return {piece.id: piece.plan_of(values) for piece in self._pieces.values()}

    def _proof_of(self, number: int, prices: Numbers) -> Proof | None:
        """Return the proof with these prices, or nothing where new columns would gain at them."""
        scale = self._make.scale
        weights = [*rounded(prices[:number], scale).tolist(), scale]
        hours = rounded(prices[self._hours_rows], scale)
        cover = np.zeros(len(self._shared.counts), dtype=np.int64)
        counted = self._cover_rows >= 0
        cover[counted] = rounded(prices[self._cover_rows[counted]], scale)
        cover = np.minimum(cover, self._make.cover_weight(weights) * self._shared.counts)
        terms = self._make.terms(tuple(weights), hours, cover)
        of_pieces = {name: piece.prices(prices, terms[name], scale) for name, piece in self._pieces.items()}
        missing = [
            piece.add_missing(terms[name], of_pieces[name], self._watch)
            for name, piece in self._pieces.items()
        ]
        if any(missing):
            return None
        return self._make.bounded(tuple(weights), hours, cover, of_pieces, self._watch)

    def _branch(self, number: int, targets: Sequence[int]) -> bool:
        """Search the columns that a better plan could use; tell whether the best plan is known then."""
        proof, gap = self._latest(number), FIRST_GAP
        most = proof.most(targets)
        while True:
            known = self._known(number, targets)
            if known == most:
                return True
            guess = most - gap if known is None else max(most - gap, known)
            core = self._core(proof, self._reach(proof, targets, guess))
            if core is None:
                return False
            ended, is_true = self._search(number, core, known)
            if not is_true or ended is Ended.OUT_OF_NODES:
                return False
            known = self._known(number, targets)
            if known is not None and known >= guess:
                self._searched[number] = known < most
                return True
            if known is None and gap >= FIRST_GAP * WIDER**MOST_WIDENINGS:
                return False
            gap *= WIDER

    def _known(self, number: int, targets: Sequence[int]) -> int | None:
        """Return what the best plan reaches in an aim, if it meets the targets of all before."""
        return self._values[number] if list(self._values[:number]) == list(targets) else None

    def _reach(self, proof: Proof, targets: Sequence[int], guess: int) -> int:
        """Return by how much the total may sink for plans that reach more than the guess."""
        settled = sum(weight * value for weight, value in zip(proof.weights, targets, strict=False))
        return proof.total - settled - proof.weights[-1] * (guess + 1)

    def _core(self, proof: Proof, reach: int) -> Mask | None:
        """Return the columns whose use sinks the total by no more; `None` where they are too many."""
        terms = self._make.terms(proof.weights, proof.hours, proof.cover)
        found = [self._cover_columns]
        for piece in self._pieces.values():
            near = piece.within(
                *(terms[piece.id], proof.of_pieces[piece.id], reach, MOST_IN_CORE), self._watch
            )
            if near is None:
                return None
            found.append(near)
        core: Mask = np.zeros(self._model.width, dtype=np.bool_)
        core[np.concatenate(found)] = True
        return core if int(core.sum()) <= MOST_IN_CORE else None

    def _search(self, number: int, core: Mask, known: int | None) -> tuple[Ended, bool]:
        """Return how branch and bound ended, and whether its plan is what it says."""
        if known is not None:
            self._model.seek(number, known + 1)
        seconds = FIRST_SLICE_SECONDS
        while True:
            self._watch.go_on_to("branching")
            left = self._watch.seconds_left
            ended, values = self._model.plan(
                number,
                core,
                seconds=seconds if left is None else min(seconds, max(left, 0.01)),
                nodes=MOST_NODES,
            )
            is_true = values is None or self._improve(self._plan_of(values))
            if ended is not Ended.OUT_OF_TIME:
                return ended, is_true
            seconds *= 2
