"""Pages at `/rounds/<id>` that HR looks at before a run: who would be matched, what is short or missing."""

import csv
import io
import logging
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.access import Permission, guard
from app.cells import safe_cell
from app.programmes.models import Programme, ProgrammeKind
from app.programmes.service import settings_of
from app.rounds import (
    actions,
    community_readiness,
    data_quality,
    decision_queries,
    last_time,
    next_time,
    queries,
    readiness,
    unanswered,
    wishing,
    wizard,
)
from app.rounds.data_quality import WORDS, Problem, Row
from app.rounds.enrolling import roles_in
from app.rounds.models import EnrolmentRole, MatchingRound
from app.rounds.routes import bp
from app.rounds.settings import settings_in_words
from app.rounds.states import RoundState
from app.rounds.together import may_share, together_in
from app.rounds.wizard import Step
from app.web import here, page
from app.words import number

log = logging.getLogger(__name__)


@bp.get("/<int:round_id>/snapshot")
@guard(Permission.ROUND_SEE, load=queries.round_numbered)
def snapshot_page(matching_round: MatchingRound) -> ResponseReturnValue:
    """Show who would be matched now, what has changed since the last round, and what is missing."""
    counts = queries.enrolment_counts(matching_round.id)
    return page(
        "rounds/snapshot.html",
        matching_round=matching_round,
        steps=wizard.steps_of(matching_round, Step.SNAPSHOT),
        counts=counts,
        changes=last_time.changes_since(matching_round),
        problems=[
            (WORDS[kind], count, url_for("rounds.problems", round_id=matching_round.id, kind=kind.value))
            for kind, count in data_quality.problem_counts(matching_round).items()
        ],
        sentences=[
            (row.name, readiness.feasibility(matching_round, row)) for row in matching_round.programmes
        ],
        run=actions.run_action(matching_round, counts),
        may_run=access.can(Permission.ROUND_RUN, matching_round),
    )


@bp.get("/<int:round_id>/settings")
@guard(Permission.ROUND_SEE, load=queries.round_numbered)
def settings_page(matching_round: MatchingRound) -> ResponseReturnValue:
    """Show what the next run would be asked with: rules, weights and goals, and what HR has settled."""
    counts = queries.enrolment_counts(matching_round.id)
    return page(
        "rounds/settings.html",
        matching_round=matching_round,
        steps=wizard.steps_of(matching_round, Step.SETTINGS),
        programmes=[
            (row, *settings_in_words(settings, row.kind)) for row, settings in _settings(matching_round)
        ],
        sentences=[
            (row.name, readiness.feasibility(matching_round, row)) for row in matching_round.programmes
        ],
        standing=decision_queries.standing_count(matching_round.id),
        decided=next_time.decided_before(matching_round),
        shared=together_in(matching_round) if may_share(matching_round) else None,
        run=actions.run_action(matching_round, counts),
        may_run=access.can(Permission.ROUND_RUN, matching_round),
    )


@bp.get("/<int:round_id>/readiness")
@guard(Permission.ROUND_SEE, load=queries.round_numbered)
def readiness_page(matching_round: MatchingRound) -> ResponseReturnValue:
    """Show what mentees want against who could help them, the scarcest skill first."""
    programme = _programme(matching_round)
    programmes = [
        (row.name, here(programme=row.id, page=None), row is programme) for row in matching_round.programmes
    ]
    if programme.kind is ProgrammeKind.COMMUNITIES:
        return page(
            "rounds/community_readiness.html",
            matching_round=matching_round,
            programme=programme,
            programmes=programmes,
            ready=community_readiness.readiness_of(matching_round, programme),
        )
    found = readiness.readiness_of(matching_round, programme)
    return page(
        "rounds/readiness.html",
        matching_round=matching_round,
        programme=programme,
        among_peers=EnrolmentRole.PEER in roles_in(programme),
        programmes=programmes,
        ready=found,
        wishers=wishing.wishers(matching_round.id),
    )


@bp.get("/<int:round_id>/data-quality")
@guard(Permission.ROUND_SEE, load=queries.round_numbered)
def problems(matching_round: MatchingRound) -> ResponseReturnValue:
    """List what is wrong with the people of a round, with a link to what mends it."""
    kind = _kind()
    found = data_quality.problems_of(matching_round, kind)
    return page(
        "rounds/data_quality.html",
        matching_round=matching_round,
        found=found,
        segments=[
            (f"All ({number(found.total)})", here(kind=None, page=None), kind is None),
            *(
                (f"{WORDS[one].title} ({number(count)})", here(kind=one.value, page=None), one is kind)
                for one, count in found.counts.items()
            ),
        ],
        rows=[(row, _mended_at(row, matching_round)) for row in found.pages.items],
        unanswered=unanswered.open_questions(matching_round)
        if data_quality.Problem.NOT_ANSWERED in found.counts
        else [],
    )


@bp.get("/<int:round_id>/data-quality.csv")
@guard(Permission.ROUND_SEE, load=queries.round_numbered)
def problems_file(matching_round: MatchingRound) -> ResponseReturnValue:
    """Give every problem of a round as a file for a spreadsheet."""
    log.info("account %s exported the problems of round %s", current_user.id, matching_round.id)
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(("problem", "person", "person id", "department", "why it matters", "what to do"))
    for row in data_quality.all_problems(matching_round):
        words = row.words
        cells = (words.title, row.name, row.person_id, row.department or "", words.because, words.to_do)
        writer.writerow([safe_cell(cell) for cell in cells])
    headers = {"Content-Disposition": f'attachment; filename="round-{matching_round.id}-problems.csv"'}
    return Response(lines.getvalue().encode("utf-8-sig"), mimetype="text/csv", headers=headers)


def _kind() -> Problem | None:
    """Return the kind of problem the reader asks for; what is no kind asks for all."""
    asked = request.args.get("kind", "")
    return Problem(asked) if asked in set(Problem) else None


def _mended_at(row: Row, matching_round: MatchingRound) -> str:
    """Return the page where a problem is mended; for whoever may not, the profile."""
    if row.problem is Problem.SAME_NAME:
        return url_for("people.index", name=row.name)
    if not access.can(Permission.ROUND_RUN, matching_round):
        return url_for("people.show", person_id=row.person_id)
    if row.problem is Problem.NOT_ENROLLED and matching_round.state is RoundState.CLOSED:
        return url_for("rounds.late_joiners", round_id=matching_round.id, name=row.name)
    return url_for(row.words.endpoint, person_id=row.person_id, _anchor=row.words.anchor)


def _settings(matching_round: MatchingRound) -> list[tuple[Programme, dict[str, Any]]]:
    """Return the programmes of a round with their settings: once published, those it was matched with."""
    run = queries.published_run(matching_round.id)
    asked = (run.settings if run is not None else None) or {}
    return [(row, asked.get(row.key) or settings_of(row)) for row in matching_round.programmes]


def _programme(matching_round: MatchingRound) -> Programme:
    """Return the programme of the round that the reader has chosen; the first when they have not."""
    chosen = request.args.get("programme", type=int)
    named = (row for row in matching_round.programmes if row.id == chosen)
    return next(named, matching_round.programmes[0])
