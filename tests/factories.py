"""Small valid rows for tests; every argument that does not matter to a test has a default."""

import itertools
from datetime import date, timedelta
from typing import Any

from app import clock
from app.access import Role
from app.auth.models import Account, AccountRole
from app.communities.models import Community, CommunityMembership, CommunityRequest, MemberRole
from app.db import db
from app.engagements.models import (
    Engagement,
    EngagementCheckIn,
    EngagementKind,
    EngagementMember,
    EngagementRole,
    EngagementState,
)
from app.notifications.models import Notification, NotificationKind
from app.people.models import Person, SpokenLanguage, WorkingHours
from app.programmes.models import Programme, ProgrammeCriterion, ProgrammeGoal, ProgrammeKind, ProgrammeRule
from app.rounds.models import Enrolment, EnrolmentRole, MatchingRound
from app.rounds.states import RoundState
from app.skills.models import Claim, Goal, Skill, Source

_numbers = itertools.count(1)


def _saved(row: Any) -> Any:
    db.session.add(row)
    db.session.commit()
    return row


def person(**values: Any) -> Person:
    """A person who works nine to five in Paris and speaks English."""
    number = next(_numbers)
    defaults = {
        "employee_id": f"T{number:05}",
        "name": f"Person {number}",
        "email": f"person{number}@example.test",
        "time_zone": "Europe/Paris",
        "grade": 3,
        "working_hours": [WorkingHours(starts_minute=540, ends_minute=1020)],
        "languages": [SpokenLanguage(language="en")],
    }
    return _saved(Person(**{**defaults, **values}))


def account(*, roles: set[Role] | None = None, of: Person | None = None, **values: Any) -> Account:
    """An account of a person, without a password."""
    owner = of or person()
    defaults = {"email": owner.email, "person_id": owner.id}
    granted = [AccountRole(role=role) for role in sorted(roles or {Role.EMPLOYEE})]
    return _saved(Account(**{**defaults, **values}, granted=granted))


def skill(label: str | None = None, **values: Any) -> Skill:
    """A skill of our own."""
    number = next(_numbers)
    label = label or f"Skill {number}"
    defaults = {
        "source": Source.OWN,
        "source_key": f"skill-{number}",
        "label": label,
        "folded_label": label.casefold(),
    }
    return _saved(Skill(**{**defaults, **values}))


def claim(of: Person, skill: Skill, level: int = 4) -> Claim:
    """A person's claim to hold a skill."""
    return _saved(Claim(person_id=of.id, skill_id=skill.id, level=level))


def goal(of: Person, skill: Skill, level: int = 3, importance: int = 2) -> Goal:
    """A person's wish to learn a skill."""
    return _saved(Goal(person_id=of.id, skill_id=skill.id, level=level, importance=importance))


def programme(**values: Any) -> Programme:
    """A mentoring programme with two rules, four criteria and the usual goals."""
    number = next(_numbers)
    defaults = {
        "key": f"mentoring-{number}",
        "name": f"Mentoring {number}",
        "kind": ProgrammeKind.MENTORING,
        "rules": [
            ProgrammeRule(rule="not_in_reporting_line", parameters={}),
            ProgrammeRule(rule="shared_language", parameters={}),
        ],
        "criteria": [
            ProgrammeCriterion(criterion=criterion, weight=weight)
            for criterion, weight in {"skills": 60, "level_step": 20, "hours": 10, "variety": 10}.items()
        ],
        "goals": [ProgrammeGoal(position=1, goal="coverage"), ProgrammeGoal(position=2, goal="points")],
    }
    return _saved(Programme(**{**defaults, **values}))


def matching_round(**values: Any) -> MatchingRound:
    """An open round of one mentoring programme."""
    number = next(_numbers)
    defaults = {
        "name": f"Round {number}",
        "state": RoundState.OPEN,
        "opens_on": date(2026, 11, 1),
        "closes_on": date(2026, 11, 30),
        "starts_on": date(2026, 12, 7),
        "ends_on": date(2027, 3, 5),
    }
    values.setdefault("programmes", [programme()])
    return _saved(MatchingRound(**{**defaults, **values}))


def enrolment(of: Person, role: EnrolmentRole, matching_round: MatchingRound, places: int = 1) -> Enrolment:
    """A person's part in a round."""
    return _saved(
        Enrolment(
            matching_round_id=matching_round.id,
            programme_id=matching_round.programmes[0].id,
            person_id=of.id,
            role=role,
            places=places,
        )
    )


def community(**values: Any) -> Community:
    """A community that is open to everyone, about one skill."""
    number = next(_numbers)
    defaults = {
        "slug": f"community-{number}",
        "name": f"Community {number}",
        "purpose": "We learn from each other",
        "least_members": 2,
        "most_members": 5,
    }
    if "topics" not in values:
        values["topics"] = [skill()]
    return _saved(Community(**{**defaults, **values}))


def membership(
    of: Person, community: Community, role: MemberRole = MemberRole.MEMBER, **values: Any
) -> CommunityMembership:
    """A person's time in a community."""
    return _saved(CommunityMembership(community_id=community.id, person_id=of.id, role=role, **values))


def community_request(of: Person, community: Community, **values: Any) -> CommunityRequest:
    """Somebody's request to join a community."""
    return _saved(CommunityRequest(community_id=community.id, person_id=of.id, **values))


def with_check_in(kind: EngagementKind, one: Person, other: Person, **values: Any) -> Engagement:
    """An engagement of two that goes on, with a check-in that has been due since yesterday."""
    yesterday = clock.today() - timedelta(days=1)
    are_peers = kind is EngagementKind.PEER_COACHING
    roles = [EngagementRole.PEER] * 2 if are_peers else [EngagementRole.MENTEE, EngagementRole.MENTOR]
    programme_id = values.pop("programme_id", None) or programme().id
    defaults = {
        "kind": kind,
        "programme_id": programme_id,
        "starts_on": date(2026, 9, 7),
        "ends_on": date(2027, 3, 5),
        "members": [
            EngagementMember(person_id=row.id, role=role)
            for row, role in zip((one, other), roles, strict=True)
        ],
        "check_ins": [EngagementCheckIn(position=1, due_on=yesterday, words="How is it going?")],
    }
    return _saved(Engagement(**{**defaults, **values}))


def notification(to: Person, **values: Any) -> Notification:
    """Something that somebody is told, and has not read."""
    number = next(_numbers)
    defaults = {
        "kind": NotificationKind.REMINDER,
        "occasion": f"test:{number}",
        "subject": f"A match waits for your answer ({number})",
        "body": "Accept or decline, or it does not come about.",
    }
    return _saved(Notification(person_id=to.id, **{**defaults, **values}))


def proposal(mentee: Person, mentor: Person, **values: Any) -> Engagement:
    """A match that both may accept or decline within a week."""
    today = clock.today()
    if "programme_id" not in values:
        values["programme_id"] = programme().id
    defaults = {
        "kind": EngagementKind.MENTORSHIP,
        "state": EngagementState.PROPOSED,
        "starts_on": today + timedelta(days=14),
        "ends_on": today + timedelta(days=104),
        "answer_by": today + timedelta(days=7),
        "points": 78,
        "parts": [{"criterion": "skills", "points": 78, "weight": 100}],
        "reasons": [{"side": "for", "kind": "has_skill", "skill": "SQL", "level": 4, "wanted": 3}],
    }
    return _saved(
        Engagement(
            **{**defaults, **values},
            members=[
                EngagementMember(person_id=mentee.id, role=EngagementRole.MENTEE),
                EngagementMember(person_id=mentor.id, role=EngagementRole.MENTOR),
            ],
        )
    )
