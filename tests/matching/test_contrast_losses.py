"""What a plan loses without somebody is what solving anew without them shows."""

from dataclasses import replace

from hypothesis import given, settings

from matching.candidates import Market
from matching.contrast.losses import loss_of_mentee, loss_of_mentor
from matching.contrast.proof import certificate_of
from matching.contrast.standing import Standing
from matching.problem import MentoringProgramme, Problem
from matching.solution import Status
from matching.solve import solve
from matching.watch import Limits, Watch
from tests.matching.problems import bare_problems


def worth(problem: Problem, weights: dict[str, int]) -> int:
    """Return what the best plan of a problem is worth by these weights."""
    found = solve(problem)
    return sum(weights[goal.goal] * goal.value for goal in found.goals)


@given(bare_problems())
@settings(max_examples=80, deadline=None)
def test_a_loss_is_what_the_best_plan_without_somebody_is_worth_less(problem: Problem) -> None:
    """Each mentee and each mentor is left out in turn and everything solved anew."""
    (programme,) = problem.programmes
    solution = solve(problem)
    certificate = certificate_of(problem, "m", solution)
    if certificate is None or solution.status is not Status.OPTIMAL or problem.locks:
        return
    assert isinstance(programme, MentoringProgramme)
    standing = Standing(Market(problem, programme, Watch(Limits())), solution, certificate)
    weights = dict(certificate.weights)
    whole = sum(weights[goal.goal] * goal.value for goal in solution.goals)
    for number, row in enumerate(programme.mentees):
        left = tuple(replace(other, places=0) if other is row else other for other in programme.mentees)
        without = replace(problem, programmes=(replace(programme, mentees=left),))
        assert loss_of_mentee(standing, number) == whole - worth(without, weights)
    for number, mentor in enumerate(programme.mentors):
        left_out = replace(mentor, capacity=0)
        others = tuple(left_out if other is mentor else other for other in programme.mentors)
        without = replace(problem, programmes=(replace(programme, mentors=others),))
        assert loss_of_mentor(standing, number) == whole - worth(without, weights)
