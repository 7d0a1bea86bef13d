"""The price of other goals: each alternative is what solving for it gives, told in one table and in sentences."""

import dataclasses
from pathlib import Path
from random import Random

import pytest

from matching.__main__ import main
from matching.alternatives import ORDERS, Aim, Alternative, alternatives_of
from matching.alternatives_text import alternative_lines, sentence
from matching.generate import generate
from matching.problem import GoalName, MentoringProgramme, Parity, Previous, Problem, ProblemError
from matching.solution import Solution, Status
from matching.solve import solve
from matching.watch import Limits, Stopped, Watch
from tests.matching import test_community_goals, test_peer_goals
from tests.matching.community_goals import community_goal_problem
from tests.matching.test_goals import ALL_OF_A, TWO_GROUPS, UNEVEN, market, matches
from tests.matching.test_stable import RANKED


def found(problem: Problem, solution: Solution | None = None) -> dict[Aim, Alternative]:
    """Return the alternatives of a problem's programme `m`, by what they are about."""
    rows = alternatives_of(problem, "m", solution or solve(problem), Watch(Limits()))
    return {row.aim: row for row in rows}


def told(problem: Problem, aim: Aim) -> str:
    """Return the sentence about one alternative."""
    rows = found(problem)
    return sentence(rows[Aim.CHOSEN], rows[aim])


def test_the_weakest_match_has_a_price_in_points() -> None:
    """As in the plan that has it first."""
    assert told(market(UNEVEN, "coverage points"), Aim.WORST_MATCH) == (
        "Raising the weakest match from 10 to 60 points costs 10 of 130 points and nobody their place."
    )


def test_a_stable_plan_has_a_price_in_places() -> None:
    """Somebody is left out when those who want each other most are together."""
    assert told(market(RANKED, "coverage points"), Aim.STABLE) == (
        "Leaving nobody who would rather change, instead of 1 pair, costs 6 of 15 points and 1 person their place."
    )


def test_points_first_may_bring_points_and_cost_places() -> None:
    """A match that takes points away is not made."""
    problem = market([("a", "x", 9), ("b", "y", -2)], "coverage points")
    assert told(problem, Aim.POINTS_FIRST) == (
        "Putting points before coverage brings 2 points more and costs 1 person their place."
    )
    assert told(market(UNEVEN, "coverage points"), Aim.POINTS_FIRST) == (
        "Putting points before coverage changes nothing."
    )


def test_earlier_pairs_are_counted() -> None:
    """Kept together first, they cost the points that parting them brought."""
    problem = market(UNEVEN, "coverage points", previous=[("a", "y"), ("b", "x")])
    assert told(problem, Aim.SAME_PARTNERS) == (
        "Keeping 2 earlier pairs instead of 0 costs 10 of 130 points and nobody their place."
    )


def test_others_get_the_places_of_those_who_lose_them() -> None:
    """Groups alike: as many are matched, but not the same."""
    many = [(f"{group}{n}", f"m{n}", points) for n in range(6) for group, points in (("a", 9), ("b", 5))]
    groups = {name: name[0].upper() for row in many for name in row[:1]}
    rows = found(market(many, "coverage points", groups=groups))
    parity = rows[Aim.PARITY]
    assert rows[Aim.CHOSEN].rates == {"A": 1000, "B": 0}
    assert (parity.rates, parity.gap, parity.worst_rate) == ({"A": 500, "B": 500}, 0, 500)
    assert sentence(rows[Aim.CHOSEN], parity) == (
        "Raising the rate of the group worst off from 0.0 % to 50.0 % "
        "costs 12 of 54 points and 3 people their place; 3 others get one."
    )


def test_small_groups_are_not_told_of() -> None:
    """The rate of fewer than five people is hidden, also in the lowest rate and in the gap."""
    problem = market(ALL_OF_A, "coverage points", groups=TWO_GROUPS)
    rows = found(problem)
    assert all(set(row.rates.values()) == {None} for row in rows.values())
    assert all(row.worst_rate is None and row.gap is None for row in rows.values())
    lines = list(alternative_lines("m", list(rows.values())))
    assert "fewer than 5 people" in lines[-1]
    assert not any("0.0 %" in line for line in lines)


def test_each_alternative_is_the_best_plan_by_its_goals() -> None:
    """Figures are those of a solve for these goals, whose check has no fault; the chosen is not solved twice."""
    problem = market(UNEVEN, "coverage points", groups={"a": "A"}, previous=[("a", "y")])
    (programme,) = problem.programmes
    rows = found(problem)
    assert list(rows) == [Aim.CHOSEN, *(aim for aim in ORDERS if aim is not Aim.MOST_POINTS)]
    for aim, row in rows.items():
        other = dataclasses.replace(problem, programmes=(dataclasses.replace(programme, goals=row.goals),))
        solution = solve(other)
        assert row.points == sum(pair.points for pair in solution.assignments), aim
        assert row.matched == len(solution.assignments)
        assert row.changed == len(matches(solution) - matches(solve(problem)))
        assert row.blocking == 0 or GoalName.STABLE not in row.goals


def test_what_a_programme_cannot_have_is_left_out() -> None:
    """No groups, no earlier plan, and somebody who must be matched."""
    problem = market(UNEVEN, "coverage points", a={"required": True})
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    problem = dataclasses.replace(problem, programmes=(dataclasses.replace(programme, parity=None),))
    assert set(found(problem)) == {Aim.CHOSEN, Aim.WORST_MATCH, Aim.POINTS_FIRST}


