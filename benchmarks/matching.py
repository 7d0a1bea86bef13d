"""Compare the engine with other people's solvers on the same instances: `python benchmarks/matching.py`."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

# Run as a script, this file's own folder comes first on the path and `import matching` would find this file.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks.children import beyond, in_child  # noqa: E402
from benchmarks.hospital_residents import read_hospital_residents  # noqa: E402
from benchmarks.instances import (  # noqa: E402
    InstanceError,
    Reading,
    Sense,
    arrays_of,
    read_generalised_assignment,
)
from benchmarks.people_files import generated_on_esco, read_mentor_match  # noqa: E402
from benchmarks.solvers import OTHERS, Solver  # noqa: E402
from benchmarks.timing import ARRAYS, PROBLEM, Result  # noqa: E402
from matching.generate import generate  # noqa: E402

OURS = ("solve", "check")
DONE, DISAGREE, WRONG = 0, 1, 2


class UnreadableError(Exception):
    """A file that was named is no instance; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Size:
    """An instance to generate: mentees, mentors, explicit candidates for each mentee."""

    mentees: int
    mentors: int
    each: int

    def __str__(self) -> str:
        return f"{self.mentees:,} mentees x {self.each} candidates, {self.mentors:,} mentors"

    @classmethod
    def parse(cls, text: str) -> "Size":
        """Read ``1000x400x50``."""
        try:
            mentees, mentors, each = map(int, text.split("x"))
        except ValueError:
            raise argparse.ArgumentTypeError(
                "must be MENTEESxMENTORSxCANDIDATES, such as 1000x400x50"
            ) from None
        if min(mentees, mentors, each) < 1:
            raise argparse.ArgumentTypeError("must be three numbers from 1 up")
        return cls(mentees, mentors, each)


SIZES = (Size(100, 40, 20), Size(1_000, 400, 50), Size(10_000, 4_000, 50))


def main() -> int:
    """Print a table for each instance; return 1 when optima differ or ours is unproved, 2 for a bad file."""
    arguments = _arguments()
    good = True
    try:
        for title, reading in _readings(arguments):
            print(f"\n{title}")
            if reading.kept:
                print(reading.kept)
            results = _results(reading, arguments)
            _print_table(results)
            good = _print_verdict(results) and good
    except UnreadableError as error:
        print(error, file=sys.stderr)
        return WRONG
    return DONE if good else DISAGREE


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only the two smaller generated instances")
    parser.add_argument(
        "--size",
        type=Size.parse,
        action="append",
        help="an instance to generate instead, such as 1000x400x50",
    )
    _add_files(parser)
    parser.add_argument(
        "--only",
        type=_solver,
        action="append",
        metavar="NAME",
        help="a solver to compare with, not all of them",
    )
    parser.add_argument("--repeats", type=int, default=3, help="runs whose median is shown (default 3)")
    parser.add_argument(
        "--limit", type=float, default=300.0, help="seconds for all runs of one solver (default 300)"
    )
    parser.add_argument("--seed", type=int, default=7, help="seed of the generated instances (default 7)")
    return parser.parse_args()


def _add_files(parser: argparse.ArgumentParser) -> None:
    """Add the options that name where instances come from."""
    parser.add_argument(
        "--hospital-residents", type=Path, action="append", default=[], metavar="FILE",
        help="an instance to read instead, a text file of residents and hospitals",
    )  # fmt: skip
    parser.add_argument(
        "--generalised-assignment", type=Path, action="append", default=[], metavar="FILE",
        help="an instance to read instead, an OR-Library file whose agents use the same for every job",
    )  # fmt: skip
    parser.add_argument(
        "--mentor-match", type=Path, action="append", default=[], metavar="DIR",
        help="an instance to read instead, a folder with mentor-match's small files of people",
    )  # fmt: skip
    parser.add_argument(
        "--esco", type=Path, metavar="DIR",
        help="the sizes asked for are of people with ESCO's skills, and the candidates their best",
    )  # fmt: skip
    parser.add_argument(
        "--number", type=int, default=1, help="which problem of the OR-Library file (default 1)"
    )
    parser.add_argument(
        "--sense", type=Sense, choices=list(Sense), default=Sense.GREATEST,
        help="which total cost the OR-Library file seeks (default greatest, as in gap1 to gap12)",
    )  # fmt: skip


