"""The comparison with others: every method a row of the table, whatever becomes of it, and one verdict."""

import subprocess
import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from benchmarks.assignment import Instance, check_plan, preference_lists
from benchmarks.children import beyond, in_child
from benchmarks.solvers import OTHERS, Solver

PROJECT = Path(__file__).resolve().parents[2]
INSTALLED = {"ortools", "scipy", "networkx"}  # what the engine itself depends on


def benchmark(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROJECT / "benchmarks" / "matching.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def rows(output: str) -> dict[str, str]:
    """Return the row of each method, by the beginning of its name."""
    names = ["Trellis solve", "Trellis check", *(solver.name for solver in OTHERS)]
    return {name: line for name in names for line in output.splitlines() if line.startswith(name)}


def drawn_instance(seed: int) -> Instance:
    """Draw 7 mentees and 4 mentors, one of them without a place, with ranks that are not those of points."""
    draw = np.random.default_rng(seed)
    mentee, mentor = np.nonzero(draw.random((7, 4)) < 0.6)
    points, mentee_rank, mentor_rank = draw.integers(1, 30, size=(3, len(mentee)))
    return Instance(7, np.array([2, 0, 1, 3]), mentee, mentor, points, mentee_rank, mentor_rank)


def best_of_all(instance: Instance) -> tuple[int, int]:
    """Return the largest coverage and the most points with it, of all plans there are."""
    offers = [[None, *np.flatnonzero(instance.mentee == mentee)] for mentee in range(instance.mentees)]
    best = (0, 0)
    for plan in product(*offers):
        chosen = np.array([position for position in plan if position is not None], dtype=np.int64)
        taken = np.bincount(instance.mentor[chosen], minlength=len(instance.capacity))
        if np.all(taken <= instance.capacity):
            best = max(best, (len(chosen), int(instance.points[chosen].sum())))
    return best


@pytest.mark.parametrize(
    "solver", [solver for solver in OTHERS if solver.package in INSTALLED], ids=lambda solver: solver.name
)
def test_the_others_are_asked_for_the_same_optimum(solver: Solver):
    """Each form of the instance has coverage first and points second as its optimum, by brute force."""
    for seed in range(2):
        instance = drawn_instance(seed)

        found = solver.solve(instance)

        check_plan(instance, found.chosen)
        assert found.claim.is_optimum
        assert (len(found.chosen), instance.points[found.chosen].sum()) == best_of_all(instance)


def test_preference_lists_follow_the_ranks_of_each_side():
    """What stable methods are given has every candidate once on each side, the best first."""
    instance = drawn_instance(0)
    of_mentees, of_mentors = preference_lists(instance)

    pairs = set(zip(instance.mentee.tolist(), instance.mentor.tolist(), strict=True))
    assert {(a, b) for a, liked in enumerate(of_mentees) for b in liked} == pairs
    assert {(a, b) for b, liked in enumerate(of_mentors) for a in liked} == pairs
    mentee_rank = dict(zip(sorted(pairs), instance.mentee_rank.tolist(), strict=True))
    for mentee, liked in enumerate(of_mentees):
        assert liked == sorted(liked, key=lambda mentor: (mentee_rank[mentee, mentor], mentor))


def test_every_method_is_a_row_and_those_that_claim_the_optimum_agree():
    """Ours is proved and checked, others come beside it, and what is not installed says so."""
    others = ("OR-Tools SimpleMinCostFlow", "lapx lapjvr (dense)")
    only = [word for name in others for word in ("--only", name)]

    done = benchmark("--size", "12x5x3", "--repeats", "1", *only)
    table = rows(done.stdout)

    assert done.returncode == 0, done.stdout + done.stderr
    assert table.keys() == {"Trellis solve", "Trellis check", *others}
    assert table["Trellis solve"].endswith("optimum, proved by prices")
    assert table["Trellis check"].endswith("proof verified, by other code")
    assert table["OR-Tools SimpleMinCostFlow"].endswith("optimum, by an exact algorithm")
    assert table["lapx lapjvr (dense)"].endswith(("not installed: lapx", "optimum, by an exact algorithm"))
    assert "that claim the optimum agree: coverage 9, points 295." in done.stdout


def test_a_time_out_is_a_row_and_nothing_more():
    """With no time at all nobody finishes; the table is printed whole, and the verdict is bad."""
    done = benchmark("--size", "12x5x3", "--repeats", "1", "--limit", "0.01")
    table = rows(done.stdout)

    assert done.returncode == 1
    assert len(table) == 2 + len(OTHERS)
    assert all(line.endswith("not finished in 0.01 s") for line in table.values())
    assert "Trellis solve proved nothing" in done.stdout


def test_a_crash_is_a_row_and_nothing_more():
    """A method that ends with an error, here for want of what it reads, says so and raises nothing."""
    with TemporaryDirectory() as name:
        result = in_child("run_other.py", "CP-SAT", "CP-SAT", Path(name), repeats=1, limit=60)

    assert result.solver == "CP-SAT"
    assert result.failure.startswith("FileNotFoundError")


def test_a_method_is_not_run_beyond_its_size():
    """The row says up to which size it is run."""
    solver = next(solver for solver in OTHERS if solver.name == "CP-SAT")
    refused = beyond(solver, solver.largest + 1)

    assert beyond(solver, solver.largest) is None
    assert refused is not None
    assert refused.failure == "not run beyond 1,000 mentees: would take minutes"


def test_a_wrong_file_is_refused_by_a_sentence(tmp_path: Path):
    """The line and the reason, exit status 2, no traceback."""
    path = tmp_path / "residents.txt"
    path.write_text("1 1\n1 2\n1 1 1\n")

    done = benchmark("--hospital-residents", str(path))

    assert done.returncode == 2
    assert done.stderr == f"{path}, line 2: the list of 1 names 2, which is no hospital of the file.\n"
