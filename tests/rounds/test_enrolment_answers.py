"""What people answer when they join: asked, refused, kept, carried over, and shown to HR side by side."""

import re

import pytest
import sqlalchemy as sa

from app.access import Role
from app.audit import COMMAND_LINE
from app.db import db
from app.errors import Invalid
from app.people.models import Person
from app.programmes import asking
from app.programmes.models import Programme, ProgrammeKind
from app.programmes.question_models import AskedQuestion, ProgrammeQuestion, ProgrammeQuestionOption
from app.rounds import data_quality, enrolling, enrolment_answers, unanswered
from app.rounds.answer_models import EnrolmentAnswer
from app.rounds.models import Assignment, Enrolment, EnrolmentRole, MatchingRound
from app.rounds.states import RoundState
from tests import factories
from tests.counting import count_statements
from tests.forms import post
from tests.programmes.test_questions import question, yes_or_no
from tests.racing import DONE, TIMES, race
from tests.rounds.conftest import company, finished_run
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
def as_ada(ada, client_for):
    return client_for(factories.account(of=ada))


def ask(matching_round, **values) -> int:
    asking.ask_question(matching_round.programmes[0], question(**values), by=BY)
    db.session.commit()
    return db.session.scalar(sa.select(sa.func.max(ProgrammeQuestion.id)))


def join(person, matching_round, role=MENTEE, **answers):
    given = {int(key.removeprefix("q")): value for key, value in answers.items()}
    return enrolling.enrol(
        person, matching_round, programme=matching_round.programmes[0], role=role, by=BY, answers=given
    )


def answers_of(enrolment) -> list[str]:
    query = sa.select(EnrolmentAnswer.answer).filter_by(enrolment_id=enrolment.id)
    return list(db.session.scalars(query.order_by(EnrolmentAnswer.question_id, EnrolmentAnswer.position)))


def match_page(run) -> str:
    match_id = db.session.scalar(sa.select(sa.func.min(Assignment.id)).filter_by(run_id=run.id))
    return f"/rounds/{run.matching_round_id}/runs/{run.id}/matches/{match_id}"


def chosen_on(page) -> list[str]:
    return re.findall(r'<input checked id="programme[^>]* value="([^"]*)"', page.text)


NO_OPTIONS = {"options": []}
GIVEN = [
    ("one_choice", {}, ["Online"], ["Online"]),
    ("one_choice", {}, ["By post"], "Choose one of the options."),
    ("one_choice", {}, ["Online", "In person"], "Choose one of the options."),
    ("several_choices", {}, ["In person", "Online"], ["Online", "In person"]),
    ("several_choices", {}, ["Online", "Online"], ["Online"]),
    ("several_choices", {}, ["Online", "By post"], "Choose at least one of the options."),
    ("yes_no", NO_OPTIONS, ["yes"], ["yes"]),
    ("yes_no", NO_OPTIONS, ["perhaps"], "Choose one of the options."),
    ("whole_number", NO_OPTIONS, [" 007 "], ["7"]),
    ("whole_number", NO_OPTIONS, ["-3"], ["-3"]),
    ("whole_number", NO_OPTIONS, ["1.5"], "at most 9 digits"),
    ("whole_number", NO_OPTIONS, ["1" * 5000], "at most 9 digits"),
    ("whole_number", NO_OPTIONS, ["٣"], "at most 9 digits"),
    ("date", NO_OPTIONS, ["2027-01-31"], ["2027-01-31"]),
    ("date", NO_OPTIONS, ["2027-02-31"], "a day that exists"),
    ("short_text", NO_OPTIONS, ["a\x00  b"], ["a b"]),
    ("short_text", NO_OPTIONS, ["a" * 301], "at most 300"),
]


@pytest.mark.parametrize(("kind", "values", "given", "kept"), GIVEN)
def test_an_answer_is_kept_as_it_is_said_or_refused(ada, matching_round, kind, values, given, kept):
    asked = ask(matching_round, type=kind, required=True, **values)
    if isinstance(kept, str):
        with pytest.raises(Invalid, match=kept) as refused:
            join(ada, matching_round, **{f"q{asked}": given})
        assert refused.value.field == f"mentee-{asked}"
    else:
        assert answers_of(join(ada, matching_round, **{f"q{asked}": given})) == kept


@pytest.mark.parametrize(
    "kind", ["one_choice", "several_choices", "yes_no", "whole_number", "date", "short_text"]
)
def test_only_what_has_to_be_answered_has_to(ada, matching_round, kind):
    options = {} if "choice" in kind else NO_OPTIONS
    asked = ask(matching_round, type=kind, **options)
    enrolment = join(ada, matching_round, **{f"q{asked}": [""]})
    assert answers_of(enrolment) == []
    db.session.execute(sa.update(AskedQuestion).values(is_required=True))
    with pytest.raises(Invalid):
        join(ada, matching_round, **{f"q{asked}": [" "]})


