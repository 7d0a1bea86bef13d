"""Pages at `/peers`: what people who coach each other see of it."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import Permission, guard
from app.db import db
from app.engagements.agenda import agenda_for
from app.engagements.calendar_files import CALENDAR, calendar_file
from app.engagements.check_ins import check_ins_seen, mark_talked
from app.engagements.models import Engagement
from app.engagements.queries import peer_coaching_numbered
from app.peers import queries
from app.web import attachment, page, page_number, see_other

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
        check_ins=check_ins_seen(engagement, reader_id=current_user.person_id),
    )


@bp.get("/<int:engagement_id>/dates.ics")
@guard(Permission.PEER_SEE, load=peer_coaching_numbered)
def dates(engagement: Engagement) -> ResponseReturnValue:
    """Give the dates of a peer coaching as a file for the calendar of one of its people."""
    others = queries.seen_by(current_user.person_id, engagement).others_named
    address = url_for("peers.show", engagement_id=engagement.id, _external=True)
    file = calendar_file(engagement, others=others, address=address)
    return attachment(file, CALENDAR, f"peers-{engagement.id}.ics")


@bp.post("/<int:engagement_id>/check-ins/<int:position>")
@guard(Permission.CHECK_IN_MARK, load=peer_coaching_numbered)
def mark_check_in(engagement: Engagement, position: int) -> ResponseReturnValue:
    """Note that peers have talked about a check-in."""
    mark_talked(engagement, position=position, person_id=current_user.person_id, by=current_user)
    db.session.commit()
    message = "Noted: you have talked about it."
    return see_other("peers.show", message=message, engagement_id=engagement.id, _anchor="check-ins")
