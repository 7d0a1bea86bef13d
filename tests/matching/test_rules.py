"""Every hard rule: an example that keeps it, one that breaks it, and what is unknown never keeps it."""

from typing import Any

import pytest

from matching.check import check
from matching.problem import ProblemError, Rule, RuleName
from matching.rules import sentence_of
from matching.sentences import Sentences
from matching.solution import CauseKind, Role, Solution
from matching.solve import solve
from tests.matching.problems import one_pair, read

PARIS = {"time_zone": "Europe/Paris", "working_hours": [[540, 1020]]}
KOLKATA = {"time_zone": "Asia/Kolkata", "working_hours": [[540, 1020]]}
NEW_YORK = {"time_zone": "America/New_York", "working_hours": [[540, 1020]]}
AUCKLAND = {"time_zone": "Pacific/Auckland", "working_hours": [[480, 960]]}
HONOLULU = {"time_zone": "Pacific/Honolulu", "working_hours": [[600, 1080]]}
BOSS = {"others": [{"id": "eve"}, {"id": "dan", "manager": "eve"}]}
BEFORE = {"programme": "m", "members": ["ann", "ben"], "round": "2026-Q3"}


def solved(rule: dict[str, Any] | None, **more: Any) -> Solution:
    return solve(read(one_pair([rule] if rule else [], **more)))


SKILLS = {
    "skills": {
        "nodes": [{"id": skill, "label": skill.upper()} for skill in ("law", "sql", "tax")],
        "edges": [["law", "related", "tax"]],
    }
}


def wants(*rows: tuple[str, int, int]) -> dict[str, Any]:
    """Return what somebody wants: skill, level and importance of each."""
    return {
        "wants": [{"skill": skill, "level": level, "importance": weight} for skill, level, weight in rows]
    }


def holds(*rows: tuple[str, int]) -> dict[str, Any]:
    return {"holds": [{"skill": skill, "level": level} for skill, level in rows]}


def rule(rule_name: str, /, **figures: Any) -> dict[str, Any]:
    return {"rule": rule_name, **figures}


