"""Commands about communities: found one, change it, archive it, and say who leads it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app import audit, clock
from app.communities.models import (
    LONGEST_NAME,
    LONGEST_PURPOSE,
    MOST_MEMBERS,
    CameBy,
    Community,
    CommunityMembership,
    CommunityMix,
    Joining,
    MemberRole,
    MixOf,
)
from app.communities.queries import is_current
from app.db import db
from app.errors import Conflict, Invalid
from app.people.models import Person
from app.skills.models import Skill
from app.text import cleaned_line, folded

LONGEST_SLUG = 60
MOST_TOPICS = 12
MOST_LEADS = 5
ADDRESSES = frozenset({"new"})  # what stands at the place of a slug in addresses


@dataclass(frozen=True, slots=True)
class Settings:
    """What a community is about, how people join it, and of how many and whom it consists."""

    name: str
    purpose: str
    topics: Collection[int] = ()
    joining: Joining = Joining.OPEN
    least_members: int = 3
    most_members: int = 25
    mixes: Mapping[MixOf, int] = field(default_factory=dict)


def found_community(settings: Settings, *, by: audit.Actor) -> Community:
    """Begin a community, which nobody leads yet.

    Raises:
        Invalid: when the name is taken, or a figure makes no sense.
    """
    settings = _checked(settings, of=None)
    community = Community(slug=_slug_for(settings.name))
    _write(community, settings)
    db.session.add(community)
    db.session.flush()
    _record("community.founded", community, by=by)
    return community


def change_community(community: Community, settings: Settings, *, by: audit.Actor) -> None:
    """Give a community other settings; what is saved as it was is not recorded.

    Raises:
        Invalid: when the name is taken, or a figure makes no sense.
        Conflict: when it is archived.
    """
    hold(community)
    check_in_use(community)
    settings = _checked(settings, of=community)
    before = _told(community)
    _write(community, settings)
    db.session.flush()
    after = _told(community)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changes:
        _record("community.changed", community, by=by, changes=changes)


def archive_community(community: Community, *, by: audit.Actor) -> None:
    """Let nobody join a community any more; who is in it stays."""
    hold(community)
    if community.archived_at is None:
        community.archived_at = clock.now()
        db.session.flush()
        _record("community.archived", community, by=by)


def restore_community(community: Community, *, by: audit.Actor) -> None:
    """Take a community out of the archive: people can join it again."""
    hold(community)
    if community.archived_at is not None:
        community.archived_at = None
        db.session.flush()
        _record("community.restored", community, by=by)


def appoint_lead(community: Community, person: Person | None, *, by: audit.Actor) -> None:
    """Let somebody lead a community, whether or not they are a member.

    Raises:
        Invalid: when they are nobody, have left, lead it already, or enough others do.
        Conflict: when it is archived.
    """
    hold(community)
    check_in_use(community)
    if person is None or person.has_left(clock.today()):
        raise Invalid("Choose one of the people found.", field="person_id")
    held = membership_of(community, person.id)
    if held is not None and held.role is MemberRole.LEAD:
        raise Invalid(f"{person.name} leads it already.", field="person_id")
    if _count_of_leads(community) >= MOST_LEADS:
        raise Invalid(f"A community has at most {MOST_LEADS} leads.", field="person_id")
    if held is None:
        held = CommunityMembership(
            community_id=community.id, person_id=person.id, came_by=CameBy.APPOINTED, role=MemberRole.LEAD
        )
        db.session.add(held)
    held.role = MemberRole.LEAD
    db.session.flush()
    _record("community.lead_appointed", community, by=by, person_id=person.id)


def step_down(community: Community, person_id: int, *, by: audit.Actor) -> None:
    """Make a lead an ordinary member; whoever leads nothing is left as they are."""
    hold(community)
    held = membership_of(community, person_id)
    if held is not None and held.role is MemberRole.LEAD:
        held.role = MemberRole.MEMBER
        db.session.flush()
        _record("community.lead_stepped_down", community, by=by, person_id=person_id)


def hold(community: Community) -> None:
    """Read a community as it is now, and let nobody join or change it until this transaction ends."""
    db.session.refresh(community, with_for_update=True)


def check_in_use(community: Community) -> None:
    """Refuse what cannot be done with an archived community.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    if community.archived_at is not None:
        raise Conflict(f"{community.name} is archived, so nothing of it can be changed.")


