"""Reads about matching rounds: their list, one round, who takes part, its runs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import aliased, joinedload

from app import clock
from app.communities.models import CommunityMembership
from app.db import db
from app.engagements.models import Engagement, EngagementMember
from app.engagements.queries import is_match
from app.errors import Missing
from app.feedback.models import Feedback
from app.people.models import Person
from app.programmes.audience import has_role, may_take_part
from app.programmes.models import AudienceRole, Programme
from app.rounds.models import SEEKING, Enrolment, EnrolmentRole, MatchingRound, MatchingRoundProgramme, Run
from app.rounds.states import RoundState
from app.web import page_number
from app.words import listed, plural

PER_PAGE = 25
FEWEST_FOR_AVERAGE = 5


@dataclass(frozen=True, slots=True)
class Counts:
    """How many take part in a round."""

    mentees: int
    mentors: int
    places: int
    peers: int = 0
    members: int = 0

    def words(self) -> str:
        """Say the counts in one phrase; peers and members of communities only where there are any."""
        mentoring = [
            plural(self.mentees, "mentee"),
            plural(self.mentors, "mentor"),
            plural(self.places, "place"),
        ]
        others = [plural(self.peers, "peer")] if self.peers else []
        if self.members:
            others.append(plural(self.members, "person who seeks", "people who seek") + " a community")
        return listed(others if others and not self.mentees + self.mentors else mentoring + others)


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round in a list."""

    matching_round: MatchingRound
    counts: Counts


@dataclass(frozen=True, slots=True)
class BusyRound:
    """A round that is under way, for the home page of HR."""

    matching_round: MatchingRound
    counts: Counts
    latest_run_id: int | None


@dataclass(frozen=True, slots=True)
class Rating:
    """How useful people found the mentorships of a round; only from five answers on."""

    round_name: str
    average: float
    answers: int


class Shown(Pagination):
    """The page of rows the reader asks for, out of rows that were counted elsewhere, for ui.pager."""

    def __init__(self, *, read: Callable[[int, int], Iterable[Any]], counted: int) -> None:
        super().__init__(read=read, counted=counted, page=page_number(), per_page=PER_PAGE, error_out=False)

    def _query_items(self) -> list[Any]:
        return list(self._query_args["read"](self.per_page, self._query_offset))

    def _query_count(self) -> int:
        return int(self._query_args["counted"])


def round_numbered(round_id: int) -> MatchingRound:
    """Return a round.

    Raises:
        Missing: when there is none.
    """
    matching_round = db.session.get(MatchingRound, round_id)
    if matching_round is None:
        raise Missing
    return matching_round


def round_called(name: str) -> MatchingRound:
    """Return the round with this name or id.

    Raises:
        Missing: when there is none.
    """
    found = db.session.scalar(sa.select(MatchingRound).where(MatchingRound.name == name))
    if found is None and name.isdecimal() and len(name) < 10:
        found = db.session.get(MatchingRound, int(name))
    if found is None:
        raise Missing(f"There is no round {name}. List them with: flask rounds list")
    return found


def rounds_page() -> Pagination:
    """Return a page of rounds, the latest first, with how many take part."""
    total = db.session.scalar(sa.select(sa.func.count()).select_from(MatchingRound)) or 0
    return Shown(read=_round_rows, counted=total)


def all_rounds() -> list[RoundRow]:
    """Return every round, the latest first, with how many take part."""
    return _round_rows(None, 0)


def enrolment_counts(round_id: int) -> Counts:
    """Count who takes part in a round."""
    counted: Any = db.session.execute(sa.select(*_counted(sa.literal(round_id)))).one()
    return Counts(*counted)


def runs_of(round_id: int) -> Sequence[Run]:
    """Return the runs of a round and its what-ifs, the latest first."""
    query = sa.select(Run).filter_by(matching_round_id=round_id)
    return db.session.scalars(query.order_by(Run.id.desc())).all()


