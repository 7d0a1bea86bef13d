"""Small joint rounds for the engine's tests, and the answer by trying every plan."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, product
from random import Random

from matching.problem import (
    Ban,
    CommunitiesProgramme,
    Community,
    CommunityMember,
    GoalName,
    Joint,
    Lock,
    Mentee,
    Mentor,
    MentoringProgramme,
    Mix,
    Peer,
    PeerProgramme,
    Person,
    Problem,
    Programme,
)

Match = tuple[str, ...]
Plan = dict[str, tuple[Match, ...]]
GOALS = (("coverage", "points"), ("coverage", "points"), ("coverage",), ("points",))


def joint_problem(random: Random) -> Problem:
    """Draw a tiny round with explicit candidates: hours, cover, waiting, locks, bans, mixes and leads."""
    people = [f"p{number}" for number in range(random.randint(2, 5))]
    makers = {"m": _mentoring, "g": _communities, "p": _peers}
    names = random.sample(sorted(makers), random.choice((1, 2, 2, 3, 3)))
    programmes = tuple(makers[name](random, name, people) for name in names)
    locks = [lock for row in programmes for lock in _locks(random, row)] if random.random() < 0.3 else []
    bans = [Ban(programme=names[0], members=tuple(random.sample(people, 2)))] if random.random() < 0.3 else []
    return Problem(
        round="2026-Q4",
        people=tuple(
            Person(
                id=person,
                hours_a_month=random.choice((None, 0.0, 1.0, 2.0, 2.5, 3.0, 4.0)),
                department=random.choice((None, "A", "B")),
            )
            for person in people
        ),
        programmes=programmes,
        joint=Joint(
            hours_budget=random.random() < 0.85,
            cover_by=tuple(random.sample(names, random.randint(0, len(names)))),
        ),
        locks=tuple(locks),
        bans=tuple(bans),
    )


def _shared(random: Random) -> dict[str, object]:
    return {
        "hours_a_month": random.choice((None, 0.0, 0.5, 1.0, 1.5, 2.0)),
        "goals": tuple(GoalName(goal) for goal in random.choice(GOALS)),
    }


def _mentoring(random: Random, name: str, people: list[str]) -> Programme:
    mentees = random.sample(people, random.randint(1, len(people)))
    mentors = random.sample(people, random.randint(1, min(3, len(people))))
    cells = [(a, b) for a in mentees for b in mentors if a != b and random.random() < 0.7]
    return MentoringProgramme(
        id=name,
        mentees=tuple(
            Mentee(person=row, places=random.choice((0, 1, 1, 2)), rounds_waited=random.choice((0, 0, 2)))
            for row in mentees
        ),
        mentors=tuple(Mentor(person=row, capacity=random.choice((0, 1, 2, 2))) for row in mentors),
        candidates=tuple((*cell, random.randint(-2, 9)) for cell in cells[:7]),
        **_shared(random),  # type: ignore[arg-type]
    )


def _peers(random: Random, name: str, people: list[str]) -> Programme:
    waited = random.choice(((0,), (0, 1)))
    return PeerProgramme(
        id=name,
        group_sizes=random.choice(((2,), (2, 3), (3,))),
        people=tuple(Peer(person=row, rounds_waited=random.choice(waited)) for row in people),
        candidates=tuple(
            (*pair, random.randint(-2, 9)) for pair in combinations(people, 2) if random.random() < 0.8
        ),
        **_shared(random),  # type: ignore[arg-type]
    )


def _communities(random: Random, name: str, people: list[str]) -> Programme:
    names = ["c0", "c1"][: random.randint(1, 2)]
    least = random.choice((1, 1, 2))
    return CommunitiesProgramme(
        id=name,
        communities=tuple(
            Community(
                id=row,
                lead=random.choice((None, *people)),
                min=least,
                max=least + random.choice((0, 1, 2)),
                mix=(Mix(attribute="department", at_least=2),) if random.random() < 0.3 else (),
            )
            for row in names
        ),
        people=tuple(
            CommunityMember(
                person=row, places=random.choice((0, 1, 1, 2)), rounds_waited=random.choice((0, 0, 1))
            )
            for row in people
        ),
        candidates=tuple(
            (person, row, random.randint(-2, 9))
            for person in people
            for row in names
            if random.random() < 0.7
        ),
        **_shared(random),  # type: ignore[arg-type]
    )


def _locks(random: Random, programme: Programme) -> Iterator[Lock]:
    named = programme.candidates or ()
    if named and 3 not in getattr(programme, "group_sizes", ()) and random.random() < 0.5:
        yield Lock(programme=programme.id, members=random.choice(named)[:2])


def best_by_trying_all(problem: Problem) -> tuple[int, ...] | None:
    """Return the values of the aims, locks and all, that the best of all plans has; `None` for no plan."""
    return max((aims(problem, plan) for plan in plans(problem)), default=None)


def plans(problem: Problem) -> Iterator[Plan]:
    """Yield every plan that keeps each programme's rules and everybody's hours."""
    choices = [list(_plans(problem, programme)) for programme in problem.programmes]
    has = {row.id: row.hours_a_month for row in problem.people}
    counted = problem.joint is not None and problem.joint.hours_budget
    for chosen in product(*choices):
        plan = {row.id: matches for row, matches in zip(problem.programmes, chosen, strict=True)}
        used: Counter[str] = Counter()
        for programme in problem.programmes:
            hours = round(100 * (programme.hours_a_month or 0))
            for person in _engaged(programme, plan[programme.id]):
                used[person] += hours
        if not counted or all(has[row] is None or used[row] <= 100 * float(has[row] or 0) for row in used):
            yield plan


def _engaged(programme: Programme, matches: tuple[Match, ...]) -> Iterator[str]:
    """Yield everybody once for each engagement."""
    for match in matches:
        if isinstance(programme, CommunitiesProgramme):
            yield match[0]
        else:
            yield from match
    if isinstance(programme, CommunitiesProgramme):
        leads = {row.id: row.lead for row in programme.communities}
        for name in {match[1] for match in matches}:
            if (lead := leads[name]) is not None:
                yield lead


def _plans(problem: Problem, programme: Programme) -> Iterator[tuple[Match, ...]]:
    banned = {frozenset(ban.members) for ban in problem.bans if ban.programme == programme.id}
    locked = {lock.members for lock in problem.locks if lock.programme == programme.id}
    matches = [row for row in _matches(programme) if not _is_banned(row, banned)]
    for size in range(len(matches) + 1):
        for chosen in combinations(matches, size):
            if locked <= set(chosen) and _keeps_rules(problem, programme, chosen, banned):
                yield chosen


def _is_banned(match: Match, banned: set[frozenset[str]]) -> bool:
    return any(ban <= set(match) for ban in banned)


def _matches(programme: Programme) -> list[Match]:
    """Return the pairs, groups or memberships that could be chosen."""
    named = [row[:2] for row in programme.candidates or ()]
    if not isinstance(programme, PeerProgramme):
        return list(named)
    pairs = {frozenset(row) for row in named}
    people = [row.person for row in programme.people]
    return [
        group
        for size in programme.group_sizes
        for group in combinations(people, size)
        if all(frozenset(pair) in pairs for pair in combinations(group, 2))
    ]


def _keeps_rules(
    problem: Problem, programme: Programme, chosen: tuple[Match, ...], banned: set[frozenset[str]]
) -> bool:
    if isinstance(programme, PeerProgramme):
        return max(Counter(person for group in chosen for person in group).values(), default=0) <= 1
    taken, given = Counter(row[0] for row in chosen), Counter(row[1] for row in chosen)
    if isinstance(programme, MentoringProgramme):
        places = {row.person: row.places for row in programme.mentees}
        capacity = {row.person: row.capacity for row in programme.mentors}
        return all(taken[p] <= places[p] for p in taken) and all(given[p] <= capacity[p] for p in given)
    assert isinstance(programme, CommunitiesProgramme)
    places = {row.person: row.places for row in programme.people}
    departments = {row.id: row.department for row in problem.people}
    for row in programme.communities:
        members = [person for person, name in chosen if name == row.id]
        if not members:
            continue
        values = {departments[person] for person in members} - {None}
        apart = any(frozenset(pair) in banned for pair in combinations(members, 2))
        with_lead = row.lead in members or any(frozenset((row.lead, m)) in banned for m in members)
        sizes = row.min <= len(members) <= row.max
        if not sizes or apart or with_lead or any(len(values) < mix.at_least for mix in row.mix):
            return False
    return all(taken[person] <= places[person] for person in taken)


def aims(problem: Problem, plan: Plan) -> tuple[int, ...]:
    """Return what a plan reaches in each aim of the round, in their order."""
    joint = problem.joint
    assert joint is not None
    found: list[int] = []
    last: list[int] = []
    if joint.cover_by:
        found.append(_cover(problem, plan, joint.cover_by))
    points = 0
    for name in (*joint.cover_by, *(row.id for row in problem.programmes if row.id not in joint.cover_by)):
        programme = problem.programme(name)
        waited = {row.person: row.rounds_waited for row in _seekers(programme)}
        if "coverage" in programme.goals:
            found.append(sum(1 + waited[person] for person in _covered(programme, plan[name])))
        if len(getattr(programme, "group_sizes", ())) > 1:
            triads = -sum(len(group) == 3 for group in plan[name])
            (found if "coverage" in programme.goals else last).append(triads)
        if "points" in programme.goals:
            points += sum(_points(programme, match) for match in plan[name])
    if any("points" in row.goals for row in problem.programmes):
        found.append(points)
    return (*found, *last)


def _cover(problem: Problem, plan: Plan, names: tuple[str, ...]) -> int:
    counts: dict[str, int] = {}
    covered: set[str] = set()
    for name in names:
        programme = problem.programme(name)
        for row in _seekers(programme):
            if getattr(row, "places", 1):
                counts[row.person] = max(counts.get(row.person, 0), 1 + row.rounds_waited)
        covered |= _covered(programme, plan[name])
    return sum(counts.get(person, 0) for person in covered)


def _seekers(programme: Programme) -> tuple[Mentee | Peer | CommunityMember, ...]:
    rows = programme.mentees if isinstance(programme, MentoringProgramme) else programme.people  # type: ignore[attr-defined]
    return tuple(rows)


def _covered(programme: Programme, matches: tuple[Match, ...]) -> set[str]:
    if isinstance(programme, PeerProgramme):
        return {person for group in matches for person in group}
    return {match[0] for match in matches}


def _points(programme: Programme, match: Match) -> int:
    points = {frozenset(row[:2]): row[2] for row in programme.candidates or ()}
    if not isinstance(programme, PeerProgramme):
        named = {row[:2]: row[2] for row in programme.candidates or ()}
        return named[match[0], match[1]]
    pairs = sum(points[frozenset(pair)] for pair in combinations(match, 2))
    return 2 * pairs if len(match) == 2 else pairs
