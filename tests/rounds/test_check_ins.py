"""The check-ins of a round: told before, fixed when it is published, taken back with it, and counted."""

import re
from datetime import date, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from app import clock
from app.audit import AuditEvent
from app.db import db
from app.engagements import proposals
from app.engagements.check_ins import mark_talked
from app.engagements.models import (
    DeclineReason,
    Engagement,
    EngagementCheckIn,
    EngagementKind,
    EngagementRole,
    EngagementState,
)
from app.errors import Conflict
from app.programmes import versions
from app.rounds import check_ins, publishing, rematching, tasks, unpublishing
from app.rounds.models import MatchingRound, Run
from tests import factories
from tests.conftest import NOW
from tests.counting import count_statements
from tests.forms import post
from tests.racing import DONE, race
from tests.rounds.conftest import BY, MENTEES, circle, company, finished_run, groups, person_called

WANTED = [
    {"moment": "after_start", "days": 30, "words": "How is it going?"},
    {"moment": "before_end", "days": 7, "words": "What next?"},
]
DAYS = [date(2027, 1, 6), date(2027, 2, 26)]
KINDS = [
    (EngagementKind.MENTORSHIP, "/mentorships/{}"),
    (EngagementKind.PEER_COACHING, "/peers/{}"),
    (EngagementKind.GROUP_MENTORING, "/mentorships/groups/{}"),
]


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


@pytest.fixture
def run(app) -> Run:
    return planned(company())


def planned(matching_round) -> Run:
    versions.change(matching_round.programmes[0], {"check_ins": WANTED}, by=BY)
    return finished_run(matching_round)


def published(run: Run, **how) -> Run:
    publishing.publish_run(run, by=BY, **how)
    db.session.commit()
    return run


def fixed() -> list[EngagementCheckIn]:
    db.session.expire_all()
    query = sa.select(EngagementCheckIn)
    order = (EngagementCheckIn.engagement_id, EngagementCheckIn.position)
    return list(db.session.scalars(query.order_by(*order)))


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


class TestPublishing:
    """The days are fixed in the transaction of the publication."""

    def test_every_match_has_its_days(self, run):
        published(run)
        rows = fixed()
        assert [row.due_on for row in rows] == DAYS * MENTEES
        assert {(row.position, row.words) for row in rows} == {(1, "How is it going?"), (2, "What next?")}

    def test_what_the_programme_changes_later_changes_no_day(self, run):
        published(run)
        versions.change(run.matching_round.programmes[0], {"check_ins": []}, by=BY)
        assert [row.due_on for row in fixed()] == DAYS * MENTEES

    def test_peers_have_theirs_too(self, app):
        published(planned(circle(people=4)))
        matches = db.session.scalar(sa.select(sa.func.count()).select_from(Engagement))
        assert [row.due_on for row in fixed()] == DAYS * matches

    def test_the_groups_of_mentors_have_theirs_too(self, app):
        published(planned(groups()))
        matches = db.session.scalar(sa.select(sa.func.count()).select_from(Engagement))
        assert matches > 1
        assert [row.due_on for row in fixed()] == DAYS * matches

    def test_further_matches_have_their_own_counted_from_the_day_they_begin(self, app, frozen_clock):
        matching_round = company(mentees=4, mentors=3)
        published(planned(matching_round), answer_by=NOW.date() + timedelta(days=7))
        before = [(row.engagement_id, row.due_on) for row in fixed()]
        row = db.session.scalars(sa.select(Engagement)).first()
        mentee = next(member for member in row.members if member.role is EngagementRole.MENTEE)
        reason = {"reason": DeclineReason.OTHER_EXPERIENCE, "words": "", "seeks_another": True}
        proposals.decline(row, person_id=mentee.person_id, by=BY, **reason)
        db.session.commit()
        frozen_clock(NOW.replace(month=12, day=20))
        run = rematching.request_rematch(matching_round, by=BY)
        db.session.commit()
        tasks.carry_out(run.id)
        db.session.expire_all()
        published(run, answer_by=date(2026, 12, 30))
        after = [(row.engagement_id, row.due_on) for row in fixed()]
        assert after[: len(before)] == before
        assert [day for _id, day in after[len(before) :]] == [date(2027, 1, 19), date(2027, 2, 26)]

    def test_many_pairs_take_no_more_statements_than_few(self, app):
        counts = []
        for mentees in (2, MENTEES):
            run = planned(company(mentees=mentees))
            with count_statements() as statements:
                publishing.publish_run(run, by=BY)
            db.session.commit()
            counts.append(len(statements))
        assert counts[0] == counts[1]

    def test_a_refused_publication_leaves_no_day(self, run):
        person_called("Mentee 0").left_on = NOW.date()
        db.session.commit()
        with pytest.raises(Conflict):
            publishing.publish_run(run, by=BY)
        db.session.rollback()
        assert fixed() == []

    def test_the_page_says_the_days_before_and_the_count_after(self, run, as_hr):
        at = f"/rounds/{run.matching_round_id}"
        page = words(as_hr.get(f"{at}/runs/{run.id}/publish"))
        assert "2 check-ins: 6 January 2027 and 26 February 2027." in page
        published(run)
        page = words(as_hr.get(at))
        assert f"{2 * MENTEES} check-ins to come" in page
        assert "The next is on 6 January 2027" in page


