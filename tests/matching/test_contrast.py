"""Why two are not together: exact costs, the fewest who move, every broken rule, and nobody's secrets."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import candidates, pool
from matching.__main__ import main
from matching.contrast.anew import Anew
from matching.contrast.question import Contrast
from matching.contrast.records import Answer, BrokenRule, Means, WhyNot
from matching.contrast.sentences import ContrastSentences
from matching.errors import ProblemError
from matching.generate import generate
from matching.problem import Lock, MentoringProgramme, Problem
from matching.solution import Role, Solution, Status
from matching.solve import Limits, solve
from tests.matching.community_problems import one_community
from tests.matching.peer_problems import aims, company, listed, plans
from tests.matching.problems import _value, bare_problems, one_pair, plans_of, read, shuffled


def locked(problem: Problem, *members: str, programme: str = "m") -> Problem:
    lock = Lock(programme=programme, members=members)
    return dataclasses.replace(problem, locks=(*problem.locks, lock))


def pairs_of(problem: Problem) -> list[tuple[str, str]]:
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    return [(a.person, b.person) for a in programme.mentees for b in programme.mentors]


def some_required(problem: Problem, bits: int) -> Problem:
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    mentees = tuple(
        dataclasses.replace(row, required=row.places > 0 and bool(bits >> number & 1))
        for number, row in enumerate(programme.mentees)
    )
    return dataclasses.replace(problem, programmes=(dataclasses.replace(programme, mentees=mentees),))


def has_required(problem: Problem, solution: Solution) -> int:
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    matched = {row.members[Role.MENTEE] for row in solution.assignments}
    return sum(row.required and row.person in matched for row in programme.mentees)


def contrast_of(problem: Problem, solution: Solution, programme: str) -> Contrast:
    return Contrast(Anew(problem, solution), programme)


def answer_of(contrast: Contrast, pair: tuple[str, str]) -> WhyNot:
    return next(row for row in contrast.why_not(*pair) if row.members == pair)


@settings(max_examples=80, deadline=None)
@given(bare_problems(), st.integers(0, 31))
def test_the_cost_is_what_a_whole_solve_with_the_pair_locked_finds(problem: Problem, bits: int) -> None:
    """Every goal differs by exactly as much as when all is solved anew; what is refused, a lock is refused."""
    problem = some_required(problem, bits)
    solution = solve(problem)
    contrast = contrast_of(problem, solution, "m")
    assert contrast.standing is not None
    for pair in pairs_of(problem):
        found = answer_of(contrast, pair)
        if found.answer in (Answer.NOT_ALLOWED, Answer.NO_ROOM):
            with pytest.raises(ProblemError):
                solve(locked(problem, *pair))
        elif found.answer is not Answer.TOGETHER:
            assert found.difference is not None
            anew = solve(locked(problem, *pair))
            for before, after in zip(solution.goals, anew.goals, strict=True):
                assert found.difference.goals[before.goal] == after.value - before.value
            assert found.difference.goals.get("required", 0) == has_required(problem, anew) - has_required(
                problem, solution
            )
            costs = any(found.difference.goals.values())
            assert found.answer is (Answer.COSTS if costs else Answer.COSTS_NOTHING)


@settings(max_examples=60, deadline=None)
@given(bare_problems())
def test_of_the_best_plans_with_the_pair_the_nearest_is_told(problem: Problem) -> None:
    """No best plan with the pair, of all there are, differs from the plan in fewer pairs; the moves add up to it."""
    solution = solve(problem)
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    now = {(row.members[Role.MENTEE], row.members[Role.MENTOR]) for row in solution.assignments}
    contrast = contrast_of(problem, solution, "m")
    every = [({row[:2] for row in plan}, _value(programme, plan)) for plan in plans_of(problem, programme)]
    for pair in pairs_of(problem):
        found = answer_of(contrast, pair)
        if found.answer not in (Answer.COSTS, Answer.COSTS_NOTHING):
            continue
        with_pair = [row for row in every if pair in row[0]]
        best = max(value for _plan, value in with_pair)
        fewest = min(len(plan ^ now) for plan, value in with_pair if value == best)
        then = set(now)
        for move in found.moves:
            if move.role is Role.MENTEE:
                then -= {(move.person, mentor) for mentor in move.before}
                then |= {(move.person, mentor) for mentor in move.after}
        assert pair in then and (then, best) in every
        assert len(then ^ now) == fewest


@pytest.mark.parametrize("seed", range(3))
def test_pairs_the_solver_never_saw_are_priced_too(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a company with rules, starting from few candidates, the cost is that of a whole solve; rows may be shuffled."""
    monkeypatch.setattr(candidates, "ALL_CELLS", 0)
    monkeypatch.setattr(pool, "BEST_OF_MENTEE", 2)
    monkeypatch.setattr(pool, "BEST_OF_PLACE", 1)
    problem = generate(mentees=30, mentors=10, seed=seed)
    solution = solve(problem)
    contrast = contrast_of(problem, solution, "mentoring")
    other = contrast_of(shuffled(problem, seed), solution, "mentoring")
    for pair in pairs_of(problem)[:: 7 + seed]:
        found = answer_of(contrast, pair)
        assert found == answer_of(other, pair)
        if found.difference is not None:
            anew = solve(locked(problem, *pair, programme="mentoring"))
            after = [goal.value - now.value for goal, now in zip(anew.goals, solution.goals, strict=True)]
            assert list(found.difference.goals.values()) == after


