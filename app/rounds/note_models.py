"""The table of notes that HR leaves with a match."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Model

LONGEST_NOTE = 500


class MatchNote(Model):
    """What HR notes about somebody's match in a round, whichever run it is of. Notes are never changed.

    The audit trail says that one was written, not what it says: words about people can be erased.
    """

    __tablename__ = "match_note"
    __table_args__ = (sa.CheckConstraint("words <> ''", name="says_something"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    matching_round_id: Mapped[int] = mapped_column(
        sa.ForeignKey("matching_round.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(sa.String(LONGEST_NOTE))
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    written_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("account.id", ondelete="SET NULL"), index=True
    )
