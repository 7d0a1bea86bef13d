"""What a profile says about a person: terms and sentences, more of them for those who may see more."""

from app import clock
from app.people import queries
from app.people.models import Person
from app.people.vocabulary import language_names, shared_minutes, stretch_in_words, zone_in_words
from app.words import listed, long_date, plural

Facts = list[tuple[str, str]]


def about(person: Person, *, with_record: bool) -> Facts:
    """Say where someone works and what they speak; `with_record` also what HR keeps."""
    facts = [
        ("Department", person.department.name if person.department else ""),
        ("Location", person.location.name if person.location else ""),
        ("Languages", listed(language_names(language.language for language in person.languages))),
    ]
    if with_record:
        facts += [
            ("E-mail", person.email or ""),
            ("Employee number", person.employee_id),
            ("Manager", person.manager.name if person.manager else ""),
            ("Grade", str(person.grade or "")),
        ]
    return [(term, value) for term, value in facts if value]


def availability(person: Person, *, with_hours: bool, reader: Person | None) -> Facts:
    """Say when someone works and what `reader` shares of it; `with_hours` also how much time they give."""
    stretches = [stretch_in_words(one.starts_minute, one.ends_minute) for one in person.working_hours]
    facts = [
        ("Working hours", listed(stretches) or "Not said yet"),
        ("Time zone", zone_in_words(person.time_zone, at=clock.now())),
    ]
    if reader is not None and reader.id != person.id:
        shared = shared_minutes(person, reader, on=clock.today())
        facts.append(("Shared with you", f"{_hours(shared // 30 / 2)} a day"))
    if with_hours:
        facts.append(("Time for mentoring", f"{_hours(person.hours_a_month)} a month"))
    return facts


def _hours(hours: float) -> str:
    return plural(int(hours), "hour") if hours == int(hours) else f"{hours:g} hours"


def mentoring(person: Person, places: queries.Places, *, with_wish: bool) -> list[str]:
    """Say what someone offers as a mentor; `with_wish` also whether they seek one."""
    sentences = [_offer(person, places)]
    if with_wish:
        sentences.append(
            "Would like to have a mentor." if person.seeks_mentor else "Seeks no mentor at present."
        )
    return sentences


def _offer(person: Person, places: queries.Places) -> str:
    if not places.offered:
        return "Does not mentor at present."
    offered = f"Mentors up to {plural(places.offered, 'person', 'people')} at the same time."
    if places.left:
        return f"{offered} {plural(places.left, 'place is', 'places are')} free."
    if person.is_paused(clock.today()):
        return f"{offered} No place during the pause."
    return f"{offered} No place is free now."


def pause(person: Person) -> str:
    """Say from when to when someone takes no part."""
    ahead = queries.pause_ahead(person)
    if ahead is None:
        return "No pause is planned."
    starts_on, ends_on = ahead
    begun = starts_on <= clock.today()
    since = (
        f"Takes a pause since {long_date(starts_on)}"
        if begun
        else f"Takes a pause from {long_date(starts_on)}"
    )
    return f"{since}, until further notice." if ends_on is None else f"{since} until {long_date(ends_on)}."
