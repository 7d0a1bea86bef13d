"""Pages at `/rounds/<id>/runs/<id>/groups`: the groups of a plan, and those it does not open."""

from flask.typing import ResponseReturnValue

from app.access import Permission, guard
from app.errors import Missing
from app.rounds import group_queries, queries
from app.rounds.models import Run
from app.rounds.routes import bp
from app.rounds.states import RunState
from app.web import page


def run_with_groups(round_id: int, run_id: int) -> Run:
    """Return a finished run in whose round people are put into groups.

    Raises:
        Missing: when there is none.
    """
    run = queries.run_numbered(round_id, run_id)
    if run.state is not RunState.FINISHED or not group_queries.has_groups(run):
        raise Missing
    return run


@bp.get("/<int:round_id>/runs/<int:run_id>/groups")
@guard(Permission.ROUND_SEE, load=run_with_groups)
def show_groups(run: Run) -> ResponseReturnValue:
    """List who comes into which group, and why others do not open."""
    return page(
        "rounds/groups.html",
        run=run,
        matching_round=run.matching_round,
        pages=group_queries.groups_page(run),
        closed=group_queries.closed_groups(run),
    )
