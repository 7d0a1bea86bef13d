"""Ways between skills: the edges and shared profiles over which one is close to another."""

from itertools import pairwise

import pytest

from matching.__main__ import main
from matching.skill_paths import Relation, SkillPaths, Step
from matching.solve import solve
from tests.matching.problems import one_pair, read

NODES = [
    {"id": name, "label": name.upper()} for name in ("sql", "data", "pandas", "law", "art", "tax", "far")
]
EDGES = [
    ["sql", "broader", "data"],
    ["pandas", "broader", "data"],
    ["law", "requires", "art"],
    ["art", "related", "tax"],
]


@pytest.mark.parametrize(
    ("source", "target", "steps"),
    [
        ("data", "pandas", [("pandas", Relation.NARROWER)]),
        ("sql", "pandas", [("data", Relation.BROADER), ("pandas", Relation.NARROWER)]),
        ("law", "art", [("art", Relation.REQUIRED)]),
        ("art", "law", [("law", Relation.BUILDS_ON)]),
        ("tax", "law", [("art", Relation.RELATED), ("law", Relation.BUILDS_ON)]),
        ("sql", "law", []),
        ("far", "sql", []),
        ("sql", "sql", []),
    ],
)
def test_each_step_says_what_the_next_skill_is(
    source: str, target: str, steps: list[tuple[str, Relation]]
) -> None:
    """Each step is told from the skill before; without a way there are no steps."""
    problem = read(one_pair(skills={"nodes": NODES, "edges": EDGES}))
    assert SkillPaths(problem).path(source, target) == tuple(Step(*step) for step in steps)


def test_profiles_join_skills_and_edges_that_were_drawn_tell_more() -> None:
    """People who have two skills together join them; where there is an edge too, the edge is told."""
    together = [
        {"id": f"x{n}", "holds": [{"skill": s, "level": 2} for s in ("sql", "law")]} for n in range(4)
    ]
    strangers = [{"id": f"y{n}", "holds": [{"skill": "art", "level": 2}]} for n in range(12)]
    for edges, relation in (([], Relation.TOGETHER), ([["law", "broader", "sql"]], Relation.NARROWER)):
        problem = read(one_pair(skills={"nodes": NODES, "edges": edges}, others=together + strangers))
        assert SkillPaths(problem).path("sql", "law") == (Step("law", relation),)


def test_ways_longer_than_walks_are_not_told() -> None:
    """Five steps are more than a walk takes."""
    names = "abcdef"
    edges = [[one, "broader", other] for one, other in pairwise(names)]
    paths = SkillPaths(read(one_pair(skills={"nodes": [{"id": name} for name in names], "edges": edges})))
    assert len(paths.path("a", "e")) == 4
    assert paths.path("a", "f") == ()


def test_the_command_shows_the_way_from_a_near_skill(tmp_path, capsys) -> None:
    """Where a near skill is the reason, its way to the wanted one stands below the sentence."""
    content = one_pair(
        skills={"nodes": NODES, "edges": EDGES},
        ann={"wants": [{"skill": "pandas", "level": 2}]},
        ben={"holds": [{"skill": "sql", "level": 3}]},
        criteria={"skills": 10},
    )
    problem = read(content)
    before, after = tmp_path / "problem.json", tmp_path / "solution.json"
    before.write_text(problem.to_json(), encoding="utf-8")
    after.write_text(solve(problem).to_json(), encoding="utf-8")
    assert main(["explain", str(before), str(after), "--why", "ann"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].endswith("has SQL at level 3, close to PANDAS, which ann wants at level 2.")
    assert lines[2] == "      SQL -> DATA, broader -> PANDAS, narrower"
