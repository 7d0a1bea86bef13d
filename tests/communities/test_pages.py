"""What people see of communities, each as far as they may, and what HR and leads set up."""

import re
from datetime import timedelta

import pytest

from app.access import Role
from app.audit import AuditEvent
from app.communities.models import CameBy, Community, Joining, MemberRole, MixOf
from app.db import db
from app.people.models import Person
from tests import factories
from tests.conftest import NOW
from tests.counting import count_statements
from tests.forms import post


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


@pytest.fixture
def account(app):
    return factories.account(of=factories.person(name="Amara Diallo"))


@pytest.fixture
def browser(account, client_for):
    return client_for(account)


def fields(**values) -> dict[str, str]:
    usual = {
        "name": "Data storytelling",
        "purpose": "Charts that people understand",
        "topics": factories.skill().label,
        "joining": "request",
        "least_members": "3",
        "most_members": "20",
        "mix_department": "2",
        "mix_location": "",
    }
    return {**usual, **values}


def test_the_list_shows_ones_own_the_suggested_and_all(account, browser):
    sql = factories.skill("SQL")
    own = factories.community(name="Writers")
    factories.membership(account_person(account), own)
    factories.goal(account_person(account), sql)
    factories.community(name="Analysts", topics=[sql])
    factories.community(name="Closed circle", topics=[sql], joining=Joining.INVITED)
    factories.community(name="Gone", topics=[sql], archived_at=NOW)

    text = words(browser.get("/communities"))
    suggested = text[text.index("Suggested for you") : text.index("Name or purpose")]

    assert "Writers" in text[: text.index("Suggested for you")]
    assert "Analysts" in suggested
    assert "About SQL, which you want to learn" in suggested
    assert "Closed circle" not in suggested
    assert "3 communities in all" in text
    assert "Gone" not in text


def account_person(account) -> Person:
    return db.session.get_one(Person, account.person_id)


def test_who_wants_nothing_is_shown_what_they_know(account, browser):
    sql = factories.skill("SQL")
    factories.claim(account_person(account), sql)
    factories.community(name="Analysts", topics=[sql])

    assert "About SQL, which you know" in words(browser.get("/communities"))


def test_the_list_is_filtered_by_word_skill_and_way_of_joining(browser):
    sql = factories.skill("SQL")
    factories.community(name="Analysts", topics=[sql])
    factories.community(name="Writers", purpose="Plain words for charts", joining=Joining.REQUEST)

    assert "1 community found" in words(browser.get("/communities?q=plain"))
    assert "1 community found" in words(browser.get("/communities?skill=sql"))
    assert "1 community found" in words(browser.get("/communities?joining=request"))
    assert "No community fits all of this" in words(browser.get("/communities?q=plain&skill=SQL"))
    unknown = browser.get("/communities?skill=zzz")
    assert unknown.status_code == 422
    assert "No skill is called “zzz”" in words(unknown)


def test_the_list_is_paged_and_costs_the_same_whatever_its_length(account, browser):
    def statements() -> int:
        with count_statements() as sent:
            assert browser.get("/communities").status_code == 200
        return len(sent)

    factories.membership(account_person(account), factories.community())
    few = statements()
    for number in range(30):
        community = factories.community(name=f"Circle {number:02}")
        factories.membership(account_person(account), community)

    assert statements() == few
    assert "1 to 25 of 31 communities" in words(browser.get("/communities"))
    assert "Circle 29" in words(browser.get("/communities?page=2"))


def test_members_see_each_other_and_others_only_the_leads(account, browser):
    community = factories.community()
    lead = factories.person(name="Mei Tanaka")
    factories.membership(lead, community, role=MemberRole.LEAD)
    factories.membership(factories.person(name="Jonas Berg"), community)
    address = f"/communities/{community.slug}"

    outside = words(browser.get(address))
    assert "Mei Tanaka" in outside
    assert "Jonas Berg" not in outside
    assert "1 member" in outside, "who leads it is not counted"

    post(browser, f"{address}/join", page=address)
    assert "Jonas Berg" in words(browser.get(address))


