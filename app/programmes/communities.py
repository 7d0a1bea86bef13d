"""Which communities a programme finds members for: read, refused and written by their names."""

from collections.abc import Sequence

import sqlalchemy as sa

from app.communities.models import Community
from app.db import db
from app.errors import Invalid
from app.programmes.models import Programme, ProgrammeCommunity


def communities_of(programme: Programme) -> list[str]:
    """Return the names of the communities that are chosen; none means every one in use."""
    query = (
        sa.select(Community.name)
        .join(ProgrammeCommunity, ProgrammeCommunity.community_id == Community.id)
        .where(ProgrammeCommunity.programme_id == programme.id)
        .order_by(Community.name)
    )
    return list(db.session.scalars(query))


def takes_part(programme_id: int) -> sa.ColumnElement[bool]:
    """Hold for the communities that a programme finds members for."""
    chosen = sa.select(ProgrammeCommunity.community_id).where(ProgrammeCommunity.programme_id == programme_id)
    return sa.and_(Community.archived_at.is_(None), sa.or_(~chosen.exists(), Community.id.in_(chosen)))


def communities_in(programme: Programme) -> Sequence[Community]:
    """Return the communities that a programme finds members for, by name."""
    query = sa.select(Community).where(takes_part(programme.id)).order_by(Community.name, Community.id)
    return db.session.scalars(query).all()


def known_communities() -> list[str]:
    """Return the names of all communities in use."""
    query = sa.select(Community.name).where(Community.archived_at.is_(None)).order_by(Community.name)
    return list(db.session.scalars(query))


def check_communities(_programme: Programme, names: Sequence[str]) -> None:
    """Refuse a name that no community has.

    Raises:
        Invalid: with the name.
    """
    known = set(db.session.scalars(sa.select(Community.name).where(Community.name.in_(names))))
    for name in names:
        if name not in known:
            raise Invalid(f"There is no community {name}.", field="communities")


def write_communities(programme: Programme, names: Sequence[str]) -> None:
    """Put the communities of a programme in the place of those before."""
    db.session.execute(sa.delete(ProgrammeCommunity).where(ProgrammeCommunity.programme_id == programme.id))
    ids = db.session.scalars(sa.select(Community.id).where(Community.name.in_(names)).order_by(Community.id))
    db.session.add_all(ProgrammeCommunity(programme_id=programme.id, community_id=row) for row in ids)
