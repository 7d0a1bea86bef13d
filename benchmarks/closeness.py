"""Measure how well closeness of skills ranks on ESCO: `python benchmarks/closeness.py DIR`.

DIR is a folder of ESCO's English CSV files, as `python -m matching generate --esco DIR` reads them.

*Held-out relations*: a tenth of the relations between skills (`requires` and `related`) that no other edge
joins are hidden. From one end of each, drawn by lot, all other skills are ranked; the other end should come
first.

*Held-out mentors*: each query is an occupation. The mentee wants three of its essential skills; the true
mentor holds others of them and none of those wanted; the rivals hold essential skills of other occupations,
the wanted ones among them where it happens so. Everybody is ranked by the share of the criterion `skills` at
equal levels: the average over the wants of the closest skill held. Occupations with fewer than six essential
skills are left out. People hold six skills of their occupation, or (*whole*) all of them.

Closeness comes from the hierarchy and the relations alone (*graph*), with every occupation as a colleague's
profile (*occupations*), and with the occupations of the queries left out of the profiles (*occupation
hidden*), so that nothing has told it that wants and mentor go together.

With `--labels` each of these is measured a second time (*and labels*), with the likeness of labels added.

AUC is the chance that the true one is ranked before another, ties counted half; hit@10 the chance that it is
among the first ten when ties are broken by lot. Exact overlap, Wu-Palmer and Lin stand beside ours.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Run as a script, this file's own folder comes first and `import matching` would find a benchmark.
if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import numpy as np

from benchmarks.ancestors import Hierarchy
from benchmarks.esco import Catalogue, Edge, Measure, Rows, Vector, read_catalogue
from matching.labels import read_words

WANTED, FEWEST_ESSENTIAL = 3, 6
FIRST = 10
HIDDEN_SHARE = 10


@dataclass(frozen=True, slots=True)
class Quality:
    """Average AUC and hit@10 of some rankings."""

    auc: float
    hit: float

    def __str__(self) -> str:
        return f"{self.auc:>8.3f}{self.hit:>8.3f}"


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """What a mentee wants, and what people hold: `held` from each of `starts` on, the true mentor first."""

    wants: Rows
    held: Rows
    starts: Rows


def rank(scores: Vector) -> tuple[float, float]:
    """Return AUC and the chance of being among the first ten of the first score, against the others."""
    before, equal = int((scores[1:] > scores[0]).sum()), int((scores[1:] == scores[0]).sum())
    others = len(scores) - 1
    return 1 - (before + equal / 2) / others, float(np.clip((FIRST - before) / (equal + 1), 0, 1))


def hide_relations(
    catalogue: Catalogue, queries: int, random: np.random.Generator
) -> tuple[list[Edge], list[tuple[int, int]]]:
    """Return the edges that stay and the pairs of skills whose relation is hidden, at most so many."""
    times: dict[frozenset[str], int] = {}
    for source, _kind, target in catalogue.edges:
        pair = frozenset((source, target))
        times[pair] = times.get(pair, 0) + 1
    alone = [
        edge for edge in catalogue.edges if edge[1] != "broader" and times[frozenset((edge[0], edge[2]))] == 1
    ]
    if not alone:
        raise ValueError("The ESCO folder has no relation between skills to hide.")
    drawn = random.permutation(len(alone))[: max(1, len(alone) // HIDDEN_SHARE)]
    hidden = [alone[number] for number in drawn]
    ends = [(catalogue.index[source], catalogue.index[target]) for source, _kind, target in hidden[:queries]]
    turned = random.random(len(ends)) < 0.5
    pairs = [(b, a) if turn else (a, b) for (a, b), turn in zip(ends, turned, strict=True)]
    gone = set(hidden)
    return [edge for edge in catalogue.edges if edge not in gone], pairs


def relation_quality(measure: Measure, pairs: Sequence[tuple[int, int]]) -> Quality:
    """Rank the hidden neighbour of each skill among all others."""
    found = []
    for skill, neighbour in pairs:
        scores = measure(skill)
        found.append(rank(np.concatenate((scores[[neighbour]], np.delete(scores, [skill, neighbour])))))
    return Quality(*np.mean(found, axis=0).tolist())


def mentor_queries(
    catalogue: Catalogue, chosen: Rows, rivals: int, held: int | None, random: np.random.Generator
) -> list[Query]:
    """Make a query of each chosen occupation; people hold so many skills of theirs, or all of them."""
    possible = _possible(catalogue)
    made = []
    for occupation in chosen:
        skills = catalogue.occupations[occupation]
        wants = random.choice(skills, size=WANTED, replace=False)
        others = random.choice(possible[possible != occupation], size=rivals, replace=False)
        people = [np.setdiff1d(skills, wants), *(catalogue.occupations[other] for other in others)]
        if held is not None:
            people = [random.choice(p, size=min(held, len(p)), replace=False) for p in people]
        starts = np.cumsum([0, *(len(person) for person in people[:-1])])
        made.append(Query(wants, np.concatenate(people), starts))
    return made


def mentor_quality(measure: Measure, queries: Sequence[Query]) -> Quality:
    """Rank each true mentor among the rivals by the average over wants of the closest skill held."""
    found = []
    for query in queries:
        near = np.array([measure(want)[query.held] for want in query.wants])
        found.append(rank(np.maximum.reduceat(near, query.starts, axis=1).sum(axis=0) // WANTED))
    return Quality(*np.mean(found, axis=0).tolist())


def exact_share(queries: Sequence[Query]) -> float:
    """Return the share of wants that somebody among the rivals holds exactly."""
    return float(np.mean([np.isin(query.wants, query.held).mean() for query in queries]))


def _possible(catalogue: Catalogue) -> Rows:
    return np.flatnonzero([len(skills) >= FEWEST_ESSENTIAL for skills in catalogue.occupations])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; return 2, with a sentence, when the folder is not ESCO's."""
    options = _options(arguments)
    start = time.perf_counter()
    try:
        catalogue = read_catalogue(options.directory, read_words() if options.labels else None)
        random = np.random.default_rng(options.seed)
        print_relations(catalogue, options.queries, random)
        print_mentors(catalogue, options.queries, options.rivals, random)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(
        f"\n{time.perf_counter() - start:.0f} s, {time.process_time():.0f} s of CPU time, seed {options.seed}"
    )
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Measure how well closeness of skills ranks what was hidden from it, on ESCO."
    )
    parser.add_argument("directory", type=Path, metavar="DIR", help="folder of ESCO's CSV files")
    parser.add_argument("--queries", type=_positive, default=300, help="rankings of each kind (default 300)")
    parser.add_argument(
        "--rivals", type=_positive, nargs="+", default=[200, 1000], help="other mentors (default 200 1000)"
    )
    parser.add_argument("--seed", type=int, default=7, help="seed of what is drawn (default 7)")
    parser.add_argument("--labels", action="store_true", help="with labels as well (`make labels` first)")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number


