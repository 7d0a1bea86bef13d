"""The check that closes a round: what came of it, what to keep, and decisions that the next round is offered."""

import re
from datetime import date

import pytest
import sqlalchemy as sa

from app import audit
from app.access import Role
from app.audit import AuditEvent
from app.db import db
from app.engagements.models import Engagement, EngagementMember, EngagementRole
from app.errors import Conflict, Invalid
from app.feedback.models import Feedback
from app.programmes.service import settings_of
from app.rounds import closing, looking_back, publishing, service
from app.rounds.closing import Wanted, with_decisions
from app.rounds.closing_models import ChangedPart, ClosingCheck, ClosingDecision
from app.rounds.models import Enrolment, EnrolmentWish, MatchingRound
from app.rounds.states import RoundState
from app.sessions.models import MentoringSession
from tests import factories
from tests.conftest import NOW
from tests.counting import count_statements
from tests.forms import post
from tests.rounds.conftest import company, finished_run, person_called

BY = audit.COMMAND_LINE


@pytest.fixture
def over(app) -> MatchingRound:
    """A published round in which six of seven have a mentor."""
    matching_round = company(mentees=7)
    run = finished_run(matching_round)
    publishing.publish_run(run, by=BY)
    db.session.commit()
    return matching_round


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def page_of(matching_round: MatchingRound) -> str:
    return f"/rounds/{matching_round.id}/closing"


def next_round(before: MatchingRound, **values) -> MatchingRound:
    days = {"starts_on": date(2027, 4, 5), "ends_on": date(2027, 7, 2)}
    return factories.matching_round(programmes=before.programmes, **{**days, **values})


def decided(matching_round: MatchingRound, *changes: Wanted) -> None:
    for wanted in changes:
        closing.decide(matching_round, wanted, by=BY)
    db.session.commit()


def without(matching_round: MatchingRound, rule: str) -> Wanted:
    return Wanted(part=ChangedPart.NO_RULE, programme=matching_round.programmes[0], name=rule)


def weighing(matching_round: MatchingRound, criterion: str, weight: int) -> Wanted:
    (programme,) = matching_round.programmes
    return Wanted(part=ChangedPart.WEIGHT, programme=programme, name=criterion, figures={"weight": weight})


def test_a_round_is_not_completed_before_somebody_has_looked_back_on_it(over, as_hr):
    with pytest.raises(Conflict, match="Nobody has looked back on"):
        service.complete_round(over, by=BY)
    refused = post(as_hr, f"/rounds/{over.id}/complete", {"keep": " "}, page=page_of(over))
    assert refused.status_code == 422
    assert "Enter what to keep." in words(refused)
    assert over.state is RoundState.PUBLISHED
    done = post(as_hr, f"/rounds/{over.id}/complete", {"keep": "The dates"}, page=page_of(over))
    assert done.status_code == 303
    assert over.state is RoundState.COMPLETED
    assert db.session.get_one(ClosingCheck, over.id).keep == "The dates"


def test_what_is_written_is_saved_before_the_round_is_completed_and_stays_as_it_is_afterwards(over, as_hr):
    assert f'formaction="{page_of(over)}"' in as_hr.get(page_of(over)).text
    assert post(as_hr, page_of(over), {"keep": "The dates"}).status_code == 303
    assert over.state is RoundState.PUBLISHED
    assert "The dates" in as_hr.get(page_of(over)).text
    service.complete_round(over, by=BY)
    db.session.commit()
    page = as_hr.get(page_of(over))
    assert "The dates" in page.text
    assert "<textarea" not in page.text
    refused = post(as_hr, page_of(over), {"keep": "Something else"})
    assert refused.status_code == 409
    assert db.session.get_one(ClosingCheck, over.id).keep == "The dates"


@pytest.mark.parametrize(
    "state", [RoundState.DRAFT, RoundState.OPEN, RoundState.CLOSED, RoundState.CANCELLED]
)
def test_nobody_looks_back_on_what_is_not_published(app, as_hr, state):
    matching_round = factories.matching_round(state=state)
    assert as_hr.get(page_of(matching_round)).status_code == 409
    assert post(as_hr, page_of(matching_round), {"keep": "x"}).status_code == 409
    assert post(as_hr, f"/rounds/{matching_round.id}/complete", {"keep": "x"}).status_code == 409


