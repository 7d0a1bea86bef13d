"""Pages at `/rounds/<id>/runs/<id>`: what HR settles about the pairs of a run, and all that was settled."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.access import Permission, guard
from app.db import db
from app.engagements.reasons import parts_in_words
from app.errors import Missing
from app.rounds import deciding, decision_queries, noting, queries, review_queries
from app.rounds.actions import refusal_of
from app.rounds.decisions import Done, in_words
from app.rounds.enrolment_answers import answers_beside
from app.rounds.forms import BanForm, MatchSearchForm, NoteForm
from app.rounds.match_words import people_in, told_of
from app.rounds.models import Decision, MatchingRound, Run
from app.rounds.routes import bp
from app.rounds.run_queries import Match
from app.rounds.side_by_side import profiles_of
from app.web import accepted, page, see_next, see_other, wants_fragment
from app.words import plural


def run_of_round(round_id: int, run_id: int) -> Run:
    """Return a run of a round about whose pairs HR can decide.

    Raises:
        Missing: when there is none; a what-if decides nothing.
    """
    run = queries.run_numbered(round_id, run_id)
    if run.is_what_if:
        raise Missing
    return run


@bp.get("/<int:round_id>/runs/<int:run_id>/matches/<int:match_id>")
@guard(Permission.ROUND_SEE, load=queries.run_numbered)
def show_match(run: Run, match_id: int) -> ResponseReturnValue:
    """Show one pair: why, what HR has settled about it, and what can be settled."""
    return _match_page(run, match_id)


@bp.post("/<int:round_id>/runs/<int:run_id>/matches/<int:match_id>/lock")
@guard(Permission.ROUND_RUN, load=run_of_round)
def lock(run: Run, match_id: int) -> ResponseReturnValue:
    """Keep a pair in the runs to come."""
    row = deciding.lock(run.matching_round, review_queries.pair_of(run, match_id), by=current_user)
    message = f"{_both(row)} are locked."
    db.session.commit()
    return _to_match(run, match_id, message)


@bp.post("/<int:round_id>/runs/<int:run_id>/matches/<int:match_id>/unlock")
@guard(Permission.ROUND_RUN, load=run_of_round)
def unlock(run: Run, match_id: int) -> ResponseReturnValue:
    """Let the runs to come decide about a pair again."""
    found = decision_queries.lock_on(run, review_queries.pair_of(run, match_id))
    deciding.undo(run.matching_round, [found] if found else [], by=current_user)
    message = f"{_both(found)} are no longer locked." if found else "They are not locked."
    db.session.commit()
    return _to_match(run, match_id, message)


@bp.post("/<int:round_id>/runs/<int:run_id>/matches/<int:match_id>/ban")
@guard(Permission.ROUND_RUN, load=run_of_round)
def keep_apart(run: Run, match_id: int) -> ResponseReturnValue:
    """Keep two people apart in the runs to come."""
    form, pair = BanForm(), review_queries.pair_of(run, match_id)

    def ban() -> None:
        deciding.ban(run.matching_round, pair, reason=form.reason.data or "", by=current_user)

    if form.validate() and accepted(form, ban):
        db.session.commit()
        message = "They are kept apart from the next run on."
        return see_other(
            "rounds.show_match",
            message=message,
            round_id=run.matching_round_id,
            run_id=run.id,
            match_id=match_id,
        )
    return _match_page(run, match_id, apart=form, status=422)


@bp.post("/<int:round_id>/runs/<int:run_id>/matches/<int:match_id>/note")
@guard(Permission.ROUND_RUN, load=run_of_round)
def note(run: Run, match_id: int) -> ResponseReturnValue:
    """Note something about a match for whoever looks at it later."""
    form, match = NoteForm(), review_queries.match_numbered(run, match_id).match
    if form.validate() and accepted(
        form, lambda: noting.note(run, match, form.words.data or "", by=current_user)
    ):
        db.session.commit()
        return see_other(
            "rounds.show_match",
            message="The note is kept.",
            round_id=run.matching_round_id,
            run_id=run.id,
            match_id=match_id,
        )
    return _match_page(run, match_id, note=form, status=422)


@bp.post("/<int:round_id>/runs/<int:run_id>/lock")
@guard(Permission.ROUND_RUN, load=run_of_round)
def lock_all(run: Run) -> ResponseReturnValue:
    """Lock every pair that the reader's filters show."""
    segment, search = shown_of(MatchSearchForm(request.args))
    pairs = review_queries.free_pairs(run, segment=segment, search=search)
    locked = deciding.lock_all(run.matching_round, pairs, by=current_user)
    db.session.commit()
    return _to_review(run, f"{plural(locked, 'match', 'matches')} locked.")