KEPT = {
    "no line at all": (rule("not_in_reporting_line"), {}),
    "the same manager": (
        rule("not_in_reporting_line"),
        {**BOSS, "ann": {"manager": "dan"}, "ben": {"manager": "dan"}},
    ),
    "just as many minutes": (rule("shared_hours", minutes=480), {"ann": PARIS, "ben": PARIS}),
    "Paris and Kolkata": (rule("shared_hours", minutes=210), {"ann": PARIS, "ben": KOLKATA}),
    "across the date line": (rule("shared_hours", minutes=60), {"ann": AUCKLAND, "ben": HONOLULU}),
    "one language of two": (
        rule("shared_language"),
        {"ann": {"languages": ["fr", "en"]}, "ben": {"languages": ["en", "de"]}},
    ),
    "matched in another programme": (rule("no_prior_pair"), {"history": [{**BEFORE, "programme": "old"}]}),
    "at the lower end": (rule("grade_distance", min=1, max=4), {"ann": {"grade": 3}, "ben": {"grade": 4}}),
    "at the upper end": (rule("grade_distance", min=1, max=4), {"ann": {"grade": 3}, "ben": {"grade": 7}}),
    "reverse mentoring": (rule("grade_distance", max=-1), {"ann": {"grade": 5}, "ben": {"grade": 1}}),
    "different departments": (
        rule("other_department"),
        {"ann": {"department": "Care"}, "ben": {"department": "Law"}},
    ),
    "the same site": (
        rule("same_attribute", name="site"),
        {"ann": {"attributes": {"site": "A"}}, "ben": {"attributes": {"site": "A"}}},
    ),
    "a quarter of what is wanted": (
        rule("covers_wants", percent=25),
        {**SKILLS, "ann": wants(("sql", 3, 1), ("law", 3, 3)), "ben": holds(("sql", 3))},
    ),
    "half the level": (
        rule("covers_wants", percent=50),
        {**SKILLS, "ann": wants(("sql", 4, 1)), "ben": holds(("sql", 2))},
    ),
    "a skill close by": (
        rule("covers_wants", percent=80),
        {**SKILLS, "ann": wants(("law", 3, 1)), "ben": holds(("tax", 5))},
    ),
    "nothing wanted": (rule("covers_wants", percent=100), {**SKILLS, "ben": holds(("sql", 3))}),
}
BROKEN = {
    "their manager": (rule("not_in_reporting_line"), {"ann": {"manager": "ben"}}),
    "the mentor's manager": (rule("not_in_reporting_line"), {"ben": {"manager": "ann"}}),
    "the top of the line": (
        rule("not_in_reporting_line"),
        {"others": [{"id": "dan", "manager": "ben"}], "ann": {"manager": "dan"}},
    ),
    "one minute short": (rule("shared_hours", minutes=481), {"ann": PARIS, "ben": PARIS}),
    "only after the clocks change": (rule("shared_hours", minutes=211), {"ann": PARIS, "ben": KOLKATA}),
    "too short most of the round": (rule("shared_hours", minutes=121), {"ann": PARIS, "ben": NEW_YORK}),
    "hours unknown": (rule("shared_hours", minutes=1), {"ann": PARIS}),
    "no language in common": (
        rule("shared_language"),
        {"ann": {"languages": ["fr"]}, "ben": {"languages": ["en"]}},
    ),
    "language unknown": (rule("shared_language"), {"ann": {"languages": ["fr"]}}),
    "matched before": (rule("no_prior_pair"), {"history": [BEFORE]}),
    "matched before the other way round": (
        rule("no_prior_pair"),
        {"history": [{**BEFORE, "members": ["ben", "ann"]}]},
    ),
    "too near": (rule("grade_distance", min=1, max=4), {"ann": {"grade": 3}, "ben": {"grade": 3}}),
    "too far": (rule("grade_distance", min=1, max=4), {"ann": {"grade": 3}, "ben": {"grade": 8}}),
    "grade unknown": (rule("grade_distance", max=4), {"ann": {"grade": 3}}),
    "the same department": (
        rule("other_department"),
        {"ann": {"department": "Care"}, "ben": {"department": "Care"}},
    ),
    "department unknown": (rule("other_department"), {"ann": {"department": "Care"}}),
    "another site": (
        rule("same_attribute", name="site"),
        {"ann": {"attributes": {"site": "A"}}, "ben": {"attributes": {"site": "B"}}},
    ),
    "site unknown": (rule("same_attribute", name="site"), {}),
    "less than a quarter": (
        rule("covers_wants", percent=26),
        {**SKILLS, "ann": wants(("sql", 3, 1), ("law", 3, 3)), "ben": holds(("sql", 3))},
    ),
    "too low a level": (
        rule("covers_wants", percent=51),
        {**SKILLS, "ann": wants(("sql", 4, 1)), "ben": holds(("sql", 2))},
    ),
    "not the skill itself": (
        rule("covers_wants", percent=81),
        {**SKILLS, "ann": wants(("law", 3, 1)), "ben": holds(("tax", 5))},
    ),
    "another skill": (
        rule("covers_wants", percent=1),
        {**SKILLS, "ann": wants(("law", 3, 1)), "ben": holds(("sql", 5))},
    ),
    "a mentor without skills": (rule("covers_wants", percent=1), {**SKILLS, "ann": wants(("law", 3, 1))}),
}


@pytest.mark.parametrize(("asked", "more"), KEPT.values(), ids=KEPT.keys())
def test_a_pair_that_keeps_the_rule_is_matched(asked: dict[str, Any], more: dict[str, Any]) -> None:
    """The only pair there is keeps the rule, so it is the plan."""
    assert len(solved(asked, **more).assignments) == 1


