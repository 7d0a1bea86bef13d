"""The bound of a certificate is the documented formula, for any prices at all and for every kind of programme."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from matching.check import Violation, ViolationKind, check, grid
from matching.errors import ProblemError
from matching.problem import (
    CommunitiesProgramme,
    Community,
    GoalName,
    MentoringProgramme,
    PeerProgramme,
    Previous,
    Problem,
    Programme,
)
from matching.solution import Certificate, CertificateKind, GoalValue, Meeting, OddSet, Solution, Status
from tests.matching.community_problems import bare_problem
from tests.matching.peer_problems import peer_problems
from tests.matching.problems import bare_problems

SEEDS = st.integers(0, 2**32)


def judged(problem: Problem, certificate: Certificate) -> list[Violation]:
    """Return what the check says of a certificate beside a plan that matches nobody."""
    (programme,) = problem.programmes
    solution = Solution(
        problem_sha256=problem.sha256,
        status=Status.TIMED_OUT,
        programmes=(programme.id,),
        seed=0,
        assignments=(),
        unmatched=(),
        goals=tuple(
            GoalValue(programme=programme.id, goal=str(goal), value=0, bound=0) for goal in programme.goals
        ),
        certificates=(certificate,),
    )
    return [row for row in check(problem, solution).violations if row.where.startswith("certificates")]


def is_the_bound(problem: Problem, certificate: Certificate, bound: int) -> bool:
    """Tell whether the check finds this bound right, and one more as well as one less wrong.

    Amounts that pass what can be added up exactly may be refused instead, as a whole.
    """
    refused = [row.where for row in judged(problem, certificate) if row.kind is ViolationKind.WRONG_PRICE]
    if refused:
        return refused == ["certificates[0]"] and _greatest_amount(certificate) >= 2**40
    wrong = [
        any(row.where.endswith(".bound") for row in judged(problem, replace(certificate, bound=claimed)))
        for claimed in (bound - 1, bound, bound + 1)
    ]
    return wrong == [True, False, True]


def _greatest_amount(certificate: Certificate) -> int:
    priced = (*certificate.odd_sets, *certificate.meetings)
    amounts = (certificate.weights, certificate.mentees, certificate.mentors, certificate.people)
    return max(*(abs(value) for row in amounts for value in row.values()), *(row.price for row in priced), 0)


def prices(random: Random, names: Iterable[str], times: int, least: int = 0) -> dict[str, int]:
    return {name: times * random.choice((least, 0, 1, 5, 17, 40)) for name in names if random.random() < 0.8}


def magnitude(random: Random) -> int:
    """Draw what to multiply amounts with: mostly nothing, else up to beyond 64 bits."""
    return 2 ** random.choice((0, 0, 0, 0, 10, 20, 40, 48, 52, 54, 56, 58, 60))


def with_more_to_aim_at(random: Random, problem: Problem) -> Problem:
    """Return the problem with an earlier plan, at times as a goal, and people and communities that must be matched."""
    (programme,) = problem.programmes
    goals = programme.goals
    if random.random() < 0.5:
        goals = (*goals, GoalName.SAME_PARTNERS)

    def must(name: str, room: str) -> dict[str, Any]:
        """Return some rows of the programme, those that have room, as required."""
        rows = getattr(programme, name, ())
        return {
            name: tuple(
                replace(row, required=getattr(row, room, 1) > 0 and random.random() < 0.2) for row in rows
            )
        }

    seekers = "mentees" if isinstance(programme, MentoringProgramme) else "people"
    changes = must(seekers, "places")
    if isinstance(programme, CommunitiesProgramme):
        changes |= must("communities", "max")
    earlier = tuple(
        Previous(programme=programme.id, members=row[:2])
        for row in programme.candidates or ()
        if random.random() < 0.4
    )
    return replace(problem, programmes=(replace(programme, goals=goals, **changes),), previous=earlier)


def weights_of(
    random: Random, programme: Programme, times: int, *names: str, required: bool
) -> dict[str, int]:
    """Draw a weight for each of these aims, and of those that the programme has besides."""
    found = [*names, *(["required"] if required else [])]
    found += ["same_partners"] if GoalName.SAME_PARTNERS in programme.goals else []
    return {name: times * random.choice((0, 1, 3, 20)) for name in found}


# Mentoring


@pytest.mark.parametrize("at_once", [1, grid.AT_ONCE])
@given(problem=bare_problems(), seed=SEEDS)
@settings(deadline=None, max_examples=40)
def test_prices_of_mentoring(at_once: int, problem: Problem, seed: int) -> None:
    """Places, capacity, locks, an earlier plan and waiting all count as the documentation says.

    They do so however many pairs are looked at together.
    """
    random = Random(seed)
    times = magnitude(random)
    problem = with_more_to_aim_at(random, problem)
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    settled = {lock.members[0] for lock in problem.locks}
    required = any(row.required and row.person not in settled for row in programme.mentees)
    certificate = Certificate(
        programme=programme.id,
        kind=CertificateKind.PRICES,
        bound=0,
        weights=weights_of(random, programme, times, "coverage", "points", required=required),
        mentees=prices(random, (row.person for row in programme.mentees), times, least=-9),
        mentors=prices(random, (row.person for row in programme.mentors), times),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grid, "AT_ONCE", at_once)
        assert is_the_bound(problem, certificate, of_mentoring(problem, programme, certificate))


def of_mentoring(problem: Problem, programme: MentoringProgramme, certificate: Certificate) -> int:
    locked = [lock.members for lock in problem.locks]
    weights = certificate.weights
    left = {row.person: row.places - sum(a == row.person for a, _ in locked) for row in programme.mentees}
    left = {person: min(places, len(programme.mentors)) for person, places in left.items() if places > 0}
    bonus = {
        row.person: weights["coverage"] * (1 + row.rounds_waited) + weights.get("required", 0) * row.required
        if row.person not in {a for a, _ in locked}
        else 0
        for row in programme.mentees
    }
    u, v = certificate.mentees, certificate.mentors
    total = 0
    for person, places in left.items():
        total += max(0, u.get(person, 0)) + (places - 1) * max(0, u.get(person, 0) - bonus[person])
    for row in programme.mentors:
        capacity = row.capacity - sum(b == row.person for _, b in locked)
        total += min(capacity, len(programme.mentees)) * v.get(row.person, 0)
    again = {row.members for row in problem.previous}
    banned = {frozenset(ban.members) for ban in problem.bans}
    for a, b, points in programme.candidates or ():
        if a in left and (a, b) not in locked and frozenset((a, b)) not in banned:
            worth = weights["points"] * points + weights.get("same_partners", 0) * ((a, b) in again)
            total += max(0, worth + bonus[a] - u.get(a, 0) - v.get(b, 0))
    return total


# Peer coaching


@given(problem=peer_problems(7), seed=SEEDS)
@settings(deadline=None, max_examples=120)
def test_prices_of_peer_coaching(problem: Problem, seed: int) -> None:
    """Over all pairs and triads the check finds what the formula gives, odd sets of both sizes included."""
    random = Random(seed)
    times = magnitude(random)
    problem = with_more_to_aim_at(random, problem)
    (programme,) = problem.programmes
    assert isinstance(programme, PeerProgramme)
    required = any(row.required for row in programme.people)
    names = [row.person for row in programme.people]
    certificate = Certificate(
        programme=programme.id,
        kind=CertificateKind.PRICES,
        bound=0,
        weights=weights_of(random, programme, times, "coverage", "triads", "points", required=required),
        people=prices(random, names, times),
        odd_sets=tuple(
            OddSet(
                members=tuple(sorted(random.sample(names, random.randint(1, len(names))))),
                price=times * random.choice((0, 1, 7, 30)),
                size=random.choice((2, 3)),
            )
            for _ in range(random.randrange(4))
        ),
        scale=random.choice((1, 2, 3)),
    )
    assert is_the_bound(problem, certificate, of_peers(problem, programme, certificate))


def of_peers(problem: Problem, programme: PeerProgramme, certificate: Certificate) -> int:
    waited = {row.person: 1 + row.rounds_waited for row in programme.people}
    points = {frozenset(row[:2]): row[2] for row in programme.candidates or ()}
    settled = {member for lock in problem.locks for member in lock.members}
    must = {row.person for row in programme.people if row.required}
    again = {frozenset(row.members) for row in problem.previous}
    weights, asked = certificate.weights, certificate.people
    total = sum(asked.values()) + sum(
        row.price * (len(row.members) // row.size) for row in certificate.odd_sets
    )
    for size in programme.group_sizes:
        for group in combinations([person for person in waited if person not in settled], size):
            if _may_be_a_group(problem, points, group):
                worth = weights["coverage"] * sum(waited[person] for person in group)
                worth += weights.get("required", 0) * len(must & set(group)) - weights["triads"] * (size == 3)
                pairs = [frozenset(pair) for pair in combinations(group, 2)]
                own = weights["points"] * sum(points[pair] for pair in pairs)
                own += weights.get("same_partners", 0) * sum(pair in again for pair in pairs)
                worth += own * (2 if size == 2 else 1)
                left = certificate.scale * worth - sum(asked.get(person, 0) for person in group)
                for row in certificate.odd_sets:
                    left -= row.price * (len(set(group) & set(row.members)) // row.size)
                total += max(0, left)
    return total // certificate.scale


def _may_be_a_group(problem: Problem, points: Mapping[frozenset[str], int], group: Sequence[str]) -> bool:
    apart = [set(row) for row in problem.blocks] + [set(ban.members) for ban in problem.bans]
    named = all(frozenset(pair) in points for pair in combinations(group, 2))
    return named and not any(row <= set(group) for row in apart)


# Communities


@given(seed=SEEDS)
@settings(deadline=None, max_examples=150)
def test_prices_of_communities(seed: int) -> None:
    """For each community the best members that size and each mix allow, found here by trying all sets."""
    random = Random(seed)
    times = magnitude(random)
    try:
        problem = bare_problem(random)
    except ProblemError:
        reject()
    problem = with_more_to_aim_at(random, problem)
    (programme,) = problem.programmes
    assert isinstance(programme, CommunitiesProgramme)
    settled, opened = ({lock.members[side] for lock in problem.locks} for side in (0, 1))
    required = any(row.required and row.person not in settled for row in programme.people) or any(
        row.required and row.id not in opened for row in programme.communities
    )
    names = [row.person for row in programme.people]
    enemies = [
        row for row in (*problem.blocks, *(ban.members for ban in problem.bans)) if set(row) <= set(names)
    ]
    certificate = Certificate(
        programme=programme.id,
        kind=CertificateKind.PRICES,
        bound=0,
        weights=weights_of(random, programme, times, "coverage", "points", required=required),
        people=prices(random, names, times),
        meetings=tuple(
            Meeting(
                first=row[0],
                second=row[1],
                community=community.id,
                price=times * random.choice((0, 1, 7, 30)),
            )
            for row in dict.fromkeys(tuple(sorted(row)) for row in enemies)
            for community in programme.communities
            if random.random() < 0.6
        ),
        scale=random.choice((1, 2, 3)),
    )
    bound = of_communities(problem, programme, certificate)
    if bound is not None:
        assert is_the_bound(problem, certificate, bound)


def of_communities(problem: Problem, programme: CommunitiesProgramme, certificate: Certificate) -> int | None:
    """Return the bound; none where a community that a lock opens can have no members that suffice."""
    locked = [lock.members for lock in problem.locks]
    weights, scale, asked = certificate.weights, certificate.scale, certificate.people
    left = {row.person: row.places - sum(a == row.person for a, _ in locked) for row in programme.people}
    left = {person: min(places, len(programme.communities)) for person, places in left.items()}
    bonus = {
        row.person: 0
        if row.person in {a for a, _ in locked}
        else weights["coverage"] * (1 + row.rounds_waited) + weights.get("required", 0) * row.required
        for row in programme.people
    }
    again = {row.members for row in problem.previous}
    total = 0
    for person, places in left.items():
        if places > 0:
            price = asked.get(person, 0)
            total += price + (places - 1) * max(0, price - scale * bonus[person])
    for community in programme.communities:
        inside = [a for a, b in locked if b == community.id]
        joining = dict(_may_join(problem, programme, community, inside, left))
        here = [
            row
            for row in certificate.meetings
            if row.community == community.id and row.first in joining and row.second in joining
        ]
        for person, points in joining.items():
            kept = weights.get("same_partners", 0) * ((person, community.id) in again)
            worth = scale * (weights["points"] * points + kept + bonus[person]) - asked.get(person, 0)
            joining[person] = worth - sum(row.price for row in here if person in (row.first, row.second))
        best = _most(problem, community, inside, joining)
        if best is None and inside:
            return None
        if best is not None:
            earned = best + sum(row.price for row in here)
            opening = scale * weights.get("required", 0) * community.required
            total += earned if inside else max(0, earned + opening)
    return total // scale


def _may_join(
    problem: Problem,
    programme: CommunitiesProgramme,
    community: Community,
    inside: Sequence[str],
    left: Mapping[str, int],
) -> Iterator[tuple[str, int]]:
    apart = {frozenset(row) for row in problem.blocks} | {frozenset(ban.members) for ban in problem.bans}
    for person, name, points in programme.candidates or ():
        barred = {frozenset((person, other)) for other in (community.id, community.lead, *inside)}
        free = left[person] > 0 and person not in inside and person != community.lead
        if name == community.id and free and len(inside) < community.max and not apart & barred:
            yield person, points


def _most(
    problem: Problem, community: Community, inside: Sequence[str], worths: Mapping[str, int]
) -> int | None:
    """Return the most that members who suffice are worth: the least over the mixes, each taken alone."""
    value = {person.id: {"department": person.department, **person.attributes} for person in problem.people}
    sizes = range(max(community.min, 1), community.max + 1)
    every = [
        members
        for size in range(len(worths) + 1)
        for members in combinations(worths, size)
        if size + len(inside) in sizes
    ]
    best = []
    for mix in (None, *community.mix):
        sums = [
            sum(worths[person] for person in members)
            for members in every
            if mix is None
            or len({value[person].get(mix.attribute) for person in (*members, *inside)} - {None})
            >= mix.at_least
        ]
        if not sums:
            return None
        best.append(max(sums))
    return min(best)
