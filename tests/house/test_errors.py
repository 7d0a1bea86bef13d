"""What goes wrong is told to the log without the words of the people it concerns."""

import logging

import pytest
import sqlalchemy as sa

from app.db import db
from app.errors import _show_integrity_error
from app.people.models import Person

SECRET = "they said that nobody must know"


def test_a_broken_constraint_is_named_without_the_row(app, caplog):
    """PostgreSQL quotes the whole row in its message, and SQLAlchemy every parameter in its own."""
    caplog.set_level(logging.WARNING, logger="app.errors")
    db.session.add(Person(employee_id="E1", name=SECRET, bio=SECRET, grade=99))
    with pytest.raises(sa.exc.IntegrityError) as refusal:
        db.session.flush()
    db.session.rollback()

    assert SECRET not in str(refusal.value).partition("DETAIL")[0]
    with app.test_request_context():
        _show_integrity_error(refusal.value)
    assert "grade_in_range" in caplog.text
    assert SECRET not in caplog.text
