"""The skills of a snapshot: what people hold and want, and the part of the skill graph around it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa

from app.db import db
from app.skills.models import Claim, EdgeKind, Goal, Skill, SkillEdge
from matching import problem as engine

PREFIX = "s"
Who = sa.Select[int]
HeldRow = tuple[int, int, int]
WantedRow = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Levels:
    """What each person holds and wants, by their id."""

    holds: dict[int, list[engine.Held]] = field(default_factory=dict)
    wants: dict[int, list[engine.Wanted]] = field(default_factory=dict)

    def skills(self) -> set[int]:
        """Return the ids of all skills somebody holds or wants."""
        rows: Iterator[list[engine.Held] | list[engine.Wanted]] = iter(
            (*self.holds.values(), *self.wants.values())
        )
        return {skill_id_of(row.skill) for person in rows for row in person}


def skill_key(skill_id: int) -> str:
    """Return the id a skill has in a problem."""
    return f"{PREFIX}{skill_id}"


def skill_id_of(key: str) -> int:
    """Return the id in the database of a skill of a problem."""
    return int(key.removeprefix(PREFIX))


def levels_of(who: Who) -> Levels:
    """Read the claims and goals of some people."""
    levels = Levels(defaultdict(list), defaultdict(list))
    for person_id, skill_id, level in held_rows(who):
        levels.holds[person_id].append(engine.Held(skill_key(skill_id), level))
    for person_id, skill_id, level, importance in wanted_rows(who):
        levels.wants[person_id].append(engine.Wanted(skill_key(skill_id), level, importance))
    return levels


def held_rows(who: Who) -> Iterator[HeldRow]:
    """Yield the person, skill and level of each claim of some people."""
    claims = sa.select(Claim.person_id, Claim.skill_id, Claim.level).where(Claim.person_id.in_(who))
    yield from db.session.execute(claims)


def wanted_rows(who: Who) -> Iterator[WantedRow]:
    """Yield the person, skill, level and importance of each goal of some people."""
    goals = sa.select(Goal.person_id, Goal.skill_id, Goal.level, Goal.importance)
    yield from db.session.execute(goals.where(Goal.person_id.in_(who)))


def skill_rows(needed: set[int]) -> engine.SkillRows:
    """Return the needed skills with everything broader than them, and all edges between these."""
    edges = db.session.execute(
        sa.select(SkillEdge.from_skill_id, SkillEdge.kind, SkillEdge.to_skill_id)
    ).all()
    kept = _with_broader(needed, [(row[0], row[2]) for row in edges if row[1] is EdgeKind.BROADER])
    labels = db.session.execute(sa.select(Skill.id, Skill.label))
    return engine.SkillRows(
        nodes=tuple(
            engine.Skill(skill_key(skill_id), label) for skill_id, label in labels if skill_id in kept
        ),
        edges=tuple(
            engine.SkillEdge(skill_key(source), engine.EdgeKind(kind), skill_key(target))
            for source, kind, target in edges
            if source in kept and target in kept
        ),
    )


def _with_broader(needed: set[int], broader: list[tuple[int, int]]) -> set[int]:
    above: dict[int, list[int]] = defaultdict(list)
    for skill_id, broader_id in broader:
        above[skill_id].append(broader_id)
    kept, waiting = set(needed), list(needed)
    while waiting:
        fresh = [skill_id for skill_id in above.get(waiting.pop(), ()) if skill_id not in kept]
        kept.update(fresh)
        waiting.extend(fresh)
    return kept
