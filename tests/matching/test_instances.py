"""Files in the published formats of others become problems that keep what they say they keep, or are refused."""

from itertools import product

import numpy as np
import pytest

from benchmarks.assignment import Instance, blocking_pairs, check_plan
from benchmarks.hospital_residents import read_hospital_residents
from benchmarks.instances import InstanceError, Reading, Sense, arrays_of, read_generalised_assignment
from matching.check import check
from matching.problem import MentoringProgramme, Problem
from matching.solution import Role
from matching.solve import solve

# Two problems; the second is broken over lines as the published files are.
ASSIGNMENT = """2
2 3
5 9 1
4 2 8
1 1 1
1 1 1
2 1
2 2
7 1
3 6
2 2 3
3
5 3
"""
PLAIN = """3 2
1 1 2
2 1
3 (1 2)
1 2 1 2 3
2 1 3 1
"""
NAMED = """3 2

ann : north south
bob : north
cem : (north south)
north : 2 : ann bob cem
south : 1 : cem ann
"""


def mentoring(problem: Problem) -> MentoringProgramme:
    programme = problem.programmes[0]
    assert isinstance(programme, MentoringProgramme)
    return programme


def solved_pairs(reading: Reading) -> dict[str, str]:
    solution = solve(reading.problem)
    assert solution.status == "optimal"
    assert check(reading.problem, solution).violations == ()
    return {row.members[Role.MENTEE]: row.members[Role.MENTOR] for row in solution.assignments}


def test_generalised_assignment_becomes_jobs_and_agents():
    """Jobs are mentees with one place, agents mentors with capacity // amount, every pair a candidate."""
    programme = mentoring(read_generalised_assignment(ASSIGNMENT, sense=Sense.GREATEST).problem)

    assert [mentee.person for mentee in programme.mentees] == ["job 1", "job 2", "job 3"]
    assert {mentor.person: mentor.capacity for mentor in programme.mentors} == {"agent 1": 2, "agent 2": 1}
    assert programme.candidates is not None
    assert set(programme.candidates) == {
        ("job 1", "agent 1", 4), ("job 2", "agent 1", 8), ("job 3", "agent 1", 0),
        ("job 1", "agent 2", 3), ("job 2", "agent 2", 1), ("job 3", "agent 2", 7),
    }  # fmt: skip


def test_an_amount_that_is_the_same_for_every_job_divides_the_capacity():
    """Agent 1 uses 2 of 5 for each job, agent 2 uses 3 of 3: two jobs and one."""
    programme = mentoring(read_generalised_assignment(ASSIGNMENT, sense=Sense.LEAST, number=2).problem)

    assert {mentor.person: mentor.capacity for mentor in programme.mentors} == {"agent 1": 2, "agent 2": 1}


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("sense", list(Sense))
def test_the_optimum_is_the_best_total_cost_of_the_file(sense: Sense, number: int):
    """The engine's plan has the best cost of all ways to give every job to an agent within its capacity."""
    costs, room = {1: ([[5, 9, 1], [4, 2, 8]], [2, 1]), 2: ([[7, 1], [3, 6]], [2, 1])}[number]
    ways = [
        sum(costs[agent][job] for job, agent in enumerate(way))
        for way in product(range(2), repeat=len(costs[0]))
        if all(way.count(agent) <= room[agent] for agent in range(2))
    ]
    reading = read_generalised_assignment(ASSIGNMENT, sense=sense, number=number)

    pairs = solved_pairs(reading)
    found = sum(costs[int(agent[-1]) - 1][int(job[-1]) - 1] for job, agent in pairs.items())

    assert len(pairs) == len(costs[0])
    assert found == (max(ways) if sense is Sense.GREATEST else min(ways))


