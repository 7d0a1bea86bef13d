"""Pages at `/programmes/<key>/agenda`: what a session can look like, item by item."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.access import Permission, guard
from app.db import db
from app.errors import Conflict
from app.programmes import agenda as sessions
from app.programmes import queries, settings
from app.programmes.goal_order import in_order
from app.programmes.line_forms import AgendaForm, AgendaItemForm, agenda_form, item_of, line_of, with_typed
from app.programmes.models import Programme
from app.programmes.part_routes import draft
from app.programmes.routes import bp
from app.web import accepted, page, see_other
from app.words import duration


@bp.get("/<key>/agenda")
@guard(Permission.PROGRAMME_SEE, load=queries.programme_keyed)
def agenda(programme: Programme) -> ResponseReturnValue:
    """Show the agenda, to be put in another order, taken away from and added to."""
    _check_kind(programme)
    form = agenda_form(sessions.agenda_of(programme), draft())
    return _page(programme, form, status=200 if draft() is None or form.validate() else 422)


@bp.post("/<key>/agenda")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def save_agenda(programme: Programme) -> ResponseReturnValue:
    """Give a programme another agenda."""
    _check_kind(programme)
    form = agenda_form([], request.form)
    seen = request.form.get("seen", "")

    def command() -> None:
        kept = sessions.own_agenda(programme.kind, form.value())
        settings.change_part(programme, settings.AGENDA, kept, seen=seen, by=current_user)

    if form.validate() and accepted(form, command):
        db.session.commit()
        return see_other("programmes.show", message="The agenda is saved.", key=programme.key)
    return _page(programme, form, status=422)


def _check_kind(programme: Programme) -> None:
    if not sessions.has_sessions(programme.kind):
        raise Conflict(f"{programme.name} has no sessions: its people meet in their communities.")


def _page(programme: Programme, form: AgendaForm, *, status: int) -> ResponseReturnValue:
    lines, item, place = with_typed(
        AgendaItemForm, form.lines(), request.args, shown=item_of, blank={"minutes": 10}
    )
    kept = sessions.agenda_kept(programme)
    usual = [line_of(row) for row in sessions.usual_agenda(programme.kind)]
    mark = settings.mark_of(kept)
    seen = request.values.get("seen") or mark
    return page(
        "programmes/agenda.html",
        fragment="order" if request.args.get("part") == "order" else None,
        status=422 if item.errors else status,
        programme=programme,
        form=form,
        item=item,
        place=place,
        steps=in_order(lines, lambda line: str(item_of(line)["words"])),
        minutes=[duration(item_of(line)["minutes"]) for line in lines],
        in_all=duration(sum(item_of(line)["minutes"] for line in lines)),
        may_add=len(lines) < sessions.MOST_ITEMS or place,
        usual=usual if lines != usual else None,
        is_changed=lines != ([line_of(row) for row in kept] or usual),
        seen=seen,
        is_stale=seen != mark and status == 200,
        may_edit=access.can(Permission.PROGRAMME_EDIT, programme) and programme.archived_at is None,
    )