def test_nobody_matched_is_a_plan_as_well() -> None:
    """Without any candidate every alternative is as empty as the chosen plan."""
    problem = market([("a", "x", 1)], "coverage points", x={"capacity": 0})
    for row in found(problem).values():
        assert (row.matched, row.points, row.weakest, row.blocking, row.changed) == (0, 0, None, 0, 0)
    assert list(alternative_lines("m", list(found(problem).values())))


def test_locks_are_neither_weakest_nor_blocking() -> None:
    """They stand in every alternative."""
    problem = market([*UNEVEN, ("c", "z", 1)], "coverage points", locks=[("c", "z")])
    for row in found(problem).values():
        assert row.weakest != 1
        assert row.points >= 1


def test_a_stop_ends_the_comparison() -> None:
    """What was compared before stands."""
    problem = generate(mentees=30, mentors=10, seed=1)
    solution, asked = solve(problem), 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 12

    rows = alternatives_of(problem, "mentoring", solution, Watch(Limits(), None, stop))
    assert next(rows).aim is Aim.CHOSEN
    with pytest.raises(Stopped):
        list(rows)


def test_the_command_prints_a_table_and_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line for each order of goals, and one sentence for each alternative."""
    plain = generate(mentees=40, mentors=12, seed=3)
    (programme,) = plain.programmes
    assert isinstance(programme, MentoringProgramme)
    earlier = [tuple(row.members.values()) for row in solve(plain, seed=4).assignments]
    problem = dataclasses.replace(
        plain,
        programmes=(dataclasses.replace(programme, parity=Parity(attribute="department")),),
        previous=tuple(Previous(programme=programme.id, members=pair) for pair in earlier),
    )
    files = [str(tmp_path / name) for name in ("problem.json", "solution.json")]
    for name, text in zip(files, (problem.to_json(), solve(problem).to_json()), strict=True):
        Path(name).write_text(text)
    assert main(["explain", *files, "--alternatives"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{programme.id}, best by coverage, then points:"
    assert [line.split("  ")[1] for line in lines[2:8]] == [
        "as chosen",
        "weakest match",
        "nobody would change",
        "groups alike",
        "same partners",
        "points first",
    ]
    assert sum(line.endswith(".") for line in lines) >= 5
    assert Status.OPTIMAL is solve(problem).status


def kinds(problem: Problem, programme: str) -> dict[Aim, Alternative]:
    """Return the alternatives of a programme, by what they are about."""
    rows = alternatives_of(problem, programme, solve(problem), Watch(Limits()))
    return {row.aim: row for row in rows}


def test_among_peers_the_weakest_two_have_a_price() -> None:
    """As in the plan that has it first; who would rather change is counted as in the audit."""
    problem = test_peer_goals.circle(test_peer_goals.UNEVEN, "coverage points")
    rows = kinds(problem, "p")
    assert set(rows) == {Aim.CHOSEN, Aim.WORST_MATCH, Aim.STABLE, Aim.PARITY, Aim.POINTS_FIRST}
    assert sentence(rows[Aim.CHOSEN], rows[Aim.WORST_MATCH]) == (
        "Raising the weakest match from 10 to 40 points costs 40 of 200 points and nobody their place."
    )
    assert (rows[Aim.CHOSEN].blocking, rows[Aim.WORST_MATCH].blocking) == (0, 1)
    assert "weakest match" in "".join(alternative_lines("p", list(rows.values())))


def test_in_communities_parity_has_a_price() -> None:
    """Groups alike: as many are in a community, but not the same."""
    cells = {(f"{group}{n}", "x"): points for n in range(6) for group, points in (("a", 9), ("b", 5))}
    groups = {person: person[0].upper() for person, _name in cells}
    problem = test_community_goals.club(cells, "coverage points", groups, x=(1, 6))
    rows = kinds(problem, "g")
    assert rows[Aim.PARITY].rates == {"A": 500, "B": 500}
    assert sentence(rows[Aim.CHOSEN], rows[Aim.PARITY]) == (
        "Raising the rate of the group worst off from 0.0 % to 50.0 % "
        "costs 12 of 54 points and 3 people their place; 3 others get one."
    )


@pytest.mark.parametrize("seed", range(12))
def test_figures_of_groups_are_those_of_a_solve_for_these_goals(seed: int) -> None:
    """What each alternative is said to reach is what a solve by its goals reaches."""
    problem = solvable(seed)
    (programme,) = problem.programmes
    for row in kinds(problem, "g").values():
        other = dataclasses.replace(problem, programmes=(dataclasses.replace(programme, goals=row.goals),))
        reached = {goal.goal: goal.value for goal in solve(other).goals}
        told = {"coverage": row.coverage, "points": row.points, "same_partners": row.kept}
        assert {name: told.get(name, value) for name, value in reached.items()} == reached
        if row.weakest is not None and "worst_match" in reached:
            assert reached["worst_match"] == row.weakest


def solvable(seed: int) -> Problem:
    """Return a small problem of communities that can be solved."""
    for number in range(100 * seed, 100 * seed + 100):
        try:
            problem = community_goal_problem(Random(number))
            solve(problem)
        except ProblemError:
            continue
        return problem
    raise AssertionError("no problem can be solved")
