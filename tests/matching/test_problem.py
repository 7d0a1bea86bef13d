"""A wrong problem is refused with the place and a sentence; a right one keeps its meaning through the file."""

import copy
import datetime
import time
from collections.abc import Callable
from typing import Any

import pytest

from matching.generate import generate
from matching.problem import Person, Problem, ProblemError
from matching.solution import Solution
from tests.matching.problems import put, read

WHOLE: dict[str, Any] = {
    "format": "trellis-problem/1",
    "round": "2026-Q4",
    "skills": {
        "nodes": [{"id": "s1", "label": "SQL", "aliases": ["sequel"]}, {"id": "s2"}, {"id": "s3"}],
        "edges": [["s1", "broader", "s2"], ["s2", "requires", "s3"], ["s3", "related", "s1"]],
    },
    "people": [
        {
            "id": "p1",
            "name": "Amara Diallo",
            "manager": "p9",
            "department": "Care",
            "location": "Paris",
            "time_zone": "Europe/Paris",
            "working_hours": [[540, 720], [780, 1020]],
            "languages": ["fr", "en"],
            "grade": 3,
            "hours_a_month": 4.0,
            "attributes": {"group": "A"},
            "holds": [{"skill": "s1", "level": 4}],
            "wants": [{"skill": "s2", "level": 3, "importance": 2}],
        },
        *({"id": f"p{number}"} for number in (2, 3, 5, 7, 9)),
    ],
    "programmes": [
        {
            "id": "mentoring",
            "kind": "mentoring",
            "hours_a_month": 2.0,
            "mentees": [{"person": "p1", "places": 1, "wishes": ["p2"], "rounds_waited": 1}],
            "mentors": [{"person": "p2", "capacity": 2}, {"person": "p7"}],
            "rules": [
                {"rule": "not_in_reporting_line"},
                {"rule": "shared_hours", "minutes": 180},
                {"rule": "covers_wants", "percent": 25},
            ],
            "criteria": {"skills": 40, "level_step": 15},
            "goals": ["coverage", "points"],
        },
        {
            "id": "peers",
            "kind": "peer_coaching",
            "group_sizes": [2, 3],
            "people": [{"person": "p1"}, {"person": "p3"}],
            "criteria": {"skills": 60, "hours": 40},
        },
        {
            "id": "groups",
            "kind": "communities",
            "communities": [
                {
                    "id": "c1",
                    "skills": ["s1"],
                    "lead": "p3",
                    "min": 6,
                    "max": 12,
                    "mix": [{"attribute": "department", "at_least": 2}],
                }
            ],
            "people": [{"person": "p1", "places": 2, "wishes": ["c1"]}],
            "criteria": {"skills": 80, "wishes": 20},
        },
    ],
    "joint": {"hours_budget": True, "cover_by": ["mentoring", "peers", "groups"]},
    "blocks": [["p1", "p7"]],
    "history": [{"programme": "mentoring", "members": ["p1", "p2"], "round": "2026-Q3"}],
    "locks": [{"programme": "mentoring", "members": ["p1", "p2"], "reason": "both asked"}],
    "previous": [
        {"programme": "mentoring", "members": ["p1", "p2"], "accepted": True},
        {"programme": "mentoring", "members": ["left", "p2"]},
        {"programme": "peers", "members": ["p3", "p1", "left"]},
    ],
    "bans": [{"programme": "mentoring", "members": ["p1", "p5"]}],
}

PERSON, MENTORING, PEERS, GROUPS = ("people", 0), ("programmes", 0), ("programmes", 1), ("programmes", 2)
NAN, ENDLESS = float("nan"), 10**400


