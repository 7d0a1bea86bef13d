"""What a programme can be: the refusals of names, hours, rules, criteria and goals."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.errors import Invalid
from app.programmes.kinds import KINDS
from app.programmes.models import Programme, ProgrammeKind
from app.programmes.vocabulary import ALL_POINTS, CRITERIA, GOALS, KIND_WORDS, RULES, RuleWords
from app.words import listed

LONGEST_NAME = 120
MOST_HOURS = 200


def check_name(name: str, *, of: Programme | None = None) -> None:
    """Refuse a name that is none, or that another programme than `of` has."""
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid(f"Enter a name of at most {LONGEST_NAME} characters.", field="name")
    taken = db.session.scalar(sa.select(Programme.id).filter_by(name=name))
    if taken is not None and (of is None or taken != of.id):
        raise Invalid(f"There is already a programme called {name}.", field="name")


def check_hours(hours: float) -> None:
    """Refuse hours that nobody can give."""
    if not 0 < hours <= MOST_HOURS:
        raise Invalid(f"The hours a month must be above 0 and at most {MOST_HOURS}.", field="hours_a_month")


def check_settings(kind: ProgrammeKind, settings: Mapping[str, Any]) -> None:
    """Refuse rules, criteria and goals that make no sense together in a programme of a kind."""
    for rule, parameters in settings["rules"].items():
        check_rule(rule, parameters)
    check_criteria(settings["criteria"])
    check_suits(kind, settings["criteria"])
    check_goals(settings["goals"])
    check_goals_suit(kind, settings["goals"])


def check_suits(kind: ProgrammeKind, criteria: Mapping[str, int]) -> None:
    """Refuse a criterion that makes no sense in a programme of a kind."""
    for criterion, because in KINDS[kind].senseless.items():
        if criterion in criteria:
            raise Invalid(f"{KIND_WORDS[kind]} has no criterion {criterion}: {because}.")


def check_goals_suit(kind: ProgrammeKind, goals: Sequence[str]) -> None:
    """Refuse a goal that makes no sense in a programme of a kind."""
    for goal, because in KINDS[kind].senseless.items():
        if goal in goals:
            raise Invalid(f"{KIND_WORDS[kind]} has no goal {goal}: {because}.")


def check_rule(rule: str, parameters: Mapping[str, Any]) -> None:
    """Refuse a rule nobody knows, or one whose parameters make no sense."""
    words = RULES.get(rule)
    if words is None:
        raise Invalid(f"There is no rule {rule}. Choose from {listed(list(RULES))}.")
    known = {*words.numbers, *words.choices}
    unknown = sorted(set(parameters) - known)
    if unknown:
        raise Invalid(f"The rule {rule} has no {unknown[0]}.")
    missing = sorted(words.needs - set(parameters))
    if missing or (known and not parameters):
        raise Invalid(f"The rule {rule} needs {missing[0] if missing else ' or '.join(sorted(known))}.")
    for parameter, value in parameters.items():
        _check_parameter(rule, words, parameter, value)
    if parameters.get("min", -MOST_HOURS) > parameters.get("max", MOST_HOURS):
        raise Invalid(f"The rule {rule} has its min above its max.")


def check_criteria(criteria: Mapping[str, int]) -> None:
    """Refuse weights that do not add up to 100, so that points read as a fit out of 100."""
    for criterion, weight in criteria.items():
        if criterion not in CRITERIA:
            raise Invalid(f"There is no criterion {criterion}. Choose from {listed(list(CRITERIA))}.")
        if type(weight) is not int or not 1 <= weight <= ALL_POINTS:
            raise Invalid(f"The weight of {criterion} must be a whole number from 1 to {ALL_POINTS}.")
    total = sum(criteria.values())
    if total != ALL_POINTS:
        raise Invalid(f"The weights must add up to {ALL_POINTS}; these add up to {total}.")


def check_goals(goals: Sequence[str]) -> None:
    """Refuse goals nobody knows, none at all, one named twice, or an order that makes no sense."""
    for goal in goals:
        if goal not in GOALS:
            raise Invalid(f"There is no goal {goal}. Choose from {listed(list(GOALS))}.", field="goals")
    refusal = _refusal_of(goals)
    if refusal is not None:
        raise Invalid(refusal, field="goals")


def _refusal_of(goals: Sequence[str]) -> str | None:
    """Return why known goals cannot be put in this order, if so."""
    said = {goal: f"“{words}”" for goal, words in GOALS.items()}
    if not goals or len(set(goals)) < len(goals):
        return "Name each goal once, the most important first."
    if "worst_match" in goals and "coverage" not in goals[: goals.index("worst_match")]:
        return f"{said['worst_match']} must come after {said['coverage']}; otherwise to match nobody is best."
    if "stable" in goals and (goals[0] != "stable" or "worst_match" in goals):
        return f"{said['stable']} must come first, and cannot be had together with {said['worst_match']}."
    if "parity" in goals:
        return f"{said['parity']} needs groups of mentees, which programmes here do not have."
    return None


def _check_parameter(rule: str, words: RuleWords, parameter: str, value: Any) -> None:
    if parameter in words.choices:
        if value not in words.choices[parameter]:
            raise Invalid(f"The {parameter} of {rule} must be {' or '.join(words.choices[parameter])}.")
        return
    low, high = words.numbers[parameter]
    if type(value) is not int or not low <= value <= high:
        raise Invalid(f"The {parameter} of {rule} must be a whole number from {low} to {high}.")
