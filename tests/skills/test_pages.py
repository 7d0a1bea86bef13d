"""The pages of the skill graph: families, search, suggestions, one skill, and what they keep private."""

import pytest
from bs4 import BeautifulSoup

from app import clock
from app.db import db
from app.skills.models import EdgeKind, Skill, SkillAlias, SkillEdge
from tests import factories
from tests.counting import count_statements

HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(app, client_for):
    return client_for(factories.account())


def edge(source, kind, target):
    if kind is EdgeKind.RELATED:
        source, target = sorted((source, target), key=lambda skill: skill.id)
    factories._saved(SkillEdge(from_skill_id=source.id, kind=kind, to_skill_id=target.id))


def links(page, place="main"):
    return [link.text for link in BeautifulSoup(page.text, "html.parser").select(f"{place} ul a")]


def test_families_are_the_skills_that_contain_others_and_are_part_of_none(browser):
    data, analysis, _alone = factories.skill("Data"), factories.skill("Analysis"), factories.skill("Alone")
    edge(analysis, EdgeKind.BROADER, data)
    page = browser.get("/skills")
    assert links(page) == ["Data"]
    assert "1 branch" in page.text


def test_deprecated_skills_are_neither_families_nor_counted(browser):
    old, data = factories.skill("Old", deprecated_at=clock.now()), factories.skill("Data")
    edge(factories.skill("Typewriting"), EdgeKind.BROADER, old)
    edge(factories.skill("Gone", deprecated_at=clock.now()), EdgeKind.BROADER, data)
    edge(factories.skill("Analysis"), EdgeKind.BROADER, data)
    page = browser.get("/skills")
    assert links(page) == ["Data"]
    assert "1 branch" in page.text


def test_a_search_lists_what_matches_with_the_name_that_did(browser):
    factories.skill("Negotiation", aliases=[SkillAlias(label="Bargaining", folded_label="bargaining")])
    page = browser.get("/skills?q=barg")
    assert links(page) == ["Negotiation"]
    assert "Also called Bargaining" in page.text


def test_a_search_that_finds_nothing_says_what_to_do(browser):
    page = browser.get("/skills?q=xyzzy")
    assert "No skill has a name like this." in page.text


@pytest.mark.parametrize("name", ["q", "skill"])
def test_suggestions_are_a_list_box_that_replaces_itself(browser, name):
    for number in range(12):
        factories.skill(f"Mapping {number}")
    response = browser.get(f"/skills/suggest?{name}=mapp", headers=HTMX)
    fragment = BeautifulSoup(response.text, "html.parser")
    box = fragment.find(True)
    assert (box.name, box["id"], box["role"]) == ("ul", "skill-suggestions", "listbox")
    assert len(box.select("[role=option]")) == 8
    assert box.select_one("[role=option]")["data-value"] == "Mapping 0"
    assert fragment.select_one("#status").text == "8 suggestions"


def test_a_suggestion_shows_the_alias_and_fills_in_the_label(browser):
    factories.skill("Negotiation", aliases=[SkillAlias(label="Bargaining", folded_label="bargaining")])
    fragment = BeautifulSoup(browser.get("/skills/suggest?q=barg", headers=HTMX).text, "html.parser")
    option = fragment.select_one("[role=option]")
    assert (option["data-value"], option.text) == ("Negotiation", "Negotiation (Bargaining)")


def test_suggestions_without_script_are_the_search_page(browser):
    response = browser.get("/skills/suggest?q=map")
    assert (response.status_code, response.location) == (303, "/skills?q=map")


def test_hostile_names_are_shown_as_text(browser):
    factories.skill('<img src=x onerror="alert(1)">')
    for url in ("/skills?q=img", "/skills/suggest?q=img"):
        page = browser.get(url, headers=HTMX if "suggest" in url else {})
        assert "<img" not in page.text
        assert "&lt;img" in page.text


@pytest.mark.parametrize("text", ["\0", "%00", "\u202e", "x" * 199, "𝓔👩🏽‍💻", "'; --", "\ud800"])
def test_any_text_can_be_searched_for(browser, text):
    query = {"q": text.encode("utf-8", "surrogatepass")}
    assert browser.get("/skills", query_string=query).status_code == 200
    assert browser.get("/skills/suggest", query_string=query, headers=HTMX).status_code == 200


