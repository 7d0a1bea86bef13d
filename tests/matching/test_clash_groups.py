"""Clashes of peers and communities: held against trying every plan, and against what is planted."""

import dataclasses
from collections.abc import Collection
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from matching.__main__ import main
from matching.check import ViolationKind, check, clash_groups
from matching.check.clash_groups import BoardTrial
from matching.clash.relaxations import relaxations
from matching.clash.search import court_of
from matching.contrast.anew import Anew
from matching.problem import CommunitiesProgramme, Problem, ProblemError
from matching.solution import Clash, ClashKind, ClashMember, Solution, Status
from matching.solve import Limits, solve
from tests.matching import community_problems, peer_problems
from tests.matching.community_goals import programme_of as communities_of
from tests.matching.peer_problems import peer_problems as peers_drawn
from tests.matching.problems import read, shuffled

Members = Collection[ClashMember]


def named(members: Members, kind: ClashKind) -> list[tuple[str, ...]]:
    """Return the people of the members of a kind."""
    return [row.people for row in members if row.kind is kind]


def can_stand_among_peers(problem: Problem, members: Members) -> bool:
    """Tell by trying every plan whether these members of a clash can all be kept."""
    bans, locks = named(members, ClashKind.BAN), named(members, ClashKind.LOCK)
    stripped = dataclasses.replace(
        problem,
        bans=tuple(row for row in problem.bans if row.members in bans),
        locks=tuple(row for row in problem.locks if row.members in locks),
    )
    must = {people[0] for people in named(members, ClashKind.PERSON)}
    plans = peer_problems.plans(stripped)
    return any(must <= {person for group in plan for person in group} for plan in plans)


def requiring(problem: Problem, share: float, random: Random) -> Problem:
    """Return the problem in which about such a share of its people must be matched."""
    (programme,) = problem.programmes
    people = tuple(
        dataclasses.replace(row, required=getattr(row, "places", 1) > 0 and random.random() < share)
        for row in programme.people
    )
    return dataclasses.replace(problem, programmes=(dataclasses.replace(programme, people=people),))


@settings(max_examples=100, deadline=None)
@given(peers_drawn(most=6), st.integers(0, 2**32))
def test_members_among_peers_clash_and_none_can_be_spared(problem: Problem, seed: int) -> None:
    """By trying every plan; the check says the same, and there is a clash whenever somebody is left out."""
    problem = requiring(problem, 0.7, Random(seed))
    solution = solve(problem)
    assert check(problem, Solution.from_json(solution.to_json())).violations == ()
    assert bool(solution.clashes) == (solution.status is Status.INFEASIBLE)
    for clash in solution.clashes:
        assert not can_stand_among_peers(problem, clash.members)
        for member in clash.members:
            assert can_stand_among_peers(problem, [row for row in clash.members if row != member])


def can_stand_in_communities(problem: Problem, members: Members) -> bool:
    """Tell by trying every plan whether these members of a clash can all be kept."""
    programme = communities_of(problem)
    places, needy = named(members, ClashKind.PLACES), named(members, ClashKind.NEEDS)
    everybody = len(programme.people)
    communities = tuple(
        dataclasses.replace(
            row,
            max=row.max if (row.id,) in places else max(everybody, row.max),
            min=row.min if (row.id,) in needy else min(row.min, 1),
            mix=row.mix if (row.id,) in needy else (),
            required=False,
        )
        for row in programme.communities
    )
    people = tuple(dataclasses.replace(row, required=False) for row in programme.people)
    changed = dataclasses.replace(programme, communities=communities, people=people)
    bans, locks = named(members, ClashKind.BAN), named(members, ClashKind.LOCK)
    stripped = dataclasses.replace(
        problem,
        programmes=(changed,),
        bans=tuple(row for row in problem.bans if row.members in bans),
        locks=tuple(row for row in problem.locks if row.members in locks),
    )
    must = {people[0] for people in named(members, ClashKind.PERSON)}
    opened = {people[0] for people in named(members, ClashKind.COMMUNITY)}
    for plan in community_problems.plans_of(stripped, changed):
        joined = {person for people in plan.values() for person in people}
        if must <= joined and all(plan[name] for name in opened):
            return True
    return False


