"""Who may do what: every role on every route and every kind of thing, as one table.

A new permission needs its rows in `MATRIX`. A route needs nothing: it is found, and held to its permission's rows.
`SAMPLES` makes the things that addresses name; add a line when a new kind of thing gets its own address.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from werkzeug.routing import IntegerConverter
from werkzeug.routing import Rule as Route

from app import create_app
from app.access import RULES, Permission, Role
from app.auth.models import Account
from app.communities.models import Community, CommunityMembership, MemberRole
from app.db import db
from app.engagements.models import Engagement, EngagementMember
from app.notifications.models import Notification
from app.people.models import Person
from app.programmes import versions
from app.rounds.models import Run
from app.skills.models import Claim
from tests import factories
from tests.conftest import NOW, config_for, signed_in_client
from tests.forms import post

ROLES = {
    "employee": {Role.EMPLOYEE},
    "lead": {Role.EMPLOYEE, Role.COMMUNITY_LEAD},
    "hr": {Role.EMPLOYEE, Role.HR},
    "architect": {Role.EMPLOYEE, Role.TRAINING_ARCHITECT},
    "admin": {Role.EMPLOYEE, Role.ADMINISTRATOR},
    "outside": {Role.ADMINISTRATOR},  # an administrator who is no person of the company
}
# "own" and "other" say whose the thing is, "left" is a person who has left, "-" is no thing or one of everybody.
# Of runs, "own" is a what-if.
# 403: may know of it and not do this. 404: may not know that it exists. A dot: there can be no such thing.
MATRIX = """
                      employee  lead   hr  architect admin outside
