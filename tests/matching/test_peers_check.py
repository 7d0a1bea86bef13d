"""Check finds every kind of fault planted in a plan of peer coaching, by its name."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from matching.check import ViolationKind, check
from matching.generate import generate
from matching.problem import Ban, History, Lock, PeerProgramme, Person, Problem, Rule, RuleName, Wanted
from matching.solution import Assignment, CauseKind, CertificateKind, OddSet, Role, Solution, Status
from matching.solve import solve
from tests.matching.peer_problems import listed

Plant = Callable[[Problem, Solution], tuple[Problem, Solution]]


def _company() -> Problem:
    """Return people in pairs and triads, of whom one has nobody to be with."""
    problem = generate(mentees=17, mentors=3, seed=4, kinds=("peers",))
    programme = problem.programme("peers")
    assert isinstance(programme, PeerProgramme)
    people = [row.person for row in programme.people]
    alone, others = people[-1], people[:-1]
    return replace(
        problem,
        programmes=(replace(programme, group_sizes=(2, 3)),),
        people=tuple(replace(person, manager=None, languages=("en",)) for person in problem.people),
        blocks=tuple((alone, other) for other in others),
    )


COMPANY = _company()


@pytest.fixture(scope="module")
def solved() -> Solution:
    solution = solve(COMPANY)
    assert len(solution.unmatched) == 1
    assert {len(row.people) for row in solution.assignments} == {2, 3}
    return solution


def programme(problem: Problem) -> PeerProgramme:
    (found,) = problem.programmes
    assert isinstance(found, PeerProgramme)
    return found


def pair(solution: Solution) -> int:
    return next(index for index, row in enumerate(solution.assignments) if len(row.people) == 2)


def triad(solution: Solution) -> int:
    return next(index for index, row in enumerate(solution.assignments) if len(row.people) == 3)


def with_group(solution: Solution, index: int, **changes: Any) -> Solution:
    rows = list(solution.assignments)
    rows[index] = replace(rows[index], **changes)
    return replace(solution, assignments=tuple(rows))


def with_person(problem: Problem, person: str, **changes: Any) -> Problem:
    def changed(row: Person) -> Person:
        return replace(row, **changes) if row.id == person else row

    return replace(problem, people=tuple(changed(row) for row in problem.people))


def with_rule(problem: Problem, rule: Rule) -> Problem:
    old = programme(problem)
    return replace(problem, programmes=(replace(old, rules=(*old.rules, rule)),))


def with_certificate(solution: Solution, **changes: Any) -> Solution:
    return replace(solution, certificates=(replace(solution.certificates[0], **changes),))


def couple(solution: Solution) -> tuple[str, ...]:
    return solution.assignments[pair(solution)].people


# Plants in the solution.


def has_roles(problem, solution):
    a, b = couple(solution)
    return problem, with_group(solution, pair(solution), people=(), members={Role.PEER: a, Role.MEMBER: b})


def is_not_in_order(problem, solution):
    return problem, with_group(solution, pair(solution), people=couple(solution)[::-1])


def has_one_member(problem, solution):
    return problem, with_group(solution, pair(solution), people=couple(solution)[:1])


def groups_a_stranger(problem, solution):
    return problem, with_group(solution, pair(solution), people=(couple(solution)[0], "stranger"))


def groups_one_with_themselves(problem, solution):
    return problem, with_group(solution, pair(solution), people=(couple(solution)[0],) * 2)


def groups_twice(problem, solution):
    return problem, replace(solution, assignments=(*solution.assignments, solution.assignments[0]))


def puts_somebody_in_two_groups(problem, solution):
    other = solution.assignments[triad(solution)].people[0]
    row = Assignment(programme="peers", people=tuple(sorted((couple(solution)[0], other))))
    return problem, replace(solution, assignments=(*solution.assignments, row))


def counts_a_point_too_many(problem, solution):
    return problem, with_group(solution, 0, points=solution.assignments[0].points + 1)


def moves_a_point_between_parts(problem, solution):
    parts = dict(solution.assignments[0].parts)
    first, second = sorted(parts)[:2]
    return problem, with_group(
        solution, 0, parts=parts | {first: parts[first] + 1, second: parts[second] - 1}
    )


def says_locked_without_a_lock(problem, solution):
    return problem, with_group(solution, 0, locked=True)


def praises_its_coverage(problem, solution):
    return problem, replace(
        solution, goals=(replace(solution.goals[0], value=999, bound=999), *solution.goals[1:])
    )


def leaves_a_goal_out(problem, solution):
    return problem, replace(solution, goals=solution.goals[:1])


def leaves_room_above_the_optimum(problem, solution):
    goals = tuple(replace(goal, bound=goal.bound + 1) for goal in solution.goals)
    return problem, replace(solution, goals=goals)


def hides_somebody_left_out(problem, solution):
    return problem, replace(solution, unmatched=())


def lists_a_grouped_person(problem, solution):
    row = replace(solution.unmatched[0], person=couple(solution)[0])
    return problem, replace(solution, unmatched=(*solution.unmatched, row))


def lists_somebody_twice(problem, solution):
    return problem, replace(solution, unmatched=solution.unmatched * 2)


def lists_a_mentee(problem, solution):
    return problem, replace(solution, unmatched=(replace(solution.unmatched[0], role=Role.MENTEE),))


def gives_a_false_cause(problem, solution):
    row = solution.unmatched[0]
    cause = replace(row.cause, kind=CauseKind.NOT_SOLVED)
    return problem, replace(solution, unmatched=(replace(row, cause=cause),))


def miscounts_the_removed(problem, solution):
    row = solution.unmatched[0]
    cause = replace(row.cause, rules={"not_blocked": 1})
    return problem, replace(solution, unmatched=(replace(row, cause=cause),))


def has_no_certificate(problem, solution):
    return problem, replace(solution, certificates=())


def has_two_certificates(problem, solution):
    return problem, replace(solution, certificates=solution.certificates * 2)


def prices_a_person_below_zero(problem, solution):
    people = dict(solution.certificates[0].people) | {couple(solution)[0]: -1}
    return problem, with_certificate(solution, people=people)


def prices_a_stranger(problem, solution):
    return problem, with_certificate(solution, people=dict(solution.certificates[0].people) | {"stranger": 1})


def prices_a_set_below_zero(problem, solution):
    return problem, with_certificate(solution, odd_sets=(OddSet(members=couple(solution), price=-1),))


def prices_a_set_of_one_person_thrice(problem, solution):
    odd_set = OddSet(members=couple(solution)[:1] * 3, price=1)
    return problem, with_certificate(solution, odd_sets=(odd_set,))


def prices_parts_of_one(problem, solution):
    return problem, with_certificate(solution, odd_sets=(OddSet(members=couple(solution), price=1, size=1),))


def prices_beyond_all_sums(problem, solution):
    people = dict(solution.certificates[0].people) | {couple(solution)[0]: 2**60}
    return problem, with_certificate(solution, people=people)


def weighs_points_before_coverage(problem, solution):
    return problem, with_certificate(solution, weights={"coverage": 1, "triads": 1, "points": 1})


def weighs_nothing(problem, solution):
    return problem, with_certificate(solution, weights={})


def forgets_a_price(problem, solution):
    people = dict(solution.certificates[0].people)
    del people[couple(solution)[0]]
    return problem, with_certificate(solution, people=people)


def forgets_the_odd_sets(problem, solution):
    assert solution.certificates[0].odd_sets
    return problem, with_certificate(solution, odd_sets=())


def promises_a_lower_bound(problem, solution):
    return problem, with_certificate(solution, bound=solution.certificates[0].bound - 1)


def drops_a_group(problem, solution):
    return problem, replace(solution, assignments=solution.assignments[1:])


def claims_to_have_searched_too_well(problem, solution):
    changes = {"kind": CertificateKind.BOUND, "searched": solution.certificates[0].bound - 1}
    return problem, with_certificate(solution, **changes)


def has_only_searched_for_more(problem, solution):
    """Doubled prices prove nothing tight, and the search is said to have left more than the plan has."""
    certificate = solution.certificates[0]
    people = {person: price + 2 * certificate.scale for person, price in certificate.people.items()}
    return problem, with_certificate(
        solution, kind=CertificateKind.BOUND, people=people, searched=certificate.bound + 1
    )


# Plants in the problem: the plan stays, and what it was made for changes under it.


def pairs_only(problem, solution):
    return replace(problem, programmes=(replace(programme(problem), group_sizes=(2,)),)), solution


def one_has_blocked_the_other(problem, solution):
    return replace(problem, blocks=(*problem.blocks, couple(solution))), solution


def pair_is_banned(problem, solution):
    return replace(problem, bans=(Ban(programme="peers", members=couple(solution)),)), solution


def triad_is_banned(problem, solution):
    members = solution.assignments[triad(solution)].people
    return replace(problem, bans=(Ban(programme="peers", members=members),)), solution


def one_manages_the_other(problem, solution):
    return with_person(problem, couple(solution)[1], manager=couple(solution)[0]), solution


def they_share_no_language(problem, solution):
    return with_person(problem, couple(solution)[1], languages=("la",)), solution


def they_share_no_hours(problem, solution):
    idle = with_person(problem, couple(solution)[0], working_hours=())
    return with_rule(idle, Rule(rule=RuleName.SHARED_HOURS, minutes=1)), solution


def they_met_before(problem, solution):
    row = History(programme="peers", members=couple(solution)[::-1], round="2024-Q1")
    ruled = with_rule(problem, Rule(rule=RuleName.NO_PRIOR_PAIR))
    return replace(ruled, history=(row,)), solution


def grades_are_too_far_apart(problem, solution):
    moved = with_person(problem, couple(solution)[0], grade=90)
    return with_rule(moved, Rule(rule=RuleName.GRADE_DISTANCE, min=0, max=20)), solution


def departments_must_differ(problem, solution):
    moved = with_person(problem, couple(solution)[0], department=None)
    return with_rule(moved, Rule(rule=RuleName.OTHER_DEPARTMENT)), solution


def sites_must_be_the_same(problem, solution):
    return with_rule(problem, Rule(rule=RuleName.SAME_ATTRIBUTE, name="planet")), solution


def one_wants_what_nobody_has(problem, solution):
    known = {held.skill for person in problem.people for held in person.holds}
    unknown = next(node.id for node in problem.skills.nodes if node.id not in known)
    wishful = with_person(problem, couple(solution)[1], wants=(Wanted(unknown, 5),))
    return with_rule(wishful, Rule(rule=RuleName.COVERS_WANTS, percent=30)), solution


def lock_asks_for_others(problem, solution):
    members = (couple(solution)[0], solution.assignments[triad(solution)].people[0])
    return replace(problem, locks=(Lock(programme="peers", members=members),)), solution


def lock_is_not_marked(problem, solution):
    return replace(problem, locks=(Lock(programme="peers", members=couple(solution)),)), solution


def lock_overrides_without_a_reason(problem, solution):
    """A problem like this cannot be built, so it is bent after it was: the check trusts nobody."""
    lock = Lock(programme="peers", members=couple(solution), override=True, reason="x")
    bent = replace(they_met_before(problem, solution)[0], locks=(lock,))
    object.__setattr__(bent, "locks", (replace(lock, reason=" "),))
    return bent, solution


PLANTS: list[tuple[Plant, ViolationKind]] = [
    (has_roles, ViolationKind.WRONG_MEMBERS),
    (is_not_in_order, ViolationKind.WRONG_MEMBERS),
    (has_one_member, ViolationKind.WRONG_SIZE),
    (pairs_only, ViolationKind.WRONG_SIZE),
    (groups_a_stranger, ViolationKind.UNKNOWN_PERSON),
    (groups_one_with_themselves, ViolationKind.SELF),
    (groups_twice, ViolationKind.DUPLICATE),
    (puts_somebody_in_two_groups, ViolationKind.PLACES),
    (counts_a_point_too_many, ViolationKind.WRONG_POINTS),
    (moves_a_point_between_parts, ViolationKind.WRONG_PARTS),
    (says_locked_without_a_lock, ViolationKind.FALSE_LOCK),
    (praises_its_coverage, ViolationKind.WRONG_GOAL),
    (leaves_a_goal_out, ViolationKind.WRONG_GOAL),
    (leaves_room_above_the_optimum, ViolationKind.WRONG_BOUND),
    (hides_somebody_left_out, ViolationKind.UNMATCHED_MISSING),
    (lists_a_grouped_person, ViolationKind.UNMATCHED_BUT_MATCHED),
    (lists_somebody_twice, ViolationKind.UNMATCHED_TWICE),
    (lists_a_mentee, ViolationKind.NOT_LISTED),
    (gives_a_false_cause, ViolationKind.WRONG_CAUSE),
    (miscounts_the_removed, ViolationKind.WRONG_CAUSE),
    (has_no_certificate, ViolationKind.NO_CERTIFICATE),
    (has_two_certificates, ViolationKind.DUPLICATE),
    (prices_a_person_below_zero, ViolationKind.WRONG_PRICE),
    (prices_a_stranger, ViolationKind.WRONG_PRICE),
    (prices_a_set_below_zero, ViolationKind.WRONG_PRICE),
    (prices_a_set_of_one_person_thrice, ViolationKind.WRONG_PRICE),
    (prices_parts_of_one, ViolationKind.WRONG_PRICE),
    (prices_beyond_all_sums, ViolationKind.WRONG_PRICE),
    (weighs_points_before_coverage, ViolationKind.WRONG_WEIGHTS),
    (weighs_nothing, ViolationKind.WRONG_WEIGHTS),
    (forgets_a_price, ViolationKind.NOT_PROVED),
    (forgets_the_odd_sets, ViolationKind.NOT_PROVED),
    (promises_a_lower_bound, ViolationKind.WRONG_BOUND),
    (drops_a_group, ViolationKind.NOT_PROVED),
    (claims_to_have_searched_too_well, ViolationKind.WRONG_BOUND),
    (has_only_searched_for_more, ViolationKind.NOT_PROVED),
    (one_has_blocked_the_other, ViolationKind.BLOCK),
    (pair_is_banned, ViolationKind.BAN),
    (triad_is_banned, ViolationKind.BAN),
    (one_manages_the_other, ViolationKind.REPORTING_LINE),
    (they_share_no_language, ViolationKind.SHARED_LANGUAGE),
    (they_share_no_hours, ViolationKind.SHARED_HOURS),
    (they_met_before, ViolationKind.PRIOR_PAIR),
    (grades_are_too_far_apart, ViolationKind.GRADE_DISTANCE),
    (departments_must_differ, ViolationKind.OTHER_DEPARTMENT),
    (sites_must_be_the_same, ViolationKind.SAME_ATTRIBUTE),
    (one_wants_what_nobody_has, ViolationKind.COVERS_WANTS),
    (lock_asks_for_others, ViolationKind.LOCK_NOT_KEPT),
    (lock_is_not_marked, ViolationKind.FALSE_LOCK),
    (lock_overrides_without_a_reason, ViolationKind.OVERRIDE_WITHOUT_REASON),
]


def test_what_was_solved_has_no_violation(solved: Solution) -> None:
    """The plan that the plants change is itself without fault, and proved by prices."""
    report = check(COMPANY, solved)
    assert report.violations == ()
    assert "the prices prove it over all eligible pairs." in report.summary


@pytest.mark.parametrize(("plant", "kind"), PLANTS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_planted_fault_is_found_by_name(plant: Plant, kind: ViolationKind, solved: Solution) -> None:
    """Each way of being wrong is reported under its own kind, with its place and a sentence."""
    problem, solution = plant(COMPANY, solved)
    report = check(problem, replace(solution, problem_sha256=problem.sha256))
    found = [violation for violation in report.violations if violation.kind is kind]
    assert found, report.summary
    assert all(violation.where and violation.message.endswith(".") for violation in found)


def test_only_explicit_candidates_may_be_together() -> None:
    """A pair that is not listed is found, whatever it might be worth."""
    problem = listed({"ab": 1, "cd": 1})
    moved = replace(
        solve(problem),
        assignments=(
            Assignment(programme="p", people=("a", "c")),
            Assignment(programme="p", people=("b", "d")),
        ),
    )
    found = {violation.kind for violation in check(problem, moved).violations}
    assert {ViolationKind.NOT_A_CANDIDATE, ViolationKind.NOT_PROVED} <= found


def test_a_plan_that_claims_nothing_needs_no_proof(solved: Solution) -> None:
    """A plan cut short passes when it is honest about it."""
    goals = tuple(replace(goal, bound=goal.bound + 5) for goal in solved.goals)
    honest = replace(solved, status=Status.TIMED_OUT, goals=goals, certificates=())
    assert check(COMPANY, honest).ok


def test_the_word_of_branch_and_bound_is_told_apart() -> None:
    """Where prices leave a gap, the summary says on whose word the plan is the best."""
    words = set()
    for seed in range(4):
        problem = generate(mentees=12, mentors=3, seed=seed, kinds=("peers",))
        programmes = (replace(problem.programmes[0], group_sizes=(3,)),)
        problem = replace(problem, programmes=programmes)
        solution = solve(problem)
        report = check(problem, solution)
        assert report.ok, report.violations
        by_word = solution.certificates[0].kind is CertificateKind.BOUND
        assert ("branch and bound says so" in report.summary) == by_word
        words.add(by_word)
    assert words == {True, False}
