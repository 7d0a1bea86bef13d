"""A mentee ranks mentors they would like; the list counts for the engine and is nobody else's to see."""

import pytest
import sqlalchemy as sa

from app.audit import COMMAND_LINE, AuditEvent
from app.db import db
from app.errors import Conflict, Invalid
from app.people.models import PersonalBlock
from app.programmes.models import ProgrammeCriterion
from app.rounds import wishing
from app.rounds.models import EnrolmentRole, EnrolmentWish
from app.rounds.snapshot import take
from app.rounds.states import RoundState
from tests import factories
from tests.counting import count_statements
from tests.forms import post
from tests.rounds.conftest import company, finished_run, person_called
from tests.rounds.test_pages import words

BY = COMMAND_LINE
MENTEE, MENTOR = EnrolmentRole.MENTEE, EnrolmentRole.MENTOR


@pytest.fixture
def matching_round(app):
    return factories.matching_round()


@pytest.fixture
def ada(app):
    return factories.person(name="Ada")


@pytest.fixture
def wish(ada, matching_round):
    return factories.enrolment(ada, MENTEE, matching_round)


@pytest.fixture
def as_ada(ada, client_for):
    return client_for(factories.account(of=ada))


def mentor(matching_round, name, places=2):
    person = factories.person(name=name, mentor_capacity=places)
    factories.enrolment(person, MENTOR, matching_round, places=places)
    return person


def named(enrolment) -> list[str]:
    return [row.mentor.name for row in wishing.wishes_of(enrolment)]


def name(enrolment, matching_round, *people):
    for person in people:
        wishing.add_wish(enrolment, matching_round, person.id, by=BY)


def block(one, other):
    db.session.add(PersonalBlock(person_id=one.id, blocked_person_id=other.id))
    db.session.commit()


def test_the_order_is_the_mentees_own(wish, matching_round):
    people = [mentor(matching_round, letter) for letter in "ABC"]
    name(wish, matching_round, *people)
    wishing.move_wish_up(wish, matching_round, people[2].id, by=BY)
    assert named(wish) == ["A", "C", "B"]
    wishing.move_wish_down(wish, matching_round, people[0].id, by=BY)
    assert named(wish) == ["C", "A", "B"]
    wishing.remove_wish(wish, matching_round, people[2].id, by=BY)
    assert named(wish) == ["A", "B"]
    wishing.move_wish_up(wish, matching_round, people[0].id, by=BY)
    wishing.move_wish_down(wish, matching_round, people[1].id, by=BY)
    wishing.move_wish_up(wish, matching_round, people[2].id, by=BY)
    assert named(wish) == ["A", "B"]


def test_only_mentors_of_the_same_round_and_programme_can_be_named(wish, ada, matching_round):
    other_programme = factories.programme()
    matching_round.programmes.append(other_programme)
    elsewhere = mentor(factories.matching_round(), "Elsewhere")
    withdrawn = mentor(matching_round, "Withdrawn")
    db.session.execute(
        sa.text("UPDATE enrolment SET withdrawn_at = enrolled_at WHERE person_id = :id"), {"id": withdrawn.id}
    )
    away = mentor(matching_round, "Away")
    away.paused_from = matching_round.starts_on
    factories.enrolment(ada, MENTOR, matching_round)
    in_other = mentor(matching_round, "In another programme")
    db.session.execute(
        sa.text("UPDATE enrolment SET programme_id = :programme WHERE person_id = :id"),
        {"programme": other_programme.id, "id": in_other.id},
    )
    db.session.commit()
    for person in (elsewhere, withdrawn, away, ada, in_other, factories.person(mentor_capacity=2)):
        assert wishing.mentors_called(wish, matching_round, person.name) == []
        with pytest.raises(Invalid, match="Choose somebody who is a mentor in this round"):
            name(wish, matching_round, person)