def test_an_answer_can_be_changed_and_taken_back(ada, matching_round):
    asked = ask(matching_round, type="several_choices")
    enrolment = join(ada, matching_round, **{f"q{asked}": ["Online", "In person"]})
    join(ada, matching_round, **{f"q{asked}": ["In person"]})
    assert answers_of(enrolment) == ["In person"]
    enrolling.enrol(ada, matching_round, programme=matching_round.programmes[0], role=MENTEE, by=BY)
    assert answers_of(enrolment) == ["In person"], "who says nothing about answers changes none"
    join(ada, matching_round)
    assert answers_of(enrolment) == []


def test_a_question_is_asked_of_whom_it_concerns(ada, matching_round):
    asked = ask(matching_round, asked_of="mentor", required=True)
    assert answers_of(join(ada, matching_round, **{f"q{asked}": ["Online"]})) == []
    with pytest.raises(Invalid):
        join(ada, matching_round, MENTOR)


def test_who_seeks_and_offers_answers_once(ada, matching_round):
    both = ask(matching_round)
    seeking = join(ada, matching_round, **{f"q{both}": ["Online"]})
    offering = join(ada, matching_round, MENTOR, **{f"q{both}": ["In person"]})
    assert (answers_of(seeking), answers_of(offering)) == (["In person"], ["In person"])


def test_people_answer_on_their_page(as_ada, ada, matching_round):
    one = ask(matching_round, required=True)
    many = ask(matching_round, words="Which days?", type="several_choices", options=["Monday", "Friday"])
    address = f"/rounds/{matching_round.id}/enrolment"
    programme_id = matching_round.programmes[0].id
    prefix = f"programme-{programme_id}-"
    shown = words(as_ada.get(address))
    assert "How would you like to meet?" in shown
    assert "Which days? (optional)" in shown
    sent = {
        f"{prefix}role": "mentee",
        f"{prefix}mentors": "1",
        f"{prefix}mentee-{many}": ["Monday", "Friday"],
    }
    refused = post(as_ada, f"{address}/{programme_id}", sent, page=address)
    assert refused.status_code == 422
    assert "Choose one of the options." in words(refused)
    assert chosen_on(refused) == ["Monday", "Friday"], "what was right stays on the form"
    sent[f"{prefix}mentee-{one}"] = "Online"
    assert post(as_ada, f"{address}/{programme_id}", sent).status_code == 303
    row = db.session.scalar(sa.select(Enrolment).filter_by(person_id=ada.id))
    assert answers_of(row) == ["Online", "Monday", "Friday"]
    matching_round.state = RoundState.PROPOSED
    db.session.commit()
    assert "Which days? Monday, Friday" in words(as_ada.get(address))


def test_answers_come_back_in_the_next_round(as_ada, ada, matching_round):
    asked = ask(matching_round)
    join(ada, matching_round, **{f"q{asked}": ["In person"]})
    other = factories.programme()
    asking.ask_again(other, "how-would-you-like-to-meet", by=BY)
    later = factories.matching_round(programmes=[other])
    address = f"/rounds/{later.id}/enrolment"
    with count_statements() as sent:
        page = as_ada.get(address)
    assert len(sent) <= 8
    assert "Filled in with what you answered before" in words(page)
    assert chosen_on(page) == ["In person"] * 2, "once as mentee and once as mentor"
    assert enrolment_answers.own_answers(ada.id, later.id, [asked]).given == {}
    own = as_ada.get(f"/rounds/{matching_round.id}/enrolment")
    assert chosen_on(own) == ["In person"] * 2, "what one has answered, and the same for the other part"


def test_an_answer_that_may_be_left_out_can_be_taken_back_on_the_page(as_ada, ada, matching_round):
    asked = ask(matching_round)
    enrolment = join(ada, matching_round, **{f"q{asked}": ["Online"]})
    db.session.commit()
    page, programme_id = f"/rounds/{matching_round.id}/enrolment", matching_round.programmes[0].id
    prefix = f"programme-{programme_id}-"
    assert "No answer" in words(as_ada.get(page))
    sent = {f"{prefix}role": "mentee", f"{prefix}mentors": "1", f"{prefix}mentee-{asked}": ""}
    assert post(as_ada, f"{page}/{programme_id}", sent).status_code == 303
    assert answers_of(enrolment) == []
    assert chosen_on(as_ada.get(page)) == ["", ""]


def test_peers_who_take_part_can_change_their_answers(as_ada, ada, app):
    peers = factories.programme(kind=ProgrammeKind.PEER_COACHING, criteria=[], rules=[])
    matching_round = factories.matching_round(programmes=[peers])
    asked = ask(matching_round, required=True)
    join(ada, matching_round, EnrolmentRole.PEER, **{f"q{asked}": ["Online"]})
    db.session.commit()
    assert "Save my answers" in words(as_ada.get(f"/rounds/{matching_round.id}/enrolment"))


