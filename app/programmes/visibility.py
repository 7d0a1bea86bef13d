"""Who can see what in a programme: sentences made of the rules of access themselves."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from app.access import RULES, Permission, Role
from app.words import listed

SOMEBODY, OWNER = 1, 2  # whoever asks, and whose the thing is
ROLE_WORDS: dict[Role, str] = {
    Role.EMPLOYEE: "everyone here",
    Role.COMMUNITY_LEAD: "community leads",
    Role.HR: "HR",
    Role.TRAINING_ARCHITECT: "training architects",
    Role.ADMINISTRATOR: "administrators",
}


@dataclass(slots=True)
class Asker:
    """An account with one role, of somebody whom the thing is not about."""

    roles: frozenset[Role]
    person_id: int | None = SOMEBODY
    is_authenticated: bool = True


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is seen or done: what it is, by which permission, and whose it is, if anybody's."""

    words: str
    permission: Permission
    owner: str = ""


_PERSON = SimpleNamespace(id=OWNER, person_id=OWNER, has_left=lambda _day: False)
_PERSON.members = [_PERSON]
THINGS = (
    Thing("These settings, and how they were before", Permission.PROGRAMME_SEE),
    Thing("Changing these settings", Permission.PROGRAMME_EDIT),
    Thing("Who takes part in a round, its runs and its matches", Permission.ROUND_SEE),
    Thing("Publishing matches", Permission.ROUND_PUBLISH),
    Thing("The skills somebody has, and the places they offer", Permission.PERSON_SEE),
    Thing("What somebody wants to learn, before they are matched", Permission.PERSON_EDIT, "the person"),
    Thing("What somebody answers when they join", Permission.ROUND_RUN, "the person"),
    Thing("A mentorship and its sessions", Permission.MENTORSHIP_SEE, "the two people in it"),
    Thing("Whom somebody never wants to meet", Permission.BLOCK_OWN, "the person who said so"),
)


def who_can(thing: Thing) -> str:
    """Say who may see a thing, or do it: "HR and training architects"."""
    may = RULES[thing.permission].may
    subject: Any = _PERSON
    roles = [role for role in Role if may(Asker(frozenset({role})), subject)]
    if Role.EMPLOYEE in roles:
        return _sentence([ROLE_WORDS[Role.EMPLOYEE]])
    named = [ROLE_WORDS[role] for role in roles]
    if not named:
        return _sentence([f"only {thing.owner}" if thing.owner else "nobody"])
    return _sentence([thing.owner, *named] if thing.owner else named)


def sentences() -> list[tuple[str, str]]:
    """Return what there is to see and do, each with who may."""
    return [(thing.words, who_can(thing)) for thing in THINGS]


def _sentence(names: list[str]) -> str:
    said = listed(names)
    return said[:1].upper() + said[1:]
