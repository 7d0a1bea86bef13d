"""Pages at `/rounds/<id>/closing`: the check that closes a round, and its use in the next one."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.access import Permission, guard
from app.db import db
from app.rounds import certificates, certifying, closing, looking_back, next_time, queries, service
from app.rounds.actions import refusal_of
from app.rounds.closing_form import ClosingForm, DecisionForm
from app.rounds.closing_models import ClosingCheck
from app.rounds.closing_words import causes_of, figures_of, told
from app.rounds.looking_back import Outcome
from app.rounds.models import MatchingRound
from app.rounds.routes import bp
from app.rounds.what_ifs import mark_of
from app.web import accepted, page, see_other


@bp.get("/<int:round_id>/closing")
@guard(Permission.ROUND_SEE, load=queries.round_numbered)
def closing_page(matching_round: MatchingRound) -> ResponseReturnValue:
    """Show what came of a round, what was decided at its end, and what to keep."""
    return _page(matching_round)


@bp.post("/<int:round_id>/closing")
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def save_check(matching_round: MatchingRound) -> ResponseReturnValue:
    """Keep what is written so far."""
    form = ClosingForm()
    if form.validate() and accepted(form, lambda: _save(matching_round, form)):
        db.session.commit()
        return see_other("rounds.closing_page", message="Saved.", round_id=matching_round.id)
    return _page(matching_round, keeping=form, status=422)


@bp.post("/<int:round_id>/complete")
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def complete(matching_round: MatchingRound) -> ResponseReturnValue:
    """Keep what is written, and mark the round as over."""
    closing.check_may_change(matching_round)
    form = ClosingForm()
    if form.validate() and accepted(form, lambda: _save(matching_round, form)):
        service.complete_round(matching_round, by=current_user)
        db.session.commit()
        return see_other("rounds.show", message="The round is completed.", round_id=matching_round.id)
    return _page(matching_round, keeping=form, status=422)


@bp.post("/<int:round_id>/closing/decisions")
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def decide(matching_round: MatchingRound) -> ResponseReturnValue:
    """Add a decision for the next round."""
    form = _decision_form(matching_round)
    if form.validate() and accepted(
        form, lambda: closing.decide(matching_round, form.wanted(), by=current_user)
    ):
        db.session.commit()
        values = {"round_id": matching_round.id}
        return see_other("rounds.closing_page", message="Decided.", **values, _anchor="decisions")
    return _page(matching_round, deciding=form, status=422)


@bp.post("/<int:round_id>/closing/decisions/<int:decision_id>/remove")
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def remove_closing_decision(matching_round: MatchingRound, decision_id: int) -> ResponseReturnValue:
    """Take back a decision for the next round."""
    closing.remove(matching_round, decision_id, by=current_user)
    db.session.commit()
    return see_other(
        "rounds.closing_page", message="Taken back.", round_id=matching_round.id, _anchor="decisions"
    )


@bp.get("/<int:round_id>/decided-before")
@guard(Permission.ROUND_SEE, load=queries.round_numbered)
def decided_before(matching_round: MatchingRound) -> ResponseReturnValue:
    """Show what was decided at the end of the round before, and what the programmes would become."""
    decided = next_time.decided_before(matching_round)
    return page(
        "rounds/decided_before.html",
        matching_round=matching_round,
        decided=decided,
        decisions=told(decided.decisions, dict(looking_back.owners())) if decided else [],
        mark=mark_of(decided.changes) if decided else "",
        may_run=access.can(Permission.ROUND_RUN, matching_round),
    )


@bp.post("/<int:round_id>/decided-before")
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def use_decided(matching_round: MatchingRound) -> ResponseReturnValue:
    """Give the programmes of a round what was decided at the end of the one before."""
    decided = next_time.decided_before(matching_round)
    changes = decided.changes if decided else []
    next_time.use_decisions(changes, seen=request.form.get("seen", ""), by=current_user)
    db.session.commit()
    message = "Every run from now on is asked with these settings."
    return see_other("rounds.show", message=message, round_id=matching_round.id)


def _save(matching_round: MatchingRound, form: ClosingForm) -> None:
    closing.save_check(matching_round, keep=form.keep.data or "", by=current_user)


def _decision_form(matching_round: MatchingRound) -> DecisionForm:
    return DecisionForm(programmes=matching_round.programmes, owners=looking_back.owners())


def _page(
    matching_round: MatchingRound,
    *,
    keeping: ClosingForm | None = None,
    deciding: DecisionForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    closing.check_may_close(matching_round)
    outcome = looking_back.outcome_of(matching_round.id)
    kept = db.session.get(ClosingCheck, matching_round.id)
    deciding = deciding or _decision_form(matching_round)
    rows = closing.decisions_of(matching_round.id)
    return page(
        "rounds/closing.html",
        status=status,
        matching_round=matching_round,
        outcome=outcome,
        figures=figures_of(outcome),
        causes=causes_of(outcome),
        goals=_goals(matching_round, outcome),
        kept=kept,
        keeping=keeping or ClosingForm(data={"keep": kept.keep if kept else ""}),
        deciding=deciding,
        decisions=told(rows, dict(looking_back.owners())),
        may_change=access.can(Permission.ROUND_RUN, matching_round)
        and refusal_of(lambda: closing.check_may_change(matching_round)) is None,
    )


def _goals(matching_round: MatchingRound, outcome: Outcome) -> list[certificates.Proved]:
    """Return the goals of the published run, each with what was reached of it."""
    if outcome.run is None:
        return []
    names = {row.key: row.name for row in matching_round.programmes}
    return certificates.proved(certifying.certificate_of(outcome.run), outcome.run, names)
