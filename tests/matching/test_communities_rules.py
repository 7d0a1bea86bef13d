"""Every rule and criterion between a member and a lead or a community, with who may join and who may not."""

import pytest

from matching.check import check
from matching.solution import CauseKind
from matching.solve import solve
from tests.matching.community_problems import one_community
from tests.matching.problems import read

HOURS = {"time_zone": "Europe/Paris", "working_hours": [[540, 780]]}
LATER = {"time_zone": "Europe/Paris", "working_hours": [[720, 1020]]}
SKILLS = {"nodes": [{"id": "sql"}, {"id": "law"}], "edges": []}
WANTS = {"wants": [{"skill": "sql", "level": 3, "importance": 3}, {"skill": "law", "level": 2}]}
THREE = {"nodes": [{"id": skill} for skill in "abc"], "edges": []}
WANTS_THREE = {"wants": [{"skill": skill, "level": 3} for skill in "abc"]}
BEFORE = [{"programme": "g", "members": ["ann", "c"], "round": "2026-Q3"}]
WITH_LEAD = [{"programme": "g", "members": ["ann", "ben", "d"], "round": "2026-Q3"}]

RULES = {
    "reporting line": ({"rule": "not_in_reporting_line"}, {}, {"ann": {"manager": "ben"}}),
    "hours": (
        {"rule": "shared_hours", "minutes": 60},
        {"ann": HOURS, "ben": LATER},
        {"ann": HOURS, "ben": {"time_zone": "Asia/Tokyo", "working_hours": [[540, 780]]}},
    ),
    "language": (
        {"rule": "shared_language"},
        {"ann": {"languages": ["fr"]}, "ben": {"languages": ["fr", "en"]}},
        {"ann": {"languages": ["fr"]}, "ben": {"languages": ["en"]}},
    ),
    "same community before": ({"rule": "no_prior_pair"}, {}, {"history": BEFORE}),
    "same lead before": ({"rule": "no_prior_pair"}, {}, {"history": WITH_LEAD}),
    "grade": (
        {"rule": "grade_distance", "min": 1},
        {"ann": {"grade": 2}, "ben": {"grade": 3}},
        {"ann": {"grade": 3}, "ben": {"grade": 3}},
    ),
    "department": (
        {"rule": "other_department"},
        {"ann": {"department": "A"}, "ben": {"department": "B"}},
        {"ann": {"department": "A"}, "ben": {"department": "A"}},
    ),
    "attribute": (
        {"rule": "same_attribute", "name": "site"},
        {"ann": {"attributes": {"site": "X"}}, "ben": {"attributes": {"site": "X"}}},
        {"ann": {"attributes": {"site": "X"}}},
    ),
    "wants": (
        {"rule": "covers_wants", "percent": 75},
        {"skills": SKILLS, "ann": WANTS, "community": {"skills": ["sql"]}},
        {"skills": SKILLS, "ann": WANTS, "community": {"skills": ["law"]}},
    ),
    "wants, by less than one in a hundred": (
        {"rule": "covers_wants", "percent": 67},
        {"skills": THREE, "ann": WANTS_THREE, "community": {"skills": ["a", "b", "c"]}},
        {"skills": THREE, "ann": WANTS_THREE, "community": {"skills": ["a", "b"]}},
    ),
}


@pytest.mark.parametrize(("rule", "feasible", "infeasible"), RULES.values(), ids=RULES)
def test_a_rule_lets_in_and_keeps_out(rule, feasible, infeasible):
    """Who keeps the rule is in, who does not is left out by it, and the check agrees on both."""
    problem = read(one_community([rule], **feasible))
    solution = solve(problem)
    assert [row.people for row in solution.assignments] == [("ann",)]
    assert check(problem, solution).violations == ()
    broken = read(one_community([rule], **infeasible))
    left_out = solve(broken)
    assert left_out.assignments == ()
    assert left_out.unmatched[0].cause.rules == {rule["rule"]: 1}
    assert check(broken, left_out).violations == ()


OF_COMMUNITIES = {"same community before", "wants", "wants, by less than one in a hundred"}


