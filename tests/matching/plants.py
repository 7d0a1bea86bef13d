"""Ways of being wrong, each planted in a solved problem, with the name by which the check must find it."""

from collections.abc import Callable
from dataclasses import replace

from matching.check import Report, ViolationKind
from matching.problem import (
    Ban,
    History,
    Lock,
    Mentor,
    MentoringProgramme,
    Person,
    Problem,
    Rule,
    RuleName,
    Wanted,
)
from matching.solution import Assignment, CauseKind, CertificateKind, Role, Solution, Status

Plant = Callable[[Problem, Solution], tuple[Problem, Solution]]


def programme(problem: Problem) -> MentoringProgramme:
    found = problem.programme("mentoring")
    assert isinstance(found, MentoringProgramme)
    return found


def of(problem: Problem, person_id: str) -> Person:
    return next(person for person in problem.people if person.id == person_id)


def kinds(report: Report) -> set[ViolationKind]:
    return {violation.kind for violation in report.violations}


def with_programme(problem: Problem, **changes: object) -> Problem:
    changed = replace(programme(problem), **changes)
    return replace(
        problem, programmes=tuple(changed if p.id == "mentoring" else p for p in problem.programmes)
    )


def with_person(problem: Problem, person_id: str, **changes: object) -> Problem:
    changed = replace(of(problem, person_id), **changes)
    return replace(problem, people=tuple(changed if p.id == person_id else p for p in problem.people))


def with_rule(problem: Problem, rule: Rule) -> Problem:
    return with_programme(problem, rules=(*programme(problem).rules, rule))


def with_assignment(solution: Solution, index: int, **changes: object) -> Solution:
    rows = list(solution.assignments)
    rows[index] = replace(rows[index], **changes)
    return replace(solution, assignments=tuple(rows))


def with_certificate(solution: Solution, **changes: object) -> Solution:
    return replace(solution, certificates=(replace(solution.certificates[0], **changes),))


def pair_of(solution: Solution, index: int = 0) -> tuple[str, str]:
    members = solution.assignments[index].members
    return members[Role.MENTEE], members[Role.MENTOR]


def unmatched_pair(problem: Problem, solution: Solution) -> tuple[str, str]:
    """A matched mentee and a mentor they are not matched with, who has no part in their reporting line."""
    mentee, own = pair_of(solution)
    other = next(m.person for m in programme(problem).mentors if m.person not in (own, mentee))
    return mentee, other


# Plants in the solution.


def belongs_to_another_problem(problem, solution):
    return with_rule(problem, Rule(rule=RuleName.OTHER_DEPARTMENT)), solution


def names_no_programme(problem, solution):
    return problem, replace(solution, programmes=(), assignments=(), unmatched=(), goals=(), certificates=())


def names_an_unknown_programme(problem, solution):
    return problem, replace(solution, programmes=(*solution.programmes, "ghosts"))


def matches_in_another_programme(problem, solution):
    return problem, with_assignment(solution, 0, programme="peers")


def claims_peer_coaching(problem, solution):
    return problem, replace(solution, programmes=("mentoring", "peers"))


def claims_to_be_infeasible(problem, solution):
    return problem, replace(solution, status=Status.INFEASIBLE)


def has_two_mentees_in_a_pair(problem, solution):
    mentee, _ = pair_of(solution)
    return problem, with_assignment(solution, 0, members={Role.MENTEE: mentee, Role.PEER: mentee})


def matches_a_stranger(problem, solution):
    mentee, _ = pair_of(solution)
    return problem, with_assignment(solution, 0, members={Role.MENTEE: mentee, Role.MENTOR: "stranger"})


def matches_somebody_who_offered_nothing(problem, solution):
    mentors = {mentor.person for mentor in programme(problem).mentors}
    bystander = next(person.id for person in problem.people if person.id not in mentors)
    mentee, _ = pair_of(solution)
    return problem, with_assignment(solution, 0, members={Role.MENTEE: mentee, Role.MENTOR: bystander})


def matches_twice(problem, solution):
    return problem, replace(solution, assignments=(*solution.assignments, solution.assignments[0]))


def matches_a_person_with_themselves(problem, solution):
    mentors = {mentor.person for mentor in programme(problem).mentors}
    both = next(mentee.person for mentee in programme(problem).mentees if mentee.person in mentors)
    row = Assignment(programme="mentoring", members={Role.MENTEE: both, Role.MENTOR: both})
    return problem, replace(solution, assignments=(*solution.assignments, row))


