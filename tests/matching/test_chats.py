"""Rounds in two stages: chats for everybody who can have one, then matches among those who met and liked it."""

import csv
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.__main__ import main
from matching.chats import chats_problem, final_problem
from matching.check import check
from matching.problem import Chat, Criterion, Problem, ProblemError
from matching.solution import Role, Solution
from matching.solve import solve
from tests.matching.problems import one_pair, read, shuffled
from tests.matching.test_check_random import random_problem


def circle(mentees: int, mentors: int, capacity: int = 1, **more: object) -> Problem:
    """Return a problem in which everybody may be with everybody."""
    people = [{"id": f"a{n:02}"} for n in range(mentees)] + [{"id": f"b{n:02}"} for n in range(mentors)]
    programme = {
        "id": "m",
        "kind": "mentoring",
        "mentees": [{"person": f"a{n:02}", "wishes": [f"b{n % mentors:02}"]} for n in range(mentees)],
        "mentors": [{"person": f"b{n:02}", "capacity": capacity} for n in range(mentors)],
        "criteria": {"wishes": 10},
    }
    return read(
        {
            "format": "trellis-problem/1",
            "round": "2026-Q4",
            "people": people,
            "programmes": [programme],
            **more,
        }
    )


def pairs(solution: Solution) -> set[tuple[str, str]]:
    return {(row.members[Role.MENTEE], row.members[Role.MENTOR]) for row in solution.assignments}


def test_everybody_meets_three_different_mentors():
    """As many as there are places for, no mentor more than three for each place."""
    problem = circle(6, 6)
    chats = solve(chats_problem(problem, "m"))
    assert check(chats_problem(problem, "m"), chats).ok
    met = pairs(chats)
    assert {sum(pair[0] == f"a{n:02}" for pair in met) for n in range(6)} == {3}
    assert max(sum(pair[1] == f"b{n:02}" for pair in met) for n in range(6)) == 3


def test_whoever_could_not_meet_otherwise_comes_before_third_chats():
    """With few chats a mentor, everybody has one before anybody has two."""
    problem = circle(4, 2)
    chats = solve(chats_problem(problem, "m", chats_a_mentor=2))
    assert {pair[0] for pair in pairs(chats)} == {"a00", "a01", "a02", "a03"}


def test_ratings_decide_among_those_who_met_and_a_one_forbids():
    """The best rated chat becomes the match; who rated 1 is not matched with them, nor with nobody."""
    problem = circle(2, 2)
    chats = solve(chats_problem(problem, "m"))
    assert len(pairs(chats)) == 4
    ratings = {("a00", "b00"): (1, 5), ("a01", "b01"): (5, 5), ("a01", "b00"): (2, None)}
    final = final_problem(problem, chats, ratings)
    solution = solve(final)
    assert check(final, solution).ok
    assert pairs(solution) == {("a00", "b01"), ("a01", "b00")}
    assert final.programmes[0].criteria == {Criterion.WISHES: 10, Criterion.RATINGS: 10}
    parts = {row.members[Role.MENTEE]: row.parts["ratings"] for row in solution.assignments}
    assert parts == {"a00": 5, "a01": (10 * 375 + 500) // 1000}


def test_who_met_nobody_suitable_gets_somebody_else():
    """After the matches among those who met, others are made by the usual criteria."""
    problem = circle(2, 2)
    chats = solve(chats_problem(problem, "m", chats=1))
    met = sorted(pairs(chats))
    final = final_problem(problem, chats, {met[0]: (1, 1), met[1]: (4, 4)})
    solution = solve(final)
    assert met[1] in pairs(solution)
    assert met[0] not in pairs(solution)
    chats = solve(chats_problem(circle(2, 3), "m", chats=1))
    met = sorted(pairs(chats))
    solution = solve(final_problem(circle(2, 3), chats, {met[0]: (1, 1)}))
    assert len(solution.assignments) == 2
    assert len(pairs(solution) & set(met)) == 1


@given(
    mentees=st.integers(1, 8), mentors=st.integers(3, 6), capacity=st.integers(1, 3), seed=st.integers(0, 99)
)
@settings(deadline=None, max_examples=40)
def test_chats_for_all_leave_room_for_all(mentees, mentors, capacity, seed):
    """Where everybody has three chats, everybody can be matched with somebody they met."""
    problem = circle(mentees, mentors, capacity)
    chats = solve(chats_problem(problem, "m"), seed=seed)
    met = pairs(chats)
    if len(met) == 3 * mentees:
        solution = solve(final_problem(problem, chats, {}))
        assert len(pairs(solution) & met) == mentees


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=40)
def test_both_stages_pass_the_check(seed):
    """Whatever the round: nobody is matched who rated 1, and no plan has more matches among those who met."""
    random = Random(seed)
    try:
        problem = random_problem(random)
        first = problem.programmes[0]
        problem = replace(
            problem, programmes=tuple(replace(row, candidates=None) for row in problem.programmes)
        )
        asked = chats_problem(problem, first.id)
        chats = solve(asked)
    except ProblemError:
        return
    assert check(asked, chats).violations == ()
    rated = {
        (row.members[Role.MENTEE], row.members[Role.MENTOR]): (
            random.choice((None, 1, 2, 3, 4, 5)),
            random.choice((None, 1, 3, 5)),
        )
        for row in chats.assignments
        if random.random() < 0.8
    }
    rated = {pair: given for pair, given in rated.items() if pair[::-1] not in rated}
    final = final_problem(problem, chats, rated)
    solution = solve(final, programme=first.id)
    assert check(final, solution).violations == ()
    assert not {pair for pair, given in rated.items() if 1 in given} & pairs(solution)
    assert Problem.from_json(final.to_json()) == final
    assert shuffled(final, seed) == final


