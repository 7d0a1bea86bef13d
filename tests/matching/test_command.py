"""The command line: what each command prints, its exit status, and that a wrong file changes nothing."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from matching.__main__ import main
from matching.problem import Problem
from matching.solution import Solution, Status
from tests.matching.problems import one_pair, read


@pytest.fixture(scope="module")
def written() -> tuple[str, str]:
    """Return the texts of a problem and of its solution, made by command once."""
    with TemporaryDirectory() as folder:
        problem, solution = f"{folder}/problem.json", f"{folder}/solution.json"
        assert main(["generate", "--mentees", "40", "--mentors", "15", "--seed", "3", "-o", problem]) == 0
        assert main(["solve", problem, "-o", solution]) == 0
        return Path(problem).read_text(), Path(solution).read_text()


@pytest.fixture
def files(written: tuple[str, str], tmp_path: Path) -> tuple[str, str]:
    """Return the paths of a problem and of its solution, a fresh copy of both."""
    paths = tmp_path / "problem.json", tmp_path / "solution.json"
    for path, text in zip(paths, written, strict=True):
        path.write_text(text)
    return str(paths[0]), str(paths[1])


def test_a_generated_problem_is_solved_and_checked(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """generate, solve and check work together, and the result is told in a sentence."""
    assert main(["solve", files[0], "-o", files[1]]) == 0
    told = capsys.readouterr().err
    assert "of 40 people have a mentor. All rules are kept. The plan is the best possible." in told
    assert main(["check", *files]) == 0
    assert Solution.from_json(Path(files[1]).read_text()).status is Status.OPTIMAL


def test_check_tells_a_solution_that_was_changed(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A point more than earned is exit status 1 with the place."""
    content = json.loads(Path(files[1]).read_text())
    content["assignments"][0]["points"] += 1
    Path(files[1]).write_text(json.dumps(content))
    assert main(["check", *files]) == 1
    assert "assignments[0]" in capsys.readouterr().out


def test_the_same_command_writes_the_same_bytes(files: tuple[str, str], tmp_path: Path) -> None:
    """Two runs differ in their statistics only."""
    again = str(tmp_path / "again.json")
    main(["solve", files[0], "-o", again])
    first, second = (Solution.from_json(Path(name).read_text()) for name in (files[1], again))
    assert first.without_statistics().to_json() == second.without_statistics().to_json()