FIGURES: list[tuple[dict[str, Any], dict[str, Any], BrokenRule, str]] = [
    (
        {"rule": "shared_hours", "minutes": 180},
        {
            "ann": {"time_zone": "Europe/Paris", "working_hours": [[540, 1020]]},
            "ben": {"time_zone": "Europe/Paris", "working_hours": [[900, 1200]]},
        },
        BrokenRule(rule="shared_hours", needed=180, found=120),
        "They share 120 minutes of working time each day.",
    ),
    (
        {"rule": "grade_distance", "min": 1, "max": 3},
        {"ann": {"grade": 4}, "ben": {"grade": 2}},
        BrokenRule(rule="grade_distance", needed=1, found=-2),
        "ben's grade is 2 below ann's.",
    ),
    (
        {"rule": "grade_distance", "min": 1, "max": 3},
        {"ann": {"grade": 1}, "ben": {"grade": 9}},
        BrokenRule(rule="grade_distance", needed=3, found=8),
        "ben's grade is 8 above ann's.",
    ),
    (
        {"rule": "grade_distance", "min": 1},
        {"ann": {"grade": 1}},
        BrokenRule(rule="grade_distance"),
        "The rule: The mentor's grade is at least 1 higher than the mentee's.",
    ),
    (
        {"rule": "other_department"},
        {"ann": {"department": "Care"}, "ben": {"department": "Care"}},
        BrokenRule(rule="other_department", values=("Care",)),
        "Both work in Care.",
    ),
    (
        {"rule": "same_attribute", "name": "site"},
        {"ann": {"attributes": {"site": "A"}}, "ben": {"attributes": {"site": "B"}}},
        BrokenRule(rule="same_attribute", attribute="site", values=("A", "B")),
        "ann has A, ben B.",
    ),
    ({"rule": "shared_language"}, {}, BrokenRule(rule="shared_language"), "language in common"),
    (
        {"rule": "not_in_reporting_line"},
        {"ann": {"manager": "cleo"}, "others": [{"id": "cleo", "manager": "ben"}]},
        BrokenRule(rule="not_in_reporting_line", found=2, values=("ben", "ann")),
        "ben manages ann, 2 steps up.",
    ),
    (
        {"rule": "not_in_reporting_line"},
        {"ben": {"manager": "ann"}},
        BrokenRule(rule="not_in_reporting_line", found=1, values=("ann", "ben")),
        "ann manages ben, directly.",
    ),
    (
        {"rule": "no_prior_pair"},
        {"history": [{"programme": "m", "members": ["ann", "ben"], "round": "2026-Q1"}]},
        BrokenRule(rule="no_prior_pair", values=("2026-Q1",)),
        "They were together in 2026-Q1.",
    ),
    (
        {"rule": "covers_wants", "percent": 50},
        {
            "skills": {"nodes": [{"id": "sql"}]},
            "ann": {"wants": [{"skill": "sql", "level": 5}]},
            "ben": {"holds": [{"skill": "sql", "level": 2}]},
        },
        BrokenRule(rule="covers_wants", needed=50, found=40),
        "ben covers 40 % of what ann wants.",
    ),
]


