"""Questions of a programme: one vocabulary that all share, asked in an order, each change a version."""

from itertools import pairwise

import pytest
import sqlalchemy as sa

from app.audit import COMMAND_LINE
from app.db import db
from app.errors import Conflict, Invalid, Missing
from app.programmes import asking, upkeep, versions
from app.programmes.models import Programme, ProgrammeKind, ProgrammeVersion
from app.programmes.parts import PARTS, differences, read
from app.programmes.question_models import ProgrammeQuestion
from app.programmes.questions import questions_of
from tests import factories
from tests.conftest import NOW
from tests.forms import post
from tests.programmes.test_pages import words

BY = COMMAND_LINE


def question(words: str = "How would you like to meet?", **values) -> dict:
    usual = {
        "words": words,
        "type": "one_choice",
        "options": ["Online", "In person"],
        "asked_of": "everyone",
        "required": False,
    }
    return {**usual, **values}


def yes_or_no(words: str = "Do you work remotely?", **values) -> dict:
    return question(words, **{"type": "yes_no", "options": [], **values})


@pytest.fixture
def programme(app) -> Programme:
    return factories.programme(key="mentoring", name="Mentoring")


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


def asked(programme: Programme) -> list[str]:
    return [row["words"] for row in questions_of(programme)]


def test_questions_are_asked_in_their_order(programme):
    for words_ in "ABC":
        asking.ask_question(programme, yes_or_no(words_), by=BY)
    asking.move_question_up(programme, "c", by=BY)
    asking.move_question_down(programme, "a", by=BY)
    assert asked(programme) == ["C", "A", "B"]
    asking.move_question_up(programme, "c", by=BY)
    asking.move_question_down(programme, "b", by=BY)
    asking.remove_question(programme, "a", by=BY)
    assert asked(programme) == ["C", "B"]
    with pytest.raises(Missing):
        asking.remove_question(programme, "a", by=BY)


def test_each_change_makes_a_version_that_says_so(programme):
    asking.ask_question(programme, question(), by=BY)
    asking.change_question(programme, "how-would-you-like-to-meet", {"required": True}, by=BY)
    asking.ask_question(programme, yes_or_no(), by=BY)
    asking.move_question_up(programme, "do-you-work-remotely", by=BY)
    asking.remove_question(programme, "how-would-you-like-to-meet", by=BY)
    kept = db.session.scalars(sa.select(ProgrammeVersion).order_by(ProgrammeVersion.number)).all()
    told = [differences(one.settings, two.settings) for one, two in pairwise(kept)]
    assert told == [
        ["Asks “How would you like to meet?”"],
        ["Asks “How would you like to meet?” otherwise: one choice; Online, In person; has to be answered"],
        ["Asks “Do you work remotely?”"],
        ["Asks in another order"],
        ["No longer asks “How would you like to meet?”"],
    ]


def test_a_version_without_questions_leaves_them_alone(programme):
    """It was kept before there were any."""
    asking.ask_question(programme, question(), by=BY)
    old = {name: value for name, value in read(programme, PARTS).items() if name != "questions"}
    version = ProgrammeVersion(programme_id=programme.id, number=3, settings=old, made_at=NOW)
    db.session.add(version)
    db.session.flush()
    versions.go_back(programme, version, seen=3, by=BY)
    assert asked(programme) == ["How would you like to meet?"]


def test_a_programme_goes_back_to_what_it_asked(programme):
    asking.ask_question(programme, question(), by=BY)
    asking.remove_question(programme, "how-would-you-like-to-meet", by=BY)
    second = db.session.scalar(sa.select(ProgrammeVersion).filter_by(number=2))
    versions.go_back(programme, second, seen=3, by=BY)
    assert asked(programme) == ["How would you like to meet?"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ProgrammeQuestion)) == 1


def test_a_copy_asks_the_same_questions_of_one_vocabulary(programme):
    asking.ask_question(programme, question(required=True, asked_of="mentee"), by=BY)
    copied = upkeep.copy_programme(programme, name="Copy", by=BY)
    assert questions_of(copied) == questions_of(programme)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ProgrammeQuestion)) == 1


def test_a_question_known_elsewhere_is_asked_here_too(programme):
    other = factories.programme()
    asking.ask_question(other, question(), by=BY)
    asking.ask_again(programme, "how-would-you-like-to-meet", by=BY)
    assert questions_of(programme)[0]["options"] == ["Online", "In person"]
    with pytest.raises(Invalid, match="asks this already"):
        asking.ask_again(programme, "how-would-you-like-to-meet", by=BY)
    with pytest.raises(Invalid, match="Choose one of the questions"):
        asking.ask_again(programme, "what\x00", by=BY)


def test_the_same_words_are_the_same_question(programme):
    other = factories.programme()
    asking.ask_question(other, question(), by=BY)
    asking.ask_question(programme, question(), by=BY)
    assert questions_of(programme)[0]["key"] == questions_of(other)[0]["key"]
    third = factories.programme()
    with pytest.raises(Invalid, match="stays as it is"):
        asking.ask_question(third, question(options=["By phone", "By post"]), by=BY)