WRONG: dict[str, tuple[Callable[[dict[str, Any]], None], str, str]] = {
    "another format": (put("format", "trellis-problem/9"), "$.format", "must be"),
    "an unknown field": (put("peopel", []), "$", 'no field "peopel"'),
    "no round": (lambda content: content.pop("round"), "$", 'needs the field "round"'),
    "people no list": (put("people", {}), "$.people", "must be a list"),
    "a person no object": (put("people", 1, 5), "$.people[1]", "must be an object"),
    "a person without id": (put("people", 1, {"name": "x"}), "$.people[1]", 'needs the field "id"'),
    "an id that is a number": (put("people", 1, "id", 7), "$.people[1].id", "must be text"),
    "an empty id": (put("people", 1, "id", " "), "$.people[1].id", "must not be empty"),
    "two people of one id": (put("people", "+", {"id": "p1"}), "$.people[6]", 'two people "p1"'),
    "an unknown manager": (put(*PERSON, "manager", "p99"), "$.people[0].manager", 'no person "p99"'),
    "managers in a circle": (
        put("people", 5, "manager", "p1"),
        "$.people[0].manager",
        "circle: p1 -> p9 -> p1",
    ),
    "their own manager": (put("people", 1, "manager", "p2"), "$.people[1].manager", "circle: p2 -> p2"),
    "a bad time zone": (put(*PERSON, "time_zone", "Mars/Base"), "$.people[0].time_zone", "no time zone"),
    "a time zone that is a path": (
        put(*PERSON, "time_zone", "../x"),
        "$.people[0].time_zone",
        "no time zone",
    ),
    "hours without a zone": (
        put("people", 1, "working_hours", [[1, 2]]),
        "$.people[1].time_zone",
        "time zone",
    ),
    "hours past midnight": (
        put(*PERSON, "working_hours", [[540, 1500]]),
        "$.people[0].working_hours[0][1]",
        "1440",
    ),
    "hours backwards": (
        put(*PERSON, "working_hours", [[600, 540]]),
        "$.people[0].working_hours[0]",
        "two rows",
    ),
    "hours that overlap": (
        put(*PERSON, "working_hours", [[1, 9], [5, 12]]),
        "$.people[0].working_hours[1]",
        "overlaps",
    ),
    "hours of three": (
        put(*PERSON, "working_hours", [[1, 2, 3]]),
        "$.people[0].working_hours[0]",
        "start and an end",
    ),
    "a grade of a half": (put(*PERSON, "grade", 2.5), "$.people[0].grade", "whole number"),
    "a grade that is true": (put(*PERSON, "grade", True), "$.people[0].grade", "whole number, not true"),
    "a month of 800 hours": (put(*PERSON, "hours_a_month", 800), "$.people[0].hours_a_month", "744"),
    "a huge number": (put(*PERSON, "hours_a_month", 1e400), "$", "Infinity"),
    "a negative budget": (put(*PERSON, "hours_a_month", -1), "$.people[0].hours_a_month", "from 0"),
    "no number": (put(*PERSON, "hours_a_month", NAN), "$", "NaN"),
    "an endless number": (put(*PERSON, "grade", 10**60), "$.people[0].grade", "a huge number"),
    "languages of numbers": (put(*PERSON, "languages", [1]), "$.people[0].languages", "must be text"),
    "attributes no object": (put(*PERSON, "attributes", []), "$.people[0].attributes", "must be an object"),
    "an attribute no text": (
        put(*PERSON, "attributes", {"group": 1}),
        "$.people[0].attributes.group",
        "text",
    ),
    "level 6": (put(*PERSON, "holds", 0, "level", 6), "$.people[0].holds[0].level", "from 1 to 5"),
    "level 0": (put(*PERSON, "wants", 0, "level", 0), "$.people[0].wants[0].level", "from 1 to 5"),
    "a level of text": (put(*PERSON, "wants", 0, "level", "3"), "$.people[0].wants[0].level", "whole number"),
    "no importance": (
        put(*PERSON, "wants", 0, "importance", 0),
        "$.people[0].wants[0].importance",
        "1 to 10",
    ),
    "an unknown skill": (
        put(*PERSON, "holds", 0, "skill", "s9"),
        "$.people[0].holds[0].skill",
        'no skill "s9"',
    ),
    "a skill that is a list": (
        put(*PERSON, "holds", 0, "skill", []),
        "$.people[0].holds[0].skill",
        "id of a skill",
    ),
    "a skill held twice": (
        put(*PERSON, "holds", "+", {"skill": "s1", "level": 1}),
        "$.people[0].holds[1]",
        "twice",
    ),
    "two skills of one id": (
        put("skills", "nodes", "+", {"id": "s1"}),
        "$.skills.nodes[3]",
        'two skills "s1"',
    ),
    "an edge of two": (put("skills", "edges", 0, ["s1", "s2"]), "$.skills.edges[0]", "an edge is"),
    "an unknown kind of edge": (
        put("skills", "edges", 0, ["s1", "like", "s2"]),
        "$.skills.edges[0][1]",
        "kind of edge",
    ),
    "an edge to nowhere": (
        put("skills", "edges", 0, ["s1", "broader", "s8"]),
        "$.skills.edges[0][2]",
        "no skill",
    ),
    "an edge to itself": (
        put("skills", "edges", 0, ["s1", "broader", "s1"]),
        "$.skills.edges[0]",
        "to itself",
    ),
    "broader in a circle": (
        put("skills", "edges", "+", ["s2", "broader", "s1"]),
        "$.skills.edges",
        "in a circle",
    ),
    "requires in a circle": (
        put("skills", "edges", "+", ["s3", "requires", "s2"]),
        "$.skills.edges",
        "in a circle",
    ),
    "two programmes of one id": (put(*PEERS, "id", "mentoring"), "$.programmes[1]", "two programmes"),
    "an unknown kind": (put(*PEERS, "kind", "dating"), "$.programmes[1].kind", "no kind of programme"),
    "a list for a kind": (put(*PEERS, "kind", []), "$.programmes[1].kind", "no kind of programme"),
    "mentors in a peer programme": (put(*PEERS, "mentors", []), "$.programmes[1]", 'no field "mentors"'),
    "an unknown mentee": (
        put(*MENTORING, "mentees", 0, "person", "x"),
        "$.programmes[0].mentees[0].person",
        "no person",
    ),
    "a mentee twice": (
        put(*MENTORING, "mentees", "+", {"person": "p1"}),
        "$.programmes[0].mentees[1]",
        "listed twice",
    ),
    "negative capacity": (
        put(*MENTORING, "mentors", 0, "capacity", -1),
        "$.programmes[0].mentors[0].capacity",
        "from 0",
    ),
    "negative places": (
        put(*MENTORING, "mentees", 0, "places", -1),
        "$.programmes[0].mentees[0].places",
        "from 0",
    ),
    "waiting for ever": (
        put(*MENTORING, "mentees", 0, "rounds_waited", 101),
        "$.programmes[0].mentees[0].rounds_waited",
        "0 to 100",
    ),
    "a wish for nobody": (
        put(*MENTORING, "mentees", 0, "wishes", ["x"]),
        "$.programmes[0].mentees[0].wishes[0]",
        "no person",
    ),
    "a wish twice": (
        put(*MENTORING, "mentees", 0, "wishes", ["p2", "p2"]),
        "$.programmes[0].mentees[0].wishes[1]",
        "twice",
    ),
    "a wish for oneself": (
        put(*MENTORING, "mentees", 0, "wishes", ["p1"]),
        "$.programmes[0].mentees[0].wishes",
        "themselves",
    ),
    "an unknown rule": (
        put(*MENTORING, "rules", 0, "rule", "be_nice"),
        "$.programmes[0].rules[0].rule",
        "no rule",
    ),
    "a rule without its figure": (
        put(*MENTORING, "rules", 1, {"rule": "shared_hours"}),
        "$.programmes[0].rules[1].minutes",
        "needs minutes",
    ),
    "a rule with another's figure": (
        put(*MENTORING, "rules", 0, "minutes", 3),
        "$.programmes[0].rules[0].minutes",
        "has no",
    ),
    "grades upside down": (
        put(*MENTORING, "rules", 0, {"rule": "grade_distance", "min": 3, "max": 1}),
        "$.programmes[0].rules[0].min",
        "more than max",
    ),
    "grades without bounds": (
        put(*MENTORING, "rules", 0, {"rule": "grade_distance"}),
        "$.programmes[0].rules[0]",
        "min, max",
    ),
    "a share of nothing": (
        put(*MENTORING, "rules", 0, {"rule": "covers_wants", "percent": 0}),
        "$.programmes[0].rules[0].percent",
        "from 1 to 100",
    ),
    "more than all": (
        put(*MENTORING, "rules", 0, {"rule": "covers_wants", "percent": 101}),
        "$.programmes[0].rules[0].percent",
        "from 1 to 100",
    ),
    "a share of how much": (
        put(*MENTORING, "rules", 0, {"rule": "covers_wants"}),
        "$.programmes[0].rules[0].percent",
        "needs percent",
    ),
    "a rule twice": (
        put(*MENTORING, "rules", "+", {"rule": "not_in_reporting_line"}),
        "$.programmes[0].rules[3]",
        "twice",
    ),
    "an unknown criterion": (
        put(*MENTORING, "criteria", {"looks": 9}),
        "$.programmes[0].criteria",
        "no criterion",
    ),
    "a negative weight": (
        put(*MENTORING, "criteria", {"skills": -1}),
        "$.programmes[0].criteria.skills",
        "from 0",
    ),
    "an unknown goal": (put(*MENTORING, "goals", ["peace"]), "$.programmes[0].goals[0]", "no goal"),
    "no goal": (put(*MENTORING, "goals", []), "$.programmes[0].goals", "at least one"),
    "a goal twice": (put(*MENTORING, "goals", ["points", "points"]), "$.programmes[0].goals[1]", "twice"),
    "groups of one": (put(*PEERS, "group_sizes", [1]), "$.programmes[1].group_sizes[0]", "2 or 3"),
    "a community too large": (
        put(*GROUPS, "communities", 0, "min", 13),
        "$.programmes[2].communities[0].min",
        "more than",
    ),
    "a community led by nobody": (
        put(*GROUPS, "communities", 0, "lead", "x"),
        "$.programmes[2].communities[0].lead",
        "no person",
    ),
    "required without places": (
        lambda content: content["programmes"][0]["mentees"][0].update(required=True, places=0),
        "$.programmes[0].mentees[0].required",
        "has no places",
    ),
    "required perhaps": (
        put(*GROUPS, "people", 0, "required", 1),
        "$.programmes[2].people[0].required",
        "true or false",
    ),
    "a community that must open without room": (
        lambda content: content["programmes"][2]["communities"][0].update(required=True, min=0, max=0),
        "$.programmes[2].communities[0].required",
        "has no room",
    ),
    "candidates and criteria": (put(*MENTORING, "candidates", []), "$.programmes[0].criteria", "not both"),
    "cover by nothing known": (put("joint", "cover_by", ["x"]), "$.joint.cover_by[0]", "no programme"),
    "a block of one": (put("blocks", 0, ["p1"]), "$.blocks[0]", "two people"),
    "a block of oneself": (put("blocks", 0, ["p1", "p1"]), "$.blocks[0]", "from themselves"),
    "a block of nobody": (put("blocks", 0, ["p1", "x"]), "$.blocks[0][1]", "no person"),
    "a lock in no programme": (put("locks", 0, "programme", "x"), "$.locks[0].programme", "no programme"),
    "a lock of a stranger": (put("locks", 0, "members", ["p1", "p5"]), "$.locks[0].members[1]", "no mentor"),
    "a lock of numbers": (
        put("locks", 0, "members", ["p1", [2]]),
        "$.locks[0].members[1]",
        "must be text",
    ),
    "a lock of one": (put("locks", 0, "members", ["p1"]), "$.locks[0].members", "at least two"),
    "a lock the wrong way round": (
        put("locks", 0, "members", ["p2", "p1"]),
        "$.locks[0].members[0]",
        "no mentee",
    ),
    "an override without a reason": (
        put("locks", 0, {"programme": "mentoring", "members": ["p1", "p2"], "override": True}),
        "$.locks[0].reason",
        "needs a reason",
    ),
    "a lock against a block": (put("locks", 0, "members", ["p1", "p7"]), "$.locks[0]", "blocked"),
    "a lock against a ban": (put("bans", 0, "members", ["p2", "p1"]), "$.locks[0]", "both locked and banned"),
    "a lock too many": (put(*MENTORING, "mentees", 0, "places", 0), "$.locks[0]", "one lock too many"),
    "a ban of nobody": (put("bans", 0, "members", ["p1", "x"]), "$.bans[0].members[1]", "no person"),
    "an earlier plan of nothing": (
        put("previous", 0, "programme", "x"),
        "$.previous[0].programme",
        "no programme",
    ),
    "an earlier pair of three": (
        put("previous", 0, "members", ["p1", "p2", "p3"]),
        "$.previous[0].members",
        "pairs two",
    ),
    "an earlier group of one": (
        put("previous", 2, "members", ["p1"]),
        "$.previous[2].members",
        "at least two",
    ),
    "accepted perhaps": (put("previous", 0, "accepted", 1), "$.previous[0].accepted", "true or false"),
    "accepted and not": (
        put("previous", "+", {"programme": "mentoring", "members": ["p1", "p2"]}),
        "$.previous[3].accepted",
        "both accepted and not",
    ),
    "accepted by some of them": (
        put("previous", "+", {"programme": "peers", "members": ["p1", "p3", "left"], "accepted": True}),
        "$.previous[3].accepted",
        "both accepted and not",
    ),
    "half a round": (put("starts_on", "2026-10-01"), "$.starts_on", "neither"),
    "a round backwards": (
        lambda content: content.update(starts_on="2026-10-02", ends_on="2026-10-01"),
        "$.ends_on",
        "ends before",
    ),
    "a day that is none": (put("starts_on", "2026-02-30"), "$.starts_on", "must be a date"),
    "half a character": (put(*PERSON, "name", "\ud800"), "$", "surrogate"),
}


