"""The accounts one signs in with to see the demo: who they belong to, and the one password of all of them."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app import audit
from app.access import Role
from app.auth.service import create_account
from app.demo.loading import FIRST
from app.demo.records import Company, Person

PASSWORD_LETTERS = 12


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A way to see the demo, and what kind of person it belongs to."""

    email: str
    roles: frozenset[Role]
    fits: Callable[[Person], bool]


def _is_mentee(person: Person) -> bool:
    return person.seeks_mentor and not person.mentor_capacity and person.grade <= 4


def _is_mentor(person: Person) -> bool:
    return person.mentor_capacity > 1 and not person.seeks_mentor


def _works_in(department: str) -> Callable[[Person], bool]:
    return lambda person: person.department == department and not person.mentor_capacity


ACCOUNTS = (
    DemoAccount("employee@demo.test", frozenset({Role.EMPLOYEE}), _is_mentee),
    DemoAccount("mentor@demo.test", frozenset({Role.EMPLOYEE}), _is_mentor),
    DemoAccount(
        "lead@demo.test",
        frozenset({Role.EMPLOYEE, Role.COMMUNITY_LEAD}),
        lambda person: person.grade == 5,
    ),
    DemoAccount("hr@demo.test", frozenset({Role.EMPLOYEE, Role.HR}), _works_in("People")),
    DemoAccount(
        "architect@demo.test", frozenset({Role.EMPLOYEE, Role.TRAINING_ARCHITECT}), _works_in("People")
    ),
    DemoAccount(
        "admin@demo.test", frozenset({Role.EMPLOYEE, Role.ADMINISTRATOR}), _works_in("IT and security")
    ),
)


def password_of(secret_key: str) -> str:
    """Return the password of this installation's demo accounts: its own, and the same at every start."""
    digest = hmac.new(secret_key.encode(), b"the demo's password", hashlib.sha256).hexdigest()
    letters = "".join("bcdfghjkmnpqrstvwxz"[int(pair, 16) % 19] for pair in _pairs(digest))
    return "-".join(letters[start : start + 4] for start in range(0, PASSWORD_LETTERS, 4))


def create_accounts(company: Company, password: str) -> list[DemoAccount]:
    """Create the accounts of the demo, each for another person; return those that found one."""
    taken: set[int] = set()
    created = []
    for account in ACCOUNTS:
        place = _owner(company, account, taken)
        if place is None:
            continue
        taken.add(place)
        create_account(
            account.email,
            by=audit.COMMAND_LINE,
            person_id=FIRST + place,
            password=password,
            roles=account.roles,
            is_demo=True,
        )
        created.append(account)
    return created


def _owner(company: Company, account: DemoAccount, taken: set[int]) -> int | None:
    """Return the first person who suits the account; in a very small company anybody does."""
    free = [
        place
        for place, person in enumerate(company.people)
        if place not in taken and person.manager is not None
    ]
    suits = (
        place
        for place in free
        if account.fits(company.people[place]) and not company.people[place].paused_from
    )
    return next(suits, next(iter(free), None))


def _pairs(text: str) -> Iterator[str]:
    return (text[start : start + 2] for start in range(0, len(text), 2))
