"""What the programmes of a round share, as a snapshot tells the engine."""

from dataclasses import replace

from app.rounds.models import MatchingRound
from app.rounds.together import together_in
from matching import problem as engine

# Hours that are added up are whole hundredths.
DECIMALS = 2


def joint_of(matching_round: MatchingRound) -> engine.Joint | None:
    """Return what the programmes of a round share; None where each is matched by itself."""
    together = together_in(matching_round)
    if not together.is_joint:
        return None
    return engine.Joint(
        hours_budget=together.shares_hours, cover_by=tuple(programme.key for programme in together.cover)
    )


def with_countable_hours(problem: engine.Problem, joint: engine.Joint | None) -> engine.Problem:
    """Return a problem whose programmes share something; hours that are added up are whole hundredths."""
    if joint is None:
        return problem
    if not joint.hours_budget:
        return replace(problem, joint=joint)
    return replace(
        problem,
        joint=joint,
        people=tuple(replace(row, hours_a_month=_countable(row.hours_a_month)) for row in problem.people),
        programmes=tuple(
            replace(row, hours_a_month=_countable(row.hours_a_month)) for row in problem.programmes
        ),
    )


def _countable(hours: float | None) -> float | None:
    return None if hours is None else round(hours, DECIMALS)
