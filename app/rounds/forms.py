"""Forms of rounds: shapes only; the commands decide."""

from typing import Any, ClassVar

from wtforms import DateField, IntegerField, RadioField, SelectField, SelectMultipleField, SubmitField
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    StopValidation,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from app.fields import HouseForm, LineField, SearchForm, options
from app.people.models import MOST_PLACES
from app.programmes.models import Programme
from app.rounds.enrolling import roles_in
from app.rounds.models import LONGEST_REASON, MOST_WISHES, EnrolmentRole
from app.rounds.note_models import LONGEST_NOTE
from app.rounds.review_queries import ALL, BY_FIT, BY_MENTOR, BY_NAME, CHANGED, LOCKED, LOOK
from app.rounds.service import LONGEST_NAME

LONGEST_SEARCH = 100
COMPARED = (2, 3)
NO_COMMUNITY = 0
PLACES = f"Enter a number of places from 1 to {MOST_PLACES}."


class RoundForm(HouseForm):
    """A new round."""

    name = LineField(
        "Name",
        [
            DataRequired("Enter a name."),
            Length(max=LONGEST_NAME, message="Enter a name of at most %(max)d characters."),
        ],
    )
    programmes = SelectMultipleField(
        "Programmes",
        [DataRequired("Choose at least one programme.")],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    opens_on = DateField("First day of enrolment", [InputRequired("Enter the first day of enrolment.")])
    closes_on = DateField("Last day of enrolment", [InputRequired("Enter the last day of enrolment.")])
    starts_on = DateField("First day of the matches", [InputRequired("Enter the first day of the matches.")])
    ends_on = DateField("Last day of the matches", [InputRequired("Enter the last day of the matches.")])

    def __init__(self, *args: Any, programmes_known: list[Programme], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.programmes.choices = options([(row.id, row.name) for row in programmes_known])


class WishForm(HouseForm):
    """A mentor one would like: typed by name, or one of those that Find has found."""

    name = LineField(
        "Name of a mentor", [Length(max=LONGEST_SEARCH, message="Enter at most %(max)d characters.")]
    )
    found = RadioField("Whom do you mean?", coerce=int, choices=[], validate_choice=False)
    find = SubmitField("Find")

    def validate_name(self, field: LineField) -> None:
        """Ask for a name when nobody is chosen."""
        if not field.data and self.found.data is None:
            raise ValidationError("Enter the name of a mentor.")


class CommunityWishForm(HouseForm):
    """The communities one would like, the best first."""

    place_1 = SelectField("First choice", coerce=int)
    place_2 = SelectField("Second choice", coerce=int)
    place_3 = SelectField("Third choice", coerce=int)
    place_4 = SelectField("Fourth choice", coerce=int)
    place_5 = SelectField("Fifth choice", coerce=int)

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        for field in self.places():
            field.choices = options([(NO_COMMUNITY, "None"), *choices])
            if field.data is None and not field.raw_data:
                field.data = NO_COMMUNITY

    def places(self) -> list[SelectField]:
        """Return the fields in their order."""
        return [self[f"place_{place}"] for place in range(1, MOST_WISHES + 1)]

    def ranked(self) -> list[int]:
        """Return the communities chosen, in order."""
        return [field.data for field in self.places() if field.data != NO_COMMUNITY]


class LateSearchForm(SearchForm):
    """Whom HR looks for to add late."""

    name = LineField("Name", [Length(max=LONGEST_SEARCH, message="Enter at most %(max)d characters.")])


class LateForm(HouseForm):
    """Whom HR adds to a closed round, and in which part."""

    person_id = RadioField("Person", coerce=int)
    part = RadioField("Part")
    places = IntegerField(
        "Places", [InputRequired("Enter a number of places."), NumberRange(1, MOST_PLACES, PLACES)], default=1
    )

    def __init__(self, *args: Any, programmes: list[Programme], **settings: Any) -> None:
        super().__init__(*args, **settings)
        words = {
            EnrolmentRole.MENTEE: "Seeks a mentor",
            EnrolmentRole.MENTOR: "Offers places as a mentor",
            EnrolmentRole.PEER: "Seeks a peer coach",
            EnrolmentRole.MEMBER: "Seeks communities",
        }
        named = len(programmes) > 1
        self.parts = [
            (f"{row.id}-{role}", f"{words[role]} in {row.name}" if named else words[role])
            for row in programmes
            for role in roles_in(row)
        ]
        self.part.choices = options(self.parts)


class MatchSearchForm(SearchForm):
    """Which pairs of a run to show, and in which order."""

    segments: ClassVar[dict[str, str]] = {
        ALL: "All",
        LOOK: "Need a look",
        LOCKED: "Locked",
        CHANGED: "Changed by you",
    }

    q = LineField("Name", [Length(max=LONGEST_SEARCH, message="Enter at most %(max)d characters.")])
    show = SelectField("Show", choices=options(list(segments.items())), default=ALL, validate_choice=False)
    sort = SelectField(
        "Order",
        choices=options(
            [(BY_NAME, "By name"), (BY_MENTOR, "By the other's name"), (BY_FIT, "Weakest fit first")]
        ),
        default=BY_NAME,
        validate_choice=False,
    )


class BanForm(HouseForm):
    """Why two people are to be kept apart."""

    reason = LineField(
        "Why should they not be together?",
        [
            DataRequired("Enter a reason."),
            Length(max=LONGEST_REASON, message="Enter at most %(max)d characters."),
        ],
    )


class NoteForm(HouseForm):
    """Something about a match that others of HR should know."""

    words = LineField(
        "Note",
        [
            DataRequired("Enter a note."),
            Length(max=LONGEST_NOTE, message="Enter at most %(max)d characters."),
        ],
    )


class PublishForm(HouseForm):
    """Whether the people of a plan are asked first, and until when they answer."""

    AT_ONCE, ASK = "at_once", "ask"

    how = RadioField(
        "How do the matches begin?",
        [InputRequired("Choose how they begin.")],
        choices=options([(AT_ONCE, "People start at once"), (ASK, "Both sides accept first")]),
    )
    answer_by = DateField("Last day to answer")

    def validate_answer_by(self, field: DateField) -> None:
        """Ask for a day when people are asked; otherwise none counts, whatever was typed."""
        if self.how.data != self.ASK:
            field.data, field.errors = None, []
            raise StopValidation
        if field.data is None and not field.errors:
            raise ValidationError("Enter the last day to answer.")


class MentorSearchForm(SearchForm):
    """Whom somebody looks for, to ask why a person has not this mentor."""

    name = LineField("Name", [Length(max=LONGEST_SEARCH, message="Enter at most %(max)d characters.")])


class MentorForm(HouseForm):
    """One of several mentors."""

    mentor = RadioField("Mentor", [InputRequired("Choose one of the mentors.")], coerce=int)

    def __init__(self, *args: Any, mentors: list[tuple[int, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.mentor.choices = options(mentors)


class OverrideForm(HouseForm):
    """Why a rule may be broken, and until when."""

    reason = LineField(
        "Why may this rule be broken?",
        [
            DataRequired("Enter why this rule may be broken."),
            Length(max=LONGEST_REASON, message="Enter at most %(max)d characters."),
        ],
    )
    expires_on = DateField("Last day on which it may", [InputRequired("Enter the last day on which it may.")])


class CompareForm(SearchForm):
    """Which runs of a round to set beside each other."""

    run = SelectMultipleField(
        "Runs",
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, *args: Any, runs: list[tuple[int, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.run.choices = options(runs)

    def validate_run(self, field: SelectMultipleField) -> None:
        """Refuse one run, with which nothing could be compared, and more than a table has room for."""
        if len(set(field.data or ())) not in COMPARED:
            raise ValidationError("Choose two or three runs.")
