"""Whether a round is ready for its communities: what people want to learn against which are about it."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination

from app.communities.models import Community, CommunityMembership, CommunityTopic, MemberRole
from app.communities.queries import is_current
from app.db import db
from app.people.models import Person
from app.programmes.audience import may_take_part
from app.programmes.communities import takes_part
from app.programmes.models import Programme
from app.rounds.enrolling import day_that_counts, is_available
from app.rounds.models import Enrolment, EnrolmentRole, MatchingRound
from app.rounds.queries import Shown
from app.skills.models import Goal, Skill
from app.words import plural


@dataclass(frozen=True, slots=True)
class Topic:
    """A skill: how many want it, how many communities are about it, and the places left in these."""

    skill_id: int
    label: str
    wanted_by: int
    communities: int
    places: int

    @property
    def short(self) -> int:
        """Return for how many there is no place."""
        return max(0, self.wanted_by - self.places)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many take part, which communities there are for them, how many lack a lead, and skills wanted."""

    people: int
    communities: int
    places: int
    without_lead: int
    skills: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """The totals of a programme of communities in a round, and a page of what is wanted, scarcest first."""

    totals: Totals
    sentence: str
    pages: Pagination


def readiness_of(matching_round: MatchingRound, programme: Programme) -> Readiness:
    """Return what is wanted in a programme of communities, the scarcest first."""
    asked = _Asked(matching_round, programme)
    totals = asked.totals()
    return Readiness(totals, _sentence(totals, asked), Shown(read=asked.topics, counted=totals.skills))


def feasibility(matching_round: MatchingRound, programme: Programme) -> str:
    """Say before a run how many take part for how many places, and which skill is the scarcest."""
    asked = _Asked(matching_round, programme)
    return _sentence(asked.totals(), asked)


def _sentence(totals: Totals, asked: "_Asked") -> str:
    line = (
        f"{plural(totals.people, 'person', 'people')}, {plural(totals.places, 'place')} left in "
        f"{plural(totals.communities, 'community', 'communities')}"
    )
    scarcest = next(asked.topics(1, 0), None)
    if scarcest is None or not scarcest.short:
        return f"{line}; every skill that is wanted has a place for each who wants it."
    ask = plural(scarcest.wanted_by, "asks", "ask")
    if not scarcest.communities:
        return f"{line}; {scarcest.label}: {ask}, and no community is about it."
    return f"{line}; {scarcest.label}: {ask}, {plural(scarcest.places, 'place')}."


class _Asked:
    """Who seeks communities and is here, and the room there is, as parts of statements."""

    def __init__(self, matching_round: MatchingRound, programme: Programme) -> None:
        self.people = (
            sa.select(Enrolment.person_id)
            .join(Person, Person.id == Enrolment.person_id)
            .where(
                Enrolment.matching_round_id == matching_round.id,
                Enrolment.programme_id == programme.id,
                Enrolment.role == EnrolmentRole.MEMBER,
                Enrolment.withdrawn_at.is_(None),
                is_available(day_that_counts(matching_round)),
                may_take_part(programme.id, Enrolment.role),
            )
            .cte("seekers")
        )
        self.room = (
            sa.select(
                Community.id.label("community_id"),
                (Community.most_members - _inside(MemberRole.MEMBER)).label("places"),
                _inside(MemberRole.LEAD).label("leads"),
            )
            .where(takes_part(programme.id))
            .cte("room")
        )
        self.wanted = (
            sa.select(Goal.skill_id, sa.func.count().label("people"))
            .join(self.people, self.people.c.person_id == Goal.person_id)
            .group_by(Goal.skill_id)
            .cte("wanted")
        )

    def totals(self) -> Totals:
        """Count who takes part, the communities with their room, and the skills that are wanted."""
        room = self.room.c
        counted = [
            sa.select(sa.func.count()).select_from(self.people).scalar_subquery(),
            sa.select(sa.func.count()).select_from(self.room).scalar_subquery(),
            sa.select(sa.func.coalesce(sa.func.sum(_not_negative(room.places)), 0)).scalar_subquery(),
            sa.select(sa.func.count()).select_from(self.room).where(room.leads == 0).scalar_subquery(),
            sa.select(sa.func.count()).select_from(self.wanted).scalar_subquery(),
        ]
        return Totals(*db.session.execute(sa.select(*counted)).one())

    def topics(self, limit: int, offset: int) -> Iterator[Topic]:
        """Yield skills that are wanted, those with the fewest places for each who wants them first."""
        about = (
            sa.select(
                CommunityTopic.skill_id,
                sa.func.count().label("communities"),
                sa.func.sum(_not_negative(self.room.c.places)).label("places"),
            )
            .join(self.room, self.room.c.community_id == CommunityTopic.community_id)
            .group_by(CommunityTopic.skill_id)
            .subquery()
        )
        places = sa.func.coalesce(about.c.places, 0)
        query = (
            sa.select(
                Skill.id,
                Skill.label,
                self.wanted.c.people,
                sa.func.coalesce(about.c.communities, 0),
                places,
            )
            .join(self.wanted, self.wanted.c.skill_id == Skill.id)
            .outerjoin(about, about.c.skill_id == Skill.id)
            .order_by(places * 1.0 / self.wanted.c.people, self.wanted.c.people.desc(), Skill.label, Skill.id)
            .limit(limit)
            .offset(offset)
        )
        for row in db.session.execute(query):
            yield Topic(*row)


def _inside(role: MemberRole) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .select_from(CommunityMembership)
        .where(
            CommunityMembership.community_id == Community.id, CommunityMembership.role == role, is_current()
        )
        .correlate(Community)
        .scalar_subquery()
    )


def _not_negative(places: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.case((places > 0, places), else_=0)
