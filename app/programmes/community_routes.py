"""Pages at `/programmes/<key>/communities`: which communities a programme finds members for."""

from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.access import Permission, guard
from app.db import db
from app.errors import Conflict
from app.programmes import communities as chosen
from app.programmes import queries
from app.programmes.forms import CommunitiesForm
from app.programmes.models import Programme, ProgrammeKind
from app.programmes.routes import bp
from app.programmes.versions import change
from app.web import accepted, page, see_other


@bp.get("/<key>/communities")
@guard(Permission.PROGRAMME_SEE, load=queries.programme_keyed)
def communities(programme: Programme) -> ResponseReturnValue:
    """Show which communities take part."""
    _check_kind(programme)
    return _page(programme, CommunitiesForm(data={"communities": chosen.communities_of(programme)}))


@bp.post("/<key>/communities")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def choose_communities(programme: Programme) -> ResponseReturnValue:
    """Say which communities take part."""
    _check_kind(programme)
    form = CommunitiesForm()

    def command() -> None:
        change(programme, {"communities": sorted(form.communities.data or [])}, by=current_user)

    if form.validate() and accepted(form, command):
        db.session.commit()
        message = "Which communities take part is saved."
        return see_other("programmes.show", message=message, key=programme.key)
    return _page(programme, form, status=422)


def _check_kind(programme: Programme) -> None:
    if programme.kind is not ProgrammeKind.COMMUNITIES:
        raise Conflict(f"{programme.name} finds no members for communities: it is of another kind.")


def _page(programme: Programme, form: CommunitiesForm, *, status: int = 200) -> ResponseReturnValue:
    return page(
        "programmes/communities.html",
        status=status,
        programme=programme,
        form=form,
        rows=chosen.communities_in(programme),
        may_edit=access.can(Permission.PROGRAMME_EDIT, programme) and programme.archived_at is None,
    )
