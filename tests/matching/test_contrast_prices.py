"""What rules and locks cost: exactly what a plan without them has more, and which pairs each rule forbids."""

import dataclasses
from collections import Counter
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings

from matching.__main__ import main
from matching.contrast.anew import Anew
from matching.contrast.question import Contrast
from matching.contrast.records import Difference
from matching.contrast.relaxed import lock_prices, rule_prices
from matching.contrast.sentences import ContrastSentences
from matching.generate import generate
from matching.problem import Problem
from matching.solution import Status
from matching.solve import solve
from tests.matching.community_problems import one_community
from tests.matching.peer_problems import company
from tests.matching.problems import bare_problems, best_by_trying_all, one_pair, read


def three_mentees() -> dict[str, Any]:
    """Return a problem in which one rule keeps two mentees from a mentor and another rule keeps one."""
    others = [
        {"id": "cleo", "department": "Care", "languages": ["fr"]},
        {"id": "dan", "department": "IT", "languages": ["en"]},
    ]
    content = one_pair(
        [{"rule": "shared_language"}, {"rule": "other_department"}],
        ann={"department": "Care", "languages": ["en"]},
        ben={"department": "Care", "languages": ["en"]},
        others=others,
        mentor={"capacity": 3},
    )
    content["programmes"][0]["mentees"] += [{"person": "cleo"}, {"person": "dan"}]
    return content


def test_each_rule_has_its_price_and_its_pairs() -> None:
    """Without the rule of departments ann has a mentor; without that of languages nobody more has."""
    problem = read(three_mentees())
    department, language = rule_prices(Anew(problem, solve(problem)))
    assert department.difference == Difference(people=1, points=0, goals={"coverage": 1, "points": 0})
    assert dataclasses.astuple(department.forbidden) == (2, 2, 1)
    assert language.difference == Difference(people=0, points=0, goals={"coverage": 0, "points": 0})
    assert dataclasses.astuple(language.forbidden) == (1, 0, 0)
    assert list(ContrastSentences(problem).rule_price(department)) == [
        'Without the rule "They work in different departments" 1 person more would have a mentor.',
        "It forbids 2 pairs: 2 that no rule before it forbids, 1 that no other rule does.",
    ]


def test_the_pairs_of_each_rule_are_those_whose_questions_name_it() -> None:
    """What is counted for a whole company is what is answered for each of its pairs."""
    problem = generate(mentees=25, mentors=9, seed=3)
    solution = solve(problem)
    contrast = Contrast(Anew(problem, solution), "mentoring")
    (programme,) = problem.programmes
    broken = []
    for mentee in programme.mentees:  # type: ignore[attr-defined]
        for mentor in programme.mentors:  # type: ignore[attr-defined]
            if mentee.person != mentor.person:
                found = contrast.why_not(mentee.person, mentor.person)
                pair = next(row for row in found if row.members == (mentee.person, mentor.person))
                broken.append([row.rule for row in pair.broken])
    every = Counter(rule for rules in broken for rule in rules)
    first = Counter(rules[0] for rules in broken if rules)
    alone = Counter(rules[0] for rules in broken if len(rules) == 1)
    for price in rule_prices(Anew(problem, solution)):
        name = price.rule.rule.value
        assert dataclasses.astuple(price.forbidden) == (every[name], first[name], alone[name])


@settings(max_examples=60, deadline=None)
@given(bare_problems())
def test_a_lock_costs_what_the_best_plan_without_it_has_more(problem: Problem) -> None:
    """Of all plans without the lock, the best has exactly so much more of each goal; never less in their order."""
    solution = solve(problem)
    now = [goal.value for goal in solution.goals]
    found = list(lock_prices(Anew(problem, solution)))
    assert [price.members for price in found] == [lock.members for lock in problem.locks]
    for price in found:
        kept = tuple(lock for lock in problem.locks if lock.members != price.members)
        best = best_by_trying_all(dataclasses.replace(problem, locks=kept))
        assert price.difference is not None and price.status is Status.OPTIMAL
        assert list(price.difference.goals.values()) == [a - b for a, b in zip(best, now, strict=True)]
        assert best >= tuple(now)


def test_other_kinds_have_prices_too() -> None:
    """A rule among peers and one of a community keep people apart who would be together without it."""
    people = [{"id": name, "department": "Care"} for name in "abc"]
    problem = read(company(people, [{"rule": "other_department"}]))
    (price,) = rule_prices(Anew(problem, solve(problem)))
    assert price.difference is not None and price.difference.people == 2
    assert dataclasses.astuple(price.forbidden) == (3, 3, 3)
    problem = read(one_community([{"rule": "shared_language"}]))
    (price,) = rule_prices(Anew(problem, solve(problem)))
    assert price.difference is not None and price.difference.people == 1
    assert dataclasses.astuple(price.forbidden) == (1, 1, 1)


def test_candidates_that_are_listed_know_no_rules() -> None:
    """Where no rule is applied there is none to price."""
    problem = read(one_pair([{"rule": "shared_language"}]))
    (programme,) = problem.programmes
    listed = dataclasses.replace(programme, candidates=(("ann", "ben", 1),))
    problem = dataclasses.replace(problem, programmes=(listed,))
    assert list(rule_prices(Anew(problem, solve(problem)))) == []


def test_what_is_stopped_has_no_price() -> None:
    """The rules that were still solved keep their price; the others say that they were stopped."""
    problem = read(three_mentees())
    solution = solve(problem)
    asked = count()
    list(rule_prices(Anew(problem, solution, should_stop=lambda: next(asked) < 0)))
    half = next(asked) // 2
    asked = count()
    prices = list(rule_prices(Anew(problem, solution, should_stop=lambda: next(asked) > half)))
    assert [price.difference is None for price in prices] == [False, True]
    assert [price.status for price in prices] == [Status.OPTIMAL, Status.CANCELLED]
    assert "stopped before" in next(ContrastSentences(problem).rule_price(prices[1]))


def test_the_commands_tell_prices(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each rule or lock, progress on standard error, and a sentence where there is none."""
    content = three_mentees()
    problem = read(content)
    files = tmp_path / "problem.json", tmp_path / "solution.json"
    for file, text in zip(files, (problem.to_json(), solve(problem).to_json()), strict=True):
        file.write_text(text)
    asked = ["explain", *map(str, files)]
    assert main([*asked, "--rule-prices", "--progress"]) == 0
    told = capsys.readouterr()
    assert told.out.count("m: Without the rule") == 2
    assert "without other_department: plan" in told.err
    assert main([*asked, "--lock-prices"]) == 0
    assert capsys.readouterr().out == "No programme of the plan has a lock.\n"
    assert main([*asked, "--rule-prices", "--time-limit", "0"]) == 0
    assert capsys.readouterr().out.count("stopped before") == 2
