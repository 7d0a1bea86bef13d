"""Each pair gets its strongest reason for and its strongest against, from the facts of the problem."""

from dataclasses import replace

import pytest

from app.engagements.reasons import Party, told
from app.rounds.reasons import reasons_of
from matching.explain import Explainer
from matching.generate import generate
from matching.problem import (
    Criterion,
    EdgeKind,
    Held,
    Mentee,
    Mentor,
    MentoringProgramme,
    Person,
    Problem,
    Skill,
    SkillEdge,
    SkillRows,
    Wanted,
)
from matching.solve import solve

SKILLS = SkillRows(nodes=(Skill("a", "SQL"), Skill("b", "Python")))
DATABASES = SkillRows(
    nodes=(*SKILLS.nodes, Skill("c", "Databases"), Skill("d", "PostgreSQL")),
    edges=(SkillEdge("a", EdgeKind.BROADER, "c"), SkillEdge("d", EdgeKind.BROADER, "c")),
)
TO_POSTGRESQL = [
    {"skill": "Databases", "relation": "broader"},
    {"skill": "PostgreSQL", "relation": "narrower"},
]
DAY = {"time_zone": "UTC", "working_hours": ((540, 1020),)}


def reasons(
    criteria, *, wants=(), holds=(), mentee=None, mentor=None, wishes=(), skills=SKILLS
) -> list[tuple[str, str]]:
    people = (
        Person(id="e", name="Ada", wants=tuple(wants), **{**DAY, **(mentee or {})}),
        Person(id="r", name="Bo", holds=tuple(holds), **{**DAY, **(mentor or {})}),
        Person(id="x", name="Other", **DAY),
    )
    programme = MentoringProgramme(
        id="m",
        mentees=(Mentee(person="e", wishes=wishes),),
        mentors=(Mentor(person="r"),),
        criteria={Criterion(name): weight for name, weight in criteria.items()},
    )
    problem = Problem(round="2026-Q4", skills=skills, people=people, programmes=(programme,))
    (found,) = reasons_of(problem, solve(problem))
    return [
        (row["side"], {key: value for key, value in row.items() if key not in ("side", "criterion")})
        for row in found
    ]


def test_a_skill_the_mentor_has_speaks_for_and_one_they_lack_against():
    found = reasons({"skills": 100}, wants=(Wanted("a", 3, 2), Wanted("b", 2, 1)), holds=(Held("a", 4),))
    assert found == [
        ("for", {"kind": "has_skill", "skill": "SQL", "level": 4, "wanted": 3}),
        ("against", {"kind": "lacks_skill", "skill": "Python"}),
    ]


def test_a_near_skill_is_kept_with_the_way_to_the_wanted_one():
    found = reasons({"skills": 100}, wants=(Wanted("d", 3, 1),), holds=(Held("a", 4),), skills=DATABASES)
    way = {"near": "SQL", "way": TO_POSTGRESQL}
    assert found == [("for", {"kind": "near_skill", "skill": "PostgreSQL", **way})]


def test_a_wanted_skill_the_mentor_lacks_is_kept_with_the_way_from_what_comes_closest():
    wants = (Wanted("b", 2, 3), Wanted("d", 3, 1))
    found = reasons({"skills": 100}, wants=wants, holds=(Held("a", 4), Held("b", 2)), skills=DATABASES)
    way = {"near": "SQL", "way": TO_POSTGRESQL}
    assert found[1] == ("against", {"kind": "lacks_skill", "skill": "PostgreSQL", **way})


def test_a_level_below_the_wish_speaks_against_where_something_else_speaks_for():
    found = reasons(
        {"skills": 90, "hours": 10},
        wants=(Wanted("a", 4, 1), Wanted("b", 1, 3)),
        holds=(Held("a", 1), Held("b", 5)),
    )
    assert found[0][1]["skill"] == "Python"
    assert found[1] == ("against", {"kind": "below", "skill": "SQL", "level": 1, "wanted": 4})


def test_the_skill_told_in_favour_is_not_held_against_them_too():
    found = reasons({"skills": 80, "hours": 20}, wants=(Wanted("a", 5, 1),), holds=(Held("a", 3),))
    assert [side for side, _ in found] == ["for"]


