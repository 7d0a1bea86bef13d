"""A problem may say how close its skills are; the engine and the check take its word."""

import pytest

from matching.__main__ import main
from matching.check import check
from matching.check.skills import closeness
from matching.closeness import with_closeness
from matching.errors import ProblemError
from matching.generate import generate
from matching.problem import Problem
from matching.skills import closeness_of
from matching.solve import solve
from tests.matching.problems import one_pair, read


def made(seed: int = 3) -> Problem:
    return generate(mentees=40, mentors=15, seed=seed, kinds=["mentoring", "communities"])


@pytest.mark.parametrize("kind", ["mentoring", "communities"])
def test_rows_change_nothing_but_the_file(kind: str) -> None:
    """With the closeness written into the problem the solution is the same, and the check agrees."""
    problem = made()
    kept = with_closeness(problem)
    assert kept.skills.closeness
    assert with_closeness(kept) is kept
    (programme,) = (row.id for row in problem.programmes if row.kind == kind)
    plain, given = solve(problem, programme=programme), solve(kept, programme=programme)
    assert given.assignments == plain.assignments
    assert given.goals == plain.goals
    assert check(kept, given).ok


def test_what_the_problem_says_counts_whatever_the_graph_says() -> None:
    """Rows replace the walks: the pair named is as close as the row says, both ways, and no other is close."""
    skills = {
        "nodes": [{"id": name} for name in "abc"],
        "edges": [["a", "related", "b"]],
        "closeness": [["c", "a", 640]],
    }
    holds = [{"skill": "c", "level": 2}, {"skill": "b", "level": 2}]
    problem = read(one_pair(skills=skills, ann={"wants": [{"skill": "a", "level": 2}]}, ben={"holds": holds}))
    found = closeness_of(problem)
    near = {"a": {"a": 1000, "c": 640}, "b": {"b": 1000}, "c": {"c": 1000, "a": 640}}
    assert {skill: found.near(skill) for skill in near} == near
    assert closeness(problem) == near


@pytest.mark.parametrize(("given", "count"), [({}, 2), ({"closeness": []}, 1), ({"closeness": None}, 2)])
def test_no_rows_are_a_word_too(given: dict[str, object], count: int) -> None:
    """An empty list says that no two skills are close, an absent one that closeness is to be found."""
    skills = {"nodes": [{"id": name} for name in "ab"], "edges": [["a", "related", "b"]]} | given
    ann = {"wants": [{"skill": "a", "level": 2}, {"skill": "b", "level": 2}]}
    problem = read(one_pair(skills=skills, ann=ann))
    assert len(closeness_of(problem).near("a")) == len(closeness(problem)["a"]) == count
    assert Problem.from_json(problem.to_json()) == problem


def test_rows_are_kept_in_canonical_order() -> None:
    """The order of rows and of the two skills in a row does not matter."""
    nodes = [{"id": name} for name in "abc"]
    one, other = (
        read(one_pair(skills={"nodes": nodes, "closeness": rows}))
        for rows in ([["b", "a", 5], ["c", "a", 7]], [["a", "c", 7], ["a", "b", 5]])
    )
    assert one == other
    assert one.sha256 == other.sha256


@pytest.mark.parametrize(
    ("rows", "path", "sentence"),
    [
        ({}, "", "list"),
        (["a"], "[0]", "list"),
        ([["a", "b"]], "[0]", "how close"),
        ([["a", "x", 5]], "[0][1]", "no skill"),
        ([[["a"], "b", 5]], "[0][0]", ""),
        ([["a", "b", 0]], "[0][2]", "1"),
        ([["a", "b", 1000]], "[0][2]", "999"),
        ([["a", "b", 5.5]], "[0][2]", "whole"),
        ([["a", "b", True]], "[0][2]", "whole"),
        ([["a", "a", 5]], "[0]", "itself"),
        ([["a", "b", 5], ["b", "a", 5]], "[1]", "twice"),
    ],
)
def test_wrong_rows_are_refused_by_place(rows: object, path: str, sentence: str) -> None:
    """Each wrong row is refused with its path and a sentence."""
    content = one_pair(skills={"nodes": [{"id": "a"}, {"id": "b"}], "closeness": rows})
    with pytest.raises(ProblemError) as error:
        read(content)
    assert error.value.path == f"$.skills.closeness{path}"
    assert sentence in error.value.sentence


def test_the_command_writes_rows(tmp_path, capsys) -> None:
    """The command writes the problem with rows and tells how many there are; a wrong file leaves nothing."""
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text(made().to_json(), encoding="utf-8")
    assert main(["closeness", str(before), "-o", str(after)]) == 0
    written = Problem.from_json(after.read_bytes())
    assert written == with_closeness(made())
    assert capsys.readouterr().err == f"{len(written.skills.closeness or ()):,} pairs of skills are close.\n"
    after.unlink()
    before.write_text("{}", encoding="utf-8")
    assert main(["closeness", str(before), "-o", str(after)]) == 2
    assert not after.exists()