def membership_of(community: Community, person_id: int) -> CommunityMembership | None:
    """Return somebody's membership that lasts, as it is now."""
    query = sa.select(CommunityMembership).where(
        CommunityMembership.community_id == community.id,
        CommunityMembership.person_id == person_id,
        is_current(),
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def _count_of_leads(community: Community) -> int:
    query = (
        sa.select(sa.func.count())
        .select_from(CommunityMembership)
        .where(
            CommunityMembership.community_id == community.id,
            CommunityMembership.role == MemberRole.LEAD,
            is_current(),
        )
    )
    return db.session.scalar(query) or 0


def _checked(settings: Settings, *, of: Community | None) -> Settings:
    name, purpose = cleaned_line(settings.name), cleaned_line(settings.purpose)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid(f"Enter a name of at most {LONGEST_NAME} characters.", field="name")
    if not 1 <= len(purpose) <= LONGEST_PURPOSE:
        raise Invalid(f"Say in at most {LONGEST_PURPOSE} characters what it is for.", field="purpose")
    taken = db.session.scalar(sa.select(Community.id).filter_by(name=name))
    if taken is not None and (of is None or taken != of.id):
        raise Invalid(f"There is already a community called {name}.", field="name")
    if not 1 <= settings.least_members <= settings.most_members:
        raise Invalid("Enter a number from 1 to the most members.", field="least_members")
    if settings.most_members > MOST_MEMBERS:
        raise Invalid(f"Enter a number of at most {MOST_MEMBERS}.", field="most_members")
    for attribute, at_least in settings.mixes.items():
        if at_least > settings.least_members:
            raise Invalid("Enter at most as many as the fewest members.", field=f"mix_{attribute}")
    if not 1 <= len(settings.topics) <= MOST_TOPICS:
        raise Invalid(f"Name from one to {MOST_TOPICS} skills.", field="topics")
    return Settings(
        name,
        purpose,
        settings.topics,
        settings.joining,
        settings.least_members,
        settings.most_members,
        settings.mixes,
    )


def _write(community: Community, settings: Settings) -> None:
    community.name, community.purpose = settings.name, settings.purpose
    community.joining = settings.joining
    community.least_members, community.most_members = settings.least_members, settings.most_members
    topics = db.session.scalars(sa.select(Skill).where(Skill.id.in_(settings.topics)).order_by(Skill.label))
    community.topics = list(topics)
    kept = {row.attribute: row for row in community.mixes}
    community.mixes = [
        kept.get(attribute) or CommunityMix(attribute=attribute) for attribute in sorted(settings.mixes)
    ]
    for row in community.mixes:
        row.at_least = settings.mixes[row.attribute]


def _told(community: Community) -> dict[str, Any]:
    """Return the settings of a community as the trail keeps them."""
    return {
        "name": community.name,
        "purpose": community.purpose,
        "topics": sorted(row.label for row in community.topics),
        "joining": community.joining.value,
        "least_members": community.least_members,
        "most_members": community.most_members,
        "mixes": {row.attribute.value: row.at_least for row in community.mixes},
    }


def _slug_for(name: str) -> str:
    """Return an address made of a name, which no other community has."""
    words = re.sub(r"[^a-z0-9]+", "-", folded(name)).strip("-")
    stem = words[: LONGEST_SLUG - 5].strip("-") or "community"
    taken = set(db.session.scalars(sa.select(Community.slug).where(Community.slug.startswith(stem))))
    taken |= ADDRESSES
    endings = ("", *(f"-{number}" for number in range(2, len(taken) + 3)))
    return next(slug for ending in endings if (slug := f"{stem}{ending}") not in taken)


def _record(
    action: str, community: Community, *, by: audit.Actor, person_id: int | None = None, **details: object
) -> None:
    details = {"name": community.name, **details}
    audit.record(audit.Entry(action, "community", community.id, person_id, details), by=by)
