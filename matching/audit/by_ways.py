"""What a narrowing brings, by cheapest ways from the plan there is: what solving anew would find, at once."""

from collections.abc import Sequence
from functools import cached_property

from matching.audit.matches import Matches, MentoringMatches
from matching.audit.narrowings import LOWERING, Narrowing
from matching.audit.partners import Partner
from matching.audit.sayings import SIDES, Sayings
from matching.contrast.anew import Anew
from matching.contrast.drawn import drawn
from matching.contrast.proof import certificate_of
from matching.contrast.sayings import Said
from matching.contrast.standing import Standing
from matching.contrast.told import with_fewer_places, with_less, with_mentee, without_mentee
from matching.problem import Programme
from matching.solution import Status


class ByWays:
    """Finds somebody's matches in the plan that would be drawn if they said less.

    Notes
    -----
    The prices of the plan, with the lots in them, prove it to be the only best one. Whoever only has pairs
    worth less leaves it as it is while their own pairs in it are worth as much; otherwise the flow is led
    round for each pair that is not. Whoever may have pairs worth more is taken out and put in again.
    """

    def __init__(self, anew: Anew, programme: Programme, reader: Matches) -> None:
        self._anew = anew
        self._certificate = certificate_of(anew.problem, programme.id, anew.solution)
        if anew.solution.status is not Status.OPTIMAL or not isinstance(reader, MentoringMatches):
            self._certificate = None
        self._reader = reader
        self._locked = {
            member for row in anew.problem.locks if row.programme == programme.id for member in row.members
        }

    def points_after(
        self, person: str, narrowing: Narrowing, partners: Sequence[Partner]
    ) -> list[int] | None:
        """Return what each match of somebody after a narrowing is worth in truth.

        `None` where prices of coverage and points do not prove the plan, for somebody who is locked, and
        where numbers with lots in them are too large.
        """
        if self._certificate is None or person in self._locked:
            return None
        self._anew.watch.go_on_to(narrowing.stage(person))
        truth = self._truth(person, partners)
        plan = self._standing
        if narrowing.kind not in LOWERING or self._loses(narrowing, truth):
            if self._drawn is None:
                return None
            plan = self._plan_after(narrowing, truth)
        pairs = {pair[:2] for own in truth for pair in plan.pairs_with(own.side, own.number)}
        return [int(points) for points in self._standing.pairs_of(sorted(pairs)).points.tolist()]

    def _truth(self, person: str, partners: Sequence[Partner]) -> list[Said]:
        standing = self._standing
        sides = enumerate((standing.mentee_row, standing.mentor_row))
        return [self._sayings.truth(person, side, partners) for side, number in sides if person in number]

    def _loses(self, narrowing: Narrowing, truth: Sequence[Said]) -> bool:
        """Tell whether a narrowing forbids a pair of the plan, makes it worth less, or leaves it no place."""
        for own in truth:
            pairs = self._standing.pairs_with(own.side, own.number)
            if narrowing.places is not None:
                if len(pairs) > _places_in(narrowing, own, len(pairs)):
                    return True
                continue
            others = [row if own.side else column for row, column, _points in pairs]
            said = self._sayings.of(narrowing, own, others)
            if not said.allowed[others].all() or (said.points[others] < own.points[others]).any():
                return True
        return False

    def _plan_after(self, narrowing: Narrowing, truth: Sequence[Said]) -> Standing:
        """Return the plan that would be drawn."""
        plan = self._drawn
        assert plan is not None  # noqa: S101 - asked for where there is one
        if narrowing.kind in LOWERING and narrowing.places is None:
            return with_less(plan, [self._sayings.of(narrowing, own) for own in truth])
        for own in truth:
            room = plan.room.capacity if own.side else plan.room.places
            places = min(_places_in(narrowing, own, int(room[own.number])), int(room[own.number]))
            if own.side == 1:
                plan = with_fewer_places(plan, own.number, places)
            else:
                said = self._sayings.of(narrowing, own)
                plan = with_mentee(without_mentee(plan, own.number), said, places)
        return plan

    @cached_property
    def _standing(self) -> Standing:
        assert isinstance(self._reader, MentoringMatches)  # noqa: S101 - prices prove mentoring alone here
        assert self._certificate is not None  # noqa: S101 - asked for where there is one
        return Standing(self._reader.market, self._anew.solution, self._certificate)

    @cached_property
    def _sayings(self) -> Sayings:
        return Sayings(self._standing.market)

    @cached_property
    def _drawn(self) -> Standing | None:
        return drawn(self._standing, self._anew.solution.seed)


def _places_in(narrowing: Narrowing, own: Said, now: int) -> int:
    """Return how many places somebody has on a side by a narrowing; `now` where it is not about these."""
    if narrowing.places is None or narrowing.places[0] != f"{SIDES[own.side].value}s":
        return now
    return narrowing.places[1]