@pytest.mark.parametrize(("sense", "formula"), [("greatest", "points + 3"), ("least", "27 - points")])
def test_what_is_kept_gives_the_cost_of_the_file_from_points(sense: str, formula: str):
    """The sentence names the formula: 3 jobs times the least cost 1, or times the greatest cost 9."""
    reading = read_generalised_assignment(ASSIGNMENT, sense=Sense(sense))

    assert f"the {sense} total cost of the file is {formula}." in reading.kept
    assert "Added:" in reading.kept


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "the file ends where the number of problems should be."),
        ("0", 1, "the number of problems must be at least 1, not 0."),
        ("1\n2 x", 2, "the number of jobs must be a whole number, not 'x'."),
        ("1\n1 2\n3 4.5", 3, "a cost must be a whole number, not '4.5'."),
        ("1\n1 2\n3 4\n1 1", 4, "the file ends where a capacity should be."),
        ("1\n1 2\n3 4\n1 -1\n2", 4, "an amount must be at least 0, not -1."),
        ("1\n1 2\n3 4\n1 1\n2\n336", 6, "there are more numbers after the last of 1 problems."),
        (
            "1\n2 2\n3 4\n5 6\n1 1\n8 15\n2 9", 6,
            "agent 2 uses 8 for job 1 and 15 for job 2; only a problem whose agents use the same for every job "
            "is a matching.",
        ),
        ("1\n1 2\n0 1000001\n1 1\n2", 4, "costs differ by more than 1,000,000, the most points."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_assignment_is_refused_with_line_and_reason(text: str, line: int, reason: str):
    """Nothing is guessed: the first number that is wrong is named by its line."""
    with pytest.raises(InstanceError) as refused:
        read_generalised_assignment(text, sense=Sense.GREATEST)
    assert (refused.value.line, refused.value.sentence) == (line, reason)


@pytest.mark.parametrize("number", [0, 3])
def test_a_problem_that_the_file_does_not_hold_is_refused(number: int):
    """Problems count from 1."""
    with pytest.raises(InstanceError, match=f"holds 2 problems, so there is no problem {number}"):
        read_generalised_assignment(ASSIGNMENT, sense=Sense.GREATEST, number=number)


def test_hospital_residents_become_candidates_of_those_who_list_each_other():
    """Bob lists north and is listed; south lists nobody who does not list it; ranks are those of the file."""
    reading = read_hospital_residents(PLAIN)
    programme = mentoring(reading.problem)

    assert {mentor.person: mentor.capacity for mentor in programme.mentors} == {
        "hospital 1": 2,
        "hospital 2": 1,
    }
    assert reading.ranks == {
        ("resident 1", "hospital 1"): (0, 0),
        ("resident 1", "hospital 2"): (1, 1),
        ("resident 2", "hospital 1"): (0, 1),
        ("resident 3", "hospital 1"): (0, 2),
        ("resident 3", "hospital 2"): (0, 0),
    }
    assert programme.candidates is not None
    points = {(mentee, mentor): points for mentee, mentor, points in programme.candidates}
    assert points["resident 1", "hospital 1"] == 200
    assert points["resident 1", "hospital 2"] == 50 + 50
    assert points["resident 3", "hospital 1"] == 100 + (100 - 66)
    assert "Left out: 0 entries" in reading.kept


def test_names_and_colons_read_as_numbers_do():
    """Both ways of writing describe one game."""
    plain, named = arrays_of(read_hospital_residents(PLAIN)), arrays_of(read_hospital_residents(NAMED))

    for field in ("capacity", "mentee", "mentor", "points", "mentee_rank", "mentor_rank"):
        assert getattr(plain, field).tolist() == getattr(named, field).tolist()


def test_entries_that_are_not_returned_are_left_out_and_counted():
    """Resident 2 lists hospital 1, which does not list them; hospital 1 lists 3, who does not list it."""
    reading = read_hospital_residents("3 1\n1 1\n2 1\n3\n1 2 1 3\n")

    assert list(reading.ranks) == [("resident 1", "hospital 1")]
    assert "Left out: 2 entries of people who do not list each other." in reading.kept
    assert solved_pairs(reading) == {"resident 1": "hospital 1"}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("\n\n", 1, "the file is empty."),
        ("3\n", 1, "must hold two whole numbers: how many residents and how many hospitals."),
        ("1 1\n1 1\n", 2, "line 1 announces 1 residents and 1 hospitals, but 1 lines follow."),
        ("2 1\n1 1\n1 1\n1 1 1\n", 3, "resident 1 already has a list on line 2."),
        ("1 1\n( 1 )\n1 1 1\n", 2, "must begin with the name of a resident."),
        ("1 1\n1 2\n1 1 1\n", 2, "the list of 1 names 2, which is no hospital of the file."),
        ("1 1\n1 1 1\n1 1 1\n", 2, "the list of 1 names hospital 1 twice."),
        ("1 1\n1 1\n\n1 many 1\n", 4, "the places of hospital 1 must be a whole number, not 'many'."),
        ("1 1\n1 1\n1\n", 3, "the places of hospital 1 must be a whole number, not nothing."),
        ("1 2\n1 (1 2\n1 1 1\n2 1 1\n", 2, "the list of 1 does not close its last tie."),
        ("1 2\n1 (1 (2))\n1 1 1\n2 1 1\n", 2, "the list of 1 opens a tie inside a tie."),
        ("1 1\n1 1)\n1 1 1\n", 2, "the list of 1 closes a tie that is not open."),
        ("1 1\n1\n1 1 1\n", 3, "no resident and hospital list each other."),
    ],
)
def test_a_file_that_is_no_game_is_refused_with_line_and_reason(text: str, line: int, reason: str):
    """Every list is checked against the people of the file."""
    with pytest.raises(InstanceError) as refused:
        read_hospital_residents(text)
    assert (refused.value.line, refused.value.sentence) == (line, reason)


