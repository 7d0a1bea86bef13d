"""Who can see what is said by the rules of access, and changes with them."""

from app.access import RULES, Permission, Role, Rule, anyone, has_role, is_self
from app.programmes import visibility
from tests import factories
from tests.programmes.test_pages import words


def test_the_sentences_are_those_of_the_rules():
    assert dict(visibility.sentences()) == {
        "These settings, and how they were before": "HR and training architects",
        "Changing these settings": "HR",
        "Who takes part in a round, its runs and its matches": "HR and training architects",
        "Publishing matches": "HR",
        "The skills somebody has, and the places they offer": "Everyone here",
        "What somebody wants to learn, before they are matched": "The person and HR",
        "What somebody answers when they join": "The person and HR",
        "A mentorship and its sessions": "Only the two people in it",
        "Whom somebody never wants to meet": "Only the person who said so",
    }


def test_another_rule_is_another_sentence(monkeypatch):
    thing = visibility.Thing("A block", Permission.BLOCK_OWN, "the person")
    for may, said in [
        (is_self, "Only the person"),
        (has_role(Role.ADMINISTRATOR), "The person and administrators"),
        (anyone, "Everyone here"),
    ]:
        monkeypatch.setitem(RULES, Permission.BLOCK_OWN, Rule(may, may))
        assert visibility.who_can(thing) == said


def test_who_can_see_what_by_page(hr, client_for):
    factories.programme(key="mentoring")
    page = words(client_for(hr).get("/programmes/mentoring/visibility"))
    assert "Only the two people in it" in page
    assert "Who can see what" in words(client_for(hr).get("/programmes/mentoring"))
