"""Commands about people: what they say of themselves, when they have time, and when they leave."""

from collections.abc import Collection
from datetime import date
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from app import audit, clock
from app.db import db
from app.errors import Invalid
from app.people import queries
from app.people.models import Department, Location, Person, PersonalBlock, SpokenLanguage, WorkingHours
from app.people.signals import person_left
from app.people.vocabulary import is_time_zone, languages

MOST_LANGUAGES = 12
MOST_STRETCHES = 2
MOST_BLOCKS = 50
LONGEST_BIO = 2_000

Stretch = tuple[int, int]


def change_about(
    person: Person,
    *,
    job_title: str,
    department_id: int | None,
    location_id: int | None,
    spoken: Collection[str],
    bio: str,
    by: audit.Actor,
) -> None:
    """Change what a person says about themself.

    Raises:
        Invalid: when a department, location or language is unknown, or the text is too long.
    """
    if len(bio) > LONGEST_BIO:
        raise Invalid(f"Shorten this to {LONGEST_BIO:,} characters.", field="bio")
    change_work(
        person,
        job_title=job_title,
        department_id=department_id,
        location_id=location_id,
        spoken=spoken,
        grade=person.grade,
        by=by,
    )
    person.bio = bio
    db.session.flush()


def change_work(
    person: Person,
    *,
    job_title: str,
    department_id: int | None,
    location_id: int | None,
    spoken: Collection[str],
    grade: int | None,
    by: audit.Actor,
) -> None:
    """Change where a person stands in the company and which languages they meet in.

    Raises:
        Invalid: when a department, location or language is unknown.
    """
    _check_exists(Department, department_id, field="department_id")
    _check_exists(Location, location_id, field="location_id")
    changes = _set(
        person, job_title=job_title, department_id=department_id, location_id=location_id, grade=grade
    )
    changes |= _set_languages(person, spoken)
    _flush_and_record(person, "person.change_work", changes, by=by)


def _check_exists(model: type[Department | Location], row_id: int | None, *, field: str) -> None:
    if row_id is not None and db.session.get(model, row_id) is None:
        raise Invalid("Choose one of the list.", field=field)


def _set_languages(person: Person, spoken: Collection[str]) -> dict[str, Any]:
    if not spoken:
        raise Invalid("Choose at least one language you can meet in.", field="spoken")
    if len(set(spoken)) > MOST_LANGUAGES:
        raise Invalid(f"Choose at most {MOST_LANGUAGES} languages.", field="spoken")
    if not languages().keys() >= set(spoken):
        raise Invalid("Choose languages of the list.", field="spoken")
    before = sorted(language.language for language in person.languages)
    if before == sorted(set(spoken)):
        return {}
    kept = [language for language in person.languages if language.language in spoken]
    person.languages = kept + [SpokenLanguage(language=code) for code in sorted(set(spoken) - set(before))]
    return {"languages": [before, sorted(set(spoken))]}


def change_availability(
    person: Person, *, time_zone: str, stretches: Collection[Stretch], hours_a_month: float, by: audit.Actor
) -> None:
    """Change when a person works, where their clock stands, and how much time they give.

    Raises:
        Invalid: when the time zone is unknown or the stretches are empty, turned round or overlap.
    """
    if not is_time_zone(time_zone):
        raise Invalid("Choose a time zone of the list.", field="time_zone")
    ordered = _checked_stretches(stretches)
    changes = _set(person, time_zone=time_zone, hours_a_month=hours_a_month)
    before = [(hours.starts_minute, hours.ends_minute) for hours in person.working_hours]
    if before != ordered:
        known = {hours.starts_minute: hours for hours in person.working_hours}
        person.working_hours = [
            _stretch(known.get(starts), starts_minute=starts, ends_minute=ends) for starts, ends in ordered
        ]
        changes["working_hours"] = [before, ordered]
    _flush_and_record(person, "person.change_availability", changes, by=by)


def _stretch(known: WorkingHours | None, *, starts_minute: int, ends_minute: int) -> WorkingHours:
    hours = known or WorkingHours(starts_minute=starts_minute)
    hours.ends_minute = ends_minute
    return hours


def _checked_stretches(stretches: Collection[Stretch]) -> list[Stretch]:
    ordered = sorted(stretches)
    if not ordered:
        raise Invalid("Enter when your working day starts and ends.", field="first_start")
    if len(ordered) > MOST_STRETCHES:
        raise Invalid("Enter at most two stretches.", field="second_start")
    for starts, ends in ordered:
        if starts >= ends:
            field = "first_end" if (starts, ends) == next(iter(stretches)) else "second_end"
            raise Invalid("Enter an end after the start. For a night, use both stretches.", field=field)
    for (_, ends), (starts, _) in pairwise(ordered):
        if starts < ends:
            raise Invalid(
                "The two stretches overlap. Enter a start after the first one ends.", field="second_start"
            )
    return ordered


