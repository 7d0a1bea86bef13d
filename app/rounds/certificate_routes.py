"""The page at `/rounds/<id>/runs/<id>/certificate`: what anyone can check of a run's plan, and how."""

from flask.typing import ResponseReturnValue

from app.access import Permission, guard
from app.rounds import certificates, certifying, queries, results, run_queries
from app.rounds.comparisons import names_of
from app.rounds.models import Run
from app.rounds.routes import bp
from app.web import page


@bp.get("/<int:round_id>/runs/<int:run_id>/certificate")
@guard(Permission.ROUND_SEE, load=queries.run_numbered)
def certificate(run: Run) -> ResponseReturnValue:
    """Show what was verified of a plan, what proves it, and how anyone checks it again."""
    kept = certifying.certificate_of(run)
    matching_round = run.matching_round
    programmes = {row.key: row.name for row in matching_round.programmes}
    return page(
        "rounds/certificate.html",
        run=run,
        matching_round=matching_round,
        run_name=names_of(queries.runs_of(matching_round.id))[run.id],
        programmes=programmes,
        certificate=kept,
        headline=results.headline(run),
        quality=results.quality(run),
        verified=certificates.verified(kept, run, programmes, matches=run_queries.pair_count(run)),
        proved=certificates.proved(kept, run, programmes),
    )
