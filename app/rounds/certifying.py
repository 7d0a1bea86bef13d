"""What is certified of a checked plan: its rules with the matches that keep each, its goals, its hashes."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.errors import Conflict
from app.rounds.certificate_models import RunCertificate
from app.rounds.documents import document_of
from app.rounds.models import DocumentKind, Run
from app.rounds.settings import settings_of
from app.rounds.states import RunState
from matching.joint.aims import AimName
from matching.problem import GoalName, Problem
from matching.solution import CertificateKind, Solution


def check_has_plan(run: Run) -> None:
    """Refuse what is asked about the plan of a run that has none.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    if run.state is not RunState.FINISHED:
        raise Conflict("This run found no plan, so there is nothing to certify.")


def certify(run_id: int, problem: Problem, solution: Solution, text: str) -> None:
    """Keep the certificate of a plan that the check has passed; `text` is the solution as it is kept."""
    db.session.add(certificate_from(run_id, problem, solution, text))
    db.session.flush()


def certificate_of(run: Run) -> RunCertificate:
    """Return the certificate of a run; of one from before they were kept, made from its documents.

    Raises:
        Conflict: when it has no plan.
    """
    check_has_plan(run)
    kept = db.session.scalar(sa.select(RunCertificate).filter_by(run_id=run.id))
    if kept is not None:
        return kept
    problem = Problem.from_json(document_of(run.id, DocumentKind.PROBLEM))
    text = document_of(run.id, DocumentKind.SOLUTION).decode()
    made = certificate_from(run.id, problem, Solution.from_json(text), text)
    made.checked_at = run.finished_at or run.queued_at
    return made


def certificate_from(run_id: int, problem: Problem, solution: Solution, text: str) -> RunCertificate:
    """Return what can be certified of a plan that the check has passed."""
    return RunCertificate(
        run_id=run_id,
        solution_sha256=hashlib.sha256(text.encode()).hexdigest(),
        answer_sha256=answer_sha256(solution),
        engine=dict(solution.engine),
        rules=list(_rules(problem, solution)),
        goals=list(_goals(solution)),
    )


def answer_sha256(solution: Solution) -> str:
    """Return the hash of what must be the same each time a problem is solved with the same seed."""
    answer = replace(solution.without_statistics(), engine={})
    return hashlib.sha256(answer.to_json().encode()).hexdigest()


def _rules(problem: Problem, solution: Solution) -> Iterator[dict[str, Any]]:
    """Yield each rule of each programme with its matches, and how many HR has locked even against rules."""
    matches = Counter(row.programme for row in solution.assignments)
    excepted = _locked_against_rules(problem, solution)
    for key, programme in settings_of(problem).items():
        for rule, figures in sorted(programme["rules"].items()):
            yield {
                "programme": key,
                "rule": rule,
                "figures": figures,
                "matches": matches[key],
                "excepted": excepted[key],
            }


def _locked_against_rules(problem: Problem, solution: Solution) -> Counter[str]:
    """Count the matches of each programme whose lock may break a rule."""
    locks = {(lock.programme, frozenset(lock.members)) for lock in problem.locks if lock.override}
    return Counter(
        row.programme
        for row in solution.assignments
        if (row.programme, frozenset(row.people or row.members.values())) in locks
    )


def _goals(solution: Solution) -> Iterator[dict[str, Any]]:
    """Yield what was reached of each goal against the most there is, and whether prices alone prove it."""
    if solution.joint:
        yield from _goals_together(solution)
        return
    searched = {row.programme for row in solution.certificates if row.kind is CertificateKind.BOUND}
    for row in solution.goals:
        yield {
            "programme": row.programme,
            "goal": row.goal,
            "value": row.value,
            "bound": row.bound,
            "by_search": row.programme in searched,
        }


def _goals_together(solution: Solution) -> Iterator[dict[str, Any]]:
    """Yield the goals of programmes that share something, in the one order they have together.

    A step counts without what is locked; points are told with it, as everywhere.
    """
    points = sum(row.value for row in solution.goals if row.goal == GoalName.POINTS)
    for step in solution.joint:
        locked = points - step.value if step.goal == AimName.POINTS else 0
        yield {
            "programme": step.programme or "",
            "goal": step.goal,
            "value": step.value + locked,
            "bound": step.bound + locked,
            "by_search": step.searched,
        }
