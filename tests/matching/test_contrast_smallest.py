"""The smallest change for somebody without a mentor: with it they have one, and everybody else keeps theirs."""

import dataclasses
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings

from matching.__main__ import main
from matching.contrast.anew import Anew
from matching.contrast.question import Contrast
from matching.contrast.records import ChangeKind, SmallestChange
from matching.contrast.sentences import ContrastSentences, relaxed
from matching.contrast.smallest import SmallestChanges
from matching.generate import generate
from matching.problem import Lock, MentoringProgramme, Problem
from matching.solution import CauseKind, Role, Solution, Status
from matching.solve import solve
from tests.matching.problems import bare_problems, one_pair, read


def changes_of(problem: Problem, solution: Solution) -> dict[str, SmallestChange]:
    (programme,) = problem.programmes
    standing = Contrast(Anew(problem, solution), programme.id).standing
    assert standing is not None
    changes = SmallestChanges(standing)
    left_out = [row.person for row in solution.unmatched if row.role is Role.MENTEE]
    found = {person: changes.of(person) for person in left_out}
    return {person: change for person, change in found.items() if change is not None}


def with_change(problem: Problem, change: SmallestChange, *, lock: bool) -> Problem:
    """Return the problem with the change made, and the two locked together."""
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme) and change.mentor is not None
    people, override = problem.people, False
    match change.kind:
        case ChangeKind.PLACE:
            mentors = tuple(
                dataclasses.replace(row, capacity=row.capacity + (row.person == change.mentor))
                for row in programme.mentors
            )
            programme = dataclasses.replace(programme, mentors=mentors)
        case ChangeKind.RULE_RELAXED | ChangeKind.RULE_DROPPED:
            assert change.rule is not None
            rules = [row for row in programme.rules if row != change.rule]
            if change.kind is ChangeKind.RULE_RELAXED:
                rules.append(relaxed(change.rule, change.figure or 0))
            programme = dataclasses.replace(programme, rules=tuple(rules))
        case ChangeKind.LEVEL:
            (lower,) = change.skills
            people = tuple(
                dataclasses.replace(
                    row, wants=tuple(lower if want.skill == lower.skill else want for want in row.wants)
                )
                if row.id == change.person
                else row
                for row in people
            )
        case _:
            override = True
    members = (change.person, change.mentor)
    both = Lock(programme=programme.id, members=members, reason="to see", override=override)
    locks = (*problem.locks, both) if lock else problem.locks
    return dataclasses.replace(problem, people=people, programmes=(programme,), locks=locks)


def matched(solution: Solution) -> set[str]:
    return {row.members[Role.MENTEE] for row in solution.assignments}


def worth(solution: Solution) -> list[int]:
    return [goal.value for goal in solution.goals]


def all_required(problem: Problem, people: set[str]) -> Problem:
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    mentees = tuple(dataclasses.replace(row, required=row.person in people) for row in programme.mentees)
    return dataclasses.replace(problem, programmes=(dataclasses.replace(programme, mentees=mentees),))


def test_with_the_change_they_and_everybody_of_before_can_be_matched() -> None:
    """Made in the problem and solved anew with all of them required, there is a plan that matches all of them."""
    kinds: Counter[ChangeKind] = Counter()
    for seed in (0, 2, 4):
        problem = generate(mentees=30, mentors=9, seed=seed)
        solution = solve(problem)
        found = changes_of(problem, solution)
        assert set(found) == {row.person for row in solution.unmatched if row.role is Role.MENTEE}
        for person, change in found.items():
            kinds[change.kind] += 1
            if change.kind is not ChangeKind.RECRUIT:
                people = matched(solution) | {person}
                hours = change.kind is ChangeKind.HOURS
                anew = solve(all_required(with_change(problem, change, lock=hours), people))
                assert anew.status is Status.OPTIMAL and matched(anew) >= people
    assert len(kinds) >= 4


@settings(max_examples=60, deadline=None)
@given(bare_problems())
def test_a_further_place_matches_them_and_the_lock_is_told_when_it_is_needed(problem: Problem) -> None:
    """With the place and a lock nobody loses theirs; without the lock the plan is better only where that is said."""
    solution = solve(problem)
    for change in changes_of(problem, solution).values():
        assert change.kind is ChangeKind.PLACE
        kept = solve(with_change(problem, change, lock=True))
        free = solve(with_change(problem, change, lock=False))
        assert matched(kept) >= matched(solution) | {change.person}
        assert (worth(free) > worth(kept)) == change.needs_lock


def test_only_who_waits_for_others_has_a_change() -> None:
    """Who asked for no place, and whom the goals leave out, have none; whose places ran out have."""
    content = one_pair(others=[{"id": name} for name in ("cleo", "dan")], mentor={"capacity": 2})
    programme = content["programmes"][0]
    programme["mentees"] += [{"person": "cleo", "places": 0}, {"person": "dan"}]
    programme["candidates"] = [["ann", "ben", 5], ["dan", "ben", -5]]
    programme["goals"] = ["points", "coverage"]
    problem = read(content)
    solution = solve(problem)
    causes = {row.person: row.cause.kind for row in solution.unmatched}
    assert causes == {"cleo": CauseKind.NO_PLACES_ASKED, "dan": CauseKind.NO_GAIN}
    assert changes_of(problem, solution) == {}


