"""Pages at `/mentorships`: what a mentor and a mentee see of theirs."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import Permission, guard
from app.engagements.models import Engagement
from app.engagements.queries import engagement_numbered
from app.mentorships import queries
from app.web import page, page_number

bp = Blueprint("mentorships", __name__, url_prefix="/mentorships")


@bp.get("")
@guard(Permission.MENTORSHIP_LIST)
def index() -> ResponseReturnValue:
    """List the reader's mentorships, those going on first."""
    past = queries.past_mentorships(current_user.person_id, page=page_number())
    return page(
        "mentorships/index.html",
        active=queries.active_mentorships(current_user.person_id),
        past=[queries.seen_by(current_user.person_id, row) for row in past.items],
        pages=past,
    )


@bp.get("/<int:engagement_id>")
@guard(Permission.MENTORSHIP_SEE, load=engagement_numbered)
def show(engagement: Engagement) -> ResponseReturnValue:
    """Show a mentorship to its two people: who, why, when they can meet and when they met."""
    mentorship = queries.seen_by(current_user.person_id, engagement)
    return page(
        "mentorships/show.html",
        mentorship=mentorship,
        cards=queries.cards_of(mentorship),
        hours=queries.hours_of(mentorship),
    )