@pytest.mark.parametrize(("rule", "more", "broken", "words"), FIGURES)
def test_a_broken_rule_comes_with_its_figures(
    rule: dict[str, Any], more: dict[str, Any], broken: BrokenRule, words: str
) -> None:
    """Each rule says what it asks for and what the pair has."""
    problem = read(one_pair([rule], **more))
    (found,) = contrast_of(problem, solve(problem), "m").why_not("ann", "ben")
    assert found.answer is Answer.NOT_ALLOWED
    assert found.broken == (broken,)
    assert words in " ".join(ContrastSentences(problem).why_not(found))


def test_every_broken_rule_is_told_in_the_order_of_rules() -> None:
    """Those that always hold come first, then those the programme names, by name."""
    rules = [{"rule": "shared_language"}, {"rule": "other_department"}]
    bans = [{"programme": "m", "members": ["ben", "ann"], "reason": "They asked."}]
    problem = read(one_pair(rules, bans=bans))
    (found,) = contrast_of(problem, solve(problem), "m").why_not("ben", "ann")
    assert found.members == ("ann", "ben")
    assert [row.rule for row in found.broken] == ["not_banned", "other_department", "shared_language"]
    assert "HR has ruled this out: They asked." in ContrastSentences(problem).why_not(found)


def test_nobody_is_told_of_a_personal_block() -> None:
    """The record has it; the words only say that the rules do not allow the pair, or name the other rules."""
    for rules, said in (
        ([], "The rules do not allow it."),
        ([{"rule": "shared_language"}], "The rule: They have"),
    ):
        problem = read(one_pair(rules, blocks=[["ben", "ann"]]))
        (found,) = contrast_of(problem, solve(problem), "m").why_not("ann", "ben")
        assert found.broken[0].rule == "not_blocked"
        _answer, *words = ContrastSentences(problem).why_not(found)
        assert len(words) == 1 and words[0].startswith(said)
        assert "block" not in " ".join(words)


def test_prices_that_prove_nothing_are_refused() -> None:
    """A solution whose prices were changed is not explained: whoever reads it is told to check it."""
    content = one_pair(others=[{"id": "cleo"}])
    content["programmes"][0]["mentees"].append({"person": "cleo"})
    content["programmes"][0]["candidates"] = [["ann", "ben", 9], ["cleo", "ben", 7]]
    problem = read(content)
    solution = solve(problem)
    cheap = dataclasses.replace(solution.certificates[0], mentors={}, mentees={})
    nobody = dataclasses.replace(solution.assignments[0], members={Role.MENTEE: "ann", Role.MENTOR: "ann"})
    for changed in (
        dataclasses.replace(solution, certificates=(cheap,)),
        dataclasses.replace(solution, assignments=(nobody,)),
        dataclasses.replace(solution, assignments=solution.assignments * 2),
    ):
        with pytest.raises(ProblemError, match=r"matching check|no pair"):
            contrast_of(problem, changed, "m").why_not("cleo", "ben")


def test_a_plan_without_prices_is_compared_with_a_whole_solve() -> None:
    """Of a stopped solve there may be something better, even with the pair; the answer says so."""
    problem = generate(mentees=15, mentors=6, seed=2)
    stopped = solve(problem, limits=Limits(seconds=0))
    assert stopped.status is Status.TIMED_OUT and not stopped.assignments
    best = solve(problem)
    (match, *_others) = best.assignments
    contrast = contrast_of(problem, stopped, "mentoring")
    found = answer_of(contrast, (match.members[Role.MENTEE], match.members[Role.MENTOR]))
    assert found.means is Means.SOLVED_ANEW and found.answer is Answer.BETTER
    assert found.difference is not None
    assert list(found.difference.goals.values()) == [goal.value for goal in best.goals]


def test_a_question_that_is_stopped_says_so() -> None:
    """What is solved anew can be cancelled, and then no cost is told."""
    problem = listed({"ab": 5, "cd": 5, "ac": 1, "bd": 1})
    contrast = Contrast(Anew(problem, solve(problem), should_stop=lambda: True), "p")
    (found,) = contrast.why_not("a", "c")
    assert (found.answer, found.status, found.difference) == (Answer.NOT_SOLVED, Status.CANCELLED, None)


