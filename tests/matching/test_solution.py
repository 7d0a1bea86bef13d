"""A solution keeps its meaning through its file, and a wrong file is refused with the place."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from matching.problem import Problem, ProblemError
from matching.solution import Solution
from matching.solve import solve
from tests.matching.problems import bare_problems, one_pair, put, read


@settings(max_examples=30, deadline=None)
@given(bare_problems())
def test_solutions_are_read_and_written_again(problem: Problem) -> None:
    """A solution comes back equal from its text."""
    solution = solve(problem)
    assert Solution.from_json(solution.to_json()) == solution


def unmatched_for(lack: dict[str, Any]) -> dict[str, Any]:
    cause = {"kind": "no_eligible_partner", "lacks": [lack]}
    return {"programme": "m", "person": "ann", "role": "mentee", "cause": cause}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (put("status", "great"), "$.status"),
        (
            put("assignments", [{"programme": "m", "members": {"boss": "a"}, "points": 1}]),
            "$.assignments[0].members",
        ),
        (
            put("assignments", [{"programme": "m", "members": {"mentee": "a"}, "points": "1"}]),
            "$.assignments[0].points",
        ),
        (put("unmatched", [{"programme": "m", "person": "a", "role": "mentee"}]), "$.unmatched[0]"),
        (
            put("certificates", [{"programme": "m", "kind": "prices", "bound": 1, "mentees": {"a": 0.5}}]),
            "$.certificates[0].mentees.a",
        ),
        (
            put("unmatched", [unmatched_for({"skill": "s", "level": 6, "best": 0, "possible": 0})]),
            "$.unmatched[0].cause.lacks[0].level",
        ),
        (put("unmatched", [unmatched_for({"skill": "s"})]), "$.unmatched[0].cause.lacks[0]"),
        (put("statistics", {"seconds": {"plan": "fast"}}), "$.statistics.seconds.plan"),
        (put("seed", -1), "$.seed"),
        (put("extra", 1), "$"),
    ],
)
def test_a_wrong_solution_file_is_refused(change: Callable[[dict[str, Any]], None], path: str) -> None:
    """The error names the place."""
    content = json.loads(solve(read(one_pair())).to_json())
    change(content)
    with pytest.raises(ProblemError) as caught:
        Solution.from_json(json.dumps(content))
    assert caught.value.path == path
