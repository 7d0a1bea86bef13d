"""What the pages about skills, and whoever needs a skill by its name, read from the skill graph."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.skills.models import Skill, SkillAlias
from app.text import folded

LAST_LETTER = "\U0010ffff"
BYTE_ORDER = {"sqlite": "BINARY", "postgresql": "C"}
SUGGESTIONS = 8
NAMES_A_SKILL = 40  # how many of the closest names are read for each skill wanted
NAMES_RANKED = 5_000  # text that is in more names than this says too little to rank them all
SHORTEST_PART = 3  # fewer letters are looked for at the start of words only: they are inside most names
WORDS_COMPARED = 6
LONGEST_SEARCH = 100
NAMES_A_QUERY = 500

Condition = sa.ColumnElement[bool]
Column = sa.ColumnElement[str]


@dataclass(frozen=True, slots=True)
class SkillMatch:
    """A skill found by its name; `alias` is the other name that matched, when it was not the label."""

    skill_id: int
    label: str
    alias: str | None

    @property
    def words(self) -> str:
        """The label, with the alias that explains why it is here."""
        return self.label if self.alias is None else f"{self.label} ({self.alias})"


def matching_skills(text: str, limit: int = SUGGESTIONS) -> list[SkillMatch]:
    """Return the skills whose names match best: the whole name, then its start, a word's start, any part."""
    wanted = folded(text)[:LONGEST_SEARCH]
    if not wanted:
        return []
    found: dict[int, SkillMatch] = {}
    for holds in (_begins, _holds_words_of):
        if len(found) < limit:
            of_skill = holds(Skill.folded_label.expression, wanted)
            of_alias = holds(SkillAlias.folded_label.expression, wanted)
            for match in _closest(_names(of_skill, of_alias), wanted, limit=limit + len(found)):
                found.setdefault(match.skill_id, match)
    return list(found.values())[:limit]


def _begins(name: Column, wanted: str) -> Condition:
    """Hold for names with this start, in the order of the index."""
    ordered = name.collate(BYTE_ORDER[db.engine.dialect.name])
    return sa.and_(ordered >= wanted, ordered < wanted + LAST_LETTER)


def _begins_word(name: Column, wanted: str) -> Condition:
    return name.contains(" " + wanted, autoescape=True)


def _holds_words_of(name: Column, wanted: str) -> Condition:
    """Hold for names with all these words in any order, or parts of words when they are long enough."""
    words = wanted.split()[:WORDS_COMPARED]
    if max(map(len, words)) < SHORTEST_PART:
        return _begins_word(name, wanted)
    return sa.and_(*(name.contains(word, autoescape=True) for word in words))


def _names(of_skill: Condition, of_alias: Condition) -> sa.CompoundSelect[int, str, str]:
    """Return the labels and aliases for which these hold."""
    no_alias = sa.cast(sa.null(), sa.String).label("alias")
    return sa.union_all(
        sa.select(Skill.id.label("skill_id"), Skill.folded_label.label("name"), no_alias).where(of_skill),
        sa.select(SkillAlias.skill_id, SkillAlias.folded_label, SkillAlias.label).where(of_alias),
    )


def _closest(names: sa.CompoundSelect[int, str, str], wanted: str, *, limit: int) -> list[SkillMatch]:
    """Return each skill once, under its closest name: labels before aliases, short before long."""
    named = names.limit(NAMES_RANKED).subquery()
    size = limit * NAMES_A_SKILL
    while True:
        nearest = sa.select(named).order_by(*_order(named, wanted)).limit(size).subquery()
        query = (
            sa.select(Skill.id, Skill.label, nearest.c.alias, Skill.deprecated_at)
            .join(nearest, nearest.c.skill_id == Skill.id)
            .order_by(*_order(nearest, wanted))
        )
        rows = db.session.execute(query).all()
        found: dict[int, SkillMatch] = {}
        for skill_id, label, alias, deprecated_at in rows:
            if deprecated_at is None:
                found.setdefault(skill_id, SkillMatch(skill_id, label, alias))
        if len(found) >= limit or len(rows) < size:
            return list(found.values())[:limit]
        size *= 8


def _order(named: sa.Subquery, wanted: str) -> tuple[sa.ColumnElement[Any], ...]:
    name, alias = named.c.name, named.c.alias
    return (
        name != wanted,
        ~_begins_word(name, wanted),
        alias.is_not(None),
        sa.func.length(name),
        name,
        named.c.skill_id,
    )


def skill_named(text: str) -> set[Skill]:
    """Return the skills that go by exactly this name: by label, else by alias, else the deprecated ones."""
    ids = skills_named([text])[folded(text)]
    return set(db.session.scalars(sa.select(Skill).where(Skill.id.in_(ids)))) if ids else set()


def skills_named(names: Iterable[str]) -> dict[str, frozenset[int]]:
    """Return, for each folded name, the ids of the skills that go by it, as `skill_named` chooses them."""
    wanted = sorted({folded(name) for name in names} - {""})
    found: dict[str, dict[int, set[int]]] = {name: {} for name in wanted}
    for start in range(0, len(wanted), NAMES_A_QUERY):
        part = wanted[start : start + NAMES_A_QUERY]
        names_of = _names(Skill.folded_label.in_(part), SkillAlias.folded_label.in_(part)).subquery()
        rank = sa.case((Skill.deprecated_at.is_not(None), 2), (names_of.c.alias.is_not(None), 1), else_=0)
        query = sa.select(names_of.c.name, rank, Skill.id).join(names_of, names_of.c.skill_id == Skill.id)
        for name, at, skill_id in db.session.execute(query):
            found[name].setdefault(at, set()).add(skill_id)
    return {"": frozenset()} | {name: frozenset(by[min(by)] if by else ()) for name, by in found.items()}