def gives_a_mentee_too_many_mentors(problem, solution):
    rows = [solution.assignments[0]]
    mentee, own = pair_of(solution)
    others = [mentor.person for mentor in programme(problem).mentors if mentor.person not in (mentee, own)][
        :3
    ]
    rows = [replace(rows[0], members={Role.MENTEE: mentee, Role.MENTOR: other}) for other in others]
    return problem, replace(solution, assignments=(*solution.assignments, *rows))


def says_locked_without_a_lock(problem, solution):
    return problem, with_assignment(solution, 0, locked=True)


def counts_a_point_too_many(problem, solution):
    return problem, with_assignment(solution, 0, points=solution.assignments[0].points + 1)


def moves_a_point_between_parts(problem, solution):
    parts = dict(solution.assignments[0].parts)
    first, second = sorted(parts)[:2]
    return problem, with_assignment(
        solution, 0, parts=parts | {first: parts[first] + 1, second: parts[second] - 1}
    )


def invents_a_part(problem, solution):
    return problem, with_assignment(solution, 0, parts=dict(solution.assignments[0].parts) | {"charm": 0})


def praises_its_coverage(problem, solution):
    goals = (replace(solution.goals[0], value=solution.goals[0].value + 1), *solution.goals[1:])
    return problem, replace(solution, goals=goals)


def leaves_a_goal_out(problem, solution):
    return problem, replace(solution, goals=solution.goals[:1])


def leaves_room_above_the_optimum(problem, solution):
    goals = (replace(solution.goals[0], bound=solution.goals[0].bound + 1), *solution.goals[1:])
    return problem, replace(solution, goals=goals)


def hides_somebody_left_out(problem, solution):
    return problem, replace(solution, unmatched=solution.unmatched[1:])


def lists_a_matched_person(problem, solution):
    mentee, _ = pair_of(solution)
    row = replace(solution.unmatched[0], person=mentee, role=Role.MENTEE)
    return problem, replace(solution, unmatched=(*solution.unmatched, row))


def lists_somebody_twice(problem, solution):
    return problem, replace(solution, unmatched=(*solution.unmatched, solution.unmatched[0]))


def lists_somebody_in_another_role(problem, solution):
    rows = (replace(solution.unmatched[0], role=Role.PEER), *solution.unmatched[1:])
    return problem, replace(solution, unmatched=rows)


def gives_a_false_cause(problem, solution):
    row = solution.unmatched[0]
    kind = next(kind for kind in CauseKind if kind is not row.cause.kind)
    rows = (replace(row, cause=replace(row.cause, kind=kind)), *solution.unmatched[1:])
    return problem, replace(solution, unmatched=rows)


def miscounts_the_eligible(problem, solution):
    row = solution.unmatched[0]
    rows = (replace(row, cause=replace(row.cause, eligible=row.cause.eligible + 1)), *solution.unmatched[1:])
    return problem, replace(solution, unmatched=rows)


def is_optimal_without_a_certificate(problem, solution):
    return problem, replace(solution, certificates=())


def is_optimal_with_a_bound_only(problem, solution):
    return problem, with_certificate(solution, kind=CertificateKind.BOUND, mentees={}, mentors={})


def has_two_certificates(problem, solution):
    return problem, replace(solution, certificates=solution.certificates * 2)


def prices_a_mentor_below_zero(problem, solution):
    mentor = programme(problem).mentors[0].person
    return problem, with_certificate(solution, mentors=dict(solution.certificates[0].mentors) | {mentor: -1})


def prices_a_stranger(problem, solution):
    return problem, with_certificate(
        solution, mentees=dict(solution.certificates[0].mentees) | {"stranger": 1}
    )


def prices_beyond_all_sums(problem, solution):
    mentee = programme(problem).mentees[0].person
    return problem, with_certificate(
        solution, mentees=dict(solution.certificates[0].mentees) | {mentee: -(2**62)}
    )


def weighs_points_before_coverage(problem, solution):
    return problem, with_certificate(solution, weights={"coverage": 1, "points": 1})


def weighs_nothing(problem, solution):
    return problem, with_certificate(solution, weights={})


def gives_points_no_weight(problem, solution):
    return problem, with_certificate(solution, weights={"coverage": 1, "points": 0})


def promises_a_lower_bound(problem, solution):
    return problem, with_certificate(solution, bound=solution.certificates[0].bound - 1)


def forgets_the_prices(problem, solution):
    return problem, with_certificate(solution, mentees={}, mentors={})


def drops_a_match(problem, solution):
    return problem, replace(solution, assignments=solution.assignments[1:])


# Plants in the problem: the plan stays, and what it was made for changes under it.


