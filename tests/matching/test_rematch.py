"""Re-matches: what is accepted stands, who left is gone, and no plan changes less."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matching.__main__ import main
from matching.check import check
from matching.difference import compare
from matching.difference_text import difference_lines
from matching.problem import GoalName, Problem, ProblemError
from matching.rematch import matches_of, rematch
from matching.solution import Solution
from matching.solve import solve
from tests.matching import community_problems, peer_problems
from tests.matching.problems import _value as value_of_mentoring
from tests.matching.problems import bare_problems, read
from tests.matching.problems import plans_of as plans_of_mentoring


def pairs(solution: Solution) -> set[tuple[str, ...]]:
    return {match.members for match in matches_of(solution)}


def office(**more: object) -> Problem:
    """Return three mentees and three mentors of one place; `a`-`x`, `b`-`y` and `c`-`z` are the best plan."""
    points = {"ax": 9, "by": 9, "cz": 9, "ay": 8, "bz": 8, "cx": 8, "az": 1, "bx": 1, "cy": 1}
    content = {
        "format": "trellis-problem/1",
        "round": "2026-Q4",
        "people": [{"id": name} for name in "abcxyz"],
        "programmes": [
            {
                "id": "m",
                "kind": "mentoring",
                "mentees": [{"person": name} for name in "abc"],
                "mentors": [{"person": name, "capacity": 1} for name in "xyz"],
                "candidates": [[*pair, worth] for pair, worth in points.items()],
            }
        ],
    }
    return read(content | more)


def test_a_decline_moves_as_few_as_can_be():
    """Points would turn everybody round; one exchange of two is enough."""
    problem = office()
    first = solve(problem)
    assert pairs(first) == {("a", "x"), ("b", "y"), ("c", "z")}
    again = rematch(problem, first, declined=[("x", "a")])
    assert again.programmes[0].goals == (GoalName.COVERAGE, GoalName.SAME_PARTNERS, GoalName.POINTS)
    second = solve(again)
    assert check(again, second).ok
    assert len(pairs(second) & pairs(first)) == 1
    assert ("a", "x") not in pairs(second)


def test_what_is_accepted_stands_even_if_somebody_goes_without():
    """With two accepted, who declined has nobody left."""
    problem = office()
    first = solve(problem)
    again = rematch(problem, first, declined=[("a", "x")], accepted=[("b", "y"), ("c", "z")])
    second = solve(again)
    assert pairs(second) == {("b", "y"), ("c", "z")}
    # What was accepted stays accepted in the re-match after that.
    third = rematch(again, second, left=["y"])
    assert [row.members for row in third.locks] == [("c", "z")]
    assert [row.accepted for row in third.previous] == [False, True]


def test_a_leaver_is_gone_from_every_list_and_their_pair_is_free():
    """Who left is in no row, and no lock; who was with them gets somebody else, others stay."""
    problem = office(locks=[{"programme": "m", "members": ["a", "x"]}])
    first = solve(problem)
    again = rematch(problem, first, left=["x"], accepted=[("a", "x"), ("b", "y")])
    (programme,) = again.programmes
    assert [row.person for row in programme.mentors] == ["y", "z"]
    assert all("x" not in row for row in programme.candidates)
    assert [row.members for row in again.locks] == [("b", "y")]
    assert any(person.id == "x" for person in again.people)
    second = solve(again)
    assert ("b", "y") in pairs(second)
    (found,) = compare(again, first, second)
    assert found.left == ("x",)
    assert "x" not in found.told


def test_what_makes_no_sense_is_refused_by_name():
    """Strangers, matches that are not there, and what is accepted and refused at once."""
    problem = office()
    first = solve(problem)
    for wrong, told in (
        ({"left": ["q"]}, 'no person "q"'),
        ({"declined": [("a", "y")]}, "not matched in the solution"),
        ({"accepted": [("a", "y")]}, "not matched in the solution"),
        ({"accepted": [("a", "x")], "declined": [("a", "x")]}, "accepted each other and declined"),
        ({"accepted": [("a", "x")], "bans": [("x", "a")]}, "and are banned"),
        ({"bans": [("x", "q")]}, "no programme knows"),
    ):
        with pytest.raises(ProblemError, match=told):
            rematch(problem, first, **wrong)
    with pytest.raises(ProblemError, match="another problem"):
        rematch(office(round="2027-Q1"), first)


def test_an_old_lock_gives_way_to_a_new_ban():
    """HR's newer word counts."""
    problem = office(locks=[{"programme": "m", "members": ["a", "x"]}])
    again = rematch(problem, solve(problem), bans=[("x", "a")])
    assert again.locks == ()
    assert ("a", "x") not in pairs(solve(again))


