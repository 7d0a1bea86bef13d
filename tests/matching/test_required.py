"""People and communities that must be matched: before every goal, by every kind, and proved where it cannot be."""

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.check import check
from matching.problem import CommunitiesProgramme, MentoringProgramme, PeerProgramme, Problem, ProblemError
from matching.solution import Role, Solution, Status
from matching.solve import solve
from tests.matching import community_problems
from tests.matching.peer_problems import aims as peers_aims
from tests.matching.peer_problems import peer_problems
from tests.matching.peer_problems import plans as peers_plans
from tests.matching.peer_problems import programme_of as peers_of
from tests.matching.problems import _value as value_of_mentoring
from tests.matching.problems import bare_problems
from tests.matching.problems import plans_of as plans_of_mentoring


def requiring(problem: Problem, chosen: set[str]) -> Problem:
    """Return a problem in which these of the programme's people, and communities, must be matched."""
    (programme,) = problem.programmes
    if isinstance(programme, MentoringProgramme):
        rows = [replace(row, required=row.person in chosen and row.places > 0) for row in programme.mentees]
        return replace(problem, programmes=(replace(programme, mentees=tuple(rows)),))
    if isinstance(programme, PeerProgramme):
        peers = tuple(replace(row, required=row.person in chosen) for row in programme.people)
        return replace(problem, programmes=(replace(programme, people=peers),))
    assert isinstance(programme, CommunitiesProgramme)
    people = [replace(row, required=row.person in chosen and row.places > 0) for row in programme.people]
    groups = [replace(row, required=row.id in chosen and row.max > 0) for row in programme.communities]
    made = replace(programme, people=tuple(people), communities=tuple(groups))
    return replace(problem, programmes=(made,))


def best_mentoring(problem: Problem) -> tuple[int, ...]:
    """Return how many required people the best of all plans matches, then the values of its goals."""
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    required = {row.person for row in programme.mentees if row.required}
    return max(
        (len(required & {row[0] for row in plan}), *value_of_mentoring(programme, plan))
        for plan in plans_of_mentoring(problem, programme)
    )


def reached(solution: Solution, required: set[str]) -> tuple[int, ...]:
    matched = {person for row in solution.assignments for person in row.people}
    matched |= {row.members.get(Role.MENTEE, "") for row in solution.assignments}
    matched |= {row.community or "" for row in solution.assignments}
    return (len(required & matched), *(goal.value for goal in solution.goals))


@given(problem=bare_problems(), chosen=st.sets(st.sampled_from([f"p{number}" for number in range(9)])))
@settings(deadline=None, max_examples=60)
def test_mentees_who_must_be_matched_come_first(problem, chosen):
    """The plan has as many of them as any plan, then the best goals; without all of them it is infeasible."""
    problem = requiring(problem, chosen)
    required = {row.person for row in problem.programmes[0].mentees if row.required}
    solution = solve(problem)
    best = best_mentoring(problem)
    assert reached(solution, required) == best
    assert solution.status is (Status.OPTIMAL if best[0] == len(required) else Status.INFEASIBLE)
    assert check(problem, solution).violations == ()


@given(problem=peer_problems(most=7), chosen=st.sets(st.sampled_from("abcdefghi")))
@settings(deadline=None, max_examples=60)
def test_peers_who_must_be_matched_come_first(problem, chosen):
    """And with pairs and triads of peers, odd numbers of them among those."""
    problem = requiring(problem, chosen)
    required = {row.person for row in peers_of(problem).people if row.required}
    found = [
        (len(required & {person for group in plan for person in group}), *peers_aims(problem, plan))
        for plan in peers_plans(problem)
    ]
    solution = solve(problem)
    plan = tuple(row.people for row in solution.assignments)
    assert (reached(solution, required)[0], *peers_aims(problem, plan)) == max(found)
    assert solution.status is (Status.OPTIMAL if max(found)[0] == len(required) else Status.INFEASIBLE)
    assert check(problem, solution).violations == ()


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=60)
def test_members_and_communities_that_must_be_matched_come_first(seed):
    """So it is with communities, which may have to open as well."""
    random = Random(seed)
    try:
        problem = community_problems.bare_problem(random)
    except ProblemError:
        return
    chosen = {name for name in ("p0", "p1", "p2", "p3", "c0", "c1", "c2") if random.random() < 0.4}
    problem = requiring(problem, chosen)
    (programme,) = problem.programmes
    required = {row.person for row in programme.people if row.required}
    required |= {row.id for row in programme.communities if row.required}
    found = []
    for plan in community_problems.plans_of(problem, programme):
        matched = {person for members in plan.values() for person in members}
        matched |= {name for name, members in plan.items() if members}
        found.append((len(required & matched), *community_problems._value(programme, plan)))
    if not found:
        return
    solution = solve(problem)
    assert reached(solution, required) == max(found)
    assert solution.status is (Status.OPTIMAL if max(found)[0] == len(required) else Status.INFEASIBLE)
    assert check(problem, solution).violations == ()
