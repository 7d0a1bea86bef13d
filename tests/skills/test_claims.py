"""What people say they can do and wish to learn: added by name or from a list, changed, supported, refused."""

from datetime import date

import pytest
import sqlalchemy as sa

from app import audit, clock
from app.access import Role
from app.audit import AuditEvent
from app.db import db
from app.errors import Invalid
from app.skills import service
from app.skills.models import Claim, ClaimEvidence, EvidenceKind, Goal, SkillAlias
from tests import factories
from tests.forms import post

ADD_CLAIM, ADD_GOAL = "/skills/claims/add", "/skills/goals/add"


@pytest.fixture
def amara(app):
    return factories.person(name="Amara Diallo")


@pytest.fixture
def own(amara, client_for):
    return client_for(factories.account(of=amara))


@pytest.fixture
def sql(app):
    return factories.skill("SQL", aliases=[SkillAlias(label="Queries", folded_label="queries")])


def claims():
    return [(claim.skill.label, claim.level) for claim in db.session.scalars(sa.select(Claim))]


def goals():
    return [(goal.skill.label, goal.level, goal.importance) for goal in db.session.scalars(sa.select(Goal))]


@pytest.mark.parametrize("text", ["SQL", " sql ", "queries", "ＳＱＬ"])
def test_an_exact_name_is_added_at_once(own, sql, amara, text):
    response = post(own, ADD_CLAIM, {"skill": text, "level": "4"}, page=ADD_CLAIM)
    assert (response.status_code, response.location) == (303, f"/people/{amara.id}#held")
    assert claims() == [("SQL", 4)]


def test_find_leads_to_a_list_to_choose_from_and_keeps_the_level(own, sql):
    factories.skill("SQL Server")
    response = post(own, ADD_CLAIM, {"skill": "sq", "level": "4", "find": "Find"}, page=ADD_CLAIM)
    assert response.status_code == 303
    page = own.get(response.location).text
    assert "SQL Server" in page
    assert '<input checked id="level-3" name="level" type="radio" value="4">' in page
    assert claims() == []

    response = post(own, response.location, {"found": sql.id, "level": "4"}, page=response.location)
    assert response.status_code == 303
    assert claims() == [("SQL", 4)]


def test_find_that_finds_nothing_says_so(own):
    page = own.get(f"{ADD_CLAIM}?skill=xyzzy").text
    assert "No skill has a name like “xyzzy”." in page
    assert 'name="skill"' in page


def test_a_link_from_a_skill_offers_just_that(own, sql):
    page = own.get(f"{ADD_GOAL}?found={sql.id}").text
    assert f'checked id="found-0" name="found" type="radio" value="{sql.id}"' in page
    assert own.get(f"{ADD_GOAL}?found=987654").status_code == 404


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"skill": "", "level": "3"}, "skill", "Enter the name of a skill."),
        ({"skill": "Juggling", "level": "3"}, "skill", "No skill is called “Juggling”. Press Find"),
        ({"skill": "<b>", "level": "3"}, "skill", "No skill is called “&lt;b&gt;”."),
        ({"skill": "Telex", "level": "3"}, "skill", "“Telex” is no longer in use. Add “E-mail” instead."),
        ({"skill": "Pipes", "level": "3"}, "skill", "“Pipes” can mean Music and Plumbing."),
        ({"skill": "SQL"}, "level", "Choose a level."),
        ({"skill": "SQL", "level": "6"}, "level", "Choose one of the options."),
        ({"skill": "SQL", "level": "0"}, "level", "Choose one of the options."),
        ({"skill": "SQL", "level": "x"}, "level", "Choose one of the options."),
        ({"skill": "Held", "level": "3"}, "skill", "Held is among your skills already."),
        ({"skill": "x" * 300, "level": "3"}, "skill", "Enter at most 200 characters."),
        ({"found": "x", "level": "3"}, "found", "Choose"),
    ],
)
def test_what_cannot_be_claimed_is_refused_beside_its_field(own, amara, sql, values, field, sentence):
    email = factories.skill("E-mail")
    factories.skill("Telex", deprecated_at=clock.now(), replaced_by_id=email.id)
    for label in ("Plumbing", "Music"):
        factories.skill(label, aliases=[SkillAlias(label="Pipes", folded_label="pipes")])
    factories.claim(amara, factories.skill("Held"), 2)
    response = post(own, ADD_CLAIM, values)
    assert response.status_code == 422
    assert sentence in response.text
    if field != "found":
        assert f'id="{field}-error"' in response.text
    assert claims() == [("Held", 2)]


