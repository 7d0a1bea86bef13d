"""The settings a run is asked with, out of a problem and into one: rules, criteria and goals by programme."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.programmes import parts
from app.programmes.models import ProgrammeKind
from app.programmes.vocabulary import CRITERIA, GOALS, rule_sentence
from matching.problem import Criterion, GoalName, Problem, Rule, RuleName

FIGURES = ("minutes", "min", "max", "name", "percent")
Settings = Mapping[str, Mapping[str, Any]]


def settings_of(problem: Problem) -> dict[str, Any]:
    """Return the settings of a problem as they are kept, by the key of each programme."""
    return {
        programme.id: {
            "rules": {str(rule.rule): figures_of(rule) for rule in programme.rules},
            "criteria": {str(criterion): weight for criterion, weight in programme.criteria.items()},
            "goals": [str(goal) for goal in programme.goals],
        }
        for programme in problem.programmes
    }


def with_settings(problem: Problem, settings: Settings) -> Problem:
    """Return a problem of the same people with other settings.

    Raises:
        ProblemError: when they make no sense together.
    """
    programmes = tuple(
        replace(
            programme,
            rules=tuple(
                Rule(rule=RuleName(name), **figures)
                for name, figures in sorted(settings[programme.id]["rules"].items())
            ),
            criteria={Criterion(name): weight for name, weight in settings[programme.id]["criteria"].items()},
            goals=tuple(GoalName(name) for name in settings[programme.id]["goals"]),
        )
        for programme in problem.programmes
    )
    return replace(problem, programmes=programmes)


def rules_in_words(settings: Settings, kinds: Mapping[str, ProgrammeKind]) -> list[str]:
    """Return the sentences of the rules that hold in any programme, each once."""
    named = [
        rule_sentence(rule, figures, kinds.get(key, ProgrammeKind.MENTORING))
        for key, programme in settings.items()
        for rule, figures in sorted(programme["rules"].items())
    ]
    return list(dict.fromkeys(named))


def settings_in_words(
    settings: Mapping[str, Any], kind: ProgrammeKind
) -> tuple[list[str], list[tuple[str, int]], list[str]]:
    """Return the rules of a programme, its weights from the weightiest on, and its goals in order."""
    weights = sorted(settings["criteria"].items(), key=lambda row: (-row[1], row[0]))
    return (
        [rule_sentence(rule, figures, kind) for rule, figures in sorted(settings["rules"].items())],
        [(CRITERIA[name], weight) for name, weight in weights],
        [GOALS[name] for name in settings["goals"]],
    )


def differences(before: Settings, after: Settings) -> list[str]:
    """Say what is otherwise in `after`, programme by programme; nothing when nothing is."""
    return [text for key in after if key in before for text in parts.differences(before[key], after[key])]


def figures_of(rule: Rule) -> dict[str, Any]:
    """Return the figures that a rule is given with, by their names."""
    given = {name: getattr(rule, name) for name in FIGURES}
    return {name: value for name, value in given.items() if value is not None}