def test_the_page_says_what_came_of_the_round(over, as_hr):
    met, ended, *_others = db.session.scalars(sa.select(Engagement).order_by(Engagement.id)).all()
    db.session.add(MentoringSession(engagement_id=met.id, held_at=NOW, minutes=45))
    ended.state, ended.ended_on = "ended", ended.starts_on
    db.session.commit()
    page = words(as_hr.get(page_of(over)))
    assert "Had a mentor 6 of 7" in page
    assert "Met at least once 1 of 6 1 session so far" in page
    assert "Ended early 1" in page
    assert "1 person: every place went to others" in page
    assert "Average fit" in page
    assert "No plan does better: prices over all pairs prove it." in page


def test_whom_people_named_and_what_they_rated_is_told_of_five_or_more_alone(over, as_hr):
    mentees = db.session.scalars(sa.select(Enrolment).filter_by(role="mentee").order_by(Enrolment.id)).all()
    mentor = person_called("Mentor 0")
    for place, enrolment in enumerate(mentees[:5]):
        if place == 4:
            assert "named first" not in words(as_hr.get(page_of(over)))
        db.session.add(EnrolmentWish(enrolment_id=enrolment.id, position=1, mentor_id=mentor.id))
        db.session.commit()
    matched = with_mentor(over, mentor.id)
    named = {enrolment.person_id for enrolment in mentees[:5]}
    assert f"Got whom they named first {len(matched & named)} of 5" in words(as_hr.get(page_of(over)))
    for place, engagement in enumerate(db.session.scalars(sa.select(Engagement)).all()[:5]):
        assert "How useful it was" not in words(as_hr.get(page_of(over)))
        mentee_id = next(member.person_id for member in engagement.members if member.role == "mentee")
        db.session.add(Feedback(engagement_id=engagement.id, by_person_id=mentee_id, rating=1 + place))
        db.session.commit()
    assert "How useful it was 3.0" in words(as_hr.get(page_of(over)))


def with_mentor(matching_round: MatchingRound, mentor_id: int) -> set[int]:
    mentored = sa.select(EngagementMember.engagement_id).filter_by(
        person_id=mentor_id, role=EngagementRole.MENTOR
    )
    query = sa.select(EngagementMember.person_id).where(
        EngagementMember.engagement_id.in_(mentored), EngagementMember.role == EngagementRole.MENTEE
    )
    return set(db.session.scalars(query))


def test_a_round_from_before_runs_were_kept_has_its_figures_too(app, as_hr):
    old = factories.matching_round(state=RoundState.COMPLETED, published_at=NOW)
    page = words(as_hr.get(page_of(old)))
    assert "Met at least once 0 of 0" in page
    assert "Nothing was written about this round." in page


def test_a_weight_that_was_decided_stands_and_the_others_share_what_is_left(over):
    settings = settings_of(over.programmes[0])
    decided(over, weighing(over, "skills", 40), weighing(over, "hours", 20))
    rows = closing.decisions_of(over.id)
    after = with_decisions(settings, rows)
    assert after["criteria"] == {"skills": 40, "hours": 20, "level_step": 27, "variety": 13}
    assert with_decisions(after, rows) == after


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (lambda over: Wanted(words=" "), "Enter what is to change"),
        (lambda over: without(over, "other_department"), "is so already"),
        (lambda over: weighing(over, "skills", 60), "is so already"),
        (lambda over: weighing(over, "skills", 101), "must"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(over, wanted, sentence):
    with pytest.raises(Invalid, match=sentence):
        closing.decide(over, wanted(over), by=BY)
    assert closing.decisions_of(over.id) == []


def test_the_same_words_are_decided_once(over):
    decided(over, Wanted(words="Invite earlier"))
    with pytest.raises(Invalid, match="decided already"):
        closing.decide(over, Wanted(words=" Invite  earlier"), by=BY)


def test_decisions_are_made_and_taken_back_by_page_with_who_sees_to_them(over, as_hr, hr):
    page = as_hr.get(page_of(over)).text
    what = re.search(r'<option value="([^"]+)">Weight of skills asked for', page)[1]
    fields = {"what": what, "figure": "", "words": "Too little", "owner": str(hr.id), "due_on": "2027-01-15"}
    add = f"{page_of(over)}/decisions"
    refused = post(as_hr, add, fields, page=page_of(over))
    assert refused.status_code == 422
    assert "Enter a whole number from 0 to 100." in words(refused)
    assert post(as_hr, add, {**fields, "figure": "70"}, page=page_of(over)).status_code == 303
    shown = words(as_hr.get(page_of(over)))
    assert "Skills asked for: 70 of 100 points" in shown
    assert "sees to it" in shown
    assert "by 15 January 2027" in shown
    (row,) = closing.decisions_of(over.id)
    remove = f"{add}/{row.id}/remove"
    assert post(as_hr, remove, page=page_of(over)).status_code == 303
    assert closing.decisions_of(over.id) == []
    assert post(as_hr, remove).status_code == 404
    actions = db.session.scalars(sa.select(AuditEvent.action).where(AuditEvent.action.startswith("closing")))
    assert list(actions) == ["closing_decision.added", "closing_decision.removed"]


def test_every_option_that_the_page_offers_can_be_decided(over, as_hr):
    page = as_hr.get(page_of(over)).text
    offered = re.findall(r'<option value="([^"]+:[^"]+)">', page)
    assert len(offered) > 10
    for what in offered:
        figure = "120" if "minutes" in what else "33" if "percent" in what or "weight" in what else "3"
        fields = {"what": what, "figure": figure, "words": "", "owner": "0", "due_on": ""}
        answer = post(as_hr, f"{page_of(over)}/decisions", fields)
        assert answer.status_code == 303, (what, words(answer))
        closing.remove(over, closing.decisions_of(over.id)[0].id, by=BY)
        db.session.commit()


def test_the_next_round_of_the_programme_is_offered_what_was_decided_and_uses_it_once(over, as_hr):
    decided(over, without(over, "shared_language"), Wanted(words="Invite earlier"))
    following = next_round(over)
    shown = words(as_hr.get(f"/rounds/{following.id}"))
    assert f"Decided after {over.name}" in shown
    assert "Without the rule: A language in common" in shown
    address = f"/rounds/{following.id}/decided-before"
    page = as_hr.get(address)
    assert "Invite earlier" in words(page)
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page.text)[1]
    assert post(as_hr, address, {"seen": seen}, page=address).status_code == 303
    assert "shared_language" not in settings_of(over.programmes[0])["rules"]
    assert "The programmes are set as it was decided." in words(as_hr.get(address))
    assert post(as_hr, address, {"seen": seen}).status_code == 409


def test_what_changed_meanwhile_is_looked_at_again(over, as_hr):
    decided(over, without(over, "shared_language"))
    address = f"/rounds/{next_round(over).id}/decided-before"
    assert post(as_hr, address, {"seen": "0" * 64}).status_code == 409
    assert "shared_language" in settings_of(over.programmes[0])["rules"]


def test_a_round_without_decisions_before_it_is_offered_none(over, as_hr):
    following = next_round(over)
    assert "Decided after" not in as_hr.get(f"/rounds/{following.id}").text
    address = f"/rounds/{following.id}/decided-before"
    assert "Nothing is to be otherwise." in words(as_hr.get(address))
    assert post(as_hr, address, {"seen": ""}).status_code == 409


def test_the_architect_reads_the_check_and_changes_nothing(over, client_for):
    architect = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
    page = architect.get(page_of(over))
    assert page.status_code == 200
    assert page.text.count('<form method="post"') + page.text.count('stack" method="post"') <= 2
    assert "Complete the round" not in page.text
    assert post(architect, f"/rounds/{over.id}/complete", {"keep": "x"}).status_code == 403


def test_the_page_takes_as_many_statements_however_much_was_decided(over, as_hr):
    sent = []
    for _ in range(3):
        with count_statements() as statements:
            assert as_hr.get(page_of(over)).status_code == 200
        sent.append(len(statements))
        known = len(closing.decisions_of(over.id))
        decided(over, *(Wanted(words=f"Number {known + number}") for number in range(5)))
    assert len(set(sent)) == 1
    assert db.session.scalar(sa.select(sa.func.count(ClosingDecision.id))) == 15


def test_only_those_who_read_rounds_can_see_to_a_decision(app, hr):
    factories.account()
    assert [account_id for account_id, _name in looking_back.owners()] == [hr.id]
