"""Problems to try the engine on: realistic people on a skill graph, the same for the same seed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.generate.people import people_of, weights_of
from matching.generate.skills import Taxonomy, read_esco, starter_taxonomy
from matching.problem import (
    Candidate,
    CommunitiesProgramme,
    Community,
    CommunityMember,
    Criterion,
    History,
    Mentee,
    Mentor,
    MentoringProgramme,
    Mix,
    Peer,
    PeerProgramme,
    Person,
    Problem,
    Programme,
    Rule,
    RuleName,
    Skill,
    SkillEdge,
    SkillRows,
)
from matching.problem import EdgeKind as Edge

ROUND, EARLIER_ROUNDS = "2026-Q4", ("2026-Q2", "2026-Q3")
LARGEST = 100_000
KINDS = ("mentoring", "peers", "communities")


def generate(
    *,
    mentees: int,
    mentors: int,
    seed: int,
    kinds: Sequence[str] = ("mentoring",),
    esco: Path | None = None,
    candidates_each: int | None = None,
) -> Problem:
    """Return a problem of the asked size; the same arguments give the same problem.

    Parameters
    ----------
    mentees, mentors : int
        How many enrol as each, 1 to 100,000. One in eight of the fewer are both.
    seed : int
        Seed of the random numbers, not negative.
    kinds : sequence of str
        Which programmes: any of ``mentoring``, ``peers`` and ``communities``.
    esco : Path, optional
        Folder of ESCO's CSV files; without it people hold the skills of a small graph written here.
    candidates_each : int, optional
        Give a bare assignment instance instead: people with ids only, and for each mentee this many
        explicit candidates (all mentors when there are fewer) with points from 1 to 100.

    Raises
    ------
    ValueError
        A size, the seed or a kind is out of range, or an ESCO file is missing.
    """
    _check_arguments(mentees, mentors, seed, kinds, candidates_each)
    random = np.random.default_rng(seed)
    if candidates_each is not None:
        return _bare_instance(mentees, mentors, candidates_each, random)
    taxonomy = starter_taxonomy() if esco is None else read_esco(esco)
    people = people_of(mentees + mentors - min(mentees, mentors) // 8, taxonomy, random)
    mentoring = _mentoring(people, mentees, mentors, random)
    made: dict[str, Programme] = {}
    for kind in kinds:
        if kind == "mentoring":
            made[kind] = mentoring
        elif kind == "peers":
            made[kind] = _peers(people)
        else:
            made[kind] = _communities(people, taxonomy, random)
    return Problem(
        round=ROUND,
        skills=SkillRows(
            nodes=tuple(
                Skill(id=node, label=label, aliases=aliases) for node, label, aliases in taxonomy.nodes
            ),
            edges=tuple(SkillEdge(source=a, kind=Edge(kind), target=b) for a, kind, b in taxonomy.edges),
        ),
        people=people,
        programmes=tuple(made.values()),
        blocks=_blocks(people, random),
        history=_history(mentoring, random) if "mentoring" in made else (),
    )


def _check_arguments(
    mentees: int, mentors: int, seed: int, kinds: Sequence[str], candidates_each: int | None
) -> None:
    for name, number in (("mentees", mentees), ("mentors", mentors)):
        if not 1 <= number <= LARGEST:
            raise ValueError(f"The number of {name} must be from 1 to {LARGEST:,}, not {number:,}.")
    if seed < 0:
        raise ValueError(f"The seed must not be negative, but it is {seed}.")
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown or not kinds:
        raise ValueError(f"The kinds must be some of {', '.join(KINDS)}, not {', '.join(unknown) or 'none'}.")
    if candidates_each is not None and candidates_each < 1:
        raise ValueError(f"Each mentee needs at least one candidate, not {candidates_each}.")
    if candidates_each is not None and tuple(kinds) != ("mentoring",):
        raise ValueError("Explicit candidates are generated for mentoring only.")


def _mentoring(
    people: Sequence[Person], mentees: int, mentors: int, random: np.random.Generator
) -> MentoringProgramme:
    """Enrol mentors from the higher grades and mentees from the lower, with a few places to spare in all."""
    offering = _drawn(people, weights_of(people, 1.5), mentors, random)
    chosen = np.zeros(len(people), dtype=bool)
    chosen[offering] = True
    others = np.flatnonzero(~chosen)
    both = random.permutation(offering)[: mentees - min(mentees, len(others))]
    seeking = np.concatenate((others[:mentees], both))
    wishes = _wishes(len(seeking), people, offering, random)
    waited = random.choice(3, size=len(seeking), p=(0.85, 0.11, 0.04)).tolist()
    places = random.choice((1, 2), size=len(seeking), p=(0.97, 0.03)).tolist()
    capacities = _capacities(mentees, mentors, random)
    return MentoringProgramme(
        id="mentoring",
        hours_a_month=2.0,
        mentees=tuple(
            Mentee(
                person=people[index].id,
                places=places[place],
                wishes=tuple(wish for wish in wishes[place] if wish != people[index].id),
                rounds_waited=waited[place],
            )
            for place, index in enumerate(seeking.tolist())
        ),
        mentors=tuple(
            Mentor(person=people[index].id, capacity=capacity)
            for index, capacity in zip(offering.tolist(), capacities, strict=True)
        ),
        rules=(
            Rule(rule=RuleName.NOT_IN_REPORTING_LINE),
            Rule(rule=RuleName.SHARED_HOURS, minutes=120),
            Rule(rule=RuleName.SHARED_LANGUAGE),
            Rule(rule=RuleName.NO_PRIOR_PAIR),
            Rule(rule=RuleName.GRADE_DISTANCE, min=0, max=6),
            Rule(rule=RuleName.COVERS_WANTS, percent=25),
        ),
        criteria={
            Criterion.SKILLS: 45,
            Criterion.LEVEL_STEP: 15,
            Criterion.HOURS: 10,
            Criterion.VARIETY: 10,
            Criterion.WISHES: 20,
        },
    )


def _capacities(mentees: int, mentors: int, random: np.random.Generator) -> list[int]:
    """Return a capacity for each mentor: at least one, uneven, together about a tenth over the mentees."""
    spread = random.geometric(min(1.0, mentors / (1.1 * mentees)), size=mentors)
    capacities: list[int] = np.minimum(spread, 12 * (1 + mentees // mentors)).tolist()
    return capacities


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


def _drawn(
    people: Sequence[Person], weights: NDArray[np.float64], count: int, random: np.random.Generator
) -> NDArray[np.int64]:
    return random.choice(len(people), size=count, replace=False, p=weights).astype(np.int64)


def _blocks(people: Sequence[Person], random: np.random.Generator) -> tuple[tuple[str, str], ...]:
    """Let about one person in a hundred block another."""
    pairs = random.integers(len(people), size=(len(people) // 100, 2)).tolist()
    ordered = {(min(a, b), max(a, b)) for a, b in pairs if a != b}
    return tuple((people[a].id, people[b].id) for a, b in sorted(ordered))


def _history(programme: MentoringProgramme, random: np.random.Generator) -> tuple[History, ...]:
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


def _peers(people: Sequence[Person]) -> PeerProgramme:
    return PeerProgramme(
        id="peers",
        group_sizes=(2, 3),
        people=tuple(Peer(person=person.id) for person in people),
        rules=(Rule(rule=RuleName.NOT_IN_REPORTING_LINE), Rule(rule=RuleName.SHARED_LANGUAGE)),
        criteria={Criterion.SKILLS: 60, Criterion.HOURS: 40},
    )


def _communities(
    people: Sequence[Person], taxonomy: Taxonomy, random: np.random.Generator
) -> CommunitiesProgramme:
    """Found a community for each line of work that the company's size can fill, led by a senior person."""
    profiles = [profile for profiles in taxonomy.departments.values() for profile in profiles]
    count = max(1, min(len(profiles), len(people) // 8, len(people)))
    leads = _drawn(people, weights_of(people, 2.0), count, random).tolist()
    identifiers = [f"c{place + 1:0{len(str(count))}}" for place in range(count)]
    largest = max(6, 2 * len(people) // count)
    wished = random.integers(count, size=len(people)).tolist()
    return CommunitiesProgramme(
        id="communities",
        communities=tuple(
            Community(
                id=identifiers[place],
                skills=profiles[place][:3],
                lead=people[leads[place]].id,
                min=4,
                max=largest,
                mix=(Mix(attribute="department", at_least=2),),
            )
            for place in range(count)
        ),
        people=tuple(
            CommunityMember(person=person.id, places=1, wishes=(identifiers[wish],))
            for person, wish in zip(people, wished, strict=True)
        ),
        criteria={Criterion.SKILLS: 80, Criterion.WISHES: 20},
    )


def _bare_instance(mentees: int, mentors: int, each: int, random: np.random.Generator) -> Problem:
    """Return ids and candidates only, whose points follow hidden interests so that mentors are contested."""
    width = len(str(max(mentees, mentors)))
    seeking = [f"m{index + 1:0{width}}" for index in range(mentees)]
    offering = [f"t{index + 1:0{width}}" for index in range(mentors)]
    interests, strengths = random.integers(12, size=mentees), random.integers(12, size=mentors)
    renown = random.random(mentors) ** 3
    candidates: list[Candidate] = []
    for mentee, interest in zip(seeking, interests.tolist(), strict=True):
        chosen = np.sort(random.choice(mentors, size=min(each, mentors), replace=False))
        shared = 45 * (strengths[chosen] == interest)
        points = 1 + shared + (30 * renown[chosen]).astype(np.int64) + random.integers(25, size=len(chosen))
        candidates.extend(
            (mentee, offering[mentor], worth)
            for mentor, worth in zip(chosen.tolist(), points.tolist(), strict=True)
        )
    programme = MentoringProgramme(
        id="mentoring",
        mentees=tuple(Mentee(person=person) for person in seeking),
        mentors=tuple(
            Mentor(person=person, capacity=capacity)
            for person, capacity in zip(offering, _capacities(mentees, mentors, random), strict=True)
        ),
        candidates=tuple(candidates),
    )
    return Problem(
        round=ROUND, people=tuple(Person(id=person) for person in seeking + offering), programmes=(programme,)
    )
