"""Pages at `/rounds/<id>/runs/<run>/what-if`: what would come of a run with other settings."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import Permission, guard
from app.db import db
from app.errors import Missing
from app.programmes.settings_form import SettingsForm
from app.rounds import queries, tasks, what_ifs
from app.rounds.comparisons import names_of
from app.rounds.models import Run
from app.rounds.routes import bp
from app.rounds.what_if_form import programmes_of, settings_in, what_if_form
from app.web import accepted, page, see_other


def what_if_numbered(round_id: int, run_id: int) -> Run:
    """Return a what-if of a round.

    Raises:
        Missing: when there is none, or it is a run like any other.
    """
    run = queries.run_numbered(round_id, run_id)
    if not run.is_what_if:
        raise Missing
    return run


@bp.get("/<int:round_id>/runs/<int:run_id>/what-if")
@guard(Permission.ROUND_TRY, load=queries.run_numbered)
def what_if(run: Run) -> ResponseReturnValue:
    """Show the settings of a run, to be changed."""
    what_ifs.check_may_try(run)
    return _page(run, what_if_form(run.settings or {}))


@bp.post("/<int:round_id>/runs/<int:run_id>/what-if")
@guard(Permission.ROUND_TRY, load=queries.run_numbered)
def try_out(run: Run) -> ResponseReturnValue:
    """Ask for a copy of a run with other settings."""
    what_ifs.check_may_try(run)
    before = run.settings or {}
    form = what_if_form(before)
    asked: list[Run] = []

    def ask() -> None:
        asked.append(what_ifs.request_what_if(run, settings_in(form, before), by=current_user))

    if not form.validate() or not accepted(form, ask):
        return _page(run, form, status=422)
    run_id, round_id = asked[0].id, run.matching_round_id
    db.session.commit()
    # Only now: a worker may look for it at once.
    tasks.hand_over(run_id)
    return see_other("rounds.show_run", round_id=round_id, run_id=run_id)


@bp.get("/<int:round_id>/runs/<int:run_id>/use")
@guard(Permission.ROUND_RUN, load=what_if_numbered)
def use(run: Run) -> ResponseReturnValue:
    """Ask whether the programmes of the round are to have the settings of a what-if."""
    changes = what_ifs.changes_by(run)
    return page(
        "rounds/use.html",
        run=run,
        run_name=names_of(queries.runs_of(run.matching_round_id))[run.id],
        matching_round=run.matching_round,
        changes=changes,
        mark=what_ifs.mark_of(changes),
    )


@bp.post("/<int:round_id>/runs/<int:run_id>/use")
@guard(Permission.ROUND_RUN, load=what_if_numbered)
def take_over(run: Run) -> ResponseReturnValue:
    """Give the programmes of the round the settings of a what-if."""
    what_ifs.use_settings(run, seen=request.form.get("seen", ""), by=current_user)
    db.session.commit()
    message = "Every run from now on is asked with these settings."
    return see_other("rounds.show", message=message, round_id=run.matching_round_id)


def _page(run: Run, form: SettingsForm, *, status: int = 200) -> ResponseReturnValue:
    runs = queries.runs_of(run.matching_round_id)
    names = {programme.key: programme.name for programme in run.matching_round.programmes}
    return page(
        "rounds/what_if.html",
        status=status,
        form=form,
        run=run,
        run_name=names_of(runs)[run.id],
        matching_round=run.matching_round,
        programmes=[(names.get(row.key, row.key), row) for row in programmes_of(form, run.settings or {})],
    )
