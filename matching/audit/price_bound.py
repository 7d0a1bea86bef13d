"""What nobody can gain more than by hiding candidates, proved by the prices of the plan."""

from collections.abc import Mapping

from matching.audit.narrowings import places_of, without
from matching.audit.partners import Partner
from matching.contrast.anew import Anew
from matching.problem import GoalName, MentoringProgramme, Programme
from matching.solution import Certificate, CertificateKind, Role, Solution, Status

PRICED = {GoalName.COVERAGE.value, GoalName.POINTS.value}


def most_by_prices(
    anew: Anew, programme: Programme, person: str, partners: list[Partner], now: int
) -> int | None:
    """Return the most points somebody can gain by narrowings that only lower what their own pairs are worth.

    Parameters
    ----------
    partners
        Whom the person may be matched with, the most points first.
    now
        Points of the person's matches in the plan.

    Returns
    -------
    int or None
        `None` where prices do not prove the plan, where more counts than coverage and points, and for
        somebody who is locked or stands on both sides.

    Raises
    ------
    Stopped
        When there is no time to solve without the person.

    Notes
    -----
    Let W be the worth of the plan, W' that of the best plan without the person, and s(pair) >= 0 what a pair
    of theirs loses at the prices: ``max(0, u + v - B - weight * points)``. Suppose they narrow what they say,
    so that none of their pairs is worth more than in truth and no other pair changes, and the best plan is
    then X. The best plan without them is still there and worth W', so X is worth at least W' by what was
    said, and no less in truth. But the formula of the certificate bounds the true worth of any plan by W less
    the losses of the pairs it uses. So the losses of their pairs in X add up to at most D = W - W', and
    nobody with a greater loss than D can be among their partners: the most points are those of their best
    partners with no greater loss, as many as they have places.

    D is the greatest price the person can have in any proof (their marginal product), found by solving once
    without them.

    References
    ----------
    L. S. Shapley, M. Shubik, "The assignment game I: the core", 1971. H. B. Leonard, "Elicitation of honest
    preferences for the assignment of individuals to positions", 1983.
    """
    certificate = _proof(anew.solution, programme)
    stands = list(places_of(programme, person))
    if certificate is None or not isinstance(programme, MentoringProgramme) or len(stands) != 1:
        return None
    locked = {member for row in anew.problem.locks if row.programme == programme.id for member in row.members}
    if person in locked or anew.is_joint:
        return None
    left_out = anew.solved(without(anew.problem, programme, person), programme.id, f"without {person}")
    if left_out.status is not Status.OPTIMAL:
        return None
    goals = anew.difference(left_out, programme.id).goals
    most_loss = -sum(certificate.weights[goal] * change for goal, change in goals.items())
    waiting = {row.person: 1 + row.rounds_waited for row in programme.mentees}
    # Whoever has a locked mentor counts as covered already.
    waiting |= {row.members[0]: 0 for row in anew.problem.locks if row.programme == programme.id}
    near = [row.points for row in partners if _loss(certificate, waiting, person, row) <= most_loss]
    ((_list, _word, places),) = stands
    return max(0, sum(points for points in near[:places] if points > 0) - now)


def _proof(solution: Solution, programme: Programme) -> Certificate | None:
    """Return the prices that prove a programme's plan by coverage and points alone."""
    found = next((row for row in solution.certificates if row.programme == programme.id), None)
    if found is None or solution.status is not Status.OPTIMAL or found.kind is not CertificateKind.PRICES:
        return None
    counted = {goal for goal, weight in found.weights.items() if weight}
    return found if counted <= PRICED and {str(goal) for goal in programme.goals} <= PRICED else None


def _loss(certificate: Certificate, waiting: Mapping[str, int], person: str, partner: Partner) -> int:
    mentee, mentor = (person, partner.who) if partner.role is Role.MENTEE else (partner.who, person)
    bonus = certificate.weights[GoalName.COVERAGE] * waiting[mentee]
    worth = certificate.weights[GoalName.POINTS] * partner.points + bonus
    return max(0, certificate.mentees.get(mentee, 0) + certificate.mentors.get(mentor, 0) - worth)
