"""What nobody can gain more than by hiding candidates, proved by the prices of the plan."""

from dataclasses import dataclass
from functools import cached_property

from matching.audit.matches import Matches, MentoringMatches
from matching.audit.narrowings import places_of
from matching.audit.partners import Partner
from matching.contrast.anew import Anew
from matching.contrast.losses import loss_of_mentee, loss_of_mentor
from matching.contrast.standing import Standing
from matching.problem import GoalName, MentoringProgramme, Programme
from matching.solution import Certificate, CertificateKind, Role, Solution, Status

PRICED = {GoalName.COVERAGE.value, GoalName.POINTS.value}


@dataclass(frozen=True, slots=True)
class PriceBound:
    """The most that somebody can gain by lowering what they say, and with whom they can be by it at all."""

    at_most: int
    within: frozenset[str]


class PriceBounds:
    """Bounds what people of a programme can gain, by the prices that prove its plan.

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

    D is the greatest price the person can have in any proof (their marginal product), found by cheapest ways
    in what the flow leaves over.

    References
    ----------
    L. S. Shapley, M. Shubik, "The assignment game I: the core", 1971. H. B. Leonard, "Elicitation of honest
    preferences for the assignment of individuals to positions", 1983.
    """

    def __init__(self, anew: Anew, programme: Programme, reader: Matches) -> None:
        self._anew = anew
        self._programme = programme
        self._reader = reader
        self._certificate = _proof(anew.solution, programme)
        locks = [row for row in anew.problem.locks if row.programme == programme.id]
        self._locked = {member for row in locks for member in row.members}
        # Whoever has a locked mentor counts as covered already.
        self._settled = {row.members[0] for row in locks}

    def of(self, person: str, partners: list[Partner], now: int) -> PriceBound | None:
        """Return what somebody can gain by narrowings that only lower what their own pairs are worth.

        Parameters
        ----------
        partners
            Whom the person may be matched with, the most points first.
        now
            Points of the person's matches in the plan.

        Returns
        -------
        PriceBound or None
            `None` where prices do not prove the plan, where more counts than coverage and points, and for
            somebody who is locked or stands on both sides.

        Raises
        ------
        Stopped
            When there is no time to find what the plan loses without the person.
        ProblemError
            When the prices prove nothing.
        """
        stands = list(places_of(self._programme, person))
        if self._certificate is None or person in self._locked or self._anew.is_joint or len(stands) != 1:
            return None
        ((name, _word, places),) = stands
        most_loss = self._loss_without(person, name)
        near = [row for row in partners if self._loss(person, row) <= most_loss]
        best = sum(row.points for row in near[:places] if row.points > 0)
        return PriceBound(max(0, best - now), frozenset(row.who for row in near))

    def _loss_without(self, person: str, name: str) -> int:
        """Return what the best plan without somebody is worth less."""
        self._anew.watch.go_on_to(f"without {person}")
        if name == "mentors":
            return loss_of_mentor(self._standing, self._standing.mentor_row[person])
        return loss_of_mentee(self._standing, self._standing.mentee_row[person])

    @cached_property
    def _standing(self) -> Standing:
        assert isinstance(self._reader, MentoringMatches)  # noqa: S101 - prices prove mentoring alone here
        assert self._certificate is not None  # noqa: S101 - asked for where there is one
        return Standing(self._reader.market, self._anew.solution, self._certificate)

    @cached_property
    def _waiting(self) -> dict[str, int]:
        """What a first match of each mentee counts for in coverage."""
        mentees = self._programme.mentees if isinstance(self._programme, MentoringProgramme) else ()
        return {row.person: 0 if row.person in self._settled else 1 + row.rounds_waited for row in mentees}

    def _loss(self, person: str, partner: Partner) -> int:
        """Return what a pair loses at the prices."""
        certificate = self._certificate
        assert certificate is not None  # noqa: S101 - asked for where there is one
        of_mentee = partner.role is Role.MENTEE
        mentee, mentor = (person, partner.who) if of_mentee else (partner.who, person)
        bonus = certificate.weights[GoalName.COVERAGE] * self._waiting[mentee]
        worth = certificate.weights[GoalName.POINTS] * partner.points + bonus
        return max(0, certificate.mentees.get(mentee, 0) + certificate.mentors.get(mentor, 0) - worth)


def _proof(solution: Solution, programme: Programme) -> Certificate | None:
    """Return the prices that prove a programme's plan by coverage and points alone."""
    found = next((row for row in solution.certificates if row.programme == programme.id), None)
    if found is None or solution.status is not Status.OPTIMAL or found.kind is not CertificateKind.PRICES:
        return None
    counted = {goal for goal, weight in found.weights.items() if weight}
    mentoring = isinstance(programme, MentoringProgramme)
    return (
        found
        if mentoring and counted <= PRICED and {str(goal) for goal in programme.goals} <= PRICED
        else None
    )
