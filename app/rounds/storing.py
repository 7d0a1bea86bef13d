"""The command that keeps what a run has found: documents, figures, pairs, and who is left out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.programmes.models import Programme
from app.rounds.certifying import certify
from app.rounds.documents import keep
from app.rounds.group_models import ClosedCause, ClosedGroup
from app.rounds.models import (
    SEEKING,
    Assignment,
    AssignmentMember,
    DocumentKind,
    EnrolmentRole,
    UnmatchedPerson,
)
from app.rounds.reasons import BLOCKED, UNTOLD_OF_COMMUNITIES, Reasons, cause_details, cause_kind, labels_of
from app.rounds.running import Attempt, settle_finished
from app.rounds.snapshot_groups import GROUP, id_in
from app.rounds.snapshot_people import person_id_of
from matching.joint.aims import covering, seekers_of
from matching.problem import CommunitiesProgramme, Kind, MentoringProgramme, PeerProgramme, Problem
from matching.problem import Programme as EngineProgramme
from matching.solution import Assignment as Pair
from matching.solution import Solution

AT_ONCE = 5000
ALWAYS_CHECKED = 3  # places and capacity, both enrolled, nobody with someone they blocked


def store(
    attempt: Attempt, problem: Problem, solution: Solution, rows: Sequence[tuple[Pair, Reasons]]
) -> bool:
    """Keep a checked solution and propose it; False, and nothing kept, when another attempt has taken over.

    `rows` are its pairs with the reasons of each; of a group, each member stands there by themself.
    """
    if not settle_finished(attempt, **_figures(problem, solution)):
        return False
    text = solution.to_json()
    keep(attempt.run_id, DocumentKind.SOLUTION, text)
    certify(attempt.run_id, problem, solution, text)
    programmes = {key: row_id for row_id, key in db.session.execute(sa.select(Programme.id, Programme.key))}
    for start in range(0, len(rows), AT_ONCE):
        _store_pairs(attempt.run_id, programmes, problem, rows[start : start + AT_ONCE])
    left_out = list(_unmatched_rows(attempt.run_id, programmes, problem, solution))
    if left_out:
        db.session.execute(sa.insert(UnmatchedPerson), left_out)
    closed = list(_closed_rows(attempt.run_id, programmes, solution))
    if closed:
        db.session.execute(sa.insert(ClosedGroup), closed)
    return True


def _store_pairs(
    run_id: int,
    programmes: Mapping[str, int],
    problem: Problem,
    rows: Sequence[tuple[Pair, Reasons]],
) -> None:
    weights = {programme.id: programme.criteria for programme in problem.programmes}
    assignment_ids = db.session.scalars(
        sa.insert(Assignment).returning(Assignment.id, sort_by_parameter_order=True),
        [
            {
                "run_id": run_id,
                "programme_id": programmes[row.programme],
                "community_id": None if row.community is None else id_in(row.community),
                "points": sum(parts.values()),
                "parts": parts_of(parts, weights[row.programme]),
                "reasons": reasons,
            }
            for row, reasons in rows
            for parts in [fit_of(row)]
        ],
    ).all()
    db.session.execute(
        sa.insert(AssignmentMember),
        [
            {"assignment_id": assignment_id, "person_id": person_id_of(person), "role": role}
            for assignment_id, (row, _) in zip(assignment_ids, rows, strict=True)
            for person, role in _members_of(row)
        ],
    )


def _members_of(row: Pair) -> list[tuple[str, EnrolmentRole]]:
    role = EnrolmentRole.PEER if row.community is None else EnrolmentRole.MEMBER
    together = [(person, role) for person in row.people]
    return together or [(person, EnrolmentRole(role)) for role, person in row.members.items()]


def fit_of(row: Pair) -> Mapping[str, int]:
    """Return the points of each criterion: of a group those of one member, as the engine adds them all up.

    What is left over when they are divided goes to the largest remainders, so that they add up to the fit.
    """
    if not row.people:
        return row.parts
    shares = {name: divmod(points, len(row.people)) for name, points in row.parts.items()}
    over = sum(row.parts.values()) // len(row.people) - sum(whole for whole, _ in shares.values())
    first = sorted(shares, key=lambda name: (-shares[name][1], name))[:over]
    return {name: whole + (name in first) for name, (whole, _) in shares.items()}


def parts_of(points: Mapping[str, int], weights: Mapping[Any, int]) -> list[dict[str, Any]]:
    """Return what each criterion earned of what it could, the weightiest first."""
    ordered = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return [
        {"criterion": str(criterion), "points": points.get(criterion, 0), "weight": weight}
        for criterion, weight in ordered
        if weight
    ]


def _unmatched_rows(
    run_id: int, programmes: Mapping[str, int], problem: Problem, solution: Solution
) -> Iterator[dict[str, Any]]:
    labels = labels_of(problem)
    untold = {
        row.id: UNTOLD_OF_COMMUNITIES if row.kind is Kind.COMMUNITIES else (BLOCKED,)
        for row in problem.programmes
    }
    # In the group of a mentor the engine knows members, and people know mentees.
    mentees = {row.id: EnrolmentRole.MENTEE for row in problem.programmes if row.kind is Kind.GROUP_MENTORING}
    for row in solution.unmatched:
        yield {
            "run_id": run_id,
            "programme_id": programmes[row.programme],
            "person_id": person_id_of(row.person),
            "role": mentees.get(row.programme) or EnrolmentRole(row.role),
            "cause": cause_kind(row.cause).value,
            "details": cause_details(row.cause, labels, untold[row.programme]),
        }


def _closed_rows(run_id: int, programmes: Mapping[str, int], solution: Solution) -> Iterator[dict[str, Any]]:
    for row in solution.closed:
        is_group = row.community.startswith(GROUP)
        yield {
            "run_id": run_id,
            "programme_id": programmes[row.programme],
            "community_id": None if is_group else id_in(row.community),
            "mentor_id": id_in(row.community) if is_group else None,
            "cause": ClosedCause(row.kind),
            "eligible": row.eligible,
            "needed": row.needed,
        }


def _figures(problem: Problem, solution: Solution) -> dict[str, Any]:
    mentoring = [row for row in problem.programmes if isinstance(row, MentoringProgramme)]
    peers = [row for row in problem.programmes if isinstance(row, PeerProgramme)]
    groups = [row for row in problem.programmes if isinstance(row, CommunitiesProgramme)]
    seeking = [len(row.people) for row in peers] + [len(row.people) for row in groups]
    matched = {
        (row.programme, person)
        for row in solution.assignments
        for person, role in _members_of(row)
        if role in SEEKING
    }
    of_points = [row for row in solution.goals if row.goal == "points"]
    shares_hours = problem.joint is not None and problem.joint.hours_budget
    rules = {
        (rule.rule, rule.minutes, rule.min, rule.max, rule.name, rule.percent)
        for row in problem.programmes
        for rule in row.rules
    }
    return {
        "status": solution.status.value,
        "points": sum(row.value for row in of_points),
        "bound": sum(row.bound for row in of_points),
        "mentees": sum(len(row.mentees) for row in mentoring) + sum(seeking),
        "mentees_matched": len(matched),
        "mentors": sum(len(row.mentors) for row in mentoring)
        + sum(len(row.communities) for row in groups if row.kind is Kind.GROUP_MENTORING),
        "candidates": sum(solution.statistics.candidates.values()),
        "rules_checked": len(rules) + ALWAYS_CHECKED + shares_hours,
        "together": _together(problem, matched),
        "stage": "Finished",
        "done": 1,
        "total": 1,
    }


def _together(problem: Problem, matched: Collection[tuple[str, str]]) -> dict[str, Any] | None:
    """Return what the programmes shared, and how many have something of those that cover for one another."""
    if problem.joint is None:
        return None
    cover = problem.joint.cover_by
    taking_part = {person for row in problem.programmes for person in _takers(row)}
    return {
        "hours": problem.joint.hours_budget,
        "people": len(taking_part),
        "cover": list(cover),
        "asked": len({person for row in covering(problem) for person, _waited in seekers_of(row)}),
        "covered": len({person for programme, person in matched if programme in cover}),
    }


def _takers(programme: EngineProgramme) -> Iterator[str]:
    """Yield who takes part in a programme, and who leads what it finds members for."""
    for person, _waited in seekers_of(programme):
        yield person
    for mentor in getattr(programme, "mentors", ()):
        yield mentor.person
    for community in getattr(programme, "communities", ()):
        if community.lead is not None:
            yield community.lead