def test_a_question_that_others_ask_stays_as_it_is(programme):
    asking.ask_question(programme, question(), by=BY)
    asking.change_question(programme, "how-would-you-like-to-meet", {"options": ["A", "B", "C"]}, by=BY)
    assert questions_of(programme)[0]["options"] == ["A", "B", "C"]
    asking.ask_again(factories.programme(), "how-would-you-like-to-meet", by=BY)
    with pytest.raises(Invalid, match="stays as it is"):
        asking.change_question(programme, "how-would-you-like-to-meet", {"words": "Else?"}, by=BY)
    asking.change_question(programme, "how-would-you-like-to-meet", {"required": True}, by=BY)
    assert questions_of(programme)[0]["required"]


def test_no_two_questions_have_the_same_words(programme):
    asking.ask_question(programme, yes_or_no("A"), by=BY)
    asking.ask_question(programme, yes_or_no("B"), by=BY)
    with pytest.raises(Invalid, match="already a question in these words"):
        asking.change_question(programme, "b", {"words": "A"}, by=BY)
    with pytest.raises(Invalid, match="asks this already"):
        asking.ask_question(programme, yes_or_no("A"), by=BY)


@pytest.mark.parametrize(
    ("values", "refusal", "field"),
    [
        ({"words": ""}, "Enter a question", "words"),
        ({"words": "a" * 201}, "Enter a question", "words"),
        ({"type": "song"}, "Choose one", "answer_type"),
        ({"options": ["Only"]}, "2 to 12 options", "options"),
        ({"options": [str(number) for number in range(13)]}, "2 to 12 options", "options"),
        ({"options": ["Yes", "yés"]}, "each option once", "options"),
        ({"options": ["a" * 81, "b"]}, "at most 80", "options"),
        ({"type": "date"}, "Only choices", "options"),
        ({"asked_of": "peer"}, "Choose one", "asked_of"),
    ],
)
def test_what_nobody_could_answer_is_refused(programme, values, refusal, field):
    with pytest.raises(Invalid, match=refusal) as refused:
        asking.ask_question(programme, question(**values), by=BY)
    assert refused.value.field == field
    assert questions_of(programme) == []


def test_there_are_at_most_ten(programme):
    for number in range(10):
        asking.ask_question(programme, yes_or_no(f"Question {number}"), by=BY)
    with pytest.raises(Invalid, match="at most 10"):
        asking.ask_question(programme, yes_or_no("One more"), by=BY)


def test_an_archived_programme_asks_nothing_new(programme):
    programme.archived_at = NOW
    db.session.commit()
    with pytest.raises(Conflict, match="archived"):
        asking.ask_question(programme, question(), by=BY)


def test_peers_are_asked_all_alike(app):
    peers = factories.programme(kind=ProgrammeKind.PEER_COACHING, criteria=[], rules=[])
    with pytest.raises(Invalid):
        asking.ask_question(peers, question(asked_of="mentor"), by=BY)
    asking.ask_question(peers, question(), by=BY)


def test_hr_sets_questions_up_by_their_page(as_hr, programme):
    new = {"words": "Where?", "answer_type": "one_choice", "options": "Here\n\n There ", "asked_of": "mentor"}
    assert "Nothing is asked" in words(as_hr.get("/programmes/mentoring/questions"))
    answer = post(
        as_hr, "/programmes/mentoring/questions/new", new, page="/programmes/mentoring/questions/new"
    )
    assert answer.status_code == 303
    row = questions_of(programme)[0]
    assert (row["options"], row["asked_of"], row["required"]) == (["Here", "There"], "mentor", False)
    changed = {**new, "options": "Here\nThere\nElsewhere", "required": "y"}
    own = "/programmes/mentoring/questions/where"
    assert post(as_hr, own, changed, page=own).status_code == 303
    assert "Here, There, Elsewhere; mentors answer; has to be answered" in words(
        as_hr.get("/programmes/mentoring/questions")
    )
    assert "1 question" in words(as_hr.get("/programmes/mentoring"))
    assert post(as_hr, f"{own}/remove", page="/programmes/mentoring/questions").status_code == 303
    again = "/programmes/mentoring/questions/again"
    assert post(as_hr, again, {"question": "nothing"}).status_code == 422
    assert (
        post(as_hr, again, {"question": "where"}, page="/programmes/mentoring/questions").status_code == 303
    )
    assert asked(programme) == ["Where?"]


def test_a_refused_question_says_why_beside_the_field(as_hr, programme):
    answer = post(
        as_hr,
        "/programmes/mentoring/questions/new",
        {"words": "Where?", "answer_type": "several_choices", "options": "Here", "asked_of": "everyone"},
    )
    assert answer.status_code == 422
    assert "Enter 2 to 12 options, one a line." in words(answer)


def test_what_is_not_asked_is_not_found(as_hr, programme):
    for address in ("nothing", "what%00", "A B"):
        assert as_hr.get(f"/programmes/mentoring/questions/{address}").status_code == 404
