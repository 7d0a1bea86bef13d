"""The problem and the solution of a run, kept word for word and compressed."""

import zlib

import sqlalchemy as sa

from app.db import db
from app.errors import Missing
from app.rounds.models import DocumentKind, RunDocument


def keep(run_id: int, kind: DocumentKind, text: str) -> None:
    """Keep a document of a run, in place of an earlier attempt's."""
    db.session.execute(sa.delete(RunDocument).filter_by(run_id=run_id, kind=kind))
    db.session.execute(
        sa.insert(RunDocument).values(run_id=run_id, kind=kind, body=zlib.compress(text.encode()))
    )


def document_of(run_id: int, kind: DocumentKind) -> bytes:
    """Return a document of a run as it was written.

    Raises:
        Missing: when the run did not come that far.
    """
    body = db.session.scalar(sa.select(RunDocument.body).filter_by(run_id=run_id, kind=kind))
    if body is None:
        raise Missing(f"This run has no {kind.value} yet.")
    return zlib.decompress(body)
