"""Commands about who is in a community: join, ask, be invited, answer, leave."""

from datetime import date

import sqlalchemy as sa

from app import audit, clock
from app.communities import telling
from app.communities.models import (
    LONGEST_WORDS,
    CameBy,
    Community,
    CommunityMembership,
    CommunityRequest,
    Joining,
    RequestState,
)
from app.communities.queries import count_of_members, is_current
from app.communities.service import check_in_use, hold, membership_of
from app.db import db
from app.errors import Conflict, Invalid
from app.notifications.service import tell
from app.people.models import Person
from app.people.signals import person_left
from app.text import cleaned_text
from app.words import plural


def join(community: Community, *, person_id: int, by: audit.Actor) -> None:
    """Make somebody a member of a community that everyone may join; who is one already stays as they are.

    Raises:
        Conflict: when it is archived, full, or not open to everyone.
    """
    hold(community)
    if membership_of(community, person_id) is not None:
        return
    if community.joining is not Joining.OPEN:
        raise Conflict(f"{community.name} is not open to everyone. Ask its leads.")
    _admit(community, person_id, CameBy.JOINED, by=by)


def ask_to_join(community: Community, *, person_id: int, words: str, by: audit.Actor) -> None:
    """Ask the leads of a community to be let in; to ask twice is to ask once.

    Raises:
        Invalid: when the words are too long.
        Conflict: when it is archived, or people do not ask here.
    """
    hold(community)
    check_in_use(community)
    words = cleaned_text(words)
    if len(words) > LONGEST_WORDS:
        raise Invalid(f"Enter at most {LONGEST_WORDS} characters.", field="words")
    if membership_of(community, person_id) is not None or _waiting(community, person_id) is not None:
        return
    if community.joining is not Joining.REQUEST:
        raise Conflict(f"Nobody asks to join {community.name}.")
    _ask(community, person_id, by=by, words=words)


def invite(community: Community, person: Person | None, *, by: audit.Actor) -> None:
    """Invite somebody to a community; who has asked to join is let in.

    Raises:
        Invalid: when they are nobody, have left, or are in it already.
        Conflict: when it is archived or full.
    """
    hold(community)
    check_in_use(community)
    if person is None or person.has_left(clock.today()):
        raise Invalid("Choose one of the people found.", field="person_id")
    if membership_of(community, person.id) is not None:
        raise Invalid(f"{person.name} is in it already.", field="person_id")
    waiting = _waiting(community, person.id)
    if waiting is None:
        _ask(community, person.id, by=by, is_invitation=True)
    elif waiting.is_invitation:
        raise Invalid(f"{person.name} is invited already.", field="person_id")
    else:
        _settle(waiting, RequestState.ACCEPTED)
        _admit(community, person.id, CameBy.REQUESTED, by=by)
        tell(telling.let_in(community, waiting))


def accept(community: Community, request: CommunityRequest, *, by: audit.Actor) -> None:
    """Let somebody in who has asked, or been invited; a second yes changes nothing.

    Raises:
        Conflict: when it is settled otherwise, or the community is archived or full.
    """
    if not _still_waits(community, request, unless=RequestState.ACCEPTED):
        return
    came_by = CameBy.INVITED if request.is_invitation else CameBy.REQUESTED
    _settle(request, RequestState.ACCEPTED)
    _admit(community, request.person_id, came_by, by=by)
    if not request.is_invitation:
        tell(telling.let_in(community, request))


def decline(community: Community, request: CommunityRequest, *, by: audit.Actor) -> None:
    """Say no to somebody who has asked, or to an invitation; a second no changes nothing.

    Raises:
        Conflict: when it is settled otherwise.
    """
    if not _still_waits(community, request, unless=RequestState.DECLINED):
        return
    _settle(request, RequestState.DECLINED)
    _record("community.request_declined", community, request.person_id, by=by)
    if not request.is_invitation:
        tell(telling.not_let_in(community, request))


def withdraw(community: Community, *, person_id: int, by: audit.Actor) -> None:
    """Take one's own request back, if there is one."""
    hold(community)
    waiting = _waiting(community, person_id)
    if waiting is not None and not waiting.is_invitation:
        _settle(waiting, RequestState.WITHDRAWN)
        _record("community.request_withdrawn", community, person_id, by=by)


def leave(community: Community, *, person_id: int, by: audit.Actor) -> None:
    """End somebody's time in a community; it can be left when it is archived, too."""
    hold(community)
    held = membership_of(community, person_id)
    if held is not None:
        held.left_at = clock.now()
        db.session.flush()
        _record("community.left", community, person_id, by=by)


@person_left.connect
def end_memberships_of(person: Person, *, on: date, by: audit.Actor) -> None:
    """Take somebody who leaves the company out of every community, and their requests back."""
    now = clock.now()
    mine = sa.select(CommunityMembership).where(CommunityMembership.person_id == person.id, is_current())
    held = db.session.scalars(mine.order_by(CommunityMembership.id).with_for_update()).all()
    for row in held:
        row.left_at = now
    waiting = sa.select(CommunityRequest).filter_by(person_id=person.id, state=RequestState.WAITING)
    for asked in db.session.scalars(waiting.order_by(CommunityRequest.id).with_for_update()):
        asked.state, asked.answered_at = RequestState.WITHDRAWN, now
    db.session.flush()
    audit.record_all(
        [
            audit.Entry("community.left", "community", row.community_id, person.id, {"left_company": True})
            for row in held
        ],
        by=by,
    )


def check_has_room(community: Community, members: int) -> None:
    """Refuse one more member where there is no place.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    if members >= community.most_members:
        most = plural(community.most_members, "member")
        raise Conflict(f"{community.name} is full: it has at most {most}.")


def _admit(community: Community, person_id: int, came_by: CameBy, *, by: audit.Actor) -> None:
    check_in_use(community)
    check_has_room(community, count_of_members(community))
    waiting = _waiting(community, person_id)
    if waiting is not None:
        _settle(waiting, RequestState.ACCEPTED)
    db.session.add(CommunityMembership(community_id=community.id, person_id=person_id, came_by=came_by))
    db.session.flush()
    _record("community.joined", community, person_id, by=by, came_by=came_by.value)


def _still_waits(community: Community, request: CommunityRequest, *, unless: RequestState) -> bool:
    """Tell whether a request is to be answered; False when that was done with the same answer."""
    hold(community)
    db.session.refresh(request, with_for_update=True)
    if request.state is unless:
        return False
    if request.state is not RequestState.WAITING:
        raise Conflict("This has been answered already.")
    return True


def _ask(
    community: Community, person_id: int, *, by: audit.Actor, words: str = "", is_invitation: bool = False
) -> None:
    request = CommunityRequest(
        community_id=community.id, person_id=person_id, words=words, is_invitation=is_invitation
    )
    db.session.add(request)
    db.session.flush()
    tell((telling.invited if is_invitation else telling.asked)(community, request))
    action = "community.invited" if is_invitation else "community.asked"
    _record(action, community, person_id, by=by)


def _settle(request: CommunityRequest, state: RequestState) -> None:
    request.state, request.answered_at = state, clock.now()
    db.session.flush()


def _waiting(community: Community, person_id: int) -> CommunityRequest | None:
    query = sa.select(CommunityRequest).filter_by(
        community_id=community.id, person_id=person_id, state=RequestState.WAITING
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def _record(action: str, community: Community, person_id: int, *, by: audit.Actor, **details: str) -> None:
    details = {"name": community.name, **details}
    audit.record(audit.Entry(action, "community", community.id, person_id, dict(details)), by=by)