def test_everything_that_is_missing_is_told_at_once(own):
    answer = post(own, ADD_CLAIM, {"skill": ""})
    assert answer.status_code == 422
    assert "Enter the name of a skill." in answer.text
    assert "Choose a level." in answer.text


def test_a_refused_choice_is_told_beside_the_list(own, amara, sql):
    factories.claim(amara, sql)
    response = post(own, f"{ADD_CLAIM}?skill=sql", {"found": sql.id, "level": "3"})
    assert response.status_code == 422
    assert 'id="found-error"' in response.text
    assert 'href="#found-0"' in response.text


def test_one_account_without_a_person_has_no_skills(app, client_for):
    from app.auth.models import Account, AccountRole

    robot = factories._saved(
        Account(email="robot@example.test", granted=[AccountRole(role=Role.ADMINISTRATOR)])
    )
    assert client_for(robot).get(ADD_CLAIM).status_code == 404


def test_a_level_is_changed_and_a_skill_removed_after_asking(own, amara, sql):
    claim = factories.claim(amara, sql, 2)
    url = f"/skills/claims/{claim.id}"
    assert post(own, url, {"level": "3"}, page=url).status_code == 303
    assert claims() == [("SQL", 3)]
    assert "Remove SQL from your skills?" in own.get(f"{url}/remove").text
    assert claims() == [("SQL", 3)]
    assert post(own, f"{url}/remove", page=f"{url}/remove").status_code == 303
    assert claims() == []


def test_reaching_the_level_of_a_goal_removes_the_goal(own, amara, sql):
    claim = factories.claim(amara, sql, 2)
    factories.goal(amara, sql, 4)
    post(own, f"/skills/claims/{claim.id}", {"level": "3"})
    assert len(goals()) == 1
    post(own, f"/skills/claims/{claim.id}", {"level": "4"})
    assert goals() == []


def test_evidence_is_added_shown_to_oneself_and_removed(own, amara, sql):
    claim = factories.claim(amara, sql)
    url = f"/skills/claims/{claim.id}"
    told = {"kind": "certificate", "description": "Examination <b>passed</b>", "happened_on": "2026-05-04"}
    assert post(own, f"{url}/evidence", told, page=f"{url}/evidence").status_code == 303
    page = own.get(url).text
    assert "Examination &lt;b&gt;passed&lt;/b&gt;" in page
    assert "Certificate, 4 May 2026" in page
    (evidence,) = db.session.scalars(sa.select(ClaimEvidence))
    assert post(own, f"{url}/evidence/{evidence.id}/remove", page=url).status_code == 303
    assert "No evidence yet." in own.get(url).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "rumour"}, "kind"),
        ({"description": ""}, "description"),
        ({"description": " \0 "}, "description"),
        ({"description": "x" * 501}, "description"),
        ({"happened_on": "2026-11-24"}, "happened_on"),
        ({"happened_on": "31/12/2025"}, "happened_on"),
    ],
)
def test_evidence_that_is_none_is_refused(own, amara, sql, changes, field):
    url = f"/skills/claims/{factories.claim(amara, sql).id}/evidence"
    told = {"kind": "work", "description": "A report", "happened_on": ""}
    response = post(own, url, {**told, **changes})
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text


def test_evidence_of_another_claim_stays(own, amara, sql):
    mine = factories.claim(amara, sql)
    other = factories.claim(factories.person(), sql)
    evidence = factories._saved(
        ClaimEvidence(claim_id=other.id, kind=EvidenceKind.WORK, description="Theirs")
    )
    post(own, f"/skills/claims/{mine.id}/evidence/{evidence.id}/remove")
    assert db.session.get(ClaimEvidence, evidence.id) is not None