def _solver(name: str) -> Solver:
    for solver in OTHERS:
        if solver.name == name:
            return solver
    names = ", ".join(repr(solver.name) for solver in OTHERS)
    raise argparse.ArgumentTypeError(f"there is no solver {name!r}; there are {names}")


def _readings(arguments: argparse.Namespace) -> Iterator[tuple[str, Reading]]:
    """Read the files that are named; without any, generate the sizes asked for."""
    for path in arguments.hospital_residents:
        with _named(path):
            reading = read_hospital_residents(path.read_text(encoding="utf-8"))
        yield str(path), reading
    for path in arguments.generalised_assignment:
        with _named(path):
            text = path.read_text(encoding="utf-8")
            reading = read_generalised_assignment(text, sense=arguments.sense, number=arguments.number)
        yield f"{path}, problem {arguments.number}", reading
    for path in arguments.mentor_match:
        with _named(path):
            reading = read_mentor_match(path)
        yield str(path), reading
    files = arguments.hospital_residents or arguments.generalised_assignment or arguments.mentor_match
    for size in arguments.size or (() if files else SIZES[:2] if arguments.quick else SIZES):
        yield f"{size}, seed {arguments.seed}", _generated(size, arguments)


def _generated(size: Size, arguments: argparse.Namespace) -> Reading:
    if arguments.esco is None:
        problem = generate(
            mentees=size.mentees, mentors=size.mentors, seed=arguments.seed, candidates_each=size.each
        )
        return Reading(problem, "")
    try:
        return generated_on_esco(arguments.esco, size.mentees, size.mentors, size.each, arguments.seed)
    except ValueError as error:
        raise UnreadableError(str(error)) from None


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Say of which file a line is wrong."""
    try:
        yield
    except InstanceError as error:
        raise UnreadableError(f"{path}, {error}") from None
    except UnicodeDecodeError:
        raise UnreadableError(f"{path} is not UTF-8 text.") from None
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}.") from None


def _results(reading: Reading, arguments: argparse.Namespace) -> list[Result]:
    """Run ours and the others on the instance, one after the other."""
    measure = partial(in_child, repeats=arguments.repeats, limit=arguments.limit)
    with tempfile.TemporaryDirectory(prefix="trellis-benchmark-") as name:
        folder = Path(name)
        (folder / PROBLEM).write_text(reading.problem.to_json(), encoding="utf-8")
        instance = arrays_of(reading)
        instance.save(folder / ARRAYS)
        results = [measure("run_trellis.py", method, f"Trellis {method}", folder) for method in OURS]
        for solver in arguments.only or OTHERS:
            refused = beyond(solver, instance.mentees)
            results.append(refused or measure("run_other.py", solver.name, solver.name, folder))
        return results


def _print_table(results: list[Result]) -> None:
    heads = ("seconds", "CPU s", "runs", "peak MiB", "coverage", "points", "blocking")
    widths = (9, 9, 6, 10, 10, 12, 10)
    print(f"{'':<36}" + "".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True)))
    for row in results:
        if row.failure:
            print(f"{row.solver:<36}" + "".join(f"{'-':>{width}}" for width in widths) + f"  {row.failure}")
            continue
        cells = (
            f"{row.seconds:.3f}", f"{row.cpu_seconds:.3f}", str(row.runs), f"{row.peak_mib:.0f}",
            f"{row.coverage:,}", f"{row.points:,}", f"{row.blocking:,}",
        )  # fmt: skip
        shown = "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        print(f"{row.solver:<36}{shown}  {row.claim}")


def _print_verdict(results: list[Result]) -> bool:
    """Say whether all who claim an optimum found the same; ours and its check must be among them."""
    claims = [result for result in results if result.optimum]
    optima = {(result.coverage, result.points) for result in claims}
    ours = results[: len(OURS)]
    if len(optima) == 1 and all(result.optimum for result in ours):
        coverage, points = optima.pop()
        print(f"All {len(claims)} that claim the optimum agree: coverage {coverage:,}, points {points:,}.")
        return True
    print("DISAGREEMENT: " + "; ".join(f"{row.solver}: {row.coverage:,}, {row.points:,}" for row in claims))
    for row in ours:
        if not row.optimum:
            print(f"{row.solver} proved nothing: {row.failure or row.claim}")
    return False


if __name__ == "__main__":
    sys.exit(main())
