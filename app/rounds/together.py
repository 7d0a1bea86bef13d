"""What the programmes of a round share: everybody's hours, and cover for one another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.programmes.models import Programme
from app.rounds.models import MatchingRound, MatchingRoundProgramme, Run
from app.words import listed, number, plural

HOURS_KEPT = "Nobody has matches for more hours a month than they have"


@dataclass(frozen=True, slots=True)
class Together:
    """What the programmes of a round share; `cover` are those that cover for one another, in their order."""

    shares_hours: bool = False
    cover: tuple[Programme, ...] = ()

    @property
    def is_joint(self) -> bool:
        """Tell whether the programmes are to be matched in one."""
        return self.shares_hours or bool(self.cover)

    def words(self) -> list[str]:
        """Say what is shared; nothing where nothing is."""
        hours = [f"{HOURS_KEPT}, all programmes together."] if self.shares_hours else []
        if not self.cover:
            return hours
        names = listed([row.name for row in self.cover])
        return [
            *hours,
            f"{names} cover for one another, in this order: before anything else, as many people as "
            "possible get a match in at least one of them.",
        ]


def may_share(matching_round: MatchingRound) -> bool:
    """Tell whether a round has several programmes, which could share something."""
    return len(matching_round.programmes) > 1


def together_in(matching_round: MatchingRound) -> Together:
    """Return what the programmes of a round share."""
    if not may_share(matching_round):
        return Together()
    own = MatchingRoundProgramme
    query = sa.select(own.programme_id).where(
        own.matching_round_id == matching_round.id, own.cover_place.is_not(None)
    )
    by_id = {row.id: row for row in matching_round.programmes}
    ids = db.session.scalars(query.order_by(own.cover_place))
    return Together(matching_round.shares_hours, tuple(by_id[programme_id] for programme_id in ids))


def told_of(run: Run, names: Mapping[str, str]) -> list[str]:
    """Say what the programmes shared in a run that has found a plan; nothing where they shared nothing.

    `names` are those of the programmes by their keys.
    """
    shared: Mapping[str, Any] = run.together or {}
    told = [f"{HOURS_KEPT}, all programmes together."] if shared.get("hours") else []
    if shared.get("cover"):
        either = _either([names.get(key, key) for key in shared["cover"]])
        told.append(
            f"{number(shared['covered'])} of {plural(shared['asked'], 'person', 'people')} who asked "
            f"{either} {'has' if shared['covered'] == 1 else 'have'} a match in at least one of them."
        )
    return told


def _either(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
