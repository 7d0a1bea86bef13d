"""The starter taxonomy: skills of office work in twelve families, loaded as a difference to what is there."""

import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import audit, clock
from app.db import db
from app.skills.models import EdgeKind, Skill, SkillAlias, SkillEdge, Source
from app.text import folded

TAXONOMY_FILE = Path(__file__).with_name("starter_taxonomy.toml")

Edge = tuple[int, EdgeKind, int]


@dataclass(slots=True)
class Counts:
    """What loading the taxonomy did."""

    skills: int = 0
    added: int = 0
    changed: int = 0
    deprecated: int = 0
    edges_added: int = 0
    edges_removed: int = 0

    @property
    def changed_anything(self) -> bool:
        """Tell whether the tables differ from before."""
        return any((self.added, self.changed, self.deprecated, self.edges_added, self.edges_removed))


def load_starter_taxonomy(*, by: audit.Actor, path: Path = TAXONOMY_FILE) -> Counts:
    """Bring the skills of the starter taxonomy in line with its file; what left the file is deprecated."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["skill"]
    held = {skill.source_key: skill for skill in _starter_skills()}
    counts = Counts(skills=len(entries))
    for entry in entries:
        skill = held.get(entry["id"])
        if skill is None:
            held[entry["id"]] = _added(entry)
            counts.added += 1
        elif _update(skill, entry):
            counts.changed += 1
    counts.deprecated = _deprecate(held, keep={entry["id"] for entry in entries})
    db.session.flush()
    counts.edges_added, counts.edges_removed = _bring_edges_in_line(entries, held)
    if counts.changed_anything:
        audit.record(audit.Entry("skills.load_starter", "skill", details=asdict(counts)), by=by)
    return counts


def _starter_skills() -> Iterable[Skill]:
    query = sa.select(Skill).filter_by(source=Source.STARTER).options(sa.orm.selectinload(Skill.aliases))
    return db.session.scalars(query)


def _added(entry: dict[str, Any]) -> Skill:
    skill = Skill(source=Source.STARTER, source_key=entry["id"], aliases=_aliases(entry["aliases"]))
    _set_texts(skill, entry)
    db.session.add(skill)
    return skill


def _update(skill: Skill, entry: dict[str, Any]) -> bool:
    """Change what differs and tell whether anything did."""
    before = (skill.label, skill.description, skill.deprecated_at)
    _set_texts(skill, entry)
    skill.deprecated_at = None
    wanted = set(entry["aliases"])
    known = {alias.label for alias in skill.aliases}
    if wanted != known:
        skill.aliases = [alias for alias in skill.aliases if alias.label in wanted]
        skill.aliases += _aliases(sorted(wanted - known))
    return wanted != known or before != (skill.label, skill.description, None)


def _set_texts(skill: Skill, entry: dict[str, Any]) -> None:
    skill.label = entry["label"]
    skill.folded_label = folded(entry["label"])
    skill.description = entry["description"]


def _aliases(labels: Iterable[str]) -> list[SkillAlias]:
    return [SkillAlias(label=label, folded_label=folded(label)) for label in labels]


def _deprecate(held: dict[str, Skill], *, keep: set[str]) -> int:
    """Deprecate the skills that left the file and return how many those were."""
    gone = [skill for key, skill in held.items() if key not in keep and skill.deprecated_at is None]
    for skill in gone:
        skill.deprecated_at = clock.now()
    return len(gone)


def _bring_edges_in_line(entries: list[dict[str, Any]], held: dict[str, Skill]) -> tuple[int, int]:
    """Add and remove edges between starter skills; edges to skills from elsewhere stay."""
    ids = {key: skill.id for key, skill in held.items()}
    wanted = {_edge(ids[entry["id"]], kind, ids[other]) for entry in entries for kind in EdgeKind
              for other in entry[kind.value]}  # fmt: skip
    starters = sa.select(Skill.id).filter_by(source=Source.STARTER)
    edges = db.session.scalars(
        sa.select(SkillEdge).where(SkillEdge.from_skill_id.in_(starters), SkillEdge.to_skill_id.in_(starters))
    )
    known = {(edge.from_skill_id, edge.kind, edge.to_skill_id): edge for edge in edges}
    for edge in known.keys() - wanted:
        db.session.delete(known[edge])
    added = sorted(wanted - known.keys())
    db.session.add_all(
        SkillEdge(from_skill_id=source, kind=kind, to_skill_id=target) for source, kind, target in added
    )
    db.session.flush()
    return len(added), len(known.keys() - wanted)


def _edge(source: int, kind: EdgeKind, target: int) -> Edge:
    if kind is EdgeKind.RELATED and source > target:
        return target, kind, source
    return source, kind, target
