"""A round is prepared, opened, closed, cancelled and completed, each step audited."""

from datetime import date

import pytest
import sqlalchemy as sa

from app.audit import COMMAND_LINE, AuditEvent
from app.db import db
from app.errors import Conflict, Invalid
from app.rounds import closing, service
from app.rounds.models import MatchingRound
from app.rounds.states import RoundState, RunState
from tests import factories
from tests.conftest import NOW
from tests.rounds.conftest import asked_for_run

BY = COMMAND_LINE
DAYS = {
    "opens_on": date(2026, 11, 23),
    "closes_on": date(2026, 11, 30),
    "starts_on": date(2026, 12, 7),
    "ends_on": date(2027, 3, 5),
}


def create(**values) -> MatchingRound:
    defaults = {"name": "Winter 2027", "programmes": [factories.programme()], **DAYS}
    return service.create_round(**{**defaults, **values}, by=BY)


def test_a_round_begins_as_a_draft_without_anybody_in_it(app):
    matching_round = create(name="  Winter\t2027 ")
    assert (matching_round.name, matching_round.state) == ("Winter 2027", RoundState.DRAFT)
    event = db.session.scalars(sa.select(AuditEvent)).one()
    assert (event.action, event.subject_id) == ("round.created", matching_round.id)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"name": ""}, "name", "Enter a name of at most 120 characters."),
        ({"name": "x" * 121}, "name", "Enter a name of at most 120 characters."),
        ({"programmes": []}, "programmes", "Choose at least one programme."),
        ({"closes_on": date(2026, 11, 22)}, "closes_on", "Enter a day on or after the day enrolment opens."),
        (
            {"starts_on": date(2026, 11, 29)},
            "starts_on",
            "Enter a day on or after the last day of enrolment.",
        ),
        ({"ends_on": date(2026, 12, 7)}, "ends_on", "Enter a day after the first day of the matches."),
        ({"ends_on": date(2028, 3, 5)}, "ends_on", "Matches of a round last at most 366 days."),
    ],
)
def test_a_round_that_makes_no_sense_is_refused_beside_its_field(app, values, field, sentence):
    with pytest.raises(Invalid) as refusal:
        create(**values)
    assert (refusal.value.field, refusal.value.message) == (field, sentence)


def test_two_rounds_cannot_have_the_same_name(app):
    create()
    with pytest.raises(Invalid, match="already a round called Winter 2027"):
        create()


def test_a_round_being_matched_cannot_be_closed_by_hand(app, closed_round):
    asked_for_run(closed_round)
    with pytest.raises(Conflict, match="being matched, so it cannot be closed"):
        service.close_round(closed_round, by=BY)


def test_a_step_taken_from_a_stale_page_is_refused(app):
    """Somebody else closed the round after this page was drawn."""
    matching_round = factories.matching_round()
    db.session.execute(
        sa.update(MatchingRound)
        .values(state=RoundState.CANCELLED)
        .execution_options(synchronize_session=False)
    )
    with pytest.raises(Conflict, match="is cancelled, so it cannot be closed"):
        service.close_round(matching_round, by=BY)


def test_cancelling_ends_the_run_that_goes_on(app, closed_round):
    run = asked_for_run(closed_round)
    service.cancel_round(closed_round, by=BY)
    db.session.commit()
    db.session.refresh(run)
    assert (closed_round.state, run.state) == (RoundState.CANCELLED, RunState.CANCELLED)


def test_a_published_round_is_completed_and_nothing_else(app):
    matching_round = factories.matching_round()
    for step in (RoundState.CLOSED, RoundState.SOLVING, RoundState.PROPOSED):
        service.move(matching_round, step)
    with pytest.raises(Conflict, match="so it cannot be completed"):
        service.complete_round(matching_round, by=BY)
    service.move(matching_round, RoundState.PUBLISHED, published_at=NOW)
    closing.save_check(matching_round, keep="The dates", by=BY)
    service.complete_round(matching_round, by=BY)
    assert matching_round.state is RoundState.COMPLETED
