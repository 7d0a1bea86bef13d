"""Bringing the skills of ESCO in line with a release: a difference in bulk that keeps claims and goals."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app import audit, clock
from app.db import db
from app.skills.esco import Concept, Release
from app.skills.models import Claim, EdgeKind, Goal, Skill, SkillAlias, SkillEdge, Source
from app.text import folded

CHUNK = 1_000
IDS_A_QUERY = 500

Alias = tuple[str, str]
Edge = tuple[str, EdgeKind, str]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a release changes, in numbers."""

    added: int
    relabelled: int
    described: int
    deprecated: int
    restored: int
    aliases_added: int
    aliases_removed: int
    edges_added: int
    edges_removed: int
    kept_in_use: int

    @property
    def changes_anything(self) -> bool:
        """Tell whether the tables differ from the release."""
        return any(value for name, value in asdict(self).items() if name != "kept_in_use")


@dataclass(frozen=True, slots=True)
class Difference:
    """What is to be written: skills, aliases and edges, all by the addresses of ESCO."""

    ids: dict[str, int]
    added: list[Concept]
    relabelled: list[Concept]
    described: list[Concept]
    restored: list[str]
    deprecated: list[str]
    aliases_added: list[Alias]
    aliases_removed: list[Alias]
    edges_added: list[Edge]
    edges_removed: list[Edge]


@dataclass(frozen=True, slots=True)
class _Known:
    """A skill of ESCO as the database has it."""

    id: int
    label: str
    description: str
    is_deprecated: bool


def compare(release: Release) -> Difference:
    """Compare a release with the skills of ESCO in the database."""
    known, concepts = _known_skills(), release.concepts
    both = [concept for uri, concept in concepts.items() if uri in known]
    aliases = {(uri, alias) for uri, concept in concepts.items() for alias in concept.aliases}
    held_aliases = {alias for alias in _known_aliases() if alias[0] in concepts}
    held_edges = set(_known_edges())
    stale_edges = {edge for edge in held_edges - release.edges if not _is_of_vanished(edge, concepts)}
    return Difference(
        ids={uri: skill.id for uri, skill in known.items()},
        added=[concept for uri, concept in concepts.items() if uri not in known],
        relabelled=[concept for concept in both if known[concept.uri].label != concept.label],
        described=[concept for concept in both if known[concept.uri].description != concept.description],
        restored=[concept.uri for concept in both if known[concept.uri].is_deprecated],
        deprecated=[uri for uri, skill in known.items() if uri not in concepts and not skill.is_deprecated],
        aliases_added=sorted(aliases - held_aliases),
        aliases_removed=sorted(held_aliases - aliases),
        edges_added=sorted(release.edges - held_edges),
        edges_removed=sorted(stale_edges),
    )


def count(difference: Difference) -> Counts:
    """Return how much a difference changes."""
    return Counts(
        added=len(difference.added),
        relabelled=len(difference.relabelled),
        described=len(difference.described),
        deprecated=len(difference.deprecated),
        restored=len(difference.restored),
        aliases_added=len(difference.aliases_added),
        aliases_removed=len(difference.aliases_removed),
        edges_added=len(difference.edges_added),
        edges_removed=len(difference.edges_removed),
        kept_in_use=_count_in_use([difference.ids[uri] for uri in difference.deprecated]),
    )


def _is_of_vanished(edge: Edge, concepts: dict[str, Concept]) -> bool:
    """Tell whether an edge starts at a skill that left ESCO: it still tells what those claims are near.

    Edges that lead to such a skill give way to those of the release, so that no circle closes through it.
    """
    one, kind, other = edge
    return one not in concepts or (kind is EdgeKind.RELATED and other not in concepts)


def apply_difference(difference: Difference, *, by: audit.Actor) -> None:
    """Write a difference, in the transaction of the caller, and record it."""
    counts = count(difference)
    ids = dict(difference.ids)
    for part in _parts(difference.added):
        ids |= _insert_skills(part)
    changed = {concept.uri: concept for concept in (*difference.relabelled, *difference.described)}
    for part in _parts([*changed.values()]):
        db.session.execute(
            sa.update(Skill), [{"id": ids[concept.uri], **_texts(concept)} for concept in part]
        )
    _set_deprecated_at([ids[uri] for uri in difference.deprecated], clock.now())
    _set_deprecated_at([ids[uri] for uri in difference.restored], None)
    _swap_edges(difference, ids)
    _swap_aliases(difference, ids)
    if counts.changes_anything:
        audit.record(audit.Entry("skills.import_esco", "skill", details=asdict(counts)), by=by)
    db.session.expire_all()


