"""Pages at `/mentorships`: what a mentor and a mentee see of theirs, and what they answer to a proposal."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import Permission, guard
from app.db import db
from app.engagements import proposals
from app.engagements.agenda import agenda_for
from app.engagements.calendar_files import CALENDAR, calendar_file
from app.engagements.check_ins import check_ins_seen, mark_talked
from app.engagements.models import Answer, DeclineReason, Engagement
from app.engagements.queries import mentoring_group_numbered, mentorship_numbered
from app.mentorships import groups, queries
from app.mentorships.forms import DeclineForm
from app.web import attachment, page, page_number, see_other

TALKED = "Noted: you have talked about it."

bp = Blueprint("mentorships", __name__, url_prefix="/mentorships")


@bp.get("")
@guard(Permission.MENTORSHIP_LIST)
def index() -> ResponseReturnValue:
    """List the reader's mentorships: proposals first, then those going on, then the others."""
    past = queries.past_mentorships(current_user.person_id, page=page_number())
    current = queries.current_mentorships(current_user.person_id)
    return page(
        "mentorships/index.html",
        proposals=[row for row in current if row.is_proposal],
        active=[row for row in current if row.is_active],
        past=[queries.seen_by(current_user.person_id, row) for row in past.items],
        groups=groups.groups_of(current_user.person_id),
        pages=past,
    )


@bp.get("/<int:engagement_id>")
@guard(Permission.MENTORSHIP_SEE, load=mentorship_numbered)
def show(engagement: Engagement) -> ResponseReturnValue:
    """Show a mentorship to its two people: who, why, when they can meet and when they met."""
    mentorship = queries.seen_by(current_user.person_id, engagement)
    return page(
        "mentorships/show.html",
        mentorship=mentorship,
        cards=queries.cards_of(mentorship),
        hours=queries.hours_of(mentorship),
        agenda=agenda_for(engagement),
        check_ins=check_ins_seen(engagement, reader_id=current_user.person_id),
    )


@bp.get("/groups/<int:engagement_id>")
@guard(Permission.MENTORSHIP_SEE, load=mentoring_group_numbered)
def show_group(engagement: Engagement) -> ResponseReturnValue:
    """Show the group of a mentor to its people: who is in it, and why the reader is."""
    return page(
        "mentorships/group.html",
        group=groups.seen_by(current_user.person_id, engagement),
        agenda=agenda_for(engagement),
        check_ins=check_ins_seen(engagement, reader_id=current_user.person_id),
    )


@bp.get("/<int:engagement_id>/dates.ics")
@guard(Permission.MENTORSHIP_SEE, load=mentorship_numbered)
def dates(engagement: Engagement) -> ResponseReturnValue:
    """Give the dates of a mentorship as a file for the calendar of one of its people."""
    others = queries.seen_by(current_user.person_id, engagement).other.name
    address = url_for("mentorships.show", engagement_id=engagement.id, _external=True)
    file = calendar_file(engagement, others=others, address=address)
    return attachment(file, CALENDAR, f"mentorship-{engagement.id}.ics")


@bp.get("/groups/<int:engagement_id>/dates.ics")
@guard(Permission.MENTORSHIP_SEE, load=mentoring_group_numbered)
def dates_of_group(engagement: Engagement) -> ResponseReturnValue:
    """Give the dates of a group as a file for the calendar of one of its people."""
    others = groups.seen_by(current_user.person_id, engagement).others_named
    address = url_for("mentorships.show_group", engagement_id=engagement.id, _external=True)
    file = calendar_file(engagement, others=others, address=address)
    return attachment(file, CALENDAR, f"group-{engagement.id}.ics")


@bp.post("/<int:engagement_id>/check-ins/<int:position>")
@guard(Permission.CHECK_IN_MARK, load=mentorship_numbered)
def mark_check_in(engagement: Engagement, position: int) -> ResponseReturnValue:
    """Note that a mentor and a mentee have talked about a check-in."""
    mark_talked(engagement, position=position, person_id=current_user.person_id, by=current_user)
    db.session.commit()
    return see_other("mentorships.show", message=TALKED, engagement_id=engagement.id, _anchor="check-ins")


@bp.post("/groups/<int:engagement_id>/check-ins/<int:position>")
@guard(Permission.CHECK_IN_MARK, load=mentoring_group_numbered)
def mark_check_in_of_group(engagement: Engagement, position: int) -> ResponseReturnValue:
    """Note that a group has talked about a check-in."""
    mark_talked(engagement, position=position, person_id=current_user.person_id, by=current_user)
    db.session.commit()
    return see_other(
        "mentorships.show_group", message=TALKED, engagement_id=engagement.id, _anchor="check-ins"
    )


@bp.post("/<int:engagement_id>/accept")
@guard(Permission.MENTORSHIP_ANSWER, load=mentorship_numbered)
def accept(engagement: Engagement) -> ResponseReturnValue:
    """Say yes to a proposal."""
    has_begun = proposals.accept(engagement, person_id=current_user.person_id, by=current_user)
    other = queries.seen_by(current_user.person_id, engagement).other.name
    db.session.commit()
    if has_begun:
        message = f"You have both accepted: the mentorship with {other} is settled."
    else:
        message = f"You have accepted. It is settled once {other} accepts too."
    return see_other("mentorships.show", message=message, engagement_id=engagement.id)


@bp.get("/<int:engagement_id>/decline")
@guard(Permission.MENTORSHIP_ANSWER, load=mentorship_numbered)
def decline(engagement: Engagement) -> ResponseReturnValue:
    """Ask why somebody declines, and whether they would like another match."""
    proposals.check_may_answer(engagement)
    return _decline_page(engagement, DeclineForm())


@bp.post("/<int:engagement_id>/decline")
@guard(Permission.MENTORSHIP_ANSWER, load=mentorship_numbered)
def say_no(engagement: Engagement) -> ResponseReturnValue:
    """Say no to a proposal."""
    form = DeclineForm()
    if not form.validate():
        return _decline_page(engagement, form, status=422)
    proposals.decline(
        engagement,
        person_id=current_user.person_id,
        reason=DeclineReason(form.reason.data),
        words=form.words.data or "",
        seeks_another=form.again.data == "yes",
        by=current_user,
    )
    db.session.commit()
    return see_other(
        "mentorships.index", message="You have declined. Only HR reads why.", _anchor="past-title"
    )


def _decline_page(engagement: Engagement, form: DeclineForm, *, status: int = 200) -> ResponseReturnValue:
    mentorship = queries.seen_by(current_user.person_id, engagement)
    return page(
        "mentorships/decline.html",
        status=status,
        mentorship=mentorship,
        has_accepted=mentorship.own_answer is Answer.ACCEPTED,
        form=form,
    )
