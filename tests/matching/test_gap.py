"""A plan that is good enough: how far it may be from the best, what prices prove of it, and that the check sees through."""

import argparse
import dataclasses
import json
from pathlib import Path

import pytest

from matching import __main__ as command
from matching import candidates as market
from matching import mentors, priced, prices
from matching.check import ViolationKind, check
from matching.console import millionths
from matching.generate import generate
from matching.problem import GoalName, Problem
from matching.solution import CertificateKind, Solution, Status
from matching.solve import Limits, solve
from tests.matching.problems import shuffled

# A company whose best plan takes more than one look: a gap of a thousandth is met before the last.
MENTEES, MENTORS, SEED = 300, 90, 5
WIDE = 1_000


@pytest.fixture(scope="module")
def company() -> Problem:
    """Return the company."""
    return generate(mentees=MENTEES, mentors=MENTORS, seed=SEED)


@pytest.fixture(scope="module")
def near(company: Problem) -> Solution:
    """Return a plan that is good enough."""
    return solve(company, limits=Limits(gap=WIDE))


def test_a_plan_within_the_gap_is_feasible_and_its_prices_prove_how_near_it_is(
    company: Problem, near: Solution
) -> None:
    """It covers as many as the best plan, has at most a thousandth less, and says of itself that it is feasible."""
    best = solve(company)
    coverage, points = near.goals
    assert near.status is Status.FEASIBLE and best.status is Status.OPTIMAL
    assert near.certificates[0].kind is CertificateKind.PRICES
    assert coverage.value == coverage.bound == best.goals[0].value
    assert points.value <= best.goals[1].value <= points.bound
    assert 0 < (points.bound - points.value) * 1_000_000 <= WIDE * points.value


def test_the_check_finds_the_same_gap_and_names_it(company: Problem, near: Solution) -> None:
    """Its own pass over all pairs gives the bound that the file states, and its summary says how near that is."""
    report = check(company, near)
    assert report.ok, report.violations
    assert f"points of mentoring at most {near.goals[1].bound:,} (gap " in report.summary
    assert "does not claim" not in report.summary


def test_a_bound_below_what_the_prices_show_is_found(company: Problem, near: Solution) -> None:
    """Neither goal may state less than the certificate leaves open, nor the certificate less than its prices."""
    for place in (0, 1):
        goals = list(near.goals)
        goals[place] = dataclasses.replace(goals[place], bound=goals[place].bound - 1)
        faults = check(company, dataclasses.replace(near, goals=tuple(goals))).violations
        assert ViolationKind.WRONG_BOUND in {fault.kind for fault in faults}
    low = dataclasses.replace(near.certificates[0], bound=near.certificates[0].bound - 1)
    faults = check(company, dataclasses.replace(near, certificates=(low,))).violations
    assert {fault.kind for fault in faults} == {ViolationKind.WRONG_BOUND}


def test_a_plan_within_the_gap_may_not_be_called_the_best(company: Problem, near: Solution) -> None:
    """With the status `optimal` the same file is not proved."""
    faults = check(company, dataclasses.replace(near, status=Status.OPTIMAL)).violations
    assert ViolationKind.NOT_PROVED in {fault.kind for fault in faults}


def test_no_order_and_no_number_of_workers_changes_a_plan_within_the_gap(
    company: Problem, near: Solution
) -> None:
    """Rows in three other orders, one worker to three: one and the same solution."""
    for seed in range(3):
        again = solve(shuffled(company, seed), limits=Limits(gap=WIDE), workers=1 + seed)
        assert again.without_statistics() == near.without_statistics()


@pytest.mark.slow
def test_compiled_loops_stop_within_the_gap_as_well(
    company: Problem, near: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a market that counts as large, for any number of workers: as good, and the check agrees."""
    monkeypatch.setattr(market, "ALL_CELLS", 0)
    for module in (mentors, prices, priced):
        monkeypatch.setattr(module, "MANY", 0)
    found = [solve(company, limits=Limits(gap=WIDE), workers=workers) for workers in (1, 2)]
    assert found[0].without_statistics() == found[1].without_statistics()
    points = found[0].goals[1]
    assert (points.bound - points.value) * 1_000_000 <= WIDE * points.value
    assert found[0].goals[0] == near.goals[0]
    report = check(company, found[0])
    assert report.ok, report.violations


@pytest.mark.parametrize("seed", range(6))
def test_without_a_gap_or_with_a_goal_that_is_no_sum_the_best_plan_is_found(seed: int) -> None:
    """A gap of nothing changes nothing, and the weakest match is raised as far as it goes whatever the gap."""
    problem = generate(mentees=60, mentors=20, seed=seed)
    (programme,) = problem.programmes
    goals = (GoalName.COVERAGE, GoalName.WORST_MATCH, GoalName.POINTS)
    fair = dataclasses.replace(problem, programmes=(dataclasses.replace(programme, goals=goals),))
    for asked, gap in ((problem, 0), (fair, WIDE)):
        assert solve(asked, limits=Limits(gap=gap)).without_statistics() == solve(asked).without_statistics()


def test_the_command_takes_a_gap(
    tmp_path: Path, company: Problem, near: Solution, capsys: pytest.CaptureFixture[str]
) -> None:
    """`solve --gap 1e-3` writes the plan that is good enough, and `check` prints its gap."""
    problem, solution = str(tmp_path / "problem.json"), str(tmp_path / "solution.json")
    Path(problem).write_text(company.to_json(), encoding="utf-8")
    assert command.main(["solve", problem, "--gap", "1e-3", "-o", solution]) == 0
    assert json.loads(Path(solution).read_text(encoding="utf-8"))["status"] == "feasible"
    assert command.main(["check", problem, solution]) == 0
    assert f"at most {near.goals[1].bound:,} (gap " in capsys.readouterr().out


@pytest.mark.parametrize("text", ["-1e-6", "1.5", "1e-7", "nan", "inf", "little", ""])
def test_a_gap_is_a_number_of_whole_millionths(text: str) -> None:
    """From 0 to 1 and no finer; anything else is refused in words."""
    assert [millionths(good) for good in ("0", "1e-5", "0.001", "1")] == [0, 10, 1_000, 1_000_000]
    with pytest.raises(argparse.ArgumentTypeError, match="millionths"):
        millionths(text)


@pytest.mark.parametrize("gap", [-1, 1_000_001])
def test_limits_refuse_a_gap_out_of_range(gap: int) -> None:
    """Below nothing, or more than all."""
    with pytest.raises(ValueError, match="millionths"):
        Limits(gap=gap)