@pytest.mark.parametrize("sizes", [(2,), (3,), (2, 3)])
def test_among_peers_the_cost_is_that_of_the_best_plan_with_the_two(sizes: tuple[int, ...]) -> None:
    """As a pair, or where only triads are allowed with whatever third person suits best."""
    points = {
        "ab": 5,
        "cd": 4,
        "ac": 1,
        "bd": 2,
        "ad": 0,
        "bc": 3,
        "ae": 2,
        "be": 1,
        "ce": 4,
        "de": 2,
        "ef": 5,
    }
    problem = listed(points | {"af": 1, "bf": 2, "cf": 0}, sizes=sizes)
    solution = solve(problem)
    every = list(plans(problem))
    best = max(aims(problem, plan) for plan in every)
    (found,) = contrast_of(problem, solution, "p").why_not("d", "a")
    together = [plan for plan in every if any({"a", "d"} <= set(group) for group in plan)]
    if 2 in sizes:
        together = [plan for plan in together if ("a", "d") in plan]
    value = max(aims(problem, plan) for plan in together)
    assert found.difference is not None and found.means is Means.SOLVED_ANEW
    changes = [-value if goal == "triads" else value for goal, value in found.difference.goals.items()]
    assert changes == [a - b for a, b in zip(value, best, strict=True)]


def test_rules_among_peers_and_in_communities_are_named() -> None:
    """Other kinds name the rules that are broken, and never a block."""
    people = [{"id": name} for name in "ab"]
    problem = read(company(people, [{"rule": "shared_language"}], blocks=[["a", "b"]]))
    (found,) = contrast_of(problem, solve(problem), "p").why_not("a", "b")
    assert [row.rule for row in found.broken] == ["not_blocked", "shared_language"]
    problem = read(one_community([{"rule": "shared_language"}]))
    (found,) = contrast_of(problem, solve(problem), "g").why_not("ann", "c")
    assert [row.rule for row in found.broken] == ["shared_language"]
    assert any("language in common" in line for line in ContrastSentences(problem).why_not(found))


def test_a_community_that_stays_closed_can_be_asked_for() -> None:
    """Held open by the question, it takes its members from the other, and the answer tells who moves."""
    more = {"others": [{"id": "cleo"}], "members": [{"person": "cleo"}], "lead": None}
    content = one_community(member={"wishes": ["c"]}, criteria={"wishes": 10}, community={"min": 2}, **more)
    content["programmes"][0]["communities"].append({"id": "d", "min": 2, "max": 5})
    problem = read(content)
    (found,) = contrast_of(problem, solve(problem), "g").why_not("d", "ann")
    assert found.members == ("ann", "d") and found.answer is Answer.COSTS
    assert found.difference is not None and found.difference.points == -10
    assert {move.person: (move.before, move.after) for move in found.moves} == {
        "ann": (("c",), ("d",)),
        "cleo": (("c",), ("d",)),
    }


def test_those_who_cannot_be_together_at_all_are_refused() -> None:
    """Two mentees, or somebody who is in no programme, are a wrong question."""
    problem = read(one_pair(others=[{"id": "cleo"}]))
    contrast = contrast_of(problem, solve(problem), "m")
    assert not contrast.concerns("ann", "cleo")
    with pytest.raises(ProblemError, match="cannot be together"):
        contrast.why_not("ann", "cleo")


def test_the_command_says_why_not(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """One line with the answer, then who moves; a wrong name is an error with a sentence."""
    content = one_pair(others=[{"id": "cleo"}])
    programme = content["programmes"][0]
    programme["mentees"].append({"person": "cleo", "rounds_waited": 2})
    programme["candidates"] = [["ann", "ben", 9], ["cleo", "ben", 7]]
    problem = read(content)
    files = tmp_path / "problem.json", tmp_path / "solution.json"
    solution: Solution = solve(problem)
    for file, text in zip(files, (problem.to_json(), solution.to_json()), strict=True):
        file.write_text(text)
    asked = ["explain", *map(str, files), "--why-not"]
    assert main([*asked, "ann", "ben"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "m: With ann and ben together people who have waited less long would have a mentor "
        "and the plan would have 2 points more.",
        "    ann would have ben, and has no mentor now: 9 points more.",
        "    cleo would no longer have ben, and no other mentor: 7 points less.",
    ]
    assert main([*asked, "ben", "cleo"]) == 0
    assert capsys.readouterr().out == "m: cleo and ben are together.\n"
    assert main([*asked, "ann", "cleo"]) == 2
    assert "no programme could have" in capsys.readouterr().err