def test_hr_founds_a_community_and_says_who_leads_it(hr, client_for):
    browser = client_for(hr)
    mei = factories.person(name="Mei Tanaka")

    made = post(browser, "/communities/new", fields(), page="/communities/new")
    assert made.location.endswith("/communities/data-storytelling/leads")
    address = "/communities/data-storytelling/leads?name=Mei"
    post(browser, address, {"person_id": str(mei.id)})

    community = db.session.query(Community).one()
    assert (community.joining, community.least_members, community.most_members) == (Joining.REQUEST, 3, 20)
    assert [(row.attribute, row.at_least) for row in community.mixes] == [(MixOf.DEPARTMENT, 2)]
    text = words(browser.get("/communities/data-storytelling"))
    assert "Mei Tanaka" in text
    assert "From at least 2 departments" in text
    told = [row.action for row in db.session.query(AuditEvent).order_by(AuditEvent.id)]
    assert told[-2:] == ["community.founded", "community.lead_appointed"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Enter a name."),
        ({"topics": "Nothing we know"}, "No skill is called “Nothing we know”"),
        ({"least_members": "30"}, "Enter a number from 1 to the most members."),
        ({"most_members": "501"}, "Enter a number from 1 to 500."),
        ({"mix_department": "4"}, "Enter at most as many as the fewest members."),
        ({"joining": "magic"}, "Choose one of the options."),
    ],
)
def test_what_makes_no_sense_is_refused_beside_the_field(hr, client_for, wrong, sentence):
    response = post(client_for(hr), "/communities/new", fields(**wrong))

    assert response.status_code == 422
    assert sentence in words(response)
    assert db.session.query(Community).count() == 0


def test_two_communities_of_one_name_are_refused_and_addresses_differ(hr, client_for):
    factories.community(name="Data storytelling", slug="data-storytelling")

    again = post(client_for(hr), "/communities/new", fields())
    assert "There is already a community called Data storytelling" in words(again)
    other = post(client_for(hr), "/communities/new", fields(name="Data-Storytelling"))
    assert other.location.endswith("/communities/data-storytelling-2/leads")


def test_a_lead_changes_the_community_and_only_hr_says_who_leads(account, browser):
    community = factories.community()
    factories.membership(account_person(account), community, role=MemberRole.LEAD)
    address = f"/communities/{community.slug}"

    saved = post(browser, f"{address}/edit", fields(purpose="Something else"), page=f"{address}/edit")

    assert saved.status_code == 303
    assert community.purpose == "Something else"
    assert browser.get(f"{address}/leads").status_code == 403
    assert post(browser, f"{address}/archive").status_code == 403


def test_an_archived_community_takes_nobody_and_comes_back(account, browser, hr, client_for):
    community = factories.community()
    address = f"/communities/{community.slug}"
    post(client_for(hr), f"{address}/archive", page=address)

    assert "This community is archived" in words(browser.get(address))
    assert post(browser, f"{address}/join").status_code == 409
    assert community.name in words(browser.get("/communities?show=archived"))
    post(client_for(hr), f"{address}/restore", page=address)
    assert post(browser, f"{address}/join", page=address).status_code == 303


def test_who_was_matched_sees_why(account, browser):
    community = factories.community()
    matching_round = factories.matching_round()
    factories.membership(
        account_person(account),
        community,
        came_by=CameBy.MATCHED,
        matching_round_id=matching_round.id,
        programme_id=matching_round.programmes[0].id,
        joined_at=NOW - timedelta(days=1),
        points=70,
        parts=[{"criterion": "skills", "points": 70, "weight": 100}],
    )

    text = words(browser.get(f"/communities/{community.slug}"))
    assert "You were matched on 22 November 2026" in text
    assert "70 of 100" in text


def test_who_is_no_person_of_the_company_reads_and_does_not_join(app, client_for):
    outside = client_for(factories.account(roles={Role.ADMINISTRATOR}, person_id=None))
    community = factories.community()

    assert outside.get("/communities").status_code == 200
    assert "Join" not in re.findall(
        r"<button[^>]*>([^<]*)", outside.get(f"/communities/{community.slug}").text
    )
