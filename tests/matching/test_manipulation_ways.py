"""What cheapest ways find of a narrowing is what solving anew finds, lots and all; compiled ways are the same."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.audit.by_ways import ByWays
from matching.audit.manipulation import enrolled_in, manipulation_of
from matching.audit.narrowings import OF_WANTS
from matching.candidates import Market
from matching.closeness import with_closeness
from matching.contrast.anew import Anew
from matching.contrast.drawn import drawn
from matching.contrast.proof import certificate_of
from matching.contrast.standing import Standing
from matching.contrast.ways import Ways
from matching.generate import generate
from matching.problem import MentoringProgramme, Problem
from matching.solution import Solution, Status
from matching.solve import solve
from matching.watch import Limits, Watch
from tests.matching.problems import bare_problems


def tried(problem: Problem, solution: Solution, person: str) -> list[tuple[str, str, int]]:
    """Return what was tried for a person in their programme, and gained."""
    (programme,) = problem.programmes
    found = manipulation_of(Anew(problem, solution), programme.id, person)
    return [(row.kind.value, row.what, row.gain) for row in found.attempts]


def same_by_solving(problem: Problem, people: list[str]) -> None:
    """Raise unless everything that was tried for these people gains what solving anew shows."""
    solution = solve(problem)
    for person in people:
        by_ways = tried(problem, solution, person)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ByWays, "points_after", lambda *_: None)
            assert by_ways == tried(problem, solution, person)


@given(bare_problems(), st.data())
@settings(max_examples=120, deadline=None)
def test_ways_find_what_solving_anew_finds(problem: Problem, data: st.DataObject) -> None:
    """Ties everywhere, several places, people on both sides, locks and bans: every gain is the same."""
    everybody = enrolled_in(problem.programmes[0])
    if everybody:
        same_by_solving(problem, [data.draw(st.sampled_from(everybody))])


@pytest.mark.parametrize("seed", (0, 1))
def test_ways_find_what_criteria_and_rules_make_of_it(seed: int) -> None:
    """Hours, languages, wishes and wants of made-up people; how close skills are is given, so nothing is moved."""
    problem = with_closeness(generate(mentees=40, mentors=14, seed=seed))
    everybody = enrolled_in(problem.programmes[0])
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    mentors = {row.person for row in programme.mentors}
    both = [row.person for row in programme.mentees if row.person in mentors]
    same_by_solving(problem, [*everybody[seed::9], *both[:2]])


def test_a_want_that_gains_is_solved_anew() -> None:
    """Where closeness follows from who wants what, a gain of today's closeness is not told on its word."""
    problem = generate(mentees=60, mentors=20, seed=5)
    solution = solve(problem)
    everybody = [row.person for row in problem.programmes[0].mentees]  # type: ignore[union-attr]
    solved: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        whole = Anew.solved

        def noted(anew: Anew, changed: Problem, programme: str, stage: str) -> Solution:
            solved.append(stage)
            return whole(anew, changed, programme, stage)

        patch.setattr(Anew, "solved", noted)
        gaining = [row for person in everybody for row in gains_of_wants(problem, solution, person)]
    assert gaining
    assert set(gaining) <= set(solved)


def gains_of_wants(problem: Problem, solution: Solution, person: str) -> list[str]:
    """Return the stages of wants left out that gain."""
    found = manipulation_of(Anew(problem, solution), problem.programmes[0].id, person)
    return [
        f"{person}: {row.kind.value.replace('_', ' ')}, {row.what}"
        for row in found.attempts
        if row.kind in OF_WANTS and row.gain > 0
    ]


def standing_of(problem: Problem) -> Standing | None:
    """Return the plan of a problem; `None` where prices do not prove it."""
    (programme,) = problem.programmes
    solution = solve(problem)
    certificate = certificate_of(problem, programme.id, solution)
    if certificate is None or solution.status is not Status.OPTIMAL:
        return None
    assert isinstance(programme, MentoringProgramme)
    return Standing(Market(problem, programme, Watch(Limits())), solution, certificate)


@given(st.integers(0, 10**6), st.booleans(), st.data())
@settings(max_examples=15, deadline=None)
def test_compiled_ways_are_the_same(seed: int, with_lots: bool, data: st.DataObject) -> None:
    """Costs and ways from any node, to any node and to all, with lots in the prices and without."""
    standing = standing_of(generate(mentees=24, mentors=9, seed=seed))
    assert standing is not None
    plan = drawn(standing, 0) if with_lots else standing
    assert plan is not None
    nodes = sum(plan.shape) + 1
    source = data.draw(st.integers(0, nodes - 1))
    if source < plan.shape[0] and not plan.room.places[source]:
        return
    target = data.draw(st.none() | st.integers(0, nodes - 1))
    found = Ways(plan, source, target)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Standing, "kept_points", property(lambda own: own._rows.every()))
        compiled = Ways(plan, source, target)
    if target is None:
        assert np.array_equal(found.cost, compiled.cost)
        for node in range(nodes):
            assert found.way_to(node) == compiled.way_to(node)
    else:
        assert found.cost[target] == compiled.cost[target]
        assert found.way_to(target) == compiled.way_to(target)


def test_lots_that_prove_nothing_are_not_used() -> None:
    """A plan that another seed would draw has no prices with this seed's lots, unless there is but one."""
    problem = generate(mentees=30, mentors=10, seed=2)
    (programme,) = problem.programmes
    tied = replace(problem, programmes=(replace(programme, criteria={}),))
    standing = standing_of(tied)
    assert standing is not None
    assert drawn(standing, 0) is not None
    assert drawn(standing, 1) is None
