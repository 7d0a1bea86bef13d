"""Pages at `/programmes`: the list, one programme with its tasks, and what is done with it as a whole."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.access import Permission, guard
from app.db import db
from app.programmes import queries, setup, upkeep
from app.programmes.forms import CopyForm, DetailsForm, ProgrammeForm
from app.programmes.models import Programme, ProgrammeKind
from app.programmes.versions import change
from app.programmes.vocabulary import KIND_MEANINGS, KIND_WORDS
from app.web import accepted, page, see_other

bp = Blueprint("programmes", __name__, url_prefix="/programmes")


@bp.get("")
@guard(Permission.PROGRAMME_LIST)
def index() -> ResponseReturnValue:
    """List the programmes in use, or those in the archive."""
    in_archive = request.args.get("show") == "archived"
    pages, rows = queries.archived_page() if in_archive else queries.programmes_page()
    return page(
        "programmes/index.html",
        pages=pages,
        rows=rows,
        in_archive=in_archive,
        kinds=KIND_WORDS,
        may_edit=access.can(Permission.PROGRAMME_EDIT),
    )


@bp.get("/new")
@guard(Permission.PROGRAMME_EDIT)
def new() -> ResponseReturnValue:
    """Ask for the name and the kind of a programme."""
    return page("programmes/new.html", form=ProgrammeForm(), meanings=KIND_MEANINGS)


@bp.post("/new")
@guard(Permission.PROGRAMME_EDIT)
def create() -> ResponseReturnValue:
    """Set a programme up with the rules and weights that suit most companies."""
    form = ProgrammeForm()
    created: list[Programme] = []
    if form.validate() and accepted(form, lambda: created.append(_create(form))):
        db.session.commit()
        return see_other("programmes.show", key=created[0].key)
    return page("programmes/new.html", status=422, form=form, meanings=KIND_MEANINGS)


@bp.get("/<key>")
@guard(Permission.PROGRAMME_SEE, load=queries.programme_keyed)
def show(programme: Programme) -> ResponseReturnValue:
    """Show the tasks of a programme, and how it stands in its round."""
    return page(
        "programmes/show.html",
        programme=programme,
        kind=KIND_WORDS[programme.kind],
        tasks=setup.task_rows(programme),
        standing=queries.standing_of(programme),
        version=queries.latest_version_number(programme),
        may_edit=access.can(Permission.PROGRAMME_EDIT, programme),
    )


@bp.get("/<key>/details")
@guard(Permission.PROGRAMME_SEE, load=queries.programme_keyed)
def details(programme: Programme) -> ResponseReturnValue:
    """Show the name of a programme and the hours it takes, to be changed."""
    return _details(programme, DetailsForm(obj=programme))


@bp.post("/<key>/details")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def describe(programme: Programme) -> ResponseReturnValue:
    """Give a programme another name or other hours."""
    form = DetailsForm()
    if form.validate() and accepted(form, lambda: _describe(programme, form)):
        db.session.commit()
        return see_other("programmes.show", message="Name and hours are saved.", key=programme.key)
    return _details(programme, form, status=422)


@bp.get("/<key>/copy")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def copy(programme: Programme) -> ResponseReturnValue:
    """Ask for the name of a copy."""
    form = CopyForm(data={"name": upkeep.name_of_copy(programme)})
    return page("programmes/copy.html", programme=programme, form=form)


@bp.post("/<key>/copy")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def make_copy(programme: Programme) -> ResponseReturnValue:
    """Set up a programme like this one."""
    form = CopyForm()
    made: list[Programme] = []
    if form.validate() and accepted(form, lambda: made.append(_copy(programme, form))):
        db.session.commit()
        message = f"This is a copy of {programme.name}. Change what is otherwise."
        return see_other("programmes.show", message=message, key=made[0].key)
    return page("programmes/copy.html", status=422, programme=programme, form=form)


@bp.post("/<key>/archive")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def archive(programme: Programme) -> ResponseReturnValue:
    """Let a programme have no new rounds."""
    upkeep.archive_programme(programme, by=current_user)
    db.session.commit()
    message = f"{programme.name} is archived. Restore it whenever you need it."
    return see_other("programmes.show", message=message, key=programme.key)


@bp.post("/<key>/restore")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def restore(programme: Programme) -> ResponseReturnValue:
    """Take a programme out of the archive."""
    upkeep.restore_programme(programme, by=current_user)
    db.session.commit()
    return see_other("programmes.show", message=f"{programme.name} is in use again.", key=programme.key)


def _details(programme: Programme, form: DetailsForm, *, status: int = 200) -> ResponseReturnValue:
    return page(
        "programmes/details.html",
        status=status,
        programme=programme,
        form=form,
        kind=KIND_WORDS[programme.kind],
        may_edit=access.can(Permission.PROGRAMME_EDIT, programme) and programme.archived_at is None,
    )


def _create(form: ProgrammeForm) -> Programme:
    return upkeep.start_programme(
        name=form.name.data or "",
        kind=ProgrammeKind(form.kind.data),
        hours_a_month=float(form.hours_a_month.data or 0),
        by=current_user,
    )


def _describe(programme: Programme, form: DetailsForm) -> None:
    described = {"name": form.name.data or "", "hours_a_month": float(form.hours_a_month.data or 0)}
    change(programme, described, by=current_user)


def _copy(programme: Programme, form: CopyForm) -> Programme:
    return upkeep.copy_programme(programme, name=form.name.data or "", by=current_user)
