"""What the database promises to those who read at one instant while others write."""

import pytest
import sqlalchemy as sa

from app.db import db, read_at_one_instant, write_aside
from app.people.models import Person
from tests import factories


@pytest.fixture
def person_id(own_app) -> int:
    person_id = factories.person(name="Before").id
    db.session.commit()
    return person_id


def rename(person_id: int, name: str) -> None:
    """Change a name through another connection, and commit."""
    with write_aside() as other:
        other.execute(sa.update(Person).where(Person.id == person_id).values(name=name))


def name_of(person_id: int) -> str | None:
    return db.session.scalar(sa.select(Person.name).where(Person.id == person_id))


def test_what_is_read_at_one_instant_agrees_whoever_writes_meanwhile(person_id):
    with read_at_one_instant():
        first = name_of(person_id)
        rename(person_id, "After")
        assert (first, name_of(person_id)) == ("Before", "Before")
    assert name_of(person_id) == "After"


def test_the_transaction_after_reading_at_one_instant_writes_over_what_changed_meanwhile(person_id):
    with read_at_one_instant():
        name_of(person_id)
        rename(person_id, "After")
    db.session.execute(sa.update(Person).where(Person.id == person_id).values(name="Last"))
    db.session.commit()
    assert name_of(person_id) == "Last"


def test_a_reader_that_fails_leaves_no_transaction_behind(person_id):
    with pytest.raises(ZeroDivisionError), read_at_one_instant():
        name_of(person_id)
        _ = 1 / 0
    assert not db.session().in_transaction()
    rename(person_id, "After")


def test_what_was_read_before_cannot_be_read_at_one_instant(person_id):
    name_of(person_id)
    with pytest.raises(RuntimeError, match="End the open transaction"), read_at_one_instant():
        pass
