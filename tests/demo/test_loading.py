"""The demo company in the database: whole, the same each time, and only in demo mode."""

import dataclasses

import pytest
import sqlalchemy as sa

from app import clock, models
from app.access import Role
from app.auth.models import Account
from app.auth.passwords import is_right
from app.auth.queries import demo_accounts_outside_demo
from app.db import db
from app.demo import accounts, loading
from app.demo.people import company
from app.engagements.models import Engagement, EngagementMember
from app.errors import Conflict
from app.people.models import Person
from app.rounds.models import Enrolment, MatchingRound
from app.sessions.models import MentoringSession
from app.skills.models import Claim, Goal

PASSWORD = "bcdf-ghjk-mnpq"


@pytest.fixture
def demo_mode(app, monkeypatch):
    monkeypatch.setitem(app.extensions, "trellis", dataclasses.replace(app.extensions["trellis"], demo=True))
    return app


def count(table) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table))


def test_everything_of_the_company_is_written(app):
    made_up = company(60, 7, clock.today())
    loading.load(made_up)
    db.session.commit()

    assert count(Person) == 60
    assert count(Claim) == len(made_up.claims)
    assert count(Goal) == len(made_up.goals)
    assert count(Engagement) == len(made_up.mentorships)
    assert count(EngagementMember) == 2 * len(made_up.mentorships)
    assert count(MentoringSession) == len(made_up.sessions)
    assert count(MatchingRound) == 2
    pairs = {(pair.quarter, person) for pair in made_up.mentorships for person in (pair.mentor, pair.mentee)}
    assert count(Enrolment) >= len(pairs)


def test_people_keep_their_manager_and_their_name(app):
    made_up = company(60, 7, clock.today())
    loading.load(made_up)
    kept = {person.employee_id: person for person in db.session.scalars(sa.select(Person))}
    for person in made_up.people:
        row = kept[person.employee_id]
        assert row.name == person.name
        manager = None if person.manager is None else made_up.people[person.manager].employee_id
        assert (row.manager.employee_id if row.manager else None) == manager


def test_people_can_be_added_after_the_company(app):
    loading.load(company(12, 7, clock.today()))
    db.session.add(Person(employee_id="N1", name="Newcomer", time_zone="UTC"))
    db.session.commit()
    assert count(Person) == 13


def test_a_database_with_people_is_left_alone(app):
    loading.load(company(12, 7, clock.today()))
    db.session.commit()
    with pytest.raises(Conflict, match="holds people already"):
        loading.load(company(12, 8, clock.today()))
    assert count(Person) == 12


def test_each_demo_account_belongs_to_another_person_and_has_its_role(demo_mode):
    made_up = company(400, 7, clock.today())
    loading.load(made_up)
    accounts.create_accounts(made_up, PASSWORD)
    db.session.commit()

    kept = {account.email: account for account in db.session.scalars(sa.select(Account))}
    assert set(kept) == {
        f"{name}@demo.test" for name in ("employee", "mentor", "lead", "hr", "architect", "admin")
    }
    assert len({account.person_id for account in kept.values()}) == 6
    assert Role.HR in kept["hr@demo.test"].roles
    assert kept["employee@demo.test"].roles == {Role.EMPLOYEE}
    assert all(account.is_demo and is_right(PASSWORD, account.password_hash) for account in kept.values())
    assert db.session.get(Person, kept["mentor@demo.test"].person_id).mentor_capacity > 0
    assert db.session.get(Person, kept["employee@demo.test"].person_id).seeks_mentor


def test_the_password_is_the_installations_own_and_stays():
    assert accounts.password_of("one secret") == accounts.password_of("one secret")
    assert accounts.password_of("one secret") != accounts.password_of("another secret")


def test_outside_demo_mode_demo_accounts_keep_the_site_from_being_served(demo_mode, monkeypatch):
    made_up = company(12, 7, clock.today())
    loading.load(made_up)
    accounts.create_accounts(made_up, PASSWORD)
    db.session.commit()
    assert demo_accounts_outside_demo() is None

    monkeypatch.setitem(
        demo_mode.extensions, "trellis", dataclasses.replace(demo_mode.extensions["trellis"], demo=False)
    )
    assert "flask demo remove" in demo_accounts_outside_demo()


def test_the_command_is_refused_outside_demo_mode(app):
    answer = app.test_cli_runner().invoke(args=["demo", "load", "--people", "12"])
    assert answer.exit_code == 2
    assert "TRELLIS_DEMO=1" in answer.output
    assert count(models.people.Person) == 0
