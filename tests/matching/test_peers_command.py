"""Peer coaching from file to checked solution, stopped at any moment, and beside a mentoring programme."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from matching.__main__ import main
from matching.check import check
from matching.generate import generate
from matching.problem import PeerProgramme, Problem
from matching.result_text import result_of
from matching.sentences import Sentences
from matching.solution import CertificateKind, Solution, Status
from matching.solve import Limits, solve
from tests.matching.peer_problems import company, listed
from tests.matching.problems import read


def peers(count: int, sizes: tuple[int, ...]) -> Problem:
    problem = generate(mentees=count, mentors=1, seed=2, kinds=("peers",))
    programme = problem.programme("peers")
    assert isinstance(programme, PeerProgramme)
    return replace(
        problem, programmes=(replace(programme, group_sizes=sizes, people=programme.people[:count]),)
    )


@pytest.mark.parametrize("sizes", [(2,), (2, 3), (3,)])
def test_a_stopped_solve_keeps_every_rule(sizes: tuple[int, ...]) -> None:
    """Stopped at any moment, the answer is cancelled, keeps every rule and has a bound that the check confirms."""
    problem = peers(13, sizes)
    counted = 0

    def count() -> bool:
        nonlocal counted
        counted += 1
        return False

    best = solve(problem, should_stop=count)
    covered = set()
    for moment in range(1, counted + 1):
        asked = iter(range(1, counted + 2))
        solution = solve(problem, should_stop=lambda asked=asked, moment=moment: next(asked) >= moment)
        assert solution.status is Status.CANCELLED
        report = check(problem, solution)
        assert report.ok, report.violations
        assert all(goal.bound >= most.value for goal, most in zip(solution.goals, best.goals, strict=True))
        covered.add(solution.goals[0].value)
    assert max(covered) == best.goals[0].value


def test_a_solve_stopped_among_the_lots_keeps_its_proof() -> None:
    """The plan may be another of the best, and its prices prove so; still it is cancelled."""
    problem = peers(20, (2,))
    stages: list[str] = []
    solution = solve(
        problem,
        progress=lambda stage, done, total, best: stages.append(stage),
        should_stop=lambda: "tie-break" in stages,
    )
    assert solution.status is Status.CANCELLED
    assert solution.certificates[0].kind is CertificateKind.BOUND
    assert solution.certificates[0].bound == solve(problem).certificates[0].bound
    assert check(problem, solution).ok


def test_no_time_gives_a_timed_out_plan() -> None:
    """A limit of no seconds ends with the status that says so."""
    problem = peers(20, (2, 3))
    solution = solve(problem, limits=Limits(seconds=0))
    assert solution.status is Status.TIMED_OUT
    assert check(problem, solution).ok


def test_a_quick_plan_covers_most() -> None:
    """What a stopped solve hands over first: everybody chooses in turn, and who is left joins a pair."""
    problem = listed(dict.fromkeys(("ab", "ac", "bc", "de"), 1), sizes=(2, 3))
    asked = iter(range(100))
    solution = solve(problem, should_stop=lambda: next(asked) >= 2)
    assert solution.status is Status.CANCELLED
    assert {row.people for row in solution.assignments} == {("a", "b", "c"), ("d", "e")}
    assert check(problem, solution).ok


def test_progress_names_the_stages() -> None:
    """The stages are told in order, and how many have a peer once there is a plan."""
    told: list[tuple[str, int | None]] = []
    solution = solve(peers(20, (2,)), progress=lambda stage, done, total, best: told.append((stage, best)))
    stages = list(dict.fromkeys(stage for stage, _best in told))
    assert stages == ["people", "candidates", "plan", "prices", "tie-break", "reasons"]
    assert told[0][1] is None
    assert told[-1][1] == 2 * len(solution.assignments)


def test_peers_are_solved_beside_mentoring(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One file, two programmes: generated, solved, checked and written the same each time."""
    problem, first, second = (str(tmp_path / name) for name in ("p.json", "1.json", "2.json"))
    sizes = ["--mentees", "20", "--mentors", "9", "--seed", "3", "--kinds", "mentoring,peers"]
    assert main(["generate", *sizes, "-o", problem]) == 0
    assert main(["solve", problem, "-o", first, "--progress"]) == 0
    assert main(["solve", problem, "-o", second]) == 0
    capsys.readouterr()
    assert main(["check", problem, first]) == 0
    assert "No plan is better" in capsys.readouterr().out
    solutions = [Solution.from_json(Path(name).read_text()) for name in (first, second)]
    assert solutions[0].without_statistics() == solutions[1].without_statistics()
    assert solutions[0].programmes == ("mentoring", "peers")
    groups = [row.people for row in solutions[0].assignments if row.programme == "peers"]
    assert {len(people) for people in groups} <= {2, 3}
    assert main(["solve", problem, "-o", first, "--programme", "peers"]) == 0
    assert Solution.from_json(Path(first).read_text()).programmes == ("peers",)


