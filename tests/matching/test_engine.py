"""What the engine claims of every answer: it is best, it is proved, and it is the same whatever the row order."""

import dataclasses
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import candidates as market
from matching import pool
from matching.generate import generate
from matching.problem import Mentee, Mentor, MentoringProgramme, Person, Problem
from matching.solution import CauseKind, CertificateKind, Role, Solution, Status
from matching.solve import Limits, solve
from tests.matching.problems import bare_problems, best_by_trying_all, shuffled


@settings(max_examples=60, deadline=None)
@given(bare_problems())
def test_no_plan_is_better(problem: Problem) -> None:
    """The goals reach what trying every plan reaches, in their order, with a proof by prices."""
    solution = solve(problem)
    assert solution.status is Status.OPTIMAL
    assert tuple(goal.value for goal in solution.goals) == best_by_trying_all(problem)
    assert all(goal.value == goal.bound for goal in solution.goals)
    assert solution.certificates[0].kind is CertificateKind.PRICES


@settings(max_examples=20, deadline=None)
@given(bare_problems(), st.integers(0, 2**32))
def test_row_order_changes_nothing_in_a_bare_problem(problem: Problem, seed: int) -> None:
    """The same candidates in another order give the same bytes."""
    assert _bytes(solve(shuffled(problem, seed))) == _bytes(solve(problem))


@settings(max_examples=4, deadline=None)
@given(st.integers(1, 40), st.integers(1, 15), st.integers(0, 2**32))
def test_row_order_changes_nothing_in_a_company(mentees: int, mentors: int, seed: int) -> None:
    """The same people, rules, history and skills in another order give the same bytes."""
    problem = generate(mentees=mentees, mentors=mentors, seed=seed % 1000)
    other = shuffled(problem, seed)
    assert other.to_json() == problem.to_json()
    assert _bytes(solve(other)) == _bytes(solve(problem))


def _bytes(solution: Solution) -> str:
    return solution.without_statistics().to_json()


@settings(max_examples=20, deadline=None)
@given(bare_problems())
def test_everybody_is_matched_or_has_one_cause(problem: Problem) -> None:
    """Each mentee and mentor stands either in an assignment or once among the unmatched."""
    solution = solve(problem)
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    for role, rows in ((Role.MENTEE, programme.mentees), (Role.MENTOR, programme.mentors)):
        matched = {row.members[role] for row in solution.assignments}
        unmatched = [row.person for row in solution.unmatched if row.role is role]
        assert sorted(matched | set(unmatched)) == [row.person for row in rows]
        assert len(matched) + len(unmatched) == len(rows)
    assert all(row.cause.kind is not CauseKind.NOT_SOLVED for row in solution.unmatched)


def test_the_seed_draws_lots_between_equal_plans() -> None:
    """Without any difference in points, seeds decide, and no seed loses a match."""
    people = [f"p{number}" for number in range(12)]
    problem = bare(people[:6], people[6:], [(a, b, 5) for a in people[:6] for b in people[6:]])
    plans = [solve(problem, seed=seed).assignments for seed in range(8)]
    assert any(plan != plans[0] for plan in plans)
    assert {len(plan) for plan in plans} == {6}


def test_those_who_waited_come_first() -> None:
    """With one place for two, the one who was left out before gets it, although the other earns more points."""
    problem = bare(["a", "b"], ["c"], [("a", "c", 100), ("b", "c", 1)], waited={"b": 1})
    (match,) = solve(problem).assignments
    assert match.members[Role.MENTEE] == "b"


def test_a_second_mentor_never_costs_somebody_their_first() -> None:
    """Covering one more mentee comes before any number of points for a second mentor."""
    people = [("a", "c", 100), ("a", "d", 100), ("b", "d", 1)]
    solution = solve(bare(["a", "b"], ["c", "d"], people, places=2))
    assert {row.members[Role.MENTEE] for row in solution.assignments} == {"a", "b"}


