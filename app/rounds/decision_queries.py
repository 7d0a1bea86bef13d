"""Reads about what HR has settled: all of a round, what was settled about one mentee, one decision."""

from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import aliased, joinedload

from app.auth.models import Account
from app.db import db
from app.errors import Missing
from app.people.models import Person
from app.rounds.deciding import PairOf, is_standing
from app.rounds.models import Decision, DecisionKind, Run
from app.rounds.queries import Shown
from app.rounds.run_queries import Match


def lock_on(run: Run, pair: PairOf) -> Decision | None:
    """Return the lock that stands on a pair, if any."""
    about = {"matching_round_id": run.matching_round_id, "kind": DecisionKind.LOCK, "undone_at": None}
    return db.session.scalar(sa.select(Decision).filter_by(**about, **pair._asdict()))


def decisions_page(round_id: int) -> Pagination:
    """Return a page of what HR has settled about a round, the latest first, undone ones included."""
    here = Decision.matching_round_id == round_id
    total = db.session.scalar(sa.select(sa.func.count()).where(here)) or 0

    def read(limit: int, offset: int) -> list[tuple[Decision, str | None, str | None]]:
        query = _with_names().where(here).order_by(Decision.id.desc()).limit(limit).offset(offset)
        return [tuple(row) for row in db.session.execute(query)]

    return Shown(read=read, counted=total)


def history_of(run: Run, match: Match) -> list[tuple[Decision, str | None, str | None]]:
    """Return what HR has settled about a mentee in a round, the latest first, with who did and undid it."""
    query = _with_names().where(
        Decision.matching_round_id == run.matching_round_id, Decision.mentee_id == match.mentee_id
    )
    return [tuple(row) for row in db.session.execute(query.order_by(Decision.id.desc()))]


def decision_numbered(round_id: int, decision_id: int) -> Decision:
    """Return what HR has settled about a round.

    Raises:
        Missing: when there is no such decision.
    """
    found = db.session.scalar(sa.select(Decision).filter_by(id=decision_id, matching_round_id=round_id))
    if found is None:
        raise Missing
    return found


def standing_count(round_id: int) -> int:
    """Count the decisions of a round that count today."""
    query = sa.select(sa.func.count()).where(Decision.matching_round_id == round_id, is_standing())
    return db.session.scalar(query) or 0


def _with_names() -> sa.Select[Any]:
    decider, undoer = aliased(Account), aliased(Account)
    by, undone_by = aliased(Person), aliased(Person)
    query: Any = (
        sa.select(Decision, by.name, undone_by.name)
        .outerjoin(decider, decider.id == Decision.decided_by_id)
        .outerjoin(by, by.id == decider.person_id)
        .outerjoin(undoer, undoer.id == Decision.undone_by_id)
        .outerjoin(undone_by, undone_by.id == undoer.person_id)
        .options(
            joinedload(Decision.mentee),
            joinedload(Decision.mentor),
            joinedload(Decision.instead_of),
        )
    )
    return query