def run_numbered(round_id: int, run_id: int) -> Run:
    """Return a run of a round, with the round.

    Raises:
        Missing: when there is none.
    """
    query = sa.select(Run).filter_by(matching_round_id=round_id, id=run_id)
    run = db.session.scalar(query.options(joinedload(Run.matching_round)))
    if run is None:
        raise Missing
    return run


def published_run(round_id: int) -> Run | None:
    """Return the run that a round was published with, if it was."""
    published = sa.select(Run).where(Run.matching_round_id == round_id, Run.published_at.is_not(None))
    return db.session.scalars(published.order_by(Run.id).limit(1)).first()


def any_run(run_id: int) -> Run:
    """Return a run or what-if of any round.

    Raises:
        Missing: when there is none.
    """
    run = db.session.get(Run, run_id)
    if run is None:
        raise Missing(f"There is no run {run_id}. List the runs of a round with: flask rounds show NAME")
    return run


def rating_before(matching_round: MatchingRound) -> Rating | None:
    """Return how useful the round before was found, unless too few have answered to hide who said what."""
    before = (
        sa.select(MatchingRound.id)
        .where(
            MatchingRound.state.in_([RoundState.PUBLISHED, RoundState.COMPLETED]),
            MatchingRound.starts_on < matching_round.starts_on,
        )
        .order_by(MatchingRound.starts_on.desc(), MatchingRound.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = db.session.execute(
        sa.select(MatchingRound.name, sa.func.avg(Feedback.rating), sa.func.count())
        .select_from(Feedback)
        .join(Engagement, Engagement.id == Feedback.engagement_id)
        .join(MatchingRound, MatchingRound.id == Engagement.matching_round_id)
        .where(MatchingRound.id == before)
        .group_by(MatchingRound.name)
        .having(sa.func.count() >= FEWEST_FOR_AVERAGE)
    ).first()
    return None if found is None else Rating(found[0], float(found[1]), found[2])


def busy_round() -> BusyRound | None:
    """Return the round HR is busy with: the next that is neither published, over nor given up."""
    done = [RoundState.PUBLISHED, RoundState.COMPLETED, RoundState.CANCELLED]
    latest = (
        sa.select(sa.func.max(Run.id))
        .where(Run.matching_round_id == MatchingRound.id, Run.base_run_id.is_(None))
        .scalar_subquery()
    )
    found: Any = db.session.execute(
        sa.select(MatchingRound, *_counted(MatchingRound.id), latest)
        .where(MatchingRound.state.not_in(done))
        .order_by(MatchingRound.starts_on, MatchingRound.id)
        .limit(1)
    ).first()
    if found is None:
        return None
    matching_round, *counted, run_id = found
    return BusyRound(matching_round, Counts(*counted), run_id)


def latest_published_round() -> MatchingRound | None:
    """Return the round that was published last and is still under way, if any."""
    published = sa.select(MatchingRound).where(MatchingRound.state == RoundState.PUBLISHED)
    return db.session.scalar(published.order_by(MatchingRound.published_at.desc()).limit(1))


def open_rounds_for(person_id: int) -> Sequence[tuple[MatchingRound, int, bool]]:
    """Return the rounds that a person can join or waits for.

    Each comes with in how many ways they take part, and whether they have ever asked for somebody in
    it, or cannot.
    """
    own, wish = aliased(Enrolment), aliased(Enrolment)
    asked = sa.exists().where(
        wish.matching_round_id == MatchingRound.id,
        wish.person_id == person_id,
        wish.role.in_(SEEKING),
    )
    may_ask = sa.or_(*(_is_open_to(person_id, AudienceRole(role.value)) for role in SEEKING))
    may_offer = _is_open_to(person_id, AudienceRole.MENTOR)
    waits = sa.and_(
        MatchingRound.state.in_(
            [RoundState.OPEN, RoundState.CLOSED, RoundState.SOLVING, RoundState.PROPOSED]
        ),
        own.id.is_not(None),
    )
    may_join = sa.and_(
        MatchingRound.state == RoundState.OPEN,
        MatchingRound.closes_on >= clock.today(),
        sa.or_(may_ask, may_offer),
    )
    query = (
        sa.select(MatchingRound, sa.func.count(own.id), sa.or_(asked, ~may_ask))
        .outerjoin(
            own,
            sa.and_(
                own.matching_round_id == MatchingRound.id,
                own.person_id == person_id,
                own.withdrawn_at.is_(None),
            ),
        )
        .where(sa.or_(may_join, waits))
        .group_by(MatchingRound.id)
        .order_by(MatchingRound.closes_on, MatchingRound.id)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def _is_open_to(person_id: int, role: AudienceRole) -> sa.ColumnElement[bool]:
    """Hold for rounds with a programme in which a person may take part in a role."""
    own = MatchingRoundProgramme
    return (
        sa.select(own.programme_id)
        .join(Programme, Programme.id == own.programme_id)
        .join(Person, Person.id == person_id)
        .where(
            own.matching_round_id == MatchingRound.id, has_role(role), may_take_part(own.programme_id, role)
        )
        .correlate(MatchingRound)
        .exists()
    )


def enrolments_of(person_id: int, round_id: int) -> Sequence[Enrolment]:
    """Return in which ways a person takes part in a round."""
    return [row for row in parts_of(person_id, round_id) if row.withdrawn_at is None]


def parts_of(person_id: int, round_id: int) -> Sequence[Enrolment]:
    """Return in which ways a person takes part in a round, or did before they withdrew."""
    query = sa.select(Enrolment).filter_by(matching_round_id=round_id, person_id=person_id)
    return db.session.scalars(query.order_by(Enrolment.id)).all()


def parts_with_match(person_id: int, round_id: int) -> set[tuple[int, str]]:
    """Return the programmes of a round in which a person was matched, each with their role there."""
    in_engagements = (
        sa.select(Engagement.programme_id, sa.type_coerce(EngagementMember.role, sa.String))
        .join(EngagementMember)
        .where(Engagement.matching_round_id == round_id, EngagementMember.person_id == person_id, is_match())
    )
    in_communities = sa.select(
        CommunityMembership.programme_id, sa.literal(EnrolmentRole.MEMBER.value)
    ).filter_by(matching_round_id=round_id, person_id=person_id)
    found: Any = db.session.execute(sa.union(in_engagements, in_communities))
    return {(programme_id or 0, role) for programme_id, role in found}


def _round_rows(limit: int | None, offset: int) -> list[RoundRow]:
    query: Any = (
        sa.select(MatchingRound, *_counted(MatchingRound.id))
        .order_by(MatchingRound.starts_on.desc(), MatchingRound.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [
        RoundRow(matching_round, Counts(*counted)) for matching_round, *counted in db.session.execute(query)
    ]


def _counted(round_id: Any) -> list[sa.ScalarSelect[int]]:
    """Return the counts of a round as columns: mentees, mentors, mentors' places, peers, members."""

    def counted(what: sa.ColumnElement[int], role: EnrolmentRole) -> sa.ScalarSelect[int]:
        return (
            sa.select(what)
            .where(
                Enrolment.matching_round_id == round_id,
                Enrolment.role == role,
                Enrolment.withdrawn_at.is_(None),
            )
            .scalar_subquery()
        )

    places = sa.func.coalesce(sa.func.sum(Enrolment.places), 0)
    return [
        counted(sa.func.count(), EnrolmentRole.MENTEE),
        counted(sa.func.count(), EnrolmentRole.MENTOR),
        counted(places, EnrolmentRole.MENTOR),
        counted(sa.func.count(), EnrolmentRole.PEER),
        counted(sa.func.count(), EnrolmentRole.MEMBER),
    ]
