"""Forms of programmes: shapes only; the commands decide."""

from wtforms import RadioField
from wtforms.validators import DataRequired, InputRequired, Length

from app.fields import HouseForm, LineField, NumberField, options
from app.programmes.models import ProgrammeKind
from app.programmes.service import LONGEST_NAME
from app.programmes.vocabulary import KIND_WORDS


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


class ProgrammeForm(DetailsForm):
    """A new programme."""

    kind = RadioField("Kind", default=ProgrammeKind.MENTORING)

    def __init__(self, *args: object, **settings: object) -> None:
        super().__init__(*args, **settings)
        self.kind.choices = options([(kind.value, KIND_WORDS[kind]) for kind in ProgrammeKind])
