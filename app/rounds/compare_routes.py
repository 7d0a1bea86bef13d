"""Pages at `/rounds/<id>/compare`: runs of a round beside each other, and the pairs that differ."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from app.access import Permission, guard
from app.errors import Missing
from app.rounds import comparing, queries
from app.rounds.comparisons import measures, names_of, otherwise, proofs
from app.rounds.forms import CompareForm
from app.rounds.models import MatchingRound, Run
from app.rounds.routes import bp
from app.web import page

COMPARED_FIRST = 2


@bp.get("/<int:round_id>/compare")
@guard(Permission.ROUND_SEE, load=queries.round_numbered)
def compare(matching_round: MatchingRound) -> ResponseReturnValue:
    """Set two or three runs beside each other; the latest two when the reader has not chosen."""
    runs = queries.runs_of(matching_round.id)
    names, finished = names_of(runs), comparing.finished_of(runs)
    latest = [run.id for run in finished[:COMPARED_FIRST]]
    form = CompareForm(
        request.args if "run" in request.args else None,
        data={"run": latest},
        runs=[(run.id, names[run.id]) for run in finished],
    )
    refused = "run" in request.args and not form.validate()
    chosen = [] if refused else [run for run in reversed(finished) if run.id in (form.run.data or ())]
    return page(
        "rounds/compare.html",
        status=422 if refused else 200,
        form=form,
        matching_round=matching_round,
        may_compare=len(finished) >= COMPARED_FIRST,
        runs=[(run.id, names[run.id]) for run in chosen],
        **_compared(chosen, names),
    )


@bp.get("/<int:round_id>/compare/<int:first_id>/<int:second_id>")
@guard(Permission.ROUND_SEE, load=queries.round_numbered)
def compare_pairs(matching_round: MatchingRound, first_id: int, second_id: int) -> ResponseReturnValue:
    """List the mentees whose mentors differ between two runs."""
    runs = queries.runs_of(matching_round.id)
    finished = {run.id: run for run in comparing.finished_of(runs)}
    if first_id == second_id or not {first_id, second_id} <= finished.keys():
        raise Missing
    names, first, second = names_of(runs), finished[first_id], finished[second_id]
    return page(
        "rounds/compare_pairs.html",
        matching_round=matching_round,
        first=(first.id, names[first.id]),
        second=(second.id, names[second.id]),
        pages=comparing.changes_page(first, second),
    )


def _compared(runs: Sequence[Run], names: Mapping[int, str]) -> dict[str, Any]:
    """Return what the page says of the runs it compares; nothing when there are fewer than two."""
    if len(runs) < COMPARED_FIRST:
        return {"rows": []}
    run_ids = [run.id for run in runs]
    return {
        "rows": measures(runs, comparing.fits_of(run_ids), comparing.gaps_of(run_ids)),
        "otherwise": otherwise(runs),
        "proofs": proofs(runs),
        "changed": [(run.id, names[run.id], comparing.changed_count(runs[0], run)) for run in runs[1:]],
    }