def test_nobody_is_named_twice_and_no_more_than_five(wish, matching_round):
    people = [mentor(matching_round, letter) for letter in "ABCDEF"]
    name(wish, matching_round, *people[:5])
    with pytest.raises(Invalid, match="A is on your list already"):
        name(wish, matching_round, people[0])
    with pytest.raises(Invalid, match="it holds 5 people"):
        name(wish, matching_round, people[5])


def test_nothing_reveals_that_a_named_mentor_never_wants_to_meet(wish, ada, matching_round):
    willing, unwilling = mentor(matching_round, "Bo Ek"), mentor(matching_round, "Bo Oak")
    block(unwilling, ada)
    assert [one.name for one in wishing.mentors_called(wish, matching_round, "bo")] == ["Bo Ek", "Bo Oak"]
    name(wish, matching_round, unwilling, willing)
    assert named(wish) == ["Bo Oak", "Bo Ek"]
    assert wishing.wishers(matching_round.id) == 1


def test_whom_one_never_wants_to_meet_oneself_is_not_found(wish, ada, matching_round):
    other = mentor(matching_round, "Bo")
    block(ada, other)
    assert wishing.mentors_called(wish, matching_round, "bo") == []


@pytest.mark.parametrize("state", [RoundState.CLOSED, RoundState.SOLVING, RoundState.PUBLISHED])
def test_the_list_is_settled_when_enrolment_closes(wish, matching_round, state):
    other = mentor(matching_round, "Bo")
    db.session.execute(
        sa.text("UPDATE matching_round SET state = :state, published_at = :at"),
        {"state": state.value, "at": "2026-11-23 09:00:00+00:00" if state == "published" else None},
    )
    for command in (wishing.add_wish, wishing.remove_wish, wishing.move_wish_up, wishing.move_wish_down):
        with pytest.raises(Conflict, match="is closed"):
            command(wish, matching_round, other.id, by=BY)


def test_the_trail_does_not_say_whom(wish, matching_round):
    other = mentor(matching_round, "Bo")
    name(wish, matching_round, other)
    wishing.remove_wish(wish, matching_round, other.id, by=BY)
    events = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [(event.action, event.details) for event in events] == [("wish.added", {}), ("wish.removed", {})]


def test_how_many_others_named_somebody_is_told_from_five_on(wish, matching_round):
    other = mentor(matching_round, "Bo", places=3)
    name(wish, matching_round, other)
    for number in range(5):
        assert wishing.wishes_of(wish)[0].others is None, number
        rival = factories.enrolment(factories.person(), MENTEE, matching_round)
        name(rival, matching_round, other)
    shown = wishing.wishes_of(wish)[0]
    assert (shown.others, shown.places) == (5, 3)
    rival.withdrawn_at = rival.enrolled_at
    db.session.commit()
    assert wishing.wishes_of(wish)[0].others is None


class TestForTheEngine:
    def test_wishes_enter_the_snapshot_in_order_without_those_who_offer_nothing_now(
        self, wish, matching_round
    ):
        people = [mentor(matching_round, letter) for letter in "ABC"]
        name(wish, matching_round, people[2], people[1], people[0])
        people[1].mentor_capacity = 0
        db.session.commit()
        mentee = take(matching_round).programmes[0].mentees[0]
        assert mentee.wishes == (f"p{people[2].id}", f"p{people[0].id}")

    def test_a_wish_decides_between_two_who_fit_alike_only_when_the_programme_weighs_it(self, app):
        matching_round = company(mentees=1, mentors=0)
        skill = db.session.scalars(sa.select(factories.Goal)).one().skill
        mentors = [mentor(matching_round, letter) for letter in "AB"]
        for person in mentors:
            factories.claim(person, skill)
        enrolment = wishing.wish_enrolment(
            person_called("Mentee 0").id, matching_round, matching_round.programmes[0].id
        )
        weights = {row.criterion: row for row in matching_round.programmes[0].criteria}
        weights["variety"].criterion = "wishes"
        db.session.commit()
        for wished in mentors:
            db.session.execute(sa.delete(EnrolmentWish))
            db.session.add(EnrolmentWish(enrolment_id=enrolment.id, position=1, mentor_id=wished.id))
            matching_round.state = RoundState.CLOSED
            db.session.commit()
            run = finished_run(matching_round)
            mentor_ids = db.session.execute(
                sa.text(
                    "SELECT m.person_id FROM assignment_member m JOIN assignment a ON a.id = m.assignment_id "
                    "WHERE m.role = 'mentor' AND a.run_id = :run"
                ),
                {"run": run.id},
            ).scalars()
            assert list(mentor_ids) == [wished.id]


