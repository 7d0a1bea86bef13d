"""Break rules and check a little, in many places, and count how often the tests notice: `make mutants`.

Each mutant is `matching/rules.py` or a module of `matching/check/` with one small fault (a comparison
turned, a number off by one, an argument left out), made by mutmut; the tests that reach the place run
against it. A sample of all mutants is drawn by a seed, so that the same command tries the same ones. Faults
in the wording of a sentence are left out of the draw: no test should pin every word.

Exit status 0 when at least `--least` per cent of the sample are noticed, 1 otherwise.
"""

import argparse
import ast
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MUTANTS = ROOT / "mutants"
# What mutmut notes of a mutant that no test noticed; `None` before it is tried, 33 where no test reaches it.
SURVIVED, NOT_REACHED = 0, 33


@dataclass(frozen=True, slots=True)
class Tried:
    """A mutant and how its tests ended."""

    name: str
    file: str
    status: int | None

    @property
    def noticed(self) -> bool:
        """Whether a test failed, or the fault made the tests end otherwise than well (a crash, a loop)."""
        return self.status not in (SURVIVED, NOT_REACHED, None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Try a sample of the mutants, print how many were noticed, and name the others."""
    options = _parser().parse_args(arguments)
    # One mutant is enough for mutmut to write them all, and to learn which tests reach which.
    _mutmut(["matching.rules.x__grades__mutmut_1"], options.workers)
    drawn = _drawn(options.mutants, options.seed)
    _mutmut(drawn, options.workers)
    tried = [row for row in _tried() if row.name in set(drawn)]
    _tell(tried)
    return 0 if 100 * sum(row.noticed for row in tried) >= options.least * len(tried) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mutants", type=int, default=400, metavar="N", help="how many to try")
    parser.add_argument("--seed", type=int, default=7, metavar="S", help="draws them")
    parser.add_argument("--workers", type=int, default=2, metavar="W", help="tried at once")
    parser.add_argument("--least", type=int, default=90, metavar="P", help="per cent that must be noticed")
    return parser


def _mutmut(names: Sequence[str], workers: int) -> None:
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(workers), *names]
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"mutmut ended with status {done.returncode}:\n{done.stdout[-4000:]}")


def _drawn(count: int, seed: int) -> list[str]:
    wording = set(_of_wording())
    names = sorted(row.name for row in _tried() if row.name not in wording)
    return sorted(random.Random(seed).sample(names, min(count, len(names))))


def _tried() -> Iterator[Tried]:
    for path in sorted(MUTANTS.rglob("*.meta")):
        file = path.relative_to(MUTANTS).with_suffix("")
        for name, status in json.loads(path.read_text())["exit_code_by_key"].items():
            yield Tried(name, str(file), status)


def _of_wording() -> Iterator[str]:
    """Yield the mutants that differ from the original only in strings that are sentences."""
    for path in sorted(MUTANTS.rglob("*.meta")):
        file = path.with_suffix("")
        module = ".".join(file.relative_to(MUTANTS).with_suffix("").parts).removesuffix(".__init__")
        functions = {
            node.name: node
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.FunctionDef)
        }
        for name, node in functions.items():
            stem, mark, number = name.rpartition("__mutmut_")
            if (
                mark
                and number != "orig"
                and _without_wording(node) == _without_wording(functions[f"{stem}__mutmut_orig"])
            ):
                yield f"{module}.{name}"


@cache
def _without_wording(function: ast.FunctionDef) -> str:
    """Return what a function does without its sentences: text with a space in it, or part of more text."""
    parts = {
        id(value) for node in ast.walk(function) if isinstance(node, ast.JoinedStr) for value in node.values
    }
    told = []
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                told.append("text" if id(node) in parts or " " in node.value else repr(node.value))
            else:
                fields = [
                    (key, value)
                    for key, value in ast.iter_fields(node)
                    if not isinstance(value, ast.AST | list)
                ]
                shape = [(key, len(value)) for key, value in ast.iter_fields(node) if isinstance(value, list)]
                told.append(f"{type(node).__name__}{fields}{shape}")
    return "\n".join(told)


def _tell(tried: Sequence[Tried]) -> None:
    every, noticed = Counter(row.file for row in tried), Counter(row.file for row in tried if row.noticed)
    for file, count in sorted(every.items()):
        print(f"{file:<48}{noticed[file]:>5} of {count:>4}")
    for row in tried:
        if not row.noticed:
            print(f"  not noticed: {row.name}")
    share = 100 * noticed.total() / max(1, every.total())
    print(f"{noticed.total()} of {every.total()} mutants noticed, {share:.1f} %")


if __name__ == "__main__":
    sys.exit(main())
