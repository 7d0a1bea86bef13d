"""Groups with a mentor, and communities, as a snapshot tells the engine of them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.communities.models import Community, CommunityMembership, MemberRole
from app.communities.queries import is_current
from app.db import db
from app.people.models import Department, Location, Person, PersonalBlock
from app.programmes.communities import communities_in
from app.programmes.models import Programme, ProgrammeKind
from app.rounds.enrolling import FEWEST_IN_GROUP
from app.rounds.group_models import CommunityWish
from app.rounds.models import Enrolment, MatchingRound
from app.rounds.snapshot_people import person_key
from app.rounds.snapshot_skills import skill_key
from matching import problem as engine

GROUP, COMMUNITY = "g", "c"


def group_key(mentor_id: int) -> str:
    """Return the id that the group of a mentor has in a problem."""
    return f"{GROUP}{mentor_id}"


def community_key(community_id: int) -> str:
    """Return the id a community has in a problem."""
    return f"{COMMUNITY}{community_id}"


def id_in(key: str) -> int:
    """Return the id in the database of a community, or of the mentor of a group."""
    return int(key[1:])


class Inside(NamedTuple):
    """Somebody who is in a community already."""

    person_id: int
    role: MemberRole
    department: str | None
    location: str | None


@dataclass(frozen=True, slots=True)
class Circles:
    """The communities of a round, as they stand: those of each programme, and who is in each."""

    programmes: Mapping[int, Sequence[Community]]
    inside: Mapping[int, Sequence[Inside]]

    @classmethod
    def of(cls, matching_round: MatchingRound) -> "Circles":
        """Read the communities that a round finds members for; nothing of a round without any."""
        programmes = {
            row.id: communities_in(row)
            for row in matching_round.programmes
            if row.kind is ProgrammeKind.COMMUNITIES
        }
        ids = {row.id for rows in programmes.values() for row in rows}
        return cls(programmes, _inside(ids) if ids else {})

    @property
    def topics(self) -> set[int]:
        """Return the skills that the communities are about."""
        return {skill.id for rows in self.programmes.values() for row in rows for skill in row.topics}

    @property
    def leads(self) -> set[int]:
        """Return who leads the communities, as the engine knows it."""
        found = (self.lead_of(row) for rows in self.programmes.values() for row in rows)
        return {lead for lead in found if lead is not None}

    def lead_of(self, community: Community) -> int | None:
        """Return the lead by whom people are measured: of several, whoever came first."""
        inside = self.inside.get(community.id, ())
        return next((row.person_id for row in inside if row.role is MemberRole.LEAD), None)

    def as_problem(self, community: Community, *, topics: bool) -> engine.Community:
        """Return a community with the room that is left, as it needs so many members more.

        A mix is asked of the newcomers alone, unless those who are there have it already: then it is kept
        whoever comes.
        """
        inside = self.inside.get(community.id, ())
        members = sum(row.role is MemberRole.MEMBER for row in inside)
        room = max(0, community.most_members - members)
        lead = self.lead_of(community)
        return engine.Community(
            id=community_key(community.id),
            skills=tuple(skill_key(row.id) for row in community.topics) if topics else (),
            lead=None if lead is None else person_key(lead),
            min=min(room, max(1, community.least_members - members)),
            max=room,
            mix=tuple(
                engine.Mix(attribute=row.attribute.value, at_least=row.at_least)
                for row in community.mixes
                if len({getattr(one, row.attribute) for one in inside} - {None}) < row.at_least
            ),
        )

    def bans(self, keys: Mapping[int, str], here: Collection[tuple[int, int]]) -> Iterator[engine.Ban]:
        """Yield who can be put into which community no more: they, or somebody they are kept from, are in it.

        `here` are the programmes and people who take part. None says why, so that blocks stay private.
        """
        if not self.inside:
            return
        blocked = _blocked({row.person_id for rows in self.inside.values() for row in rows})
        for programme_id, person_id in sorted(here):
            for community in self.programmes.get(programme_id, ()):
                there = {row.person_id for row in self.inside.get(community.id, ())}
                if person_id in there or not there.isdisjoint(blocked.get(person_id, ())):
                    members = (person_key(person_id), community_key(community.id))
                    yield engine.Ban(programme=keys[programme_id], members=members)

    def times_before(
        self, matching_round: MatchingRound, present: Collection[int]
    ) -> Iterator[engine.History]:
        """Yield who was matched to which community in an earlier round, and has left it since."""
        keys = {row.id: row.key for row in matching_round.programmes if row.kind is ProgrammeKind.COMMUNITIES}
        if not keys:
            return
        query = (
            sa.select(CommunityMembership, MatchingRound)
            .join(MatchingRound, MatchingRound.id == CommunityMembership.matching_round_id)
            .where(
                CommunityMembership.programme_id.in_(keys),
                CommunityMembership.matching_round_id != matching_round.id,
                CommunityMembership.left_at.is_not(None),
            )
        )
        in_use = {row.id for rows in self.programmes.values() for row in rows}
        yield from {
            engine.History(
                programme=keys[row.programme_id or 0],
                members=(person_key(row.person_id), community_key(row.community_id)),
                round=f"{earlier.starts_on.isoformat()} {earlier.name}",
            )
            for row, earlier in db.session.execute(query)
            if row.person_id in present and row.community_id in in_use
        }


def group_mentoring(bare: engine.MentoringProgramme) -> engine.CommunitiesProgramme:
    """Return a mentoring programme as one of groups: each mentor leads one of at most their places."""
    own = {"id", "hours_a_month", "rules", "criteria", "goals"}
    return engine.CommunitiesProgramme(
        kind=engine.Kind.GROUP_MENTORING,
        communities=tuple(
            engine.Community(
                id=f"{GROUP}{row.person[1:]}",
                lead=row.person,
                min=min(FEWEST_IN_GROUP, row.capacity),
                max=row.capacity,
            )
            for row in bare.mentors
        ),
        people=tuple(
            engine.CommunityMember(
                person=row.person,
                places=row.places,
                wishes=tuple(f"{GROUP}{wish[1:]}" for wish in row.wishes),
                rounds_waited=row.rounds_waited,
                required=row.required,
            )
            for row in bare.mentees
        ),
        **{name: getattr(bare, name) for name in own},
    )


def communities_wished(programme: Programme, matching_round: MatchingRound) -> dict[str, list[str]]:
    """Return which communities each person has named, the one they would like best first."""
    query = (
        sa.select(Enrolment.person_id, CommunityWish.community_id)
        .join(CommunityWish, CommunityWish.enrolment_id == Enrolment.id)
        .where(Enrolment.matching_round_id == matching_round.id, Enrolment.programme_id == programme.id)
        .order_by(CommunityWish.enrolment_id, CommunityWish.position)
    )
    named: dict[str, list[str]] = defaultdict(list)
    for person_id, community_id in db.session.execute(query):
        named[person_key(person_id)].append(community_key(community_id))
    return named


def with_group(row: Any, groups: Collection[str]) -> Any:
    """Return a lock or a row of history of a programme of groups with the mentor's group for the mentor."""
    if row.programme not in groups:
        return row
    mentee, mentor = row.members
    return replace(row, members=(mentee, f"{GROUP}{mentor[1:]}"))


def _inside(ids: Collection[int]) -> dict[int, list[Inside]]:
    query = (
        sa.select(
            CommunityMembership.community_id,
            CommunityMembership.person_id,
            CommunityMembership.role,
            Department.name,
            Location.name,
        )
        .join(Person, Person.id == CommunityMembership.person_id)
        .outerjoin(Department, Department.id == Person.department_id)
        .outerjoin(Location, Location.id == Person.location_id)
        .where(CommunityMembership.community_id.in_(ids), is_current())
        .order_by(CommunityMembership.id)
    )
    found: dict[int, list[Inside]] = defaultdict(list)
    for community_id, person_id, role, department, location in db.session.execute(query):
        found[community_id].append(Inside(person_id, role, department, location))
    return found


def _blocked(people: Collection[int]) -> dict[int, set[int]]:
    """Return for everybody with whom of these a block keeps them apart, whoever asked for it."""
    one, other = PersonalBlock.person_id, PersonalBlock.blocked_person_id
    query = sa.select(one, other).where(sa.or_(one.in_(people), other.in_(people)))
    found: dict[int, set[int]] = defaultdict(set)
    for person_id, blocked_id in db.session.execute(query):
        found[person_id].add(blocked_id)
        found[blocked_id].add(person_id)
    return found
