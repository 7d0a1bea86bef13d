"""Commands about programmes."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app import audit
from app.db import db
from app.errors import Conflict, Invalid
from app.programmes.kinds import KINDS
from app.programmes.models import Programme, ProgrammeCriterion, ProgrammeGoal, ProgrammeKind, ProgrammeRule
from app.programmes.vocabulary import (
    ALL_POINTS,
    CRITERIA,
    GOALS,
    KIND_WORDS,
    RULES,
    RuleWords,
)
from app.text import cleaned_line, folded
from app.words import listed

KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")
LONGEST_KEY = 40
ADDRESSES = frozenset({"new"})  # what stands at the place of a key in addresses
LONGEST_NAME = 120
MOST_HOURS = 200


def create_programme(
    *,
    name: str,
    by: audit.Actor,
    key: str | None = None,
    kind: ProgrammeKind = ProgrammeKind.MENTORING,
    hours_a_month: float | None = None,
    rules: Mapping[str, Mapping[str, Any]] | None = None,
    criteria: Mapping[str, int] | None = None,
    goals: Sequence[str] | None = None,
) -> Programme:
    """Set up a programme; without hours, rules, criteria and goals it gets those that suit most companies.

    Without a key it gets one made of its name.

    Raises:
        Invalid: when a name is taken, a word unknown, or the weights do not add up.
    """
    name = cleaned_line(name)
    key = key_for(name) if key is None else key
    _check_key(key)
    check_name(name)
    usual = KINDS[kind]
    hours_a_month = usual.hours_a_month if hours_a_month is None else hours_a_month
    check_hours(hours_a_month)
    settings = {
        "rules": usual.rules if rules is None else rules,
        "criteria": usual.criteria if criteria is None else criteria,
        "goals": usual.goals if goals is None else goals,
    }
    check_settings(kind, settings)
    rule_rows, criterion_rows, goal_rows = _rows(settings)
    programme = Programme(
        key=key,
        name=name,
        kind=kind,
        hours_a_month=hours_a_month,
        rules=rule_rows,
        criteria=criterion_rows,
        goals=goal_rows,
    )
    db.session.add(programme)
    db.session.flush()
    audit.record(audit.Entry("programme.created", "programme", programme.id, details={"key": key}), by=by)
    return programme


def settings_of(programme: Programme) -> dict[str, Any]:
    """Return the rules, criteria and goals of a programme as plain values, alike when they are the same."""
    return {
        "rules": {row.rule: dict(row.parameters) for row in programme.rules},
        "criteria": {row.criterion: row.weight for row in programme.criteria},
        "goals": [row.goal for row in programme.goals],
    }


def change_settings(
    programme: Programme, settings: Mapping[str, Any], *, seen: Mapping[str, Any], by: audit.Actor
) -> None:
    """Give a programme other rules, criteria and goals; `seen` are those that whoever decides has looked at.

    Raises:
        Conflict: when somebody has changed the programme since it was looked at.
        Invalid: when a word is unknown, or the weights do not add up.
    """
    db.session.refresh(programme, with_for_update=True)
    if settings_of(programme) != seen:
        raise Conflict(f"{programme.name} has been changed meanwhile. Look at what would change now.")
    check_settings(programme.kind, settings)
    programme.rules, programme.criteria, programme.goals = [], [], []
    # The old rows go first: goals that change places would else meet in one of them.
    db.session.flush()
    programme.rules, programme.criteria, programme.goals = _rows(settings)
    db.session.flush()
    details = {"before": dict(seen), "after": dict(settings)}
    audit.record(audit.Entry("programme.changed", "programme", programme.id, details=details), by=by)


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


def key_for(name: str) -> str:
    """Return a key made of a name, which no other programme has."""
    words = re.sub(r"[^a-z0-9]+", "-", folded(name)).lstrip("-0123456789")
    stem = words[: LONGEST_KEY - 5].strip("-") or "programme"
    taken = (
        set(db.session.scalars(sa.select(Programme.key).where(Programme.key.startswith(stem)))) | ADDRESSES
    )
    endings = ("", *(f"-{number}" for number in range(2, len(taken) + 3)))
    return next(key for ending in endings if (key := f"{stem}{ending}") not in taken)


def check_settings(kind: ProgrammeKind, settings: Mapping[str, Any]) -> None:
    """Refuse rules, criteria and goals that make no sense together in a programme of a kind."""
    for rule, parameters in settings["rules"].items():
        check_rule(rule, parameters)
    check_criteria(settings["criteria"])
    for criterion, because in KINDS[kind].senseless.items():
        if criterion in settings["criteria"]:
            raise Invalid(f"{KIND_WORDS[kind]} has no criterion {criterion}: {because}.")
    check_goals(settings["goals"])


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
    """Refuse goals nobody knows, none at all, or one named twice."""
    for goal in goals:
        if goal not in GOALS:
            raise Invalid(f"There is no goal {goal}. Choose from {listed(list(GOALS))}.")
    if not goals or len(set(goals)) < len(goals):
        raise Invalid("Name each goal once, the most important first.")
    if "worst_match" in goals and "coverage" not in goals[: goals.index("worst_match")]:
        raise Invalid("The goal worst_match must come after coverage; otherwise to match nobody is best.")
    if "stable" in goals and (goals[0] != "stable" or "worst_match" in goals):
        raise Invalid("The goal stable must come first, and without worst_match.")
    if "parity" in goals:
        raise Invalid("The goal parity needs groups of mentees, which programmes here do not have.")


def _rows(
    settings: Mapping[str, Any],
) -> tuple[list[ProgrammeRule], list[ProgrammeCriterion], list[ProgrammeGoal]]:
    """Return settings as the rows of a programme."""
    return (
        [
            ProgrammeRule(rule=rule, parameters=dict(parameters))
            for rule, parameters in sorted(settings["rules"].items())
        ],
        [
            ProgrammeCriterion(criterion=criterion, weight=weight)
            for criterion, weight in settings["criteria"].items()
        ],
        [ProgrammeGoal(position=place, goal=goal) for place, goal in enumerate(settings["goals"], start=1)],
    )


def _check_key(key: str) -> None:
    if not KEY.fullmatch(key) or key in ADDRESSES:
        raise Invalid(
            f"The key {key!r} must be small letters, digits and hyphens, at most {LONGEST_KEY}, "
            "beginning with a letter."
        )
    if db.session.scalar(sa.select(Programme.id).filter_by(key=key)):
        raise Invalid(f"There is already a programme with the key {key}.", field="name")


def _check_parameter(rule: str, words: RuleWords, parameter: str, value: Any) -> None:
    if parameter in words.choices:
        if value not in words.choices[parameter]:
            raise Invalid(f"The {parameter} of {rule} must be {' or '.join(words.choices[parameter])}.")
        return
    low, high = words.numbers[parameter]
    if type(value) is not int or not low <= value <= high:
        raise Invalid(f"The {parameter} of {rule} must be a whole number from {low} to {high}.")