@pytest.mark.parametrize("name", [name for name in RULES if name not in OF_COMMUNITIES])
def test_without_a_lead_a_rule_about_people_keeps_nobody_out(name):
    """Only what the community itself can break holds where nobody leads it."""
    rule, _feasible, infeasible = RULES[name]
    assert solve(read(one_community([rule], lead=None, **infeasible))).assignments


def test_the_same_community_is_not_joined_again_without_a_lead():
    """`no_prior_pair` is about the community as well as its lead."""
    problem = read(one_community([{"rule": "no_prior_pair"}], lead=None, history=BEFORE))
    assert solve(problem).unmatched[0].cause.kind is CauseKind.NO_ELIGIBLE_PARTNER


def test_who_wants_nothing_is_refused_nothing():
    """`covers_wants` asks nothing of somebody without wants."""
    problem = read(one_community([{"rule": "covers_wants", "percent": 100}]))
    assert solve(problem).assignments


def test_a_lead_is_no_member_of_their_own_community():
    """Nor does leading one take a place in another."""
    problem = read(one_community(lead="ann", others=[{"id": "zed"}]))
    (left_out,) = solve(problem).unmatched
    assert (left_out.cause.kind, left_out.cause.considered) == (CauseKind.NO_ELIGIBLE_PARTNER, 0)
    assert check(problem, solve(problem)).violations == ()


def test_a_block_with_the_lead_is_an_own_condition():
    """People settle themselves whom they do not want to meet."""
    problem = read(one_community(blocks=[["ben", "ann"]]))
    assert solve(problem).unmatched[0].cause.kind is CauseKind.OWN_CONDITIONS


CRITERIA = {
    "what is wanted, by importance": (
        "skills",
        {"skills": SKILLS, "ann": WANTS, "community": {"skills": ["sql"]}},
        75,
    ),
    "what is held, by who wants nothing": (
        "skills",
        {
            "skills": SKILLS,
            "ann": {"holds": [{"skill": "sql", "level": 1}, {"skill": "law", "level": 5}]},
            "community": {"skills": ["law"]},
        },
        50,
    ),
    "a mentored group, by what its lead holds": (
        "skills",
        {
            "kind": "group_mentoring",
            "skills": SKILLS,
            "ann": WANTS,
            "ben": {"holds": [{"skill": "law", "level": 1}]},
            "community": {"skills": ["sql"]},
        },
        13,
    ),
    "a mentored group without a lead, by its skills": (
        "skills",
        {
            "kind": "group_mentoring",
            "skills": SKILLS,
            "ann": WANTS,
            "lead": None,
            "community": {"skills": ["sql"]},
        },
        75,
    ),
    "second wish": (
        "wishes",
        {"member": {"wishes": ["d", "c"]}, "extra": [{"id": "d", "min": 0, "max": 0}]},
        80,
    ),
    "there in the last round": ("continuity", {"history": BEFORE}, 100),
    "hours": ("hours", {"ann": HOURS, "ben": LATER}, 25),
    "no lead, no hours": ("hours", {"ann": HOURS, "ben": LATER, "lead": None}, 0),
    "location": ("location", {"ann": {"location": "X"}, "ben": {"location": "X"}}, 100),
    "variety": ("variety", {"ann": {"location": "X"}, "ben": {"location": "Y"}}, 50),
    "grade step": ("grade_step", {"ann": {"grade": 1}, "ben": {"grade": 4}}, 60),
    "level step": (
        "level_step",
        {"skills": SKILLS, "ann": WANTS, "ben": {"holds": [{"skill": "sql", "level": 4}]}},
        75,
    ),
}


@pytest.mark.parametrize(("criterion", "more", "points"), CRITERIA.values(), ids=CRITERIA)
def test_a_criterion_earns_its_share(criterion, more, points):
    """The share of a weight of 100, with the lead as the mentor where one is asked for."""
    more = dict(more)
    extra = more.pop("extra", [])
    content = one_community(criteria={criterion: 100}, **more)
    content["programmes"][0]["communities"] += extra
    problem = read(content)
    solution = solve(problem)
    assert [(row.points, row.parts) for row in solution.assignments] == [(points, {criterion: points})]
    assert check(problem, solution).violations == ()