@pytest.mark.parametrize(("change", "path", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_problem_is_refused(
    change: Callable[[dict[str, Any]], None], path: str, sentence: str
) -> None:
    """The error names the place in the file and says in a sentence what is wrong."""
    content = copy.deepcopy(WHOLE)
    change(content)
    with pytest.raises(ProblemError) as caught:
        read(content)
    assert caught.value.path == path
    assert sentence in caught.value.sentence
    assert caught.value.sentence.endswith(".")


BARE = {
    "format": "trellis-problem/1",
    "round": "x",
    "people": [{"id": "a"}, {"id": "b"}],
    "programmes": [
        {"id": "m", "kind": "mentoring", "mentees": [{"person": "a"}], "mentors": [{"person": "b"}]},
    ],
}


@pytest.mark.parametrize(
    ("rows", "path", "sentence"),
    [
        ([["a", "b", 1], ["a", "b", 2]], "[1]", "twice"),
        ([["b", "a", 1]], "[0][0]", 'no mentee "b"'),
        ([["a", "b", 1.5]], "[0][2]", "whole number"),
        ([["a", "b", 10**9]], "[0][2]", "from -1000000"),
        ([["a", "b"]], "[0]", "two ids"),
        ([7], "[0]", "must be a list"),
        ({}, "", "must be a list"),
    ],
)
def test_wrong_candidates_are_refused(rows: Any, path: str, sentence: str) -> None:
    """Explicit candidates are checked row by row."""
    content = copy.deepcopy(BARE)
    content["programmes"][0]["candidates"] = rows
    with pytest.raises(ProblemError) as caught:
        read(content)
    assert caught.value.path == f"$.programmes[0].candidates{path}"
    assert sentence in caught.value.sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"[1]", "must hold an object"),
        (b'{"format": ', "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too long"),
        ('{"format": "Ünicode"}'.encode("latin-1"), "not UTF-8"),
    ],
    ids=["empty", "blank", "binary", "a list", "cut off", "deep", "field twice", "long number", "latin-1"],
)
def test_what_is_no_problem_file_is_refused(text: bytes, sentence: str) -> None:
    """Neither reader takes a file that is not one object of JSON in UTF-8."""
    for reader in (Problem.from_json, Solution.from_json):
        with pytest.raises(ProblemError) as caught:
            reader(text)
        assert sentence in caught.value.sentence