@bp.post("/<int:round_id>/runs/<int:run_id>/unlock")
@guard(Permission.ROUND_RUN, load=run_of_round)
def unlock_all(run: Run) -> ResponseReturnValue:
    """Unlock every pair that the reader's search shows."""
    _segment, search = shown_of(MatchSearchForm(request.args))
    locks = review_queries.locks_shown(run, search=search)
    unlocked = deciding.undo(run.matching_round, locks, by=current_user)
    db.session.commit()
    return _to_review(run, f"{plural(unlocked, 'match', 'matches')} unlocked.")


@bp.post("/<int:round_id>/must-have/<int:programme_id>/<int:person_id>")
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def must_have(matching_round: MatchingRound, programme_id: int, person_id: int) -> ResponseReturnValue:
    """Let somebody have a mentor before every goal."""
    row = deciding.require(matching_round, programme_id=programme_id, mentee_id=person_id, by=current_user)
    message = f"{row.mentee.name} goes before everybody else in the next run."
    db.session.commit()
    return see_next("rounds.decisions", message=message, round_id=matching_round.id)


@bp.get("/<int:round_id>/decisions")
@guard(Permission.ROUND_SEE, load=queries.round_numbered)
def decisions(matching_round: MatchingRound) -> ResponseReturnValue:
    """List what HR has settled about a round, with what was undone."""
    pages = decision_queries.decisions_page(matching_round.id)
    return page(
        "rounds/decisions.html",
        matching_round=matching_round,
        pages=pages,
        decisions=[in_words(*row) for row in pages.items],
        may_decide=may_decide(matching_round),
    )


@bp.post("/<int:round_id>/decisions/<int:decision_id>/undo")
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def undo_decision(matching_round: MatchingRound, decision_id: int) -> ResponseReturnValue:
    """Take back what was settled."""
    row = decision_queries.decision_numbered(matching_round.id, decision_id)
    deciding.undo(matching_round, [row], by=current_user)
    db.session.commit()
    return see_next("rounds.decisions", message="Undone.", round_id=matching_round.id)


def shown_of(form: MatchSearchForm) -> tuple[str, str]:
    """Return the segment and the search that a reader's address asks for."""
    search = (form.q.data or "") if form.validate() else ""
    return (form.show.data if form.show.data in form.segments else review_queries.ALL), search


def _match_page(
    run: Run,
    match_id: int,
    *,
    apart: BanForm | None = None,
    note: NoteForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    shown = review_queries.match_numbered(run, match_id)
    match, may_note = shown.match, not run.is_what_if and access.can(Permission.ROUND_RUN, run.matching_round)
    whole = not wants_fragment()
    people = people_in(match)
    return page(
        "rounds/match.html",
        fragment="lock",
        status=status,
        run=run,
        matching_round=run.matching_round,
        shown=shown,
        match=match,
        form=apart or BanForm(),
        note_form=note or NoteForm(),
        told=told_of(match),
        parts=parts_in_words(match.parts),
        history=_history(run, match, with_notes=may_note) if whole else [],
        profiles=profiles_of(match, with_record=may_note) if whole else None,
        names=list(people.values()),
        answers=answers_beside(run.matching_round_id, match.programme_id, list(people))
        if whole and access.can(Permission.ROUND_RUN, run.matching_round)
        else [],
        may_decide=not run.is_what_if and may_decide(run.matching_round),
        may_note=may_note,
    )


def _history(run: Run, match: Match, *, with_notes: bool) -> list[Done]:
    """Return what was decided about somebody in a round, and what was noted, the latest first."""
    decided = [in_words(*row) for row in decision_queries.history_of(run, match)]
    noted = noting.notes_on(run, match) if with_notes else []
    return sorted([*decided, *noted], key=lambda row: row.at, reverse=True)


def may_decide(matching_round: MatchingRound) -> bool:
    """Tell whether the reader may settle anything about a round now."""
    is_time = refusal_of(lambda: deciding.check_may_decide(matching_round)) is None
    return is_time and access.can(Permission.ROUND_RUN, matching_round)


def _both(row: Decision) -> str:
    return f"{row.mentee.name} and {row.mentor.name if row.mentor else ''}"


def _to_match(run: Run, match_id: int, message: str) -> ResponseReturnValue:
    """Lead htmx to the one part that changed, and everybody else back to the list where the pair stands."""
    values = {"round_id": run.matching_round_id, "run_id": run.id, "match_id": match_id}
    if wants_fragment():
        return see_other("rounds.show_match", message=message, **values)
    return see_next("rounds.show_match", message=message, **values)


def _to_review(run: Run, message: str) -> ResponseReturnValue:
    return see_other(
        "rounds.show_run",
        message=message,
        round_id=run.matching_round_id,
        run_id=run.id,
        **{key: value for key, value in request.args.items() if key in ("q", "show", "sort")},
    )