class TestTakingBack:
    """Days go with the matches they belong to."""

    def test_days_go_with_the_publication(self, run):
        published(run)
        unpublishing.unpublish(run.matching_round, by=BY)
        assert fixed() == []
        published(run)
        assert len(fixed()) == 2 * MENTEES

    def test_nothing_is_taken_back_once_somebody_has_talked(self, run):
        published(run)
        row = db.session.scalars(sa.select(Engagement)).first()
        mark_talked(row, position=1, person_id=row.members[0].person_id, by=BY)
        db.session.commit()
        with pytest.raises(Conflict):
            unpublishing.unpublish(run.matching_round, by=BY)
        db.session.rollback()
        assert len(fixed()) == 2 * MENTEES


def test_what_is_due_and_done_is_counted_and_names_nobody(run, hr, client_for, frozen_clock):
    published(run)
    frozen_clock(NOW.replace(year=2027, month=1, day=7))
    first, second = db.session.scalars(sa.select(Engagement).order_by(Engagement.id).limit(2))
    mark_talked(first, position=1, person_id=first.members[0].person_id, by=BY)
    second.state, second.ended_on = EngagementState.ENDED, clock.today()
    db.session.commit()
    counted = check_ins.check_ins_counted(run.matching_round)
    assert (counted.due, counted.done, counted.next_on) == (MENTEES - 1, 1, DAYS[1])
    page = words(client_for(hr).get(f"/rounds/{run.matching_round_id}"))
    assert f"1 of {MENTEES - 1} check-ins done" in page
    assert "How is it going?" not in page


def test_of_two_who_mark_it_at_once_one_is_noted(own_app):
    people = [factories.person(), factories.person()]
    number = factories.with_check_in(EngagementKind.MENTORSHIP, *people).id
    ids = [row.id for row in people]

    def mark(person_id: int) -> None:
        mark_talked(db.session.get_one(Engagement, number), position=1, person_id=person_id, by=BY)

    assert race(own_app, *(partial(mark, person_id) for person_id in ids)) == [DONE, DONE]
    told = db.session.scalars(sa.select(AuditEvent.person_id).filter_by(action="check_in.done")).all()
    assert told == [fixed()[0].done_by_id]


def test_who_marks_it_while_hr_takes_the_matches_back_is_noted_or_told(own_app):
    run = published(planned(company()))
    engagement = db.session.scalars(sa.select(Engagement)).first()
    number, person_id, round_id = engagement.id, engagement.members[0].person_id, run.matching_round_id

    def mark() -> None:
        mark_talked(db.session.get_one(Engagement, number), position=1, person_id=person_id, by=BY)

    def take_back() -> None:
        unpublishing.unpublish(db.session.get_one(MatchingRound, round_id), by=BY)

    answers = race(own_app, mark, take_back)
    assert answers.count(DONE) == 1, answers
    assert bool(fixed()) is (answers[0] == DONE)


