"""What people of a fictional company can do, want to learn, and offer to others."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.demo.material import Material
from app.demo.organisation import TEAM_MANAGER, Integers, Organisation

SEEKING_SHARE = 0.38
MENTORING_SHARE = 0.23
PLACES_A_SEEKER = 1.2
MOST_PLACES = 3
GOALS_WITHOUT_SEEKING = 0.12
"""Chance that somebody who seeks no mentor has a goal all the same."""
FEWEST_CLAIMS, MOST_CLAIMS, MOST_GOALS = 3, 11, 3
STRAY_WEIGHT = 0.03
"""Weight of each skill outside one's department: people have had other jobs before."""
MASTERED = 4
WANTED_SHARE = 2.0
"""How much skills in fashion weigh in goals, against those of the department."""

SEEKS_BY_GRADE = np.array([0.0, 1.0, 1.3, 1.2, 1.0, 0.7, 0.55, 0.35, 0.15])
MENTORS_BY_GRADE = np.array([0.0, 0.004, 0.04, 0.4, 1.0, 1.4, 1.2, 1.0, 0.6])
GOALS_EACH = (0.35, 0.45, 0.20)

Reals = NDArray[np.float64]
Levels = NDArray[np.int8]


@dataclass(frozen=True)
class Abilities:
    """One row a person and one column a skill of the material, and who seeks and offers."""

    held: Levels
    """Level claimed, 0 for none."""
    wished: Levels
    """Level wished for, 0 for none."""
    importance: Levels
    """1 to 3 where there is a wish, else 0."""
    seeks: NDArray[np.bool_]
    capacity: Integers


def draw_abilities(
    organisation: Organisation, *, paused: NDArray[np.bool_], material: Material, rng: np.random.Generator
) -> Abilities:
    """Return claims, goals, seekers and mentors; those who pause neither seek nor offer."""
    held = _claims(organisation, material, rng)
    seeks = _choose(SEEKS_BY_GRADE[organisation.grade] * ~paused, SEEKING_SHARE, rng)
    wished, importance = _goals(organisation, held, seeks, material, rng)
    offers = MENTORS_BY_GRADE[organisation.grade] * ~paused * (held.max(axis=1) >= MASTERED - 1)
    mentors = _choose(offers, MENTORING_SHARE, rng)
    capacity = _capacity(mentors, places=round(PLACES_A_SEEKER * int(seeks.sum())), rng=rng)
    return Abilities(held=held, wished=wished, importance=importance, seeks=seeks, capacity=capacity)


def _claims(organisation: Organisation, material: Material, rng: np.random.Generator) -> Levels:
    held = np.zeros((len(organisation), len(material.skills)), dtype=np.int8)
    leads = organisation.grade >= TEAM_MANAGER
    for group, weights in _groups(organisation, leads, _skill_weights(material)):
        ranked = _favourites(weights, size=len(group), most=MOST_CLAIMS, rng=rng)
        grade = organisation.grade[group][:, None]
        counts = FEWEST_CLAIMS + rng.binomial(5, 0.4, (len(group), 1)) + grade // 3
        practice = 1.2 - 0.16 * np.arange(MOST_CLAIMS)
        stray = -0.8 * (weights[ranked] <= STRAY_WEIGHT)
        levels = 0.6 + 0.42 * grade + practice + stray + rng.normal(0, 0.8, ranked.shape)
        levels = np.clip(np.rint(levels), 1, 5) * (np.arange(MOST_CLAIMS) < counts)
        held[group[:, None], ranked] = levels
    return held


