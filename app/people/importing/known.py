"""Who is in the database already, as far as an import has to know before it begins."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.db import db
from app.people.models import Person


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Someone in the database; `manager` is an employee id."""

    id: int
    email: str | None
    manager: str | None
    has_left: bool


def known_people() -> dict[str, KnownPerson]:
    """Return everyone in the database by employee id."""
    manager = aliased(Person)
    query = (
        sa.select(
            Person.employee_id, Person.id, Person.email, manager.employee_id, Person.left_on.is_not(None)
        )
        .outerjoin(manager, Person.manager_id == manager.id)
        .execution_options(yield_per=1000)
    )
    return {
        employee_id: KnownPerson(id_, email, manager_id, has_left)
        for employee_id, id_, email, manager_id, has_left in db.session.execute(query)
    }
