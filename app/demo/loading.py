"""Write a fictional company into an empty database: all of it in one transaction, table by table."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa

from app import audit, clock
from app.db import db
from app.demo import communities, questions
from app.demo.records import Company, PastFeedback, PastSession
from app.engagements.models import (
    Engagement,
    EngagementKind,
    EngagementMember,
    EngagementRole,
    EngagementState,
)
from app.errors import Conflict
from app.feedback.models import Feedback
from app.people.models import Department, Location, Person, PersonalBlock, SpokenLanguage, WorkingHours
from app.programmes.models import Programme
from app.programmes.service import create_programme
from app.rounds.models import Enrolment, EnrolmentRole, MatchingRound, MatchingRoundProgramme
from app.rounds.states import RoundState
from app.sessions.models import MentoringSession
from app.skills.models import Claim, Goal, Skill, Source
from app.skills.starter import load_starter_taxonomy

AT_ONCE = 5_000
FIRST = (
    1  # the ids of an empty database begin here, so that rows can point at each other before they are written
)
ENROLMENT_WEEKS = 3
COLUMNS_OF_A_PERSON = (
    "employee_id", "name", "email", "job_title", "bio", "time_zone", "grade", "hours_a_month", "seeks_mentor",
    "mentor_capacity", "paused_from", "paused_until",
)  # fmt: skip

Tell = Callable[[str], None]


def is_loaded() -> bool:
    """Tell whether the database holds people."""
    return db.session.scalar(sa.select(Person.id).limit(1)) is not None


def load(company: Company, *, tell: Tell = lambda sentence: None) -> Programme:
    """Write the company, its skills, its mentoring programme and its past rounds; return the programme.

    Raises:
        Conflict: when the database holds people already.
    """
    if is_loaded():
        raise Conflict("This database holds people already. The demo company needs an empty one.")
    skill_ids = _load_skills()
    programme = create_programme(key="mentoring", name="Mentoring", by=audit.COMMAND_LINE)
    questions.ask(programme)
    departments = {person.department for person in company.people}
    tell(f"{len(company.people):,} people in {len(departments)} departments")
    _load_people(company)
    _insert(Claim, ({**_stamp(), **_of(row, skill_ids), "level": row.level} for row in company.claims))
    _insert(
        Goal,
        (
            {**_stamp(), **_of(row, skill_ids), "level": row.level, "importance": row.importance}
            for row in company.goals
        ),
    )
    tell(f"{len(company.claims):,} skills they hold, {len(company.goals):,} they want to learn")
    _load_past(company, programme)
    tell(f"{len(company.mentorships):,} mentorships of past rounds, with {len(company.sessions):,} sessions")
    _advance_sequences()
    tell(f"{communities.found_all()} communities of practice")
    details = {"people": len(company.people), "seed": company.seed}
    audit.record(audit.Entry("demo.loaded", "company", details=details), by=audit.COMMAND_LINE)
    return programme


def _load_skills() -> dict[str, int]:
    load_starter_taxonomy(by=audit.COMMAND_LINE)
    rows = db.session.execute(sa.select(Skill.source_key, Skill.id).filter_by(source=Source.STARTER))
    return {row.source_key: row.id for row in rows}


def _load_people(company: Company) -> None:
    _insert(Person, _person_rows(company))
    _insert(
        WorkingHours,
        (
            {"person_id": FIRST + place, "starts_minute": starts, "ends_minute": ends}
            for place, person in enumerate(company.people)
            for starts, ends in person.working_hours
        ),
    )
    _insert(
        SpokenLanguage,
        (
            {"person_id": FIRST + place, "language": language}
            for place, person in enumerate(company.people)
            for language in person.languages
        ),
    )
    _insert(
        PersonalBlock,
        (
            {**_stamp(), "person_id": FIRST + row.person, "blocked_person_id": FIRST + row.blocked}
            for row in company.blocks
        ),
    )


def _person_rows(company: Company) -> Iterator[dict[str, Any]]:
    departments = _named(Department, (person.department for person in company.people))
    zones = {person.site: person.time_zone for person in company.people}
    locations = _named(Location, zones, {"time_zone": zones.__getitem__})
    for place, person in enumerate(company.people):
        kept = {column: getattr(person, column) for column in COLUMNS_OF_A_PERSON}
        yield {
            **_stamp(),
            **kept,
            "id": FIRST + place,
            "department_id": departments[person.department],
            "location_id": locations[person.site],
            "manager_id": None if person.manager is None else FIRST + person.manager,
        }


def _load_past(company: Company, programme: Programme) -> None:
    rounds = list(_past_rounds(company))
    _insert(MatchingRound, rounds)
    _insert(
        MatchingRoundProgramme,
        ({"matching_round_id": row["id"], "programme_id": programme.id} for row in rounds),
    )
    _insert(Enrolment, _past_enrolments(company, programme))
    _insert(Engagement, _past_engagements(company, programme))
    _insert(
        EngagementMember,
        (
            {"engagement_id": FIRST + place, "person_id": FIRST + person, "role": role}
            for place, pair in enumerate(company.mentorships)
            for person, role in ((pair.mentee, EngagementRole.MENTEE), (pair.mentor, EngagementRole.MENTOR))
        ),
    )
    _insert(MentoringSession, (_session(row) for row in company.sessions))
    _insert(Feedback, (_feedback(row) for row in company.feedback))


def _session(row: PastSession) -> dict[str, Any]:
    return {
        **_stamp(),
        "engagement_id": FIRST + row.mentorship,
        "held_at": row.held_at,
        "minutes": row.minutes,
        "topic": row.topic,
    }


def _feedback(row: PastFeedback) -> dict[str, Any]:
    return {
        **_stamp(),
        "engagement_id": FIRST + row.mentorship,
        "by_person_id": FIRST + row.by_person,
        "rating": row.rating,
    }


def _past_rounds(company: Company) -> Iterator[dict[str, Any]]:
    for place, quarter in enumerate(company.quarters):
        opened_on = quarter.starts_on - timedelta(weeks=ENROLMENT_WEEKS)
        yield {
            "id": FIRST + place,
            "created_at": _morning(opened_on),
            "name": quarter.name,
            "state": RoundState.COMPLETED,
            "opens_on": opened_on,
            "closes_on": quarter.starts_on - timedelta(days=7),
            "starts_on": quarter.starts_on,
            "ends_on": quarter.ends_on,
            "published_at": _morning(quarter.starts_on - timedelta(days=3)),
        }


def _past_enrolments(company: Company, programme: Programme) -> Iterator[dict[str, Any]]:
    """Enrol each mentor and mentee of a past quarter once, with as many places as they had mentorships."""
    places: dict[tuple[int, int, EnrolmentRole], int] = {}
    for pair in company.mentorships:
        for person, role in ((pair.mentee, EnrolmentRole.MENTEE), (pair.mentor, EnrolmentRole.MENTOR)):
            key = (pair.quarter, person, role)
            places[key] = places.get(key, 0) + 1
    for (quarter, person, role), taken in places.items():
        yield {
            "matching_round_id": FIRST + quarter,
            "programme_id": programme.id,
            "person_id": FIRST + person,
            "role": role,
            "places": taken,
            "enrolled_at": _morning(company.quarters[quarter].starts_on - timedelta(weeks=2)),
        }


def _past_engagements(company: Company, programme: Programme) -> Iterator[dict[str, Any]]:
    for place, pair in enumerate(company.mentorships):
        ended_early = pair.ending_reason is not None
        yield {
            "id": FIRST + place,
            "created_at": _morning(pair.starts_on),
            "kind": EngagementKind.MENTORSHIP,
            "state": EngagementState.ENDED if ended_early else EngagementState.COMPLETED,
            "programme_id": programme.id,
            "matching_round_id": FIRST + pair.quarter,
            "starts_on": pair.starts_on,
            "ends_on": company.quarters[pair.quarter].ends_on,
            "ended_on": pair.ended_on,
            "ended_reason": pair.ending_reason or "",
        }


def _named(
    table: type[Any], names: Iterable[str], more: Mapping[str, Callable[[str], Any]] | None = None
) -> dict[str, int]:
    ids = {name: FIRST + place for place, name in enumerate(sorted(set(names)))}
    extra = more or {}
    _insert(
        table,
        (
            {"id": row_id, "name": name, **{column: value(name) for column, value in extra.items()}}
            for name, row_id in ids.items()
        ),
    )
    return ids


def _of(row: Any, skill_ids: Mapping[str, int]) -> dict[str, int]:
    return {"person_id": FIRST + row.person, "skill_id": skill_ids[row.skill]}


def _stamp() -> dict[str, datetime]:
    return {"created_at": clock.now()}


def _morning(day: Any) -> datetime:
    return datetime.combine(day, time(9), tzinfo=UTC)


def _insert(table: type[Any], rows: Iterable[dict[str, Any]]) -> None:
    """Write rows in large batches, so that memory does not follow their number."""
    db.session.flush()
    waiting = iter(rows)
    while batch := list(islice(waiting, AT_ONCE)):
        db.session.execute(sa.insert(table.__table__), batch)


def _advance_sequences() -> None:
    """PostgreSQL does not count the ids we chose ourselves."""
    if db.engine.dialect.name != "postgresql":
        return
    for table in (Department, Location, Person, MatchingRound, Engagement):
        name = table.__tablename__
        db.session.execute(
            sa.text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")  # noqa: S608
        )
