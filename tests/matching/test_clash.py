"""Clashes: their members clash, none can be spared, few are fewest, and the check refuses any other."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.__main__ import main
from matching.check import ViolationKind, check
from matching.clash.court import Court
from matching.clash.relaxations import relaxations
from matching.contrast.anew import Anew
from matching.problem import Problem, ProblemError
from matching.solution import Clash, ClashKind, ClashMember, Solution, Status
from matching.solve import Limits, solve
from tests.matching.problems import bare_problems, one_pair, read, shuffled
from tests.matching.test_check_random import random_problem
from tests.matching.test_required import requiring


def company(
    mentees: int, mentors: dict[str, int], rules: list[dict] | None = None, **more: object
) -> Problem:
    """Return a problem of `a0`, `a1`, ..., who all must be matched, with mentors of so many places."""
    people = [{"id": f"a{number}", "languages": ["en"]} for number in range(mentees)]
    content = {
        "format": "trellis-problem/1",
        "round": "2026-Q4",
        "people": [*people, *({"id": name, "languages": ["en"]} for name in mentors)],
        "programmes": [
            {
                "id": "m",
                "kind": "mentoring",
                "mentees": [{"person": row["id"], "required": True} for row in people],
                "mentors": [{"person": name, "capacity": places} for name, places in mentors.items()],
                "rules": rules or [],
            }
        ],
    }
    return read(content | more)


def told(solution: Solution) -> set[tuple]:
    (clash,) = solution.clashes
    return {(row.kind.value, row.rule or row.people) for row in clash.members}


def test_too_few_places_name_those_who_compete_and_the_mentors():
    """Three people and two mentors of one place each: all five are in it."""
    problem = company(3, {"ben": 1, "cem": 1})
    solution = solve(problem)
    assert solution.status is Status.INFEASIBLE
    assert told(solution) == {
        *(("person", (f"a{number}",)) for number in range(3)),
        ("places", ("ben",)),
        ("places", ("cem",)),
    }
    assert solution.clashes[0].smallest
    assert len(solution.assignments) == 2
    assert check(problem, solution).ok


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"rules": [{"rule": "shared_language"}], "mute": True},
            {("person", ("a0",)), ("rule", "shared_language")},
        ),
        (
            {"bans": [{"programme": "m", "members": ["a0", "ben"]}]},
            {("person", ("a0",)), ("ban", ("a0", "ben"))},
        ),
        (
            {"locks": [{"programme": "m", "members": ["a1", "ben"]}]},
            {("person", ("a0",)), ("lock", ("a1", "ben")), ("places", ("ben",))},
        ),
        ({"blocks": [["a0", "ben"]]}, {("person", ("a0",))}),
    ],
    ids=["a rule", "a ban", "a lock", "a block, which is not told"],
)
def test_each_thing_that_can_clash(change, expected):
    """One person and one mentor with one place, and what keeps them apart."""
    change = dict(change)  # The parameter is the next run's too.
    rules, mute = change.pop("rules", None), change.pop("mute", False)
    problem = company(2 if "locks" in change else 1, {"ben": 1}, rules, **change)
    if mute:
        people = tuple(replace(row, languages=() if row.id == "ben" else ("en",)) for row in problem.people)
        problem = replace(problem, people=people)
    solution = solve(problem)
    assert solution.status is Status.INFEASIBLE
    assert told(solution) == expected
    assert check(problem, solution).ok


def test_nobody_to_be_matched_with_is_a_clash_of_one():
    """Without any mentor the person alone is the clash."""
    problem = company(1, {})
    solution = solve(problem)
    assert told(solution) == {("person", ("a0",))}
    assert check(problem, solution).ok


def stands(problem: Problem, court: Court, chosen: tuple[int, ...]) -> bool:
    """Tell by trying everything whether these members can all be kept (explicit candidates)."""
    (programme,) = problem.programmes
    members = [court.members[number] for number in chosen]
    of = {kind: [row for row in members if row.kind is kind] for kind in ClashKind}
    settled = {row.people[0] for row in of[ClashKind.LOCK]}
    banned = {frozenset(row.people) for row in of[ClashKind.BAN]}
    places = {row.people[0]: row.places for row in of[ClashKind.PLACES]}
    for row in of[ClashKind.LOCK]:
        if row.people[1] in places:
            places[row.people[1]] -= 1
    people = [row.people[0] for row in of[ClashKind.PERSON] if row.people[0] not in settled]
    may = [
        [b for a, b, _ in programme.candidates if a == person and frozenset((a, b)) not in banned]
        for person in people
    ]

    def go(number: int, left: dict[str, int]) -> bool:
        if number == len(people):
            return True
        return any(
            left.get(mentor, 1) > 0
            and go(number + 1, left | ({mentor: left[mentor] - 1} if mentor in left else {}))
            for mentor in may[number]
        )

    return go(0, places)


@given(problem=bare_problems())
@settings(deadline=None, max_examples=50)
def test_a_small_clash_is_the_smallest(problem):
    """It is no larger than the smallest set that clashes, found by trying all; each member is needed."""
    problem = requiring(problem, {row.person for row in problem.programmes[0].mentees})
    solution = solve(problem)
    assert (solution.status is Status.INFEASIBLE) == bool(solution.clashes)
    if not solution.clashes:
        return
    (clash,) = solution.clashes
    court = Court(problem, problem.programmes[0])
    numbers = range(len(court.members))
    size = next(
        size
        for size in range(1, len(numbers) + 1)
        if any(not stands(problem, court, chosen) for chosen in combinations(numbers, size))
    )
    assert clash.smallest
    assert len(clash.members) == size
    assert check(problem, solution).violations == ()


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=40)
def test_whatever_clashes_passes_the_check(seed):
    """Rules, bans, locks and places of every shape: solver and check agree that none can be spared."""
    random = Random(seed)
    try:
        problem = random_problem(random)
        programmes = []
        for row in problem.programmes:
            mentees = tuple(replace(m, required=m.places > 0 and random.random() < 0.6) for m in row.mentees)
            programmes.append(replace(row, mentees=mentees))
        problem = replace(problem, programmes=tuple(programmes))
        solution = solve(problem)
    except ProblemError:
        return
    assert check(problem, solution).violations == ()
    again = solve(shuffled(problem, seed))
    assert again.without_statistics() == solution.without_statistics()
    assert Solution.from_json(solution.to_json()) == solution


CROWD = company(3, {"ben": 1, "cem": 1, "dan": 0}, [{"rule": "shared_language"}])


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[1:],
        lambda rows: (*rows, rows[0]),
        lambda rows: (*rows, ClashMember(kind=ClashKind.RULE, rule="shared_language")),
        lambda rows: (*rows, ClashMember(kind=ClashKind.RULE, rule="other_department")),
        lambda rows: (*rows, ClashMember(kind=ClashKind.PERSON, people=("ben",))),
        lambda rows: (*rows, ClashMember(kind=ClashKind.LOCK, people=("a0", "ben"))),
        lambda rows: (*rows[:-1], replace(rows[-1], places=7)),
        lambda rows: (),
    ],
)
def test_planted_faults_are_found(change):
    """A member too few, twice, not needed, or not of the problem."""
    solution = solve(CROWD)
    (clash,) = solution.clashes
    wrong = replace(solution, clashes=(replace(clash, members=change(clash.members)),))
    assert {row.kind for row in check(CROWD, wrong).violations} == {ViolationKind.WRONG_CLASH}


def test_a_clash_where_nothing_clashes_is_refused():
    """Neither of a programme in which everybody is matched, nor the status."""
    problem = company(1, {"ben": 1})
    solution = solve(problem)
    clash = Clash(programme="m", members=(ClashMember(kind=ClashKind.PERSON, people=("a0",)),))
    wrong = replace(solution, status=Status.INFEASIBLE, clashes=(clash,))
    kinds = {row.kind for row in check(problem, wrong).violations}
    assert kinds >= {ViolationKind.WRONG_CLASH, ViolationKind.WRONG_STATUS}


def test_left_out_in_a_plan_that_claims_to_be_best_is_refused():
    """A solution that hides that somebody required is left out."""
    solution = solve(CROWD)
    wrong = replace(solution, status=Status.OPTIMAL, clashes=())
    assert ViolationKind.REQUIRED in {row.kind for row in check(CROWD, wrong).violations}


def test_a_stopped_solve_may_leave_them_out():
    """A plan that was stopped is no worse than it says."""
    stopped = solve(CROWD, limits=Limits(seconds=0))
    assert stopped.status is Status.TIMED_OUT
    assert check(CROWD, stopped).ok


def relaxed(problem: Problem) -> list:
    solution = solve(problem)
    (clash,) = solution.clashes
    return relaxations(Anew(problem, solution), clash)


def test_each_relaxation_is_tried_and_the_cheapest_comes_first():
    """A place more matches everybody and costs nothing; that one need not be matched leaves the plan as it is."""
    problem = company(3, {"ben": 1, "cem": 1})
    found = relaxed(problem)
    assert [(row.member.kind.value, row.places) for row in found] == [("places", 2)] * 2 + [
        ("person", None)
    ] * 3
    assert [row.left_out for row in found] == [0] * 5
    assert [row.difference.people for row in found] == [1, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("rule", "ann", "ben", "figures"),
    [
        ({"rule": "shared_language"}, {"languages": ["fr"]}, {"languages": ["en"]}, {}),
        (
            {"rule": "shared_hours", "minutes": 240},
            {"time_zone": "Europe/Paris", "working_hours": [[540, 1020]]},
            {"time_zone": "Europe/Paris", "working_hours": [[840, 1200]]},
            {"minutes": 180},
        ),
        ({"rule": "grade_distance", "min": 2, "max": 4}, {"grade": 3}, {"grade": 4}, {"min": 1, "max": 4}),
        ({"rule": "grade_distance", "max": 1}, {"grade": 3}, {"grade": 6}, {"max": 3}),
        (
            {"rule": "covers_wants", "percent": 80},
            {"wants": [{"skill": "s", "level": 4}]},
            {"holds": [{"skill": "s", "level": 2}]},
            {"percent": 50},
        ),
    ],
    ids=["dropped", "hours", "grades below", "grades above", "wants"],
)
def test_a_rule_is_loosened_as_little_as_suffices(rule, ann, ben, figures):
    """The very figure with which the pair keeps the rule; a rule without figures is dropped."""
    content = one_pair(
        [rule], ann=ann, ben=ben, mentee={"required": True}, skills={"nodes": [{"id": "s"}], "edges": []}
    )
    found = relaxed(read(content))
    of = {row.member.kind.value: row for row in found}
    assert dict(of["rule"].figures) == figures
    assert of["rule"].left_out == 0
    assert set(of) == {"rule", "person"}
    assert found[0].member.kind is ClashKind.RULE


def test_clashes_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 1 with the plan that leaves out fewest, and in words what clashes and what would help."""
    problem, solution = str(tmp_path / "p.json"), str(tmp_path / "s.json")
    Path(problem).write_text(
        company(2, {"ben": 1}, bans=[{"programme": "m", "members": ["a0", "a1"]}]).to_json()
    )
    assert main(["solve", problem, "-o", solution]) == 1
    assert capsys.readouterr().err.strip() == (
        "1 of 2 people has a mentor. 1 of those who must be matched is not. These rules cannot all be kept."
    )
    assert main(["check", problem, solution]) == 0
    capsys.readouterr()
    assert main(["explain", problem, solution, "--clash"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "m:",
        "  2 people (a0 and a1) must be matched, and compete for 1 place with ben.",
        "  No fewer demands clash.",
        "  Each of these alone resolves it, the cheapest first:",
        "  - With 2 places, not 1, with ben, everybody who must be matched would be; 1 more of those who must be "
        "matched would be and 1 person more would have a mentor.",
        "  - If a0 need not be matched, everybody who must be matched would be; the plan would be as good.",
        "  - If a1 need not be matched, everybody who must be matched would be; the plan would be as good.",
    ]


def test_a_rule_that_clashes_is_told_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rule is about nobody in particular: it is named, loosened as little as suffices, or dropped."""
    problem, solution = str(tmp_path / "p.json"), str(tmp_path / "s.json")
    people = [{"id": "a0", "grade": 5, "languages": ["fr"]}, {"id": "ben", "grade": 4, "languages": ["fr"]}]
    rules = [{"rule": "grade_distance", "min": 2}]
    Path(problem).write_text(company(1, {"ben": 1}, rules, people=people).to_json())
    assert main(["solve", problem, "-o", solution]) == 1
    capsys.readouterr()
    assert main(["explain", problem, solution, "--clash"]) == 0
    told = capsys.readouterr().out
    assert "a0 must be matched, but there is no mentor for this." in told
    assert "- With the rule \"The mentor's grade is at most 1 lower than the mentee's\"" in told