def test_score_writes_every_candidate(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """Each row's criteria add up to its points, and every assignment is among them."""
    assert main(["score", files[0]]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    criteria = [name for name in rows[0] if name not in ("programme", "a", "b", "points")]
    assert all(int(row["points"]) == sum(int(row[name]) for name in criteria) for row in rows)
    points = {(row["a"], row["b"]): int(row["points"]) for row in rows}
    for match in Solution.from_json(Path(files[1]).read_text()).assignments:
        assert points[match.members["mentee"], match.members["mentor"]] == match.points


def test_score_adds_up_to_the_plan_of_every_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pair of peers counts its row twice, a triad its three rows, a community the row of each member."""
    names = str(tmp_path / "problem.json"), str(tmp_path / "solution.json")
    asked = "--mentees 12 --mentors 5 --seed 7 --kinds peers,communities -o"
    main(["generate", *asked.split(), names[0]])
    main(["solve", names[0], "-o", names[1]])
    capsys.readouterr()
    assert main(["score", names[0]]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    points = {(row["programme"], row["a"], row["b"]): int(row["points"]) for row in rows}
    assert len(points) == len(rows)
    assert all(int(row["points"]) == sum(int(row[name]) for name in list(row)[4:]) for row in rows)
    matches = Solution.from_json(Path(names[1]).read_text()).assignments
    assert {match.programme for match in matches} == {row["programme"] for row in rows}
    for match in matches:
        if match.community is None:
            pairs = [points[match.programme, *pair] for pair in combinations(sorted(match.people), 2)]
            assert match.points == sum(pairs) * (2 if len(match.people) == 2 else 1)
        else:
            members = [points[match.programme, person, match.community] for person in match.people]
            assert match.points == sum(members)


def test_score_leaves_the_parts_of_explicit_candidates_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Explicit candidates have points and no parts; what a ban removes is no candidate."""
    problem = {
        "format": "trellis-problem/1",
        "round": "2026-Q4",
        "people": [{"id": name} for name in ("ann", "ben", "eve")],
        "programmes": [
            {"id": "pairs", "kind": "peer_coaching", "people": [{"person": "ann"}, {"person": "ben"}]}
            | {"candidates": [["ben", "ann", 7]]},
            {"id": "scored", "kind": "peer_coaching", "people": [{"person": "ann"}, {"person": "eve"}]}
            | {"criteria": {"location": 5}},
            {"id": "groups", "kind": "communities", "people": [{"person": "ann"}, {"person": "ben"}]}
            | {"communities": [{"id": "c", "max": 2}], "candidates": [["ann", "c", 3], ["ben", "c", 4]]},
        ],
        "bans": [{"programme": "groups", "members": ["ben", "c"]}],
    }
    name = tmp_path / "problem.json"
    name.write_text(json.dumps(problem))
    assert main(["score", str(name)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "programme,a,b,points,location",
        "groups,ann,c,3,",
        "pairs,ann,ben,7,",
        "scored,ann,eve,0,0",
    ]
    assert main(["score", str(name), "--programme", "none"]) == 2


def test_explain_says_why(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """One reason for and one against, and every criterion; everybody without a match has a line of their own."""
    solution = Solution.from_json(Path(files[1]).read_text())
    person = solution.assignments[0].members["mentee"]
    assert main(["explain", *files, "--why", person]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[1].startswith("  + ")
    assert told[2].startswith("  - ")
    assert (
        sum(int(line.split(": ")[1].split(" of ")[0]) for line in told[3:]) == solution.assignments[0].points
    )
    assert main(["explain", *files, "--unmatched"]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert len(told) == max(1, len(solution.unmatched))
    assert main(["explain", *files, "--why", "nobody"]) == 2


@pytest.mark.parametrize(
    "question",
    [
        "--unmatched",
        "--alternatives",
        "--stability",
        "--fairness",
        "--manipulation",
        "--recruit",
        "--rule-prices",
    ],
)
def test_no_question_is_left_without_an_answer(
    question: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where no programme was solved there is a sentence all the same, and the exit status is 0."""
    names = str(tmp_path / "problem.json"), str(tmp_path / "solution.json")
    Path(names[0]).write_text(json.dumps(one_pair() | {"programmes": []}))
    assert main(["solve", names[0], "-o", names[1]]) == 0
    assert main(["check", *names]) == 0
    capsys.readouterr()
    assert main(["explain", *names, question]) == 0
    assert capsys.readouterr().out.strip().endswith(".")


def test_bench_prints_the_comparison() -> None:
    """Options are those of the comparison itself; other commands still refuse what they do not know."""
    done = run("bench", "--size", "12x5x3", "--repeats", "1", "--only", "OR-Tools SimpleMinCostFlow")
    assert done.returncode == 0
    assert "All 3 that claim the optimum agree" in done.stdout
    assert run("bench", "--size", "many").returncode == 2
    assert run("check", "--sise", "a", "b").returncode == 2


def test_a_reader_who_has_seen_enough_is_not_bothered(tmp_path: Path) -> None:
    """A pipe that is closed early ends the command without a word."""
    problem = tmp_path / "problem.json"
    main(["generate", "--mentees", "60", "--mentors", "40", "--seed", "1", "-o", str(problem)])
    command = f"{sys.executable} -m matching score {problem} | head -c 10"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stdout == "programme,"
    assert done.stderr == ""


def test_standard_input_and_output() -> None:
    """A dash is a pipe, in and out."""
    done = run("solve", "-", "-o", "-", stdin=json.dumps(one_pair()))
    assert done.returncode == 0
    assert len(Solution.from_json(done.stdout).assignments) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"people": [{"id": "ann"}]}, '$.programmes[0].mentors[0].person: there is no person "ben".'),
        (
            {
                "people": [{"id": "ann", "manager": "ben"}, {"id": "ben"}],
                "locks": [{"programme": "m", "members": ["ann", "ben"]}],
            },
            '$.locks: "ann" and "ben" are locked in programme m, but that breaks a rule',
        ),
    ],
    ids=["unknown person", "lock against a rule"],
)
def test_a_wrong_problem_is_exit_status_2_and_writes_nothing(
    change: dict[str, object], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The place and the sentence go to standard error, and an older solution stays as it was."""
    problem, solution = tmp_path / "problem.json", tmp_path / "solution.json"
    problem.write_text(json.dumps(one_pair([{"rule": "not_in_reporting_line"}]) | change))
    solution.write_text("older")
    assert main(["solve", str(problem), "-o", str(solution)]) == 2
    assert capsys.readouterr().err.startswith(told)
    assert solution.read_text() == "older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["problem.json", "solution.json"]


def test_what_cannot_be_read_or_written_is_exit_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing file, a folder and a folder that is not there are each named."""
    assert main(["solve", str(tmp_path / "none.json")]) == 2
    assert main(["solve", str(tmp_path)]) == 2
    (tmp_path / "problem.json").write_text(json.dumps(one_pair()))
    assert main(["solve", str(tmp_path / "problem.json"), "-o", str(tmp_path / "no" / "s.json")]) == 2
    assert main(["generate", "--mentees", "0", "--mentors", "1", "--seed", "1"]) == 2
    assert all(line.endswith(".") for line in capsys.readouterr().err.splitlines())


@pytest.mark.parametrize(
    "wrong",
    [["--seed", "-1"], ["--time-limit", "nan"], ["--time-limit", "-1"], ["--why"]],
)
def test_a_wrong_call_is_exit_status_2(wrong: list[str], tmp_path: Path) -> None:
    """Options out of range are refused before anything is read."""
    with pytest.raises(SystemExit) as caught:
        main(["solve", str(tmp_path / "none.json"), *wrong])
    assert caught.value.code == 2


@pytest.mark.parametrize("kind", ["peer_coaching", "communities"])
def test_other_kinds_are_solved_beside_mentoring(kind: str, tmp_path: Path) -> None:
    """A programme of another kind is solved with the mentoring programme, or either of them alone when named."""
    content = one_pair()
    other = {"id": "other", "kind": kind, "people": []}
    content["programmes"].append(other | ({"communities": []} if kind == "communities" else {}))
    problem, solution = tmp_path / "p.json", tmp_path / "s.json"
    problem.write_text(json.dumps(content))
    for named, solved in (
        ([], ("m", "other")),
        (["--programme", "m"], ("m",)),
        (["--programme", "other"], ("other",)),
    ):
        assert main(["solve", str(problem), *named, "-o", str(solution)]) == 0
        assert Solution.from_json(solution.read_text()).programmes == solved
        assert main(["check", str(problem), str(solution)]) == 0
    assert main(["solve", str(problem), "--programme", "none"]) == 2


def test_a_solution_of_another_problem_is_not_explained(files: tuple[str, str], tmp_path: Path) -> None:
    """The hash tells that problem and solution do not belong together."""
    other = tmp_path / "other.json"
    other.write_text(read(one_pair()).to_json())
    assert main(["explain", str(other), files[1], "--unmatched"]) == 2


def test_no_time_still_writes_a_plan(files: tuple[str, str], tmp_path: Path) -> None:
    """A time limit of 0 ends with exit status 0 and the status that says so."""
    stopped = tmp_path / "stopped.json"
    assert main(["solve", files[0], "-o", str(stopped), "--time-limit", "0"]) == 0
    assert Solution.from_json(stopped.read_text()).status is Status.TIMED_OUT
    assert main(["check", files[0], str(stopped)]) == 0


@pytest.mark.slow
def test_ctrl_c_gives_the_best_plan_or_a_clean_word(tmp_path: Path) -> None:
    """Whenever it comes, there is a valid solution and status 0, or no file and one sentence."""
    problem, solution = tmp_path / "problem.json", tmp_path / "solution.json"
    main(["generate", "--mentees", "400", "--mentors", "150", "--seed", "3", "-o", str(problem)])
    running = subprocess.Popen(
        [sys.executable, "-m", "matching", "solve", str(problem), "-o", str(solution), "--progress"],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert running.stderr is not None
    assert any("candidates" in line for line in running.stderr), "it ended before it looked for candidates"
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=120)
    assert running.returncode == 0
    found = Solution.from_json(solution.read_text())
    assert found.problem_sha256 == Problem.from_json(problem.read_text()).sha256
    assert found.status in (Status.CANCELLED, Status.OPTIMAL)


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "matching", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
