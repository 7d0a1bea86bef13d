"""Commands of people who take part already, and answer what they have not been asked yet."""

from app import audit
from app.db import db
from app.errors import Conflict
from app.people.service import hold
from app.rounds.enrolling import hold_round, record
from app.rounds.enrolment_answers import Answers, write_answers
from app.rounds.models import Enrolment, MatchingRound
from app.rounds.states import RoundState


def answer(enrolment: Enrolment, matching_round: MatchingRound, answers: Answers, *, by: audit.Actor) -> None:
    """Let somebody who takes part answer the questions of the programme, also after enrolment has closed.

    Raises:
        Conflict: when it is too late, or they take no part any more.
        Invalid: when a question is not answered as it can be.
    """
    hold_round(matching_round)
    hold(enrolment.person_id)
    db.session.refresh(enrolment)
    check_may_answer(matching_round)
    if enrolment.withdrawn_at is not None:
        raise Conflict("You have withdrawn, so there is nothing to answer.")
    programme = next(row for row in matching_round.programmes if row.id == enrolment.programme_id)
    write_answers(enrolment, matching_round, programme, answers)
    record("enrolment.answered", enrolment, by=by)


def check_may_answer(matching_round: MatchingRound) -> None:
    """Refuse answers before enrolment has opened, and once the matching runs.

    Raises:
        Conflict: with the reason.
    """
    if matching_round.state is RoundState.DRAFT:
        raise Conflict(f"Enrolment in {matching_round.name} has not opened yet.")
    if matching_round.state not in (RoundState.OPEN, RoundState.CLOSED):
        raise Conflict(f"{matching_round.name} has been matched or given up, so answers stay as they are.")
