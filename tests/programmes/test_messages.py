"""What a programme writes to people: checked when it is saved, filled in when it is read."""

from datetime import date

import pytest

from app.errors import Invalid
from app.programmes import messages, versions
from app.programmes.models import MessageKind, Programme, ProgrammeKind
from app.programmes.vocabulary import message_words
from tests import factories
from tests.forms import post
from tests.programmes.test_pages import words
from tests.rounds.conftest import BY

TYPED = {kind.value: text for kind, text in messages.USUAL.items()}


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


@pytest.fixture
def programme(app) -> Programme:
    return factories.programme(key="mentoring")


def write(programme: Programme, kind: MessageKind, text: str) -> None:
    versions.change(programme, {"messages": {kind.value: text}}, by=BY)


@pytest.mark.parametrize("of", ProgrammeKind)
def test_the_usual_texts_use_only_what_is_known(app, of):
    programme = factories.programme(key="some", kind=of)
    for kind in message_words(of):
        messages.check_messages({kind.value: messages.usual_text(of, kind)})
        said = messages.example(programme, kind)
        assert "{" not in said
        assert "Amara Diallo" in said


@pytest.mark.parametrize("of", [ProgrammeKind.PEER_COACHING, ProgrammeKind.COMMUNITIES])
def test_where_nobody_is_a_mentor_no_message_speaks_of_one(as_hr, of):
    programme = factories.programme(key="some", name="Circles", kind=of)
    address = "/programmes/some/messages"
    assert "mentor" not in words(as_hr.get(address)).partition("What")[2].lower()
    own = {
        **{kind.value: messages.usual_text(of, kind) for kind in message_words(of)},
        "left_out": "Next time, {name}.",
    }
    assert post(as_hr, address, own).location == address
    assert {row.kind: row.body for row in programme.messages} == {MessageKind.LEFT_OUT: "Next time, {name}."}
    assert "mentor" not in words(as_hr.get("/programmes/some/versions")).partition("Version 2")[2].lower()


def test_a_text_is_filled_in_for_one_person(programme):
    write(programme, MessageKind.MATCHED_MENTEE, "{name}: {other}, {round}, {starts_on} {name}")
    values = {"name": "Ada", "other": "Bo", "round": "Winter", "starts_on": date(2027, 1, 4)}
    assert (
        messages.render(programme, MessageKind.MATCHED_MENTEE, values)
        == "Ada: Bo, Winter, 4 January 2027 Ada"
    )


def test_a_name_that_looks_like_a_placeholder_is_text(programme):
    write(programme, MessageKind.LEFT_OUT, "{name}, {round}")
    said = messages.render(programme, MessageKind.LEFT_OUT, {"name": "{round}", "round": "Winter"})
    assert said == "{round}, Winter"


@pytest.mark.parametrize("text", ["Dear {Name}", "{other}", "{name.first}", "{}", "{ name }{0}", "{name!r}"])
def test_a_placeholder_nobody_fills_is_refused_with_those_one_can_use(programme, text):
    with pytest.raises(Invalid, match=r"You can use \{name\} and \{round\}\.") as refusal:
        write(programme, MessageKind.LEFT_OUT, text)
    assert refusal.value.field == "left_out"


@pytest.mark.parametrize("text", ["50 % of {name", "a } b {", "{\n}"])
def test_a_lonely_brace_is_text(programme, text):
    write(programme, MessageKind.LEFT_OUT, text)
    assert messages.render(programme, MessageKind.LEFT_OUT, {"name": "Ada", "round": "Winter"}) == text


def test_messages_by_page(as_hr, programme):
    address = "/programmes/mentoring/messages"
    assert "The usual texts" in words(as_hr.get("/programmes/mentoring"))
    refused = post(as_hr, address, {**TYPED, "left_out": "Hello {nobody}"}, page=address)
    assert refused.status_code == 422
    assert words(refused).count("Nothing is known for {nobody} here. You can use {name} and {round}.") == 2
    saved = post(as_hr, address, {**TYPED, "left_out": "Hello {name},\r\n\r\nnext time."})
    assert saved.location == address
    page = as_hr.get(address)
    assert "Hello Amara Diallo," in words(page)
    assert "<p>next time.</p>" in page.text
    assert "1 text of your own" in words(as_hr.get("/programmes/mentoring"))
    post(as_hr, address, TYPED)
    assert programme.messages == [], "a text like the usual one is the usual one"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "Enter a text."), ("x" * 2001, "Enter a text of at most 2000 characters.")],
)
def test_a_text_nobody_would_read_is_refused(as_hr, programme, text, sentence):
    refused = post(as_hr, "/programmes/mentoring/messages", {**TYPED, "invitation": text})
    assert refused.status_code == 422
    assert words(refused).count(sentence) == 2


def test_what_hr_writes_is_shown_as_text(as_hr, programme):
    post(as_hr, "/programmes/mentoring/messages", {**TYPED, "invitation": "<b>{name}</b>"})
    assert "<p>&lt;b&gt;Amara Diallo&lt;/b&gt;</p>" in as_hr.get("/programmes/mentoring/messages").text
