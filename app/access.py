"""Who may do what: one table of named facts and one evaluator."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, Protocol

from flask import current_app
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import clock
from app.errors import Missing, NotAllowed


class Role(StrEnum):
    """What an account may be entrusted with. Being a mentor is what one does, not a role."""

    EMPLOYEE = "employee"
    COMMUNITY_LEAD = "community_lead"
    HR = "hr"
    TRAINING_ARCHITECT = "training_architect"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """Everything a route can ask leave for, as resource:action."""

    ANYONE = "public:read"
    HOME_SEE = "home:see"
    ACCOUNT_OWN = "account:own"
    PERSON_LIST = "person:list"
    PERSON_SEE = "person:see"
    PERSON_EDIT = "person:edit"
    BLOCK_OWN = "block:own"
    SKILL_SEE = "skill:see"
    CLAIM_ADD = "claim:add"
    CLAIM_OWN = "claim:own"
    MENTORSHIP_LIST = "mentorship:list"
    MENTORSHIP_SEE = "mentorship:see"
    MENTORSHIP_ANSWER = "mentorship:answer"
    CHECK_IN_MARK = "check_in:mark"
    PROGRAMME_LIST = "programme:list"
    PROGRAMME_SEE = "programme:see"
    PROGRAMME_EDIT = "programme:edit"
    PEER_LIST = "peer:list"
    PEER_SEE = "peer:see"
    COMMUNITY_LIST = "community:list"
    COMMUNITY_SEE = "community:see"
    COMMUNITY_MEMBERS = "community:members"
    COMMUNITY_JOIN = "community:join"
    COMMUNITY_EDIT = "community:edit"
    COMMUNITY_KEEP = "community:keep"
    NOTIFICATION_LIST = "notification:list"
    NOTIFICATION_OWN = "notification:own"
    ROUND_ENROL = "round:enrol"
    ROUND_LIST = "round:list"
    ROUND_SEE = "round:see"
    ROUND_TRY = "round:try"
    ROUND_RUN = "round:run"
    ROUND_STOP = "round:stop"
    ROUND_PUBLISH = "round:publish"


class Actor(Protocol):
    """What the facts need to know of whoever asks."""

    is_authenticated: bool
    roles: frozenset[Role]
    person_id: int | None


Fact = Callable[[Actor, Any], bool]


def anyone(_actor: Actor, _subject: Any) -> bool:
    """Hold for everyone, signed in or not."""
    return True


def is_signed_in(actor: Actor, _subject: Any) -> bool:
    """Hold for every account."""
    return actor.is_authenticated


def is_employee(actor: Actor, _subject: Any) -> bool:
    """Hold for an account that belongs to a person of the company."""
    return actor.person_id is not None


def is_self(actor: Actor, person: Any) -> bool:
    """Hold for the person themself."""
    return actor.person_id is not None and actor.person_id == person.id


def is_own(actor: Actor, row: Any) -> bool:
    """Hold for the person whose row it is."""
    return actor.person_id is not None and actor.person_id == row.person_id


def works_here(_actor: Actor, person: Any) -> bool:
    """Hold for everyone, of a person who has not left."""
    return not person.has_left(clock.today())


def tries_out(actor: Actor, run: Any) -> bool:
    """Hold for those who read rounds, of a run that only tries something out."""
    return bool(run.is_what_if) and _reads_rounds(actor, run)


def is_member(actor: Actor, engagement: Any) -> bool:
    """Hold for those who are part of an engagement."""
    return actor.person_id is not None and actor.person_id in {
        member.person_id for member in engagement.members
    }


def leads_it(actor: Actor, community: Any) -> bool:
    """Hold for those who lead a community."""
    return actor.person_id is not None and actor.person_id in {row.person_id for row in community.leads}


def is_in_it(actor: Actor, community: Any) -> bool:
    """Hold for those who are in a community."""
    own = community.own
    return own is not None and own.person_id == actor.person_id


def has_role(*roles: Role) -> Fact:
    """Return the fact that an account has at least one of `roles`."""

    def holds(actor: Actor, _subject: Any) -> bool:
        return not actor.roles.isdisjoint(roles)

    return holds


def either(*facts: Fact) -> Fact:
    """Return the fact that at least one of `facts` holds."""
    return lambda actor, subject: any(fact(actor, subject) for fact in facts)


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may act, and who may at least know that the thing exists (others get 404)."""

    may: Fact
    may_know: Fact


