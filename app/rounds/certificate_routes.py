"""Pages at `/rounds/<id>/runs/<id>/certificate`: what anyone can check of a run's plan, and its replay."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.access import Permission, guard
from app.db import db
from app.rounds import (
    certificates,
    certifying,
    queries,
    replay_tasks,
    replaying,
    results,
    run_queries,
    together,
)
from app.rounds.actions import refusal_of
from app.rounds.comparisons import names_of
from app.rounds.models import Run
from app.rounds.routes import bp
from app.web import page, see_other, wants_fragment

SHOWN_REPLAYS = 5
POLLED_AFTER_SECONDS = 2


@bp.get("/<int:round_id>/runs/<int:run_id>/certificate")
@guard(Permission.ROUND_SEE, load=queries.run_numbered)
def certificate(run: Run) -> ResponseReturnValue:
    """Show what was verified of a plan, what proves it, how anyone checks it again, and its replays."""
    certifying.check_has_plan(run)
    return page(
        "rounds/certificate.html",
        fragment="replay",
        run=run,
        matching_round=run.matching_round,
        seconds=POLLED_AFTER_SECONDS,
        **_replays(run),
        **({} if wants_fragment() else _certified(run)),
    )


@bp.post("/<int:round_id>/runs/<int:run_id>/replay")
@guard(Permission.ROUND_TRY, load=queries.run_numbered)
def replay(run: Run) -> ResponseReturnValue:
    """Ask for a replay of a run."""
    asked = replaying.request_replay(run, by=current_user)
    replay_id, round_id, run_id = asked.id, run.matching_round_id, run.id
    db.session.commit()
    # Only now: a worker may look for it at once.
    replay_tasks.hand_over(replay_id)
    return see_other("rounds.certificate", round_id=round_id, run_id=run_id, _anchor="replay")


def _replays(run: Run) -> dict[str, Any]:
    replays = replaying.latest_replays(run, most=SHOWN_REPLAYS)
    active = [row for row, _name in replays if row.state in replaying.ACTIVE]
    return {
        "active": active[0] if active else None,
        "replays": [(certificates.replay_in_words(row), row, name) for row, name in replays],
        "refusal": refusal_of(lambda: replaying.check_may_replay(run)),
        "may_try": access.can(Permission.ROUND_TRY, run),
    }


def _certified(run: Run) -> dict[str, Any]:
    kept = certifying.certificate_of(run)
    matching_round = run.matching_round
    programmes = {row.key: row.name for row in matching_round.programmes}
    return {
        "run_name": names_of(queries.runs_of(matching_round.id))[run.id],
        "programmes": programmes,
        "certificate": kept,
        "headline": results.headline(run),
        "quality": results.quality(run),
        "shared": together.told_of(run, programmes),
        "verified": certificates.verified(kept, run, programmes, run_queries.pairs_by_kind(run)),
        "proved": certificates.proved(kept, run, programmes),
    }
