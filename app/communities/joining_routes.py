"""Pages and forms about who is in a community: join, ask, answer, invite, leave, lead."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import Permission, guard
from app.communities import joining, queries, service
from app.communities.forms import AskForm, PersonForm, PersonSearchForm
from app.communities.queries import Seen
from app.communities.routes import bp, seen_by_reader
from app.db import db
from app.errors import Conflict
from app.fields import options
from app.people.models import Person
from app.people.queries import people_called
from app.web import accepted, page, see_other


@bp.post("/<slug>/join")
@guard(Permission.COMMUNITY_JOIN, load=seen_by_reader)
def join(seen: Seen) -> ResponseReturnValue:
    """Join a community that is open to everyone."""
    joining.join(seen.community, person_id=current_user.person_id, by=current_user)
    return _back(seen, "You are a member now.")


@bp.route("/<slug>/ask", methods=["GET", "POST"])
@guard(Permission.COMMUNITY_JOIN, load=seen_by_reader)
def ask(seen: Seen) -> ResponseReturnValue:
    """Ask the leads of a community to be let in."""
    form = AskForm()

    def command() -> None:
        joining.ask_to_join(
            seen.community,
            person_id=current_user.person_id,
            words=form.words.data or "",
            by=current_user,
        )

    if request.method == "POST" and form.validate() and accepted(form, command):
        return _back(seen, "The leads have your request. You see here what they answer.")
    status = 422 if request.method == "POST" else 200
    return page("communities/ask.html", status=status, form=form, community=seen.community)


@bp.post("/<slug>/withdraw")
@guard(Permission.COMMUNITY_JOIN, load=seen_by_reader)
def withdraw(seen: Seen) -> ResponseReturnValue:
    """Take one's own request back."""
    joining.withdraw(seen.community, person_id=current_user.person_id, by=current_user)
    return _back(seen, "You have taken your request back.")


@bp.post("/<slug>/leave")
@guard(Permission.COMMUNITY_JOIN, load=seen_by_reader)
def leave(seen: Seen) -> ResponseReturnValue:
    """Leave a community."""
    joining.leave(seen.community, person_id=current_user.person_id, by=current_user)
    return _back(seen, "You have left this community.")


@bp.post("/<slug>/invitation/accept")
@guard(Permission.COMMUNITY_JOIN, load=seen_by_reader)
def accept_invitation(seen: Seen) -> ResponseReturnValue:
    """Say yes to an invitation."""
    return _answer_invitation(seen, joining.accept, "You are a member now.")


@bp.post("/<slug>/invitation/decline")
@guard(Permission.COMMUNITY_JOIN, load=seen_by_reader)
def decline_invitation(seen: Seen) -> ResponseReturnValue:
    """Say no to an invitation."""
    return _answer_invitation(seen, joining.decline, "You have declined the invitation.")


@bp.post("/<slug>/requests/<int:request_id>/accept")
@guard(Permission.COMMUNITY_EDIT, load=seen_by_reader)
def accept_request(seen: Seen, request_id: int) -> ResponseReturnValue:
    """Let somebody in who has asked."""
    asked = queries.request_numbered(seen.community, request_id)
    joining.accept(seen.community, asked, by=current_user)
    return _back(seen, f"{asked.person.name} is a member now.")


@bp.post("/<slug>/requests/<int:request_id>/decline")
@guard(Permission.COMMUNITY_EDIT, load=seen_by_reader)
def decline_request(seen: Seen, request_id: int) -> ResponseReturnValue:
    """Say no to somebody who has asked."""
    asked = queries.request_numbered(seen.community, request_id)
    joining.decline(seen.community, asked, by=current_user)
    return _back(seen, f"You have declined the request of {asked.person.name}.")


@bp.route("/<slug>/invite", methods=["GET", "POST"])
@guard(Permission.COMMUNITY_EDIT, load=seen_by_reader)
def invite(seen: Seen) -> ResponseReturnValue:
    """Look for people and invite them."""
    return _choose(seen, joining.invite, "communities/invite.html", "communities.invite", "Invited.")


@bp.route("/<slug>/leads", methods=["GET", "POST"])
@guard(Permission.COMMUNITY_KEEP, load=seen_by_reader)
def leads(seen: Seen) -> ResponseReturnValue:
    """Say who leads a community."""
    message = "They lead it now."
    return _choose(seen, service.appoint_lead, "communities/leads.html", "communities.leads", message)


@bp.post("/<slug>/leads/<int:other_id>/remove")
@guard(Permission.COMMUNITY_KEEP, load=seen_by_reader)
def remove_lead(seen: Seen, other_id: int) -> ResponseReturnValue:
    """Make a lead an ordinary member."""
    service.step_down(seen.community, other_id, by=current_user)
    db.session.commit()
    message = "They are an ordinary member now."
    return see_other("communities.leads", slug=seen.community.slug, message=message)


def _choose(
    seen: Seen, command: Callable[..., Any], template: str, endpoint: str, message: str
) -> ResponseReturnValue:
    """Look for people by name, and do something about the one who is chosen."""
    search = PersonSearchForm(request.args)
    found = people_called(search.name.data or "", other_than=0) if search.validate() else []
    form = PersonForm()
    form.person_id.choices = options((one.id, one.name) for one in found)
    if request.method == "POST" and form.validate():
        chosen = db.session.get(Person, form.person_id.data)
        if accepted(form, lambda: command(seen.community, chosen, by=current_user)):
            db.session.commit()
            return see_other(endpoint, slug=seen.community.slug, message=message)
    status = 422 if request.method == "POST" or search.errors else 200
    invited = queries.waiting_requests(seen.community, invitations=True)
    return page(
        template,
        status=status,
        seen=seen,
        community=seen.community,
        search=search,
        form=form,
        found=found,
        invited=invited,
    )


def _answer_invitation(seen: Seen, command: Callable[..., None], message: str) -> ResponseReturnValue:
    if seen.asked is None or not seen.asked.is_invitation:
        raise Conflict(f"You have no invitation to {seen.community.name}.")
    command(seen.community, seen.asked, by=current_user)
    return _back(seen, message)


def _back(seen: Seen, message: str) -> ResponseReturnValue:
    db.session.commit()
    return see_other("communities.show", slug=seen.community.slug, message=message)