def demanding(random: Random) -> Problem:
    """Return a small problem of communities in which people and communities must be matched."""
    try:
        problem = requiring(community_problems.bare_problem(random), 0.6, random)
    except ProblemError:
        reject()
    programme = communities_of(problem)
    communities = tuple(
        dataclasses.replace(row, required=row.max > 0 and random.random() < 0.3)
        for row in programme.communities
    )
    return dataclasses.replace(problem, programmes=(dataclasses.replace(programme, communities=communities),))


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False))
def test_members_in_communities_clash_and_none_can_be_spared(random: Random) -> None:
    """By trying every plan; the check says the same, and there is a clash whenever somebody is left out."""
    problem = demanding(random)
    try:
        solution = solve(problem)
    except ProblemError:
        reject()
    assert check(problem, Solution.from_json(solution.to_json())).violations == ()
    assert bool(solution.clashes) == (solution.status is Status.INFEASIBLE)
    for clash in solution.clashes:
        assert not can_stand_in_communities(problem, clash.members)
        for member in clash.members:
            assert can_stand_in_communities(problem, [row for row in clash.members if row != member])


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False))
def test_what_exchanges_show_is_so(random: Random) -> None:
    """The check's answer by exchanges alone is that of looking at every plan, for any members at all."""
    try:
        problem = demanding(random)
        solve(problem)  # a lock that breaks a rule is refused before anything can clash
    except ProblemError:
        reject()
    (programme,) = problem.programmes
    assert isinstance(programme, CommunitiesProgramme)
    members = court_of(problem, programme).members
    some = tuple(row for row in members if random.random() < 0.8)
    trial = BoardTrial(problem, programme, Clash(programme=programme.id, members=members), "clash")
    assert trial.stands_plainly(some) in (None, can_stand_in_communities(problem, some))


def colleagues(people: list[dict], programme: dict, **more: object) -> Problem:
    """Return a problem of one programme, `g`."""
    content = {
        "format": "trellis-problem/1",
        "round": "2026-Q4",
        "people": people,
        "programmes": [{"id": "g", **programme}],
    }
    return read(content | more)


def three_peers(**programme: object) -> Problem:
    """Return three people who must all be in a pair, and one of another grade."""
    people = [
        {"id": name, "name": name.title(), "grade": grade}
        for name, grade in zip("abcd", (1, 1, 1, 9), strict=True)
    ]
    listed = [{"person": name, "required": name != "d"} for name in "abcd"]
    rules = [{"rule": "grade_distance", "max": 2}]
    return colleagues(people, {"kind": "peer_coaching", "people": listed, "rules": rules, **programme})


def told(solution: Solution) -> set[tuple]:
    """Return the members of the only clash."""
    (clash,) = solution.clashes
    return {(row.kind.value, row.rule or row.people, row.places) for row in clash.members}


def test_an_odd_number_of_peers_clashes_with_the_rule_that_shuts_the_fourth_out() -> None:
    """Three who must be in pairs, and a rule that keeps a fourth from them; the least change is named."""
    problem = three_peers()
    solution = solve(problem)
    assert solution.status is Status.INFEASIBLE
    people = {("person", (name,), None) for name in "abc"}
    assert told(solution) == people | {("rule", "grade_distance", None)}
    assert solution.clashes[0].smallest
    first, *others = relaxations(Anew(problem, solution), solution.clashes[0])
    assert (first.member.kind, dict(first.figures)) == (ClashKind.RULE, {"max": 8})
    assert first.left_out == 0
    assert all(row.left_out == 0 for row in others)


def test_triads_leave_nothing_to_clash() -> None:
    """The same three are one triad."""
    assert solve(three_peers(group_sizes=[2, 3])).status is Status.OPTIMAL


def clubs(**more: object) -> Problem:
    """Return three people who must join the only community, with room for two, and one that must open for four."""
    people = [{"id": name} for name in "abcd"]
    communities = [{"id": "x", "min": 1, "max": 2}, {"id": "y", "min": 4, "max": 9, "required": True}]
    listed = [{"person": name, "required": name != "d"} for name in "abcd"]
    pairs = [[name, "x", 5] for name in "abc"] + [["d", "y", 5], ["a", "y", 1]]
    programme = {"kind": "communities", "communities": communities, "people": listed, "candidates": pairs}
    return colleagues(people, programme, **more)