public:read      -         yes   yes  yes        yes   yes     yes
home:see         -         yes   yes  yes        yes   yes     yes
account:own      -         yes   yes  yes        yes   yes     yes
person:list      -         yes   yes  yes        yes   yes     yes
person:see       own       yes   yes  yes        yes   yes       .
person:see       other     yes   yes  yes        yes   yes     yes
person:see       left      404   404  yes        404   404     404
person:edit      own       yes   yes  yes        yes   yes       .
person:edit      other     403   403  yes        403   403     403
person:edit      left      404   404  yes        404   404     404
block:own        own       yes   yes  yes        yes   yes       .
block:own        other     404   404  404        404   404     404
skill:see        -         yes   yes  yes        yes   yes     yes
claim:add        -         yes   yes  yes        yes   yes     404
claim:own        own       yes   yes  yes        yes   yes       .
claim:own        other     404   404  404        404   404     404
mentorship:list  -         yes   yes  yes        yes   yes     404
mentorship:see   own       yes   yes  yes        yes   yes       .
mentorship:see   other     404   404  404        404   404     404
mentorship:answer own      yes   yes  yes        yes   yes       .
mentorship:answer other    404   404  404        404   404     404
check_in:mark    own       yes   yes  yes        yes   yes       .
check_in:mark    other     404   404  404        404   404     404
peer:list        -         yes   yes  yes        yes   yes     404
peer:see         own       yes   yes  yes        yes   yes       .
peer:see         other     404   404  404        404   404     404
notification:list -        yes   yes  yes        yes   yes     404
notification:own own       yes   yes  yes        yes   yes       .
notification:own other     404   404  404        404   404     404
community:list   -         yes   yes  yes        yes   yes     yes
community:see    -         yes   yes  yes        yes   yes     yes
community:members own      yes   yes  yes        yes   yes       .
community:members other    403   403  yes        yes   403     403
community:join   -         yes   yes  yes        yes   yes     403
community:edit   own       yes   yes  yes        yes   yes       .
community:edit   other     403   403  yes        403   403     403
community:keep   -         403   403  yes        403   403     403
programme:list   -         404   404  yes        yes   404     404
programme:see    -         404   404  yes        yes   404     404
programme:edit   -         404   404  yes        403   404     404
round:enrol      -         yes   yes  yes        yes   yes     404
round:list       -         404   404  yes        yes   404     404
round:see        -         404   404  yes        yes   404     404
round:try        -         404   404  yes        yes   404     404
round:run        -         404   404  yes        403   404     404
round:stop       own       404   404  yes        yes   404       .
round:stop       other     404   404  yes        403   404     404
round:publish    -         404   404  yes        403   404     404
"""
WITHOUT_GUARD = {"static", "assets.vendor_file"}
WORDED = {"key", "slug"}  # what addresses name by a word
HOME_ADDRESSES = {"/", "/healthz"}
SIGN_IN = "/auth/sign-in"


@dataclass(frozen=True)
class Someone:
    """An actor as the rules see it."""

    roles: frozenset[Role]
    person_id: int | None
    is_authenticated: bool = True


@dataclass(frozen=True)
class Case:
    """One cell of the table."""

    permission: Permission
    thing: str
    role: str
    expected: str

    def __str__(self) -> str:
        return f"{self.role} {self.permission} {self.thing}"


def cases() -> Iterator[Case]:
    heading, *rows = MATRIX.strip().splitlines()
    for permission, thing, *cells in map(str.split, rows):
        for role, expected in zip(heading.split(), cells, strict=True):
            if expected != ".":
                yield Case(Permission(permission), thing, role, expected)


CASES = list(cases())
APP = create_app(config_for("sqlite:///:memory:"))  # asked for its routes only; it never meets a database
ROUTES = sorted(APP.url_map.iter_rules(), key=lambda route: (route.rule, route.endpoint))


def permission_of(route: Route) -> Permission | None:
    return getattr(APP.view_functions[route.endpoint], "permission", None)


GUARDED = [route for route in ROUTES if permission_of(route) is not None]
POSTED = [route for route in GUARDED if "POST" in route.methods]


def name(value: object) -> str:
    return f"{value.rule} {value.endpoint}" if isinstance(value, Route) else str(value)


def subject(permission: Permission, thing: str) -> object:
    """Return something of person 1, who asks, or of person 2."""
    owner_id = 1 if thing == "own" else 2
    person = Person(id=owner_id, left_on=NOW.date() - timedelta(days=1) if thing == "left" else None)
    makers: dict[str, Callable[[], object]] = {
        "person": lambda: person,
        "block": lambda: person,
        "claim": lambda: Claim(person_id=owner_id),
        "notification": lambda: Notification(person_id=owner_id),
        "round": lambda: Run(base_run_id=1 if thing == "own" else None),
        "mentorship": lambda: Engagement(members=[EngagementMember(person_id=owner_id)]),
        "peer": lambda: Engagement(members=[EngagementMember(person_id=owner_id)]),
        "check_in": lambda: Engagement(members=[EngagementMember(person_id=owner_id)]),
        "community": lambda: community_of(owner_id),
    }
    return None if thing == "-" else makers[permission.partition(":")[0]]()


def community_of(owner_id: int) -> SimpleNamespace:
    """A community that person `owner_id` leads, as person 1 sees it."""
    lead = CommunityMembership(person_id=owner_id)
    return SimpleNamespace(leads=[lead], own=lead if owner_id == 1 else None)


def test_every_permission_has_its_rows():
    assert {case.permission for case in CASES} == set(Permission) == set(RULES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rule(case):
    rule = RULES[case.permission]
    someone = Someone(frozenset(ROLES[case.role]), None if case.role == "outside" else 1)
    thing = subject(case.permission, case.thing)
    may_know, may = rule.may_know(someone, thing), rule.may(someone, thing)

    assert (("yes" if may else "403") if may_know else "404") == case.expected
    assert may_know or not may, "nobody may act on what they may not know of"


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_every_route_is_guarded(route):
    assert (permission_of(route) is None) == (route.endpoint in WITHOUT_GUARD)


@pytest.mark.parametrize("route", GUARDED, ids=name)
def test_an_address_begins_with_the_name_of_its_package(route):
    package = route.endpoint.partition(".")[0]
    first = route.rule.split("/")[1]

    assert first == package or (package == "home" and route.rule in HOME_ADDRESSES)
    assert APP.view_functions[route.endpoint].__module__.startswith(f"app.{package}.")


@pytest.mark.parametrize("route", GUARDED, ids=name)
def test_who_is_not_signed_in_is_led_to_sign_in(client, route):
    address = address_of(route, absent_values(route))
    response = call(client, route, address)
    through_htmx = call(client, route, address, headers={"HX-Request": "true"})

    if permission_of(route) is Permission.ANYONE:
        assert response.status_code != 401
        assert response.status_code < 500
        return
    assert response.status_code == 303
    assert urlsplit(response.location).path == SIGN_IN
    assert through_htmx.status_code == 401
    assert urlsplit(through_htmx.headers["HX-Redirect"]).path == SIGN_IN


@pytest.mark.parametrize("route", POSTED, ids=name)
def test_a_form_without_its_token_changes_nothing(client, route):
    response = client.post(address_of(route, absent_values(route)))

    assert response.status_code == 400


@pytest.mark.parametrize("role", ["employee", "hr"])
@pytest.mark.parametrize("route", [route for route in GUARDED if route.arguments], ids=name)
def test_what_is_absent_is_absent_for_everyone(app, route, role):
    client = signed_in_client(account_with(role))

    assert call(client, route, address_of(route, absent_values(route))).status_code == 404


def account_with(role: str) -> Account:
    outside = {"person_id": None} if role == "outside" else {}
    return factories.account(roles=ROLES[role], **outside)


def call(client, route: Route, address: str, **options):
    """Open a page, or send its form when it is none; the guard is the same for both."""
    return client.get(address, **options) if "GET" in route.methods else post(client, address, **options)


def address_of(route: Route, values: dict[str, object]) -> str:
    with APP.test_request_context():
        return APP.url_map.bind("localhost").build(route.endpoint, values)


def absent_values(route: Route) -> dict[str, object]:
    numbers = {name for name, kind in route._converters.items() if isinstance(kind, IntegerConverter)}
    return {name: 987_654 if name in numbers else "absent" for name in route.arguments}


def person_sample(account: Account, thing: str) -> Person:
    if thing == "own":
        return db.session.get(Person, account.person_id)
    return factories.person(left_on=NOW.date() - timedelta(days=1) if thing == "left" else None)


def claim_sample(account: Account, thing: str) -> object:
    return factories.claim(person_sample(account, thing), factories.skill())


def goal_sample(account: Account, thing: str) -> object:
    return factories.goal(person_sample(account, thing), factories.skill())


def community_sample(account: Account, thing: str) -> Community:
    """A community that the account's person leads, or one that nobody does."""
    community = factories.community()
    if thing == "own":
        factories.membership(person_sample(account, "own"), community, role=MemberRole.LEAD)
    return community


