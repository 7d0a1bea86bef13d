"""The directory: whom it shows, what it filters, and that a long list costs what a short one does."""

from datetime import date

import pytest
import sqlalchemy as sa

from app.people.models import Department, Location, Person, SpokenLanguage
from app.people.signals import places_taken
from tests import factories
from tests.counting import count_statements


@pytest.fixture
def browser(app, client_for):
    return client_for(factories.account(of=factories.person(name="The Reader")))


def names(page):
    from bs4 import BeautifulSoup

    return [link.text for link in BeautifulSoup(page.text, "html.parser").select("main .tasks a")]


def test_everyone_who_works_here_is_listed_by_name(browser):
    factories.person(name="Priya Raman")
    factories.person(name="Jonas Weber")
    assert names(browser.get("/people")) == ["Jonas Weber", "Priya Raman", "The Reader"]


def test_people_who_left_are_not_listed_and_those_who_will_leave_are(browser):
    factories.person(name="Gone", left_on=date(2026, 11, 23))
    factories.person(name="Going", left_on=date(2026, 11, 24))
    assert names(browser.get("/people")) == ["Going", "The Reader"]


@pytest.mark.parametrize("text", ["raman", "PRI", "ram pri", " Priya  Raman "])
def test_a_name_is_found_by_its_parts(browser, text):
    factories.person(name="Priya Raman")
    assert names(browser.get("/people", query_string={"name": text})) == ["Priya Raman"]


@pytest.mark.parametrize("text", ["łukasz", "Łuk", "ŁUKASZ"])
def test_letters_beyond_ascii_are_found_too(browser, text):
    factories.person(name="Łukasz Nowak")
    assert names(browser.get("/people", query_string={"name": text})) == ["Łukasz Nowak"]


@pytest.mark.parametrize("text", ["%", "_", "\\", "\0", "' OR 1=1 --", "\u202e", "x" * 200])
def test_signs_with_a_meaning_in_sql_find_nobody(browser, text):
    factories.person(name="Priya Raman")
    found = names(browser.get("/people", query_string={"name": text}))
    assert found in ([], ["Priya Raman", "The Reader"])
    assert (found == []) == bool(text.strip("\0\u202e"))


def test_filters_narrow_the_list_together(browser):
    care, sales = factories._saved(Department(name="Care")), factories._saved(Department(name="Sales"))
    paris = factories._saved(Location(name="Paris", time_zone="Europe/Paris"))
    french = [SpokenLanguage(language="fr")]
    factories.person(name="Right", department=care, location=paris, languages=french)
    factories.person(
        name="Other department", department=sales, location=paris, languages=[SpokenLanguage(language="fr")]
    )
    factories.person(name="Elsewhere", department=care, languages=[SpokenLanguage(language="fr")])
    factories.person(name="No French", department=care, location=paris)
    asked = {"department_id": care.id, "location_id": paris.id, "language": "fr"}
    assert names(browser.get("/people", query_string=asked)) == ["Right"]


def test_a_skill_filter_finds_holders_by_alias_and_shows_that_skill_first(browser):
    from app.skills.models import SkillAlias

    sql = factories.skill("SQL", aliases=[SkillAlias(label="Queries", folded_label="queries")])
    holder = factories.person(name="Holder")
    for level, skill in ((5, factories.skill()), (5, factories.skill()), (4, factories.skill()), (1, sql)):
        factories.claim(holder, skill, level)
    page = browser.get("/people?skill=queries")
    assert names(page) == ["Holder"]
    assert page.text.index("SQL <span") < page.text.index("level 5")


def test_an_unknown_skill_is_refused_with_similar_names(browser):
    factories.skill("Data analysis")
    page = browser.get("/people?skill=analysis")
    assert page.status_code == 422
    assert "No skill is called “analysis”." in page.text
    assert "skill=Data+analysis" in page.text


@pytest.mark.parametrize(
    "query", ["department_id=x", "location_id=99999999999", "language=zz", "name=" + "x" * 300]
)
def test_what_cannot_be_filtered_by_is_refused(browser, query):
    assert browser.get(f"/people?{query}").status_code == 422


def test_only_people_with_a_place_now(browser):
    factories.person(name="Free", mentor_capacity=2)
    factories.person(name="No mentor", mentor_capacity=0)
    factories.person(name="Pausing", mentor_capacity=2, paused_from=date(2026, 11, 1))
    factories.person(name="Pausing later", mentor_capacity=2, paused_from=date(2026, 12, 1))
    assert names(browser.get("/people?has_place=y")) == ["Free", "Pausing later"]
    assert "No place now" in browser.get("/people?name=Pausing").text


def test_places_that_others_take_are_counted(browser):
    factories.person(name="Full", mentor_capacity=2)
    factories.person(name="Roomy", mentor_capacity=3)

    def one_mentee_each(_sender):
        return sa.select(Person.id.label("mentor_id"))

    def another_mentee_each(_sender):
        return sa.select(Person.id.label("mentor_id"))

    with places_taken.connected_to(one_mentee_each), places_taken.connected_to(another_mentee_each):
        assert names(browser.get("/people?has_place=y")) == ["Roomy"]
        assert "1 place free" in browser.get("/people?name=Roomy").text


def test_a_page_holds_twenty_five_people_and_leads_to_the_next(browser):
    for number in range(30):
        factories.person(name=f"Person {number:02}")
    first, second = browser.get("/people?name=person"), browser.get("/people?name=person&page=2")
    assert (len(names(first)), len(names(second))) == (25, 5)
    assert "/people?name=person&amp;page=2" in first.text
    assert "26 to 30 of 30 people" in second.text


@pytest.mark.parametrize("page", ["3", "99999999999999999999"])
def test_a_page_beyond_the_last_does_not_exist(browser, page):
    assert browser.get(f"/people?page={page}").status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", ""])
def test_what_is_no_page_is_the_first(browser, page):
    assert names(browser.get(f"/people?page={page}")) == ["The Reader"]


def test_a_long_list_takes_as_many_statements_as_a_short_one(browser):
    skill = factories.skill("SQL")

    def statements(query):
        with count_statements() as sent:
            assert browser.get(f"/people?{query}").status_code == 200
        return len(sent)

    place = factories._saved(Location(name="Paris", time_zone="Europe/Paris"))
    factories.claim(factories.person(location=place, mentor_capacity=2), skill)
    queries = ("", "skill=SQL", "has_place=y&skill=SQL")
    few = [statements(query) for query in queries]
    for number in range(20):
        department = factories._saved(Department(name=f"Department {number}"))
        person = factories.person(department=department, location=place, mentor_capacity=2)
        for held in (skill, factories.skill(), factories.skill(), factories.skill()):
            factories.claim(person, held)
    assert [statements(query) for query in queries] == few
    assert max(few) <= 8


def test_nobody_sees_the_directory_without_signing_in(client):
    response = client.get("/people?name=a")
    assert response.status_code == 303
    assert response.location == "/auth/sign-in?next=/people?name%3Da"
