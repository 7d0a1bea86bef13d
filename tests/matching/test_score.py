"""Points and closeness: each criterion by its definition, and skills in the order people would put them."""

from typing import Any

import pytest

from matching.problem import Problem
from matching.skills import SkillGraph, closeness_of
from matching.solve import solve
from tests.matching.problems import one_pair, read

SQL = {"skills": {"nodes": [{"id": "sql", "label": "SQL"}], "edges": []}}
WANTS_3 = {"wants": [{"skill": "sql", "level": 3}]}
PARIS = {"time_zone": "Europe/Paris", "location": "Paris"}


def held(level: int) -> dict[str, Any]:
    return {"holds": [{"skill": "sql", "level": level}]}


@pytest.mark.parametrize(
    ("criterion", "more", "points"),
    [
        ("skills", {**SQL, "ann": WANTS_3, "ben": held(3)}, 100),
        ("skills", {**SQL, "ann": WANTS_3, "ben": held(5)}, 100),
        ("skills", {**SQL, "ann": WANTS_3, "ben": held(1)}, 33),
        ("skills", {**SQL, "ann": WANTS_3}, 0),
        ("skills", {**SQL, "ben": held(5)}, 0),
        ("level_step", {**SQL, "ann": WANTS_3, "ben": held(2)}, 0),
        ("level_step", {**SQL, "ann": WANTS_3, "ben": held(3)}, 50),
        ("level_step", {**SQL, "ann": WANTS_3, "ben": held(4)}, 100),
        ("level_step", {**SQL, "ann": {"wants": [{"skill": "sql", "level": 1}]}, "ben": held(4)}, 60),
        (
            "hours",
            {
                "ann": PARIS | {"working_hours": [[540, 1020]]},
                "ben": PARIS | {"working_hours": [[960, 1200]]},
            },
            25,
        ),
        ("hours", {"ann": PARIS | {"working_hours": [[540, 1020]]}}, 0),
        ("variety", {"ann": {"department": "Care"}, "ben": {"department": "Law"}}, 50),
        ("variety", {"ann": {"department": "Care"}}, 0),
        ("wishes", {"mentee": {"wishes": ["ben"]}}, 100),
        ("wishes", {"mentee": {"wishes": ["eve", "ben"]}, "others": [{"id": "eve"}]}, 80),
        ("continuity", {"history": [{"programme": "m", "members": ["ann", "ben"], "round": "2026-Q3"}]}, 100),
        (
            "continuity",
            {
                "history": [
                    {"programme": "m", "members": ["ann", "ben"], "round": "2026-Q2"},
                    {"programme": "m", "members": ["ann", "eve"], "round": "2026-Q3"},
                ]
            },
            0,
        ),
        ("location", {"ann": PARIS, "ben": PARIS}, 100),
        ("location", {"ann": PARIS, "ben": {"location": "Lille", "time_zone": "Europe/Paris"}}, 50),
        ("grade_step", {"ann": {"grade": 3}, "ben": {"grade": 5}}, 100),
        ("grade_step", {"ann": {"grade": 3}, "ben": {"grade": 3}}, 60),
        ("grade_step", {"ann": {"grade": 3}, "ben": {"grade": 2}}, 0),
    ],
)
def test_a_criterion_gives_its_points(criterion: str, more: dict[str, Any], points: int) -> None:
    """With weight 100 a pair gets the percentage of the definition."""
    (match,) = solve(read(one_pair(criteria={criterion: 100}, **more))).assignments
    assert match.parts == {criterion: points}
    assert match.points == points


def test_importance_weighs_wants() -> None:
    """A want three times as important counts three times."""
    content = one_pair(
        criteria={"skills": 100},
        skills={"nodes": [{"id": "sql"}, {"id": "law"}], "edges": []},
        ann={"wants": [{"skill": "sql", "level": 3, "importance": 3}, {"skill": "law", "level": 3}]},
        ben=held(3),
    )
    assert solve(read(content)).assignments[0].points == 75


@pytest.fixture(scope="module")
def taxonomy() -> Problem:
    """Two families of skills, joined by nothing, and one person who has them all."""
    nodes = ["data", "sql", "python", "statistics", "people", "coaching", "feedback"]
    edges = [
        ["sql", "broader", "data"],
        ["python", "broader", "data"],
        ["statistics", "broader", "data"],
        ["coaching", "broader", "people"],
        ["feedback", "broader", "people"],
        ["statistics", "related", "python"],
        ["coaching", "requires", "feedback"],
    ]
    wants = [{"skill": name, "level": 2} for name in nodes]
    return read(
        one_pair(
            skills={"nodes": [{"id": name} for name in nodes], "edges": edges},
            ann={"wants": wants},
            ben={"holds": [{"skill": name, "level": 3} for name in nodes]},
        )
    )


def test_closeness_follows_the_graph(taxonomy: Problem) -> None:
    """A related sibling is closer than a plain one, the other family is not close at all, itself is 1000."""
    closeness = closeness_of(taxonomy)
    near = closeness.near("python")
    assert near["python"] == 1000
    assert near["statistics"] > near["sql"] > 0
    assert "coaching" not in near
    assert all(closeness.near(b)[a] == value for a in closeness.ids for b, value in closeness.near(a).items())


def test_the_skill_graph_answers_questions(taxonomy: Problem) -> None:
    """Broader skills, and what to learn first."""
    graph = SkillGraph(taxonomy.skills)
    assert graph.ancestors("sql") == ("data",)
    assert graph.prerequisites("coaching") == ("feedback",)


def test_shared_profiles_bring_skills_together() -> None:
    """Two skills without an edge are close when people often have both."""
    people = [{"id": f"x{n}", "holds": [{"skill": s, "level": 2} for s in ("sql", "law")]} for n in range(4)]
    strangers = [{"id": f"y{n}", "holds": [{"skill": "art", "level": 2}]} for n in range(12)]
    nodes = [{"id": name} for name in ("sql", "law", "art")]
    problem = read(one_pair(skills={"nodes": nodes, "edges": []}, others=people + strangers))
    assert set(closeness_of(problem).near("sql")) == {"sql", "law"}
