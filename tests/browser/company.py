"""The demo company as browser tests see it: small, matched, published, with a round in every state."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from app import audit, clock
from app.auth.models import Account
from app.communities import joining
from app.communities import service as communities
from app.communities.models import Community, CommunityMembership, Joining
from app.db import db
from app.demo import accounts, loading, people
from app.engagements import proposals
from app.engagements.models import (
    DeclineReason,
    Engagement,
    EngagementCheckIn,
    EngagementKind,
    EngagementMember,
    EngagementRole,
    EngagementState,
)
from app.people.models import Person
from app.programmes.models import Programme, ProgrammeKind
from app.programmes.service import create_programme
from app.rounds import (
    asking,
    closing,
    copying,
    publishing,
    queries,
    question_tasks,
    review_queries,
    running,
    service,
    sharing,
    tasks,
    what_ifs,
)
from app.rounds.closing_models import ChangedPart
from app.rounds.models import Assignment, Enrolment, EnrolmentRole, MatchingRound, Run
from app.rounds.question_models import QuestionKind
from app.rounds.states import RoundState
from app.skills.models import Claim, Goal

BY = audit.COMMAND_LINE
PEOPLE, SEED = 60, 7
PASSWORD = "three herons over water"
_names = (f"Round {number}" for number in count(1))


@dataclass(frozen=True)
class Ids:
    """What the addresses of pages name, and whose it is."""

    person: int
    claim: int
    goal: int
    skill: int
    mentorship: int
    proposal: int
    coaching: int
    group: int
    published: tuple[int, int]
    asked: int
    proposed: tuple[int, int]
    waiting: tuple[int, int]
    failed: tuple[int, int]
    compared: tuple[int, int, int]
    match: tuple[int, int, int]
    question: tuple[int, int, int]
    seeker: tuple[int, int, int, int]
    what_if: tuple[int, int]
    open: int
    following: int
    own_community: str
    other_community: str
    circles: tuple[int, int]
    circles_programme: int
    circles_open: int
    shared: tuple[int, int]


def load(day: date) -> None:
    """Make the company up, as it stands on a day, with everybody's account."""
    made_up = people.company(PEOPLE, SEED, day)
    loading.load(made_up)
    accounts.create_accounts(made_up, PASSWORD)
    _wish_what_mentors_have(account("employee").person_id)
    db.session.commit()


def load_with_rounds() -> Ids:
    """Make the company up and bring rounds of it into every state; return what there is to look at."""
    load(clock.today())
    employee = account("employee")
    # Everything opens before anything is published: who has a mentor is enrolled in no other round.
    rounds = [_opened() for _ in range(5)]
    published = _after(tasks.carry_out, rounds[0])
    proposed = _after(tasks.carry_out, rounds[1])
    publishing.publish_run(db.session.get_one(Run, published[1]), by=BY)
    db.session.commit()
    proposal = _proposal_for(employee)
    mentorship, coaching, group = _mentorship_of(employee), _peer_coaching_of(employee), _group_of(employee)
    for engagement_id in (coaching, group):
        _check_in(engagement_id, employee.person_id)
    # Who has talked about one lets no publication be taken back, and that has a page as well.
    _check_in(mentorship, None)
    claim = db.session.scalars(sa.select(Claim).filter_by(person_id=employee.person_id)).first()
    goal = db.session.scalars(sa.select(Goal).filter_by(person_id=employee.person_id)).first()
    ids = Ids(
        person=employee.person_id,
        claim=claim.id,
        goal=goal.id,
        skill=claim.skill_id,
        mentorship=mentorship,
        proposal=proposal.id,
        coaching=coaching,
        group=group,
        published=published,
        asked=proposal.matching_round_id,
        proposed=proposed,
        waiting=_after(lambda run_id: None, rounds[2]),
        failed=_after(_fail, rounds[3]),
        compared=(*proposed, _again(rounds[1])),
        match=(*proposed, _first_match(proposed[1])),
        question=(*proposed, _asked(proposed[1])),
        seeker=(
            *proposed,
            *review_queries.pair_of(db.session.get_one(Run, proposed[1]), _first_match(proposed[1]))[:2],
        ),
        what_if=_without_rules(proposed[1]),
        open=rounds[4].id,
        following=_following(published[0]),
        **_communities(employee.person_id),
        **_circles(employee.person_id),
    )
    db.session.commit()
    return ids


