"""Forms about people: what may be typed where, before a command decides."""

from datetime import time
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TimeField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.fields import HouseForm, LineField, NumberField, SearchForm, TextField, options
from app.people import queries
from app.people.models import MINUTES_A_DAY, MOST_HOURS, MOST_PLACES, Person
from app.people.service import LONGEST_BIO, Stretch
from app.people.vocabulary import languages, time_zones

HIGHEST_GRADE = 20
LONGEST_NAME = 200
SHOWN_LANGUAGES = 8
NOTHING = ""
SHORTER = "Enter at most %(max)d characters."


def row_id(value: Any) -> int | None:
    """Read the value of a choice among rows; the empty one means none."""
    return int(value) if value not in (NOTHING, None) else None


def _rows(words: str, rows: list[tuple[int, str]]) -> list[SelectChoice]:
    return options([(NOTHING, words), *rows])


class DirectoryForm(SearchForm):
    """Whom to look for."""

    name = LineField("Name", [Length(max=LONGEST_NAME, message=SHORTER)])
    skill = LineField("Skill", [Length(max=LONGEST_NAME, message=SHORTER)])
    department_id = SelectField("Department", coerce=row_id)
    location_id = SelectField("Location", coerce=row_id)
    language = SelectField("Language", default=NOTHING)
    has_place = BooleanField("Has a place for a mentee")
    offers_none = BooleanField("Offers no place yet")

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.department_id.choices = _rows("Any department", queries.departments())
        self.location_id.choices = _rows("Any location", queries.locations())
        codes = queries.spoken_languages()
        named = sorted((languages().get(code, code), code) for code in codes)
        self.language.choices = options([(NOTHING, "Any language"), *((code, name) for name, code in named)])


class WorkForm(HouseForm):
    """Where someone stands in the company and which languages they meet in."""

    job_title = LineField(
        "Job title", [Optional(), Length(max=LONGEST_NAME, message="Enter at most 200 characters.")]
    )
    department_id = SelectField("Department", coerce=row_id)
    location_id = SelectField("Location", coerce=row_id)
    spoken = SelectMultipleField(
        "Languages for meetings", option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    another_language = SelectField("Another language", [Optional()])

    def __init__(self, *, person: Person, **settings: Any) -> None:
        held = [language.language for language in person.languages]
        super().__init__(data=_work_of(person) | {"spoken": held}, **settings)
        self.department_id.choices = _rows("No department", queries.departments())
        self.location_id.choices = _rows("No location", queries.locations())
        common = {*held, *queries.spoken_languages()[:SHOWN_LANGUAGES], "en"}
        named = languages()
        listed = sorted(((code, named[code]) for code in common & named.keys()), key=lambda one: one[1])
        self.spoken.choices = options(listed)
        rest = [(code, name) for code, name in named.items() if code not in common]
        self.another_language.choices = options([(NOTHING, "None"), *rest])

    def all_languages(self) -> list[str]:
        """Return the languages ticked and the one added."""
        return [*(self.spoken.data or []), *filter(None, [self.another_language.data])]


class AboutForm(WorkForm):
    """What someone says about themself."""

    bio = TextField("In your own words", [Optional(), Length(max=LONGEST_BIO, message=SHORTER)])


class GradeForm(WorkForm):
    """What HR keeps of someone's work."""

    grade = IntegerField(
        "Grade", [Optional(), NumberRange(1, HIGHEST_GRADE, f"Enter a grade from 1 to {HIGHEST_GRADE}.")]
    )


def _work_of(person: Person) -> dict[str, Any]:
    return {
        name: getattr(person, name) for name in ("job_title", "department_id", "location_id", "grade", "bio")
    }


class AvailabilityForm(HouseForm):
    """When someone works, and how much of it they give."""

    time_zone = SelectField("Time zone")
    first_start = TimeField("Starts", [InputRequired("Enter when your working day starts.")])
    first_end = TimeField("Ends", [InputRequired("Enter when your working day ends.")])
    second_start = TimeField("Starts again", [Optional()])
    second_end = TimeField("Ends again", [Optional()])
    hours_a_month = NumberField(
        "Hours a month for mentoring",
        [
            InputRequired("Enter how many hours a month you can give."),
            NumberRange(0, MOST_HOURS, f"Enter a number of hours from 0 to {MOST_HOURS}."),
        ],
        places=None,
    )

    def __init__(self, *, person: Person, **settings: Any) -> None:
        hours = [(_clock(one.starts_minute), _clock(one.ends_minute)) for one in person.working_hours]
        (first_start, first_end), (second_start, second_end) = (*hours, (None, None), (None, None))[:2]
        super().__init__(
            data={
                "time_zone": person.time_zone,
                "hours_a_month": f"{person.hours_a_month:g}",
                "first_start": first_start,
                "first_end": first_end,
                "second_start": second_start,
                "second_end": second_end,
            },
            **settings,
        )
        zones = time_zones(beside=person.time_zone).items()
        self.time_zone.choices = [one for region, pairs in zones for one in options(pairs, group=region)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse half a second stretch."""
        if not super().validate(extra_validators):
            return False
        if (self.second_start.data is None) == (self.second_end.data is None):
            return True
        self.second_end.errors = ["Enter both the start and the end, or neither."]
        return False

    def stretches(self) -> list[Stretch]:
        """Return the stretches of the day in minutes; an end at midnight is the end of the day."""
        spans = [(self.first_start.data, self.first_end.data), (self.second_start.data, self.second_end.data)]
        return [
            (_minute(starts), _minute(ends) or MINUTES_A_DAY) for starts, ends in spans if starts and ends
        ]


def _clock(minute: int) -> time:
    hour, rest = divmod(minute % MINUTES_A_DAY, 60)
    return time(hour, rest)


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


class MentoringForm(HouseForm):
    """What someone wishes and offers."""

    seeks_mentor = RadioField(
        "Would you like to have a mentor?", choices=options([("yes", "Yes"), ("no", "Not now")])
    )
    mentor_capacity = IntegerField(
        "How many people can you mentor at the same time?",
        [
            InputRequired("Enter 0 if you do not mentor at present."),
            NumberRange(0, MOST_PLACES, f"Enter a number from 0 to {MOST_PLACES}."),
        ],
    )


class PauseForm(HouseForm):
    """From when to when someone takes no part."""

    starts_on = DateField("First day", [InputRequired("Enter the first day of your pause.")])
    ends_on = DateField("Last day", [Optional()])


class BlockSearchForm(SearchForm):
    """Whom one looks for."""

    name = LineField("Name of the person", [Length(max=LONGEST_NAME, message=SHORTER)])


class BlockForm(HouseForm):
    """Whom one never wants to be introduced to."""

    other_id = RadioField("Who is it?", coerce=int)
