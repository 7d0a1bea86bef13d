"""The smallest change for peers and members left out: each is enough by a solve, and nothing before it is."""

import dataclasses
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from matching.__main__ import main
from matching.contrast.anew import Anew
from matching.contrast.records import ChangeKind, SmallestChange
from matching.contrast.sentences import ContrastSentences
from matching.contrast.smallest_groups import GroupChanges
from matching.problem import CommunitiesProgramme, PeerProgramme, Problem, ProblemError
from matching.solution import Status
from matching.solve import solve
from tests.matching.community_problems import bare_problem
from tests.matching.peer_problems import peer_problems
from tests.matching.test_clash_groups import colleagues


def change_of(problem: Problem, person: str) -> SmallestChange | None:
    """Return the smallest change for somebody in the only programme."""
    (programme,) = problem.programmes
    assert isinstance(programme, PeerProgramme | CommunitiesProgramme)
    return GroupChanges(Anew(problem, solve(problem)), programme).of(person)


def told(problem: Problem, person: str) -> str:
    """Return the words of the smallest change for somebody."""
    change = change_of(problem, person)
    assert change is not None
    return ContrastSentences(problem).group_change(change)


def peers(people: list[dict[str, Any]], *rules: dict[str, Any], **more: Any) -> Problem:
    """Return people who all seek a peer."""
    listed = [{"person": row["id"], **more.get(row["id"], {})} for row in people]
    programme = {"kind": "peer_coaching", "people": listed, "rules": list(rules)}
    return colleagues([{"name": row["id"].title(), **row} for row in people], programme)


def test_who_is_left_over_could_be_in_a_triad() -> None:
    """Of three one is without a peer, whatever the rules."""
    problem = peers(
        [{"id": "ann"}, {"id": "ben"}, {"id": "cem"}], ben={"rounds_waited": 1}, cem={"rounds_waited": 1}
    )
    assert told(problem, "ann") == (
        "If groups of three were allowed, Ann could be in one. "
        "2 other people would change group; nobody would have to lose theirs."
    )


HOURS = {"rule": "shared_hours", "minutes": 120}


def test_few_more_shared_minutes_are_told_with_whom() -> None:
    """Two who share an hour and are asked for two."""
    early = {"time_zone": "Europe/Paris", "working_hours": [[480, 720]]}
    late = {"time_zone": "Europe/Paris", "working_hours": [[660, 900]]}
    problem = peers([{"id": "ann"} | early, {"id": "ben"} | late], HOURS)
    assert told(problem, "ann") == (
        "If Ann shared 60 more minutes of working time each day with Ben, they could be matched. "
        "It would match 1 other person as well."
    )


def test_a_rule_with_another_figure_comes_before_none() -> None:
    """Grades that differ by four, where two are allowed; a language that is not shared has no figure."""
    people = [{"id": "ann", "grade": 1, "languages": ["en"]}, {"id": "ben", "grade": 5, "languages": ["en"]}]
    problem = peers(people, {"rule": "grade_distance", "max": 2})
    assert told(problem, "ann").startswith(
        'With the rule "Their grades differ by at most 4" Ann could be matched.'
    )
    people[1] = {"id": "ben", "grade": 5, "languages": ["fr"]}
    problem = peers(people, {"rule": "shared_language"})
    assert told(problem, "ann").startswith('Without the rule "')


def communities(cells: list[tuple[str, str, int]], **sizes: tuple[int, int]) -> Problem:
    """Return people and communities with these candidates and sizes."""
    people = [{"id": name, "name": name.title()} for name in dict.fromkeys(row[0] for row in cells)]
    groups = [{"id": name, "min": least, "max": most} for name, (least, most) in sizes.items()]
    listed = [{"person": row["id"]} for row in people]
    programme = {"kind": "communities", "communities": groups, "people": listed, "candidates": cells}
    return colleagues(people, programme)


def test_one_more_place_in_the_community_they_may_join() -> None:
    """Two seek the only place; with one more both have one, and points say who would have it first."""
    problem = communities([("ann", "x", 3), ("ben", "x", 7)], x=(1, 1))
    assert told(problem, "ann") == "With one more place in x, Ann could be in a community."


def test_a_community_that_would_open_with_fewer() -> None:
    """Three are needed, and two could join."""
    problem = communities([("ann", "x", 3), ("ben", "x", 7)], x=(3, 9))
    assert told(problem, "ann") == (
        "If x opened with 2 members, Ann could be in a community. It would match 1 other person as well."
    )


def test_who_is_not_wanted_by_the_goals_has_no_change() -> None:
    """Points first: a group that takes points away is not made, and no rule keeps it from being made."""
    content = communities([("ann", "x", -3)], x=(1, 1))
    (programme,) = content.programmes
    goals = tuple(reversed(programme.goals))
    problem = dataclasses.replace(content, programmes=(dataclasses.replace(programme, goals=goals),))
    assert change_of(problem, "ann") is None


def is_enough(problem: Problem, change: SmallestChange) -> bool:
    """Tell, by a solve, whether with the change everybody matched and the person can be matched."""
    solution = solve(problem)
    must = {person for row in solution.assignments for person in row.people} | {change.person}
    (programme,) = problem.programmes
    people = tuple(dataclasses.replace(row, required=row.person in must) for row in programme.people)
    changed = dataclasses.replace(programme, people=people)
    if isinstance(changed, CommunitiesProgramme):
        name = "max" if change.kind is ChangeKind.PLACE else "min"
        rows = (
            dataclasses.replace(
                row, required=False, **({name: change.figure} if row.id == change.mentor else {})
            )
            for row in changed.communities
        )
        changed = dataclasses.replace(changed, communities=tuple(rows))
    else:
        assert change.kind is ChangeKind.TRIADS
        changed = dataclasses.replace(changed, group_sizes=(2, 3))
    found = solve(dataclasses.replace(problem, programmes=(changed,)))
    return found.status is not Status.INFEASIBLE


@settings(max_examples=40, deadline=None)
@given(peer_problems(most=6, sizes=[(2,)]))
def test_each_change_among_peers_is_enough(problem: Problem) -> None:
    """Explicit candidates know no rules: what is left is that groups of three are allowed."""
    for row in solve(problem).unmatched:
        change = change_of(problem, row.person)
        assert change is None or is_enough(problem, change)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_each_change_in_communities_is_enough(random: Random) -> None:
    """One more place, or a community that opens with fewer."""
    try:
        problem = bare_problem(random)
        unmatched = solve(problem).unmatched
    except ProblemError:
        reject()
    for row in unmatched:
        change = change_of(problem, row.person) if row.cause.kind != "no_places_asked" else None
        assert change is None or is_enough(problem, change)


def test_the_command_tells_the_change_below_the_cause(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`explain --unmatched` has it for peers as for mentees."""
    problem = peers(
        [{"id": "ann"}, {"id": "ben"}, {"id": "cem"}], ben={"rounds_waited": 1}, cem={"rounds_waited": 1}
    )
    question, answer = tmp_path / "problem.json", tmp_path / "solution.json"
    question.write_text(problem.to_json())
    assert main(["solve", str(question), "-o", str(answer)]) == 0
    capsys.readouterr()
    assert main(["explain", str(question), str(answer), "--unmatched"]) == 0
    assert "    If groups of three were allowed, Ann could be in one." in capsys.readouterr().out
