"""The parts of the settings of a programme: each is read, refused, written and told apart in one place.

A value is plain: two programmes with the same settings have the same values; a version keeps them as JSON.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.db import db
from app.programmes.agenda import agenda_kept, check_agenda, write_agenda
from app.programmes.agenda import differences as other_agenda
from app.programmes.audience import audience_of, check_audience, people_in_words, write_audience
from app.programmes.check_ins import check_check_ins, check_ins_of, write_check_ins
from app.programmes.check_ins import differences as other_check_ins
from app.programmes.checks import (
    check_criteria,
    check_goals,
    check_goals_suit,
    check_hours,
    check_name,
    check_rule,
    check_suits,
)
from app.programmes.communities import check_communities, communities_of, write_communities
from app.programmes.messages import check_messages
from app.programmes.models import (
    AudienceRole,
    MessageKind,
    Programme,
    ProgrammeCriterion,
    ProgrammeGoal,
    ProgrammeMessage,
    ProgrammeRule,
)
from app.programmes.questions import check_questions, questions_of, write_questions
from app.programmes.questions import differences as other_questions
from app.programmes.vocabulary import AUDIENCE_WORDS, CRITERIA, GOALS, MESSAGE_WORDS, rule_sentence
from app.words import hours_a_month, plural


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the settings; `task` is the page on which somebody looks at it."""

    task: str
    read: Callable[[Programme], Any]
    check: Callable[[Programme, Any], None]
    write: Callable[[Programme, Any], None]
    differences: Callable[[Any, Any], Iterator[str]]


def read(programme: Programme, names: Iterable[str]) -> dict[str, Any]:
    """Return some parts of the settings of a programme."""
    return {name: PARTS[name].read(programme) for name in names}


def write(programme: Programme, settings: Mapping[str, Any]) -> None:
    """Give a programme the parts of `settings`, which have been checked."""
    for name, value in settings.items():
        PARTS[name].write(programme, value)
    db.session.flush()


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Say what is otherwise in `after`; nothing when nothing is. What only one of them has is left out."""
    return [
        text
        for name, part in PARTS.items()
        if name in before and name in after and before[name] != after[name]
        for text in part.differences(before[name], after[name])
    ]


def _rules_of(programme: Programme) -> dict[str, Any]:
    return {row.rule: dict(row.parameters) for row in programme.rules}


def _check_rules(_programme: Programme, rules: Mapping[str, Mapping[str, Any]]) -> None:
    for rule, parameters in rules.items():
        check_rule(rule, parameters)


def _write_rules(programme: Programme, rules: Mapping[str, Mapping[str, Any]]) -> None:
    _replace(
        programme,
        "rules",
        [ProgrammeRule(rule=rule, parameters=dict(rules[rule])) for rule in sorted(rules)],
    )


def _other_rules(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*before, *after}):
        if name not in after:
            yield f"Without the rule: {rule_sentence(name, before[name])}"
        elif before.get(name) != after[name]:
            yield f"With the rule: {rule_sentence(name, after[name])}"


def _check_criteria(programme: Programme, criteria: Mapping[str, int]) -> None:
    check_criteria(criteria)
    check_suits(programme.kind, criteria)


def _write_criteria(programme: Programme, criteria: Mapping[str, int]) -> None:
    rows = [ProgrammeCriterion(criterion=name, weight=weight) for name, weight in criteria.items()]
    _replace(programme, "criteria", rows)


def _other_criteria(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[str]:
    for name in CRITERIA:
        was, now = before.get(name, 0), after.get(name, 0)
        if was != now:
            yield f"{CRITERIA[name]}: {plural(now, 'point')} instead of {was}"


def _check_goals(programme: Programme, goals: Sequence[str]) -> None:
    check_goals(goals)
    check_goals_suit(programme.kind, goals)


def _write_goals(programme: Programme, goals: Iterable[str]) -> None:
    rows = [ProgrammeGoal(position=place, goal=goal) for place, goal in enumerate(goals, start=1)]
    _replace(programme, "goals", rows)


def _other_goals(_before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    yield "Goals: " + "; then ".join(GOALS[name] for name in after)


def _other_audience(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for role in AudienceRole:
        if before.get(role) != after.get(role):
            yield f"{AUDIENCE_WORDS[role]}: {people_in_words(after.get(role, {}))}"


def _write_messages(programme: Programme, messages: Mapping[str, str]) -> None:
    rows = [ProgrammeMessage(kind=MessageKind(kind), body=body) for kind, body in messages.items()]
    _replace(programme, "messages", rows)


# Said of programmes of every kind.
_CHANGED_MESSAGES = MESSAGE_WORDS | {
    MessageKind.MATCHED_MENTEE: "To whoever is matched",
    MessageKind.LEFT_OUT: "To whoever is left out",
}


def _other_messages(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for kind in MessageKind:
        if before.get(kind) != after.get(kind):
            yield f"{_CHANGED_MESSAGES[kind]}: {'another text' if kind in after else 'the usual text'}"


def _other_communities(_before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    yield f"Communities: {', '.join(after)}" if after else "Communities: all that are in use"


def _replace(programme: Programme, name: str, rows: list[Any]) -> None:
    """Put rows in the place of others: those go first, for two rows may have the same place."""
    setattr(programme, name, [])
    db.session.flush()
    setattr(programme, name, rows)


PARTS: dict[str, Part] = {
    "name": Part(
        "details",
        lambda programme: programme.name,
        lambda programme, name: check_name(name, of=programme),
        lambda programme, name: setattr(programme, "name", name),
        lambda before, after: iter([f"Called {after} instead of {before}"]),
    ),
    "hours_a_month": Part(
        "details",
        lambda programme: programme.hours_a_month,
        lambda _programme, hours: check_hours(hours),
        lambda programme, hours: setattr(programme, "hours_a_month", hours),
        lambda before, after: iter([f"{hours_a_month(after)} instead of {before:g}"]),
    ),
    "rules": Part("rules", _rules_of, _check_rules, _write_rules, _other_rules),
    "criteria": Part(
        "weights",
        lambda programme: {row.criterion: row.weight for row in programme.criteria},
        _check_criteria,
        _write_criteria,
        _other_criteria,
    ),
    "goals": Part(
        "goals",
        lambda programme: [row.goal for row in programme.goals],
        _check_goals,
        _write_goals,
        _other_goals,
    ),
    "audience": Part(
        "people",
        audience_of,
        lambda _programme, audience: check_audience(audience),
        write_audience,
        _other_audience,
    ),
    "questions": Part("questions", questions_of, check_questions, write_questions, other_questions),
    "communities": Part(
        "communities",
        communities_of,
        check_communities,
        write_communities,
        _other_communities,
    ),
    "agenda": Part("agenda", agenda_kept, check_agenda, write_agenda, other_agenda),
    "check_ins": Part("check_ins", check_ins_of, check_check_ins, write_check_ins, other_check_ins),
    "messages": Part(
        "messages",
        lambda programme: {row.kind.value: row.body for row in programme.messages},
        lambda _programme, messages: check_messages(messages),
        _write_messages,
        _other_messages,
    ),
}