def _communities(person_id: int) -> dict[str, str]:
    """Let somebody lead a community that another asks to join; return what the addresses of both name."""
    led, other = db.session.scalars(
        sa.select(Community).order_by(Community.joining == Joining.REQUEST, Community.id).limit(2)
    )
    person = db.session.get_one(Person, person_id)
    communities.appoint_lead(led, person, by=BY)
    led.joining = Joining.REQUEST
    asking = db.session.scalars(
        sa.select(Person.id)
        .where(Person.id.not_in(sa.select(CommunityMembership.person_id).filter_by(community_id=led.id)))
        .order_by(Person.id)
        .limit(1)
    ).one()
    joining.ask_to_join(led, person_id=asking, words="I draw charts every week", by=BY)
    return {"own_community": led.slug, "other_community": other.slug}


def _circles(person_id: int) -> dict[str, Any]:
    """Match people to communities in one round, and let somebody seek some in another that is open."""
    programme = create_programme(name="Communities", kind=ProgrammeKind.COMMUNITIES, by=BY)
    db.session.commit()
    matched, later = _opened(programme), _opened(programme)
    for number in db.session.scalars(sa.select(Person.id).order_by(Person.id).limit(25)):
        _seeks_communities(number, matched, programme)
    _seeks_communities(person_id, later, programme)
    return {
        "shared": _shared(programme),
        "circles": _after(tasks.carry_out, matched),
        "circles_programme": programme.id,
        "circles_open": later.id,
    }


def _shared(communities: Programme) -> tuple[int, int]:
    """Match mentoring and communities in one round, with everybody's hours, each covering for the other."""
    matching_round = _opened()
    mentoring = matching_round.programmes[0]
    matching_round.programmes.append(communities)
    db.session.commit()
    for number in db.session.scalars(sa.select(Person.id).order_by(Person.id).limit(25)):
        _seeks_communities(number, matching_round, communities)
    sharing.share(matching_round, shares_hours=True, cover=[mentoring, communities], by=BY)
    return _after(tasks.carry_out, matching_round)


def _seeks_communities(person_id: int, matching_round: MatchingRound, programme: Programme) -> None:
    part = {"programme_id": programme.id, "person_id": person_id, "role": EnrolmentRole.MEMBER}
    db.session.add(Enrolment(matching_round_id=matching_round.id, places=2, **part))
    db.session.commit()


def _first_match(run_id: int) -> int:
    return db.session.scalars(
        sa.select(Assignment.id).filter_by(run_id=run_id).order_by(Assignment.id)
    ).first()


def _asked(run_id: int) -> int:
    """Ask who else could mentor somebody, and for the prices of a run; return the first question."""
    run = db.session.get_one(Run, run_id)
    pair = review_queries.pair_of(run, _first_match(run_id))
    others = asking.ask_about(run, QuestionKind.ALTERNATIVES, pair, by=BY)
    asked = [others, *asking.ask_prices(run, by=BY)]
    ids = [question.id for question in asked]
    db.session.commit()
    for question_id in ids:
        question_tasks.answer(question_id)
    return ids[0]


def _wish_what_mentors_have(person_id: int) -> None:
    """Let somebody want what most mentors can give, so that a round finds them one."""
    most_held = (
        sa.select(Claim.skill_id)
        .join(Person, Person.id == Claim.person_id)
        .where(Person.mentor_capacity > 0, Claim.level >= 3)
        .group_by(Claim.skill_id)
        .order_by(sa.func.count().desc(), Claim.skill_id)
        .limit(1)
    )
    db.session.execute(sa.delete(Goal).filter_by(person_id=person_id))
    db.session.execute(sa.delete(Claim).where(Claim.person_id == person_id, Claim.skill_id.in_(most_held)))
    wanted = db.session.scalars(most_held).one()
    db.session.add(Goal(person_id=person_id, skill_id=wanted, level=2, importance=3))