def _known_skills() -> dict[str, _Known]:
    query = sa.select(
        Skill.source_key, Skill.id, Skill.label, Skill.description, Skill.deprecated_at.is_not(None)
    )
    rows = db.session.execute(query.where(Skill.source == Source.ESCO))
    return {uri: _Known(id_, label, description, gone) for uri, id_, label, description, gone in rows}


def _known_aliases() -> Iterator[Alias]:
    query = sa.select(Skill.source_key, SkillAlias.label).join(SkillAlias, SkillAlias.skill_id == Skill.id)
    yield from db.session.execute(query.where(Skill.source == Source.ESCO))


def _known_edges() -> Iterator[Edge]:
    """Yield the edges between skills of ESCO; those to other skills are not ESCO's to change."""
    one, other = aliased(Skill), aliased(Skill)
    query = (
        sa.select(one.source_key, SkillEdge.kind, other.source_key)
        .join(one, one.id == SkillEdge.from_skill_id)
        .join(other, other.id == SkillEdge.to_skill_id)
        .where(one.source == Source.ESCO, other.source == Source.ESCO)
    )
    for first, kind, second in db.session.execute(query):
        if kind is EdgeKind.RELATED and first > second:
            first, second = second, first
        yield first, kind, second


def _count_in_use(ids: Sequence[int]) -> int:
    """Return how many of these skills someone claims or wishes for."""
    used: set[int] = set()
    for part in _parts(ids, size=IDS_A_QUERY):
        for table in (Claim, Goal):
            used |= set(db.session.scalars(sa.select(table.skill_id).where(table.skill_id.in_(part))))
    return len(used)


def _texts(concept: Concept) -> dict[str, str]:
    return {"label": concept.label, "folded_label": folded(concept.label), "description": concept.description}


def _insert_skills(concepts: Iterable[Concept]) -> dict[str, int]:
    rows = [{"source": Source.ESCO, "source_key": concept.uri, **_texts(concept)} for concept in concepts]
    inserted = db.session.execute(sa.insert(Skill).returning(Skill.source_key, Skill.id), rows)
    return dict(inserted.all())


def _set_deprecated_at(ids: Sequence[int], instant: Any) -> None:
    for part in _parts(ids, size=IDS_A_QUERY):
        db.session.execute(sa.update(Skill).where(Skill.id.in_(part)).values(deprecated_at=instant))


def _swap_aliases(difference: Difference, ids: dict[str, int]) -> None:
    aliases: Any = SkillAlias.__table__
    gone = sa.delete(aliases).where(
        aliases.c.skill_id == sa.bindparam("of_skill"), aliases.c.label == sa.bindparam("of_label")
    )
    for part in _parts(difference.aliases_removed):
        db.session.connection().execute(
            gone, [{"of_skill": ids[uri], "of_label": label} for uri, label in part]
        )
    for part in _parts(difference.aliases_added):
        rows = [{"skill_id": ids[uri], "label": label, "folded_label": folded(label)} for uri, label in part]
        db.session.execute(sa.insert(SkillAlias), rows)


def _swap_edges(difference: Difference, ids: dict[str, int]) -> None:
    edges: Any = SkillEdge.__table__
    gone = sa.delete(edges).where(
        edges.c.from_skill_id == sa.bindparam("one"),
        edges.c.kind == sa.bindparam("of_kind"),
        edges.c.to_skill_id == sa.bindparam("other"),
    )
    for part in _parts(difference.edges_removed):
        rows = [_edge_row(edge, ids) for edge in part]
        db.session.connection().execute(
            gone,
            [
                {"one": row["from_skill_id"], "of_kind": row["kind"], "other": row["to_skill_id"]}
                for row in rows
            ],
        )
    for part in _parts(difference.edges_added):
        db.session.execute(sa.insert(SkillEdge), [_edge_row(edge, ids) for edge in part])


def _edge_row(edge: Edge, ids: dict[str, int]) -> dict[str, Any]:
    one, kind, other = ids[edge[0]], edge[1], ids[edge[2]]
    if kind is EdgeKind.RELATED and one > other:
        one, other = other, one
    return {"from_skill_id": one, "kind": kind, "to_skill_id": other}


def _parts(items: Sequence[Any], *, size: int = CHUNK) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
