"""Pages at `/programmes/<key>/check-ins`: when people of an engagement look at how it goes."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.access import Permission, guard
from app.db import db
from app.errors import Conflict
from app.programmes import check_ins as looks
from app.programmes import queries, settings
from app.programmes.agenda import has_sessions
from app.programmes.goal_order import in_order
from app.programmes.line_forms import (
    CheckInForm,
    CheckInsForm,
    check_in_of,
    check_ins_form,
    line_of_check_in,
    ordered,
    with_typed,
)
from app.programmes.models import Programme
from app.programmes.part_routes import draft
from app.programmes.routes import bp
from app.web import accepted, page, see_other


@bp.get("/<key>/check-ins")
@guard(Permission.PROGRAMME_SEE, load=queries.programme_keyed)
def check_ins(programme: Programme) -> ResponseReturnValue:
    """Show the check-ins, to be taken away from and added to."""
    _check_kind(programme)
    form = check_ins_form(looks.check_ins_of(programme), draft())
    is_known = draft() is None or accepted(form, lambda: looks.check_check_ins(programme, form.value()))
    return _page(programme, form, status=200 if is_known else 422)


@bp.post("/<key>/check-ins")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def save_check_ins(programme: Programme) -> ResponseReturnValue:
    """Give a programme other check-ins."""
    _check_kind(programme)
    form = check_ins_form([], request.form)
    seen = request.form.get("seen", "")

    def command() -> None:
        settings.change_part(programme, settings.CHECK_INS, form.value(), seen=seen, by=current_user)

    if form.validate() and accepted(form, command):
        db.session.commit()
        message = "The check-ins are saved. Rounds published from now on have them."
        return see_other("programmes.show", message=message, key=programme.key)
    return _page(programme, form, status=422)


def _check_kind(programme: Programme) -> None:
    if not has_sessions(programme.kind):
        raise Conflict(f"{programme.name} has no check-ins: its people meet in their communities.")


def _page(programme: Programme, form: CheckInsForm, *, status: int) -> ResponseReturnValue:
    lines, one, place = with_typed(
        CheckInForm,
        form.lines(),
        request.args,
        shown=check_in_of,
        blank={"moment": "after_start", "days": 30},
    )
    rows = ordered([check_in_of(line) for line in lines])
    if place is None:
        lines = [line_of_check_in(row) for row in rows]
    kept = looks.check_ins_of(programme)
    usual = [line_of_check_in(row) for row in looks.usual_check_ins(programme.kind)]
    mark = settings.mark_of(kept)
    seen = request.values.get("seen") or mark
    return page(
        "programmes/check_ins.html",
        fragment="order" if request.args.get("part") == "order" else None,
        status=422 if one.errors else status,
        programme=programme,
        form=form,
        one=one,
        place=place,
        steps=in_order(lines, lambda line: str(check_in_of(line)["words"])),
        when=[_when(line) for line in lines],
        may_add=len(lines) < looks.MOST_CHECK_INS or place,
        usual=usual if lines != usual else None,
        is_changed=rows != kept,
        seen=seen,
        is_stale=seen != mark and status == 200,
        may_edit=access.can(Permission.PROGRAMME_EDIT, programme) and programme.archived_at is None,
    )


def _when(line: str) -> str:
    row = check_in_of(line)
    return looks.when_in_words(row) if row["moment"] in looks.ORDER else ""