def test_a_skill_shows_its_neighbours_by_what_joins_them(browser):
    names = ("Data", "SQL", "Logic", "Reporting", "Python", "Window functions")
    data, sql, logic, reporting, python, windows = (factories.skill(name) for name in names)
    edge(sql, EdgeKind.BROADER, data)
    edge(windows, EdgeKind.BROADER, sql)
    edge(sql, EdgeKind.REQUIRES, logic)
    edge(reporting, EdgeKind.REQUIRES, sql)
    edge(sql, EdgeKind.RELATED, python)
    page = browser.get(f"/skills/{sql.id}")
    for place, name in (
        ("#broader", "Data"),
        ("#narrower", "Window functions"),
        ("#requires", "Logic"),
        ("#required-by", "Reporting"),
        ("#related", "Python"),
    ):
        assert links(page, place) == [name]
    assert links(browser.get(f"/skills/{python.id}"), "#related") == ["SQL"]


def test_holders_are_counted_by_level_without_those_who_left(browser):
    sql = factories.skill("SQL")
    for level in (5, 5, 2):
        factories.claim(factories.person(), sql, level)
    factories.claim(factories.person(left_on=clock.today()), sql, 5)
    page = BeautifulSoup(browser.get(f"/skills/{sql.id}").text, "html.parser")
    assert page.select_one("#holders h2").text == "3 people hold this skill"
    assert [cell.text for cell in page.select("#holders tbody .num")] == ["2", "0", "0", "1", "0"]
    assert page.select_one("#holders a")["href"] == "/people?skill=SQL"


@pytest.mark.parametrize(("wishers", "shown"), [((3,) * 4, False), ((3,) * 5, True), ((3,) * 5 + (4,), None)])
def test_few_wishers_are_never_counted(browser, wishers, shown):
    """Four people are no number; a sixth at another level hides the levels, so that nobody is told apart."""
    sql = factories.skill("SQL")
    for level in wishers:
        factories.goal(factories.person(), sql, level)
    page = BeautifulSoup(browser.get(f"/skills/{sql.id}").text, "html.parser")
    heading = page.select_one("#wishers h2").text
    expected = (
        "Few people want to learn it, or nobody"
        if shown is False
        else f"{len(wishers)} people want to learn it"
    )
    assert heading == expected
    assert [cell.text for cell in page.select("#wishers tbody .num")] == (["5"] if shown else [])


def test_a_deprecated_skill_says_so_and_names_the_other(browser):
    new = factories.skill("Word processing")
    old = factories.skill("Typewriting", deprecated_at=clock.now(), replaced_by_id=new.id)
    page = browser.get(f"/skills/{old.id}")
    assert "no longer in use" in page.text
    assert f'<a href="/skills/{new.id}">Word processing</a>' in page.text
    assert "Add it to your skills" not in page.text


@pytest.mark.parametrize("number", ["0", "987654", "2147483648", "x"])
def test_a_skill_that_does_not_exist_has_no_page(browser, number):
    assert browser.get(f"/skills/{number}").status_code == 404


def test_a_page_takes_as_many_statements_however_many_neighbours(browser):
    def statements(url):
        with count_statements() as sent:
            assert browser.get(url).status_code == 200
        return len(sent)

    sql = factories.skill("SQL")
    sql_id = sql.id
    edge(factories.skill(), EdgeKind.BROADER, sql)
    few = statements(f"/skills/{sql_id}"), statements("/skills")
    few_found = statements("/skills?q=skill")
    for _ in range(20):
        edge(factories.skill(), EdgeKind.BROADER, db.session.get(Skill, sql_id))
        edge(factories.skill(), EdgeKind.BROADER, factories.skill())
        factories.claim(factories.person(), db.session.get(Skill, sql_id))
    assert (statements(f"/skills/{sql_id}"), statements("/skills")) == few
    assert (
        statements("/skills?q=skill") <= few_found
    )  # one pass over the names is spared when there are enough
    assert max(*few, few_found) <= 10
