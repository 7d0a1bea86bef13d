"""What waits for somebody on their home page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from app import clock
from app.access import Actor, Permission, Role, can
from app.communities.matched import Matched, matched_communities
from app.db import db
from app.engagements.check_ins import due_check_ins
from app.engagements.models import Answer, EngagementKind
from app.engagements.queries import together_today
from app.mentorships import groups
from app.mentorships.groups import MentoringGroup
from app.mentorships.queries import Mentorship, current_mentorships
from app.peers import queries as peers
from app.peers.queries import PeerCoaching
from app.people.models import Person
from app.programmes.models import MENTORING, ProgrammeKind
from app.rounds.actions import NextStep, next_step
from app.rounds.models import MatchingRound
from app.rounds.queries import BusyRound, busy_round, latest_published_round, open_rounds_for
from app.rounds.states import RoundState
from app.words import long_date


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round somebody can join or has joined."""

    matching_round: MatchingRound
    takes_part: bool
    has_asked: bool
    """Whether they asked for a mentor in it, even if they have withdrawn since."""

    @property
    def hint(self) -> str:
        """Say what one can still do about it."""
        if not self.is_open:
            return "Enrolment is closed; the matches come next"
        return f"{'You can change your mind' if self.takes_part else 'Join'} until {self._last_day}"

    @property
    def offers_mentoring(self) -> bool:
        """Tell whether one can find a mentor in it."""
        return any(row.kind in MENTORING for row in self.matching_round.programmes)

    @property
    def words(self) -> str:
        """Say what one can find in it."""
        kinds = {row.kind for row in self.matching_round.programmes}
        if kinds & (MENTORING | {ProgrammeKind.GROUP_MENTORING}):
            return "Find a mentor, or be one,"
        return "Find communities" if kinds == {ProgrammeKind.COMMUNITIES} else "Find a peer coach"

    @property
    def is_open(self) -> bool:
        """Tell whether one can still join and withdraw."""
        is_time = clock.today() <= self.matching_round.closes_on
        return self.matching_round.state is RoundState.OPEN and is_time

    @property
    def _last_day(self) -> str:
        return long_date(self.matching_round.closes_on)


@dataclass(frozen=True, slots=True)
class RoundOfHr:
    """The round HR is busy with and its next step."""

    busy: BusyRound
    step: NextStep


@dataclass(frozen=True, slots=True)
class DueCheckIn:
    """A check-in that waits for the reader, and the page on which it stands."""

    words: str
    due_on: date
    others_named: str
    endpoint: str
    engagement_id: int


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that is on somebody's home page."""

    greeting: str
    person: Person | None
    open_rounds: Sequence[OpenRound]
    proposals: Sequence[Mentorship]
    """Matches that wait for an answer, the reader's own first."""
    fallen: Sequence[Mentorship]
    """Matches that fell through lately without the reader's doing."""
    learning: Sequence[Mentorship]
    mentoring: Sequence[Mentorship]
    coaching: Sequence[PeerCoaching]
    groups: Sequence[MentoringGroup]
    """Groups of mentors, with the reader as mentor or mentee."""
    communities: Sequence[Matched]
    """Communities that a round put the reader into."""
    of_hr: RoundOfHr | None
    under_way: MatchingRound | None
    """For those who may see rounds: the one whose mentorships go on now."""

    @property
    def check_ins(self) -> list[DueCheckIn]:
        """Return what the reader was to talk about by today, the earliest first."""
        together = [
            *(
                (row.engagement, row.other.name, "mentorships.show")
                for row in (*self.learning, *self.mentoring)
            ),
            *((row.engagement, row.others_named, "peers.show") for row in self.coaching),
            *((row.engagement, row.others_named, "mentorships.show_group") for row in self.groups),
        ]
        found = [
            DueCheckIn(due.words, due.due_on, named, endpoint, engagement.id)
            for engagement, named, endpoint in together
            for due in due_check_ins(engagement)
        ]
        return sorted(found, key=lambda row: (row.due_on, row.engagement_id))

    @property
    def to_join(self) -> OpenRound | None:
        """Return the round to decide about first."""
        return next((row for row in self.open_rounds if not row.takes_part), None)

    @property
    def reminder(self) -> OpenRound | None:
        """Return the round to ask for a mentor in, for somebody whose profile says they look for one."""
        person = self.person
        has_mentor = self.learning or any(row.reader_is_mentee for row in self.proposals)
        if person is None or not person.seeks_mentor or has_mentor:
            return None
        return next(
            (
                row
                for row in self.open_rounds
                if row.is_open
                and not row.has_asked
                and row.offers_mentoring
                and not person.is_paused(row.matching_round.starts_on)
            ),
            None,
        )

    @property
    def is_new(self) -> bool:
        """Tell whether nothing has begun for this person yet."""
        return self.person is not None and not (
            self.proposals
            or self.learning
            or self.mentoring
            or self.coaching
            or self.groups
            or self.communities
            or self.open_rounds
        )


def desk_of(actor: Actor) -> Desk:
    """Return what is on the home page of whoever asks."""
    person_id = actor.person_id
    person = db.session.get(Person, person_id) if person_id is not None else None
    current = current_mentorships(person_id) if person_id is not None else []
    active = [row for row in current if row.is_active]
    together = [(person_id, row) for row in together_today(person_id)] if person_id is not None else []
    proposals = [row for row in current if row.is_proposal]
    return Desk(
        greeting=_greeting(person),
        person=person,
        open_rounds=[OpenRound(row, bool(parts), asked) for row, parts, asked in open_rounds_for(person_id)]
        if person_id is not None
        else [],
        proposals=sorted(proposals, key=lambda row: row.own_answer is not None),
        fallen=_without_successor(current),
        learning=[row for row in active if row.reader_is_mentee],
        mentoring=[row for row in active if not row.reader_is_mentee],
        coaching=[
            peers.seen_by(reader_id, row)
            for reader_id, row in together
            if row.kind is EngagementKind.PEER_COACHING
        ],
        groups=[
            groups.seen_by(reader_id, row)
            for reader_id, row in together
            if row.kind is EngagementKind.GROUP_MENTORING
        ],
        communities=matched_communities(person) if person is not None else [],
        of_hr=_round_of_hr() if Role.HR in actor.roles else None,
        under_way=latest_published_round() if can(Permission.ROUND_LIST) else None,
    )


def _without_successor(current: Sequence[Mentorship]) -> list[Mentorship]:
    """Return what fell through without the reader's no, and without another match in its place."""

    def part_of(row: Mentorship) -> tuple[int | None, int, bool]:
        return row.engagement.matching_round_id, row.engagement.programme_id, row.reader_is_mentee

    matched = {part_of(row) for row in current if row.is_active or row.is_proposal}
    fell = [row for row in current if row.fell_through and row.own_answer is not Answer.DECLINED]
    return [row for row in fell if part_of(row) not in matched]


def _round_of_hr() -> RoundOfHr | None:
    busy = busy_round()
    if busy is None:
        return None
    return RoundOfHr(busy, next_step(busy.matching_round, busy.counts, busy.latest_run_id))


def _greeting(person: Person | None) -> str:
    hour = clock.now().astimezone(ZoneInfo(person.time_zone if person else "UTC")).hour
    if hour < 12:
        return "Good morning"
    return "Good afternoon" if hour < 18 else "Good evening"
