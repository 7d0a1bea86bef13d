"""Migrations: up and down with data in place, and in step with the models."""

import uuid

import pytest
import sqlalchemy as sa
from flask_migrate import check, downgrade, upgrade

from app import audit, clock, create_app
from app.db import db
from app.people.models import Person
from app.programmes.models import Programme, ProgrammeVersion
from app.programmes.parts import read
from tests import factories
from tests.conftest import config_for, dispose
from tests.house.test_constraints import WORLD


@pytest.fixture
def empty_app(databases):
    url = databases.create(f"fresh_{uuid.uuid4().hex}")
    app = create_app(config_for(url))
    with app.app_context():
        yield app
        db.drop_all()
    dispose(app)
    databases.drop(url)


def test_models_and_migrations_agree(own_app):
    check()  # exits non-zero when a model says something no migration does


def test_every_step_goes_up_and_down_again(empty_app):
    upgrade()
    downgrade(revision="base")
    assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert "person" in sa.inspect(db.engine).get_table_names()


def test_an_upgrade_that_has_nothing_to_do_keeps_the_rows(own_app):
    factories.person(name="Amara Diallo")
    db.session.remove()
    upgrade()
    assert db.session.scalar(sa.select(Person.name)) == "Amara Diallo"


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event"])
def test_the_audit_trail_can_only_grow(app, statement):
    audit.record(audit.Entry("person.changed", "person", 1), by=audit.COMMAND_LINE)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session.execute(sa.text(statement))
    db.session.rollback()


def test_the_audit_trail_notices_a_forged_event(app):
    for number in range(3):
        audit.record(audit.Entry("person.changed", "person", number), by=audit.COMMAND_LINE)
    assert audit.broken_link() is None

    forged = {"details": {}, "at": clock.now(), "hash": "f" * 64, "previous_hash": "e" * 64}
    text = {"actor": "x", "action": "x", "subject_type": "x", "request_id": ""}
    db.session.execute(sa.insert(audit.AuditEvent).values(**forged, **text))
    assert audit.broken_link() is not None


def test_a_step_that_rebuilds_a_table_keeps_the_rows_that_refer_to_it(empty_app):
    """SQLite copies a table to change it; dropping the old one must take nothing along."""
    kept = ("run", "run_document", "assignment")
    upgrade(revision="0007")
    for name in ("programme", "matching_round", *kept):
        known = {column["name"] for column in sa.inspect(db.session.connection()).get_columns(name)}
        row = {column: value for column, value in WORLD[name].items() if column in known}
        db.session.execute(sa.insert(sa.table(name, *map(sa.column, row))).values(row))
    db.session.commit()
    upgrade()
    downgrade(revision="0007")
    counts = {
        name: db.session.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) for name in kept
    }
    assert counts == dict.fromkeys(kept, 1)
    db.session.rollback()


def test_what_a_programme_is_set_up_with_becomes_its_first_version(empty_app):
    upgrade(revision="0013")
    rule = {"programme_id": 1, "rule": "shared_hours", "parameters": '{"minutes": 60}'}
    rows = {"programme": WORLD["programme"], "programme_rule": rule}
    rows |= {name: WORLD[name] for name in ("programme_criterion", "programme_goal")}
    for name, values in rows.items():
        db.session.execute(sa.insert(sa.table(name, *map(sa.column, values))).values(values))
    db.session.commit()
    upgrade()
    version = db.session.scalars(sa.select(ProgrammeVersion)).one()
    assert version.number == 1
    programme = db.session.get_one(Programme, 1)
    assert version.settings == read(programme, version.settings)
    assert version.settings["rules"] == {"shared_hours": {"minutes": 60}}
    assert version.made_at == programme.created_at
    db.session.rollback()