def _goals(
    organisation: Organisation,
    held: Levels,
    seeks: NDArray[np.bool_],
    material: Material,
    rng: np.random.Generator,
) -> tuple[Levels, Levels]:
    wished, importance = np.zeros_like(held), np.zeros_like(held)
    learns = seeks | (rng.random(len(seeks)) < GOALS_WITHOUT_SEEKING)
    leads = organisation.grade >= TEAM_MANAGER - 1
    for members, weights in _groups(organisation, leads, _wish_weights(material)):
        group = members[learns[members]]
        mastered = held[group] >= MASTERED
        ranked = _favourites(np.where(mastered, 0.0, weights), size=len(group), most=MOST_GOALS, rng=rng)
        counts = np.where(seeks[group], 1 + rng.choice(len(GOALS_EACH), len(group), p=GOALS_EACH), 1)
        chosen = np.arange(MOST_GOALS) < counts[:, None]
        now = held[group[:, None], ranked]
        aim = np.where(
            now > 0, now + rng.choice([1, 1, 2], ranked.shape), rng.choice([2, 3, 3], ranked.shape)
        )
        wished[group[:, None], ranked] = np.minimum(aim, 5) * chosen
        falling = np.clip(3 - np.arange(MOST_GOALS) + rng.choice([-1, 0, 0], ranked.shape), 1, 3)
        importance[group[:, None], ranked] = falling * chosen
    return wished, importance


def _groups(
    organisation: Organisation, leads: NDArray[np.bool_], weights: Reals
) -> list[tuple[Integers, Reals]]:
    """Return the people of each department, those who lead apart, with their skill weights."""
    groups = []
    for department in range(weights.shape[0]):
        for leading in (False, True):
            group = np.flatnonzero((organisation.department == department) & (leads == leading))
            if len(group):
                groups.append((group, weights[department, int(leading)]))
    return groups


def _skill_weights(material: Material) -> Reals:
    """Return the weight of each skill, by department and by whether one leads others."""
    return np.array(
        [
            [_weights(material, row.skills, material.everyone, *leads) for leads in ((), (material.leaders,))]
            for row in material.departments
        ]
    )


def _wish_weights(material: Material) -> Reals:
    """Return the weight of each wish, by department and lead: its rarer skills, and those in fashion."""
    held = np.sqrt(_skill_weights(material))
    wanted = np.array([_weights(material, material.wanted, row.wants) for row in material.departments])
    return held + WANTED_SHARE * np.where(wanted > STRAY_WEIGHT, wanted, 0.0)[:, None, :]


def _weights(material: Material, *parts: Mapping[str, float]) -> Reals:
    return np.array(
        [STRAY_WEIGHT + sum(part.get(skill, 0.0) for part in parts) for skill in material.skills], dtype=float
    )


def _favourites(weights: Reals, *, size: int, most: int, rng: np.random.Generator) -> Integers:
    """Draw `most` different skills for each of `size` people by weight, in order drawn (Gumbel top-k)."""
    with np.errstate(divide="ignore"):
        keys = np.log(weights) + rng.gumbel(size=(size, weights.shape[-1]))
    ranked = np.argpartition(-keys, most, axis=1)[:, :most]
    order = np.argsort(-np.take_along_axis(keys, ranked, axis=1), axis=1)
    return np.take_along_axis(ranked, order, axis=1)


def _choose(weights: Reals, share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Choose that share of the people, at random by weight; those of weight 0 never."""
    with np.errstate(divide="ignore"):
        keys = np.log(weights) + rng.gumbel(size=len(weights))
    chosen = np.zeros(len(weights), dtype=bool)
    chosen[np.argsort(-keys)[: round(share * len(weights))]] = True
    return chosen & (weights > 0)


def _capacity(mentors: NDArray[np.bool_], *, places: int, rng: np.random.Generator) -> Integers:
    """Give every mentor one place and scatter the rest, no mentor getting more than three."""
    capacity = mentors.astype(np.int64)
    second_and_third = np.repeat(np.flatnonzero(mentors), MOST_PLACES - 1)
    more = min(max(places - int(mentors.sum()), 0), len(second_and_third))
    np.add.at(capacity, rng.permutation(second_and_third)[:more], 1)
    return capacity
