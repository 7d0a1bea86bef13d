"""From the pieces of a joint round to its best plan: goal by goal, each with prices that show the most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.goals import Amounts
from matching.joint.aims import Aim, AimName
from matching.joint.linear import Ended, Linear, Numbers
from matching.joint.piece import Frame, Piece, Terms, rounded
from matching.joint.shared import Shared
from matching.rules import Mask
from matching.watch import Watch

# Prices are whole in units of 1 / SCALE, or in coarser ones where points are very large.
SCALE, LARGEST_AMOUNT = 1_000_000, 2**50
# Branch and bound looks at plans that fall short of the most by so much, then by so many times more; so often
# where it finds none, for then the aims before may not come to what prices allow.
FIRST_GAP, WIDER, MOST_WIDENINGS = 2, 6, 2
MOST_IN_CORE, MOST_NODES = 120_000, 50_000
# It runs in slices, to ask between them whether it is to stop; each is as long as all before.
FIRST_SLICE_SECONDS = 10.0
# Cuts are laid as long as, within so many rounds of them, the most that an aim can reach becomes less.
PATIENCE = 3

Plan = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """Prices under which no plan has a greater sum of `weights` times what it reaches than `total`.

    `hours` has a price for each row of hours, `cover` what covering each person brings all programmes that
    cover for one another; `of_pieces` are prices, and `bounds` what they bound, by programme.
    """

    weights: tuple[int, ...]
    hours: Amounts
    cover: Amounts
    of_pieces: Mapping[str, Any]
    bounds: Mapping[str, int]
    total: int

    def most(self, before: Sequence[int]) -> int:
        """Return the most that a plan can reach which reaches so much in each aim before."""
        settled = sum(weight * value for weight, value in zip(self.weights, before, strict=False))
        return (self.total - settled) // self.weights[-1]


class Search:
    """The best plan so far, what proves each aim of it, and the steps that improve both."""

    def __init__(self, shared: Shared, watch: Watch) -> None:
        self._shared, self._watch = shared, watch
        self._pieces: Mapping[str, Piece] = shared.pieces
        self.aims: tuple[Aim, ...] = shared.aims
        self.plan: Plan = shared.start(watch)
        self.values = shared.values(self.plan)
        self._tell()
        self._evident = [self._evident_proof(number) for number in range(len(self.aims))]
        self._proofs: list[tuple[tuple[int, ...], Proof] | None] = [None] * len(self.aims)
        self.searched = [False] * len(self.aims)
        self._model = Linear(len(self.aims))

    def run(self) -> bool:
        """Go on until every aim is proved; tell whether it is. Raises `Stopped` when told to end."""
        if self._are_evident():
            return True
        self._watch.go_on_to("plan")
        self._lay()
        return self._in_order(strictly=False) or self._in_order(strictly=True)

    def evident_of(self, number: int) -> Proof:
        """Return what shows of an aim what single people tell."""
        return self._evident[number]

    def proof_of(self, number: int) -> Proof:
        """Return the best proof that fits what the plan reaches in the aims before."""
        latest = self._proofs[number]
        if latest is None or latest[0] != self.values[:number]:
            return self._evident[number]
        return latest[1]

    def _latest(self, number: int) -> Proof:
        latest = self._proofs[number]
        return self._evident[number] if latest is None else latest[1]

    def groups_at_most(self, programme: str, coverage: int) -> int | None:
        """Return how many groups there can be where coverage comes to no more than this."""
        return self._pieces[programme].groups_within(coverage)

    def evident_points(self) -> dict[str, int]:
        """Return the most points that each programme could come to, locks and all."""
        number = self._number(AimName.POINTS, None)
        bounds = {} if number is None else self._evident[number].bounds
        return {name: bounds.get(name, 0) + piece.locked_points() for name, piece in self._pieces.items()}

    def _are_evident(self) -> bool:
        return all(
            proof.most(self.values[:number]) == self.values[number]
            for number, proof in enumerate(self._evident)
        )

    def _tell(self) -> None:
        self._watch.best = self._shared.matched(self.plan)

    def _improve(self, plan: Plan) -> bool:
        """Keep a plan that is better than the best so far; tell whether it keeps all rules."""
        if not self._shared.is_kept_by(plan):
            return False
        values = self._shared.values(plan)
        if values > self.values:
            self.plan, self.values = plan, values
            self._tell()
        return True

    def _lay(self) -> None:
        """Lay the model: rows of hours and of cover, and what each programme is."""
        shared, model = self._shared, self._model
        for number in range(len(self.aims)):
            # What the prices of an aim allow need not be there to the last digit once others ask for it.
            model.add_fine(number, 10.0 * shared.beyond)
        first = int(model.add_rows(shared.rows.limits.astype(np.float64)).min(initial=model.height))
        counted = np.flatnonzero(shared.counts)
        cover = np.full(len(shared.counts), -1, dtype=np.intp)
        cover[counted] = model.add_rows(np.zeros(len(counted)))
        gains = [(self._number(AimName.COVER, None), shared.counts[counted])]
        self._cover_columns = model.add_columns(gains, upper=1.0, whole=False, count=len(counted))
        model.fill(cover[counted], self._cover_columns, np.ones(len(counted)))
        self._cover_rows, self._hours_rows = cover, first + np.arange(len(shared.rows))
        for piece in self._pieces.values():
            covers = cover if piece.id in shared.cover_by else np.full_like(cover, -1)
            frame = Frame(
                coverage=self._number(AimName.COVERAGE, piece.id),
                triads=self._number(AimName.TRIADS, piece.id),
                points=self._number(AimName.POINTS, None) if piece.id in shared.counts_points else None,
                cover_rows=covers,
                first_hours_row=first,
                hours=shared.rows,
                fine=10.0 * shared.beyond,
            )
            piece.lay(model, frame)
            piece.add(self.plan[piece.id])

    def _number(self, name: AimName, programme: str | None) -> int | None:
        aim = Aim(name, programme)
        return self.aims.index(aim) if aim in self.aims else None

    def _in_order(self, *, strictly: bool) -> bool:
        """Prove aim after aim; tell whether all are proved.

        At first the most that prices allow is taken for what can be reached, and only the last aim is
        searched: mostly that is so. `strictly`, every aim is settled before the next is looked at.
        """
        self._model.seek_nothing()
        for piece in self._pieces.values():
            piece.covers_at_most(None)
        targets: list[int] = []
        for number in range(len(self.aims)):
            most = self._prove(number, targets)
            is_reached = list(self.values[: number + 1]) == [*targets, most]
            if not is_reached and (strictly or number == len(self.aims) - 1):
                if not self._branch(number, targets):
                    return False
                most = self.values[number]
            targets.append(most)
            self._settle(number, most)
        return list(self.values) == targets

    def _settle(self, number: int, value: int) -> None:
        """Ask of all that follows that an aim comes to so much, which is the most it can."""
        self._model.seek(number, value)
        aim = self.aims[number]
        if aim.name is AimName.COVERAGE and aim.programme is not None:
            self._pieces[aim.programme].covers_at_most(value)

    def _prove(self, number: int, targets: Sequence[int]) -> int:
        """Find prices for an aim when those before come to their targets; return the most it can reach."""
        self.searched[number] = False
        evident = self._evident[number].most(targets)
        if list(self.values[: number + 1]) == [*targets, evident]:
            self._proofs[number] = tuple(targets), self._evident[number]
            return evident
        proof = self._priced(number, targets)
        self._proofs[number] = tuple(targets), proof
        return min(evident, proof.most(targets))

    def _priced(self, number: int, targets: Sequence[int]) -> Proof:
        """Return the prices of the relaxed model over all columns there are."""
        least, since = None, 0
        while True:
            self._watch.go_on_to("prices")
            corner = self._model.relaxed(number)
            proof = self._proof_of(number, corner.prices)
            if proof is None:
                continue
            self._improve(self._plan_of(corner.values))
            most = proof.most(targets)
            least, since = (most, 0) if least is None or most < least else (least, since + 1)
            if since > PATIENCE or list(self.values[: number + 1]) == [*targets, most]:
                return proof
            if not sum(piece.add_cuts(corner.values) for piece in self._pieces.values()):
                return proof

    def _plan_of(self, values: Numbers) -> Plan:
        return {piece.id: piece.plan_of(values) for piece in self._pieces.values()}

    def _proof_of(self, number: int, prices: Numbers) -> Proof | None:
        """Return the proof with these prices, or nothing where new columns would gain at them."""
        scale = self._scale()
        weights = [*rounded(prices[:number], scale).tolist(), scale]
        hours = rounded(prices[self._hours_rows], scale)
        cover = np.zeros(len(self._shared.counts), dtype=np.int64)
        counted = self._cover_rows >= 0
        cover[counted] = rounded(prices[self._cover_rows[counted]], scale)
        cover = np.minimum(cover, self._cover_weight(weights) * self._shared.counts)
        terms = self._terms(tuple(weights), hours, cover)
        of_pieces = {name: piece.prices(prices, terms[name], scale) for name, piece in self._pieces.items()}
        missing = [piece.add_missing(terms[name], of_pieces[name]) for name, piece in self._pieces.items()]
        return None if any(missing) else self._bounded(tuple(weights), hours, cover, terms, of_pieces)

    def _cover_weight(self, weights: Sequence[int]) -> int:
        return weights[0] if self.aims[0].name is AimName.COVER else 0

    def _bounded(
        self,
        weights: tuple[int, ...],
        hours: Amounts,
        cover: Amounts,
        terms: Mapping[str, Terms],
        of_pieces: Mapping[str, Any],
    ) -> Proof:
        """Return the proof that prices of what is shared and of each programme give."""
        shared = self._shared
        bounds = {name: piece.bound(terms[name], of_pieces[name]) for name, piece in self._pieces.items()}
        left = self._cover_weight(weights) * shared.counts - cover
        total = shared.rows.total(hours) + int(left.sum()) + sum(bounds.values())
        return Proof(weights, hours, cover, of_pieces, bounds, total)

    def _terms(self, weights: tuple[int, ...], hours: Amounts, cover: Amounts) -> dict[str, Terms]:
        """Return what each programme's choices are worth under some prices."""
        shared, found = self._shared, {}

        def weight(name: AimName, programme: str | None) -> int:
            number = self._number(name, programme)
            return weights[number] if number is not None and number < len(weights) else 0

        for piece in self._pieces.values():
            bonus = weight(AimName.COVERAGE, piece.id) * piece.waiting
            if piece.id in shared.cover_by:
                bonus = bonus + cover[piece.seekers]
            found[piece.id] = Terms(
                points=weight(AimName.POINTS, None) if piece.id in shared.counts_points else 0,
                triads=weight(AimName.TRIADS, piece.id),
                bonus=bonus,
                toll=shared.rows.toll((piece.id, True), hours, len(shared.counts)),
                fee=shared.rows.toll((piece.id, False), hours, len(shared.counts)),
            )
        return found

    def _evident_proof(self, number: int) -> Proof:
        """Return what single people tell: nobody gets more than the best they could have alone."""
        shared = self._shared
        weights = (*([0] * number), 1)
        # A row without any hours left costs nothing, whatever its price.
        hours = np.where(shared.rows.limits == 0, shared.beyond, 0)
        cover = np.where(shared.has_choice, 0, self._cover_weight(weights) * shared.counts)
        terms = self._terms(weights, hours, cover)
        of_pieces = {name: piece.covering(terms[name]) for name, piece in self._pieces.items()}
        return self._bounded(weights, hours, cover, terms, of_pieces)

    def _scale(self) -> int:
        """Return the finest unit in which prices of the largest amounts stay exact."""
        return max(1, min(SCALE, LARGEST_AMOUNT // self._shared.beyond**2))

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
                self.searched[number] = known < most
                return True
            if known is None and gap >= FIRST_GAP * WIDER**MOST_WIDENINGS:
                return False
            gap *= WIDER

    def _known(self, number: int, targets: Sequence[int]) -> int | None:
        """Return what the best plan reaches in an aim, if it meets the targets of all before."""
        return self.values[number] if list(self.values[:number]) == list(targets) else None

    def _reach(self, proof: Proof, targets: Sequence[int], guess: int) -> int:
        """Return by how much the total may sink for plans that reach more than the guess."""
        settled = sum(weight * value for weight, value in zip(proof.weights, targets, strict=False))
        return proof.total - settled - proof.weights[-1] * (guess + 1)

    def _core(self, proof: Proof, reach: int) -> Mask | None:
        """Return the columns whose use sinks the total by no more; `None` where they are too many."""
        terms = self._terms(proof.weights, proof.hours, proof.cover)
        found = [self._cover_columns]
        for piece in self._pieces.values():
            near = piece.within(terms[piece.id], proof.of_pieces[piece.id], reach, MOST_IN_CORE)
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
