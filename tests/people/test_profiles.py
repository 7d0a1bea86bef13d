"""Profiles: what oneself, others and HR see of a person, and who may change what."""

from datetime import date

import pytest

from app.access import Role
from app.people.models import PersonalBlock, SpokenLanguage, WorkingHours
from app.skills.models import ClaimEvidence, EvidenceKind
from tests import factories
from tests.counting import count_statements
from tests.forms import post

TOPICS = ("about", "availability", "mentoring", "pause")


@pytest.fixture
def amara(app):
    manager = factories.person(name="Olga Ivanova")
    return factories.person(
        name="Amara Diallo",
        bio="I like bread.",
        grade=7,
        manager=manager,
        mentor_capacity=2,
        seeks_mentor=True,
    )


@pytest.fixture
def own(amara, client_for):
    return client_for(factories.account(of=amara))


@pytest.fixture
def other(app, client_for):
    return client_for(factories.account(of=factories.person(name="Jonas Weber")))


@pytest.fixture
def hr_browser(hr, client_for):
    return client_for(hr)


@pytest.fixture
def skilled(amara):
    claim = factories.claim(amara, factories.skill("SQL"), 4)
    evidence = ClaimEvidence(claim_id=claim.id, kind=EvidenceKind.WORK, description="The sales report")
    factories._saved(evidence)
    factories.goal(amara, factories.skill("Negotiation"), 3)
    return amara


def test_others_see_the_public_part_only(skilled, other):
    page = other.get(f"/people/{skilled.id}").text
    for public in ("Amara Diallo", "I like bread.", "SQL", "Level 4", "2 places are free", "English"):
        assert public in page
    for private in (
        "Negotiation",
        "sales report",
        "Olga Ivanova",
        skilled.employee_id,
        skilled.email,
        "Would like",
    ):
        assert private not in page
    assert f"/people/{skilled.id}/" not in page


def test_one_sees_the_whole_of_oneself_with_a_way_to_change_each_part(skilled, own):
    page = own.get(f"/people/{skilled.id}").text
    for shown in (
        "Negotiation",
        "with 1 piece of evidence",
        "Olga Ivanova",
        skilled.employee_id,
        "Would like to have",
    ):
        assert shown in page
    for topic in (*TOPICS, "blocks"):
        assert f'href="/people/{skilled.id}/{topic}"' in page


def test_one_can_look_at_oneself_as_others_do(skilled, own, other):
    page = own.get(f"/people/{skilled.id}?as=others").text
    assert "This is what others see of you." in page
    assert "Negotiation" not in page
    assert f"/people/{skilled.id}/about" not in page


def test_others_cannot_see_more_by_asking_for_it(skilled, other):
    assert "what others see of you" not in other.get(f"/people/{skilled.id}?as=others").text


def test_hr_sees_work_and_goals_and_neither_blocks_nor_evidence(skilled, hr_browser):
    factories._saved(
        PersonalBlock(person_id=skilled.id, blocked_person_id=factories.person(name="Sofia Rossi").id)
    )
    page = hr_browser.get(f"/people/{skilled.id}").text
    for shown in ("Olga Ivanova", "Negotiation", skilled.employee_id, "Change work details"):
        assert shown in page
    for private in ("never want to meet", "Sofia Rossi", "evidence", "sales report"):
        assert private not in page


@pytest.mark.parametrize("role", [Role.TRAINING_ARCHITECT, Role.ADMINISTRATOR, Role.COMMUNITY_LEAD])
def test_other_roles_see_what_colleagues_see(skilled, client_for, role):
    page = client_for(factories.account(roles={role})).get(f"/people/{skilled.id}").text
    assert "Negotiation" not in page
    assert skilled.employee_id not in page


@pytest.mark.parametrize("topic", TOPICS)
def test_only_oneself_and_hr_reach_a_question_page(amara, own, other, hr_browser, topic):
    url = f"/people/{amara.id}/{topic}"
    statuses = [browser.get(url).status_code for browser in (own, hr_browser, other)]
    assert statuses == [200, 200, 403]
    assert post(other, url, {}).status_code == 403


def test_nobody_else_may_know_of_the_blocks(amara, own, other, hr_browser):
    url = f"/people/{amara.id}/blocks"
    assert [browser.get(url).status_code for browser in (own, hr_browser, other)] == [200, 404, 404]
    assert post(hr_browser, f"{url}/1/remove").status_code == 404


def test_those_who_left_are_known_to_hr_only(app, other, hr_browser):
    gone = factories.person(name="Gone", left_on=date(2026, 11, 1))
    pages = [f"/people/{gone.id}", *(f"/people/{gone.id}/{topic}" for topic in TOPICS)]
    assert [other.get(page).status_code for page in pages] == [404] * 5
    assert [hr_browser.get(page).status_code for page in pages] == [200] * 5
    assert "Left on 1 November 2026." in hr_browser.get(pages[0]).text


@pytest.mark.parametrize("number", ["0", "987654", "2147483648", "99999999999999999999999", "-1", "1.5", "x"])
def test_who_does_not_exist_has_no_page(other, number):
    assert other.get(f"/people/{number}").status_code == 404


def test_a_profile_takes_as_many_statements_however_much_it_holds(amara, own):
    def statements():
        with count_statements() as sent:
            assert own.get(f"/people/{amara.id}").status_code == 200
        return len(sent)

    factories.claim(amara, factories.skill())
    factories.goal(amara, factories.skill())
    few = statements()
    for _ in range(12):
        claim = factories.claim(amara, factories.skill())
        factories._saved(ClaimEvidence(claim_id=claim.id, kind=EvidenceKind.WORK, description="x"))
        factories.goal(amara, factories.skill())
    assert statements() == few <= 12


def test_shared_hours_follow_the_clocks_of_both(app, client_for):
    """At nine in the morning UTC in winter Kathmandu is 4:45 hours ahead of Paris."""
    nepal = factories.person(
        time_zone="Asia/Kathmandu", working_hours=[WorkingHours(starts_minute=540, ends_minute=1020)]
    )
    page = client_for(factories.account(of=factories.person())).get(f"/people/{nepal.id}").text
    assert "3 hours a day" in page  # 9:00 to 12:15 in Paris, in whole half hours
    assert "Kathmandu (UTC+5:45)" in page


def test_a_night_shift_shares_the_hours_after_midnight(app, client_for):
    night = factories.person(
        time_zone="Pacific/Auckland", working_hours=[WorkingHours(starts_minute=1200, ends_minute=1440)],
        languages=[SpokenLanguage(language="mi")],
    )  # fmt: skip
    page = client_for(factories.account(of=factories.person())).get(f"/people/{night.id}").text
    assert "3 hours a day" in page  # 20:00 to 24:00 in Auckland is 8:00 to 12:00 in Paris
    assert "Māori" in page


def test_someone_without_a_person_has_no_profile_and_can_look(amara, client_for):
    from app.auth.models import Account, AccountRole

    account = Account(email="robot@example.test", granted=[AccountRole(role=Role.ADMINISTRATOR)])
    browser = client_for(factories._saved(account))
    assert browser.get(f"/people/{amara.id}").status_code == 200
    assert browser.get("/people").status_code == 200