DAY = {"time_zone": "Europe/Paris", "working_hours": [[540, 1020]]}
LATE = {"time_zone": "Europe/Paris", "working_hours": [[900, 1200]]}
WANTS = {"wants": [{"skill": "sql", "level": 5, "importance": 3}, {"skill": "law", "level": 1}]}
SKILLS = {"skills": {"nodes": [{"id": "sql", "label": "SQL"}, {"id": "law", "label": "Law"}]}}
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any], ChangeKind, str]] = [
    (
        {"rule": "covers_wants", "percent": 70},
        {
            **SKILLS,
            "ann": WANTS,
            "ben": {"holds": [{"skill": "sql", "level": 4}, {"skill": "law", "level": 1}]},
        },
        ChangeKind.PLACE,
        "",
    ),
    (
        {"rule": "covers_wants", "percent": 100},
        {
            **SKILLS,
            "ann": WANTS,
            "ben": {"holds": [{"skill": "sql", "level": 4}, {"skill": "law", "level": 1}]},
        },
        ChangeKind.LEVEL,
        "If ann wanted SQL at level 4 instead of 5, ben could be their mentor.",
    ),
    (
        {"rule": "covers_wants", "percent": 80},
        {**SKILLS, "ann": WANTS, "ben": {"holds": [{"skill": "law", "level": 1}]}},
        ChangeKind.RULE_RELAXED,
        'With the rule "The mentor can help with what the mentee wants to learn (covers at least 25 % of it)" '
        "ann and ben could be matched.",
    ),
    (
        {"rule": "covers_wants", "percent": 80},
        {**SKILLS, "ann": WANTS},
        ChangeKind.RECRUIT,
        "No one change would match ann; look for a new mentor with SQL at level 5 and Law at level 1.",
    ),
    (
        {"rule": "shared_hours", "minutes": 180},
        {"ann": DAY, "ben": LATE},
        ChangeKind.HOURS,
        "If ann shared 60 more minutes of working time each day with ben, they could be matched.",
    ),
    (
        {"rule": "grade_distance", "min": 1, "max": 2},
        {"ann": {"grade": 2}, "ben": {"grade": 7}},
        ChangeKind.RULE_RELAXED,
        "With the rule \"The mentor's grade is 1 to 5 higher than the mentee's\" ann and ben could be matched.",
    ),
    (
        {"rule": "grade_distance", "min": 1},
        {"ann": {"grade": 2}, "ben": {"grade": 2}},
        ChangeKind.RULE_RELAXED,
        "With the rule \"The mentor's grade is at least 0 higher than the mentee's\" ann and ben could be matched.",
    ),
    (
        {"rule": "other_department"},
        {"ann": {"department": "Care"}, "ben": {"department": "Care"}},
        ChangeKind.RULE_DROPPED,
        'Without the rule "They work in different departments" ann and ben could be matched.',
    ),
]


@pytest.mark.parametrize(("rule", "more", "kind", "words"), EXAMPLES)
def test_each_kind_of_change_in_words(
    rule: dict[str, Any], more: dict[str, Any], kind: ChangeKind, words: str
) -> None:
    """What concerns the fewest people is told first, with the figure that is enough."""
    problem = read(one_pair([rule], **more))
    found = changes_of(problem, solve(problem))
    if kind is ChangeKind.PLACE:
        assert found == {}
        return
    change = found["ann"]
    assert change.kind is kind
    assert ContrastSentences(problem).change(change) == words


def test_a_place_that_others_move_to_make_free() -> None:
    """Ann may only have ben, whose mentee may go to the mentor who has a place: nobody loses theirs."""
    content = one_pair(
        [{"rule": "other_department"}], others=[{"id": "cleo", "department": "IT"}, {"id": "dan"}]
    )
    content["people"][0]["department"] = content["people"][1]["department"] = "Care"
    content["people"][3]["department"] = "Law"
    programme = content["programmes"][0]
    programme["mentees"].append({"person": "cleo", "wishes": ["ben"]})
    programme["mentors"].append({"person": "dan"})
    programme["criteria"] = {"wishes": 10}
    content["bans"] = [{"programme": "m", "members": ["ann", "dan"]}]
    problem = read(content)
    change = changes_of(problem, solve(problem))["ann"]
    assert (change.kind, change.mentor) == (ChangeKind.RULE_DROPPED, "ben")
    assert "1 other mentee would change mentor; nobody would have to lose theirs." in ContrastSentences(
        problem
    ).change(change)


def test_the_command_tells_the_change_below_the_cause(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--unmatched` prints it for each mentee."""
    content = one_pair(others=[{"id": "cleo"}])
    content["programmes"][0]["mentees"].append({"person": "cleo", "rounds_waited": 1})
    problem = read(content)
    files = tmp_path / "problem.json", tmp_path / "solution.json"
    for file, text in zip(files, (problem.to_json(), solve(problem).to_json()), strict=True):
        file.write_text(text)
    assert main(["explain", *map(str, files), "--unmatched"]) == 0
    cause, change = capsys.readouterr().out.splitlines()
    assert cause.startswith("m: ann (ann, mentee): 1 mentor would suit")
    assert change == "    One more place with ben would match ann."
