"""The form of a what-if: the settings of a run, programme by programme, to be changed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField, Field, IntegerField, RadioField, SelectField
from wtforms.validators import AnyOf, InputRequired, NumberRange, StopValidation

from app.fields import HouseForm, options
from app.programmes.vocabulary import ALL_POINTS, CRITERIA, PARAMETERS, RULES, RuleWords
from app.rounds.settings import Settings

# The orders of goals that differ in what they bring; a programme's own is offered, too.
ORDERS = (
    ("coverage", "points"),
    ("coverage", "worst_match", "points"),
    ("points", "coverage"),
    ("stable", "coverage", "points"),
)
SHORT_GOALS = {
    "coverage": "as many people as possible",
    "points": "the best fit together",
    "worst_match": "the weakest match as good as possible",
    "stable": "no two who would rather have each other",
    "parity": "the group worst off",
    "same_partners": "partners stay together",
}


@dataclass(frozen=True, slots=True)
class RuleFields:
    """The switch of a rule and the fields of its parameters."""

    switch: Field
    parameters: list[Field]


@dataclass(frozen=True, slots=True)
class ProgrammeFields:
    """What can be changed in one programme."""

    key: str
    rules: list[RuleFields]
    weights: list[Field]
    goals: Field


def what_if_form(settings: Settings) -> HouseForm:
    """Return a form that shows these settings, or what was sent of it."""
    fields: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for key, programme in settings.items():
        for rule, words in RULES.items():
            fields.update(_rule_fields(_name(key, rule), words))
            values[_name(key, rule)] = rule in programme["rules"]
            for parameter, value in programme["rules"].get(rule, {}).items():
                values[_name(key, rule, parameter)] = value
        for criterion, words_of_criterion in CRITERIA.items():
            fields[_name(key, criterion)] = _weight(words_of_criterion)
            values[_name(key, criterion)] = programme["criteria"].get(criterion, 0)
        fields[_name(key, "goals")] = _goals(tuple(programme["goals"]))
        values[_name(key, "goals")] = ",".join(programme["goals"])
    form: type[HouseForm] = type("WhatIfForm", (HouseForm,), fields)
    return form(data=values)


def programmes_of(form: HouseForm, settings: Settings) -> list[ProgrammeFields]:
    """Return the fields of a form in the order in which the page shows them."""
    return [
        ProgrammeFields(
            key=key,
            rules=[
                RuleFields(form[_name(key, rule)], [form[name] for name in _parameters(key, rule, words)])
                for rule, words in RULES.items()
            ],
            weights=[form[_name(key, criterion)] for criterion in CRITERIA],
            goals=form[_name(key, "goals")],
        )
        for key in settings
    ]


def settings_in(form: HouseForm, settings: Settings) -> dict[str, Any]:
    """Return the settings that a valid form holds; its weights are shared out so that they add up to 100."""
    return {key: _programme(form, key) for key in settings}


def shared_out(weights: Mapping[str, int]) -> dict[str, int]:
    """Return weights in proportion that add up to 100, those of nothing left out.

    What rounding down leaves over goes to the largest remainders, the first named among equals.
    """
    total = sum(weights.values())
    if not total:
        return {}
    shares = {name: divmod(weight * ALL_POINTS, total) for name, weight in weights.items()}
    over = ALL_POINTS - sum(whole for whole, _ in shares.values())
    first = sorted(shares, key=lambda name: -shares[name][1])[:over]
    found = {name: whole + (name in first) for name, (whole, _) in shares.items()}
    return {name: points for name, points in found.items() if points}


def _programme(form: HouseForm, key: str) -> dict[str, Any]:
    rules = {
        rule: dict(_given(form, key, rule, words))
        for rule, words in RULES.items()
        if form[_name(key, rule)].data
    }
    weights = {criterion: form[_name(key, criterion)].data or 0 for criterion in CRITERIA}
    return {
        "rules": rules,
        "criteria": shared_out(weights),
        "goals": form[_name(key, "goals")].data.split(","),
    }


def _given(form: HouseForm, key: str, rule: str, words: RuleWords) -> Iterator[tuple[str, Any]]:
    for parameter in (*words.numbers, *words.choices):
        value = form[_name(key, rule, parameter)].data
        if value not in (None, ""):
            yield parameter, value


def _rule_fields(name: str, words: RuleWords) -> Iterator[tuple[str, Any]]:
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


def _unless_empty(switch: str, asked: str, needed: bool) -> Callable[[HouseForm, Field], None]:
    """Return the check that lets a figure stay empty, unless the rule of the switch is on and needs it."""

    def check(form: HouseForm, field: Field) -> None:
        if field.raw_data and field.raw_data[0].strip():
            return
        field.errors = []  # an empty field is no number that could not be read
        raise StopValidation(asked if needed and form[switch].data else "")

    return check


def _weight(words: str) -> IntegerField:
    asked = f"Enter a whole number from 0 to {ALL_POINTS}."
    return IntegerField(words, [InputRequired(asked), NumberRange(0, ALL_POINTS, asked)])


def _goals(own: tuple[str, ...]) -> RadioField:
    orders = dict.fromkeys((own, *ORDERS))
    return RadioField(
        "What comes first", choices=options([(",".join(order), _order(order)) for order in orders])
    )


def _order(goals: tuple[str, ...]) -> str:
    said = ", then ".join(SHORT_GOALS[name] for name in goals)
    return said[0].upper() + said[1:]


def _parameters(key: str, rule: str, words: RuleWords) -> list[str]:
    return [_name(key, rule, parameter) for parameter in (*words.numbers, *words.choices)]


def _name(*parts: str) -> str:
    return "-".join(parts)
