"""A mentoring programme of made-up people: who seeks, who offers, whom they wish for and whom they had."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.generate.people import drawn, weights_of
from matching.problem import (
    Criterion,
    History,
    Mentee,
    Mentor,
    MentoringProgramme,
    Person,
    Rule,
    RuleName,
)

EARLIER_ROUNDS = ("2026-Q2", "2026-Q3")
RULES = (
    Rule(rule=RuleName.NOT_IN_REPORTING_LINE),
    Rule(rule=RuleName.SHARED_HOURS, minutes=120),
    Rule(rule=RuleName.SHARED_LANGUAGE),
    Rule(rule=RuleName.NO_PRIOR_PAIR),
    Rule(rule=RuleName.GRADE_DISTANCE, min=0, max=6),
    Rule(rule=RuleName.COVERS_WANTS, percent=25),
)
CRITERIA = {
    Criterion.SKILLS: 45,
    Criterion.LEVEL_STEP: 15,
    Criterion.HOURS: 10,
    Criterion.VARIETY: 10,
    Criterion.WISHES: 20,
}


def mentoring_programme(
    people: Sequence[Person], mentees: int, mentors: int, random: np.random.Generator
) -> MentoringProgramme:
    """Enrol mentors from the higher grades and mentees from the lower, with a few places to spare in all."""
    offering = drawn(people, weights_of(people, 1.5), mentors, random)
    chosen = np.zeros(len(people), dtype=bool)
    chosen[offering] = True
    others = np.flatnonzero(~chosen)
    both = random.permutation(offering)[: mentees - min(mentees, len(others))]
    seeking = np.concatenate((others[:mentees], both))
    return MentoringProgramme(
        id="mentoring",
        hours_a_month=2.0,
        mentees=_mentees(people, seeking, offering, random),
        mentors=tuple(
            Mentor(person=people[index].id, capacity=capacity)
            for index, capacity in zip(offering.tolist(), capacities(mentees, mentors, random), strict=True)
        ),
        rules=RULES,
        criteria=dict(CRITERIA),
    )


def _mentees(
    people: Sequence[Person],
    seeking: NDArray[np.int64],
    offering: NDArray[np.int64],
    random: np.random.Generator,
) -> tuple[Mentee, ...]:
    """Enrol each once or, now and then, for two places; few were left out before."""
    wishes = _wishes(len(seeking), people, offering, random)
    waited = random.choice(3, size=len(seeking), p=(0.85, 0.11, 0.04)).tolist()
    places = random.choice((1, 2), size=len(seeking), p=(0.97, 0.03)).tolist()
    return tuple(
        Mentee(
            person=people[index].id,
            places=places[row],
            wishes=tuple(wish for wish in wishes[row] if wish != people[index].id),
            rounds_waited=waited[row],
        )
        for row, index in enumerate(seeking.tolist())
    )


def _wishes(
    seeking: int, people: Sequence[Person], offering: NDArray[np.int64], random: np.random.Generator
) -> list[tuple[str, ...]]:
    """Let one mentee in four name up to three mentors; a few well-known mentors are named by many."""
    named = (random.random((seeking, 3)) ** 3 * len(offering)).astype(np.int64)
    numbers = np.where(random.random(seeking) < 0.25, random.integers(1, 4, size=seeking), 0).tolist()
    return [
        tuple(dict.fromkeys(people[offering[place]].id for place in row[:number]))
        for row, number in zip(named.tolist(), numbers, strict=True)
    ]


def capacities(mentees: int, mentors: int, random: np.random.Generator) -> list[int]:
    """Return a capacity for each mentor: at least one, uneven, together about a tenth over the mentees."""
    spread = random.geometric(min(1.0, mentors / (1.1 * mentees)), size=mentors)
    capacities: list[int] = np.minimum(spread, 12 * (1 + mentees // mentors)).tolist()
    return capacities


def earlier_pairs(programme: MentoringProgramme, random: np.random.Generator) -> tuple[History, ...]:
    """Record the pairs of two earlier rounds: a third of today's mentees had a mentor in each."""
    rows: dict[tuple[str, str], History] = {}
    for earlier in EARLIER_ROUNDS:
        had = np.flatnonzero(random.random(len(programme.mentees)) < 0.33).tolist()
        with_whom = random.integers(len(programme.mentors), size=len(had)).tolist()
        for mentee, mentor in zip(had, with_whom, strict=True):
            pair = (programme.mentees[mentee].person, programme.mentors[mentor].person)
            if pair[0] != pair[1]:
                rows[pair] = History(programme=programme.id, members=pair, round=earlier)
    return tuple(rows.values())