class TestPage:
    @pytest.fixture
    def address(self, wish, matching_round):
        return f"/rounds/{matching_round.id}/enrolment/{matching_round.programmes[0].id}/wishes"

    def test_a_name_typed_whole_is_added_and_moved_and_removed(self, as_ada, address, matching_round, wish):
        one, two = mentor(matching_round, "Bo Ek"), mentor(matching_round, "Cy Oak")
        for person in (one, two):
            assert post(as_ada, address, {"name": person.name.upper()}, page=address).status_code == 303
        post(as_ada, f"{address}/{two.id}/up", page=address)
        assert named(wish) == ["Cy Oak", "Bo Ek"]
        page = words(as_ada.get(address))
        assert page.index("1. Cy Oak") < page.index("2. Bo Ek")
        assert page.count("Move up Bo Ek") == page.count("Move down Cy Oak") == 1
        assert "Move up Cy Oak" not in page
        post(as_ada, f"{address}/{two.id}/remove", page=address)
        assert named(wish) == ["Bo Ek"]

    def test_without_script_find_leads_to_a_list_to_choose_from(self, as_ada, address, matching_round, wish):
        chosen = [mentor(matching_round, "Bo Ek"), mentor(matching_round, "Bo Ek")][1]
        refused = post(as_ada, address, {"name": "Bo Ek"})
        assert refused.status_code == 422
        assert "Press Find and choose one of the mentors found." in words(refused)
        found = post(as_ada, address, {"name": "Bo", "find": "yes"}).location
        assert as_ada.get(found).text.count('type="radio" value=') >= 2
        assert post(as_ada, found, {"found": chosen.id}, page=found).status_code == 303
        assert [row.mentor.id for row in wishing.wishes_of(wish)] == [chosen.id]
        assert "No mentor of this programme is called “Zoe”." in words(as_ada.get(f"{address}?name=Zoe"))

    def test_suggestions_are_a_fragment_for_script(self, as_ada, address, matching_round):
        mentor(matching_round, "Bo Ek")
        fragment = as_ada.get(f"{address}/suggest?name=bo", headers={"HX-Request": "true"})
        assert fragment.text.lstrip().startswith('<ul id="mentor-suggestions"')
        assert "Bo Ek" in fragment.text
        assert as_ada.get(f"{address}/suggest?name=bo").status_code == 303

    def test_it_says_whether_wishes_count(self, as_ada, address, matching_round):
        assert "Wishes do not count in this programme." in words(as_ada.get(address))
        matching_round.programmes[0].criteria.append(ProgrammeCriterion(criterion="wishes", weight=5))
        db.session.commit()
        assert "Wishes count in this programme." in words(as_ada.get(address))

    def test_whoever_seeks_no_mentor_there_has_no_such_page(self, address, client_for, matching_round):
        other = client_for(factories.account())
        assert other.get(address).status_code == 404
        person = mentor(matching_round, "Bo")
        assert post(other, address, {"name": "Bo"}).status_code == 404
        assert post(other, f"{address}/{person.id}/remove").status_code == 404

    def test_the_number_of_statements_does_not_grow(self, as_ada, address, matching_round, wish):
        taken = []
        for count in (1, 4):
            people = [mentor(matching_round, f"Bo {len(taken)} {number}") for number in range(count)]
            name(wish, matching_round, *people)
            db.session.commit()
            with count_statements() as sent:
                as_ada.get(f"{address}?name=bo")
            taken.append(len(sent))
        assert taken[0] == taken[1] <= 12