@pytest.mark.parametrize("cells", ["all", "best"])
def test_pricing_finds_what_the_first_candidates_lack(cells: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting from one candidate a person, and from points that are not kept, gives the same plan and goals."""
    problem = generate(mentees=60, mentors=25, seed=5)
    whole = solve(problem)
    monkeypatch.setattr(pool, "BEST_OF_MENTEE", 1)
    monkeypatch.setattr(pool, "BEST_OF_PLACE", 1)
    monkeypatch.setattr(pool, "ADDED_AT_ONCE", 1)
    if cells == "best":
        monkeypatch.setattr(market, "ALL_CELLS", 0)
        monkeypatch.setattr(market, "BLOCK_CELLS", 100)
    pruned = solve(problem)
    assert pruned.goals == whole.goals
    assert pruned.assignments == whole.assignments
    assert pruned.unmatched == whole.unmatched


def test_a_stopped_solve_keeps_every_rule() -> None:
    """Stopped at any moment, the answer is cancelled, within room, and claims no proof."""
    problem = generate(mentees=20, mentors=8, seed=2)
    counted = 0

    def count() -> bool:
        nonlocal counted
        counted += 1
        return False

    solve(problem, should_stop=count)
    for moment in range(1, counted + 1):
        asked = iter(range(1, counted + 2))
        solution = solve(problem, should_stop=lambda asked=asked, moment=moment: next(asked) >= moment)
        assert solution.status is Status.CANCELLED
        assert solution.certificates[0].kind is CertificateKind.BOUND
        assert_within_room(problem, solution)
    assert solution.assignments


def assert_within_room(problem: Problem, solution: Solution) -> None:
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    for role, rows in (
        (Role.MENTEE, {row.person: row.places for row in programme.mentees}),
        (Role.MENTOR, {row.person: row.capacity for row in programme.mentors}),
    ):
        people = [row.members[role] for row in solution.assignments]
        assert all(people.count(person) <= rows[person] for person in people)


def test_no_time_gives_a_timed_out_plan() -> None:
    """A limit of no seconds ends with the status that says so."""
    solution = solve(generate(mentees=30, mentors=10, seed=1), limits=Limits(seconds=0))
    assert solution.status is Status.TIMED_OUT


def test_progress_names_the_stages() -> None:
    """The stages are told in order, and how many are matched once there is a plan."""
    told: list[tuple[str, int | None]] = []
    solve(
        generate(mentees=30, mentors=10, seed=1),
        progress=lambda stage, done, total, best: told.append((stage, best)),
    )
    stages = list(dict.fromkeys(stage for stage, _best in told))
    assert stages == ["people", "candidates", "plan", "prices", "tie-break", "reasons"]
    assert told[0][1] is None
    assert isinstance(told[-1][1], int)


def test_a_thousand_mentees_are_proved_within_a_second() -> None:
    """Fifty explicit candidates each, from problem to proved plan (the benchmark prints the figure)."""
    draw = random.Random(1)
    mentees, mentors = [f"a{n}" for n in range(1000)], [f"b{n}" for n in range(350)]
    pairs = [(a, b, draw.randint(1, 100)) for a in mentees for b in draw.sample(mentors, 50)]
    problem = bare(mentees, mentors, pairs, capacity=3)
    started = time.process_time()
    solution = solve(problem)
    assert time.process_time() - started < 4
    assert solution.status is Status.OPTIMAL


def bare(
    mentees: list[str],
    mentors: list[str],
    candidates: list[tuple[str, str, int]],
    *,
    places: int = 1,
    capacity: int = 1,
    waited: dict[str, int] | None = None,
) -> Problem:
    """Return a problem with explicit candidates."""
    return Problem(
        round="2026-Q4",
        people=tuple(Person(id=name) for name in dict.fromkeys([*mentees, *mentors])),
        programmes=(
            MentoringProgramme(
                id="m",
                mentees=tuple(
                    Mentee(person=name, places=places, rounds_waited=(waited or {}).get(name, 0))
                    for name in mentees
                ),
                mentors=tuple(Mentor(person=name, capacity=capacity) for name in mentors),
                candidates=tuple(candidates),
            ),
        ),
    )


def test_several_programmes_are_solved_side_by_side() -> None:
    """Two mentoring programmes of one problem each get their plan and their proof."""
    first = bare(["a", "b"], ["c"], [("a", "c", 3), ("b", "c", 4)])
    (row,) = first.programmes
    problem = dataclasses.replace(first, programmes=(row, dataclasses.replace(row, id="n")))
    solution = solve(problem)
    assert solution.programmes == ("m", "n")
    assert [goal.value for goal in solution.goals] == [1, 4, 1, 4]
    assert solve(problem, programme="n").programmes == ("n",)
