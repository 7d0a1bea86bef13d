"""Check against brute force and against mutants, on random small problems of every shape."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import chain, combinations
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from matching.check import ViolationKind, check
from matching.check.skills import closeness
from matching.problem import (
    Ban,
    Criterion,
    EdgeKind,
    GoalName,
    Held,
    History,
    Lock,
    Mentee,
    Mentor,
    MentoringProgramme,
    Person,
    Problem,
    ProblemError,
    Rule,
    RuleName,
    Skill,
    SkillEdge,
    SkillRows,
    Wanted,
)
from matching.solution import Assignment, Role, Solution
from matching.solve import solve

ZONES = ("Europe/Paris", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati")
HOURS = (((540, 1020),), ((0, 300), (1200, 1440)), ((480, 720), (780, 1020)))
SKILLS = tuple("abcdefgh")
GOALS = (
    (GoalName.COVERAGE, GoalName.POINTS),
    (GoalName.POINTS, GoalName.COVERAGE),
    (GoalName.COVERAGE,),
    (GoalName.POINTS,),
)
SEEDS = st.integers(0, 2**32)
QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


def random_person(random: Random, number: int) -> Person:
    zone = random.choice((None, *ZONES))
    held, wanted = random.sample(SKILLS, random.randrange(5)), random.sample(SKILLS, random.randrange(4))
    return Person(
        id=f"p{number:02}",
        name=random.choice(("", "Ann", "Bo")),
        manager=None if number == 0 or random.random() < 0.3 else f"p{random.randrange(number):02}",
        department=random.choice((None, "", "A", "B")),
        location=random.choice((None, "X", "Y")),
        time_zone=zone,
        working_hours=() if zone is None or random.random() < 0.1 else random.choice(HOURS),
        languages=tuple(random.sample(("en", "fr", "de"), random.randrange(3))),
        grade=random.choice((None, 0, 1, 2, 3, 4, 5)),
        attributes=random.choice(({}, {"site": "X"}, {"site": "Y", "team": "t"}, {"team": "u"})),
        holds=tuple(Held(skill, random.randint(1, 5)) for skill in held),
        wants=tuple(Wanted(skill, random.randint(1, 5), random.randint(1, 10)) for skill in wanted),
    )


def random_rules(random: Random) -> tuple[Rule, ...]:
    rules = (
        Rule(rule=RuleName.NOT_IN_REPORTING_LINE),
        Rule(rule=RuleName.SHARED_HOURS, minutes=random.choice((0, 30, 240))),
        Rule(rule=RuleName.SHARED_LANGUAGE),
        Rule(rule=RuleName.NO_PRIOR_PAIR),
        Rule(rule=RuleName.GRADE_DISTANCE, min=random.choice((-2, 0, 1)), max=random.choice((None, 2, 4))),
        Rule(rule=RuleName.OTHER_DEPARTMENT),
        Rule(rule=RuleName.SAME_ATTRIBUTE, name="site"),
        Rule(rule=RuleName.SAME_ATTRIBUTE, name="team"),
        Rule(rule=RuleName.COVERS_WANTS, percent=random.choice((1, 25, 60, 100))),
    )
    return tuple(rule for rule in rules if random.random() < 0.25)


def random_programme(random: Random, name: str, ids: list[str]) -> MentoringProgramme:
    mentees = tuple(
        Mentee(
            person=person,
            places=random.choice((0, 1, 1, 1, 2, 3, 15)),
            wishes=tuple(wish for wish in random.sample(ids, min(2, len(ids))) if wish != person),
            rounds_waited=random.choice((0, 0, 0, 1, 3)),
        )
        for person in random.sample(ids, random.randint(0, len(ids)))
    )
    mentors = tuple(
        Mentor(person=person, capacity=random.choice((0, 1, 1, 2, 20)))
        for person in random.sample(ids, random.randint(0, len(ids)))
    )
    programme = MentoringProgramme(id=name, mentees=mentees, mentors=mentors, goals=random.choice(GOALS))
    if random.random() < 0.4:
        return replace(programme, candidates=random_candidates(random, programme))
    criteria = {name: random.choice((0, 1, 7, 40)) for name in Criterion if random.random() < 0.6}
    return replace(programme, rules=random_rules(random), criteria=criteria)


def random_candidates(random: Random, programme: MentoringProgramme) -> tuple[tuple[str, str, int], ...]:
    reach = random.choice((3, 3, 1_000_000))
    return tuple(
        (mentee.person, mentor.person, random.randint(-reach, reach))
        for mentee in programme.mentees
        for mentor in programme.mentors
        if mentee.person != mentor.person and random.random() < 0.5
    )


def random_problem(random: Random) -> Problem:
    people = tuple(random_person(random, number) for number in range(random.randint(2, 12)))
    ids = [person.id for person in people]
    programmes = tuple(random_programme(random, f"g{n}", ids) for n in range(random.choice((1, 1, 1, 2))))
    edges = {tuple(sorted(random.sample(SKILLS, 2))): random.choice(list(EdgeKind)) for _ in range(6)}
    first = programmes[0]
    restricted = [
        (random.choice(first.mentees).person, random.choice(first.mentors).person)
        for _ in range(random.randrange(3))
        if first.mentees and first.mentors
    ]
    restricted = [pair for pair in dict.fromkeys(restricted) if pair[0] != pair[1]]
    pairs = [tuple(random.sample(ids, 2)) for _ in range(4)]
    return Problem(
        round=random.choice(("2026-Q4", "2026", "x")),
        skills=SkillRows(
            nodes=tuple(Skill(skill) for skill in SKILLS),
            edges=tuple(SkillEdge(a, kind, b) for (a, b), kind in edges.items()),
        ),
        people=people,
        programmes=programmes,
        blocks=tuple(pairs[: random.randrange(3)]),
        history=tuple(
            History(programme="g0", members=pair, round=random.choice(("1", "2"))) for pair in pairs[2:]
        ),
        locks=tuple(
            Lock(programme="g0", members=pair, reason="Agreed.", override=random.random() < 0.7)
            for pair in restricted[:1]
        ),
        bans=tuple(Ban(programme="g0", members=pair) for pair in restricted[1:]),
    )


def solved(seed: int) -> tuple[Problem, Solution] | None:
    """Return a random problem with its solution, or nothing when it cannot be built or its locks are refused."""
    try:
        problem = random_problem(Random(seed))
        return problem, solve(problem)
    except ProblemError:
        return None


@cache
def some_solved() -> list[tuple[Problem, Solution]]:
    """Return two dozen solved problems, solved once for all mutants."""
    return [found for found in map(solved, range(40)) if found][:24]


@given(seed=SEEDS)
@settings(QUIET, max_examples=60)
def test_whatever_is_solved_passes(seed):
    """Solver and check agree on every rule, point, cause and proof, though they share no code."""
    found = solved(seed)
    assume(found)
    assert check(*found).violations == ()


# Mutants: one small change each, of the kind an error or an enemy would make.


def other(random: Random, programme: MentoringProgramme, row: Assignment, role: Role) -> Assignment:
    people = programme.mentees if role is Role.MENTEE else programme.mentors
    return replace(row, members=dict(row.members) | {role: random.choice(people).person})


def at(rows: tuple, index: int, changed: object) -> tuple:
    return (*rows[:index], changed, *rows[index + 1 :])


def mutate_assignment(random: Random, problem: Problem, solution: Solution) -> Solution:
    index = random.randrange(len(solution.assignments))
    row = solution.assignments[index]
    programme = problem.programme(row.programme)
    assert isinstance(programme, MentoringProgramme)
    part = random.choice([*row.parts, "charm"])
    changed = random.choice(
        (
            other(random, programme, row, Role.MENTEE),
            other(random, programme, row, Role.MENTOR),
            replace(row, points=row.points + random.choice((-1, 1))),
            replace(row, locked=not row.locked),
            replace(row, parts=dict(row.parts) | {part: row.parts.get(part, 0) + 1}),
        )
    )
    return replace(solution, assignments=at(solution.assignments, index, changed))


def drop_assignment(random: Random, problem: Problem, solution: Solution) -> Solution:
    index = random.randrange(len(solution.assignments))
    rows = solution.assignments
    return replace(solution, assignments=(*rows[:index], *rows[index + 1 :]))


def repeat_assignment(random: Random, problem: Problem, solution: Solution) -> Solution:
    row = random.choice(solution.assignments)
    programme = problem.programme(row.programme)
    assert isinstance(programme, MentoringProgramme)
    added = random.choice((row, other(random, programme, row, Role.MENTOR)))
    return replace(solution, assignments=(*solution.assignments, added))


def mutate_goal(random: Random, problem: Problem, solution: Solution) -> Solution:
    index = random.randrange(len(solution.goals))
    goal = solution.goals[index]
    step = random.choice((-1, 1))
    changed = random.choice(
        (
            replace(goal, value=goal.value + step),
            replace(goal, bound=goal.bound + step),
            replace(goal, value=goal.value + step, bound=goal.bound + step),
        )
    )
    return replace(solution, goals=at(solution.goals, index, changed))


def mutate_unmatched(random: Random, problem: Problem, solution: Solution) -> Solution:
    index = random.randrange(len(solution.unmatched))
    row = solution.unmatched[index]
    cause = row.cause
    changed = random.choice(
        (
            replace(row, person=random.choice(problem.people).id),
            replace(row, cause=replace(cause, kind=random.choice(list(type(cause.kind))))),
            replace(row, cause=replace(cause, eligible=cause.eligible + 1)),
            replace(row, cause=replace(cause, considered=cause.considered + 1)),
            replace(row, cause=replace(cause, rules=dict(cause.rules) | {"shared_hours": 7})),
            replace(row, cause=replace(cause, rivals=(*cause.rivals, "p00"))),
            replace(row, cause=replace(cause, rival_count=cause.rival_count + 1)),
        )
    )
    return replace(solution, unmatched=at(solution.unmatched, index, changed))


def drop_unmatched(random: Random, problem: Problem, solution: Solution) -> Solution:
    index = random.randrange(len(solution.unmatched))
    rows = solution.unmatched
    return replace(solution, unmatched=(*rows[:index], *rows[index + 1 :]))


def mutate_certificate(random: Random, problem: Problem, solution: Solution) -> Solution:
    index = random.randrange(len(solution.certificates))
    certificate = solution.certificates[index]
    person, step = random.choice(problem.people).id, random.choice((-3, -1, 1, 3))
    changed = random.choice(
        (
            replace(certificate, bound=certificate.bound + step),
            replace(certificate, mentees=dict(certificate.mentees) | {person: step}),
            replace(certificate, mentors=dict(certificate.mentors) | {person: step}),
            replace(certificate, weights=dict(certificate.weights) | {"points": abs(step)}),
            replace(certificate, weights=dict(certificate.weights) | {"coverage": 0}),
        )
    )
    return replace(solution, certificates=at(solution.certificates, index, changed))


MUTATIONS: list[tuple[Callable[[Random, Problem, Solution], Solution], str]] = [
    (mutate_assignment, "assignments"),
    (drop_assignment, "assignments"),
    (repeat_assignment, "assignments"),
    (mutate_goal, "goals"),
    (mutate_unmatched, "unmatched"),
    (drop_unmatched, "unmatched"),
    (mutate_certificate, "certificates"),
]


def pairs_of(solution: Solution) -> set[tuple]:
    return {(row.programme, *sorted(row.members.items())) for row in solution.assignments}


@pytest.mark.parametrize(("mutate", "rows"), MUTATIONS, ids=lambda value: getattr(value, "__name__", ""))
@given(number=st.integers(0, 23), seed=SEEDS)
@settings(QUIET, max_examples=45)
def test_mutants_are_refused_unless_they_are_as_good(mutate, rows, number, seed):
    """A change is accepted only if it says the same, or gives another plan that is best too, and proves it."""
    problem, solution = some_solved()[number]
    assume(getattr(solution, rows))
    mutant = mutate(Random(seed), problem, solution)
    assume(mutant != solution)
    if check(problem, mutant).ok:
        assert mutant.goals == solution.goals
        if pairs_of(mutant) == pairs_of(solution):
            assert set(map(repr, mutant.assignments)) == set(map(repr, solution.assignments))
            assert set(map(repr, mutant.unmatched)) == set(map(repr, solution.unmatched))


# Brute force: all plans of tiny problems.


def all_plans(
    programme: MentoringProgramme, taken: set[tuple[str, str]]
) -> Iterator[list[tuple[str, str, int]]]:
    """Yield every plan that keeps places and capacities; ``taken`` pairs are ruled out."""
    open_pairs = [row for row in programme.candidates or () if row[:2] not in taken]
    places = {mentee.person: mentee.places for mentee in programme.mentees}
    capacity = {mentor.person: mentor.capacity for mentor in programme.mentors}
    for plan in chain.from_iterable(combinations(open_pairs, size) for size in range(len(open_pairs) + 1)):
        mentees, mentors = [row[0] for row in plan], [row[1] for row in plan]
        if all(mentees.count(person) <= places[person] for person in set(mentees)) and all(
            mentors.count(person) <= capacity[person] for person in set(mentors)
        ):
            yield list(plan)


def reached(programme: MentoringProgramme, plan: list[tuple[str, str, int]]) -> tuple[int, ...]:
    waited = {mentee.person: 1 + mentee.rounds_waited for mentee in programme.mentees}
    values = {
        GoalName.COVERAGE: sum(waited[person] for person in {row[0] for row in plan}),
        GoalName.POINTS: sum(points for _, _, points in plan),
    }
    return tuple(values[goal] for goal in programme.goals)


def tiny_problem(random: Random) -> Problem:
    mentees, mentors = ("a", "b", "c"), ("x", "y", "z")
    pairs = random.sample([(a, b) for a in mentees for b in mentors], 7)
    programme = MentoringProgramme(
        id="g0",
        mentees=tuple(
            Mentee(person=p, places=random.choice((1, 1, 2)), rounds_waited=random.choice((0, 0, 2)))
            for p in mentees
        ),
        mentors=tuple(Mentor(person=p, capacity=random.choice((0, 1, 1, 2))) for p in mentors),
        goals=random.choice(GOALS),
        candidates=tuple((a, b, random.randint(-2, 4)) for a, b in pairs),
    )
    people = tuple(Person(id=person) for person in mentees + mentors)
    return Problem(round="r", people=people, programmes=(programme,), blocks=(random.choice(pairs),))


@given(seed=SEEDS)
@settings(QUIET, max_examples=40)
def test_proved_means_best_of_all_plans(seed):
    """What passes is the best by brute force, and no plan that is worse passes under the same certificate."""
    problem = tiny_problem(Random(seed))
    programme = problem.programmes[0]
    assert isinstance(programme, MentoringProgramme)
    solution = solve(problem)
    assert check(problem, solution).ok
    blocked = {*problem.blocks, *((b, a) for a, b in problem.blocks)}
    plans = {tuple(plan): reached(programme, plan) for plan in all_plans(programme, blocked)}
    best = max(plans.values())
    assert tuple(goal.value for goal in solution.goals) == best
    for plan in Random(seed).sample(sorted(plans), min(6, len(plans))):
        report = check(problem, told_as(plan, solution, programme))
        assert (ViolationKind.NOT_PROVED in {v.kind for v in report.violations}) == (plans[plan] != best)


def told_as(plan: tuple, solution: Solution, programme: MentoringProgramme) -> Solution:
    """Return the solution with another plan, honest about its points and goals."""
    values = reached(programme, list(plan))
    return replace(
        solution,
        assignments=tuple(
            Assignment(programme="g0", members={Role.MENTEE: mentee, Role.MENTOR: mentor}, points=points)
            for mentee, mentor, points in plan
        ),
        goals=tuple(
            replace(goal, value=value, bound=value)
            for goal, value in zip(solution.goals, values, strict=True)
        ),
    )


def wishing_problem(random: Random) -> Problem:
    """Return three mentees and three mentors whom only their skills tell apart."""
    mentees, mentors = ("a", "b", "c"), ("x", "y", "z")
    edges = {tuple(sorted(random.sample(SKILLS[:5], 2))): random.choice(list(EdgeKind)) for _ in range(3)}
    programme = MentoringProgramme(
        id="g0",
        mentees=tuple(Mentee(person=p, places=random.choice((1, 1, 2))) for p in mentees),
        mentors=tuple(Mentor(person=p, capacity=random.choice((1, 1, 2))) for p in mentors),
        goals=random.choice(GOALS),
        rules=(Rule(rule=RuleName.COVERS_WANTS, percent=random.choice((1, 20, 33, 50, 80, 100))),),
        criteria={Criterion.SKILLS: 20},
    )
    return Problem(
        round="r",
        skills=SkillRows(
            nodes=tuple(Skill(skill) for skill in SKILLS[:5]),
            edges=tuple(SkillEdge(a, kind, b) for (a, b), kind in edges.items()),
        ),
        people=tuple(
            Person(
                id=person,
                holds=tuple(Held(s, random.randint(1, 5)) for s in random.sample(SKILLS[:5], 2)),
                wants=tuple(
                    Wanted(s, random.randint(1, 5), random.randint(1, 3))
                    for s in random.sample(SKILLS[:5], random.randint(0, 3))
                ),
            )
            for person in mentees + mentors
        ),
        programmes=(programme,),
    )


def cover_of(mentee: Person, mentor: Person, near: dict[str, dict[str, int]]) -> int:
    """Return the share of the wants that a mentor covers, in thousandths, want by want and skill by skill."""
    total = sum(want.importance for want in mentee.wants)
    best = (
        want.importance
        * max(
            near[want.skill].get(held.skill, 0) * min(held.level, want.level) // want.level
            for held in mentor.holds
        )
        for want in mentee.wants
    )
    return sum(best) // total if total else 0


@given(seed=SEEDS)
@settings(QUIET, max_examples=30)
def test_only_mentors_who_help_enough_are_matched_and_as_well_as_can_be(seed):
    """With the rule about skills the plan is the best by brute force over the pairs a plain count allows."""
    problem = wishing_problem(Random(seed))
    programme = problem.programmes[0]
    assert isinstance(programme, MentoringProgramme)
    solution = solve(problem)
    assert check(problem, solution).ok
    near, people = closeness(problem), {person.id: person for person in problem.people}
    percent = programme.rules[0].percent or 0
    covers = {
        (a.person, b.person): cover_of(people[a.person], people[b.person], near)
        for a in programme.mentees
        for b in programme.mentors
    }
    allowed = {
        pair: cover for pair, cover in covers.items() if cover >= 10 * percent or not people[pair[0]].wants
    }
    assert {tuple(row.members.values()) for row in solution.assignments} <= set(allowed)
    listed = tuple((*pair, (20 * cover + 500) // 1000) for pair, cover in allowed.items())
    plain = replace(programme, rules=(), criteria={}, candidates=listed)
    best = max(reached(plain, plan) for plan in all_plans(plain, set()))
    assert tuple(goal.value for goal in solution.goals) == best
