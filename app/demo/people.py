"""A fictional company from a seed, without clock or database: `company(people, seed, today)`."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from app.demo import material as materials
from app.demo.abilities import Abilities, Reals, draw_abilities
from app.demo.history import draw_history
from app.demo.identity import Identities, draw_identities, write_bios
from app.demo.material import Material
from app.demo.organisation import Organisation, organise
from app.demo.records import Block, Claim, Company, Goal, Person

MOST_PEOPLE = 1_000_000
PAUSED_SHARE = 0.015
BLOCKS_SHARE = 0.004
HOURS_A_MONTH = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
HOURS_WEIGHTS = (0.10, 0.36, 0.20, 0.22, 0.08, 0.04)
HOURS_A_MENTORSHIP = 2.0
LONGEST_PAUSE_SO_FAR, LONGEST_PAUSE_TO_COME = 60, 120


def company(people: int, seed: int, today: date) -> Company:
    """Return the company of that size, seed and day.

    Raises:
        ValueError: when the size is not between 1 and a million.
    """
    if not 1 <= people <= MOST_PEOPLE:
        raise ValueError(f"A company has between 1 and {MOST_PEOPLE:,} people, not {people:,}.")
    material = materials.load()
    # One stream a subject: a change to one leaves the others as they were.
    root = np.random.Generator(np.random.PCG64(seed))
    for_tree, for_identities, for_pauses, for_abilities, for_words, for_blocks, for_past = root.spawn(7)
    organisation = organise(people, material=material, rng=for_tree)
    identities = draw_identities(organisation, material=material, rng=for_identities)
    pauses = _pauses(people, today, for_pauses)
    paused = np.array([pause is not None for pause in pauses])
    abilities = draw_abilities(organisation, paused=paused, material=material, rng=for_abilities)
    blocks = _blocks(people, for_blocks)
    history = draw_history(
        organisation, identities, abilities, blocks=blocks, today=today, material=material, rng=for_past
    )
    return Company(
        today=today,
        seed=seed,
        people=_people(organisation, identities, abilities, pauses, today, material, for_words),
        claims=_claims(abilities, material),
        goals=_goals(abilities, material, for_words),
        blocks=blocks,
        quarters=history.quarters,
        mentorships=history.mentorships,
        sessions=history.sessions,
        feedback=history.feedback,
    )


def _people(
    organisation: Organisation,
    identities: Identities,
    abilities: Abilities,
    pauses: Sequence[tuple[date, date] | None],
    today: date,
    material: Material,
    rng: np.random.Generator,
) -> tuple[Person, ...]:
    titles = _titles(organisation, material)
    bios = write_bios(
        organisation, titles=titles, held=abilities.held, year=today.year, material=material, rng=rng
    )
    hours = _hours_a_month(abilities, rng)
    digits = max(5, len(str(len(organisation))))
    return tuple(
        Person(
            employee_id=f"E{place + 1:0{digits}d}",
            name=identities.names[place],
            email=identities.emails[place],
            department=material.departments[organisation.department[place]].label,
            site=material.sites[organisation.site[place]].city,
            time_zone=material.sites[organisation.site[place]].time_zone,
            working_hours=identities.hours[place],
            languages=identities.languages[place],
            grade=int(organisation.grade[place]),
            job_title=titles[place],
            manager=int(organisation.manager[place]) if place else None,
            hours_a_month=float(hours[place]),
            bio=bios[place],
            seeks_mentor=bool(abilities.seeks[place]),
            mentor_capacity=int(abilities.capacity[place]),
            paused_from=pause[0] if pause else None,
            paused_until=pause[1] if pause else None,
        )
        for place, pause in enumerate(pauses)
    )


def _titles(organisation: Organisation, material: Material) -> list[str]:
    posts = zip(organisation.department.tolist(), organisation.grade.tolist(), strict=True)
    titles = [material.departments[department].titles[grade - 1] for department, grade in posts]
    titles[0] = material.chief_title
    return titles


def _hours_a_month(abilities: Abilities, rng: np.random.Generator) -> Reals:
    """Return hours that suffice for what each person seeks and offers."""
    hours: Reals = rng.choice(HOURS_A_MONTH, size=len(abilities.seeks), p=HOURS_WEIGHTS)
    np.maximum(hours, HOURS_A_MENTORSHIP * (abilities.seeks + abilities.capacity), out=hours)
    return hours


def _claims(abilities: Abilities, material: Material) -> tuple[Claim, ...]:
    people, skills = np.nonzero(abilities.held)
    levels = abilities.held[people, skills].tolist()
    rows = zip(people.tolist(), skills.tolist(), levels, strict=True)
    return tuple(Claim(person, material.skills[skill], level) for person, skill, level in rows)


def _goals(abilities: Abilities, material: Material, rng: np.random.Generator) -> tuple[Goal, ...]:
    people, skills = np.nonzero(abilities.wished)
    reasons = material.text["goal_reasons"]
    drawn = rng.integers(len(reasons), size=len(people)).tolist()
    levels = abilities.wished[people, skills].tolist()
    importance = abilities.importance[people, skills].tolist()
    rows = zip(people.tolist(), skills.tolist(), levels, importance, drawn, strict=True)
    return tuple(
        Goal(
            person, material.skills[skill], level, weight, reasons[why].format(skill=material.phrases[skill])
        )
        for person, skill, level, weight, why in rows
    )


def _pauses(people: int, today: date, rng: np.random.Generator) -> list[tuple[date, date] | None]:
    """Return the pause of each person, if any; every pause includes today."""
    pauses: list[tuple[date, date] | None] = [None] * people
    for place in rng.choice(people, size=round(PAUSED_SHARE * people), replace=False).tolist():
        so_far = int(rng.integers(1, LONGEST_PAUSE_SO_FAR))
        to_come = int(rng.integers(7, LONGEST_PAUSE_TO_COME))
        pauses[place] = (today - timedelta(days=so_far), today + timedelta(days=to_come))
    return pauses


def _blocks(people: int, rng: np.random.Generator) -> tuple[Block, ...]:
    pairs = rng.integers(people, size=(round(BLOCKS_SHARE * people), 2)).tolist()
    return tuple(Block(*pair) for pair in sorted({(one, other) for one, other in pairs if one != other}))
