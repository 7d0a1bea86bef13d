"""What people are told when a round is published: their match, a question, or that they have none."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.communities.models import Community, CommunityMembership, MemberRole
from app.communities.queries import is_current
from app.db import db
from app.engagements.models import Engagement, EngagementKind, EngagementMember, EngagementRole
from app.engagements.signals import has_begun
from app.notifications.models import NotificationKind
from app.notifications.service import News, tell
from app.people.models import Person
from app.programmes import messages
from app.programmes.models import MessageKind, Programme, ProgrammeKind
from app.rounds.changes import Pair
from app.rounds.models import Assignment, AssignmentMember, MatchingRound, Run, UnmatchedPerson
from app.words import listed, long_date, plural

MENTEE, MENTOR, LEFT_OUT = MessageKind.MATCHED_MENTEE, MessageKind.MATCHED_MENTOR, MessageKind.LEFT_OUT
Begun = Sequence[tuple[int, Pair]]


def news_of(run: Run, begun: Begun, answer_by: date | None) -> Iterator[News]:
    """Yield what everybody concerned is told of a published run; O(1) statements.

    `begun` are the engagements of its pairs, by id; with `answer_by` they are proposals.
    """
    letters = _Letters(run)
    for engagement_id, pair in begun:
        if pair.are_peers:
            yield from letters.to_peers(engagement_id, pair)
        elif answer_by is None:
            yield from letters.to_pair(engagement_id, pair)
        else:
            yield from letters.to_be_answered(engagement_id, pair, answer_by)
    kinds = {programme.kind for programme in run.matching_round.programmes}
    if ProgrammeKind.GROUP_MENTORING in kinds:
        yield from letters.to_groups()
    if ProgrammeKind.COMMUNITIES in kinds:
        yield from letters.to_members()
    yield from letters.to_those_left_out()


@has_begun.connect
def tell_of_acceptance(engagement: Engagement) -> None:
    """Tell a mentee and a mentor that both have accepted, in the words of their programme."""
    matching_round = db.session.get(MatchingRound, engagement.matching_round_id or 0)
    programme = db.session.get(Programme, engagement.programme_id or 0)
    if matching_round is None or programme is None:
        return
    people = {member.role: member.person for member in engagement.members}
    mentee, mentor = people[EngagementRole.MENTEE], people[EngagementRole.MENTOR]
    tell(
        News(
            person_id=reader.id,
            kind=NotificationKind.MATCH,
            occasion=f"match:{engagement.id}",
            subject=f"You and {other.name} have both accepted",
            body=_letter(matching_round, programme, kind, name=reader.name, other=other.name),
            endpoint="mentorships.show",
            arguments={"engagement_id": engagement.id},
        )
        for reader, other, kind in ((mentee, mentor, MENTEE), (mentor, mentee, MENTOR))
    )


class _Letters:
    """The letters of one publication, in the words of its programmes."""

    def __init__(self, run: Run) -> None:
        self._run, self._round = run, run.matching_round
        self._programmes = {row.key: row for row in self._round.programmes}
        self._names = _names_in(run)

    def to_pair(self, engagement_id: int, pair: Pair) -> Iterator[News]:
        """Tell a mentee and a mentor that they are together."""
        programme = self._programmes[pair.programme]
        mentee, mentor = (self._names[person_id] for person_id in pair.ids)
        for person_id, name, other, kind in (
            (pair.ids[0], mentee, mentor, MENTEE),
            (pair.ids[1], mentor, mentee, MENTOR),
        ):
            part = "mentor" if kind is MENTEE else "mentee"
            yield News(
                person_id=person_id,
                kind=NotificationKind.MATCH,
                occasion=f"match:{engagement_id}",
                subject=f"{other} is your {part} in {self._round.name}",
                body=self._letter(programme, kind, name=name, other=other),
                endpoint="mentorships.show",
                arguments={"engagement_id": engagement_id},
            )

    def to_be_answered(self, engagement_id: int, pair: Pair, answer_by: date) -> Iterator[News]:
        """Ask a mentee and a mentor whether they want to be together."""
        for own, other, part in ((0, 1, "mentor"), (1, 0, "mentee")):
            name = self._names[pair.ids[other]]
            yield News(
                person_id=pair.ids[own],
                kind=NotificationKind.PROPOSAL,
                occasion=f"proposal:{engagement_id}",
                subject=f"{name} could be your {part} in {self._round.name}",
                body=f"See why you two fit, then accept or decline by {long_date(answer_by)}.",
                endpoint="mentorships.show",
                arguments={"engagement_id": engagement_id},
            )

    def to_peers(self, engagement_id: int, pair: Pair) -> Iterator[News]:
        """Tell two or three people that they coach each other."""
        for person_id in pair.ids:
            others = listed([self._names[other] for other in pair.ids if other != person_id])
            yield News(
                person_id=person_id,
                kind=NotificationKind.MATCH,
                occasion=f"match:{engagement_id}",
                subject=f"You and {others} coach each other in {self._round.name}",
                body=self._letter(
                    self._programmes[pair.programme], MENTEE, name=self._names[person_id], other=others
                ),
                endpoint="peers.show",
                arguments={"engagement_id": engagement_id},
            )

    def to_groups(self) -> Iterator[News]:
        """Tell mentors of their groups, and each member whose group they are in."""
        for engagement_id, programme_id, mentor, members in _groups_of(self._round.id):
            programme = self._numbered(programme_id)
            others = listed([row.name for row in members])
            readers = [(mentor, others, MENTOR), *((row, mentor.name, MENTEE) for row in members)]
            for person, other, kind in readers:
                subject = (
                    f"Your group in {self._round.name}: {plural(len(members), 'mentee')}"
                    if kind is MENTOR
                    else f"You are in the group of {other} in {self._round.name}"
                )
                yield News(
                    person_id=person.id,
                    kind=NotificationKind.MATCH,
                    occasion=f"match:{engagement_id}",
                    subject=subject,
                    body=self._letter(programme, kind, name=person.name, other=other),
                    endpoint="mentorships.show_group",
                    arguments={"engagement_id": engagement_id},
                )

    def to_members(self) -> Iterator[News]:
        """Tell people which community they come into, and leads how many come."""
        came: Counter[int] = Counter()
        communities: dict[int, Community] = {}
        for membership, person, community in _memberships_of(self._round.id):
            came[community.id] += 1
            communities[community.id] = community
            programme = self._numbered(membership.programme_id)
            yield News(
                person_id=person.id,
                kind=NotificationKind.MATCH,
                occasion=f"community:{community.id}:{self._occasion}",
                subject=f"You are in the community {community.name} now",
                body=self._letter(programme, MENTEE, name=person.name, other=community.name),
                endpoint="communities.show",
                arguments={"slug": community.slug},
            )
        for lead_id, community_id in _leads_of(list(came)):
            community, people = communities[community_id], plural(came[community_id], "person", "people")
            yield News(
                person_id=lead_id,
                kind=NotificationKind.COMMUNITY,
                occasion=f"came:{community_id}:{self._occasion}",
                subject=f"{self._round.name} brings {people} into {community.name}",
                endpoint="communities.show",
                arguments={"slug": community.slug},
            )

    def to_those_left_out(self) -> Iterator[News]:
        """Tell people that nobody was found for them; of a round they are told once."""
        query = (
            sa.select(UnmatchedPerson.programme_id, Person.id, Person.name)
            .join(Person, Person.id == UnmatchedPerson.person_id)
            .where(UnmatchedPerson.run_id == self._run.id)
            .order_by(Person.id, UnmatchedPerson.programme_id)
        )
        for programme_id, person_id, name in db.session.execute(query):
            programme = self._numbered(programme_id)
            yield News(
                person_id=person_id,
                kind=NotificationKind.LEFT_OUT,
                occasion=f"left_out:{programme_id}:{self._occasion}",
                subject=f"No match for you in {self._round.name}: {programme.name}",
                body=messages.render(programme, LEFT_OUT, {"name": name, "round": self._round.name}),
                endpoint="rounds.enrolment",
                arguments={"round_id": self._round.id},
            )

    @property
    def _occasion(self) -> str:
        """A round that was taken back may be published once more, and everybody is told again."""
        published_at = self._round.published_at
        return f"{self._round.id}:{int(published_at.timestamp()) if published_at else 0}"

    def _numbered(self, programme_id: int | None) -> Programme:
        return next(row for row in self._programmes.values() if row.id == programme_id)

    def _letter(self, programme: Programme, kind: MessageKind, *, name: str, other: str) -> str:
        return _letter(self._round, programme, kind, name=name, other=other)


def _letter(
    matching_round: MatchingRound, programme: Programme, kind: MessageKind, *, name: str, other: str
) -> str:
    values: Mapping[str, str | date] = {
        "name": name,
        "other": other,
        "round": matching_round.name,
        "starts_on": matching_round.starts_on,
    }
    return messages.render(programme, kind, values)


def _names_in(run: Run) -> dict[int, str]:
    """Return the names of everybody whom a run has matched."""
    matched = sa.select(AssignmentMember.person_id).join(Assignment).where(Assignment.run_id == run.id)
    return dict(db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(matched))).all())


def _groups_of(round_id: int) -> Iterator[tuple[int, int, Person, list[Person]]]:
    """Yield the groups of mentors of a round: id, programme, mentor and mentees."""
    query = (
        sa.select(Engagement.id, Engagement.programme_id, EngagementMember.role, Person)
        .join(EngagementMember, EngagementMember.engagement_id == Engagement.id)
        .join(Person, Person.id == EngagementMember.person_id)
        .where(
            Engagement.matching_round_id == round_id,
            Engagement.kind == EngagementKind.GROUP_MENTORING,
            Engagement.settled_at.is_(None),
        )
        .order_by(Engagement.id, Person.name)
    )
    groups: dict[tuple[int, int], dict[EngagementRole, list[Person]]] = defaultdict(lambda: defaultdict(list))
    for engagement_id, programme_id, role, person in db.session.execute(query):
        groups[engagement_id, programme_id][role].append(person)
    for (engagement_id, programme_id), people in groups.items():
        yield engagement_id, programme_id, people[EngagementRole.MENTOR][0], people[EngagementRole.MENTEE]


def _memberships_of(round_id: int) -> list[tuple[CommunityMembership, Person, Community]]:
    query: Any = (
        sa.select(CommunityMembership, Person, Community)
        .join(Person, Person.id == CommunityMembership.person_id)
        .join(Community, Community.id == CommunityMembership.community_id)
        .where(CommunityMembership.matching_round_id == round_id)
        .order_by(CommunityMembership.id)
    )
    return [tuple(row) for row in db.session.execute(query)]


def _leads_of(community_ids: Sequence[int]) -> list[tuple[int, int]]:
    query: Any = (
        sa.select(CommunityMembership.person_id, CommunityMembership.community_id)
        .where(
            CommunityMembership.community_id.in_(community_ids),
            CommunityMembership.role == MemberRole.LEAD,
            is_current(),
        )
        .order_by(CommunityMembership.id)
    )
    return [tuple(row) for row in db.session.execute(query)]
