"""The form of a what-if: the settings of a run, programme by programme, to be changed."""

from dataclasses import dataclass
from typing import Any

from wtforms import Field, RadioField

from app.fields import options
from app.programmes.settings_form import RuleFields, SettingsForm, rule_fields, weight_field
from app.programmes.vocabulary import CRITERIA, RULES, SHORT_GOALS
from app.programmes.weights import shared_out
from app.rounds.settings import Settings

# The orders of goals that differ in what they bring; a programme's own is offered, too.
ORDERS = (
    ("coverage", "points"),
    ("coverage", "worst_match", "points"),
    ("points", "coverage"),
    ("stable", "coverage", "points"),
)


@dataclass(frozen=True, slots=True)
class ProgrammeFields:
    """What can be changed in one programme."""

    key: str
    rules: list[RuleFields]
    weights: list[Field]
    goals: Field


def what_if_form(settings: Settings) -> SettingsForm:
    """Return a form that shows these settings, or what was sent of it."""
    fields: dict[str, Any] = {"switches": {_name(key, rule): rule for key in settings for rule in RULES}}
    values: dict[str, Any] = {}
    for key, programme in settings.items():
        for rule, words in RULES.items():
            fields.update(rule_fields(_name(key, rule), words))
            values[_name(key, rule)] = rule in programme["rules"]
            for parameter, value in programme["rules"].get(rule, {}).items():
                values[_name(key, rule, parameter)] = value
        for criterion, words_of_criterion in CRITERIA.items():
            fields[_name(key, criterion)] = weight_field(words_of_criterion)
            values[_name(key, criterion)] = programme["criteria"].get(criterion, 0)
        fields[_name(key, "goals")] = _goals(tuple(programme["goals"]))
        values[_name(key, "goals")] = ",".join(programme["goals"])
    form: type[SettingsForm] = type("WhatIfForm", (SettingsForm,), fields)
    return form(data=values)


def programmes_of(form: SettingsForm, settings: Settings) -> list[ProgrammeFields]:
    """Return the fields of a form in the order in which the page shows them."""
    return [
        ProgrammeFields(
            key=key,
            rules=form.rule_fields(_name(key, rule) for rule in RULES),
            weights=[form[_name(key, criterion)] for criterion in CRITERIA],
            goals=form[_name(key, "goals")],
        )
        for key in settings
    ]


def settings_in(form: SettingsForm, settings: Settings) -> dict[str, Any]:
    """Return the settings that a valid form holds; its weights are shared out so that they add up to 100."""
    return {key: _programme(form, key) for key in settings}


def _programme(form: SettingsForm, key: str) -> dict[str, Any]:
    weights = {criterion: form[_name(key, criterion)].data or 0 for criterion in CRITERIA}
    return {
        "rules": form.rules_on(_name(key, rule) for rule in RULES),
        "criteria": shared_out(weights),
        "goals": form[_name(key, "goals")].data.split(","),
    }


def _goals(own: tuple[str, ...]) -> RadioField:
    orders = dict.fromkeys((own, *ORDERS))
    return RadioField(
        "What comes first", choices=options([(",".join(order), _order(order)) for order in orders])
    )


def _order(goals: tuple[str, ...]) -> str:
    said = ", then ".join(SHORT_GOALS[name] for name in goals)
    return said[0].upper() + said[1:]


def _name(*parts: str) -> str:
    return "-".join(parts)