def account(role: str) -> Account:
    """Return the account a role of the demo signs in with."""
    return db.session.scalars(sa.select(Account).filter_by(email=f"{role}@demo.test")).one()


def _mentorship_of(account: Account) -> int:
    going_on = (
        sa.select(Engagement.id)
        .join(EngagementMember)
        .where(
            EngagementMember.person_id == account.person_id,
            Engagement.state == EngagementState.ACTIVE,
            Engagement.kind == EngagementKind.MENTORSHIP,
        )
    )
    return db.session.scalars(going_on).one()


def _check_in(engagement_id: int, person_id: int | None) -> None:
    """Give an engagement, in the place of its own, check-ins that are done by somebody, due and to come."""
    for row in db.session.scalars(sa.select(EngagementCheckIn).filter_by(engagement_id=engagement_id)):
        db.session.delete(row)
    db.session.flush()
    today = clock.today()
    for position, days in enumerate((-30, -1, 30), start=1):
        row = EngagementCheckIn(
            engagement_id=engagement_id,
            position=position,
            due_on=today + timedelta(days=days),
            words=f"How is it going after {position} months?",
        )
        db.session.add(row)
        if position == 1 and person_id is not None:
            row.done_at, row.done_by_id = clock.now(), person_id
    db.session.commit()


def _peer_coaching_of(account: Account) -> int:
    """Let somebody coach, and be coached by, two others: of an odd number three stay together."""
    programme = create_programme(name="Peer coaching", kind=ProgrammeKind.PEER_COACHING, by=BY)
    own = db.session.get_one(Engagement, _mentorship_of(account))
    people = db.session.scalars(
        sa.select(Person.id).where(Person.id != account.person_id).order_by(Person.id).limit(2)
    )
    row = {"side": "for", "criterion": "hours", "kind": "hours", "minutes": 240, "known": True}
    ids = [account.person_id, *people]
    coaching = Engagement(
        kind=EngagementKind.PEER_COACHING,
        programme_id=programme.id,
        starts_on=own.starts_on,
        ends_on=own.ends_on,
        points=72,
        parts=[
            {"criterion": "skills", "points": 52, "weight": 80},
            {"criterion": "hours", "points": 20, "weight": 20},
        ],
        reasons=[{**row, "mentee_id": ids[0], "mentor_id": ids[1]}],
        members=[EngagementMember(person_id=person_id, role=EngagementRole.PEER) for person_id in ids],
    )
    db.session.add(coaching)
    db.session.commit()
    return coaching.id


def _group_of(account: Account) -> int:
    """Put somebody with another mentee into the group of a mentor."""
    programme = create_programme(name="Group mentoring", kind=ProgrammeKind.GROUP_MENTORING, by=BY)
    own = db.session.get_one(Engagement, _mentorship_of(account))
    mentor_id, other_id = db.session.scalars(
        sa.select(Person.id).where(Person.id != account.person_id).order_by(Person.id).limit(2)
    )
    mine = {"mentee_id": account.person_id}
    roles = {
        account.person_id: EngagementRole.MENTEE,
        other_id: EngagementRole.MENTEE,
        mentor_id: EngagementRole.MENTOR,
    }
    group = Engagement(
        kind=EngagementKind.GROUP_MENTORING,
        programme_id=programme.id,
        starts_on=own.starts_on,
        ends_on=own.ends_on,
        points=78,
        parts=[{"criterion": "skills", "points": 78, "weight": 100, **mine}],
        reasons=[
            {
                "side": "for",
                "criterion": "skills",
                "kind": "has_skill",
                "skill": "SQL",
                "level": 4,
                "wanted": 3,
                **mine,
            }
        ],
        members=[EngagementMember(person_id=person_id, role=role) for person_id, role in roles.items()],
    )
    db.session.add(group)
    db.session.commit()
    return group.id


