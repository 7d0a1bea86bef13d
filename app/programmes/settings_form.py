"""Fields for the rules and weights of a programme, wherever they are changed or tried out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField, Field, IntegerField, SelectField
from wtforms.validators import AnyOf, InputRequired, NumberRange, StopValidation

from app.fields import HouseForm, options
from app.programmes.vocabulary import ALL_POINTS, PARAMETERS, RULES, RuleWords


@dataclass(frozen=True, slots=True)
class RuleFields:
    """The switch of a rule and the fields of its parameters."""

    rule: str
    switch: Field
    parameters: list[Field]


class SettingsForm(HouseForm):
    """A form with rules, whose switches `switches` names, each with the rule it is of."""

    switches: Mapping[str, str]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and what the figures of one rule mean together."""
        valid = super().validate(extra_validators)
        alone = [self._makes_sense(name, RULES[rule]) for name, rule in self.switches.items()]
        return valid and all(alone)

    def rule_fields(self, names: Iterable[str]) -> list[RuleFields]:
        """Return the switches of these names, each with the fields of its parameters."""
        return [
            RuleFields(rule, self[name], [self[field] for field in parameter_names(name, RULES[rule])])
            for name, rule in ((name, self.switches[name]) for name in names)
        ]

    def rules_on(self, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return the rules that are switched on, with the parameters given."""
        return {self.switches[name]: self.parameters_of(name) for name in names if self[name].data}

    def parameters_of(self, name: str) -> dict[str, Any]:
        """Return what has been entered beside a switch."""
        words = RULES[self.switches[name]]
        given = {parameter: self[f"{name}-{parameter}"].data for parameter in _parameters(words)}
        return {parameter: value for parameter, value in given.items() if value not in (None, "")}

    def _makes_sense(self, name: str, words: RuleWords) -> bool:
        fields = [self[field] for field in parameter_names(name, words)]
        if not self[name].data or not fields or any(field.errors for field in fields):
            return True
        given = self.parameters_of(name)
        if not given:
            fields[0].errors = ["Fill in at least one of the two."]
        elif given.get("min", 0) > given.get("max", given.get("min", 0)):
            fields[-1].errors = [f"Enter a whole number from {given['min']} up."]
        return not any(field.errors for field in fields)


def rule_fields(name: str, words: RuleWords) -> Iterator[tuple[str, Field]]:
    """Yield the fields of a rule by their names: its switch, then its parameters."""
    yield name, BooleanField(words.name)
    for parameter, (low, high) in words.numbers.items():
        asked = f"Enter a whole number from {low} to {high}."
        checks = [_unless_empty(name, asked, parameter in words.needs), NumberRange(low, high, asked)]
        yield f"{name}-{parameter}", IntegerField(PARAMETERS[parameter], checks)
    for parameter, choices in words.choices.items():
        asked = "Choose one of the options."
        checks = [_unless_empty(name, asked, parameter in words.needs), AnyOf(choices, asked)]
        chosen = options(choices.items())
        yield (
            f"{name}-{parameter}",
            SelectField(PARAMETERS[parameter], checks, choices=chosen, validate_choice=False),
        )


def weight_field(words: str) -> IntegerField:
    """Return the field for how much a criterion weighs, as a number."""
    asked = f"Enter a whole number from 0 to {ALL_POINTS}."
    return IntegerField(words, [InputRequired(asked), NumberRange(0, ALL_POINTS, asked)])


def parameter_names(name: str, words: RuleWords) -> list[str]:
    """Return the names of the fields for the parameters of a rule."""
    return [f"{name}-{parameter}" for parameter in _parameters(words)]


def _parameters(words: RuleWords) -> tuple[str, ...]:
    return (*words.numbers, *words.choices)


def _unless_empty(switch: str, asked: str, needed: bool) -> Callable[[HouseForm, Field], None]:
    """Return the check that lets a figure stay empty, unless the rule of the switch is on and needs it."""

    def check(form: HouseForm, field: Field) -> None:
        if field.raw_data and field.raw_data[0].strip():
            return
        field.errors = []  # an empty field is no number that could not be read
        raise StopValidation(asked if needed and form[switch].data else "")

    return check
