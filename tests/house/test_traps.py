"""The traps of this stack that `docs/style.md` lists: each stays sprung."""

import pytest
import sqlalchemy as sa

from app.db import db
from app.people.models import Department, PersonalBlock
from tests import factories


def test_two_clients_in_one_test_are_two_people(app, client_for):
    """Trap 1: under one application context Flask-Login would answer the second as the first."""
    first, second = factories.account(), factories.account()
    one, other = client_for(first), client_for(second)

    assert first.person_id != second.person_id
    assert _who(one) == first.email
    assert _who(other) == second.email
    assert _who(one) == first.email


def _who(client) -> str:
    from flask_login import current_user

    from app.auth.models import Account

    with client:
        client.get("/healthz")
        account_id = current_user.id if current_user.is_authenticated else None
    return db.session.get(Account, account_id).email


@pytest.mark.parametrize("turn", [1, 2])
def test_a_committed_row_is_gone_in_the_next_test(app, turn):
    """Trap 2: each test sees an empty table although the other has committed a row."""
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Department)) == 0
    db.session.add(Department(name="Care"))
    db.session.commit()


def test_foreign_keys_hold(app):
    """Trap 2: SQLite checks foreign keys only when it is told to."""
    person = factories.person()
    db.session.add(PersonalBlock(person_id=person.id, blocked_person_id=987654))
    with pytest.raises(sa.exc.IntegrityError):
        db.session.commit()
    db.session.rollback()
