"""What one more mentor is worth: for each skill that is missed, and where and in what language it is."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median_low
from typing import TypeVar

import numpy as np

from matching.candidates import INELIGIBLE, Market
from matching.contrast.mentoring import changes
from matching.contrast.places import filled
from matching.contrast.records import Recruit
from matching.contrast.standing import Standing
from matching.contrast.today import MarketOfToday
from matching.goals import Amounts
from matching.problem import Held, Mentor, MentoringProgramme, Person, RuleName
from matching.rules import Mask
from matching.watch import Watch

Value = TypeVar("Value", str, tuple[tuple[int, int], ...])
# How many skills, and how many places in the world, are considered: those that most people miss.
MOST_SKILLS, MOST_PROFILES = 40, 12


@dataclass(frozen=True, slots=True, eq=False)
class _Prospect:
    """A recruit who could be: points of each mentee with them, who may be with them, the most gained."""

    mentor: Person
    points: Amounts
    allowed: Mask
    bound: int


def recruits(standing: Standing, *, places: int, shown: int, watch: Watch) -> Iterator[Recruit]:
    """Yield the recruits who are worth most, one for each skill, the most first.

    Parameters
    ----------
    places
        Places that the recruit offers.
    shown
        How many to yield at most; those worth nothing are left out.

    Notes
    -----
    By the prices a recruit gains at most the sum of what the `places` best pairs with them would gain. In the
    order of these bounds each is put into the plan, exactly, place by place, until no bound is more than what
    the last of the best has. One is given up as soon as the places so far show that all of them cannot bring
    what it takes. Closeness of skills is that of today: one more person does not change it.
    """
    found: dict[str, tuple[int, Recruit]] = {}
    prospects = sorted(_prospects(standing, places), key=lambda row: (-row.bound, row.mentor.id))
    for number, prospect in enumerate(prospects):
        watch.reached(number, len(prospects))
        best = sorted((worth for worth, _recruit in found.values()), reverse=True)[:shown]
        if len(best) == shown and prospect.bound <= best[-1]:
            break
        skill = "".join(held.skill for held in prospect.mentor.holds)
        # More than who has the same skill, and no less than the last of the best: equals stand by their ids.
        least = max(found[skill][0] if skill in found else 0, best[-1] - 1 if len(best) == shown else 0)
        put_in = _put_in(standing, prospect, places, least) if prospect.bound > least else None
        if put_in is not None:
            found[skill] = put_in
    ranked = sorted(found.values(), key=lambda row: (-row[0], row[1].mentor.id))
    yield from (recruit for _worth, recruit in ranked[:shown])


def usual_places(standing: Standing) -> int:
    """Return how many places a mentor of the programme usually offers: the median, and at least one."""
    offered = [row.capacity for row in standing.market.programme.mentors if row.capacity]
    return median_low(offered) if offered else 1


def _put_in(standing: Standing, prospect: _Prospect, places: int, least: int) -> tuple[int, Recruit] | None:
    """Return what a recruit is worth and brings; `None` when that is no more than `least`."""
    beside = standing.with_recruit(prospect.mentor.id, prospect.points, prospect.allowed)
    column = beside.shape[1] - 1
    filling = filled(beside, column, places, least)
    if filling is None:
        return None
    then, steps = filling
    difference, moves = changes(beside, steps)
    recruit = Recruit(
        programme=standing.market.programme.id,
        mentor=prospect.mentor,
        places=places,
        difference=difference,
        moves=moves,
    )
    return then.worth - beside.worth, recruit


def _prospects(standing: Standing, places: int) -> Iterator[_Prospect]:
    """Yield everybody who could be recruited, if the prices show any gain at all."""
    people = _people(standing) if standing.market.explicit is None else []
    if not people:
        return
    market = _market_with(standing.market, people)
    rows = np.flatnonzero(standing.room.places > 0)
    blocks = [(block.rows[:, 0], points) for block, points in market.blocks(rows)]
    for number, person in enumerate(people):
        points = np.zeros(standing.shape[0], dtype=np.int64)
        allowed: Mask = np.zeros(standing.shape[0], dtype=np.bool_)
        for part, found in blocks:
            points[part], allowed[part] = found[:, number], found[:, number] != INELIGIBLE
        gains = np.sort((points * standing.points_weight + standing.way_out)[allowed])[::-1]
        bound = int(np.maximum(gains[:places], 0).sum())
        if bound:
            yield _Prospect(person, np.where(allowed, points, 0), allowed, bound)


def _market_with(market: Market, people: Sequence[Person]) -> Market:
    """Return the market of the same mentees with the recruits as the only mentors."""
    mentors = tuple(Mentor(person=person.id) for person in people)
    programme = replace(market.programme, mentors=mentors)
    programme = replace(
        programme, mentees=tuple(replace(row, wishes=(), required=False) for row in programme.mentees)
    )
    problem = replace(
        market.problem,
        people=(*market.problem.people, *people),
        programmes=(programme,),
        locks=(),
        previous=(),
        joint=None,
    )
    (ordered,) = problem.programmes
    assert isinstance(ordered, MentoringProgramme)  # noqa: S101 - it was one before
    return MarketOfToday(problem, ordered, market.closeness)


def _people(standing: Standing) -> list[Person]:
    """Return recruits with each skill that is missed most, at the highest level, wherever it is missed most.

    They have the usual hours of their zone and the usual grade of mentors, keep every rule about attributes,
    and belong to a department of their own.
    """
    seekers = _badly_served(standing)
    missed: dict[str, list[int]] = defaultdict(list)
    for person in seekers:
        for want in person.wants:
            missed[want.skill].append(want.level)
    skills = sorted(missed, key=lambda skill: (-len(missed[skill]), skill))[:MOST_SKILLS]
    offers: list[tuple[Held, ...]] = [(Held(skill=skill, level=max(missed[skill])),) for skill in skills]
    if any(not person.wants for person in seekers):
        # Whoever wants nothing is helped by anybody.
        offers.append(())
    places = Counter(
        (person.time_zone, language) for person in seekers for language in person.languages or ("",)
    )
    profiles = sorted(places, key=lambda row: (-places[row], row[0] or "", row[1]))[:MOST_PROFILES]
    taken = {person.id for person in standing.market.problem.people}
    stem = "recruit"
    while any(name.startswith(stem) for name in taken):
        stem += "-"
    usual = {zone: _usual(standing, seekers, zone) for zone in {zone for zone, _language in profiles}}
    made: list[Person] = []
    for held in offers:
        for zone, language in profiles:
            languages = (language,) if language else ()
            made.append(replace(usual[zone], id=f"{stem}{len(made):04}", languages=languages, holds=held))
    return made


def _badly_served(standing: Standing) -> list[Person]:
    """Return the mentees with an empty place, and those whose matches have less than half of all points."""
    most = sum(standing.market.programme.criteria.values())
    poor = standing.free_mentees.copy()
    poor[standing.chosen.rows[2 * standing.chosen.points < most]] = True
    people = standing.market.problem.people
    return [people[place] for place in standing.market.sides.mentees[poor].tolist()]


def _most_common(values: Sequence[Value]) -> Value | None:
    """Return what occurs most often; of several, the least."""
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], value), default=None)


def _usual(standing: Standing, seekers: Sequence[Person], zone: str | None) -> Person:
    """Return somebody with the usual hours of the seekers in a zone and the usual grade of mentors."""
    market = standing.market
    people = market.problem.people
    here = [person for person in seekers if person.time_zone == zone]
    grades = [people[place].grade for place in market.sides.mentors.tolist()]
    names = {
        rule.name for rule in market.programme.rules if rule.rule is RuleName.SAME_ATTRIBUTE and rule.name
    }
    attributes = {
        name: _most_common([value for person in here if (value := person.attributes.get(name))])
        for name in sorted(names)
    }
    departments = {person.department for person in people}
    department = "another department"
    while department in departments:
        department += " "
    return Person(
        id="recruit",
        time_zone=zone,
        working_hours=_most_common([person.working_hours for person in here]) or (),
        grade=median_low(known) if (known := [grade for grade in grades if grade is not None]) else None,
        department=department,
        attributes={name: value for name, value in attributes.items() if value},
    )
