"""A small company with a round, from enrolment to a finished run."""

import pytest
import sqlalchemy as sa

from app import audit
from app.communities.models import CameBy, MemberRole
from app.db import db
from app.people.models import Department, Person
from app.programmes.models import ProgrammeCriterion, ProgrammeKind, ProgrammeRule
from app.rounds import queries, running, tasks
from app.rounds.models import EnrolmentRole, MatchingRound, Run
from app.rounds.states import RoundState
from tests import factories

BY = audit.COMMAND_LINE
MENTEES, MENTORS = 6, 3


@pytest.fixture
def closed_round(app) -> MatchingRound:
    """A closed round of six mentees and three mentors with two places each; everyone is eligible."""
    return company()


def company(*, mentees: int = MENTEES, mentors: int = MENTORS, places: int = 2) -> MatchingRound:
    """Write a closed round whose mentees want what its mentors hold."""
    departments = [department(name) for name in ("Care", "Sales")]
    matching_round = factories.matching_round(state=RoundState.CLOSED)
    skills = [factories.skill(label) for label in ("Negotiation", "Public speaking", "SQL")]
    for number in range(mentors):
        mentor = factories.person(
            name=f"Mentor {number}", mentor_capacity=places, grade=5, department_id=departments[0].id
        )
        factories.claim(mentor, skills[number % 3], level=4)
        factories.enrolment(mentor, EnrolmentRole.MENTOR, matching_round, places=places)
    for number in range(mentees):
        mentee = factories.person(name=f"Mentee {number}", department_id=departments[1].id)
        factories.goal(mentee, skills[number % 3], level=3)
        factories.enrolment(mentee, EnrolmentRole.MENTEE, matching_round)
    return matching_round


def department(name: str) -> Department:
    """Return the department of that name, founding it when there is none."""
    found = db.session.scalar(sa.select(Department).filter_by(name=name)) or Department(name=name)
    db.session.add(found)
    db.session.commit()
    return found


def asked_for_run(matching_round: MatchingRound) -> Run:
    """Ask for a run without carrying it out."""
    counts = queries.enrolment_counts(matching_round.id)
    run = running.request_run(
        matching_round,
        mentees=counts.mentees,
        mentors=counts.mentors,
        peers=counts.peers,
        members=counts.members,
        by=BY,
    )
    db.session.commit()
    return run


def finished_run(matching_round: MatchingRound) -> Run:
    """Carry a run out in this process."""
    run = asked_for_run(matching_round)
    tasks.carry_out(run.id)
    db.session.expire_all()
    return run


def person_called(name: str) -> Person:
    """Return a person of the small company."""
    return db.session.query(Person).filter_by(name=name).one()


def circle(*, people: int = 5, state: RoundState = RoundState.CLOSED) -> MatchingRound:
    """Write a round of peer coaching in which everybody can teach the next what they want to learn."""
    programme = factories.programme(
        kind=ProgrammeKind.PEER_COACHING,
        name="Peer coaching",
        rules=[ProgrammeRule(rule="no_prior_pair", parameters={})],
        criteria=[
            ProgrammeCriterion(criterion=criterion, weight=weight)
            for criterion, weight in {"skills": 60, "hours": 20, "variety": 20}.items()
        ],
    )
    matching_round = factories.matching_round(state=state, programmes=[programme])
    skills = [factories.skill(label) for label in ("Negotiation", "SQL")]
    for number in range(people):
        person = factories.person(name=f"Peer {number}")
        factories.claim(person, skills[number % 2], level=4)
        factories.goal(person, skills[(number + 1) % 2], level=3)
        factories.enrolment(person, EnrolmentRole.PEER, matching_round)
    return matching_round


def circles(
    *, people: int = 6, state: RoundState = RoundState.CLOSED, least: int = 2, most: int = 4
) -> MatchingRound:
    """Write a round of two communities, about different skills, each of which half of the people want."""
    programme = factories.programme(
        kind=ProgrammeKind.COMMUNITIES,
        name="Communities",
        rules=[ProgrammeRule(rule="covers_wants", parameters={"percent": 20})],
        criteria=[ProgrammeCriterion(criterion="skills", weight=100)],
    )
    matching_round = factories.matching_round(state=state, programmes=[programme])
    skills = [factories.skill(label) for label in ("Negotiation", "SQL")]
    for number, name in enumerate(("Negotiators", "Analysts")):
        community = factories.community(
            name=name,
            slug=name.lower(),
            topics=[skills[number]],
            least_members=least,
            most_members=most,
        )
        lead = factories.person(name=f"Lead {number}")
        factories.membership(lead, community, role=MemberRole.LEAD, came_by=CameBy.APPOINTED)
    for number in range(people):
        person = factories.person(name=f"Member {number}")
        factories.goal(person, skills[number % 2], level=3)
        factories.enrolment(person, EnrolmentRole.MEMBER, matching_round)
    return matching_round


def groups(*, mentees: int = 5, mentors: int = 2, places: int = 4) -> MatchingRound:
    """Write a round of group mentoring, in which each mentor can help every other mentee."""
    programme = factories.programme(kind=ProgrammeKind.GROUP_MENTORING, name="Group mentoring", rules=[])
    matching_round = factories.matching_round(state=RoundState.CLOSED, programmes=[programme])
    skills = [factories.skill(label) for label in ("Negotiation", "SQL")]
    for number in range(mentors):
        mentor = factories.person(name=f"Mentor {number}")
        factories.claim(mentor, skills[number % 2], level=4)
        factories.enrolment(mentor, EnrolmentRole.MENTOR, matching_round, places=places)
    for number in range(mentees):
        mentee = factories.person(name=f"Mentee {number}")
        factories.goal(mentee, skills[number % 2], level=3)
        factories.enrolment(mentee, EnrolmentRole.MENTEE, matching_round)
    return matching_round