def test_the_whole_format_is_read_and_written_again() -> None:
    """Every kind of row comes back equal, and the text of the copy is the same."""
    problem = read(WHOLE)
    again = Problem.from_json(problem.to_json())
    assert again == problem
    assert again.to_json() == problem.to_json()
    assert again.sha256 == problem.sha256
    assert problem.people[0].working_hours == ((540, 720), (780, 1020))


def test_earlier_plans_stand_in_one_order_whoever_is_named_first() -> None:
    """Rows are sorted and told once; a group of peers has no order, a mentee and a mentor have one."""
    problem = read(WHOLE)
    assert [row.members for row in problem.previous] == [("left", "p2"), ("p1", "p2"), ("left", "p1", "p3")]
    changed = copy.deepcopy(WHOLE)
    changed["previous"].reverse()
    changed["previous"].append({"programme": "peers", "members": ["left", "p1", "p3"]})
    assert read(changed) == problem


def test_what_is_built_in_python_is_checked_as_a_file_is() -> None:
    """A problem built from objects is refused in the same words."""
    with pytest.raises(ProblemError, match=r"\$\.people\[1\]: there are two people"):
        Problem(round="x", people=(Person(id="a"), Person(id="a")))
    with pytest.raises(ProblemError, match="must be a list"):
        Problem(round="x", people=[Person(id="a")])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2024Q1", "2024-01-01", "2024-03-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("Autumn", "2026-01-05", "2026-01-11"),
    ],
)
def test_a_round_has_days_by_its_name(name: str, first: str, last: str) -> None:
    """Without dates of its own a round has those its name says, else a fixed week."""
    days = (datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))
    assert Problem(round=name).dates == days


def test_a_thousand_people_are_read_quickly() -> None:
    """Reading grows with the file: 1,000 people take a hundredth of what 100,000 may."""
    text = generate(mentees=700, mentors=300, seed=1).to_json()
    started = time.process_time()
    Problem.from_json(text)
    assert time.process_time() - started < 2