def test_a_community_that_must_open_clashes_with_the_members_it_needs() -> None:
    """Two may join and four are needed; fewest demands are those two."""
    problem = clubs()
    solution = solve(problem)
    assert told(solution) == {("community", ("y",), None), ("needs", ("y",), 4)}
    rows = relaxations(Anew(problem, solution), solution.clashes[0])
    assert [(row.member.kind, row.places) for row in rows] == [
        (ClashKind.NEEDS, 2),
        (ClashKind.COMMUNITY, None),
    ]


def test_too_little_room_names_who_competes_for_it() -> None:
    """Three who must join a community of two, the only one they may; one place more is enough."""
    problem = clubs()
    programme = communities_of(problem)
    x = dataclasses.replace(
        programme,
        communities=programme.communities[:1],
        candidates=tuple(row for row in programme.candidates or () if row[1] == "x"),
    )
    problem = dataclasses.replace(problem, programmes=(x,))
    solution = solve(problem)
    assert told(solution) == {*(("person", (name,), None) for name in "abc"), ("places", ("x",), 2)}
    first = relaxations(Anew(problem, solution), solution.clashes[0])[0]
    assert (first.member.kind, first.places, first.left_out) == (ClashKind.PLACES, 3, 0)


@pytest.mark.parametrize("problem", [three_peers(), clubs()], ids=["peers", "communities"])
def test_any_other_clash_is_refused(problem: Problem) -> None:
    """With one member fewer, one more, or one that the problem does not have, it is none."""
    solution = solve(problem)
    (clash,) = solution.clashes
    spare = [row for row in every_member(problem) if row not in clash.members]
    planted = [clash.members[:n] + clash.members[n + 1 :] for n in range(len(clash.members))]
    planted += [(*clash.members, row) for row in spare]
    planted.append((*clash.members, ClashMember(kind=ClashKind.PERSON, people=("nobody",))))
    planted.append((*clash.members, clash.members[0]))
    for members in planted:
        changed = dataclasses.replace(solution, clashes=(dataclasses.replace(clash, members=members),))
        assert {row.kind for row in check(problem, changed).violations} == {ViolationKind.WRONG_CLASH}


def every_member(problem: Problem) -> tuple[ClashMember, ...]:
    """Return what may be a member of a clash of the only programme."""
    return court_of(problem, problem.programmes[0]).members


@pytest.mark.parametrize("problem", [three_peers(), clubs()], ids=["peers", "communities"])
def test_row_order_and_time_change_nothing(problem: Problem) -> None:
    """Shuffled rows give the same clash; a solve that is stopped before it has none, and no fault."""
    assert solve(shuffled(problem, 3)).clashes == solve(problem).clashes
    stopped = solve(problem, limits=Limits(seconds=0))
    assert stopped.clashes == ()
    assert check(problem, stopped).violations == ()


def test_a_clash_that_cannot_be_tried_is_not_taken_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that gives up says neither that the members clash nor that they do not."""
    problem = three_peers()
    solution = solve(problem)
    given_up = SimpleNamespace(status=1)
    monkeypatch.setattr(clash_groups.optimize, "milp", lambda *_given, **_named: given_up)
    (found,) = check(problem, solution).violations
    assert found.kind is ViolationKind.WRONG_CLASH
    assert "could not be found out" in found.message


@pytest.mark.parametrize(
    ("problem", "sentences"),
    [
        (
            three_peers(),
            (
                "3 people (A, B and C) must be in a group of 2, and cannot all be.",
                'The rule "Their grades differ by at most 2" allows no others.',
                'With the rule "Their grades differ by at most 8", everybody who must be matched would be',
            ),
        ),
        (
            clubs(),
            (
                "y must open, and cannot.",
                "y opens with 4 members or more.",
                "If y opened with 2 members, everybody who must be matched would be",
            ),
        ),
    ],
    ids=["peers", "communities"],
)
def test_the_command_says_what_clashes(
    problem: Problem, sentences: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`explain --clash` tells the members and, the cheapest first, what to relax."""
    question, answer = tmp_path / "problem.json", tmp_path / "solution.json"
    question.write_text(problem.to_json())
    assert main(["solve", str(question), "-o", str(answer)]) == 1
    assert main(["check", str(question), str(answer)]) == 0
    capsys.readouterr()
    assert main(["explain", str(question), str(answer), "--clash"]) == 0
    said = capsys.readouterr().out
    assert all(sentence in said for sentence in sentences), said
