"""People who are no longer in the file of HR: they are reported, and leave only when that is asked for."""

import sqlalchemy as sa

from app import audit, clock
from app.db import db
from app.errors import Invalid
from app.people.importing.plan import Plan
from app.people.models import Person
from app.people.service import end_of_employment

ALWAYS_ALLOWED = 10
HIGHEST_SHARE = 0.2
CHUNK = 500


def check_leavers(plan: Plan) -> None:
    """Refuse to let most of the company leave because a file holds a part of it only.

    Raises:
        Invalid: when more than a fifth of those who work here would leave.
    """
    here = sum(not person.has_left for person in plan.known.values())
    leaving = len(plan.missing())
    if leaving > max(ALWAYS_ALLOWED, HIGHEST_SHARE * here):
        raise Invalid(
            f"{leaving:,} of {here:,} people are not in {plan.name}: more than a fifth. Is it complete? "
            "Import without --leavers-missing, or allow it with --many-leavers."
        )


def let_missing_leave(plan: Plan, *, by: audit.Actor) -> int:
    """End the employment of those who are not in the file today, and return how many those are."""
    ids = [plan.known[employee_id].id for employee_id in plan.missing()]
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        for person in db.session.scalars(sa.select(Person).where(Person.id.in_(part))).all():
            end_of_employment(person, on=clock.today(), by=by)
    return len(ids)