@pytest.mark.parametrize(("asked", "more"), BROKEN.values(), ids=BROKEN.keys())
def test_a_pair_that_breaks_the_rule_is_not_matched(asked: dict[str, Any], more: dict[str, Any]) -> None:
    """The only pair there is breaks the rule: nobody is matched, and the rule is named with its count."""
    solution = solved(asked, **more)
    assert not solution.assignments
    for row in solution.unmatched:
        assert row.cause.rules == {asked["rule"]: 1}
        assert row.cause.considered == 1
        assert row.cause.kind in (CauseKind.NO_ELIGIBLE_PARTNER, CauseKind.OWN_CONDITIONS)


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"blocks": [["ben", "ann"]]}, "not_blocked"),
        ({"bans": [{"programme": "m", "members": ["ben", "ann"]}]}, "not_banned"),
        ({"mentor": {"capacity": 0}}, None),
        ({"mentee": {"places": 0}}, None),
    ],
    ids=["blocked", "banned", "no capacity", "no places"],
)
def test_what_always_holds(more: dict[str, Any], name: str | None) -> None:
    """Blocks, bans and room hold without being named in the rules."""
    assert len(solved(None).assignments) == 1
    solution = solved(None, **more)
    assert not solution.assignments
    assert name is None or solution.unmatched[0].cause.rules == {name: 1}


def test_nobody_mentors_themselves() -> None:
    """Somebody who is both mentee and mentor is no partner of their own."""
    content = one_pair()
    content["programmes"][0]["mentors"] = [{"person": "ann"}]
    solution = solve(read(content))
    assert not solution.assignments
    assert solution.unmatched[0].cause.considered == 0


@pytest.mark.parametrize("order", [("own", "others"), ("others", "own")])
def test_own_conditions_are_told_from_the_programme_s(order: tuple[str, str]) -> None:
    """A mentee whom only their own hours keep from a mentor is told so; one whom a grade keeps is not."""
    rules = [rule("shared_hours", minutes=60), rule("grade_distance", min=1)]
    grades = {"own": 5, "others": 3}
    own = solve(read(one_pair(rules, ann={**PARIS, "grade": 3}, ben={"grade": grades[order[0]]})))
    kinds = {row.role: row.cause.kind for row in own.unmatched}
    expected = CauseKind.OWN_CONDITIONS if order[0] == "own" else CauseKind.NO_ELIGIBLE_PARTNER
    assert kinds == {Role.MENTEE: expected, Role.MENTOR: expected}


LOCK = {"programme": "m", "members": ["ann", "ben"], "reason": "asked for by both"}


@pytest.mark.parametrize(("asked", "more"), BROKEN.values(), ids=BROKEN.keys())
def test_a_lock_that_breaks_a_rule_needs_an_override(asked: dict[str, Any], more: dict[str, Any]) -> None:
    """It is refused by name; with an override and a reason it stands."""
    with pytest.raises(
        ProblemError, match=r'"ann" and "ben" are locked in programme m, but that breaks a rule'
    ):
        solved(asked, **more, locks=[LOCK])
    (match,) = solved(asked, **more, locks=[{**LOCK, "override": True}]).assignments
    assert match.locked


def test_every_rule_has_a_sentence() -> None:
    """Sentences end in a full stop and hold the figures of the rule."""
    content = one_pair([asked for asked, _more in (*KEPT.values(),)][:1])
    content["programmes"][0]["rules"] = [
        rule("shared_hours", minutes=45),
        rule("grade_distance", min=1, max=4),
        rule("same_attribute", name="site"),
        rule("not_in_reporting_line"),
        rule("shared_language"),
        rule("no_prior_pair"),
        rule("other_department"),
        rule("covers_wants", percent=30),
    ]
    sentences = {row.rule.value: sentence_of(row) for row in read(content).programmes[0].rules}
    assert all(sentence.endswith(".") for sentence in sentences.values())
    assert "45 minutes" in sentences["shared_hours"]
    assert "1 to 4" in sentences["grade_distance"]
    assert "site" in sentences["same_attribute"]
    assert "30 %" in sentences["covers_wants"]


NIGHT = {"time_zone": "Europe/Paris", "working_hours": [[0, 240]]}