def test_a_solution_file_holds_the_prices_of_odd_sets() -> None:
    """Written and read again it is the same solution; members of a group are a list."""
    pairs = dict.fromkeys(("ab", "ac", "bc", "de", "df", "ef"), 10) | {"cd": 1}
    solution = solve(listed(pairs, goals=("points",)))
    assert Solution.from_json(solution.to_json()) == solution
    content = json.loads(solution.to_json())
    assert (
        content["assignments"][0]["members"] == ["a", "b"] or len(content["assignments"][0]["members"]) == 2
    )
    assert content["certificates"][0]["odd_sets"][0].keys() == {"members", "price", "size"}


def test_a_fault_in_a_lock_is_exit_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The place and the sentence go to standard error."""
    content = company(
        [{"id": "ann", "manager": "ben"}, {"id": "ben"}],
        [{"rule": "not_in_reporting_line"}],
        locks=[{"programme": "p", "members": ["ann", "ben"]}],
    )
    problem = tmp_path / "problem.json"
    problem.write_text(json.dumps(content))
    assert main(["solve", str(problem), "-o", str(tmp_path / "s.json")]) == 2
    assert capsys.readouterr().err.startswith('$.locks: "ann" and "ben" are locked in programme p')


def test_results_and_causes_are_told_in_sentences() -> None:
    """How many have a peer, in how many pairs and triads, and why the others have none."""
    people = [{"id": name, "languages": ["en"]} for name in "abcde"] + [{"id": "f", "languages": ["la"]}]
    problem = read(company(people, [{"rule": "shared_language"}], sizes=[2, 3]))
    solution = solve(problem)
    words = Sentences(problem)
    assert result_of(problem, solution).startswith("5 of 6 people have a peer, in 1 pair and 1 triad. All ")
    assert words.cause(solution.unmatched[0]) == (
        "f's own conditions leave none of 5 peers. "
        '5 of them do not fit the rule "They have a language in common".'
    )
    chain = listed({"ab": 1, "bc": 1})
    said = Sentences(chain).cause(solve(chain).unmatched[0])
    assert said == "1 peer would suit, but each of them is in a group with somebody else."


def test_why_somebody_is_in_a_group_is_told_with_its_points(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others of the group by name, the points of all of it, and what they are made of."""
    people = [{"id": name, "name": name.title(), "languages": ["en"]} for name in ("ann", "ben", "cy")]
    problem, solution = tmp_path / "problem.json", tmp_path / "solution.json"
    problem.write_text(json.dumps(company(people, [{"rule": "shared_language"}], sizes=[3])))
    assert main(["solve", str(problem), "-o", str(solution)]) == 0
    capsys.readouterr()
    assert main(["explain", str(problem), str(solution), "--why", "ann"]) == 0
    first, *parts = capsys.readouterr().out.splitlines()
    assert first.startswith("p: Ann with Ben and Cy: ")
    points = int(first.split(": ")[2].split()[0])
    assert points == sum(int(line.rsplit(" ", 1)[1]) for line in parts)
