"""Joint rounds: the best of all plans of all programmes, within everybody's hours."""

from dataclasses import replace
from random import Random

import pytest

from matching.check import check
from matching.generate import generate
from matching.joint.shared import entered
from matching.problem import CommunitiesProgramme as Communities
from matching.problem import (
    Community,
    CommunityMember,
    GoalName,
    Joint,
    Lock,
    Peer,
    PeerProgramme,
    Person,
    Problem,
    ProblemError,
)
from matching.problem import Mentee as Seeker
from matching.problem import Mentor as Giver
from matching.problem import MentoringProgramme as Mentoring
from matching.solution import CauseKind, ClosedKind, Solution, Status
from matching.solve import Limits, solve
from matching.watch import Watch
from tests.matching.joint_problems import Plan, aims, best_by_trying_all, joint_problem
from tests.matching.problems import shuffled

HOURS = {"mentoring": 2.0, "peers": 1.5, "communities": 1.0}


def company(mentees: int, mentors: int, seed: int) -> Problem:
    """Return a generated round of all kinds that share hours and cover for one another."""
    made = generate(mentees=mentees, mentors=mentors, seed=seed, kinds=tuple(HOURS))
    programmes = tuple(replace(row, hours_a_month=HOURS[row.id]) for row in made.programmes)
    return replace(made, programmes=programmes, joint=Joint(hours_budget=True, cover_by=tuple(HOURS)))


def plan_of(problem: Problem, solution: Solution) -> Plan:
    """Return who is with whom as the plans that are tried have it."""
    found: dict[str, list[tuple[str, ...]]] = {row.id: [] for row in problem.programmes}
    for row in solution.assignments:
        if row.members:
            found[row.programme].append(tuple(row.members[role] for role in ("mentee", "mentor")))  # type: ignore[index]
        elif row.community is None:
            found[row.programme].append(row.people)
        else:
            found[row.programme].extend((person, row.community) for person in row.people)
    return {name: tuple(rows) for name, rows in found.items()}


def drawn(seed: int) -> Problem | None:
    """Return a random round that shares something, or nothing where its locks are refused as it is read."""
    try:
        problem = joint_problem(Random(seed))
    except ProblemError:
        return None
    joint = problem.joint
    return problem if joint is not None and (joint.hours_budget or joint.cover_by) else None


def as_good_as_the_best(seeds: range) -> int:
    tried = 0
    for seed in seeds:
        problem = drawn(seed)
        if problem is None:
            continue
        best = best_by_trying_all(problem)
        try:
            solution = solve(problem)
        except ProblemError:
            assert best is None, seed
            continue
        assert best == aims(problem, plan_of(problem, solution)), seed
        assert solution.status is Status.OPTIMAL, seed
        assert check(problem, solution).violations == (), seed
        tried += 1
    return tried


def test_the_plan_is_as_good_as_the_best_of_all():
    """Cover, coverage, triads and points come to what trying every plan comes to, and the check agrees."""
    assert as_good_as_the_best(range(50)) > 30


@pytest.mark.slow
def test_many_plans_are_as_good_as_the_best_of_all():
    """The same of many more rounds."""
    assert as_good_as_the_best(range(1000, 1150)) > 100


def two_programmes(**people: float | None) -> Problem:
    """Return a round in which mentoring takes 2 hours of both, and pairs of peers take 1 of each."""
    names = sorted(people)
    return Problem(
        round="2026-Q4",
        people=tuple(Person(id=name, hours_a_month=people[name]) for name in names),
        programmes=(
            Mentoring(
                id="m",
                hours_a_month=2.0,
                mentees=(Seeker(person="ann"), Seeker(person="bea")),
                mentors=(Giver(person="tom", capacity=2),),
                candidates=(("ann", "tom", 5), ("bea", "tom", 4)),
            ),
            PeerProgramme(
                id="p",
                hours_a_month=1.0,
                people=tuple(Peer(person=name) for name in names),
                candidates=(("ann", "bea", 3), ("ann", "tom", 3), ("bea", "tom", 3)),
            ),
        ),
        joint=Joint(hours_budget=True, cover_by=("m", "p")),
    )


