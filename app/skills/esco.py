"""Reading an ESCO release: skills and groups as skills, relations as edges, and what was found amiss.

ESCO is the classification of European skills, competences, qualifications and occupations. Its labels, notes
and relations hold traps that are put right here, counted, and told to whoever imports them.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import networkx as nx

from app.skills.esco_files import BROADER, GROUPS, RELATED, SKILLS, find_files, rows_of
from app.skills.models import EdgeKind
from app.text import cleaned_line, cleaned_text, folded

ATTRIBUTION = "This service uses the ESCO classification of the European Commission."
LONGEST_LABEL = 300
TAG = re.compile(r"<[^<>]*>")
BLANK_OR_NOTHING = {
    "\u00a0": " ",
    "\u202f": " ",
    "\u2007": " ",
    "\u200b": None,
    "\u2060": None,
    "\ufeff": None,
}
UNSEEN = str.maketrans(BLANK_OR_NOTHING)
NOT_IN_FORCE = frozenset({"obsolete", "deprecated"})
KIND_OF_RELATION = {"essential": EdgeKind.REQUIRES, "optional": EdgeKind.RELATED}

Edge = tuple[str, EdgeKind, str]


@dataclass(frozen=True, slots=True)
class Concept:
    """A skill or a group of skills, known by its address."""

    uri: str
    label: str
    description: str
    aliases: tuple[str, ...]


@dataclass(slots=True)
class Release:
    """One release of ESCO: concepts by address, edges between them, and counts of what was found."""

    concepts: dict[str, Concept] = field(default_factory=dict)
    edges: set[Edge] = field(default_factory=set)
    found: Counter[str] = field(default_factory=Counter)


def read_release(folder: Path) -> Release:
    """Read the files of a release.

    Raises:
        Invalid: when a file is absent or cannot be read.
    """
    files = find_files(folder)
    release = Release()
    types = dict(_read_concepts(rows_of(SKILLS, files[SKILLS]), release))
    release.found["skills"] = len(release.concepts)
    release.found["skills without type"] = sum(not kind for kind in types.values())
    _ = dict(_read_concepts(rows_of(GROUPS, files[GROUPS]), release))
    release.found["groups"] = len(release.concepts) - release.found["skills"]
    release.found["labels borne by several"] = _count_shared(
        concept.label for concept in release.concepts.values()
    )
    release.edges = set(_read_broader(rows_of(BROADER, files[BROADER]), release))
    release.edges |= set(_read_relations(rows_of(RELATED, files[RELATED]), release, types))
    _leave_out_circles(release)
    parents = Counter(child for child, kind, _ in release.edges if kind is EdgeKind.BROADER)
    release.found["skills below several"] = sum(count > 1 for count in parents.values())
    return release


def _read_concepts(rows: Iterable[dict[str, str]], release: Release) -> Iterator[tuple[str, str]]:
    """Add concepts to the release and yield the type of each; those no longer in force are left out."""
    for row in rows:
        uri, label = row["conceptUri"].strip(), _label(row["preferredLabel"], release)
        if row["status"].strip().casefold() in NOT_IN_FORCE:
            release.found["not in force"] += 1
        elif not uri or not label or uri in release.concepts:
            release.found["without label, or twice"] += 1
        else:
            release.concepts[uri] = Concept(
                uri, label, _description(row, release), _aliases(row, label, release)
            )
            yield uri, row.get("skillType", "").strip()


def _label(text: str, release: Release) -> str:
    return cleaned_line(_plain(text, release))[:LONGEST_LABEL].strip()


def _plain(text: str, release: Release) -> str:
    """Return `text` without the spaces that nobody sees."""
    plain = text.translate(UNSEEN)
    release.found["unseen spaces"] += plain != text
    return plain


def _aliases(row: dict[str, str], label: str, release: Release) -> tuple[str, ...]:
    """Return the other labels, one a line in the file, each once and none equal to the label."""
    by_name = {folded(label): ""}
    for line in f"{row['altLabels']}\n{row['hiddenLabels']}".splitlines():
        alias = _label(line, release)
        if alias:
            by_name.setdefault(folded(alias), alias)
    return tuple(sorted(filter(None, by_name.values())))


def _description(row: dict[str, str], release: Release) -> str:
    parts = []
    for column in ("description", "scopeNote"):
        text = row[column]
        if TAG.search(text):
            release.found["texts with HTML"] += 1
            text = html.unescape(TAG.sub("", text))
        parts.append(cleaned_text(_plain(text, release)))
    return "\n\n".join(filter(None, parts))


def _count_shared(labels: Iterable[str]) -> int:
    return sum(count > 1 for count in Counter(folded(label) for label in labels).values())


def _read_broader(rows: Iterable[dict[str, str]], release: Release) -> Iterator[Edge]:
    for row in rows:
        child, parent = row["conceptUri"].strip(), row["broaderUri"].strip()
        if _is_sound(child, parent, release):
            yield child, EdgeKind.BROADER, parent


def _read_relations(
    rows: Iterable[dict[str, str]], release: Release, types: dict[str, str]
) -> Iterator[Edge]:
    """Yield the relations between skills: what is essential is required, what is optional is related."""
    for row in rows:
        one, other = row["originalSkillUri"].strip(), row["relatedSkillUri"].strip()
        if one in types and row["originalSkillType"].strip() != types[one]:
            release.found["relations that state another type"] += 1
        kind = KIND_OF_RELATION.get(row["relationType"].strip().casefold())
        if kind is None:
            release.found["relations of unknown type"] += 1
        elif _is_sound(one, other, release):
            if kind is EdgeKind.RELATED and one > other:
                one, other = other, one
            yield one, kind, other


def _is_sound(one: str, other: str, release: Release) -> bool:
    if one == other:
        release.found["relations of a skill to itself"] += 1
    elif one not in release.concepts or other not in release.concepts:
        release.found["relations to what is not there"] += 1
    else:
        return True
    return False


def _leave_out_circles(release: Release) -> None:
    """Drop the edges of any circle: what is broader or required must lead somewhere."""
    for kind in (EdgeKind.BROADER, EdgeKind.REQUIRES):
        graph = nx.DiGraph((one, other) for one, of_kind, other in release.edges if of_kind is kind)
        circle = {
            node: number
            for number, nodes in enumerate(nx.strongly_connected_components(graph))
            for node in nodes
        }
        inside = {(one, kind, other) for one, other in graph.edges if circle[one] == circle[other]}
        release.found["relations in a circle"] += len(inside)
        release.edges -= inside
