"""The people of a generated company: their work, their manager, what they can do and wish to learn."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.generate.names import NAMES, SITES
from matching.generate.skills import Taxonomy
from matching.problem import Held, Person, Wanted

Choice = TypeVar("Choice")

SPAN = 7
"""How many people report to one manager."""

HIGHEST_GRADE = 9

WORKING_DAYS = (
    (0.58, ((540, 1020),)),
    (0.14, ((480, 960),)),
    (0.12, ((600, 1080),)),
    (0.08, ((540, 720), (780, 1020))),
    (0.05, ((540, 780),)),
    (0.03, ((720, 1140),)),
)
"""Shares of the company and their working hours, in minutes of the local day."""

HOURS_A_MONTH = ((0.15, 2.0), (0.45, 4.0), (0.25, 6.0), (0.15, 8.0))


@dataclass(frozen=True, slots=True)
class Post:
    """A place in the organisation: department, manager (an index or none), level above the floor, site."""

    department: str
    manager: int | None
    height: int
    site: int


def people_of(count: int, taxonomy: Taxonomy, random: np.random.Generator) -> tuple[Person, ...]:
    """Return ``count`` people in an organisation tree whose departments follow ``taxonomy``.

    Skills are skewed: within a line of work the first of its profile are held by most, the last by few,
    and what people wish to learn leans to the rare ones, so that some mentors are scarce.
    """
    posts = _posts(count, tuple(taxonomy.departments), random)
    names = _names(posts, random)
    width = len(str(count))
    identifiers = [f"p{index + 1:0{width}}" for index in range(count)]
    everywhere = _popular(taxonomy)
    return tuple(
        _person(index, posts[index], names[index], identifiers, taxonomy, everywhere, random)
        for index in range(count)
    )


def _person(
    index: int,
    post: Post,
    name: str,
    identifiers: Sequence[str],
    taxonomy: Taxonomy,
    everywhere: Sequence[str],
    random: np.random.Generator,
) -> Person:
    site = SITES[post.site]
    chances = random.random(24).tolist()
    grade = min(HIGHEST_GRADE, 1 + 2 * post.height + int(chances[0] * (3 if post.height else 5)))
    profiles = taxonomy.departments[post.department]
    profile = profiles[_skewed(chances[1], len(profiles))]
    holds = _holds(profile, grade, chances[2:11])
    wants = _wants(profile, everywhere, holds, grade, chances[11:20])
    return Person(
        id=identifiers[index],
        name=name,
        manager=None if post.manager is None else identifiers[post.manager],
        department=post.department,
        location=site.city,
        time_zone=site.time_zone,
        working_hours=_pick(WORKING_DAYS, chances[20]),
        languages=_languages(site.languages, random),
        grade=grade,
        hours_a_month=_pick(HOURS_A_MONTH, chances[21]),
        attributes={"group": "ABC"[int(chances[22] * 3)], "site": site.city},
        holds=tuple(Held(skill=skill, level=level) for skill, level in sorted(holds.items())),
        wants=tuple(
            Wanted(skill=skill, level=level, importance=3 - place)
            for place, (skill, level) in enumerate(wants.items())
        ),
    )


def _posts(count: int, departments: Sequence[str], random: np.random.Generator) -> list[Post]:
    """Place people one by one: the first leads the company, each department is a tree of `SPAN` reports."""
    weights = 1.0 / np.sqrt(np.arange(1, len(departments) + 1))
    chosen = random.choice(len(departments), size=count, p=weights / weights.sum()).tolist()
    shares = np.array([site.share for site in SITES])
    own_site = random.choice(len(SITES), size=count, p=shares / shares.sum()).tolist()
    with_manager = (random.random(count) < 0.65).tolist()
    members: dict[int, list[int]] = {department: [] for department in range(len(departments))}
    managers: list[int | None] = []
    for index, department in enumerate(chosen):
        place = len(members[department])
        members[department].append(index)
        managers.append(members[department][(place - 1) // SPAN] if place else (0 if index else None))
    heights = [0] * count
    for index in range(count - 1, 0, -1):
        manager = managers[index]
        if manager is not None:
            heights[manager] = max(heights[manager], heights[index] + 1)
    sites: list[int] = []
    for index, manager in enumerate(managers):
        sites.append(sites[manager] if manager is not None and with_manager[index] else own_site[index])
    return [Post(departments[chosen[i]], managers[i], heights[i], sites[i]) for i in range(count)]


def _names(posts: Sequence[Post], random: np.random.Generator) -> list[str]:
    pools = {culture: (given.split(), family.split()) for culture, (given, family) in NAMES.items()}
    shares = [tuple(zip(site.cultures.values(), site.cultures, strict=True)) for site in SITES]
    names = []
    for post, (by_culture, by_given, by_family) in zip(
        posts, random.random((len(posts), 3)).tolist(), strict=True
    ):
        total = sum(weight for weight, _ in shares[post.site])
        given, family = pools[_pick(shares[post.site], by_culture * total)]
        names.append(f"{given[int(by_given * len(given))]} {family[int(by_family * len(family))]}")
    return names


def _languages(shares: dict[str, float], random: np.random.Generator) -> tuple[str, ...]:
    """Draw the languages of one person at a site; the site's first language stands in when none is drawn."""
    drawn = random.random(len(shares)).tolist()
    spoken = [code for (code, share), chance in zip(shares.items(), drawn, strict=True) if chance < share]
    return tuple(sorted(spoken)) or (next(iter(shares)),)


