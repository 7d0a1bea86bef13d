"""The page at `/programmes/<key>/visibility`: who can see what."""

from flask.typing import ResponseReturnValue

from app.access import Permission, guard
from app.programmes import queries, visibility
from app.programmes.models import Programme
from app.programmes.routes import bp
from app.web import page


@bp.get("/<key>/visibility")
@guard(Permission.PROGRAMME_SEE, load=queries.programme_keyed)
def who_can_see(programme: Programme) -> ResponseReturnValue:
    """Show who can see what."""
    return page("programmes/visibility.html", programme=programme, sentences=visibility.sentences())