def test_the_only_want_is_held_against_a_pair_when_something_else_was_told_in_favour():
    found = reasons({"hours": 60, "skills": 50}, wants=(Wanted("a", 4, 1),), holds=(Held("a", 2),))
    assert found == [
        ("for", {"kind": "hours", "minutes": 480, "known": True}),
        ("against", {"kind": "below", "skill": "SQL", "level": 2, "wanted": 4}),
    ]


def test_the_level_told_in_favour_is_not_called_too_low_as_well():
    same_level = {"wants": (Wanted("a", 3, 1),), "holds": (Held("a", 3),)}
    far = {"mentor": {"location": "Paris"}, "mentee": {"location": "Oslo"}}
    alone = reasons({"skills": 60, "level_step": 40}, **same_level)
    beside = reasons({"skills": 60, "level_step": 30, "location": 10}, **same_level, **far)

    assert alone == [("for", {"kind": "has_skill", "skill": "SQL", "level": 3, "wanted": 3})]
    assert [fact["kind"] for _, fact in beside] == ["has_skill", "location"]


def test_points_nobody_could_earn_are_not_held_against_a_pair():
    assert reasons({"wishes": 50, "continuity": 50}) == []


def test_reasons_are_those_the_engine_gives_and_can_all_be_said():
    problem = generate(mentees=60, mentors=25, seed=9)
    (programme,) = problem.programmes
    problem = replace(problem, programmes=(replace(programme, criteria=dict.fromkeys(Criterion, 10)),))
    solution = solve(problem)
    found = reasons_of(problem, solution)

    for rows, row in zip(found, Explainer(problem, programme.id).why_all(solution), strict=True):
        sides = {side: reason for side, reason in (("for", row.best), ("against", row.worst)) if reason}
        assert [(record["side"], record["criterion"]) for record in rows] == [
            (side, reason.criterion) for side, reason in sides.items()
        ]
        said = told(rows, mentee=Party("Ada"), mentor=Party("Bo"))
        assert all(reason.sentence for reason in said.plus + said.minus)


def test_reasons_stand_in_the_order_of_the_assignments_of_several_programmes():
    people = tuple(Person(id=name, department=name) for name in ("e", "r", "f", "s"))
    programmes = (
        MentoringProgramme(
            id="m",
            mentees=(Mentee(person="e"),),
            mentors=(Mentor(person="r"),),
            criteria={Criterion.VARIETY: 10},
        ),
        MentoringProgramme(
            id="n",
            mentees=(Mentee(person="f", wishes=("s",)),),
            mentors=(Mentor(person="s"),),
            criteria={Criterion.WISHES: 10},
        ),
    )
    problem = Problem(round="2026-Q4", people=people, programmes=programmes)
    solution = solve(problem)
    turned = replace(solution, assignments=solution.assignments[::-1])

    assert [rows[0]["kind"] for rows in reasons_of(problem, solution)] == ["variety", "wish"]
    assert [rows[0]["kind"] for rows in reasons_of(problem, turned)] == ["wish", "variety"]


def test_nothing_speaks_against_a_pair_without_a_loss():
    assert [side for side, _ in reasons({"hours": 100})] == ["for"]


@pytest.mark.parametrize(
    ("criterion", "people", "expected"),
    [
        ("hours", {"mentor": {"working_hours": ((960, 1200),)}}, {"kind": "hours", "minutes": 60, "known": True}),
        ("location", {"mentor": {"location": "Paris"}, "mentee": {"location": "Oslo"}}, {"kind": "location", "same": "time_zone"}),
        ("grade_step", {"mentor": {"grade": 3}, "mentee": {"grade": 3}}, {"kind": "grades", "above": 0}),
        ("variety", {"mentor": {"department": "Care"}, "mentee": {"department": "Sales"}}, {"kind": "variety", "department": True, "place": False}),
        ("level_step", {"wants": (Wanted("a", 3, 1),), "holds": (Held("a", 2),)}, {"kind": "level_step", "skill": "SQL", "level": 2, "wanted": 3}),
        ("wishes", {"wishes": ("x",)}, {"kind": "wish", "rank": 0}),
    ],
)  # fmt: skip
def test_each_criterion_brings_its_own_fact(criterion, people, expected):
    assert expected in [fact for _, fact in reasons({criterion: 100}, **people)]