class TestPeople:
    """Those it is about see when to look at how it goes, and note that they have."""

    @pytest.fixture
    def ada(self, app):
        return factories.person(name="Ada")

    @pytest.fixture
    def as_ada(self, ada, client_for):
        return client_for(factories.account(of=ada))

    @pytest.mark.parametrize(("kind", "at"), KINDS)
    def test_it_waits_on_their_home_until_they_have_talked(self, ada, as_ada, client_for, kind, at):
        bo = factories.person(name="Bo")
        row = factories.with_check_in(kind, ada, bo)
        page = at.format(row.id)
        home = as_ada.get("/")
        assert "1 check-in to talk about How is it going? With Bo · since 22 November 2026" in words(home)
        assert f'href="{page}#check-ins"' in home.text
        assert "22 November 2026, yesterday" in words(as_ada.get(page))
        assert post(as_ada, f"{page}/check-ins/1", page=page).status_code == 303
        assert "to talk about" not in words(as_ada.get("/"))
        assert "You talked about it: noted on 23 November 2026 by you" in words(as_ada.get(page))
        as_bo = client_for(factories.account(of=bo))
        assert "noted on 23 November 2026 by Ada" in words(as_bo.get(page))

    @pytest.mark.parametrize(("kind", "at"), KINDS)
    def test_nobody_else_knows_of_it(self, ada, as_hr, kind, at):
        row = factories.with_check_in(kind, ada, factories.person())
        assert post(as_hr, f"{at.format(row.id)}/check-ins/1").status_code == 404
        assert fixed()[0].done_at is None

    @pytest.mark.parametrize("position", [0, 2, 99999999999999])
    def test_one_that_is_not_there_is_not_found(self, ada, as_ada, position):
        row = factories.with_check_in(EngagementKind.MENTORSHIP, ada, factories.person())
        assert post(as_ada, f"/mentorships/{row.id}/check-ins/{position}").status_code == 404

    def test_twice_is_once_and_the_trail_tells_it(self, ada, as_ada):
        row = factories.with_check_in(EngagementKind.MENTORSHIP, ada, factories.person())
        for _ in range(2):
            assert post(as_ada, f"/mentorships/{row.id}/check-ins/1").status_code == 303
        told = db.session.scalars(sa.select(AuditEvent).filter_by(action="check_in.done")).all()
        assert [(event.subject_id, event.person_id) for event in told] == [(row.id, ada.id)]

    def test_what_is_over_keeps_what_was_done_and_asks_no_more(self, ada, as_ada):
        row = factories.with_check_in(EngagementKind.MENTORSHIP, ada, factories.person())
        row.state, row.ended_on = EngagementState.ENDED, date(2026, 10, 1)
        db.session.commit()
        assert "How is it going?" not in words(as_ada.get("/"))
        assert "How is it going?" not in words(as_ada.get(f"/mentorships/{row.id}"))
        assert post(as_ada, f"/mentorships/{row.id}/check-ins/1").status_code == 409

    def test_one_far_off_is_seen_and_only_the_next_can_be_marked(self, ada, as_ada):
        later = [
            EngagementCheckIn(position=n, due_on=clock.today() + timedelta(days=30 * n), words=f"Look {n}")
            for n in (1, 2)
        ]
        row = factories.with_check_in(EngagementKind.MENTORSHIP, ada, factories.person(), check_ins=later)
        page = as_ada.get(f"/mentorships/{row.id}")
        assert "Look 2 22 January 2027, in 60 days" in words(page)
        assert page.text.count("We talked about it") == 1
        assert "to talk about" not in words(as_ada.get("/"))

    @pytest.mark.parametrize("count", [1, 7])
    def test_home_takes_a_constant_few_statements(self, ada, as_ada, count):
        for kind, _at in KINDS * count:
            factories.with_check_in(kind, ada, factories.person())
        with count_statements() as sent:
            assert as_ada.get("/").status_code == 200
        assert len(sent) == 9  # two of them for the people of mentorships, and of those together