@pytest.mark.parametrize(
    ("ann", "ben", "sentence"),
    [
        (wants(("sql", 4, 1)), {}, "No mentor offers SQL."),
        (
            wants(("sql", 4, 1)),
            holds(("sql", 1)),
            "No mentor offers SQL at level 4 or above; the best is level 1.",
        ),
        (
            wants(("sql", 2, 1), ("law", 4, 3)),
            holds(("tax", 1)),
            "No mentor offers LAW. No mentor offers SQL.",
        ),
        (
            wants(("sql", 4, 1)),
            holds(("law", 5)),
            "No mentor whom the other rules allow offers SQL. 1 mentor could help; "
            '1 of them do not fit the rule "They share at least 60 minutes of working time each day".',
        ),
    ],
    ids=["nobody", "too low", "two skills", "only at night"],
)
def test_a_cause_says_which_skill_is_missing(ann: dict[str, Any], ben: dict[str, Any], sentence: str) -> None:
    """The skills that nobody offers at the level wanted are named, the greatest loss first."""
    content = one_pair(
        [rule("covers_wants", percent=30), rule("shared_hours", minutes=60)],
        **SKILLS,
        ann={**PARIS, **ann},
        ben={**PARIS, **ben},
    )
    if "other rules" in sentence:
        content["people"].append({"id": "cat", **NIGHT, **holds(("sql", 5))})
        content["programmes"][0]["mentors"].append({"person": "cat"})
    problem = read(content)
    row = next(row for row in solve(problem).unmatched if row.person == "ann")
    assert Sentences(problem).cause(row).endswith(sentence)
    assert row.cause.kind in (CauseKind.NO_ELIGIBLE_PARTNER, CauseKind.OWN_CONDITIONS)


def test_what_a_full_mentor_offers_is_not_missing() -> None:
    """A mentee whom only places keep from the skill is told of the places."""
    content = one_pair(
        [rule("covers_wants", percent=30)], **SKILLS, ann=wants(("sql", 4, 1)), ben=holds(("sql", 4))
    )
    content["people"].append({"id": "cat", **wants(("sql", 4, 1))})
    content["programmes"][0]["mentees"].append({"person": "cat", "rounds_waited": 1})
    (row,) = solve(read(content)).unmatched
    assert (row.person, row.cause.kind, row.cause.lacks) == ("ann", CauseKind.PLACES_RAN_OUT, ())


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ({"min": 3, "max": 3}, "3 higher"),
        ({"min": -2, "max": -2}, "2 lower"),
        ({"min": 1, "max": 3}, "1 to 3 higher"),
        ({"min": -1, "max": 6}, "1 lower to 6 higher"),
        ({"min": -4, "max": -1}, "1 to 4 lower"),
        ({"min": 2}, "at least 2 higher"),
        ({"min": -1}, "at most 1 lower"),
        ({"max": 0}, "at most 0 higher"),
        ({"max": -1}, "at least 1 lower"),
    ],
)
def test_a_distance_of_grades_is_told_by_its_ends(figures: dict[str, int], told: str) -> None:
    """One end, both, or a single figure where they meet; below the mentee nobody is a negative number higher."""
    rule = Rule(rule=RuleName.GRADE_DISTANCE, **figures)
    assert sentence_of(rule) == f"The mentor's grade is {told} than the mentee's."


def test_people_share_any_one_of_very_many_languages() -> None:
    """Languages beyond the first 64, and beyond the next 64, are told apart like the others."""
    numbers = (0, 1, 63, 64, 65, 127, 128, 129)
    people = [{"id": "everybody", "languages": [f"l{number:03}" for number in range(130)]}]
    for side in ("mentee", "mentor"):
        people += [{"id": f"{side}{number:03}", "languages": [f"l{number:03}"]} for number in numbers]
    problem = read(
        {
            "format": "trellis-problem/1",
            "round": "2026-Q4",
            "people": people,
            "programmes": [
                {
                    "id": "m",
                    "kind": "mentoring",
                    "mentees": [{"person": f"mentee{number:03}"} for number in numbers],
                    "mentors": [{"person": f"mentor{number:03}", "capacity": 9} for number in numbers],
                    "rules": [{"rule": "shared_language"}],
                    "criteria": {},
                }
            ],
        }
    )
    solution = solve(problem)
    assert check(problem, solution).ok
    assert sorted(tuple(row.members.values()) for row in solution.assignments) == [
        (f"mentee{number:03}", f"mentor{number:03}") for number in numbers
    ]
