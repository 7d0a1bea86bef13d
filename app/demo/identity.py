"""Who people of a fictional company are: names, addresses, languages, working hours, and a few words."""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.demo.abilities import Levels
from app.demo.material import Culture, Intervals, Material
from app.demo.organisation import Integers, Organisation

DOMAIN = "demo.test"
COMPANY_LANGUAGE = "en"
SPEAKS_MOTHER_TONGUE = 0.8
SPEAKS_COMPANY_LANGUAGE = 0.6
"""Chance for those whose site did not give them the company's language already."""
WITHOUT_BIO = 0.12
LONGEST_SERVICE = 24
EQUALS = 1000
UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)


@dataclass(frozen=True)
class Identities:
    """One entry a person."""

    names: Sequence[str]
    emails: Sequence[str]
    languages: Sequence[tuple[str, ...]]
    hours: Sequence[Intervals]


def draw_identities(
    organisation: Organisation, *, material: Material, rng: np.random.Generator
) -> Identities:
    """Return who everybody is, as people at their site may be called, speak and work."""
    culture = _cultures(organisation.site, material, rng)
    names, emails = _names(culture, material, rng)
    return Identities(
        names=names,
        emails=emails,
        languages=_languages(organisation.site, culture, material, rng),
        hours=_hours(organisation.site, material, rng),
    )


def _cultures(site: Integers, material: Material, rng: np.random.Generator) -> Integers:
    culture = np.zeros(len(site), dtype=np.int64)
    for place, row in enumerate(material.sites):
        here = np.flatnonzero(site == place)
        weights = np.array([row.cultures.get(one.id, 0.0) for one in material.cultures])
        culture[here] = rng.choice(len(weights), size=len(here), p=weights / weights.sum())
    return culture


def _names(culture: Integers, material: Material, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    ascii_parts: dict[str, str] = {}
    taken: Counter[str] = Counter()
    names, emails = [], []
    for number, draws in zip(culture.tolist(), rng.random((len(culture), 4)).tolist(), strict=True):
        given, family, name = _full_name(material.cultures[number], draws, material.avoid)
        for part in (given, family):
            if part not in ascii_parts:
                ascii_parts[part] = address_part(part)
        address = f"{ascii_parts[given]}.{ascii_parts[family]}"
        taken[address] += 1
        number_in_address = taken[address] if taken[address] > 1 else ""
        names.append(name)
        emails.append(f"{address}{number_in_address}@{DOMAIN}")
    return names, emails


def _full_name(culture: Culture, draws: Sequence[float], avoid: frozenset[str]) -> tuple[str, str, str]:
    """Return the given name, the first family name, and the whole name."""
    given = culture.given[int(draws[0] * len(culture.given))]
    first = int(draws[1] * len(culture.family))
    if f"{given} {culture.family[first]}" in avoid:
        first = (first + 1) % len(culture.family)
    family = culture.family[first]
    second = culture.family[int(draws[2] * len(culture.family))]
    if draws[3] < culture.second_family and second != family:
        return given, family, f"{given} {family}{culture.joiner}{second}"
    return given, family, f"{given} {family}"


def address_part(name: str) -> str:
    """Return a name in plain lower-case letters and hyphens, fit for an e-mail address."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(UNDECOMPOSED))
    return "".join(letter for letter in plain if letter in "abcdefghijklmnopqrstuvwxyz-")


def _languages(
    site: Integers, culture: Integers, material: Material, rng: np.random.Generator
) -> list[tuple[str, ...]]:
    known = {code for row in material.sites for code in row.languages}
    codes = sorted(known | {row.language for row in material.cultures} | {COMPANY_LANGUAGE})
    chance = np.array([[row.languages.get(code, 0.0) for code in codes] for row in material.sites])
    speaks = rng.random((len(site), len(codes))) < chance[site]
    mother = np.array([codes.index(row.language) for row in material.cultures])[culture]
    speaks[np.arange(len(site)), mother] |= rng.random(len(site)) < SPEAKS_MOTHER_TONGUE
    company = codes.index(COMPANY_LANGUAGE)
    speaks[:, company] |= rng.random(len(site)) < SPEAKS_COMPANY_LANGUAGE
    speaks[~speaks.any(axis=1), company] = True
    return [tuple(code for code, spoken in zip(codes, row, strict=True) if spoken) for row in speaks.tolist()]


def _hours(site: Integers, material: Material, rng: np.random.Generator) -> list[Intervals]:
    weights = [np.cumsum(row.hours_weights) / sum(row.hours_weights) for row in material.sites]
    draws = rng.random(len(site))
    return [
        material.sites[place].hours[int(np.searchsorted(weights[place], draw, side="right"))]
        for place, draw in zip(site.tolist(), draws.tolist(), strict=True)
    ]


def write_bios(
    organisation: Organisation,
    *,
    titles: Sequence[str],
    held: Levels,
    year: int,
    material: Material,
    rng: np.random.Generator,
) -> list[str]:
    """Return a few sentences of each person about post, strengths and life; some people write nothing."""
    # Skills held at the same level are named in random order, not always the first of the taxonomy.
    strength = held * np.int16(EQUALS) + rng.integers(EQUALS, size=held.shape, dtype=np.int16)
    strongest = np.argsort(-strength, axis=1, kind="stable")[:, :2].tolist()
    service = np.minimum(rng.geometric(1 / (2 + organisation.grade)), LONGEST_SERVICE)
    draws = rng.random((len(titles), 4)).tolist()
    bios = []
    for person, title in enumerate(titles):
        words = {
            "title": title,
            "title_lower": title[0].lower() + title[1:] if title[1].islower() else title,
            "city": material.sites[organisation.site[person]].city,
            "department": material.departments[organisation.department[person]].label,
            "since": str(year - int(service[person])),
            "strong": material.phrases[strongest[person][0]],
            "second": material.phrases[strongest[person][1]],
        }
        bios.append(_bio(words, draws[person], material))
    return bios


def _bio(words: Mapping[str, str], draws: Sequence[float], material: Material) -> str:
    if draws[3] < WITHOUT_BIO:
        return ""
    parts = zip(("openings", "strengths", "closings"), draws[:3], strict=True)
    sentences = [material.text[part][int(draw * len(material.text[part]))] for part, draw in parts]
    return " ".join(sentence.format_map(words) for sentence in sentences if sentence)