def print_relations(catalogue: Catalogue, queries: int, random: np.random.Generator) -> None:
    """Print the table of hidden relations."""
    edges, pairs = hide_relations(catalogue, queries, random)
    print(f"Held-out relations: {len(pairs)} hidden neighbours, each among {len(catalogue.ids) - 1:,} skills")
    print(f"{'':<32}{'AUC':>8}{'hit@10':>8}")
    measures = {
        **catalogue.closeness("graph", edges, ()),
        **catalogue.closeness("occupations", edges, catalogue.occupations),
        **_others(catalogue),
    }
    for name, measure in measures.items():
        print(f"{name:<32}{relation_quality(measure, pairs)}")


def _others(catalogue: Catalogue) -> dict[str, Measure]:
    numbered = catalogue.index
    hierarchy = Hierarchy(
        len(catalogue.ids),
        (
            (numbered[source], numbered[target])
            for source, kind, target in catalogue.edges
            if kind == "broader"
        ),
    )
    return {"exact": catalogue.exact, "Wu-Palmer": hierarchy.wu_palmer, "Lin": hierarchy.lin}


def print_mentors(
    catalogue: Catalogue, queries: int, rivals: Sequence[int], random: np.random.Generator
) -> None:
    """Print the table of hidden mentors, a pair of columns for each number of rivals and size of profile."""
    possible = _possible(catalogue)
    if len(possible) <= max(rivals):
        raise ValueError(
            f"{max(rivals):,} rivals need more occupations than the {len(possible):,} of this folder."
        )
    chosen = random.choice(possible, size=min(queries, len(possible)), replace=False)
    hidden = set(chosen.tolist())
    remaining = [rows for number, rows in enumerate(catalogue.occupations) if number not in hidden]
    columns = {
        f"{number:,}{'' if held else ' whole'}": mentor_queries(catalogue, chosen, number, held, random)
        for held in (FEWEST_ESSENTIAL, None)
        for number in rivals
    }
    measures = {
        **catalogue.closeness("graph", catalogue.edges, ()),
        **catalogue.closeness("occupations", catalogue.edges, catalogue.occupations),
        **catalogue.closeness("occupation hidden", catalogue.edges, remaining),
        **_others(catalogue),
    }
    print(f"\nHeld-out mentors: {len(chosen)} wishes of {WANTED} skills, the true mentor among others")
    print(f"{'':<32}" + "".join(f"{name:>16}" for name in columns))
    print(f"{'':<32}" + f"{'AUC':>8}{'hit@10':>8}" * len(columns))
    for name, measure in measures.items():
        print(f"{name:<32}" + "".join(str(mentor_quality(measure, made)) for made in columns.values()))
    shares = "".join(f"{100 * exact_share(made):>14.0f} %" for made in columns.values())
    print(f"{'wants with an exact mentor':<32}{shares}")


if __name__ == "__main__":
    sys.exit(main())
