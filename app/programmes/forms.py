"""Forms of programmes: shapes only; the commands decide."""

from collections.abc import Iterable
from typing import Any

from wtforms import IntegerField, RadioField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.fields import HouseForm, LineField, NumberField, SearchForm, TextField, options
from app.people.queries import departments, locations
from app.programmes.audience import LIMITS
from app.programmes.checks import LONGEST_NAME
from app.programmes.communities import known_communities
from app.programmes.models import AudienceRole, MessageKind, ProgrammeKind
from app.programmes.vocabulary import KIND_WORDS, MESSAGE_WORDS


class CopyForm(HouseForm):
    """The name of a copy."""

    name = LineField(
        "Name",
        [
            DataRequired("Enter a name."),
            Length(max=LONGEST_NAME, message="Enter a name of at most %(max)d characters."),
        ],
    )


class DetailsForm(CopyForm):
    """The name of a programme, and how much time it takes."""

    hours_a_month = NumberField("Hours a month", [InputRequired("Enter the hours a month.")])


def _places(words: str) -> SelectMultipleField:
    return SelectMultipleField(words, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))


class AudienceForm(SearchForm):
    """Who may take part, in each role. It is sent with GET to count; the token of a POST is on its button."""

    mentee_departments = _places("Departments of mentees")
    mentee_locations = _places("Places of work of mentees")
    mentee_lowest_grade = IntegerField("Lowest grade of mentees", [Optional()])
    mentee_highest_grade = IntegerField("Highest grade of mentees", [Optional()])
    mentor_departments = _places("Departments of mentors")
    mentor_locations = _places("Places of work of mentors")
    mentor_lowest_grade = IntegerField("Lowest grade of mentors", [Optional()])
    mentor_highest_grade = IntegerField("Highest grade of mentors", [Optional()])
    peer_departments = _places("Departments")
    peer_locations = _places("Places of work")
    peer_lowest_grade = IntegerField("Lowest grade", [Optional()])
    peer_highest_grade = IntegerField("Highest grade", [Optional()])
    member_departments = _places("Departments")
    member_locations = _places("Places of work")
    member_lowest_grade = IntegerField("Lowest grade", [Optional()])
    member_highest_grade = IntegerField("Highest grade", [Optional()])

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        known = {"departments": departments(), "locations": locations()}
        for role in AudienceRole:
            for name, rows in known.items():
                self[f"{role}_{name}"].choices = options([(words, words) for _id, words in rows])

    def audience(self, roles: Iterable[AudienceRole]) -> dict[str, dict[str, Any]]:
        """Return what is chosen for some roles; one that is open to everyone is left out."""
        typed = {role: {name: self[f"{role}_{name}"].data for name in LIMITS} for role in roles}
        chosen = {
            role.value: {name: value for name, value in limits.items() if value not in (None, [])}
            for role, limits in typed.items()
        }
        return {role: limits for role, limits in chosen.items() if limits}


class CommunitiesForm(HouseForm):
    """Which communities a programme finds members for."""

    communities = _places("Communities")

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.communities.choices = options([(name, name) for name in known_communities()])


class MessagesForm(HouseForm):
    """What a programme writes to people, one text for each occasion."""

    invitation = TextField(MESSAGE_WORDS[MessageKind.INVITATION], [DataRequired("Enter a text.")])
    matched_mentee = TextField(MESSAGE_WORDS[MessageKind.MATCHED_MENTEE], [DataRequired("Enter a text.")])
    matched_mentor = TextField(MESSAGE_WORDS[MessageKind.MATCHED_MENTOR], [DataRequired("Enter a text.")])
    left_out = TextField(MESSAGE_WORDS[MessageKind.LEFT_OUT], [DataRequired("Enter a text.")])


class SeenForm(HouseForm):
    """The version that whoever decides has looked at."""

    seen = IntegerField("Version", [InputRequired("Look at the page again.")])


class ProgrammeForm(DetailsForm):
    """A new programme."""

    kind = RadioField("Kind", default=ProgrammeKind.MENTORING)

    def __init__(self, *args: object, **settings: object) -> None:
        super().__init__(*args, **settings)
        self.kind.choices = options([(kind.value, KIND_WORDS[kind]) for kind in ProgrammeKind])
