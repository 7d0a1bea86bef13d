"""Check finds every kind of planted violation, by its name, and nothing in what was solved."""

from dataclasses import replace

import pytest

from matching.check import ViolationKind, check
from matching.generate import generate
from matching.problem import Lock
from matching.solution import CertificateKind, Role, Solution, Status
from matching.solve import solve
from tests.matching.plants import (
    PLANTS,
    belongs_to_another_problem,
    kinds,
    mentee_blocks_the_mentor,
    of,
    pair_met_before,
    pair_of,
    programme,
    with_assignment,
)

COMPANY = generate(mentees=24, mentors=10, seed=5, kinds=("mentoring", "peers"))
EXPLICIT = generate(mentees=30, mentors=12, seed=5, candidates_each=4)


@pytest.fixture(scope="module")
def solved() -> Solution:
    return solve(COMPANY, programme="mentoring")


@pytest.fixture(scope="module")
def solved_explicit() -> Solution:
    return solve(EXPLICIT)


def test_a_solved_problem_has_no_violation(solved, solved_explicit):
    """What was solved passes, and the summary says how much was verified."""
    for problem, solution in ((COMPANY, solved), (EXPLICIT, solved_explicit)):
        report = check(problem, solution)
        assert report.violations == ()
        assert report.ok
        assert f"Matches: {len(solution.assignments)}, each within every rule" in report.summary
        assert "No plan is better" in report.summary


@pytest.mark.parametrize(("plant", "kind"), PLANTS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_planted_violation_is_found_by_name(plant, kind, solved):
    """Each way of being wrong is reported under its own kind, with its place and a sentence."""
    problem, solution = plant(COMPANY, solved)
    report = check(problem, replace(solution, problem_sha256=problem.sha256))
    found = [violation for violation in report.violations if violation.kind is kind]
    assert found, report.summary
    assert not report.ok
    assert str(kind) in report.summary
    assert all(violation.where and violation.message.endswith(".") for violation in found)


def test_a_solution_of_another_problem_is_refused(solved):
    """The hash ties a solution to its problem."""
    problem, solution = belongs_to_another_problem(COMPANY, solved)
    assert kinds(check(problem, solution)) == {ViolationKind.OTHER_PROBLEM}


def test_only_explicit_candidates_may_be_matched(solved_explicit):
    """A pair that is not listed is found, whatever it might be worth."""
    mentee, _ = pair_of(solved_explicit)
    listed = {mentor for person, mentor, _ in programme(EXPLICIT).candidates if person == mentee}
    other = next(m.person for m in programme(EXPLICIT).mentors if m.person not in listed)
    moved = with_assignment(solved_explicit, 0, members={Role.MENTEE: mentee, Role.MENTOR: other})
    report = check(EXPLICIT, moved)
    assert {ViolationKind.NOT_A_CANDIDATE, ViolationKind.WRONG_POINTS} <= kinds(report)


def test_sentences_name_the_people(solved):
    """Whoever reads a violation knows who is meant."""
    mentee, mentor = pair_of(solved)
    problem, _ = mentee_blocks_the_mentor(COMPANY, solved)
    report = check(problem, replace(solved, problem_sha256=problem.sha256))
    (sentence,) = (v.message for v in report.violations if v.kind is ViolationKind.BLOCK)
    for person in (mentee, mentor):
        assert of(problem, person).name in sentence
        assert person in sentence


def test_an_override_with_a_reason_lifts_a_rule_but_no_block(solved):
    """A lock may set aside a rule of the organisation, never what a person has settled."""
    pair = pair_of(solved)
    lock = Lock(programme="mentoring", members=pair, override=True, reason="They asked to go on.")
    problem = replace(pair_met_before(COMPANY, solved)[0], locks=(lock,))
    assert check(problem, solve(problem, programme="mentoring")).ok
    blocked = replace(problem, locks=(), blocks=(*problem.blocks, pair))
    object.__setattr__(blocked, "locks", (lock,))
    marked = with_assignment(replace(solved, problem_sha256=blocked.sha256), 0, locked=True)
    found = kinds(check(blocked, marked))
    assert ViolationKind.BLOCK in found
    assert ViolationKind.PRIOR_PAIR not in found


def test_a_plan_that_claims_nothing_needs_no_proof(solved):
    """A plan cut short passes when it is honest about it, and its bound is not too good."""
    goals = tuple(replace(goal, bound=goal.bound + 5) for goal in solved.goals)
    honest = replace(solved, status=Status.TIMED_OUT, goals=goals, certificates=())
    assert kinds(check(COMPANY, honest)) <= {ViolationKind.WRONG_CAUSE}
    certificate = replace(solved.certificates[0], kind=CertificateKind.BOUND, mentees={}, mentors={})
    generous = replace(certificate, bound=10**9)
    assert kinds(check(COMPANY, replace(honest, certificates=(generous,)))) <= {ViolationKind.WRONG_CAUSE}
    stingy = replace(certificate, bound=1)
    assert ViolationKind.WRONG_BOUND in kinds(check(COMPANY, replace(honest, certificates=(stingy,))))
