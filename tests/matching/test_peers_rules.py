"""Every rule of peer coaching with a pair that keeps it and one that breaks it, and points of both directions."""

from typing import Any

import pytest

from matching.check import check
from matching.errors import ProblemError
from matching.peers import market
from matching.solution import CauseKind, Solution, Status
from matching.solve import solve
from tests.matching.peer_problems import company, listed
from tests.matching.problems import put, read

SKILLS = {"nodes": [{"id": "s"}, {"id": "t"}], "edges": []}
HOURS = {"time_zone": "Europe/Paris", "working_hours": [[540, 720]]}


def solved(content: dict[str, Any]) -> Solution:
    """Solve a problem's file, and have the answer checked."""
    problem = read(content)
    solution = solve(problem)
    report = check(problem, solution)
    assert report.ok, report.violations
    assert solution.status is Status.OPTIMAL
    return solution


def together(solution: Solution) -> set[tuple[str, ...]]:
    return {row.people for row in solution.assignments}


def two(ann: dict[str, Any] | None = None, ben: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    return [{"id": "ann", **(ann or {})}, {"id": "ben", **(ben or {})}]


def holds(skill: str, level: int = 3) -> list[dict[str, Any]]:
    return [{"skill": skill, "level": level}]


@pytest.mark.parametrize(
    ("rule", "kept", "broken"),
    [
        ({"rule": "not_in_reporting_line"}, two(), two({"manager": "ben"})),
        ({"rule": "not_in_reporting_line"}, two(), two(None, {"manager": "ann"})),
        (
            {"rule": "shared_hours", "minutes": 180},
            two(HOURS, HOURS),
            two(HOURS, HOURS | {"working_hours": [[600, 720]]}),
        ),
        (
            {"rule": "shared_language"},
            two({"languages": ["fr"]}, {"languages": ["en", "fr"]}),
            two({"languages": ["fr"]}, {"languages": ["en"]}),
        ),
        (
            {"rule": "grade_distance", "min": 1, "max": 2},
            two({"grade": 3}, {"grade": 1}),
            two({"grade": 3}, {"grade": 3}),
        ),
        (
            {"rule": "grade_distance", "max": 1},
            two({"grade": 2}, {"grade": 3}),
            two({"grade": 1}, {"grade": 3}),
        ),
        ({"rule": "grade_distance", "min": 2}, two({"grade": 1}, {"grade": 3}), two({"grade": 1}, {})),
        (
            {"rule": "other_department"},
            two({"department": "Care"}, {"department": "IT"}),
            two({"department": "Care"}, {"department": "Care"}),
        ),
        (
            {"rule": "same_attribute", "name": "site"},
            two({"attributes": {"site": "A"}}, {"attributes": {"site": "A"}}),
            two({"attributes": {"site": "A"}}, {"attributes": {"site": "B"}}),
        ),
        (
            {"rule": "covers_wants", "percent": 50},
            two({"holds": holds("s"), "wants": holds("t")}, {"holds": holds("t"), "wants": holds("s")}),
            two({"holds": holds("s"), "wants": holds("t")}, {"holds": [], "wants": holds("s")}),
        ),
        (
            {"rule": "covers_wants", "percent": 50},
            two({"holds": holds("s")}, {"wants": holds("s")}),
            two({"wants": holds("s")}, {"holds": holds("t")}),
        ),
    ],
    ids=lambda value: value["rule"] if isinstance(value, dict) else "",
)
def test_a_rule_holds_in_both_directions(
    rule: dict[str, Any], kept: list[dict[str, Any]], broken: list[dict[str, Any]]
) -> None:
    """The pair that keeps the rule is made, the other is not, and the cause counts the rule."""
    assert together(solved(company(kept, [rule], skills=SKILLS))) == {("ann", "ben")}
    assert together(solved(company(kept[::-1], [rule], skills=SKILLS))) == {("ann", "ben")}
    left_out = solved(company(broken, [rule], skills=SKILLS)).unmatched
    assert [row.cause.rules[rule["rule"]] for row in left_out] == [1, 1]
    own = rule["rule"] in ("shared_hours", "shared_language")
    expected = CauseKind.OWN_CONDITIONS if own else CauseKind.NO_ELIGIBLE_PARTNER
    assert {row.cause.kind for row in left_out} == {expected}


def test_a_block_and_a_ban_keep_people_apart() -> None:
    """Neither a block, whoever made it, nor a ban of two lets a pair be made."""
    assert not solved(company(two(), blocks=[["ben", "ann"]])).assignments
    ban = {"programme": "p", "members": ["ben", "ann"]}
    solution = solved(company(two(), bans=[ban]))
    assert [row.cause.rules["not_banned"] for row in solution.unmatched] == [1, 1]


def test_a_ban_of_three_forbids_only_all_three() -> None:
    """Any two of them may still be a pair; the triad is not made, nor is one with the rest of it missing."""
    people = [{"id": name} for name in "abc"]
    ban = {"programme": "p", "members": ["c", "a", "b"]}
    assert together(solved(company(people, sizes=[3]))) == {("a", "b", "c")}
    alone = solved(company([{"id": name} for name in "abc"], sizes=[3], bans=[ban]))
    assert [row.cause.rules["third_person"] for row in alone.unmatched] == [2, 2, 2]
    assert {row.cause.kind for row in alone.unmatched} == {CauseKind.NO_ELIGIBLE_PARTNER}
    both = solved(company([{"id": name} for name in "abc"], sizes=[2, 3], bans=[ban]))
    assert [len(group) for group in together(both)] == [2]
    assert [row.cause.kind for row in both.unmatched] == [CauseKind.PLACES_RAN_OUT]


def history(*groups: str) -> list[dict[str, Any]]:
    return [{"programme": "p", "members": list(group), "round": "2026-Q1"} for group in groups]


PRIOR = [{"rule": "no_prior_pair"}]


def test_people_meet_everyone_before_they_meet_again() -> None:
    """Who were together wait until each has met everybody else the other rules allow; then they may again."""

    def four(*groups: str) -> set[tuple[str, ...]]:
        return together(solved(company([{"id": n} for n in "abcd"], PRIOR, history=history(*groups))))

    assert four("ab", "cd") <= {("a", "c"), ("b", "d"), ("a", "d"), ("b", "c")}
    assert four("ab", "cd", "ac", "bd") == {("a", "d"), ("b", "c")}
    assert len(four("ab", "cd", "ac", "bd", "ad", "bc")) == 2


def test_one_who_has_not_met_everyone_waits_for_both() -> None:
    """A pair that met is not made again for the sake of one of the two when the other has somebody new."""
    solution = solved(company([{"id": n} for n in "abc"], PRIOR, history=history("ab", "ac")))
    assert together(solution) == {("b", "c")}
    assert solution.unmatched[0].cause.rules == {"no_prior_pair": 2}


def test_somebody_whom_a_rule_forbids_is_not_waited_for() -> None:
    """The other rules decide who counts as everybody."""
    people = [{"id": "a", "languages": ["fr"]}, {"id": "b", "languages": ["fr"]}, {"id": "c"}]
    rules = [*PRIOR, {"rule": "shared_language"}]
    assert together(solved(company(people, rules, history=history("ab")))) == {("a", "b")}


def test_a_triad_of_the_past_counts_as_three_pairs() -> None:
    """Everybody of a group of three has met both others; history of another programme is not theirs."""
    people = [{"id": name} for name in "abcd"]
    assert together(solved(company(people, PRIOR, history=history("abc"), sizes=[2]))) <= {
        ("a", "d"),
        ("b", "d"),
        ("c", "d"),
    }
    elsewhere = [row | {"programme": "other"} for row in history("ab")]
    assert together(solved(company(two(), PRIOR, history=elsewhere))) == {("ann", "ben")}


def points_of(content: dict[str, Any]) -> tuple[int, dict[str, int]]:
    (row,) = solved(content).assignments
    return row.points, dict(row.parts)


def test_skills_are_reciprocal() -> None:
    """Half of the points when only one can help the other, all when both can; a pair counts twice."""
    wants = {"wants": holds("s"), "holds": holds("t")}
    both = two(wants, {"wants": holds("t"), "holds": holds("s")})
    one = two(wants, {"wants": holds("s"), "holds": holds("s")})
    assert points_of(company(both, criteria={"skills": 40}, skills=SKILLS)) == (80, {"skills": 80})
    assert points_of(company(one, criteria={"skills": 40}, skills=SKILLS)) == (40, {"skills": 40})


def test_a_share_is_the_mean_of_both_directions_rounded_down() -> None:
    """A first wish of one and a second of the other give 900 thousandths; nobody's wish counts alone."""
    people = two({"peer": {"wishes": ["ben"]}}, {"peer": {"wishes": ["cy", "ann"]}})
    content = company([*people, {"id": "cy"}], criteria={"wishes": 100}, sizes=[2])
    assert points_of(content)[0] == 180


@pytest.mark.parametrize(("grades", "share"), [((1, 1), 600), ((1, 3), 1000), ((3, 1), 1000), ((1, 9), 0)])
def test_a_step_in_grade_has_no_direction(grades: tuple[int, int], share: int) -> None:
    """Whoever stands higher, the step is worth the same."""
    people = two({"grade": grades[0]}, {"grade": grades[1]})
    assert points_of(company(people, criteria={"grade_step": 50}))[0] == 2 * 50 * share // 1000


def test_the_parts_of_a_triad_add_up() -> None:
    """Each criterion's part is the sum of the three pairs', and the parts are the points."""
    people = [
        {"id": "a", "department": "IT", "location": "Paris"},
        {"id": "b", "department": "Care", "location": "Paris"},
        {"id": "c", "department": "Care", "location": "Lyon"},
    ]
    points, parts = points_of(company(people, criteria={"variety": 10, "location": 4}, sizes=[3]))
    assert parts == {"variety": 5 + 10 + 5, "location": 4}
    assert points == sum(parts.values())


def test_a_lock_names_a_whole_group() -> None:
    """The locked group stands as it is, nobody of it is in another, and the others are matched around it."""
    lock = {"programme": "p", "members": ["d", "a"]}
    solution = solved(company([{"id": name} for name in "abcd"], locks=[lock], sizes=[2, 3]))
    assert together(solution) == {("a", "d"), ("b", "c")}
    assert [row.locked for row in solution.assignments] == [True, False]
    three = {"programme": "p", "members": ["a", "b", "c"]}
    solution = solved(company([{"id": name} for name in "abcd"], locks=[three], sizes=[2, 3]))
    assert together(solution) == {("a", "b", "c")}
    assert [row.cause.kind for row in solution.unmatched] == [CauseKind.PLACES_RAN_OUT]


def test_an_override_with_a_reason_keeps_a_lock_that_breaks_a_rule() -> None:
    """Without the override the lock is refused by name; with it the pair is made with its points."""
    people = two({"department": "Care"}, {"department": "Care"})
    rule, lock = {"rule": "other_department"}, {"programme": "p", "members": ["ann", "ben"]}
    content = company(people, [rule], locks=[lock])
    with pytest.raises(
        ProblemError, match='"ann" and "ben" are locked in programme p, but that breaks a rule'
    ):
        solve(read(content))
    lock |= {"override": True, "reason": "They share an office."}
    assert together(solved(content)) == {("ann", "ben")}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (put("programmes", 0, "group_sizes", [2, 4]), "groups of 2 or 3, not 4"),
        (put("programmes", 0, "group_sizes", [True]), "groups of 2 or 3, not true"),
        (put("programmes", 0, "group_sizes", []), "at least one group size"),
        (put("locks", [{"programme": "p", "members": ["a", "b", "c"]}]), "locks 3 people together"),
        (
            put("locks", [{"programme": "p", "members": list(m)} for m in ("ab", "bc")]),
            "locked into two groups",
        ),
        (
            put("locks", [{"programme": "p", "members": ["a", "b"]}]),
            None,
        ),
    ],
    ids=["four", "true", "none", "triad in pairs", "twice", "fine"],
)
def test_what_cannot_be_is_refused_when_the_problem_is_read(change: Any, sentence: str | None) -> None:
    """Sizes beyond three, locks of another size and people locked twice are named with a sentence."""
    content = company([{"id": name} for name in "abc"])
    change(content)
    if sentence is None:
        assert read(content)
        return
    with pytest.raises(ProblemError, match=sentence):
        read(content)


