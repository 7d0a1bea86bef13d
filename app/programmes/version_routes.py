"""Pages at `/programmes/<key>/versions`: how the settings of a programme have changed, and the way back."""

from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.access import Permission, guard
from app.db import db
from app.programmes import queries, versions
from app.programmes.forms import SeenForm
from app.programmes.models import Programme
from app.programmes.parts import PARTS, differences, read
from app.programmes.routes import bp
from app.web import page, see_other


@bp.get("/<key>/versions")
@guard(Permission.PROGRAMME_SEE, load=queries.programme_keyed)
def list_versions(programme: Programme) -> ResponseReturnValue:
    """List the versions of a programme with what changed in each."""
    pages, rows = queries.versions_page(programme)
    return page(
        "programmes/versions.html",
        programme=programme,
        pages=pages,
        rows=rows,
        latest=queries.latest_version_number(programme),
    )


@bp.get("/<key>/versions/<int:number>")
@guard(Permission.PROGRAMME_SEE, load=queries.programme_keyed)
def show_version(programme: Programme, number: int) -> ResponseReturnValue:
    """Show what would change if a programme went back to a version, and ask whether to."""
    version = queries.version_numbered(programme, number)
    return page(
        "programmes/version.html",
        programme=programme,
        version=version,
        changes=differences(read(programme, PARTS), version.settings),
        form=SeenForm(data={"seen": queries.latest_version_number(programme)}),
        may_edit=access.can(Permission.PROGRAMME_EDIT, programme) and programme.archived_at is None,
    )


@bp.post("/<key>/versions/<int:number>")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def use_version(programme: Programme, number: int) -> ResponseReturnValue:
    """Let a programme go back to the settings of a version; this makes a version, too."""
    version = queries.version_numbered(programme, number)
    form = SeenForm()
    seen = form.seen.data if form.validate() else None
    versions.go_back(programme, version, seen=seen or 0, by=current_user)
    db.session.commit()
    message = f"{programme.name} has the settings of version {number} again."
    return see_other("programmes.show", message=message, key=programme.key)
