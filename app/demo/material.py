"""The material companies are made of: `names.toml` and the starter taxonomy, read once and typed."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

NAMES_FILE = Path(__file__).with_name("names.toml")
TAXONOMY_FILE = Path(__file__).parents[1] / "skills" / "starter_taxonomy.toml"

Intervals = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Site:
    """A place of work, with the habits of those who work there."""

    city: str
    time_zone: str
    share: float
    languages: Mapping[str, float]
    cultures: Mapping[str, float]
    hours: tuple[Intervals, ...]
    hours_weights: tuple[float, ...]


@dataclass(frozen=True)
class Department:
    """A department, its job titles by grade, and the weights of the skills held and in fashion."""

    id: str
    label: str
    share: float
    titles: tuple[str, ...]
    skills: Mapping[str, float]
    wants: Mapping[str, float]


@dataclass(frozen=True)
class Culture:
    """Names that go together, and the language most who bear them speak."""

    id: str
    language: str
    second_family: float
    joiner: str
    given: tuple[str, ...]
    family: tuple[str, ...]


@dataclass(frozen=True)
class Material:
    """Everything a company is drawn from."""

    chief_title: str
    chief_department: str
    avoid: frozenset[str]
    sites: tuple[Site, ...]
    departments: tuple[Department, ...]
    cultures: tuple[Culture, ...]
    everyone: Mapping[str, float]
    leaders: Mapping[str, float]
    wanted: Mapping[str, float]
    text: Mapping[str, Any]
    skills: tuple[str, ...]
    """Ids of the skills people can hold: all but the roots of the families."""
    phrases: tuple[str, ...]
    """How each of `skills` reads within a sentence."""


@cache
def load() -> Material:
    """Return the material of the two files that come with the application."""
    names = tomllib.loads(NAMES_FILE.read_text(encoding="utf-8"))
    taxonomy = tomllib.loads(TAXONOMY_FILE.read_text(encoding="utf-8"))
    skills = [row for row in taxonomy["skill"] if row["broader"]]
    proper = set(names["text"]["proper_names"])
    return Material(
        chief_title=names["company"]["chief_title"],
        chief_department=names["company"]["chief_department"],
        avoid=frozenset(names["company"]["avoid"]),
        sites=tuple(_site(row) for row in names["site"]),
        departments=tuple(_department(row) for row in names["department"]),
        cultures=tuple(_culture(row) for row in names["culture"]),
        everyone=names["skills_of"]["everyone"],
        leaders=names["skills_of"]["leaders"],
        wanted=names["wanted"],
        text=names["text"],
        skills=tuple(row["id"] for row in skills),
        phrases=tuple(_phrase(row["label"], keeps_capital=row["id"] in proper) for row in skills),
    )


def _site(row: Mapping[str, Any]) -> Site:
    return Site(
        city=row["city"],
        time_zone=row["time_zone"],
        share=row["share"],
        languages=row["languages"],
        cultures=row["cultures"],
        hours=tuple(tuple((start, end) for start, end in hours["intervals"]) for hours in row["hours"]),
        hours_weights=tuple(hours["weight"] for hours in row["hours"]),
    )


def _department(row: Mapping[str, Any]) -> Department:
    return Department(
        id=row["id"],
        label=row["label"],
        share=row["share"],
        titles=tuple(row["titles"]),
        skills=row["skills"],
        wants=row["wants"],
    )


def _culture(row: Mapping[str, Any]) -> Culture:
    return Culture(
        id=row["id"],
        language=row["language"],
        second_family=row["second_family"],
        joiner=row["joiner"],
        given=tuple(row["given"]),
        family=tuple(row["family"]),
    )


def _phrase(label: str, *, keeps_capital: bool) -> str:
    is_abbreviation = label[1:2].isupper()
    return label if keeps_capital or is_abbreviation else label[0].lower() + label[1:]