def test_enough_hours_are_no_budget():
    """Who has hours for everything, or whose hours are not known, takes part in everything."""
    solution = solve(two_programmes(ann=3.0, bea=None, tom=5.0))
    assert {row.programme: row.value for row in solution.goals if row.goal == "coverage"} == {"m": 2, "p": 2}


def test_cover_comes_before_the_first_programme():
    """With 2 hours each, two peers cover more people than one mentorship of one of them does."""
    problem = two_programmes(ann=2.0, bea=2.0, tom=2.0)
    solution = solve(problem)
    assert [row.programme for row in solution.assignments] == ["p"]
    assert [(step.goal, step.programme, step.value) for step in solution.joint[:2]] == [
        ("cover", None, 2),
        ("coverage", "m", 0),
    ]
    assert check(problem, solution).ok


def test_nobody_goes_beyond_their_hours():
    """A mentor with hours for one mentee takes one, and the other is told that hours ran out."""
    problem = two_programmes(ann=2.0, bea=2.0, tom=2.0)
    problem = replace(problem, programmes=problem.programmes[:1], joint=Joint(hours_budget=True))
    solution = solve(problem)
    (left_out,) = solution.unmatched
    assert (left_out.person, left_out.cause.kind) == ("bea", CauseKind.HOURS_RAN_OUT)
    assert left_out.cause.rivals == ("ann",)
    assert check(problem, solution).ok


def test_who_has_no_hours_is_told_so():
    """A mentee whose hours do not suffice is left out because of them."""
    problem = two_programmes(ann=1.5, bea=5.0, tom=9.0)
    solution = solve(problem)
    causes = {(row.programme, row.person): row.cause.kind for row in solution.unmatched}
    assert causes["m", "ann"] is CauseKind.OWN_HOURS
    assert check(problem, solution).ok


def test_a_lead_needs_hours_too():
    """A community stays closed when its lead has no hours for it, and opens when there are some."""
    for hours, kinds in ((0.5, {ClosedKind.LEAD_HOURS}), (1.0, set())):
        problem = Problem(
            round="2026-Q4",
            people=(Person(id="ann"), Person(id="lea", hours_a_month=hours)),
            programmes=(
                Communities(
                    id="g",
                    hours_a_month=1.0,
                    communities=(Community(id="c", lead="lea", max=3),),
                    people=(CommunityMember(person="ann"),),
                    candidates=(("ann", "c", 1),),
                ),
            ),
            joint=Joint(hours_budget=True),
        )
        solution = solve(problem)
        assert {row.kind for row in solution.closed} == kinds
        assert check(problem, solution).ok


def test_an_odd_number_of_peers_makes_one_triad():
    """That five people cannot all be in pairs is proved by how many groups five people make, not searched."""
    names = "abcde"
    problem = Problem(
        round="2026-Q4",
        people=tuple(Person(id=name) for name in names),
        programmes=(
            PeerProgramme(
                id="p",
                group_sizes=(2, 3),
                people=tuple(Peer(person=name) for name in names),
                candidates=tuple((a, b, 1) for a in names for b in names if a < b),
            ),
        ),
        joint=Joint(cover_by=("p",)),
    )
    solution = solve(problem)
    found = {step.goal: (step.value, step.bound) for step in solution.joint}
    assert found["triads"] == (-1, -1)
    assert check(problem, solution).ok


@pytest.mark.parametrize("seed", [1, 2])
def test_a_joint_plan_is_never_worse_than_one_after_another(seed):
    """In the order of the aims, and in cover above all, the plan is at least as good as where it starts."""
    problem = company(60, 24, seed)
    _entries, shared = entered(problem)
    start = shared.values(shared.start(Watch(Limits())))
    solution = solve(problem)
    assert tuple(step.value for step in solution.joint) > start
    assert solution.joint[0].value >= start[0]
    assert solution.status is Status.OPTIMAL
    assert check(problem, solution).ok


