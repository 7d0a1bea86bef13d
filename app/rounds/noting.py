"""What HR notes about a match: written once, read beside what HR decided."""

import sqlalchemy as sa

from app import audit
from app.auth.models import Account
from app.db import db
from app.errors import Invalid
from app.people.models import Person
from app.rounds.decisions import SOMEBODY, Done
from app.rounds.models import Run
from app.rounds.note_models import LONGEST_NOTE, MatchNote
from app.rounds.run_queries import Match
from app.text import cleaned_line


def note(run: Run, match: Match, words: str, *, by: audit.Actor) -> MatchNote:
    """Note something about the match of somebody; the same words twice in a row are one note.

    Raises:
        Invalid: when it says nothing, or too much.
    """
    kept = cleaned_line(words)
    if not kept:
        raise Invalid("Enter a note.", field="words")
    if len(kept) > LONGEST_NOTE:
        raise Invalid(f"Enter at most {LONGEST_NOTE} characters.", field="words")
    db.session.refresh(run.matching_round, with_for_update=True)
    last = db.session.scalar(_about(run, match).order_by(MatchNote.id.desc()).limit(1))
    if last is not None and (last.words, last.written_by_id) == (kept, by.id):
        return last
    row = MatchNote(
        matching_round_id=run.matching_round_id, person_id=match.mentee_id, words=kept, written_by_id=by.id
    )
    db.session.add(row)
    db.session.flush()
    details = {"round": run.matching_round_id, "run": run.id}
    audit.record(audit.Entry("match.noted", "match_note", row.id, match.mentee_id, details), by=by)
    return row


def notes_on(run: Run, match: Match) -> list[Done]:
    """Return what was noted about the match of somebody in a round, the latest first, with who wrote it."""
    query = (
        _about(run, match)
        .add_columns(Person.name)
        .outerjoin(Account, Account.id == MatchNote.written_by_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .order_by(MatchNote.id.desc())
    )
    return [
        Done(row.id, f"{who or SOMEBODY} noted: {row.words}", row.written_at, "", is_standing=False)
        for row, who in db.session.execute(query)
    ]


def _about(run: Run, match: Match) -> sa.Select[MatchNote]:
    return sa.select(MatchNote).filter_by(matching_round_id=run.matching_round_id, person_id=match.mentee_id)