def test_two_who_mentor_each_other_have_one_chat():
    """A chat has no direction: the two rate it once."""
    content = one_pair(criteria={"ratings": 100})
    content["programmes"][0]["mentees"].append({"person": "ben"})
    content["programmes"][0]["mentors"].append({"person": "ann"})
    problem = read(content)
    final = final_problem(problem, solve(chats_problem(problem, "m")), {("ben", "ann"): (5, 3)})
    assert final.chats == (Chat(programme="m", members=("ann", "ben"), ratings=(3, 5)),)
    assert {row.points for row in solve(final).assignments} == {75}
    with pytest.raises(ProblemError, match="rated twice"):
        final_problem(
            problem,
            solve(chats_problem(problem, "m")),
            dict.fromkeys([("ben", "ann"), ("ann", "ben")], (5, 5)),
        )


def test_what_makes_no_sense_is_refused():
    """Ratings of chats that were not, programmes that are none, numbers that are too small."""
    problem = circle(1, 1)
    chats = solve(chats_problem(problem, "m"))
    with pytest.raises(ProblemError, match="had no chat"):
        final_problem(problem, chats, {("a00", "b01"): (5, 5)})
    with pytest.raises(ProblemError, match="no programme"):
        chats_problem(problem, "x")
    with pytest.raises(ProblemError, match="from 1"):
        chats_problem(problem, "m", chats=0)
    with pytest.raises(ProblemError, match="from 1 to 5"):
        final_problem(problem, chats, {("a00", "b00"): (6, 5)})


def test_both_stages_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the round to the chats, their ratings, and the final plan; every bad row is named."""
    names = {
        name: str(tmp_path / name) for name in ("p.json", "c.json", "cs.json", "f.json", "fs.json", "r.csv")
    }
    Path(names["p.json"]).write_text(circle(4, 4).to_json())
    assert main(["stage", "chats", names["p.json"], "--chats", "2", "-o", names["c.json"]]) == 0
    assert main(["solve", names["c.json"], "-o", names["cs.json"]]) == 0
    met = sorted(pairs(Solution.from_json(Path(names["cs.json"]).read_text())))
    rows = [["mentee", "mentor", "by_mentee", "by_mentor"], *([*pair, "4", ""] for pair in met)]
    _write(names["r.csv"], rows)
    final = ["stage", "final", names["p.json"], names["cs.json"], names["r.csv"], "-o", names["f.json"]]
    assert main(final) == 0
    assert "8 ratings of 8 chats." in capsys.readouterr().err
    assert main(["solve", names["f.json"], "-o", names["fs.json"]]) == 0
    assert main(["check", names["f.json"], names["fs.json"]]) == 0
    assert pairs(Solution.from_json(Path(names["fs.json"]).read_text())) <= set(met)
    Path(names["f.json"]).unlink()
    _write(names["r.csv"], [*rows, rows[1], ["x", "y", "6", "good"], ["short"]])
    assert main(final) == 2
    told = capsys.readouterr().err
    for part in (
        "r.csv:10: the chat of",
        'r.csv:11: mentee "x"',
        "by_mentee must be from 1",
        "r.csv:12: a row has 4",
    ):
        assert part in told
    assert not Path(names["f.json"]).exists()
    _write(names["r.csv"], [["mentee"]])
    assert main(final) == 2


def _write(name: str, rows: list[list[str]]) -> None:
    with Path(name).open("w", newline="") as file:
        csv.writer(file).writerows(rows)