def test_the_order_of_rows_changes_nothing():
    """Shuffled rows give the same solution, and so does a second solve."""
    problem = company(40, 16, 3)
    solution = solve(problem).without_statistics()
    assert solve(shuffled(problem, 1)).without_statistics() == solution
    assert Solution.from_json(solution.to_json()) == solution


@pytest.mark.parametrize(
    ("limits", "status"), [(Limits(seconds=0), Status.TIMED_OUT), (Limits(), Status.CANCELLED)]
)
def test_a_stopped_round_keeps_every_rule(limits, status):
    """However early it is stopped there is a plan within rules and hours, with bounds that are true."""
    problem = company(60, 24, 4)
    for asked in (1, 3, 6, 12):
        calls = iter([False] * asked + [True] * 10_000)
        stop = (lambda calls=calls: next(calls)) if status is Status.CANCELLED else None
        solution = solve(problem, limits=limits, should_stop=stop)
        assert solution.status is status
        assert check(problem, solution).violations == ()
        assert all(step.bound >= step.value for step in solution.joint)


def test_locks_beyond_the_hours_are_refused_by_name():
    """No lock asks more of anybody than they have."""
    problem = replace(
        two_programmes(ann=2.0, bea=2.0, tom=3.0),
        locks=(Lock(programme="m", members=("ann", "tom")), Lock(programme="m", members=("bea", "tom"))),
    )
    with pytest.raises(ProblemError, match='4 hours a month of "tom", who has 3'):
        solve(problem)


def test_goals_out_of_order_are_refused_by_name():
    """Points before coverage have no place in the order of a joint round."""
    problem = two_programmes(ann=2.0, bea=2.0, tom=3.0)
    first = replace(problem.programmes[0], goals=(GoalName.POINTS, GoalName.COVERAGE))
    with pytest.raises(ProblemError, match="coverage comes before points") as caught:
        solve(replace(problem, programmes=(first, *problem.programmes[1:])))
    assert caught.value.path == "$.programmes[0].goals"


def test_hours_are_whole_in_hundredths():
    """Hours that cannot be added up exactly are refused where they are a budget, and nowhere else."""
    problem = two_programmes(ann=2.0, bea=2.0, tom=3.0)
    odd = (replace(problem.people[0], hours_a_month=1.005), *problem.people[1:])
    with pytest.raises(ProblemError, match="hundredths") as caught:
        replace(problem, people=odd)
    assert caught.value.path == "$.people[0].hours_a_month"
    assert replace(problem, people=odd, joint=None).people[0].hours_a_month == 1.005


def test_one_programme_of_a_round_is_solved_alone():
    """By name a programme is solved as if it were the only one, with a certificate of its own."""
    problem = two_programmes(ann=2.0, bea=2.0, tom=2.0)
    solution = solve(problem, programme="m")
    assert len(solution.assignments) == 2
    assert not solution.joint
    assert check(problem, solution).ok


def test_a_round_of_nobody():
    """Nothing to decide is decided at once."""
    problem = Problem(
        round="2026-Q4",
        programmes=(Mentoring(id="m"), PeerProgramme(id="p"), Communities(id="g")),
        joint=Joint(hours_budget=True, cover_by=("m", "p", "g")),
    )
    solution = solve(problem)
    assert solution.status is Status.OPTIMAL
    assert check(problem, solution).ok


def test_hours_that_end_before_the_places_do_bound_a_mentor_alone():
    """A mentor with places for two and hours for one and a half has one mentee, and that is proved."""
    problem = drawn(2084)
    assert problem is not None
    solution = solve(problem)
    assert solution.status is Status.OPTIMAL
    assert aims(problem, plan_of(problem, solution)) == best_by_trying_all(problem)
    assert check(problem, solution).ok