def programme_sample() -> object:
    """A programme with its first version."""
    programme = factories.programme()
    versions.keep(programme)
    db.session.commit()
    return programme


SAMPLES: dict[str, Callable[[Account, str], object]] = {
    "person_id": person_sample,
    "claim_id": claim_sample,
    "goal_id": goal_sample,
    "skill_id": lambda _account, _thing: factories.skill(),
    "key": lambda _account, _thing: programme_sample(),
    "slug": community_sample,
    "number": lambda _account, _thing: SimpleNamespace(id=1),
    "round_id": lambda _account, _thing: factories.matching_round(),
    "matching_round_id": lambda _account, _thing: factories.matching_round(),
}


def visits() -> Iterator[tuple[Route, Case]]:
    """Pair each route whose things can be made with the cells of its permission."""
    for route in GUARDED:
        if not route.arguments <= SAMPLES.keys():
            continue
        rows = [case for case in CASES if case.permission is permission_of(route)]
        general = [case for case in rows if case.thing == "-"]
        for case in rows if route.arguments else general or [case for case in rows if case.thing == "own"]:
            yield route, case


@pytest.mark.parametrize(("route", "case"), list(visits()), ids=name)
def test_route_keeps_the_rule(app, route, case):
    account = account_with(case.role)
    client = signed_in_client(account)
    things = {argument: SAMPLES[argument](account, case.thing) for argument in route.arguments}
    values = {name: getattr(thing, name if name in WORDED else "id") for name, thing in things.items()}
    response = call(client, route, address_of(route, values))

    if case.expected == "yes":
        assert response.status_code not in (401, 403, 404, 405)
        assert response.status_code < 500
        led_to = urlsplit(response.location or "").path
        assert led_to != SIGN_IN or case.permission is Permission.ANYONE
    else:
        assert response.status_code == int(case.expected)
