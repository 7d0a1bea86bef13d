"""What HR has settled, as a snapshot tells the engine: locks, bans and who must have a mentor."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from app.db import db
from app.rounds.deciding import is_standing
from app.rounds.models import Decision, DecisionKind, EnrolmentRole, MatchingRound
from app.rounds.snapshot_people import person_key
from matching import problem as engine

Part = tuple[int, EnrolmentRole, int]  # programme, role, person


@dataclass(frozen=True, slots=True)
class Settled:
    """The decisions of a round that count today."""

    rows: tuple[Decision, ...]

    @classmethod
    def of(cls, matching_round: MatchingRound) -> "Settled":
        """Read what HR has settled about a round, the earliest first."""
        query = sa.select(Decision).where(Decision.matching_round_id == matching_round.id, is_standing())
        return cls(tuple(db.session.scalars(query.order_by(Decision.id))))

    def required(self, programme_id: int) -> set[str]:
        """Return who must have a mentor in a programme."""
        return {
            person_key(row.mentee_id)
            for row in self.rows
            if row.kind is DecisionKind.REQUIRED and row.programme_id == programme_id
        }

    def bans(self, keys: Mapping[int, str], present: Collection[int]) -> Iterator[engine.Ban]:
        """Yield the pairs to be kept apart among those present."""
        for row in self.rows:
            if row.kind is DecisionKind.BAN and row.mentee_id in present and row.mentor_id in present:
                yield engine.Ban(programme=keys[row.programme_id], members=_members(row), reason=row.reason)

    def locks(
        self,
        keys: Mapping[int, str],
        places: Mapping[Part, int],
        blocks: Iterable[tuple[str, str]],
    ) -> Iterator[engine.Lock]:
        """Yield the pairs to be kept together.

        A lock whose people have left, or have no place left for it, does not count, nor does one that a
        personal block forbids: that a run failed because of it would tell HR of the block.
        """
        taken: Counter[Part] = Counter()
        blocked = {frozenset(pair) for pair in blocks}
        for row in self.rows:
            if row.kind is not DecisionKind.LOCK or frozenset(_members(row)) in blocked:
                continue
            sides = [
                (row.programme_id, EnrolmentRole.MENTEE, row.mentee_id),
                (row.programme_id, EnrolmentRole.MENTOR, row.mentor_id or 0),
            ]
            if any(taken[side] >= places.get(side, 0) for side in sides):
                continue
            taken.update(sides)
            yield engine.Lock(
                programme=keys[row.programme_id],
                members=_members(row),
                reason=row.reason,
                override=row.is_override,
            )


def _members(row: Decision) -> tuple[str, str]:
    return person_key(row.mentee_id), person_key(row.mentor_id or 0)
