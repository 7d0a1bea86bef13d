"""The bound of a step of a joint round is the documented formula, for any prices at all."""

from dataclasses import replace
from random import Random

from hypothesis import given, reject, settings

from matching.check import ViolationKind, check
from matching.errors import ProblemError
from matching.problem import CommunitiesProgramme, MentoringProgramme, PeerProgramme, Problem, Programme
from matching.solution import (
    Certificate,
    CertificateKind,
    HoursPrice,
    JointStep,
    Meeting,
    OddSet,
    Solution,
    Status,
)
from tests.matching.joint_bounds import Aim, Round, aims_of, banned_in, share_of, worths_of
from tests.matching.joint_problems import joint_problem
from tests.matching.test_check_bounds import SEEDS, magnitude, prices


def drawn(random: Random) -> Problem:
    """Draw a round that shares something, or give up on the example."""
    try:
        problem = joint_problem(random)
    except ProblemError:
        reject()
    assert problem.joint is not None
    if not problem.joint.hours_budget and not problem.joint.cover_by:
        reject()
    return problem


def step_of(random: Random, found: Round, order: list[Aim], before: tuple[JointStep, ...]) -> JointStep:
    """Draw a step with prices of everything that may have one."""
    problem, times = found.problem, magnitude(random)
    assert problem.joint is not None
    weights = (*(times * random.choice((0, 1, 3)) for _ in before), random.choice((1, 1, 2, times)))
    goal, of = order[len(before)]
    names = [row.id for row in problem.programmes]
    count = found.counts()
    counted = [person.id for person in problem.people if person.hours_a_month is not None]
    return JointStep(
        goal=goal,
        programme=of,
        value=0,
        bound=0,
        weights=weights,
        hours=tuple(
            HoursPrice(
                person=random.choice(counted),
                price=times * random.choice((0, 1, 5)),
                seeking={name: random.randrange(4) for name in names if random.random() < 0.7},
                giving={name: random.randrange(4) for name in names if random.random() < 0.7},
            )
            for _ in range(random.randrange(3) if problem.joint.hours_budget and counted else 0)
        ),
        cover={person: random.randint(0, weights[0] * worth) for person, worth in count.items()},
        turnout={
            name: times * random.choice((0, 2, 6))
            for name in names
            if groups_known(found, order, before, name) is not None and random.random() < 0.7
        },
        certificates=tuple(certificate_of(random, row, problem, times) for row in problem.programmes),
    )


def groups_known(found: Round, order: list[Aim], before: tuple[JointStep, ...], name: str) -> int | None:
    """Return how many groups a programme of peers can have, where everybody free counts alike."""
    programme = found.problem.programme(name)
    if not isinstance(programme, PeerProgramme) or ("coverage", name) not in order[: len(before)]:
        return None
    settled = found.settled(programme)
    counts = {worth for person, worth in found.waited(programme).items() if person not in settled}
    if len(counts) != 1:
        return None
    step = before[order.index(("coverage", name))]
    return (step.value if step.searched else step.bound) // counts.pop() // 2


def certificate_of(random: Random, programme: Programme, problem: Problem, times: int) -> Certificate:
    bare = Certificate(programme=programme.id, kind=CertificateKind.BOUND, bound=0)
    if isinstance(programme, MentoringProgramme):
        return replace(
            bare,
            mentees=prices(random, (row.person for row in programme.mentees), times, least=-9),
            mentors=prices(random, (row.person for row in programme.mentors), times),
        )
    names = [row.person for row in programme.people]  # type: ignore[attr-defined]
    bare = replace(bare, people=prices(random, names, times))
    if isinstance(programme, PeerProgramme):
        sets = tuple(
            OddSet(
                members=tuple(sorted(random.sample(names, random.randint(1, len(names))))),
                price=times * random.choice((0, 1, 7)),
                size=random.choice((2, 3)),
            )
            for _ in range(random.randrange(3))
        )
        return replace(bare, odd_sets=sets)
    assert isinstance(programme, CommunitiesProgramme)
    foes = [sorted(ban) for ban in banned_in(problem, programme) if ban <= set(names)]
    meetings = tuple(
        Meeting(first=a, second=b, community=row.id, price=times * random.choice((0, 1, 7)))
        for a, b in foes
        for row in programme.communities
    )
    return replace(bare, meetings=meetings)