def test_a_lock_against_a_ban_is_refused() -> None:
    """A ban on two of a locked triad, or on all three in another order, is not overridden."""
    lock = {"programme": "p", "members": ["a", "b", "c"], "override": True, "reason": "x"}
    for members in (["a", "b"], ["c", "b", "a"]):
        content = company(
            [{"id": name} for name in "abc"],
            sizes=[3],
            locks=[lock],
            bans=[{"programme": "p", "members": members}],
        )
        with pytest.raises(ProblemError, match="locked"):
            solve(read(content))


def test_points_are_added_exactly_or_refused() -> None:
    """The largest points a file may hold are solved exactly; only with long waits they are named as too large."""
    names = [a + b for a in "abcdefghijklm" for b in "nopqrstuvwxyz"]
    pairs = {pair: 1_000_000 - number for number, pair in enumerate(names)}
    solution = solve(listed(pairs, sizes=(2, 3)))
    assert solution.status is Status.OPTIMAL
    assert check(listed(pairs, sizes=(2, 3)), solution).ok
    waited = dict.fromkeys("abcdefghijklmnopqrstuvwxyz", 100)
    triads = pairs | {"ab": 1_000_000}
    assert solve(listed(triads, sizes=(2, 3), waited=waited)).status is Status.OPTIMAL


def test_too_many_people_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A programme that would not fit into memory is refused with what to do, before anything is solved."""
    monkeypatch.setattr(market, "LARGEST", 2)
    with pytest.raises(ProblemError, match=r"3 people are too many .* Split"):
        solve(listed({"ab": 1, "bc": 1}))
