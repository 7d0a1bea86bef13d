"""Pages at `/programmes/<key>/goals`: what comes first when not everything can be had."""

from flask import request
from flask.typing import ResponseReturnValue

from app.access import Permission, guard
from app.programmes import queries, settings
from app.programmes.goal_order import additions_to, refusal_of, steps_of
from app.programmes.kinds import KINDS
from app.programmes.models import Programme
from app.programmes.part_forms import GoalsForm, goals_form
from app.programmes.part_routes import Part, draft, save_part, show_part, try_part
from app.programmes.routes import bp
from app.programmes.service import settings_of

PART = Part(settings.GOALS, "programmes.goals", "The order of goals is saved. Every run from now on has it.")


@bp.get("/<key>/goals")
@guard(Permission.PROGRAMME_SEE, load=queries.programme_keyed)
def goals(programme: Programme) -> ResponseReturnValue:
    """Show the goals in their order, to be moved, taken away and added to."""
    form = goals_form(settings_of(programme)["goals"], draft())
    return _page(programme, form, status=200 if draft() is None or form.validate() else 422)


@bp.post("/<key>/goals")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def save_goals(programme: Programme) -> ResponseReturnValue:
    """Give a programme other goals, or the same in another order."""
    return save_part(PART, programme, _posted(), _page)


@bp.post("/<key>/goals/try")
@guard(Permission.ROUND_TRY, load=queries.programme_keyed)
def try_goals(programme: Programme) -> ResponseReturnValue:
    """Ask what would come of other goals in the last round."""
    return try_part(PART, programme, _posted(), _page)


def _posted() -> GoalsForm:
    return goals_form([], request.form)


def _page(programme: Programme, form: GoalsForm, *, status: int = 200) -> ResponseReturnValue:
    order = form.order()
    return show_part(
        PART,
        programme,
        form,
        status=status,
        fragments={"order": "order"},
        steps=steps_of(order),
        additions=additions_to(order, KINDS[programme.kind].senseless),
        refusal="" if form.errors else refusal_of(order),
    )