def mentor_offers_less(problem, solution):
    _, mentor = pair_of(solution)
    mentors = tuple(
        Mentor(person=row.person, capacity=0) if row.person == mentor else row
        for row in programme(problem).mentors
    )
    return with_programme(problem, mentors=mentors), solution


def mentee_blocks_the_mentor(problem, solution):
    return replace(problem, blocks=(*problem.blocks, pair_of(solution))), solution


def mentor_blocks_the_mentee(problem, solution):
    return replace(problem, blocks=(*problem.blocks, pair_of(solution)[::-1])), solution


def pair_is_banned(problem, solution):
    return replace(problem, bans=(Ban(programme="mentoring", members=pair_of(solution)),)), solution


def mentor_becomes_the_manager(problem, solution):
    mentee, mentor = pair_of(solution)
    flat = replace(problem, people=tuple(replace(person, manager=None) for person in problem.people))
    return with_person(flat, mentee, manager=mentor), solution


def mentor_becomes_the_managers_manager(problem, solution):
    mentee, mentor = pair_of(solution)
    between = next(person.id for person in problem.people if person.id not in (mentee, mentor))
    flat = replace(problem, people=tuple(replace(person, manager=None) for person in problem.people))
    return with_person(with_person(flat, mentee, manager=between), between, manager=mentor), solution


def mentee_becomes_the_manager(problem, solution):
    mentee, mentor = pair_of(solution)
    flat = replace(problem, people=tuple(replace(person, manager=None) for person in problem.people))
    return with_person(flat, mentor, manager=mentee), solution


def mentor_works_at_night(problem, solution):
    mentee, mentor = pair_of(solution)
    zone = of(problem, mentee).time_zone
    return with_person(problem, mentor, time_zone=zone, working_hours=((0, 240),)), solution


def hours_of_the_mentee_become_unknown(problem, solution):
    return with_person(problem, pair_of(solution)[0], time_zone=None, working_hours=()), solution


def mentor_forgets_all_languages(problem, solution):
    return with_person(problem, pair_of(solution)[1], languages=("la",)), solution


def pair_met_before(problem, solution):
    row = History(programme="mentoring", members=pair_of(solution)[::-1], round="2024-Q1")
    return replace(problem, history=(*problem.history, row)), solution


def mentee_is_promoted(problem, solution):
    return with_person(problem, pair_of(solution)[0], grade=90), solution


def grade_becomes_unknown(problem, solution):
    return with_person(problem, pair_of(solution)[0], grade=None), solution


def mentor_unlearns_everything(problem, solution):
    return with_person(problem, pair_of(solution)[1], holds=()), solution


def mentee_wants_something_else(problem, solution):
    known = {held.skill for person in problem.people for held in person.holds}
    unknown = next(node.id for node in problem.skills.nodes if node.id not in known)
    return with_person(problem, pair_of(solution)[0], wants=(Wanted(unknown, 5),)), solution


def denies_that_a_mentor_has_a_skill(problem, solution):
    index, row = next((i, row) for i, row in enumerate(solution.unmatched) if row.cause.lacks)
    lack = replace(row.cause.lacks[0], best=row.cause.lacks[0].best + 1)
    cause = replace(row.cause, lacks=(lack, *row.cause.lacks[1:]))
    rows = list(solution.unmatched)
    rows[index] = replace(row, cause=cause)
    return problem, replace(solution, unmatched=tuple(rows))


def departments_must_differ(problem, solution):
    mentee, mentor = pair_of(solution)
    moved = with_person(problem, mentee, department=of(problem, mentor).department)
    return with_rule(moved, Rule(rule=RuleName.OTHER_DEPARTMENT)), solution


def sites_must_be_the_same(problem, solution):
    moved = with_person(problem, pair_of(solution)[0], attributes={"site": "Moon"})
    return with_rule(moved, Rule(rule=RuleName.SAME_ATTRIBUTE, name="site")), solution


def lock_asks_for_another_pair(problem, solution):
    lock = Lock(programme="mentoring", members=unmatched_pair(problem, solution))
    return replace(problem, locks=(lock,)), solution


def lock_is_not_marked(problem, solution):
    return replace(problem, locks=(Lock(programme="mentoring", members=pair_of(solution)),)), solution


def lock_overrides_without_a_reason(problem, solution):
    """A problem like this cannot be built, so it is bent after it was: the check trusts nobody."""
    lock = Lock(programme="mentoring", members=pair_of(solution), override=True, reason="x")
    bent = replace(pair_met_before(problem, solution)[0], locks=(lock,))
    object.__setattr__(bent, "locks", (replace(lock, reason=" "),))
    return bent, solution