def test_arrays_refuse_mentees_with_several_places():
    """The other solvers' forms give each mentee one mentor."""
    content = read_generalised_assignment(ASSIGNMENT, sense=Sense.LEAST).problem.to_json()
    problem = Problem.from_json(content.replace('{"person":"job 1"}', '{"person":"job 1","places":2}'))

    with pytest.raises(ValueError, match="one place"):
        arrays_of(Reading(problem, ""))


def two_by_two(ranks: list[tuple[int, int]]) -> Instance:
    """Two mentees and two mentors with one place each; ranks of the pairs 00, 01, 10, 11."""
    mentee_rank, mentor_rank = np.array(ranks).T
    mentee, mentor = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    return Instance(2, np.array([1, 1]), mentee, mentor, np.ones(4, dtype=np.int64), mentee_rank, mentor_rank)


def test_two_who_would_both_rather_have_each_other_block():
    """Each prefers the other to whom they have; with their wishes met nobody blocks."""
    instance = two_by_two([(0, 0), (1, 0), (0, 1), (1, 1)])

    assert blocking_pairs(instance, np.array([1, 2])) == 1  # mentee 0 and mentor 0
    assert blocking_pairs(instance, np.array([0, 3])) == 0
    assert blocking_pairs(instance, np.array([], dtype=np.int64)) == 4


def test_equal_ranks_block_nothing():
    """Who likes both alike has no reason to leave."""
    instance = two_by_two([(0, 0), (0, 0), (0, 0), (0, 0)])

    assert blocking_pairs(instance, np.array([0, 3])) == 0


def test_a_free_place_blocks_with_whoever_would_come():
    """A mentor with two places and one mentee takes anybody who prefers them."""
    instance = Instance(
        2, np.array([2, 1]), np.array([0, 1, 1]), np.array([0, 0, 1]), np.ones(3, dtype=np.int64),
        np.array([0, 0, 1]), np.array([0, 1, 0]),
    )  # fmt: skip

    assert blocking_pairs(instance, np.array([0, 2])) == 1
    assert blocking_pairs(instance, np.array([0, 1])) == 0


@pytest.mark.parametrize(
    ("chosen", "reason"), [([0, 1], "A mentee was given two mentors"), ([0, 2], "more mentees than places")]
)
def test_a_plan_over_the_limits_is_refused(chosen: list[int], reason: str):
    """A solver's answer is held against the instance before it is counted."""
    with pytest.raises(ValueError, match=reason):
        check_plan(two_by_two([(0, 0)] * 4), np.array(chosen))
