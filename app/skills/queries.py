"""What the pages about skills, and whoever needs a skill by its name, read from the skill graph."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.db import db
from app.errors import Missing
from app.people.models import Person
from app.skills.models import Claim, EdgeKind, Goal, Skill, SkillAlias, SkillEdge
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
PAGE_SIZE = 25

Condition = sa.ColumnElement[bool]
Column = sa.ColumnElement[str]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The skills that an edge joins to a skill, by what the edge says."""

    broader: list[Skill]
    narrower: list[Skill]
    requires: list[Skill]
    required_by: list[Skill]
    related: list[Skill]


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How many people who work here hold a skill at a level."""

    level: int
    people: int


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


def skill_with_id(skill_id: int) -> Skill:
    """Return a skill.

    Raises:
        Missing: when there is none.
    """
    skill = db.session.get(Skill, skill_id)
    if skill is None:
        raise Missing
    return skill


def families(*, page: int) -> tuple[Pagination, dict[int, int]]:
    """Return a page of the skills with nothing broader that contain others, and how many each holds."""
    narrower = sa.select(SkillEdge.from_skill_id).filter_by(kind=EdgeKind.BROADER)
    containing = sa.select(SkillEdge.to_skill_id).filter_by(kind=EdgeKind.BROADER)
    query = (
        sa.select(Skill)
        .where(Skill.deprecated_at.is_(None), Skill.id.in_(containing), Skill.id.not_in(narrower))
        .order_by(Skill.folded_label, Skill.id)
    )
    found = db.paginate(query, page=page, per_page=PAGE_SIZE)
    counted = (
        sa.select(SkillEdge.to_skill_id, sa.func.count())
        .join(Skill, Skill.id == SkillEdge.from_skill_id)
        .where(
            SkillEdge.kind == EdgeKind.BROADER,
            SkillEdge.to_skill_id.in_([skill.id for skill in found.items]),
            Skill.deprecated_at.is_(None),
        )
        .group_by(SkillEdge.to_skill_id)
    )
    return found, dict(db.session.execute(counted).all())


def neighbours_of(skill: Skill) -> Neighbours:
    """Return the skills in use that an edge joins to `skill`, each list in alphabetical order."""
    outward = sa.select(
        SkillEdge.kind, sa.literal(1).label("outward"), SkillEdge.to_skill_id.label("other_id")
    )
    inward = sa.select(SkillEdge.kind, sa.literal(0), SkillEdge.from_skill_id)
    edges = sa.union_all(
        outward.where(SkillEdge.from_skill_id == skill.id), inward.where(SkillEdge.to_skill_id == skill.id)
    ).subquery()
    rows = db.session.execute(
        sa.select(edges.c.kind, edges.c.outward, Skill)
        .join(edges, edges.c.other_id == Skill.id)
        .where(Skill.deprecated_at.is_(None))
        .order_by(Skill.folded_label, Skill.id)
    )
    by_edge: dict[tuple[EdgeKind, bool], list[Skill]] = {}
    for kind, is_outward, other in rows:
        by_edge.setdefault((kind, bool(is_outward)), []).append(other)
    related = by_edge.get((EdgeKind.RELATED, True), []) + by_edge.get((EdgeKind.RELATED, False), [])
    return Neighbours(
        broader=by_edge.get((EdgeKind.BROADER, True), []),
        narrower=by_edge.get((EdgeKind.BROADER, False), []),
        requires=by_edge.get((EdgeKind.REQUIRES, True), []),
        required_by=by_edge.get((EdgeKind.REQUIRES, False), []),
        related=sorted(related, key=lambda other: other.folded_label),
    )


def holders_by_level(skill: Skill) -> list[LevelCount]:
    """Return how many people hold a skill at each level, the highest first; profiles are public."""
    counts = _people_by_level(Claim, skill)
    return [LevelCount(level, counts.get(level, 0)) for level in range(5, 0, -1)]


def wishers_by_level(skill: Skill) -> list[LevelCount]:
    """Return how many people wish to reach each level; who wishes what is private, so the page hides few."""
    counts = _people_by_level(Goal, skill)
    return [LevelCount(level, counts.get(level, 0)) for level in range(5, 0, -1)]


def _people_by_level(model: type[Claim | Goal], skill: Skill) -> dict[int, int]:
    query = (
        sa.select(model.level, sa.func.count())
        .join(Person, Person.id == model.person_id)
        .where(model.skill_id == skill.id, sa.or_(Person.left_on.is_(None), Person.left_on > clock.today()))
        .group_by(model.level)
    )
    return dict(db.session.execute(query).all())


def claim_with_id(claim_id: int) -> Claim:
    """Return a claim with its skill and evidence.

    Raises:
        Missing: when there is none.
    """
    options = (joinedload(Claim.skill), selectinload(Claim.evidence))
    claim = db.session.get(Claim, claim_id, options=options)
    if claim is None:
        raise Missing
    return claim


def goal_with_id(goal_id: int) -> Goal:
    """Return a goal with its skill.

    Raises:
        Missing: when there is none.
    """
    goal = db.session.get(Goal, goal_id, options=(joinedload(Goal.skill),))
    if goal is None:
        raise Missing
    return goal


def claim_of(person_id: int | None, skill_id: int) -> Claim | None:
    """Return what a person claims of a skill, if anything."""
    return db.session.scalar(sa.select(Claim).filter_by(person_id=person_id, skill_id=skill_id))


def goal_of(person_id: int | None, skill_id: int) -> Goal | None:
    """Return what a person wishes to reach in a skill, if anything."""
    return db.session.scalar(sa.select(Goal).filter_by(person_id=person_id, skill_id=skill_id))
