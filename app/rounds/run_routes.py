"""Pages at `/rounds/<id>/runs`: progress, result, its pairs as a file, and the step that publishes it."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.access import Permission, guard
from app.db import db
from app.engagements.reasons import Told, parts_in_words
from app.programmes.models import MENTORING
from app.rounds import (
    group_queries,
    proposing,
    publishing,
    queries,
    results,
    review_queries,
    run_queries,
    running,
    what_ifs,
    wizard,
)
from app.rounds.actions import refusal_of
from app.rounds.check_ins import planned
from app.rounds.export import csv_of
from app.rounds.forms import MatchSearchForm, PublishForm
from app.rounds.match_words import told_of
from app.rounds.models import Run
from app.rounds.preview import preview_of
from app.rounds.progress import polled_after
from app.rounds.results import Explanation
from app.rounds.review_queries import Reviewed
from app.rounds.review_routes import may_decide, shown_of
from app.rounds.routes import bp
from app.rounds.run_queries import LeftOut
from app.rounds.states import RUN_STATE_WORDS, RunState
from app.rounds.together import told_of as told_of_shared
from app.rounds.wizard import Step
from app.web import accepted, here, page, see_other, wants_fragment
from app.words import number, plural

log = logging.getLogger(__name__)
SHOWN_LEFT_OUT = 5
ORDERS = (review_queries.BY_NAME, review_queries.BY_MENTOR, review_queries.BY_FIT)


@dataclass(frozen=True, slots=True)
class MatchShown:
    """A pair with its reasons in words."""

    row: Reviewed
    told: Told
    parts: list[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class LeftOutShown:
    """Somebody without a mentor, with why and what to do in words."""

    person: LeftOut
    explanation: Explanation


@bp.get("/<int:round_id>/runs/<int:run_id>")
@guard(Permission.ROUND_SEE, load=queries.run_numbered)
def show_run(run: Run) -> ResponseReturnValue:
    """Show how far a run is; once it has finished, what it found."""
    if run.state is RunState.FINISHED and not wants_fragment():
        return _result(run)
    return page(
        "rounds/run.html",
        fragment="progress",
        run=run,
        matching_round=run.matching_round,
        state=RUN_STATE_WORDS[run.state],
        is_active=run.state in running.ACTIVE,
        is_finished=run.state is RunState.FINISHED,
        headline=results.headline(run),
        seconds=polled_after(run.started_at or run.queued_at),
        may_stop=access.can(Permission.ROUND_STOP, run),
        steps=[] if wants_fragment() else _steps(run, Step.RUN),
    )


@bp.post("/<int:round_id>/runs/<int:run_id>/stop")
@guard(Permission.ROUND_STOP, load=queries.run_numbered)
def stop(run: Run) -> ResponseReturnValue:
    """Stop a run; what it has found so far is kept."""
    running.stop_run(run, by=current_user)
    db.session.commit()
    return see_other("rounds.show_run", round_id=run.matching_round_id, run_id=run.id)


@bp.get("/<int:round_id>/runs/<int:run_id>/left-out")
@guard(Permission.ROUND_SEE, load=queries.run_numbered)
def left_out(run: Run) -> ResponseReturnValue:
    """List everybody who has no mentor, and why."""
    pages = run_queries.left_out_page(run)
    return page(
        "rounds/left_out.html",
        run=run,
        matching_round=run.matching_round,
        pages=pages,
        partner=results.partner_in(run),
        people=list(_explained(pages.items)),
        may_decide=may_decide(run.matching_round),
    )


@bp.get("/<int:round_id>/runs/<int:run_id>/publish")
@guard(Permission.ROUND_PUBLISH, load=queries.run_numbered)
def publish(run: Run) -> ResponseReturnValue:
    """Ask whether to publish, and how, with what will happen."""
    may_ask = refusal_of(lambda: publishing.check_may_ask(run.matching_round)) is None
    asks = run.is_rematch or (may_ask and proposing.asked_last_time())
    how = PublishForm.ASK if asks else PublishForm.AT_ONCE
    return _publish_page(
        run, PublishForm(data={"how": how, "answer_by": proposing.suggested_day(run.matching_round)})
    )


@bp.post("/<int:round_id>/runs/<int:run_id>/publish")
@guard(Permission.ROUND_PUBLISH, load=queries.run_numbered)
def make_public(run: Run) -> ResponseReturnValue:
    """Publish a plan."""
    form, published = PublishForm(), list[int]()

    def publish_as_asked() -> None:
        published.append(publishing.publish_run(run, by=current_user, answer_by=form.answer_by.data))

    if not (form.validate() and accepted(form, publish_as_asked)):
        return _publish_page(run, form, status=422)
    db.session.commit()
    message = (
        f"{plural(published[0], 'match', 'matches')} published. Everyone sees theirs on their home page."
    )
    return see_other("rounds.show", message=message, round_id=run.matching_round_id)


@bp.get("/<int:round_id>/runs/<int:run_id>/pairs.csv")
@guard(Permission.ROUND_SEE, load=queries.run_numbered)
def pairs_file(run: Run) -> ResponseReturnValue:
    """Give the pairs and those left out as a file for a spreadsheet."""
    log.info("account %s exported the pairs of run %s", current_user.id, run.id)
    headers = {"Content-Disposition": f'attachment; filename="run-{run.id}-pairs.csv"'}
    return Response(csv_of(run).encode("utf-8-sig"), mimetype="text/csv", headers=headers)


def _publish_page(run: Run, form: PublishForm, *, status: int = 200) -> ResponseReturnValue:
    tally = run_queries.tally(run)
    publishing.check_may_publish(run, run.matching_round, pairs=tally.pairs)
    return page(
        "rounds/publish.html",
        check_ins=planned(run),
        partner=results.partner_in(run),
        refused_to_ask=refusal_of(lambda: publishing.check_may_ask(run.matching_round)),
        status=status,
        run=run,
        steps=_steps(run, Step.PUBLISH),
        matching_round=run.matching_round,
        tally=tally,
        left_out=(run.mentees or 0) - (run.mentees_matched or 0),
        preview=preview_of(run),
        form=form,
    )


def _result(run: Run) -> ResponseReturnValue:
    form = MatchSearchForm(request.args)
    status = 200 if form.validate() else 422
    segment, search = shown_of(form)
    sort = form.sort.data if form.sort.data in ORDERS else review_queries.BY_NAME
    review = review_queries.review_page(run, segment=segment, search=search, sort=sort)
    matching_round, pairs = run.matching_round, review.pairs
    refusal = refusal_of(lambda: publishing.check_may_publish(run, matching_round, pairs=pairs))
    return page(
        "rounds/result.html",
        status=status,
        form=form,
        run=run,
        matching_round=matching_round,
        headline=results.headline(run),
        partner=results.partner_in(run),
        has_groups=group_queries.has_groups(run),
        may_ask_prices=any(row.kind in MENTORING for row in matching_round.programmes),
        summary=results.summary(run),
        segment=segment,
        segments=_segments(form.segments, review.counts, segment),
        review=review,
        asked={key: value for key, value in request.args.items() if key in ("q", "show", "sort")},
        matches=list(_told(review.pages.items)),
        left_out=list(_explained(run_queries.first_left_out(run, most=SHOWN_LEFT_OUT))),
        left_out_count=(run.mentees or 0) - (run.mentees_matched or 0),
        rules=run_queries.rules_kept(run),
        tried=what_ifs.tried_by(run),
        shared=told_of_shared(run, {row.key: row.name for row in matching_round.programmes}),
        steps=_steps(run, Step.REVIEW),
        may_try=access.can(Permission.ROUND_TRY) and run.settings is not None,
        refusal=refusal,
        may_publish=access.can(Permission.ROUND_PUBLISH, matching_round),
        may_run=access.can(Permission.ROUND_RUN, matching_round),
        may_decide=not run.is_what_if and may_decide(matching_round),
    )


def _steps(run: Run, shown: Step) -> list[wizard.Shown]:
    """Return the steps of the way that a run is on; what is only tried, or matched again, is on none."""
    if run.is_what_if or run.is_rematch:
        return []
    return wizard.steps_of(run.matching_round, shown, run_id=run.id)


def _segments(words: dict[str, str], counts: dict[str, int], current: str) -> list[tuple[str, str, bool]]:
    return [
        (
            f"{label} ({number(counts[key])})",
            here(show=None if key == review_queries.ALL else key, page=None),
            key == current,
        )
        for key, label in words.items()
    ]


def _told(rows: Iterable[Reviewed]) -> Iterator[MatchShown]:
    for row in rows:
        match = row.match
        yield MatchShown(row, told_of(match), parts_in_words(match.parts))


def _explained(people: Iterable[LeftOut]) -> Iterator[LeftOutShown]:
    for person in people:
        yield LeftOutShown(
            person, results.explain_cause(person.cause, person.details, partner=results.PARTNERS[person.role])
        )