def test_answers_can_be_given_until_the_matching_runs(as_ada, ada, matching_round):
    """Whom HR adds late, or who was enrolled by their profile, has not been asked yet."""
    asked = ask(matching_round, required=True)
    enrolment = factories.enrolment(ada, MENTEE, matching_round)
    matching_round.state = RoundState.CLOSED
    db.session.commit()
    page = f"/rounds/{matching_round.id}/enrolment"
    field = f"programme-{matching_round.programmes[0].id}-mentee-{asked}"
    assert "1 question waits for your answer." in words(as_ada.get(page))
    refused = post(as_ada, f"{page}/{enrolment.id}/answers", {field: "By post"}, page=page)
    assert (refused.status_code, answers_of(enrolment)) == (422, [])
    assert "Choose one of the options." in words(refused)
    assert post(as_ada, f"{page}/{enrolment.id}/answers", {field: "Online"}, page=page).status_code == 303
    assert answers_of(enrolment) == ["Online"]
    assert "for your answer" not in words(as_ada.get(page))
    matching_round.state = RoundState.PROPOSED
    db.session.commit()
    assert post(as_ada, f"{page}/{enrolment.id}/answers", {field: "In person"}).status_code == 409
    assert answers_of(enrolment) == ["Online"]


def test_nobody_answers_for_somebody_else(as_ada, matching_round):
    asked = ask(matching_round)
    enrolment = factories.enrolment(factories.person(name="Bea"), MENTEE, matching_round)
    page = f"/rounds/{matching_round.id}/enrolment"
    field = f"programme-{matching_round.programmes[0].id}-mentee-{asked}"
    assert post(as_ada, f"{page}/{enrolment.id}/answers", {field: "Online"}).status_code == 404
    assert answers_of(enrolment) == []


def test_an_answered_question_stays_as_it_is(ada, matching_round):
    asked = ask(matching_round)
    join(ada, matching_round, **{f"q{asked}": ["Online"]})
    with pytest.raises(Invalid, match="stays as it is"):
        asking.change_question(
            matching_round.programmes[0], "how-would-you-like-to-meet", {"options": ["A", "B"]}, by=BY
        )


def test_an_answer_is_always_among_the_options(own_app):
    """HR gives a question other options while somebody answers it: one of them waits, and is told."""
    for _ in range(TIMES):
        matching_round = factories.matching_round()
        programme_id, round_id = matching_round.programmes[0].id, matching_round.id
        words_ = f"Question {round_id}"
        asked = ask(matching_round, words=words_)
        person_id = factories.person().id

        def change(programme_id=programme_id, key=f"question-{round_id}") -> None:
            programme = db.session.get_one(Programme, programme_id)
            asking.change_question(programme, key, {"options": ["By phone", "By post"]}, by=BY)

        def answer(round_id=round_id, person_id=person_id, asked=asked) -> None:
            person, own_round = (
                db.session.get_one(Person, person_id),
                db.session.get_one(MatchingRound, round_id),
            )
            join(person, own_round, **{f"q{asked}": ["Online"]})

        told = race(own_app, change, answer)
        db.session.rollback()
        options = set(
            db.session.scalars(sa.select(ProgrammeQuestionOption.words).filter_by(question_id=asked))
        )
        given = set(db.session.scalars(sa.select(EnrolmentAnswer.answer).filter_by(question_id=asked)))
        assert sorted(one == DONE for one in told) == [False, True], told
        assert given <= options


def test_hr_sees_who_has_not_answered(hr, client_for, matching_round):
    first = ask(matching_round, required=True)
    ask(matching_round, words="Anything else?", type="short_text", options=[])
    ask(matching_round, words="Where do you sit?", asked_of="mentor", required=True)
    answered = factories.person(name="Answered")
    join(answered, matching_round, **{f"q{first}": ["Online"]})
    for name in ("Bea", "Cem"):
        factories.enrolment(factories.person(name=name), MENTEE, matching_round)
    mentor = factories.person(name="Dan")
    factories.enrolment(mentor, MENTOR, matching_round)
    db.session.commit()
    problems = data_quality.all_problems(matching_round)
    assert [row.name for row in problems if row.problem is data_quality.Problem.NOT_ANSWERED] == [
        "Bea",
        "Cem",
        "Dan",
    ]
    assert unanswered.open_questions(matching_round) == [
        ("How would you like to meet?", 3),
        ("Where do you sit?", 1),
    ]
    page = client_for(hr).get(f"/rounds/{matching_round.id}/data-quality")
    assert "3 people have not answered “How would you like to meet?”" in words(page)
    assert "kind=not_answered" in page.text


def test_hr_sees_the_answers_of_a_match_side_by_side(hr, client_for):
    matching_round = company()
    asked = ask(matching_round)
    ask(matching_round, **yes_or_no(asked_of="mentee"))
    run = finished_run(matching_round)
    rows = [(row.id, row.role) for row in db.session.scalars(sa.select(Enrolment))]
    for enrolment_id, role in rows:
        answer = "Online" if role is MENTEE else "In person"
        db.session.add(
            EnrolmentAnswer(enrolment_id=enrolment_id, question_id=asked, position=1, answer=answer)
        )
    db.session.commit()
    client, address = client_for(hr), match_page(run)
    with count_statements() as statements:
        page = client.get(address)
    assert "How would you like to meet? Online In person" in words(page)
    assert "Do you work remotely? No answer Not asked" in words(page)
    assert len(statements) <= 8
    architect = factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT})
    assert "How would you like to meet?" not in words(client_for(architect).get(address))
