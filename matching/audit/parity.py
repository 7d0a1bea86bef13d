"""The price of parity: what it would cost to see first to the group whose people are matched least."""

from dataclasses import dataclass, replace

from matching.audit.fairness import Gap, Table, fairness_of
from matching.audit.seekers import Measure
from matching.contrast.anew import Anew
from matching.contrast.records import Difference
from matching.errors import ProblemError
from matching.problem import GoalName, MentoringProgramme, Parity, Programme
from matching.solution import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityPrice:
    """What the best plan with the goal `parity` first has more or less than the plan.

    `before` and `after` are the gaps in the share of people matched, of groups that are not hidden.
    """

    attribute: str
    difference: Difference
    before: Gap | None
    after: Gap | None


def price_of_parity(anew: Anew, programme: Programme, table: Table) -> ParityPrice | None:
    """Return the price of parity by the attribute of a table; `None` where it cannot be sought or proved.

    That is so of other kinds than mentoring, of grades, beside the goal `stable`, and for a plan that is not
    proved itself.

    Raises
    ------
    Stopped
        When there is no time to solve anew.
    """
    attribute = table.attribute
    if not isinstance(programme, MentoringProgramme) or attribute == "grade":
        return None
    others = tuple(goal for goal in programme.goals if goal != GoalName.PARITY)
    first = replace(programme, parity=Parity(attribute=attribute), goals=(GoalName.PARITY, *others))
    rows = tuple(first if row.id == programme.id else row for row in anew.problem.programmes)
    try:
        found = anew.solved(replace(anew.problem, programmes=rows), programme.id, f"parity by {attribute}")
    except ProblemError:
        return None
    if not found.status is anew.solution.status is Status.OPTIMAL:
        return None
    # The same groups are hidden in both plans, since the same people seek a match.
    report = fairness_of(anew.problem, programme.id, found, by=attribute)
    return ParityPrice(
        attribute=attribute,
        difference=anew.difference(found, programme.id),
        before=_gap(table),
        after=_gap(report.tables[0]),
    )


def _gap(table: Table) -> Gap | None:
    return next((gap for gap in table.gaps if gap.measure is Measure.MATCHED), None)
