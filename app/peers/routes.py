"""Pages at `/peers`: what people who coach each other see of it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import Permission, guard
from app.engagements.agenda import agenda_for
from app.engagements.models import Engagement
from app.engagements.queries import peer_coaching_numbered
from app.peers import queries
from app.web import page, page_number

bp = Blueprint("peers", __name__, url_prefix="/peers")


@bp.get("")
@guard(Permission.PEER_LIST)
def index() -> ResponseReturnValue:
    """List the reader's peer coachings, those going on first."""
    past = queries.past_peer_coachings(current_user.person_id, page=page_number())
    return page(
        "peers/index.html",
        active=queries.active_peer_coachings(current_user.person_id),
        past=[queries.seen_by(current_user.person_id, row) for row in past.items],
        pages=past,
    )


@bp.get("/<int:engagement_id>")
@guard(Permission.PEER_SEE, load=peer_coaching_numbered)
def show(engagement: Engagement) -> ResponseReturnValue:
    """Show a pair or a triad to its people: who, why, and when they can meet."""
    coaching = queries.seen_by(current_user.person_id, engagement)
    return page(
        "peers/show.html",
        coaching=coaching,
        skills=queries.skills_of(coaching),
        hours=queries.hours_of(coaching),
        agenda=agenda_for(engagement),
    )
