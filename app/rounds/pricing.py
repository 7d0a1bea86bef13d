"""Towards the engine: what each rule and each lock of a plan costs, one after another."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from app.rounds.contrasts import MOST_SECONDS, Plan
from app.rounds.question_models import QuestionKind
from app.rounds.settings import figures_of
from app.rounds.snapshot_people import person_id_of
from matching.contrast.anew import Anew
from matching.contrast.forbidden import forbidden_by
from matching.errors import ProblemError
from matching.problem import Lock, MentoringProgramme, Problem, Rule
from matching.solution import Status
from matching.watch import Limits, Stopped

# Each lock takes as long as a run; of more than these, only all together are priced beside the first.
MOST_LOCKS = 12

Row = dict[str, Any]
Wanted = Callable[[], bool]


def next_price(
    plan: Plan, kind: QuestionKind, answer: dict[str, Any] | None, wanted: Wanted
) -> dict[str, Any]:
    """Return the answer with one price more; it is complete when it has `total` rows."""
    rows: list[Row] = [] if answer is None else list(answer["rows"])
    steps = _rules(plan.problem) if kind is QuestionKind.RULE_PRICES else _locks(plan.problem)
    if len(rows) < len(steps):
        row, changed, programme = steps[len(rows)]()
        rows.append({**row, **_price(plan, changed, programme, wanted)})
    return {"total": len(steps), "rows": rows}


Step = Callable[[], tuple[Row, Problem, str]]


def _rules(problem: Problem) -> list[Step]:
    return [
        partial(_without_rule, problem, programme, rule)
        for programme in problem.programmes
        if isinstance(programme, MentoringProgramme) and programme.candidates is None
        for rule in programme.rules
    ]


def _without_rule(problem: Problem, programme: MentoringProgramme, rule: Rule) -> tuple[Row, Problem, str]:
    """Return how many pairs a rule forbids, whatever else does: other counts would tell of blocks."""
    forbidden = forbidden_by(problem, programme)[programme.rules.index(rule)]
    freer = replace(programme, rules=tuple(row for row in programme.rules if row is not rule))
    programmes = tuple(freer if row is programme else row for row in problem.programmes)
    row = {
        "programme": programme.id,
        "rule": str(rule.rule),
        "figures": figures_of(rule),
        "pairs": forbidden.pairs,
    }
    return row, replace(problem, programmes=programmes), programme.id


def _locks(problem: Problem) -> list[Step]:
    pairs = [
        lock for lock in problem.locks if isinstance(problem.programme(lock.programme), MentoringProgramme)
    ]
    each: list[Step] = [partial(_without_lock, problem, lock) for lock in pairs[:MOST_LOCKS]]
    keys = dict.fromkeys(lock.programme for lock in pairs)
    together = len(pairs) > 1 and len(keys) == 1
    return [partial(_without_locks, problem, pairs), *each] if together else each


def _without_lock(problem: Problem, lock: Lock) -> tuple[Row, Problem, str]:
    row, changed, programme = _without_locks(problem, [lock])
    mentee, mentor = map(person_id_of, lock.members)
    return {**row, "mentee": mentee, "mentor": mentor}, changed, programme


def _without_locks(problem: Problem, locks: list[Lock]) -> tuple[Row, Problem, str]:
    kept = tuple(row for row in problem.locks if not any(row is lock for lock in locks))
    row = {"programme": locks[0].programme, "locks": len(locks)}
    return row, replace(problem, locks=kept), locks[0].programme


def _price(plan: Plan, changed: Problem, programme: str, wanted: Wanted) -> Row:
    """Return what the best plan of the changed problem has more; no figures when it was not found in time."""
    anew = Anew(
        plan.problem, plan.solution, limits=Limits(seconds=MOST_SECONDS), should_stop=lambda: not wanted()
    )
    try:
        found = anew.solved(changed, programme, "without it")
    except (Stopped, ProblemError):
        return {"people": None, "points": None, "proved": False}
    difference = anew.difference(found, programme)
    proved = found.status is Status.OPTIMAL
    return {"people": difference.people, "points": difference.points, "proved": proved}