def _holds(profile: Sequence[str], grade: int, chances: Sequence[float]) -> dict[str, int]:
    """Draw up to nine skills, more and at higher levels with the grade."""
    number = 3 + min(5, grade // 2) + int(chances[0] * 2)
    held: dict[str, int] = {}
    for place, chance in enumerate(chances[:number]):
        skill = profile[_skewed(chance, len(profile))]
        level = 1 + int((grade / 2.5 + 2.3) * chances[-1 - place])
        held[skill] = max(held.get(skill, 1), min(5, level))
    return held


def _wants(
    profile: Sequence[str],
    everywhere: Sequence[str],
    holds: dict[str, int],
    grade: int,
    chances: Sequence[float],
) -> dict[str, int]:
    """Draw up to three goals: mostly the rarer end of one's own line of work, else what everyone asks for."""
    wanted: dict[str, int] = {}
    for place in range(1 + int(chances[0] * 3)):
        source, chance, step = chances[1 + place], chances[4 + place], chances[7] if place else chances[8]
        if source < 0.65:
            skill = profile[len(profile) - 1 - _skewed(chance, len(profile))]
        else:
            skill = everywhere[_skewed(chance, len(everywhere))]
        held = holds.get(skill, 0)
        if held < 5:
            wanted[skill] = min(5, max(2, held + 1) + int(step * 2))
    return wanted or {profile[-1]: 5}


def _popular(taxonomy: Taxonomy) -> tuple[str, ...]:
    """Return the skills that head the profiles of every department: what the whole company asks for."""
    heads = [
        profile[place]
        for place in (3, 1)
        for profiles in taxonomy.departments.values()
        for profile in profiles
    ]
    return tuple(dict.fromkeys(heads))


def _skewed(chance: float, length: int) -> int:
    """Turn a uniform ``chance`` into a place near the front: half of them fall in the first quarter."""
    return int(chance * chance * length)


def _pick(shares: Sequence[tuple[float, Choice]], chance: float) -> Choice:
    """Return the choice into whose share ``chance`` falls; the last one takes what rounding leaves."""
    for reached, (_, choice) in zip(accumulate(share for share, _ in shares), shares, strict=True):
        if chance < reached:
            return choice
    return shares[-1][1]


def weights_of(people: Sequence[Person], power: float) -> NDArray[np.float64]:
    """Return the chance of each person to be drawn, by grade to the given ``power``; they sum to one."""
    weights = np.array([1.0 if person.grade is None else float(person.grade) for person in people]) ** power
    normalised: NDArray[np.float64] = weights / weights.sum()
    return normalised


def drawn(
    people: Sequence[Person], weights: NDArray[np.float64], count: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """Draw so many different people by their weights, as rows."""
    return random.choice(len(people), size=count, replace=False, p=weights).astype(np.int64)
