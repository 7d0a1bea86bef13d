"""Forms of the check that closes a round: what to keep, and one decision for the next round."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wtforms import DateField, IntegerField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, StopValidation

from app.fields import HouseForm, LineField, TextField, options
from app.programmes.models import Programme
from app.programmes.service import settings_of
from app.programmes.vocabulary import ALL_POINTS, CRITERIA, GOALS, PARAMETERS, RULES
from app.rounds.closing import Wanted
from app.rounds.closing_models import LONGEST_KEEP, LONGEST_WORDS, ChangedPart
from app.rounds.what_if_form import ORDERS

OTHER = "other"
NOBODY = 0


class ClosingForm(HouseForm):
    """What went well and stays as it is."""

    keep = TextField(
        "What went well and stays as it is",
        [
            DataRequired("Enter what to keep."),
            Length(max=LONGEST_KEEP, message="Enter at most %(max)d characters."),
        ],
    )


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a decision can change, and whether it takes a number."""

    words: str
    part: ChangedPart
    programme: Programme
    name: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    figure: str = ""
    """The name of the number it takes."""
    low: int = 0
    high: int = 0

    @property
    def key(self) -> str:
        """Return what the form sends for it, whatever else is offered."""
        given = [
            ",".join(value) if isinstance(value, list) else str(value) for value in self.figures.values()
        ]
        return ":".join((self.programme.key, self.part, self.name, self.figure, *given))


def _as_needed(form: "DecisionForm", field: IntegerField) -> None:
    """Ask for a number where what is to change takes one; anywhere else it counts for nothing."""
    field.errors = []
    option = form.offered.get(form.what.data)
    if option is None or not option.figure:
        return
    if field.data is None or not option.low <= field.data <= option.high:
        raise StopValidation(f"Enter a whole number from {option.low} to {option.high}.")


class DecisionForm(HouseForm):
    """What is to be otherwise in the next round, who sees to it, and by when."""

    what = SelectField("What is to change")
    figure = IntegerField("New number, if it takes one", [_as_needed])
    words = LineField(
        "In your words", [Optional(), Length(max=LONGEST_WORDS, message="Enter at most %(max)d characters.")]
    )
    owner = SelectField("Who sees to it", coerce=int)
    due_on = DateField("By when", [Optional()])

    def __init__(
        self, *args: Any, programmes: list[Programme], owners: list[tuple[int, str]], **settings: Any
    ) -> None:
        super().__init__(*args, **settings)
        self.offered = {row.key: row for programme in programmes for row in _options_of(programme)}
        self.what.choices = [*options([(OTHER, "Something else, in your words")]), *_choices(self.offered)]
        self.owner.choices = options([(NOBODY, "Nobody yet"), *owners])

    def wanted(self) -> Wanted:
        """Return the decision that was written."""
        said = {"words": self.words.data or "", "due_on": self.due_on.data}
        owner_id = self.owner.data or None
        option = self.offered.get(self.what.data)
        if option is None:
            return Wanted(**said, owner_id=owner_id)
        figures = {option.figure: self.figure.data} if option.figure else dict(option.figures)
        return Wanted(
            part=option.part,
            programme=option.programme,
            name=option.name,
            figures=figures,
            **said,
            owner_id=owner_id,
        )


def _choices(offered: Mapping[str, Option]) -> list[SelectChoice]:
    return [
        choice
        for key, option in offered.items()
        for choice in options([(key, option.words)], group=option.programme.name)
    ]


def _options_of(programme: Programme) -> Iterator[Option]:
    settings = settings_of(programme)
    for name in settings["rules"]:
        yield Option(f"Without the rule: {RULES[name].name}", ChangedPart.NO_RULE, programme, name)
    for name, rule in RULES.items():
        for figure, (low, high) in rule.numbers.items():
            words = f"{rule.name}: {PARAMETERS[figure].lower()} ({low} to {high})"
            yield Option(words, ChangedPart.RULE, programme, name, figure=figure, low=low, high=high)
        for figure, choices in rule.choices.items():
            for value, meaning in choices.items():
                words = f"With the rule: {rule.name}, {meaning}"
                yield Option(words, ChangedPart.RULE, programme, name, {figure: value})
        if not rule.numbers and not rule.choices and name not in settings["rules"]:
            yield Option(f"With the rule: {rule.name}", ChangedPart.RULE, programme, name)
    for name, words in CRITERIA.items():
        told = f"Weight of {words.lower()} (0 to {ALL_POINTS}, now {settings['criteria'].get(name, 0)})"
        yield Option(told, ChangedPart.WEIGHT, programme, name, figure="weight", high=ALL_POINTS)
    for order in ORDERS:
        if list(order) != settings["goals"]:
            told = "Goals: " + "; then ".join(GOALS[goal] for goal in order)
            yield Option(told, ChangedPart.GOALS, programme, figures={"order": list(order)})
