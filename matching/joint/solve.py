"""A joint round from its people to a solution with a proof of each of its goals."""

import numpy as np

from matching.joint.aims import AimName, seekers_of
from matching.joint.entries import Told
from matching.joint.parts import decided
from matching.joint.peers import PeerPrices
from matching.joint.proofs import Proof, Proofs
from matching.joint.search import Found
from matching.joint.shared import entered
from matching.problem import GoalName, Problem, Programme
from matching.solution import GoalValue, HoursPrice, JointStep, Role, Solution, Statistics, Status
from matching.watch import Watch


def is_joint(problem: Problem) -> bool:
    """Tell whether the programmes of a problem share anything, so that they are to be solved together."""
    return problem.joint is not None and (problem.joint.hours_budget or bool(problem.joint.cover_by))


class JointSolve:
    """The steps from a problem to the plan of all its programmes.

    Nothing is drawn by lot: of plans equal in every goal the one stands that the steps come upon, which are
    the same on every machine.
    """

    def __init__(self, problem: Problem, watch: Watch) -> None:
        self._problem = problem
        self._watch = watch
        watch.begin("people")
        watch.best = None
        self._entries, self._shared = entered(problem)
        self._make = Proofs(self._shared)

    def solution(self) -> Solution:
        """Solve to the proved optimum, or to the best plan there is when the watch stops it.

        The plan is never worse in the order of the goals than when each programme is solved alone with the
        hours that those before it leave, for that is the plan it starts from.
        """
        found = decided(self._shared, self._watch)
        self._watch.begin("reasons")
        proved = found.status is Status.OPTIMAL
        told = {
            name: entry.told(found.plan[name], self._shared.spent(found.plan, name), proved=proved)
            for name, entry in self._entries.items()
        }
        evident = self._evident_points()
        in_file = [told[row.id] for row in self._problem.programmes]
        return Solution(
            status=found.status,
            problem_sha256=self._problem.sha256,
            programmes=tuple(row.id for row in self._problem.programmes),
            goals=tuple(
                goal
                for row in self._problem.programmes
                for goal in _goals(row, told[row.id], None if proved else evident[row.id])
            ),
            assignments=tuple(row for part in in_file for row in part.assignments),
            unmatched=tuple(row for part in in_file for row in part.unmatched),
            closed=tuple(row for part in in_file for row in part.closed),
            joint=self._steps(found),
            statistics=Statistics(
                candidates={row.id: told[row.id].candidates for row in self._problem.programmes}
            ),
        )

    def _evident_points(self) -> dict[str, int]:
        """Return the most points that each programme could come to, locks and all."""
        number = self._make.number(AimName.POINTS, None)
        bounds = {} if number is None else self._make.evident(number).bounds
        return {name: bounds.get(name, 0) + entry.locked_points for name, entry in self._entries.items()}

    def _steps(self, found: Found) -> tuple[JointStep, ...]:
        steps: list[JointStep] = []
        for number, aim in enumerate(self._shared.aims):
            proof = found.proofs[number]
            if not self._agree(proof, steps):
                proof = self._make.evident(number)
            steps.append(
                JointStep(
                    goal=aim.name.value,
                    programme=aim.programme,
                    value=found.values[number],
                    bound=proof.most(found.values[:number]),
                    weights=proof.weights,
                    hours=self._hours_prices(proof),
                    cover={
                        self._problem.people[place].id: int(proof.cover[place])
                        for place in np.flatnonzero(proof.cover).tolist()
                    },
                    turnout={name: prices.turnout for name, prices in _turnouts(proof)},
                    certificates=tuple(
                        piece.certificate(proof.of_pieces[name], proof.bounds[name])
                        for name, piece in self._shared.pieces.items()
                    ),
                    searched=found.searched[number],
                )
            )
        return tuple(steps)

    def _agree(self, proof: Proof, steps: list[JointStep]) -> bool:
        """Tell whether the steps before show that there are no more groups than a proof takes for granted."""
        for name, prices in _turnouts(proof):
            step = next(row for row in steps if (row.goal, row.programme) == (AimName.COVERAGE, name))
            most = step.value if step.searched else step.bound
            if self._shared.pieces[name].groups_within(most) != prices.groups:
                return False
        return True

    def _hours_prices(self, proof: Proof) -> tuple[HoursPrice, ...]:
        rows = self._shared.rows
        found = []
        for number in np.flatnonzero(proof.hours).tolist():
            shares = {part: int(column[number]) for part, column in rows.shares.items() if column[number]}
            found.append(
                HoursPrice(
                    person=self._problem.people[rows.persons[number]].id,
                    price=int(proof.hours[number]),
                    seeking={name: share for (name, seeks), share in shares.items() if seeks},
                    giving={name: share for (name, seeks), share in shares.items() if not seeks},
                )
            )
        return tuple(found)


def _turnouts(proof: Proof) -> list[tuple[str, PeerPrices]]:
    return [
        (name, prices)
        for name, prices in proof.of_pieces.items()
        if isinstance(prices, PeerPrices) and prices.turnout
    ]


def _goals(programme: Programme, told: Told, most_points: int | None) -> tuple[GoalValue, ...]:
    """Return what a programme has in each of its own goals.

    The bound is the value where the plan of the round is proved, for there is no more within its order; else
    it is what is evident, of points so many as are given.
    """
    seekers = dict(seekers_of(programme))
    matched = {person for row in told.assignments for person in row.people or (row.members[Role.MENTEE],)}
    values = {
        GoalName.COVERAGE: sum(1 + waited for person, waited in seekers.items() if person in matched),
        GoalName.POINTS: sum(row.points for row in told.assignments),
    }
    bounds = dict(values)
    if most_points is not None:
        bounds[GoalName.COVERAGE] = sum(1 + waited for waited in seekers.values())
        bounds[GoalName.POINTS] = most_points
    return tuple(
        GoalValue(programme=programme.id, goal=goal.value, value=values[goal], bound=bounds[goal])
        for goal in programme.goals
    )
