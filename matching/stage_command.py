"""The command `python -m matching stage chats | final`: the problems of a round in two stages."""

import argparse
import csv
import io
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from matching.command_files import read, write
from matching.console import DONE, whole
from matching.problem import Problem
from matching.solution import Solution

COLUMNS = ["mentee", "mentor", "by_mentee", "by_mentor"]
RATINGS = ("1", "2", "3", "4", "5")


def add_stage(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command with its two stages."""
    stages = commands.add_parser("stage", help="write the problem of trial chats, or of the match after them")
    stage = stages.add_subparsers(required=True, metavar="chats|final")
    chats = stage.add_parser("chats", help="who has a trial chat with whom")
    chats.add_argument("problem", metavar="PROBLEM.json")
    chats.add_argument("--programme", metavar="ID", help="the programme; needed where there are several")
    chats.add_argument("--chats", type=whole, default=3, metavar="N", help="of each mentee, at most (3)")
    chats.add_argument("--chats-a-mentor", type=whole, metavar="N", help="at most; N for each place else")
    chats.set_defaults(run=_chats)
    final = stage.add_parser("final", help="the final match, by the ratings of the chats")
    final.add_argument("problem", metavar="PROBLEM.json", help="as it was before the chats")
    final.add_argument("solution", metavar="CHATS_SOLUTION.json")
    final.add_argument("ratings", metavar="RATINGS.csv", help=f"with the columns {', '.join(COLUMNS)}")
    final.add_argument("--weight", type=whole, metavar="W", help="of the ratings among the criteria")
    final.set_defaults(run=_final)
    for parser in (chats, final):
        parser.add_argument("-o", "--output", default="-", metavar="NEW_PROBLEM.json")


def _chats(options: argparse.Namespace) -> int:
    from matching.chats import chats_problem

    problem = Problem.from_json(read(options.problem))
    names = [row.id for row in problem.programmes]
    if options.programme is None and len(names) != 1:
        raise ValueError(f"Say with --programme which it is: {', '.join(names)}.")
    made = chats_problem(
        problem,
        options.programme or names[0],
        chats=options.chats,
        chats_a_mentor=options.chats_a_mentor,
    )
    write(options.output, made.to_json())
    return DONE


def _final(options: argparse.Namespace) -> int:
    from matching.chats import final_problem

    problem = Problem.from_json(read(options.problem))
    chats = Solution.from_json(read(options.solution))
    ratings = _ratings(options.ratings, chats)
    made = final_problem(problem, chats, ratings, weight=options.weight)
    write(options.output, made.to_json())
    rated = sum(rating is not None for pair in ratings.values() for rating in pair)
    print(f"{rated:,} ratings of {len(made.previous):,} chats.", file=sys.stderr)
    return DONE


def _ratings(name: str, chats: Solution) -> dict[tuple[str, str], tuple[int | None, int | None]]:
    """Return the ratings of a file; `ValueError` names every row that is wrong."""
    from matching.rematch import matches_of

    table = csv.DictReader(io.StringIO(read(name).decode("utf-8-sig")))
    file = Path(name).name
    if table.fieldnames is None or sorted(table.fieldnames) != sorted(COLUMNS):
        raise ValueError(f"{file}: the first row must be {','.join(COLUMNS)}.")
    met = {match.members for match in matches_of(chats)}
    found: dict[tuple[str, str], tuple[int | None, int | None]] = {}
    wrong: list[str] = []
    for row in table:
        faults = [f"{file}:{table.line_num}: {fault}" for fault in _faults(row, met, found)]
        wrong += faults
        if not faults:
            found[row["mentee"], row["mentor"]] = _rating(row["by_mentee"]), _rating(row["by_mentor"])
    if wrong:
        raise ValueError("\n".join(wrong))
    return found


def _faults(
    row: dict[str, str], met: set[tuple[str, ...]], found: Collection[tuple[str, str]]
) -> Iterator[str]:
    """Yield what is wrong with one row of ratings."""
    if None in row or None in row.values():
        yield f"a row has {len(COLUMNS)} cells."
        return
    pair = row["mentee"], row["mentor"]
    if pair not in met:
        yield f'mentee "{pair[0]}" and mentor "{pair[1]}" had no chat.'
    elif pair in found or pair[::-1] in found:
        yield f'the chat of "{pair[0]}" and "{pair[1]}" stands here twice.'
    for column in COLUMNS[2:]:
        if row[column].strip() not in ("", *RATINGS):
            yield f'{column} must be from 1 to 5 or empty, not "{row[column]}".'


def _rating(cell: str) -> int | None:
    return int(cell) if cell.strip() else None
