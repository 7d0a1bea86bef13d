"""Pages at `/rounds`: the list, one round, and the steps HR takes with it."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.access import Permission, guard
from app.db import db
from app.programmes.queries import programmes_for_rounds
from app.rounds import (
    actions,
    comparing,
    copying,
    next_time,
    queries,
    results,
    running,
    service,
    tasks,
    wizard,
)
from app.rounds.answers import answers_counted
from app.rounds.check_ins import check_ins_counted
from app.rounds.comparisons import names_of
from app.rounds.forms import RoundForm
from app.rounds.models import MatchingRound
from app.rounds.states import RUN_STATE_WORDS, STATE_WORDS, RoundState
from app.rounds.together import may_share, together_in
from app.web import LARGEST_ID, accepted, page, see_other
from app.words import plural

bp = Blueprint("rounds", __name__, url_prefix="/rounds")


@bp.get("")
@guard(Permission.ROUND_LIST)
def index() -> ResponseReturnValue:
    """List the rounds."""
    return page(
        "rounds/index.html",
        rounds=queries.rounds_page(),
        states=STATE_WORDS,
        may_run=access.can(Permission.ROUND_RUN),
        last=copying.last_round(),
    )


@bp.get("/new")
@guard(Permission.ROUND_RUN)
def new() -> ResponseReturnValue:
    """Ask for the name and the dates of a round; those of one that follows another are suggested."""
    before = _copied()
    return page("rounds/new.html", form=_form(before), before=before)


@bp.post("/new")
@guard(Permission.ROUND_RUN)
def create() -> ResponseReturnValue:
    """Prepare a round."""
    before = _copied()
    form = _form(before)
    created: list[MatchingRound] = []
    if form.validate() and accepted(form, lambda: created.append(_create(form, before))):
        db.session.commit()
        return see_other("rounds.show", round_id=created[0].id)
    return page("rounds/new.html", status=422, form=form, before=before)


@bp.get("/<int:round_id>")
@guard(Permission.ROUND_SEE, load=queries.round_numbered)
def show(matching_round: MatchingRound) -> ResponseReturnValue:
    """Show where a round stands and what it waits for."""
    counts = queries.enrolment_counts(matching_round.id)
    everything = queries.runs_of(matching_round.id)
    runs = [run for run in everything if not run.is_what_if]
    is_published = matching_round.state is RoundState.PUBLISHED
    counted = answers_counted(matching_round) if is_published else None
    step = actions.next_step(matching_round, counts, runs[0].id if runs else None)
    others = actions.other_actions(matching_round, counts)
    if counted is not None:
        step = actions.step_after_publishing(matching_round, counted, runs[0] if runs else None)
        others = [*actions.actions_after_publishing(matching_round, counted), *others]
    return page(
        "rounds/show.html",
        matching_round=matching_round,
        state=STATE_WORDS[matching_round.state],
        run_states=RUN_STATE_WORDS,
        counts=counts,
        runs=runs,
        what_ifs=[run for run in everything if run.is_what_if],
        names=names_of(everything),
        partner=results.partner_in(runs[0]) if runs else "mentor",
        may_compare=len(comparing.finished_of(everything)) > 1,
        rating=queries.rating_before(matching_round),
        step=step,
        others=[action for action in others if step.action is None or action.words != step.action.words],
        counted=counted,
        check_ins=check_ins_counted(matching_round) if is_published else None,
        decided=next_time.decided_before(matching_round),
        shared=together_in(matching_round) if may_share(matching_round) else None,
        steps=wizard.steps_of(matching_round, wizard.waits_at(matching_round)),
        may_run=access.can(Permission.ROUND_RUN, matching_round),
    )


@bp.post("/<int:round_id>/open")
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def open_(matching_round: MatchingRound) -> ResponseReturnValue:
    """Open enrolment."""
    round_id, enrolled = matching_round.id, service.open_round(matching_round, by=current_user)
    db.session.commit()
    tasks.invite_soon(round_id)
    message = f"Enrolment is open. {plural(enrolled, 'enrolment')} made from profiles."
    return see_other("rounds.show", message=message, round_id=round_id)


@bp.post("/<int:round_id>/close")
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def close(matching_round: MatchingRound) -> ResponseReturnValue:
    """Close enrolment."""
    service.close_round(matching_round, by=current_user)
    db.session.commit()
    return see_other("rounds.show", message="Enrolment is closed.", round_id=matching_round.id)


@bp.post("/<int:round_id>/runs")
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def run(matching_round: MatchingRound) -> ResponseReturnValue:
    """Ask for a run."""
    counts = queries.enrolment_counts(matching_round.id)
    requested = running.request_run(
        matching_round,
        mentees=counts.mentees,
        mentors=counts.mentors,
        peers=counts.peers,
        members=counts.members,
        by=current_user,
    )
    run_id, round_id = requested.id, matching_round.id
    db.session.commit()
    # Only now: a worker may look for the run at once.
    tasks.hand_over(run_id)
    return see_other("rounds.show_run", round_id=round_id, run_id=run_id)


@bp.get("/<int:round_id>/cancel")
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def cancel(matching_round: MatchingRound) -> ResponseReturnValue:
    """Ask whether to give a round up."""
    service.check_may_cancel(matching_round)
    counts = queries.enrolment_counts(matching_round.id)
    return page("rounds/cancel.html", matching_round=matching_round, counts=counts)


@bp.post("/<int:round_id>/cancel")
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def give_up(matching_round: MatchingRound) -> ResponseReturnValue:
    """Give a round up."""
    service.cancel_round(matching_round, by=current_user)
    db.session.commit()
    return see_other("rounds.show", message="The round is cancelled.", round_id=matching_round.id)


def _copied() -> MatchingRound | None:
    """Return the round that the reader asks to follow, if any."""
    round_id = request.args.get("after", type=int)
    return queries.round_numbered(round_id) if round_id and 0 < round_id <= LARGEST_ID else None


def _form(before: MatchingRound | None) -> RoundForm:
    programmes = list(programmes_for_rounds())
    draft = None if before is None else copying.draft_after(before)
    form = RoundForm(programmes_known=programmes, obj=draft)
    asked_for = request.args.get("programme", type=int)
    if form.programmes.data is None:
        form.programmes.data = [row.id for row in programmes if len(programmes) == 1 or row.id == asked_for]
    return form


def _create(form: RoundForm, before: MatchingRound | None) -> MatchingRound:
    chosen = set(form.programmes.data or ())
    return service.create_round(
        name=form.name.data or "",
        programmes=[row for row in programmes_for_rounds() if row.id in chosen],
        opens_on=form.opens_on.data,
        closes_on=form.closes_on.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        by=current_user,
        like=before,
    )