PLANTS: list[tuple[Plant, ViolationKind]] = [
    (names_no_programme, ViolationKind.PROGRAMME_NOT_SOLVED),
    (names_an_unknown_programme, ViolationKind.UNKNOWN_PROGRAMME),
    (matches_in_another_programme, ViolationKind.UNKNOWN_PROGRAMME),
    (claims_peer_coaching, ViolationKind.NO_CERTIFICATE),
    (claims_to_be_infeasible, ViolationKind.WRONG_STATUS),
    (has_two_mentees_in_a_pair, ViolationKind.WRONG_MEMBERS),
    (matches_a_stranger, ViolationKind.UNKNOWN_PERSON),
    (matches_somebody_who_offered_nothing, ViolationKind.NOT_LISTED),
    (matches_twice, ViolationKind.DUPLICATE),
    (matches_a_person_with_themselves, ViolationKind.SELF),
    (gives_a_mentee_too_many_mentors, ViolationKind.PLACES),
    (mentor_offers_less, ViolationKind.CAPACITY),
    (mentee_blocks_the_mentor, ViolationKind.BLOCK),
    (mentor_blocks_the_mentee, ViolationKind.BLOCK),
    (pair_is_banned, ViolationKind.BAN),
    (mentor_becomes_the_manager, ViolationKind.REPORTING_LINE),
    (mentor_becomes_the_managers_manager, ViolationKind.REPORTING_LINE),
    (mentee_becomes_the_manager, ViolationKind.REPORTING_LINE),
    (mentor_works_at_night, ViolationKind.SHARED_HOURS),
    (hours_of_the_mentee_become_unknown, ViolationKind.SHARED_HOURS),
    (mentor_forgets_all_languages, ViolationKind.SHARED_LANGUAGE),
    (pair_met_before, ViolationKind.PRIOR_PAIR),
    (mentee_is_promoted, ViolationKind.GRADE_DISTANCE),
    (grade_becomes_unknown, ViolationKind.GRADE_DISTANCE),
    (departments_must_differ, ViolationKind.OTHER_DEPARTMENT),
    (sites_must_be_the_same, ViolationKind.SAME_ATTRIBUTE),
    (mentor_unlearns_everything, ViolationKind.COVERS_WANTS),
    (mentee_wants_something_else, ViolationKind.COVERS_WANTS),
    (lock_asks_for_another_pair, ViolationKind.LOCK_NOT_KEPT),
    (lock_is_not_marked, ViolationKind.FALSE_LOCK),
    (says_locked_without_a_lock, ViolationKind.FALSE_LOCK),
    (lock_overrides_without_a_reason, ViolationKind.OVERRIDE_WITHOUT_REASON),
    (counts_a_point_too_many, ViolationKind.WRONG_POINTS),
    (moves_a_point_between_parts, ViolationKind.WRONG_PARTS),
    (invents_a_part, ViolationKind.WRONG_PARTS),
    (praises_its_coverage, ViolationKind.WRONG_GOAL),
    (leaves_a_goal_out, ViolationKind.WRONG_GOAL),
    (leaves_room_above_the_optimum, ViolationKind.WRONG_BOUND),
    (hides_somebody_left_out, ViolationKind.UNMATCHED_MISSING),
    (lists_a_matched_person, ViolationKind.UNMATCHED_BUT_MATCHED),
    (lists_somebody_twice, ViolationKind.UNMATCHED_TWICE),
    (lists_somebody_in_another_role, ViolationKind.NOT_LISTED),
    (gives_a_false_cause, ViolationKind.WRONG_CAUSE),
    (miscounts_the_eligible, ViolationKind.WRONG_CAUSE),
    (denies_that_a_mentor_has_a_skill, ViolationKind.WRONG_CAUSE),
    (is_optimal_without_a_certificate, ViolationKind.NO_CERTIFICATE),
    (is_optimal_with_a_bound_only, ViolationKind.NOT_PROVED),
    (has_two_certificates, ViolationKind.DUPLICATE),
    (prices_a_mentor_below_zero, ViolationKind.WRONG_PRICE),
    (prices_a_stranger, ViolationKind.WRONG_PRICE),
    (prices_beyond_all_sums, ViolationKind.WRONG_PRICE),
    (weighs_points_before_coverage, ViolationKind.WRONG_WEIGHTS),
    (weighs_nothing, ViolationKind.WRONG_WEIGHTS),
    (gives_points_no_weight, ViolationKind.WRONG_WEIGHTS),
    (promises_a_lower_bound, ViolationKind.WRONG_BOUND),
    (forgets_the_prices, ViolationKind.NOT_PROVED),
    (drops_a_match, ViolationKind.NOT_PROVED),
]
