"""Problems to try the engine on: realistic people on a skill graph, the same for the same seed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from matching.generate.mentoring import capacities, earlier_pairs, mentoring_programme
from matching.generate.people import drawn, people_of, weights_of
from matching.generate.skills import Taxonomy, read_esco, starter_taxonomy
from matching.problem import (
    Candidate,
    CommunitiesProgramme,
    Community,
    CommunityMember,
    Criterion,
    Joint,
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

ROUND = "2026-Q4"
LARGEST = 100_000
KINDS = ("mentoring", "peers", "communities")
# What one engagement takes in a joint round.
HOURS_A_MONTH = {"mentoring": 2.0, "peers": 1.5, "communities": 1.0}


def generate(
    *,
    mentees: int,
    mentors: int,
    seed: int,
    kinds: Sequence[str] = ("mentoring",),
    esco: Path | None = None,
    candidates_each: int | None = None,
    joint: bool = False,
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
    joint : bool
        Let the programmes share people's hours, and cover for one another in the order of `kinds`.

    Raises
    ------
    ValueError
        A size, the seed or a kind is out of range, or an ESCO file is missing.
    """
    _check_arguments(mentees, mentors, seed, kinds, candidates_each)
    random = np.random.default_rng(seed)
    if candidates_each is not None and joint:
        raise ValueError("Explicit candidates are generated for a round of mentoring alone.")
    if candidates_each is not None:
        return _bare_instance(mentees, mentors, candidates_each, random)
    taxonomy = starter_taxonomy() if esco is None else read_esco(esco)
    company = _company(mentees, mentors, kinds, taxonomy, random)
    return _sharing(company, kinds) if joint else company


def _company(
    mentees: int, mentors: int, kinds: Sequence[str], taxonomy: Taxonomy, random: np.random.Generator
) -> Problem:
    """Return people on a skill graph with their programmes, blocks and earlier pairs."""
    people = people_of(mentees + mentors - min(mentees, mentors) // 8, taxonomy, random)
    # Drawn in any case, so that the other programmes are the same with and without it.
    mentoring = mentoring_programme(people, mentees, mentors, random)
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
        skills=_skill_rows(taxonomy),
        people=people,
        programmes=tuple(made.values()),
        blocks=_blocks(people, random),
        history=earlier_pairs(mentoring, random) if "mentoring" in made else (),
    )


def _sharing(company: Problem, kinds: Sequence[str]) -> Problem:
    """Return the company with one round of all its programmes, each with what it takes of people's hours."""
    programmes = tuple(replace(row, hours_a_month=HOURS_A_MONTH[row.id]) for row in company.programmes)
    joint = Joint(hours_budget=True, cover_by=tuple(dict.fromkeys(kinds)))
    return replace(company, programmes=programmes, joint=joint)


def _skill_rows(taxonomy: Taxonomy) -> SkillRows:
    return SkillRows(
        nodes=tuple(Skill(id=node, label=label, aliases=aliases) for node, label, aliases in taxonomy.nodes),
        edges=tuple(SkillEdge(source=a, kind=Edge(kind), target=b) for a, kind, b in taxonomy.edges),
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


def _blocks(people: Sequence[Person], random: np.random.Generator) -> tuple[tuple[str, str], ...]:
    """Let about one person in a hundred block another."""
    pairs = random.integers(len(people), size=(len(people) // 100, 2)).tolist()
    ordered = {(min(a, b), max(a, b)) for a, b in pairs if a != b}
    return tuple((people[a].id, people[b].id) for a, b in sorted(ordered))


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
    leads = drawn(people, weights_of(people, 2.0), count, random).tolist()
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
            for person, capacity in zip(offering, capacities(mentees, mentors, random), strict=True)
        ),
        candidates=tuple(candidates),
    )
    return Problem(
        round=ROUND, people=tuple(Person(id=person) for person in seeking + offering), programmes=(programme,)
    )