def blank(problem: Problem, goal: Aim, place: int, bound: int) -> JointStep:
    """Return a step that prices nothing, of which only the claimed bound matters to those after it."""
    bare = tuple(
        Certificate(programme=row.id, kind=CertificateKind.BOUND, bound=0) for row in problem.programmes
    )
    return JointStep(
        goal=goal[0],
        programme=goal[1],
        value=0,
        bound=bound,
        weights=(0,) * place + (1,),
        certificates=bare,
        searched=bound % 2 == 1,
    )


def complaints(problem: Problem, steps: tuple[JointStep, ...], number: int) -> dict[str, ViolationKind]:
    """Return what the check says of one step, beside a plan that matches nobody."""
    solution = Solution(
        status=Status.TIMED_OUT,
        problem_sha256=problem.sha256,
        programmes=tuple(row.id for row in problem.programmes),
        joint=steps,
    )
    rows = check(problem, solution).violations
    return {row.where: row.kind for row in rows if row.where.startswith(f"joint[{number}]")}


@given(seed=SEEDS)
@settings(deadline=None, max_examples=150)
def test_any_prices_give_the_bound_of_the_formula(seed: int) -> None:
    """Hours, cover, turnout, locks and each kind of programme count as they are documented, and no other way."""
    random = Random(seed)
    found = Round(drawn(random))
    problem, order = found.problem, aims_of(found.problem)
    if not order:
        reject()
    number = random.randrange(len(order))
    before = tuple(
        blank(problem, aim, place, random.randrange(9)) for place, aim in enumerate(order[:number])
    )
    step = step_of(random, found, order, before)
    shares, total = [], 0
    for programme, certificate in zip(problem.programmes, step.certificates, strict=True):
        share = share_of(found, programme, certificate, worths_of(found, programme, order, step))
        if share is None:
            reject()
        group = step.turnout.get(programme.id, 0)
        share += group * (groups_known(found, order, before, programme.id) or 0) if group else 0
        shares.append(replace(certificate, bound=share))
        total += share
    total += sum(row.price * found.limit(row) for row in step.hours)
    if ("cover", None) in order:
        total += step.weights[0] * sum(found.counts().values()) - sum(step.cover.values())
    bound = total // step.weights[-1]
    later = tuple(blank(problem, aim, place, 0) for place, aim in enumerate(order) if place > number)
    right = replace(step, certificates=tuple(shares), bound=bound)

    def said(changed: JointStep) -> dict[str, ViolationKind]:
        return complaints(problem, (*before, changed, *later), number)

    if (whole := said(right)).get(f"joint[{number}]") is ViolationKind.WRONG_PRICE:
        assert 8 * 40 * greatest_amount(step) >= 2**54
        return
    assert whole == ({} if bound >= 0 else {f"joint[{number}].bound": ViolationKind.WRONG_BOUND})
    for claimed in (bound - 1, bound + 1):
        assert f"joint[{number}].bound" in said(replace(right, bound=claimed))
    place = random.randrange(len(shares))
    shares[place] = replace(shares[place], bound=shares[place].bound + random.choice((-1, 1)))
    forged = said(replace(right, certificates=tuple(shares)))
    assert forged[f"joint[{number}].certificates[{place}].bound"] is ViolationKind.WRONG_BOUND


def greatest_amount(step: JointStep) -> int:
    amounts = [*step.weights, *step.cover.values(), *step.turnout.values(), *(r.price for r in step.hours)]
    for row in step.certificates:
        amounts += [*row.mentees.values(), *row.mentors.values(), *row.people.values()]
        amounts += [priced.price for priced in (*row.odd_sets, *row.meetings)]
    return max(map(abs, amounts))
