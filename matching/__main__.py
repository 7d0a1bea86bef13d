"""The command line of the engine: `python -m matching solve | check | explain | score | generate | ...`."""

import argparse
import csv
import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from matching.closeness_command import add_closeness
from matching.command_files import read, write
from matching.console import DONE, NOT_SO, WRONG, Interrupt, millionths, seconds, tell, whole
from matching.errors import ProblemError
from matching.explain_command import add_explain
from matching.problem import Problem
from matching.rematch_command import add_rematch
from matching.solution import Solution, Status
from matching.stage_command import add_stage

# What a shell says of a command that a closed pipe ended.
PIPE_CLOSED = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status is 0 done, 1 violations or infeasible, 2 a wrong file or call."""
    parser = _parser()
    options, others = parser.parse_known_args(arguments)
    if others and options.run is not _bench:
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    options.others = others
    try:
        status = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough; nothing more may be flushed to them at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except ProblemError as error:
        print(f"{error.path}: {error.sentence}", file=sys.stderr)
        return WRONG
    except (ValueError, OSError) as error:
        print(_sentence(error), file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print("Stopped before there was a plan; nothing was written.", file=sys.stderr)
        return 130
    return int(status)


def _sentence(error: ValueError | OSError) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}."
    return str(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m matching", description="Match people, prove it, explain it."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    solve = commands.add_parser("solve", help="solve a problem and write the solution")
    solve.add_argument("problem", metavar="PROBLEM.json")
    solve.add_argument("-o", "--output", default="-", metavar="SOLUTION.json")
    solve.add_argument("--programme", metavar="ID", help="solve only this programme")
    solve.add_argument("--seed", type=whole, default=0, metavar="N", help="draws lots between equal plans")
    solve.add_argument("--time-limit", type=seconds, metavar="S", help="stop after so many seconds")
    solve.add_argument(
        "--workers", type=whole, metavar="N", help="threads and processes; their number changes no result"
    )
    solve.add_argument(
        "--gap", type=millionths, default=0, metavar="PART", help="a mentoring plan within it will do: 1e-5"
    )
    solve.add_argument("--progress", action="store_true", help="tell each stage on standard error")
    solve.set_defaults(run=_solve)
    check = commands.add_parser("check", help="check a solution without the solver's code")
    check.add_argument("problem", metavar="PROBLEM.json")
    check.add_argument("solution", metavar="SOLUTION.json")
    check.set_defaults(run=_check)
    add_explain(commands)
    add_rematch(commands)
    add_stage(commands)
    score = commands.add_parser("score", help="write every candidate with its points as CSV")
    score.add_argument("problem", metavar="PROBLEM.json")
    score.add_argument("-o", "--output", default="-", metavar="CANDIDATES.csv")
    score.add_argument("--programme", metavar="ID", help="score only this programme")
    score.set_defaults(run=_score)
    _add_generate(commands)
    add_closeness(commands)
    bench = commands.add_parser("bench", help="compare with other solvers", add_help=False)
    bench.set_defaults(run=_bench)
    return parser


def _add_generate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    generate = commands.add_parser("generate", help="write a problem with realistic people")
    generate.add_argument("--mentees", type=whole, required=True, metavar="N")
    generate.add_argument("--mentors", type=whole, required=True, metavar="M")
    generate.add_argument("--seed", type=whole, required=True, metavar="S")
    generate.add_argument("--kinds", default="mentoring", metavar="LIST", help="mentoring,peers,communities")
    generate.add_argument("--esco", type=Path, metavar="DIR", help="folder with the ESCO files")
    generate.add_argument(
        "--candidates", type=whole, metavar="K", help="K explicit candidates a mentee instead"
    )
    generate.add_argument(
        "--joint", action="store_true", help="one round: shared hours, and cover in this order"
    )
    generate.add_argument("-o", "--output", default="-", metavar="PROBLEM.json")
    generate.set_defaults(run=_generate)


def _solve(options: argparse.Namespace) -> int:
    # The solver's libraries take a while to load; the other commands do without.
    from matching.result_text import result_of
    from matching.solve import Limits, solve

    problem = Problem.from_json(read(options.problem))
    with Interrupt() as interrupt:
        solution = solve(
            problem,
            programme=options.programme,
            seed=options.seed,
            limits=Limits(seconds=options.time_limit, gap=options.gap),
            workers=options.workers,
            progress=tell if options.progress else None,
            should_stop=interrupt.asked,
        )
    write(options.output, solution.to_json())
    print(result_of(problem, solution), file=sys.stderr)
    return NOT_SO if solution.status is Status.INFEASIBLE else DONE


def _check(options: argparse.Namespace) -> int:
    from matching.check import check

    problem = Problem.from_json(read(options.problem))
    report = check(problem, Solution.from_json(read(options.solution)))
    for violation in report.violations:
        print(f"{violation.where}: {violation.kind}: {violation.message}")
    print(report.summary)
    return NOT_SO if report.violations else DONE


def _score(options: argparse.Namespace) -> int:
    from matching.score_table import header, rows

    problem = Problem.from_json(read(options.problem))
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(header(problem, options.programme))
    table.writerows(rows(problem, options.programme))
    write(options.output, written.getvalue())
    return DONE


def _bench(options: argparse.Namespace) -> int:
    """Run the comparison, which lives beside the engine and knows the solvers it does without."""
    command = Path(__file__).resolve().parent.parent / "benchmarks" / "matching.py"
    if not command.is_file():
        raise ValueError("The comparison comes with the source of Trellis, and is not installed here.")
    # The caller's own words, given to a command of ours without a shell.
    return subprocess.run([sys.executable, command, *options.others], check=False).returncode  # noqa: S603


def _generate(options: argparse.Namespace) -> int:
    from matching.generate import generate

    problem = generate(
        mentees=options.mentees,
        mentors=options.mentors,
        seed=options.seed,
        kinds=[kind.strip() for kind in options.kinds.split(",")],
        esco=options.esco,
        candidates_each=options.candidates,
        joint=options.joint,
    )
    write(options.output, problem.to_json())
    return DONE


if __name__ == "__main__":
    sys.exit(main())