_may_know_person = either(works_here, has_role(Role.HR))
_runs_rounds = has_role(Role.HR)
_reads_rounds = has_role(Role.HR, Role.TRAINING_ARCHITECT)

RULES: dict[Permission, Rule] = {
    Permission.ANYONE: Rule(anyone, anyone),
    Permission.HOME_SEE: Rule(is_signed_in, is_signed_in),
    Permission.ACCOUNT_OWN: Rule(is_signed_in, is_signed_in),
    Permission.PERSON_LIST: Rule(is_signed_in, is_signed_in),
    Permission.PERSON_SEE: Rule(_may_know_person, _may_know_person),
    Permission.PERSON_EDIT: Rule(either(is_self, has_role(Role.HR)), _may_know_person),
    Permission.BLOCK_OWN: Rule(is_self, is_self),
    Permission.SKILL_SEE: Rule(is_signed_in, is_signed_in),
    Permission.CLAIM_ADD: Rule(is_employee, is_employee),
    Permission.CLAIM_OWN: Rule(is_own, is_own),
    Permission.MENTORSHIP_LIST: Rule(is_employee, is_employee),
    Permission.MENTORSHIP_SEE: Rule(is_member, is_member),
    Permission.MENTORSHIP_ANSWER: Rule(is_member, is_member),
    Permission.CHECK_IN_MARK: Rule(is_member, is_member),
    Permission.PROGRAMME_LIST: Rule(_reads_rounds, _reads_rounds),
    Permission.PROGRAMME_SEE: Rule(_reads_rounds, _reads_rounds),
    Permission.PROGRAMME_EDIT: Rule(_runs_rounds, _reads_rounds),
    Permission.PEER_LIST: Rule(is_employee, is_employee),
    Permission.PEER_SEE: Rule(is_member, is_member),
    Permission.COMMUNITY_LIST: Rule(is_signed_in, is_signed_in),
    Permission.COMMUNITY_SEE: Rule(is_signed_in, is_signed_in),
    Permission.COMMUNITY_MEMBERS: Rule(either(is_in_it, _reads_rounds), is_signed_in),
    Permission.COMMUNITY_JOIN: Rule(is_employee, is_signed_in),
    Permission.COMMUNITY_EDIT: Rule(either(leads_it, _runs_rounds), is_signed_in),
    Permission.COMMUNITY_KEEP: Rule(_runs_rounds, is_signed_in),
    Permission.NOTIFICATION_LIST: Rule(is_employee, is_employee),
    Permission.NOTIFICATION_OWN: Rule(is_own, is_own),
    Permission.ROUND_ENROL: Rule(is_employee, is_employee),
    Permission.ROUND_LIST: Rule(_reads_rounds, _reads_rounds),
    Permission.ROUND_SEE: Rule(_reads_rounds, _reads_rounds),
    Permission.ROUND_TRY: Rule(_reads_rounds, _reads_rounds),
    Permission.ROUND_RUN: Rule(_runs_rounds, _reads_rounds),
    Permission.ROUND_STOP: Rule(either(_runs_rounds, tries_out), _reads_rounds),
    Permission.ROUND_PUBLISH: Rule(_runs_rounds, _reads_rounds),
}


def can(permission: Permission, subject: Any = None) -> bool:
    """Tell whether whoever asks may do this."""
    return RULES[permission].may(current_user, subject)


def admit(permission: Permission, subject: Any = None) -> None:
    """Let whoever asks through.

    Raises:
        Missing: when they may not know that the thing exists.
        NotAllowed: when they may know of it and not do this.
    """
    rule = RULES[permission]
    if not rule.may_know(current_user, subject):
        raise Missing
    if not rule.may(current_user, subject):
        raise NotAllowed("Your account does not allow this. Ask your HR team if you think it should.")


def guard(permission: Permission, *, load: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """Admit to a view only those who hold `permission` on what `load` finds.

    `load` takes the URL parameters it names; the view gets what it returned, then the other parameters.
    """
    loaded = frozenset(inspect.signature(load).parameters) if load else frozenset()

    def decorate(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        @wraps(view)
        def guarded(**parameters: Any) -> ResponseReturnValue:
            if permission is not Permission.ANYONE and not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            if load is None:
                admit(permission)
                return view(**parameters)
            subject = load(**{name: parameters.pop(name) for name in loaded})
            admit(permission, subject)
            return view(subject, **parameters)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate
