"""Measure what a threshold of `covers_wants` lets through: `python benchmarks/covering.py PROBLEM.json`.

PROBLEM.json has people and a programme of mentoring, as `flask rounds export` writes it. In ten turns a
tenth of all skills that people hold is hidden, from closeness as well. Of each hidden skill that somebody
wants, the mentor it was hidden from (*helper*) and twenty others without it (*strangers*) are held against a
wish for it: how close is the nearest skill they have left? A good threshold keeps helpers and no strangers.

Each line has the shares that a threshold keeps, what the first exceeds the second by, and how many times as
great it is. Below them are quantiles of closeness among pairs of skills that an edge joins, that share a
broader skill alone, and among all.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

# Run as a script, this file's own folder comes first and `import matching` would find a benchmark.
if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import numpy as np
from numpy.typing import NDArray

from matching.problem import EdgeKind, MentoringProgramme, Person, Problem
from matching.skills import closeness_of

TURNS, STRANGERS = 10, 20
THRESHOLDS = range(10, 42, 2)
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
Figures = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """Closeness of the nearest skill left to helpers and to strangers, in thousandths."""

    helpers: Figures
    strangers: Figures

    def kept(self, percent: int) -> tuple[float, float]:
        """Return the shares of helpers and of strangers that a threshold keeps."""
        least = 10 * percent
        return float((self.helpers >= least).mean()), float((self.strangers >= least).mean())


def nearest_of(problem: Problem, random: np.random.Generator) -> Nearest:
    """Hide every held skill once, and look at whom a wish for it would find.

    Raises
    ------
    ValueError
        When no mentor holds a skill that somebody wants beside another one.
    """
    held = [(person.id, row.skill) for person in problem.people for row in person.holds]
    order = random.permutation(len(held))
    helpers: list[int] = []
    strangers: list[int] = []
    for turn in range(TURNS):
        hidden = {held[place] for place in order[turn::TURNS].tolist()}
        for helper, others in _found(problem, hidden, random):
            helpers.append(helper)
            strangers += others
    if not helpers or not strangers:
        raise ValueError("No mentor of this problem holds a skill that somebody wants, beside another.")
    return Nearest(np.array(helpers), np.array(strangers))


def _found(
    problem: Problem, hidden: set[tuple[str, str]], random: np.random.Generator
) -> Iterator[tuple[int, list[int]]]:
    """Yield of each hidden skill that is wanted how near the helper is, and how near strangers are."""
    people = tuple(_without(person, hidden) for person in problem.people)
    closeness = closeness_of(replace(problem, people=people))
    number, figures = closeness.index, closeness.matrix.toarray()
    mentors = {row.person for programme in _mentoring(problem) for row in programme.mentors}
    left = {person.id: [number[row.skill] for row in person.holds] for person in people if person.holds}
    wanted = {row.skill for person in problem.people for row in person.wants}
    for person, skill in sorted(hidden):
        if skill not in wanted or person not in mentors or person not in left:
            continue
        near = figures[number[skill]]
        others = sorted(
            other
            for other in mentors & left.keys() - {person}
            if number[skill] not in left[other] and (other, skill) not in hidden
        )
        drawn = random.permutation(len(others))[:STRANGERS].tolist()
        yield int(near[left[person]].max()), [int(near[left[others[place]]].max()) for place in drawn]


def _without(person: Person, hidden: set[tuple[str, str]]) -> Person:
    return replace(person, holds=tuple(row for row in person.holds if (person.id, row.skill) not in hidden))


def _mentoring(problem: Problem) -> list[MentoringProgramme]:
    return [row for row in problem.programmes if isinstance(row, MentoringProgramme)]


def by_relation(problem: Problem) -> dict[str, list[int]]:
    """Return the closeness of pairs of skills that people name, by what joins them."""
    closeness = closeness_of(problem)
    number, figures = closeness.index, closeness.matrix.toarray()
    found: dict[str, list[int]] = defaultdict(list)
    joined: set[frozenset[str]] = set()
    narrower: dict[str, set[str]] = defaultdict(set)
    for edge in problem.skills.edges:
        joined.add(frozenset((edge.source, edge.target)))
        if edge.kind is EdgeKind.BROADER:
            narrower[edge.target].add(edge.source)
        if edge.source in number and edge.target in number:
            found[edge.kind.value].append(int(figures[number[edge.source], number[edge.target]]))
    kin = {pair for skills in narrower.values() for pair in combinations(sorted(skills & number.keys()), 2)}
    found["same broader"] = [
        int(figures[number[a], number[b]]) for a, b in sorted(kin) if frozenset((a, b)) not in joined
    ]
    found["all"] = figures[np.triu_indices(len(figures), 1)].tolist()
    return {name: figures for name, figures in found.items() if figures}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; return 2, with a sentence, when there is nothing to measure."""
    parser = argparse.ArgumentParser(description="Measure what a threshold of covers_wants lets through.")
    parser.add_argument("problem", type=Path, metavar="PROBLEM.json")
    parser.add_argument("--seed", type=int, default=1, help="seed of what is hidden (default 1)")
    options = parser.parse_args(arguments)
    try:
        problem = Problem.from_json(options.problem.read_text(encoding="utf-8"))
        nearest = nearest_of(problem, np.random.default_rng(options.seed))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(nearest.helpers):,} helpers and {len(nearest.strangers):,} strangers\n")
    print(f"{'at least':>8}{'helpers':>10}{'strangers':>11}{'less':>8}{'times':>8}")
    for percent in THRESHOLDS:
        helpers, strangers = nearest.kept(percent)
        times = f"{helpers / strangers:>8.2f}" if strangers else f"{'-':>8}"
        print(f"{percent:>6} %{helpers:>10.3f}{strangers:>11.3f}{helpers - strangers:>8.3f}{times}")
    print(f"\n{'pairs of skills':<16}{'number':>8}" + "".join(f"{100 * q:>7.0f} %" for q in QUANTILES))
    for name, figures in by_relation(problem).items():
        told = "".join(f"{figure:>9.0f}" for figure in np.quantile(figures, QUANTILES))
        print(f"{name:<16}{len(figures):>8,}{told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
