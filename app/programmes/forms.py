"""Forms of programmes: shapes only; the commands decide."""

from wtforms import IntegerField, RadioField
from wtforms.validators import DataRequired, InputRequired, Length

from app.fields import HouseForm, LineField, NumberField, TextField, options
from app.programmes.checks import LONGEST_NAME
from app.programmes.models import MessageKind, ProgrammeKind
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