def _proposal_for(account: Account) -> Engagement:
    """Propose somebody's own match once more, in a round that asks first and has heard a no already."""
    own = db.session.get_one(Engagement, _mentorship_of(account))
    asking = _opened()
    asking.state, asking.published_at = RoundState.PUBLISHED, clock.now()
    asking.answer_by = clock.today() + timedelta(days=7)
    declined = _proposed(own, asking)
    db.session.add(proposal := _proposed(own, asking))
    db.session.add(declined)
    db.session.flush()
    proposals.decline(
        declined,
        person_id=next(row.person_id for row in own.members if row.person_id != account.person_id),
        reason=DeclineReason.OTHER,
        words="I am about to change my job",
        seeks_another=False,
        by=BY,
    )
    return proposal


def _proposed(own: Engagement, asking: MatchingRound) -> Engagement:
    return Engagement(
        kind=own.kind,
        state=EngagementState.PROPOSED,
        programme_id=own.programme_id,
        matching_round_id=asking.id,
        starts_on=asking.starts_on,
        ends_on=asking.ends_on,
        answer_by=asking.answer_by,
        points=own.points,
        parts=own.parts,
        reasons=own.reasons,
        members=[EngagementMember(person_id=row.person_id, role=row.role) for row in own.members],
    )


def _opened(programme: Programme | None = None) -> MatchingRound:
    today = clock.today()
    mentoring = sa.select(Programme).filter_by(kind=ProgrammeKind.MENTORING)
    matching_round = service.create_round(
        name=next(_names),
        programmes=[programme or db.session.scalars(mentoring).one()],
        opens_on=today,
        closes_on=today + timedelta(days=10),
        starts_on=today + timedelta(days=20),
        ends_on=today + timedelta(days=110),
        by=BY,
    )
    service.open_round(matching_round, by=BY)
    db.session.commit()
    return matching_round


def _after(carry_out: Callable[[int], object], matching_round: MatchingRound) -> tuple[int, int]:
    """Return a round and its run, once that run has met its fate."""
    service.close_round(matching_round, by=BY)
    return matching_round.id, _run(carry_out, matching_round)


def _again(matching_round: MatchingRound) -> int:
    """Match a round once more, two mentees fewer, so that there is something to compare."""
    mentees = sa.select(Enrolment).filter_by(matching_round_id=matching_round.id, role=EnrolmentRole.MENTEE)
    for enrolment in db.session.scalars(mentees.order_by(Enrolment.id).limit(2)):
        enrolment.withdrawn_at = clock.now()
    return _run(tasks.carry_out, matching_round)


def _following(round_id: int) -> int:
    """Decide two things at the end of a round, and prepare one that follows it."""
    before = db.session.get_one(MatchingRound, round_id)
    (programme,) = before.programmes
    fewer = closing.Wanted(part=ChangedPart.NO_RULE, programme=programme, name="shared_language")
    closing.decide(before, fewer, by=BY)
    closing.decide(before, closing.Wanted(words="Invite earlier", due_on=before.ends_on), by=BY)
    draft = copying.draft_after(before)
    days = {"opens_on": draft.opens_on, "closes_on": draft.closes_on}
    lasts = {"starts_on": draft.starts_on, "ends_on": draft.ends_on}
    return service.create_round(name=next(_names), programmes=[programme], **days, **lasts, by=BY).id


def _without_rules(run_id: int) -> tuple[int, int]:
    """Try out what a run would bring without its rules; return its round and the what-if."""
    base = db.session.get_one(Run, run_id)
    settings = {key: {**programme, "rules": {}} for key, programme in (base.settings or {}).items()}
    what_if = what_ifs.request_what_if(base, settings, by=BY)
    db.session.commit()
    tasks.carry_out(what_if.id)
    db.session.commit()
    return base.matching_round_id, what_if.id


def _run(carry_out: Callable[[int], object], matching_round: MatchingRound) -> int:
    counts = queries.enrolment_counts(matching_round.id)
    run = running.request_run(
        matching_round, mentees=counts.mentees, mentors=counts.mentors, members=counts.members, by=BY
    )
    db.session.commit()
    carry_out(run.id)
    db.session.commit()
    return run.id


def _fail(run_id: int) -> None:
    attempt = running.take_up(run_id)
    running.fail(attempt, tasks.BROKE_DOWN)
