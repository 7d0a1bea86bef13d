"""Reads hospital-residents files, the text format of the stable matching literature, as `trellis-problem/1`.

It is that of Irving's program at Glasgow and of the files of algmatch. Line 1: how many residents and how
many hospitals. Then a line for each resident: its name and the hospitals it finds acceptable, the best first.
Then a line for each hospital: its name, its places and its residents. Names hold no spaces; colons after the
name and the places are allowed and mean nothing; brackets hold a tie.

    3 2                 3 2
    1 1 2               ann : north south
    2 1                 bob : north
    3 (1 2)             cem : (north south)
    1 2 1 2 3           north : 2 : ann bob cem
    2 1 3 1             south : 1 : cem ann
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.instances import InstanceError, Reading, problem_of
from matching.problem import Mentor

FIRST_CHOICE = 100


def read_hospital_residents(text: str) -> Reading:
    """Return a file of residents and hospitals as a problem.

    Raises
    ------
    InstanceError
        The file is not in the format, or nobody in it is acceptable to each other.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    residents, hospitals = _counts(lines)
    if len(lines) != 1 + residents + hospitals:
        raise InstanceError(
            lines[-1][0],
            f"line 1 announces {residents} residents and {hospitals} hospitals, "
            f"but {len(lines) - 1} lines follow.",
        )
    seeking = _owners(lines[1 : 1 + residents], "resident")
    offering = _owners(lines[1 + residents :], "hospital")
    places = {name: _capacity(owner) for name, owner in offering.items()}
    wishes = {name: _ranks(owner, owner.words, offering, "hospital") for name, owner in seeking.items()}
    liked = {name: _ranks(owner, owner.words[1:], seeking, "resident") for name, owner in offering.items()}
    mutual = [(a, b) for a, wished in wishes.items() for b in wished if a in liked[b]]
    if not mutual:
        raise InstanceError(lines[-1][0], "no resident and hospital list each other.")
    candidates, ranks = [], {}
    for a, b in mutual:
        pair = (f"resident {a}", f"hospital {b}")
        points = _standing(wishes[a][b], len(wishes[a])) + _standing(liked[b][a], len(liked[b]))
        candidates.append((*pair, points))
        ranks[pair] = (wishes[a][b], liked[b][a])
    mentors = [Mentor(person=f"hospital {name}", capacity=count) for name, count in places.items()]
    one_sided = sum(map(len, wishes.values())) + sum(map(len, liked.values())) - 2 * len(mutual)
    problem = problem_of("hospital residents", [f"resident {name}" for name in seeking], mentors, candidates)
    return Reading(problem, _what_hospitals_keep(one_sided), ranks)


def _what_hospitals_keep(one_sided: int) -> str:
    return (
        "Kept: who is acceptable to whom, places, and both sides' lists for counting blocking pairs. "
        "Lost: the file asks for a stable plan; here the most residents are placed, points are the sum of "
        f"both sides' standing ({FIRST_CHOICE} for a first choice), and pairs may block. "
        f"Left out: {one_sided} entries of people who do not list each other."
    )


@dataclass(frozen=True, slots=True)
class _Owner:
    """The owner of a preference list, the line it stands on and the words after the name."""

    line: int
    name: str
    words: list[str]


def _counts(lines: list[tuple[int, str]]) -> tuple[int, int]:
    if not lines:
        raise InstanceError(1, "the file is empty.")
    line, first = lines[0]
    if not re.fullmatch(r"\s*[0-9]{1,9}\s+[0-9]{1,9}\s*", first):
        raise InstanceError(line, "must hold two whole numbers: how many residents and how many hospitals.")
    residents, hospitals = map(int, first.split())
    return residents, hospitals


def _owners(lines: list[tuple[int, str]], noun: str) -> dict[str, _Owner]:
    owners: dict[str, _Owner] = {}
    for line, row in lines:
        words = re.findall(r"[()]|[^\s():]+", row)
        if not words or words[0] in "()":
            raise InstanceError(line, f"must begin with the name of a {noun}.")
        if words[0] in owners:
            raise InstanceError(
                line, f"{noun} {words[0]} already has a list on line {owners[words[0]].line}."
            )
        owners[words[0]] = _Owner(line, words[0], words[1:])
    return owners


def _capacity(owner: _Owner) -> int:
    if not owner.words or not re.fullmatch(r"[0-9]{1,5}", owner.words[0]):
        given = repr(owner.words[0][:40]) if owner.words else "nothing"
        raise InstanceError(
            owner.line, f"the places of hospital {owner.name} must be a whole number, not {given}."
        )
    return int(owner.words[0])


def _ranks(owner: _Owner, words: list[str], known: Mapping[str, _Owner], noun: str) -> dict[str, int]:
    """Return how each entry ranks: the number of entries before it, the same for all of a tie."""
    ranks: dict[str, int] = {}
    tied_at: int | None = None
    for word in words:
        if word == "(":
            if tied_at is not None:
                raise InstanceError(owner.line, f"the list of {owner.name} opens a tie inside a tie.")
            tied_at = len(ranks)
        elif word == ")":
            if tied_at is None:
                raise InstanceError(owner.line, f"the list of {owner.name} closes a tie that is not open.")
            tied_at = None
        elif word not in known:
            raise InstanceError(
                owner.line, f"the list of {owner.name} names {word[:40]}, which is no {noun} of the file."
            )
        elif word in ranks:
            raise InstanceError(owner.line, f"the list of {owner.name} names {noun} {word} twice.")
        else:
            ranks[word] = len(ranks) if tied_at is None else tied_at
    if tied_at is not None:
        raise InstanceError(owner.line, f"the list of {owner.name} does not close its last tie.")
    return ranks


def _standing(rank: int, length: int) -> int:
    """Return how far up a list somebody stands: 100 at its head, more than nothing at its end."""
    return FIRST_CHOICE - FIRST_CHOICE * rank // length