@given(problem=bare_problems(), data=st.data())
@settings(deadline=None, max_examples=80)
def test_no_plan_of_mentoring_disturbs_less(problem, data):
    """Coverage is as great as it can be; of such plans none keeps more matches; accepted ones all stand."""
    first = solve(problem)
    had = sorted(pairs(first))
    assume(had)
    names = sorted({person.id for person in problem.people})
    left = data.draw(st.sets(st.sampled_from(names), max_size=1))
    declined = data.draw(st.sets(st.sampled_from(had), max_size=1))
    accepted = data.draw(st.sets(st.sampled_from(had), max_size=2)) - declined
    try:
        again = rematch(problem, first, left=left, declined=declined, accepted=accepted)
    except ProblemError:
        return  # such as an old lock against what was declined of two who mentor each other
    second = solve(again)
    assert check(again, second).violations == ()
    (programme,) = again.programmes
    kept = len(pairs(second) & set(had))
    order = [goal for goal in programme.goals if goal is not GoalName.SAME_PARTNERS]
    place = programme.goals.index(GoalName.SAME_PARTNERS)
    plain = replace(programme, goals=tuple(order))
    best = max(
        (*value[:place], len({row[:2] for row in plan} & set(had)), *value[place:])
        for plan in plans_of_mentoring(again, plain)
        for value in (value_of_mentoring(plain, plan),)
    )
    assert tuple(goal.value for goal in second.goals) == best
    assert kept == best[place]
    assert {pair for pair in accepted if not left & set(pair)} <= pairs(second)
    (found,) = compare(again, first, second)
    assert len(found.kept) == kept
    assert len(found.kept) + len(found.ended) == len(had)


def test_rematch_and_compare_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From a plan and the news to the new plan, and whom to tell."""
    names = [str(tmp_path / name) for name in ("p.json", "s.json", "p2.json", "s2.json", "yes.csv")]
    Path(names[0]).write_text(office().to_json())
    Path(names[4]).write_text("c, z\n\n")
    assert main(["solve", names[0], "-o", names[1]]) == 0
    command = ["rematch", names[0], names[1], "--declined", "a", "x", "--accepted", names[4], "-o", names[2]]
    assert main(command) == 0
    assert "Of 3 matches 1 stand in any case." in capsys.readouterr().err
    assert main(["solve", names[2], "-o", names[3]]) == 0
    assert main(["check", names[2], names[3]]) == 0
    capsys.readouterr()
    assert main(["compare", names[2], names[1], names[3]]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "m: 1 match stays, 2 end, 2 new.",
        "  a has y now, not x, as mentor.",
        "  b has x now, not y, as mentor.",
        "  x has b now, not a, as mentee.",
        "  y has a now, not b, as mentee.",
        "  To be told: a, b, x and y.",
    ]
    assert main(["compare", names[0], names[1], names[3]]) == 2
    Path(names[4]).write_text("c\n")
    assert main([*command[:-2], "-o", names[2]]) == 2
    assert "yes.csv:1: needs two ids" in capsys.readouterr().err


@given(problem=peer_problems.peer_problems(most=7), data=st.data())
@settings(deadline=None, max_examples=60)
def test_no_plan_of_peers_disturbs_less(problem, data):
    """So with groups of peers: a pair counts for both, a triad for each two who stay together."""
    first = solve(problem)
    had = sorted(pairs(first))
    assume(had)
    left = data.draw(st.sets(st.sampled_from("abcdefg"), max_size=1)) & {row.id for row in problem.people}
    declined = data.draw(st.sets(st.sampled_from(had), max_size=1))
    again = rematch(problem, first, left=left, declined=declined)
    second = solve(again)
    assert check(again, second).violations == ()
    plain = replace(again.programmes[0], goals=problem.programmes[0].goals)
    bare = replace(again, programmes=(plain,))
    together = {frozenset(pair) for group in had for pair in combinations(group, 2)}

    def kept(plan) -> int:
        return sum(
            (2 if len(group) == 2 else 1) * (frozenset(pair) in together)
            for group in plan
            for pair in combinations(group, 2)
        )

    goals = again.programmes[0].goals
    # Few triads count right after coverage.
    has_triads = len(plain.group_sizes) == 2 and GoalName.COVERAGE in goals
    place = goals.index(GoalName.SAME_PARTNERS) + has_triads

    def values(plan) -> tuple[int, ...]:
        aims = peer_problems.aims(bare, plan)
        return (*aims[:place], kept(plan), *aims[place:])

    plan = tuple(row.people for row in second.assignments)
    assert values(plan) == max(map(values, peer_problems.plans(bare)))


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=80)
def test_no_plan_of_communities_disturbs_less(seed):
    """And with memberships of communities, whose leads may leave as well."""
    random = Random(seed)
    try:
        problem = community_problems.bare_problem(random)
        first = solve(problem)
        had = sorted(pairs(first))
        assume(had)
        left = random.sample([person.id for person in problem.people], random.randint(0, 1))
        declined = random.sample(had, random.randint(0, 1))
        again = rematch(problem, first, left=left, declined=declined)
        second = solve(again)
    except ProblemError:
        return  # a lock of a community that lacks members now
    assert check(again, second).violations == ()
    (programme,) = again.programmes
    plain = replace(programme, goals=problem.programmes[0].goals)
    place = programme.goals.index(GoalName.SAME_PARTNERS)
    found = []
    for plan in community_problems.plans_of(replace(again, programmes=(plain,)), plain):
        value = community_problems._value(plain, plan)
        kept = sum((person, name) in had for name, members in plan.items() for person in members)
        found.append((*value[:place], kept, *value[place:]))
    assert tuple(goal.value for goal in second.goals) == max(found)
    (difference,) = compare(again, first, second)
    assert list(difference_lines(again, (difference,)))


def test_a_community_goes_on_without_its_lead_but_a_mentored_group_does_not():
    """Its members keep it; in group mentoring nobody would mentor them."""
    for kind, kept in (("communities", True), ("group_mentoring", False)):
        content = community_problems.one_community(kind=kind, members=[], criteria={})
        problem = read(content)
        first = solve(problem)
        assert pairs(first) == {("ann", "c")}
        again = rematch(problem, first, left=["ben"], accepted=[("ann", "c")])
        assert (pairs(solve(again)) == {("ann", "c")}) is kept
