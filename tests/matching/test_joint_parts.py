"""Parts of a joint round that nothing ties together are decided about apart, and proved together."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from matching.check import check
from matching.components import parts_of, within
from matching.errors import ProblemError
from matching.generate import generate
from matching.joint import parts
from matching.problem import Problem, Rule, RuleName
from matching.solution import Solution, Status
from matching.solve import Limits, solve
from tests.matching.joint_problems import aims
from tests.matching.joint_sites import best_of_sites, plan_of, sites, together


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let parts be as small as they can."""
    monkeypatch.setattr(parts, "FEWEST", 1)


def company(seed: int = 5, number: int = 2) -> Problem:
    """Return a generated round of several sites, whose programmes match nobody across them."""
    problem = generate(
        mentees=30 * number,
        mentors=12 * number,
        seed=seed,
        kinds=("mentoring", "peers", "communities"),
        joint=True,
    )
    rule = Rule(rule=RuleName.SAME_ATTRIBUTE, name="site")
    return replace(
        problem,
        people=tuple(
            replace(row, attributes={**row.attributes, "site": str(place % number)})
            for place, row in enumerate(problem.people)
        ),
        programmes=tuple(replace(row, rules=(*row.rules, rule)) for row in problem.programmes),
    )


def drawn(seed: int) -> list[Problem]:
    """Draw sites, or give none where their locks or goals cannot stand."""
    random = Random(seed)
    try:
        rounds = sites(random, random.choice((2, 3)))
        shared = together(rounds).joint
    except ProblemError:
        return []
    return rounds if shared is not None and (shared.hours_budget or shared.cover_by) else []


def reached(problem: Problem, solution: Solution) -> tuple[int, ...]:
    """Return what a solution reaches in each aim, locks and all."""
    return aims(problem, plan_of(problem, solution))


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("first", range(0, 30, 10))
def test_sites_together_reach_what_each_reaches_alone(first: int) -> None:
    """The plan of all is best: its aims are the sums of the best by trying every plan of each site."""
    for seed in range(first, first + 10):
        if not (rounds := drawn(seed)):
            continue
        problem, best = together(rounds), best_of_sites(rounds)
        try:
            solution = solve(problem)
        except ProblemError as error:
            assert best is None or "lock" in error.sentence or "before" in error.sentence
            continue
        assert solution.status is Status.OPTIMAL
        assert reached(problem, solution) == best
        assert check(problem, solution).ok


def at(problem: Problem, site: str) -> Problem:
    """Return the round of one site: all the people, but only those of the site in the programmes."""
    here = {row.id for row in problem.people if row.attributes["site"] == site}
    programmes = []
    for programme in problem.programmes:
        fields = [name for name in ("mentees", "mentors", "people") if hasattr(programme, name)]
        changes = {
            name: tuple(row for row in getattr(programme, name) if row.person in here) for name in fields
        }
        programmes.append(replace(programme, **changes))
    return replace(problem, programmes=tuple(programmes))


@pytest.mark.slow
def test_parts_are_proved_by_prices_that_hold_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every goal's value is what the sites reach alone, added up, and the check repeats its proof."""
    monkeypatch.setattr(parts, "FEWEST", 20)
    problem = company()
    solution = solve(problem, workers=1)
    alone = [solve(at(problem, site)) for site in ("0", "1")]
    values = zip(*([step.value for step in row.joint] for row in alone), strict=True)
    assert [step.value for step in solution.joint] == [sum(row) for row in values]
    assert solution.status is Status.OPTIMAL
    assert check(problem, solution).ok
    for step in solution.joint:
        # Where sites leave an odd number of peers over, no prices show how many triads there must be.
        assert step.bound == step.value or step.goal in ("triads", "points")


def test_the_number_of_workers_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process or two: the same plan with the same proof."""
    monkeypatch.setattr(parts, "FEWEST", 20)
    monkeypatch.setattr(parts, "FEWEST_IN_A_PROCESS", 20)
    problem = company()
    alone, helped = solve(problem, workers=1), solve(problem, workers=2)
    assert alone.without_statistics() == helped.without_statistics()


def test_a_part_of_other_people_changes_nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The order of rows changes neither the parts nor what comes of them."""
    monkeypatch.setattr(parts, "FEWEST", 20)
    problem = company()
    turned = replace(problem, people=problem.people[::-1], programmes=tuple(reversed(problem.programmes)))
    assert solve(problem).assignments == solve(turned).assignments


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_stopped_round_of_parts_keeps_every_rule(monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    """Each part hands over the best plan it has, and together they are a valid plan."""
    monkeypatch.setattr(parts, "FEWEST_IN_A_PROCESS", 20)
    problem = company()
    solution = solve(problem, limits=Limits(seconds=0), workers=workers)
    assert solution.status is Status.TIMED_OUT
    assert solution.assignments
    assert check(problem, solution).ok


def test_progress_is_told_of_all_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts that are done are counted, and who is matched in them is added up."""
    monkeypatch.setattr(parts, "FEWEST", 20)
    told: list[tuple[str, int, int, int | None]] = []
    solution = solve(company(), workers=1, progress=lambda *row: told.append(row))
    of_parts = [row for row in told if row[2] > 1]
    assert {row[1] for row in of_parts} == {0, 1}
    best = [row[3] for row in of_parts if row[3] is not None]
    assert best[-1] == len(
        {name for row in solution.assignments for name in (*row.people, *row.members.values())}
        - mentors_alone(solution)
    )


def mentors_alone(solution: Solution) -> set[str]:
    """Return who only gives: they are in no plan's count of the matched."""
    seeking = {name for row in solution.assignments for name in row.people}
    seeking |= {
        name for row in solution.assignments for role, name in row.members.items() if role == "mentee"
    }
    return {name for row in solution.assignments for name in row.members.values()} - seeking


def test_a_round_of_nobody_has_no_parts() -> None:
    """Nobody is in no part."""
    assert parts_of(0, [], 5) == []


@pytest.mark.parametrize(
    ("ties", "fewest", "expected"),
    [
        ([], 1, [[0], [1], [2], [3], [4]]),
        ([], 2, [[0, 1], [2, 3, 4]]),
        ([], 9, [[0, 1, 2, 3, 4]]),
        ([(4, 0), (0, 2)], 1, [[0, 2, 4], [1], [3]]),
        ([(4, 0), (0, 2)], 3, [[0, 1, 2, 3, 4]]),
        ([(4, 3), (3, 3)], 2, [[0, 1], [2, 3, 4]]),
    ],
)
def test_parts_are_what_ties_join(
    ties: list[tuple[int, int]], fewest: int, expected: list[list[int]]
) -> None:
    """Components stand by their first members; small ones are gathered, the last with those before."""
    ends = np.array(ties, dtype=np.intp).reshape(-1, 2)
    found = parts_of(5, [(ends[:, 0], ends[:, 1])], fewest)
    assert [part.tolist() for part in found] == expected


def test_rows_within_a_part_are_numbered_anew() -> None:
    """Whose row is in the part keeps their order."""
    rows, people = within(np.array([7, 2, 5, 2]), np.array([2, 7]))
    assert (rows.tolist(), people.tolist()) == ([0, 1, 3], [1, 0, 0])
