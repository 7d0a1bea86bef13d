"""Why a mentee and a mentor are not together, from the prices of the plan: exact, and at once."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

from matching.contrast.broken import broken_rules
from matching.contrast.proof import not_proved
from matching.contrast.records import Answer, Difference, Move, WhyNot
from matching.contrast.standing import Standing, Step
from matching.contrast.ways import Ways
from matching.goals import REQUIRED
from matching.problem import GoalName
from matching.solution import Role


def why_not(standing: Standing, mentee: str, mentor: str) -> WhyNot:
    """Return why a mentee and a mentor of the programme are not together.

    Notes
    -----
    The best plan with the pair is the best plan there is, with the pair put in and the flow led round by the
    cheapest way from the mentor back to the mentee: whom it pushes out there, where those go, and which of
    the mentee's places it frees. Of several cheapest ways it is one with the fewest changed pairs.
    """
    row, column = standing.mentee_row[mentee], standing.mentor_row[mentor]
    found = WhyNot(programme=standing.market.programme.id, members=(mentee, mentor), answer=Answer.TOGETHER)
    if standing.has(row, column):
        return found
    broken = broken_rules(standing.market, row, column)
    if broken:
        return replace(found, answer=Answer.NOT_ALLOWED, broken=broken)
    if not standing.room.places[row] or not standing.room.capacity[column]:
        return replace(found, answer=Answer.NO_ROOM)
    cost, steps = forced(standing, row, column)
    difference, moves = changes(standing, steps)
    answer = Answer.COSTS if cost else Answer.COSTS_NOTHING
    return replace(found, answer=answer, difference=difference, moves=moves)


def forced(standing: Standing, row: int, column: int) -> tuple[int, list[Step]]:
    """Return what it costs to put in a pair, in units of the weighted sum, and the pairs that change.

    The pair must be allowed, not in the plan, and both must have places that no lock has settled.
    """
    if standing.gains_of(standing.pairs_of([(row, column)]))[0] > 0:
        raise not_proved()
    return put_in(standing, row, column)


def put_in(standing: Standing, row: int, column: int) -> tuple[int, list[Step]]:
    """Return the same of a pair that may break a rule; the best plan with it may be worth more than the plan.

    Both must have places that no lock has settled, and not be together.
    """
    loss = -int(standing.gains_of(standing.pairs_of([(row, column)]))[0])
    ways = Ways(standing, standing.shape[0] + column, row)
    cost, steps = int(ways.cost[row]) + loss, [(row, column, 1), *steps_of(standing, ways.way_to(row))]
    if _worth(standing, steps) != -cost:
        raise RuntimeError("the way round does not cost what its pairs are worth")
    return cost, steps


def steps_of(standing: Standing, way: tuple[int, ...]) -> list[Step]:
    """Return the pairs that change when the flow is led along a way, in the order of the way."""
    mentees, end = standing.shape[0], sum(standing.shape)
    pairs = [(tail, head) for tail, head in pairwise(way) if end not in (tail, head)]
    return [
        (tail, head - mentees, 1) if tail < mentees else (head, tail - mentees, -1) for tail, head in pairs
    ]


def changes(standing: Standing, steps: list[Step]) -> tuple[Difference, tuple[Move, ...]]:
    """Return what a plan with these pairs changed has more or less, and all who would move, in order."""
    points = standing.pairs_of([(row, column) for row, column, _sign in steps]).points.tolist()
    sides = ((Role.MENTEE, standing.mentee_ids), (Role.MENTOR, standing.mentor_ids))
    numbers = dict.fromkeys((side, step[side]) for step in steps for side in (0, 1))
    moves = []
    for side, number in numbers:
        (role, people), (_role, others) = sides[side], sides[1 - side]
        mine = [(step, gain) for step, gain in zip(steps, points, strict=True) if step[side] == number]
        before = standing.partners(side, number)
        # A pair may come and go again where the flow is led along several ways.
        net = Counter({step[1 - side]: 0 for step, _gain in mine})
        for step, _gain in mine:
            net[step[1 - side]] += step[2]
        after = {other for other in before | net.keys() if (other in before) + net[other] > 0}
        moves.append(
            Move(
                person=people[number],
                role=role,
                before=tuple(others[other] for other in sorted(before)),
                after=tuple(others[other] for other in sorted(after)),
                points=sum(step[2] * gain for step, gain in mine),
            )
        )
    return _difference(standing, moves), tuple(move for move in moves if move.before != move.after)


def _difference(standing: Standing, moves: list[Move]) -> Difference:
    programme = standing.market.programme
    waited = {row.person: 1 + row.rounds_waited for row in programme.mentees}
    mentees = [move for move in moves if move.role is Role.MENTEE]
    people = {move.person: bool(move.after) - bool(move.before) for move in mentees}
    points = sum(move.points for move in mentees)
    values = {
        GoalName.COVERAGE: sum(waited[person] * change for person, change in people.items()),
        GoalName.POINTS: points,
    }
    goals = {goal.value: values[goal] for goal in programme.goals}
    required = {row.person for row in programme.mentees if row.required}
    if required:
        goals = {REQUIRED: sum(people.get(person, 0) for person in required)} | goals
    return Difference(people=sum(people.values()), points=points, goals=goals)


def _worth(standing: Standing, steps: list[Step]) -> int:
    """Return what a plan with these pairs changed is worth more than the plan, counted pair by pair."""
    points = standing.pairs_of([(row, column) for row, column, _sign in steps]).points.tolist()
    gained = sum(step[2] * gain for step, gain in zip(steps, points, strict=True))
    total = standing.points_weight * int(gained)
    for row in {step[0] for step in steps}:
        before = int(standing.taken[row])
        after = before + sum(step[2] for step in steps if step[0] == row)
        total += int(standing.bonus[row]) * (bool(after) - bool(before))
    return total