def change_mentoring(person: Person, *, seeks_mentor: bool, mentor_capacity: int, by: audit.Actor) -> None:
    """Change whether a person wishes to have a mentor, and how many mentees they take."""
    changes = _set(person, seeks_mentor=seeks_mentor, mentor_capacity=mentor_capacity)
    _flush_and_record(person, "person.change_mentoring", changes, by=by)


def pause(person: Person, *, starts_on: date, ends_on: date | None, by: audit.Actor) -> None:
    """Let a person take no part from `starts_on` to `ends_on`, or until further notice.

    Raises:
        Invalid: when the pause would end before it starts, or is over already.
    """
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("Enter a last day that is not before the first.", field="ends_on")
    if ends_on is not None and ends_on < clock.today():
        raise Invalid("Enter a last day that is today or later.", field="ends_on")
    changes = _set(person, paused_from=starts_on, paused_until=ends_on)
    _flush_and_record(person, "person.pause", changes, by=by)


def end_pause(person: Person, *, by: audit.Actor) -> None:
    """Let a person take part again."""
    changes = _set(person, paused_from=None, paused_until=None)
    _flush_and_record(person, "person.end_pause", changes, by=by)


def block(person: Person, other: Person | None, *, by: audit.Actor) -> None:
    """Never introduce `person` and `other` to each other. The trail does not say who the other is.

    Raises:
        Invalid: when `other` is nobody or the person themself, or the list is full.
    """
    if other is None:
        raise Invalid("Choose one of the people found.", field="other_id")
    if other.id == person.id:
        raise Invalid("Choose someone other than yourself.", field="other_id")
    hold(person.id)
    if db.session.get(PersonalBlock, (person.id, other.id)) is not None:
        raise Invalid(f"{other.name} is on your list already.", field="other_id")
    if queries.count_of_blocked(person) >= MOST_BLOCKS:
        raise Invalid(f"Your list is full: it holds {MOST_BLOCKS} people.", field="other_id")
    db.session.add(PersonalBlock(person_id=person.id, blocked_person_id=other.id))
    db.session.flush()
    audit.record(audit.Entry("block.add", "person", person.id, person.id), by=by)


def unblock(person: Person, other_id: int, *, by: audit.Actor) -> None:
    """Let `person` and the other be introduced to each other again."""
    held = db.session.get(PersonalBlock, (person.id, other_id))
    if held is not None:
        db.session.delete(held)
        db.session.flush()
        audit.record(audit.Entry("block.remove", "person", person.id, person.id), by=by)


def end_of_employment(person: Person, *, on: date, by: audit.Actor) -> None:
    """Note the day a person leaves and tell every package what they were part of."""
    changes = _set(person, left_on=on)
    if not changes:
        return
    db.session.flush()
    audit.record(audit.Entry("person.leave", "person", person.id, person.id, _told(changes)), by=by)
    person_left.send(person, on=on, by=by)


def hold(person_id: int) -> None:
    """Let nobody else count or change what belongs to a person until this transaction ends."""
    db.session.execute(sa.select(Person.id).filter_by(id=person_id).with_for_update(key_share=True))


def record_for_other(person_id: int, entry: audit.Entry, *, by: audit.Actor) -> None:
    """Add a change to the trail unless the person made it to their own record."""
    if getattr(by, "person_id", None) != person_id:
        audit.record(entry, by=by)


def _set(person: Person, **values: Any) -> dict[str, Any]:
    """Set what differs and return it: the value before and the value after, by name."""
    changes = {}
    for name, value in values.items():
        before = getattr(person, name)
        if before != value:
            changes[name] = [before, value]
            setattr(person, name, value)
    return changes


def _flush_and_record(person: Person, action: str, changes: dict[str, Any], *, by: audit.Actor) -> None:
    db.session.flush()
    if changes:
        entry = audit.Entry(action, "person", person.id, person.id, _told(changes))
        record_for_other(person.id, entry, by=by)


def _told(changes: dict[str, Any]) -> dict[str, Any]:
    """Return changes as the trail keeps them: days as text."""
    return {
        name: [str(value) if isinstance(value, date) else value for value in pair]
        for name, pair in changes.items()
    }