def test_a_goal_is_added_changed_and_removed(own, amara, sql):
    wish = {"skill": "SQL", "level": "4", "importance": "3"}
    assert post(own, ADD_GOAL, wish, page=ADD_GOAL).location == f"/people/{amara.id}#wanted"
    assert goals() == [("SQL", 4, 3)]
    (goal,) = db.session.scalars(sa.select(Goal))
    url = f"/skills/goals/{goal.id}"
    assert post(own, url, {"level": "5", "importance": "1"}, page=url).status_code == 303
    assert goals() == [("SQL", 5, 1)]
    assert post(own, f"{url}/remove", page=url).status_code == 303
    assert goals() == []


@pytest.mark.parametrize("level", [2, 3])
def test_a_goal_is_above_the_level_held(own, amara, sql, level):
    factories.claim(amara, sql, 3)
    response = post(own, ADD_GOAL, {"skill": "SQL", "level": level, "importance": "2"})
    assert response.status_code == 422
    assert "You hold SQL at level 3. Choose a higher level to reach." in response.text


def test_there_is_a_goal_for_a_skill_only_once(own, amara, sql):
    factories.goal(amara, sql)
    response = post(own, ADD_GOAL, {"skill": "SQL", "level": "4", "importance": "2"})
    assert "SQL is among your goals already." in response.text


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.HR, Role.ADMINISTRATOR, Role.TRAINING_ARCHITECT])
def test_nobody_else_reaches_a_claim_or_goal(amara, sql, client_for, role):
    claim, goal = factories.claim(amara, sql).id, factories.goal(amara, factories.skill()).id
    browser = client_for(factories.account(roles={role}))
    for page in (f"claims/{claim}", f"claims/{claim}/remove", f"claims/{claim}/evidence", f"goals/{goal}"):
        assert browser.get(f"/skills/{page}").status_code == 404
        assert post(browser, f"/skills/{page}", {"level": "1", "importance": "1"}).status_code == 404
    assert post(browser, f"/skills/goals/{goal}/remove").status_code == 404
    assert claims() == [("SQL", 4)]


def test_there_is_an_end_to_claims_goals_and_evidence(app, amara):
    for _ in range(service.MOST_CLAIMS):
        service.add_claim(amara, factories.skill(), level=3, by=audit.COMMAND_LINE)
    with pytest.raises(Invalid, match="30 skills at most"):
        service.add_claim(amara, factories.skill(), level=3, by=audit.COMMAND_LINE)
    for _ in range(service.MOST_GOALS):
        service.add_goal(amara, factories.skill(), level=3, importance=2, by=audit.COMMAND_LINE)
    with pytest.raises(Invalid, match="10 goals at most"):
        service.add_goal(amara, factories.skill(), level=3, importance=2, by=audit.COMMAND_LINE)
    claim = db.session.scalars(sa.select(Claim)).first()
    told = {"kind": EvidenceKind.WORK, "happened_on": date(2026, 1, 1), "by": audit.COMMAND_LINE}
    for number in range(service.MOST_EVIDENCE):
        service.add_evidence(claim, description=f"Report {number}", **told)
    with pytest.raises(Invalid, match="10 pieces of evidence at most"):
        service.add_evidence(claim, description="One report more", **told)


def test_what_others_change_is_recorded_and_what_one_changes_oneself_is_not(own, amara, sql):
    post(own, ADD_CLAIM, {"skill": "SQL", "level": "4"})
    assert db.session.scalars(sa.select(AuditEvent)).all() == []
    (claim,) = db.session.scalars(sa.select(Claim))
    service.change_level(claim, level=2, by=audit.COMMAND_LINE)
    (event,) = db.session.scalars(sa.select(AuditEvent))
    assert (event.action, event.person_id, event.details) == ("claim.change", amara.id, {"level": [4, 2]})
