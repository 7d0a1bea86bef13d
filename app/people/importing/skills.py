"""From the names of skills in a file to skills of the graph."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

import sqlalchemy as sa

from app.db import db
from app.people.importing.fields import SKILL_FIELDS, shown
from app.people.importing.problems import Problems
from app.people.importing.rows import UNREAD, Row, Sheet
from app.skills.models import Skill, SkillAlias, Source
from app.skills.queries import skills_named
from app.text import folded
from app.words import listed

MOST_SUGGESTED = 25
CANDIDATES_SHOWN = 5
KEYS_A_QUERY = 500

Levels = tuple[tuple[int, int], ...]


class SkillNames:
    """The names of skills that a file uses, looked up all at once."""

    def __init__(self, names: set[str]) -> None:
        self._ids = skills_named(name for name in names if _key(name) is None)
        self._by_key = _skills_by_key({key for name in names if (key := _key(name)) is not None})
        self._replaced = _replacements()
        self._suggested: dict[str, str] = {}
        self._labels: dict[str, str] | None = None

    def skill_id(self, name: str) -> int:
        """Return the skill of this name.

        Raises:
            ValueError: when there is none, or several.
        """
        key = _key(name)
        ids = self._by_key.get(key, frozenset()) if key else self._ids[folded(name)]
        if not ids:
            raise ValueError(f"There is no skill “{shown(name)}”.{self._suggestion(name)}")
        ids = frozenset(self._replaced.get(skill_id, skill_id) for skill_id in ids)
        if len(ids) > 1:
            raise ValueError(
                f"“{shown(name)}” names {len(ids)} skills: {_candidates(ids)}. Write what stands in brackets."
            )
        (skill_id,) = ids
        return skill_id

    def _suggestion(self, name: str) -> str:
        wanted = folded(name)
        if wanted not in self._suggested and len(self._suggested) < MOST_SUGGESTED:
            if self._labels is None:
                self._labels = _all_names()
            near = get_close_matches(wanted, self._labels, n=3, cutoff=0.7)
            labels = dict.fromkeys(f"“{self._labels[label]}”" for label in near)
            self._suggested[wanted] = f" Near it are {listed([*labels])}." if labels else ""
        return self._suggested.get(wanted, "")


def resolve_skills(sheet: Sheet, problems: Problems) -> None:
    """Put skills in the place of their names in all rows; what is unknown or ambiguous is a problem."""
    fields = [name for name in SKILL_FIELDS if name in sheet.fields]
    if not fields:
        return
    names = SkillNames(
        {name for row in sheet.rows for field in fields for name, _ in _cell(sheet, row, field)}
    )
    positions = {sheet.fields.index(field): field for field in fields}
    for row in sheet.rows:
        values = list(row.values)
        for position, field in positions.items():
            if values[position] is not UNREAD:
                values[position] = _resolved(sheet, row, field, names, problems)
        row.values = tuple(values)


def _cell(sheet: Sheet, row: Row, field: str) -> tuple[tuple[str, int], ...]:
    return sheet.value(row, field) or ()


def _resolved(sheet: Sheet, row: Row, field: str, names: SkillNames, problems: Problems) -> Levels:
    levels: dict[int, int] = {}
    for name, level in _cell(sheet, row, field):
        try:
            skill_id = names.skill_id(name)
        except ValueError as error:
            problems.add(row.line, sheet.column(field), str(error))
            continue
        if levels.setdefault(skill_id, level) != level:
            reason = f"“{shown(name)}” is there twice, at levels {levels[skill_id]} and {level}."
            problems.add(row.line, sheet.column(field), reason)
    return tuple(sorted(levels.items()))


def _key(name: str) -> tuple[Source, str] | None:
    """Return the source and the key when a skill is written as "esco:..." rather than by name."""
    source, colon, key = name.partition(":")
    return (Source(source), key.strip()) if colon and source in [*Source] and key.strip() else None


def _skills_by_key(keys: set[tuple[Source, str]]) -> dict[tuple[Source, str], frozenset[int]]:
    wanted = sorted({key for _, key in keys})
    found: dict[tuple[Source, str], frozenset[int]] = {}
    for start in range(0, len(wanted), KEYS_A_QUERY):
        part = wanted[start : start + KEYS_A_QUERY]
        query = sa.select(Skill.source, Skill.source_key, Skill.id).where(Skill.source_key.in_(part))
        found |= {(source, key): frozenset({skill_id}) for source, key, skill_id in db.session.execute(query)}
    return found


def _replacements() -> dict[int, int]:
    query = sa.select(Skill.id, Skill.replaced_by_id).where(
        Skill.deprecated_at.is_not(None), Skill.replaced_by_id.is_not(None)
    )
    return {old: new for old, new in db.session.execute(query) if new is not None}


def _candidates(ids: Iterable[int]) -> str:
    query = sa.select(Skill.label, Skill.source, Skill.source_key).where(Skill.id.in_(ids)).order_by(Skill.id)
    rows = db.session.execute(query.limit(CANDIDATES_SHOWN))
    return listed([f"“{label}” ({source}:{key})" for label, source, key in rows])


def _all_names() -> dict[str, str]:
    """Return the label of the skill behind each name in use."""
    return dict(_labels_by_name())


def _labels_by_name() -> Iterator[tuple[str, str]]:
    in_use = Skill.deprecated_at.is_(None)
    aliases = sa.select(SkillAlias.folded_label, Skill.label).join(Skill, Skill.id == SkillAlias.skill_id)
    for query in (aliases.where(in_use), sa.select(Skill.folded_label, Skill.label).where(in_use)):
        yield from db.session.execute(query.execution_options(yield_per=1000))
