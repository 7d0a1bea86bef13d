"""A valid answer to every form of the site: where it is sent and what it holds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from app.access import Role
from app.auth import passwords
from app.auth.models import Account, SignInSession
from app.auth.service import open_session
from app.communities.models import Joining, MemberRole
from app.db import db
from app.engagements import proposals
from app.engagements.models import DeclineReason, Engagement, EngagementKind
from app.people.models import Person, PersonalBlock
from app.programmes import asking as programme_questions
from app.programmes import service as programmes
from app.programmes import versions
from app.programmes.models import MessageKind, ProgrammeKind
from app.programmes.question_models import AskedQuestion
from app.programmes.settings import mark_of
from app.programmes.vocabulary import CRITERIA
from app.rounds import asking, closing, deciding, next_time, publishing, question_tasks, tasks, what_ifs
from app.rounds.closing_models import ChangedPart
from app.rounds.deciding import PairOf
from app.rounds.models import Assignment, Enrolment, EnrolmentRole, EnrolmentWish, MatchingRound
from app.rounds.question_models import QuestionKind
from app.rounds.states import RoundState
from app.skills.models import ClaimEvidence, EvidenceKind
from tests import factories
from tests.conftest import NOW
from tests.rounds.conftest import asked_for_run, company, department, finished_run, person_called

PASSWORD = "four words that rhyme"
KEPT = passwords.hashed(PASSWORD)


@dataclass(frozen=True, slots=True)
class Sample:
    """What one sends to a route so that it is accepted."""

    address: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)


Maker = Callable[[Account], Sample]


def sender() -> Account:
    """Return an account that may send every form: of a person, with the HR role."""
    return factories.account(roles={Role.EMPLOYEE, Role.HR}, password_hash=KEPT)


def own(**fields: Any) -> Maker:
    """Make a sample about the sender's own profile."""
    return lambda account: Sample({"person_id": account.person_id}, fields)


def plain(**fields: Any) -> Maker:
    """Make a sample of a form whose address names nothing."""
    return lambda _account: Sample(fields=fields)


def person_of(account: Account) -> Person:
    return db.session.get_one(Person, account.person_id)


def claim(account: Account, **fields: Any) -> Sample:
    held = factories.claim(person_of(account), factories.skill(), level=2)
    return Sample({"claim_id": held.id}, fields)


def goal(account: Account, **fields: Any) -> Sample:
    wished = factories.goal(person_of(account), factories.skill(), level=3)
    return Sample({"goal_id": wished.id}, fields)


def evidence(account: Account) -> Sample:
    row = ClaimEvidence(kind=EvidenceKind.WORK, description="Did it", **claim(account).address)
    db.session.add(row)
    db.session.commit()
    return Sample({"claim_id": row.claim_id, "evidence_id": row.id})


def skill_wanted(account: Account, **fields: Any) -> Sample:
    return Sample(fields={"skill": factories.skill().label, "level": "3", **fields})


def skill_found(account: Account) -> Sample:
    """The second step: one skill of those that Find has found."""
    skill = factories.skill()
    return Sample(fields={"found": str(skill.id), "level": "3"}, query={"skill": skill.label})


def other_session(account: Account) -> Sample:
    open_session(account, browser="Another one")
    db.session.commit()
    latest = db.session.scalar(sa.select(sa.func.max(SignInSession.id)).filter_by(account_id=account.id))
    return Sample({"session_id": latest})


def someone_to_block(account: Account) -> Sample:
    other = factories.person(name="Somebody Else")
    return Sample({"person_id": account.person_id}, {"other_id": str(other.id)}, {"name": "Somebody"})


def someone_blocked(account: Account) -> Sample:
    other = factories.person()
    db.session.add(PersonalBlock(person_id=account.person_id, blocked_person_id=other.id))
    db.session.commit()
    return Sample({"person_id": account.person_id, "other_id": other.id})


def a_programme(**fields: Any) -> Maker:
    """Make a sample about a programme."""
    return lambda _account: Sample({"key": factories.programme().key}, fields)


def audience(account: Account) -> Sample:
    """Who may take part, with every kind of limit."""
    chosen = {
        "mentee_departments": department("Care").name,
        "mentee_lowest_grade": "2",
        "mentor_highest_grade": "9",
    }
    return Sample({"key": factories.programme().key}, chosen)


def a_question(**fields: Any) -> Maker:
    """Make a sample about the second of three questions of a programme."""

    def made(account: Account) -> Sample:
        programme = factories.programme()
        for words in ("First?", "Second?", "Third?"):
            question = {
                "words": words,
                "type": "yes_no",
                "options": [],
                "asked_of": "everyone",
                "required": True,
            }
            programme_questions.ask_question(programme, question, by=account)
        db.session.commit()
        return Sample({"key": programme.key, "question": "second"}, fields)

    return made


def a_known_question(account: Account) -> Sample:
    """Make a sample of a question that another programme asks."""
    a_question()(account)
    return Sample({"key": factories.programme().key}, {"question": "second"})


def a_version(account: Account) -> Sample:
    """The first version of a programme that has another name since."""
    programme = factories.programme()
    versions.change(programme, {"name": f"{programme.name} of old"}, by=account)
    db.session.commit()
    return Sample({"key": programme.key, "number": 1}, {"seen": "2"})


def a_community(**fields: Any) -> Maker:
    """Make a sample about a community."""
    return lambda _account: Sample({"slug": factories.community().slug}, fields)


def community_settings(account: Account) -> dict[str, str]:
    return {
        "name": "Data storytelling",
        "purpose": "Better charts",
        "topics": factories.skill().label,
        "joining": "request",
        "least_members": "3",
        "most_members": "20",
        "mix_department": "2",
        "mix_location": "",
    }


def own_notification(account: Account) -> Sample:
    told = factories.notification(person_of(account))
    return Sample({"notification_id": told.id})


def own_community(account: Account) -> Sample:
    community = factories.community()
    factories.membership(person_of(account), community)
    return Sample({"slug": community.slug})


def community_asked(account: Account) -> Sample:
    """Send what one writes to the leads of a community that people ask."""
    return Sample({"slug": factories.community(joining=Joining.REQUEST).slug}, {"words": "I like charts"})


def community_invites(account: Account) -> Sample:
    community = factories.community(joining=Joining.INVITED)
    factories.community_request(person_of(account), community, is_invitation=True)
    return Sample({"slug": community.slug})


def own_request(account: Account) -> Sample:
    community = factories.community(joining=Joining.REQUEST)
    factories.community_request(person_of(account), community)
    return Sample({"slug": community.slug})


def somebodys_request(account: Account) -> Sample:
    community = factories.community(joining=Joining.REQUEST)
    asked = factories.community_request(factories.person(), community)
    return Sample({"slug": community.slug, "request_id": asked.id})


def somebody_for_community(account: Account) -> Sample:
    other = factories.person(name="Somebody Else")
    address = {"slug": factories.community().slug}
    return Sample(address, {"person_id": str(other.id)}, {"name": "Somebody"})


def community_lead(account: Account) -> Sample:
    community, other = factories.community(), factories.person()
    factories.membership(other, community, role=MemberRole.LEAD)
    return Sample({"slug": community.slug, "other_id": other.id})


def communities_chosen(account: Account) -> Sample:
    programme = factories.programme(kind=ProgrammeKind.COMMUNITIES)
    return Sample({"key": programme.key}, {"communities": factories.community().name})


def agenda_of_programme(account: Account) -> Sample:
    fields = {"agenda": ["5 Hello", "30 The topic"], "seen": mark_of([])}
    return Sample({"key": factories.programme().key}, fields)


def check_ins_of_programme(account: Account) -> Sample:
    fields = {"check_ins": ["after_start 30 How is it going?", "halfway 0 What next?"], "seen": mark_of([])}
    return Sample({"key": factories.programme().key}, fields)


def check_in(kind: EngagementKind) -> Maker:
    """Make a sample of a check-in that the sender and another talk about."""

    def make(account: Account) -> Sample:
        row = factories.with_check_in(kind, person_of(account), factories.person())
        return Sample({"engagement_id": row.id, "position": 1})

    return make


def communities_named(account: Account) -> Sample:
    matching_round = factories.matching_round(
        programmes=[factories.programme(kind=ProgrammeKind.COMMUNITIES)]
    )
    factories.enrolment(person_of(account), EnrolmentRole.MEMBER, matching_round)
    address = {"round_id": matching_round.id, "programme_id": matching_round.programmes[0].id}
    chosen = {f"place_{place}": str(factories.community().id) for place in range(1, 6)}
    return Sample(address, chosen)


def new_round(account: Account) -> Sample:
    days = {"opens_on": "2026-12-01", "closes_on": "2026-12-15"}
    lasts = {"starts_on": "2027-01-04", "ends_on": "2027-04-01"}
    return Sample(
        fields={"name": "Winter 2027", "programmes": str(factories.programme().id), **days, **lasts}
    )


def shared_round(account: Account) -> Sample:
    programmes = [factories.programme(name=name) for name in ("One", "Other")]
    matching_round = factories.matching_round(programmes=programmes)
    covers = {f"cover_{row.id}": str(place) for place, row in enumerate(programmes, start=1)}
    return Sample({"round_id": matching_round.id}, {"shares_hours": "y", **covers})


def a_round(state: RoundState, **values: Any) -> Maker:
    def make(account: Account) -> Sample:
        return Sample({"round_id": factories.matching_round(state=state, **values).id})

    return make


def enrolment(account: Account) -> Sample:
    matching_round = factories.matching_round()
    programme_id = matching_round.programmes[0].id
    fields = {f"programme-{programme_id}-role": "mentor", f"programme-{programme_id}-places": "2"}
    return Sample({"round_id": matching_round.id, "programme_id": programme_id}, fields)


def own_answers(account: Account) -> Sample:
    sample = own_enrolment(account)
    matching_round = db.session.get_one(MatchingRound, sample.address["round_id"])
    programme = matching_round.programmes[0]
    question = {
        "words": "Where?",
        "type": "one_choice",
        "options": ["Here", "There"],
        "asked_of": "everyone",
        "required": True,
    }
    programme_questions.ask_question(programme, question, by=account)
    db.session.commit()
    asked = db.session.scalars(sa.select(AskedQuestion).filter_by(programme_id=programme.id)).one()
    return Sample(sample.address, {f"programme-{programme.id}-mentee-{asked.question_id}": "Here"})


def own_enrolment(account: Account) -> Sample:
    matching_round = factories.matching_round()
    row = factories.enrolment(person_of(account), EnrolmentRole.MENTEE, matching_round)
    return Sample({"round_id": matching_round.id, "enrolment_id": row.id})


def seeker(account: Account) -> tuple[MatchingRound, Sample]:
    matching_round = factories.matching_round()
    factories.enrolment(person_of(account), EnrolmentRole.MENTEE, matching_round)
    address = {"round_id": matching_round.id, "programme_id": matching_round.programmes[0].id}
    return matching_round, Sample(address)


def mentor_in(matching_round: MatchingRound, **values: Any) -> Person:
    mentor = factories.person(mentor_capacity=2, **values)
    factories.enrolment(mentor, EnrolmentRole.MENTOR, matching_round, places=2)
    return mentor


def mentor_wanted(account: Account) -> Sample:
    matching_round, sample = seeker(account)
    return Sample(sample.address, {"name": mentor_in(matching_round).name})


def mentor_found(account: Account) -> Sample:
    """The second step: one mentor of those that Find has found."""
    matching_round, sample = seeker(account)
    mentor = mentor_in(matching_round, name="Somebody Else")
    return Sample(sample.address, {"found": str(mentor.id)}, {"name": "Somebody"})


def mentor_named(account: Account) -> Sample:
    matching_round, sample = seeker(account)
    mentors = [mentor_in(matching_round) for _ in range(3)]
    enrolment_id = db.session.scalar(sa.select(Enrolment.id).filter_by(person_id=account.person_id))
    for position, mentor in enumerate(mentors, start=1):
        db.session.add(EnrolmentWish(enrolment_id=enrolment_id, position=position, mentor_id=mentor.id))
    db.session.commit()
    return Sample({**sample.address, "mentor_id": mentors[1].id})


def latecomer(account: Account) -> Sample:
    matching_round = factories.matching_round(state=RoundState.CLOSED)
    late = factories.person(name="Late Comer")
    part = f"{matching_round.programmes[0].id}-mentee"
    fields = {"person_id": str(late.id), "part": part, "places": "1"}
    return Sample({"round_id": matching_round.id}, fields, {"name": "Comer"})


def added_late(account: Account) -> Sample:
    matching_round = factories.matching_round(state=RoundState.CLOSED)
    row = factories.enrolment(factories.person(), EnrolmentRole.MENTEE, matching_round)
    row.added_late_at = NOW
    db.session.commit()
    return Sample({"round_id": matching_round.id, "enrolment_id": row.id})


def closed_company(account: Account) -> Sample:
    return Sample({"round_id": company().id})


def waiting_run(account: Account) -> Sample:
    run = asked_for_run(company())
    return Sample({"round_id": run.matching_round_id, "run_id": run.id})


def proposed_run(account: Account, **fields: Any) -> Sample:
    run = finished_run(company())
    return Sample({"round_id": run.matching_round_id, "run_id": run.id}, fields)


def published_round(account: Account) -> Sample:
    run = finished_run(company())
    publishing.publish_run(run, by=account)
    db.session.commit()
    return Sample({"round_id": run.matching_round_id})


def declined_round(account: Account) -> Sample:
    run = finished_run(company())
    publishing.publish_run(run, by=account, answer_by=NOW.date() + timedelta(days=7))
    row = db.session.scalars(sa.select(Engagement).order_by(Engagement.id)).first()
    proposals.decline(
        row,
        person_id=row.members[0].person_id,
        reason=DeclineReason.NO_TIME,
        words="",
        seeks_another=True,
        by=account,
    )
    db.session.commit()
    return Sample({"round_id": run.matching_round_id})


def proposal(account: Account, **fields: Any) -> Sample:
    mentor = factories.person(mentor_capacity=2)
    return Sample({"engagement_id": factories.proposal(person_of(account), mentor).id}, fields)


def what_if(account: Account) -> Sample:
    run = finished_run(company())
    (key,) = run.settings
    weights = {
        f"{key}-{criterion}": str(weight) for criterion, weight in run.settings[key]["criteria"].items()
    }
    unused = {f"{key}-{criterion}": "0" for criterion in CRITERIA}
    fields = {**unused, **weights, f"{key}-goals": "coverage,points"}
    return Sample({"round_id": run.matching_round_id, "run_id": run.id}, fields)


def a_match(account: Account, **fields: Any) -> Sample:
    run = finished_run(company())
    match_id = db.session.scalar(sa.select(sa.func.min(Assignment.id)).filter_by(run_id=run.id))
    return Sample({"round_id": run.matching_round_id, "run_id": run.id, "match_id": match_id}, fields)


def other_mentor(account: Account) -> Sample:
    run = finished_run(company())
    about = PairOf(
        run.matching_round.programmes[0].id, person_called("Mentee 0").id, person_called("Mentor 0").id
    )
    question = asking.ask_about(run, QuestionKind.ALTERNATIVES, about, by=account)
    db.session.commit()
    question_tasks.answer(question.id)
    db.session.expire_all()
    other = question.answer["options"][0]["mentor"]
    address = {"round_id": run.matching_round_id, "run_id": run.id, "question_id": question.id}
    return Sample(address, {"mentor": str(other)})


def mentor_asked_about(account: Account) -> Sample:
    run = finished_run(company())
    about = {"programme_id": run.matching_round.programmes[0].id, "person_id": person_called("Mentee 0").id}
    address = {"round_id": run.matching_round_id, "run_id": run.id, **about}
    return Sample(address, {"mentor": str(person_called("Mentor 1").id)}, {"name": "Mentor"})


def a_mentee(account: Account) -> Sample:
    part = db.session.scalars(
        sa.select(Enrolment).filter_by(matching_round_id=company().id, role=EnrolmentRole.MENTEE)
    ).first()
    about = {"programme_id": part.programme_id, "person_id": part.person_id}
    return Sample({"round_id": part.matching_round_id, **about})


def a_decision(account: Account) -> Sample:
    about = a_mentee(account).address
    matching_round = db.session.get_one(MatchingRound, about["round_id"])
    row = deciding.require(
        matching_round, programme_id=about["programme_id"], mentee_id=about["person_id"], by=account
    )
    db.session.commit()
    return Sample({"round_id": about["round_id"], "decision_id": row.id})


def round_over(account: Account, **fields: Any) -> Sample:
    sample = a_round(RoundState.PUBLISHED, published_at=NOW)(account)
    return Sample(sample.address, fields)


def decided_at_the_end(account: Account) -> Sample:
    matching_round = db.session.get_one(MatchingRound, round_over(account).address["round_id"])
    row = closing.decide(matching_round, closing.Wanted(words="Ask earlier"), by=account)
    db.session.commit()
    return Sample({"round_id": matching_round.id, "decision_id": row.id})


def decided_before(account: Account) -> Sample:
    before = db.session.get_one(MatchingRound, round_over(account).address["round_id"])
    (programme,) = before.programmes
    wanted = closing.Wanted(part=ChangedPart.NO_RULE, programme=programme, name="shared_language")
    row = closing.decide(before, wanted, by=account)
    following = factories.matching_round(
        programmes=[programme], starts_on=date(2027, 3, 8), ends_on=date(2027, 6, 4)
    )
    return Sample(
        {"round_id": following.id}, {"seen": what_ifs.mark_of(next_time.changes_by([row], [programme]))}
    )


def settings_tried(account: Account) -> Sample:
    run = finished_run(company())
    settings = {key: {**programme, "rules": {}} for key, programme in run.settings.items()}
    tried = what_ifs.request_what_if(run, settings, by=account)
    db.session.commit()
    tasks.carry_out(tried.id)
    db.session.expire_all()
    fields = {"seen": what_ifs.mark_of(what_ifs.changes_by(tried))}
    return Sample({"round_id": run.matching_round_id, "run_id": tried.id}, fields)


HOURS = {"first_start": "09:00", "first_end": "12:00", "second_start": "13:00", "second_end": "17:00"}
WORK = {"job_title": "Engineer", "department_id": "", "location_id": "", "spoken": "en"}


def settings_of_matched(part: str, **fields: Any) -> Maker:
    """Make a sample of settings for a programme that has been matched, sent by somebody who has seen them."""

    def make(account: Account) -> Sample:
        programme = finished_run(company()).matching_round.programmes[0]
        seen = mark_of(programmes.settings_of(programme)[part])
        return Sample({"key": programme.key}, {"seen": seen, **fields})

    return make


RULES_SET = {"shared_language": "y", "shared_hours": "y", "shared_hours-minutes": "60"}
WORDS_SET = {"by": "words", **dict.fromkeys(CRITERIA, "0"), "skills": "8", "hours": "2"}
NUMBERS_SET = {"by": "numbers", **{f"exact-{name}": "5" for name in CRITERIA}}
GOALS_SET = {"goals": ["points", "coverage"]}

SAMPLES: dict[str, list[Maker]] = {
    "auth.sign_in": [
        lambda account: Sample(fields={"email": account.email, "password": PASSWORD, "next": "/people"})
    ],
    "auth.sign_out": [plain()],
    "auth.close_session": [other_session],
    "auth.close_other_sessions": [plain()],
    "auth.password": [plain(current=PASSWORD, new="quite another secret", again="quite another secret")],
    "auth.appearance": [plain(theme="dark", next="/people")],
    "people.about": [own(**WORK, another_language="fr", bio="I mend bicycles.")],
    "people.availability": [own(time_zone="Europe/Paris", hours_a_month="4", **HOURS)],
    "people.mentoring": [own(seeks_mentor="yes", mentor_capacity="2")],
    "people.pause": [own(starts_on="2026-12-01", ends_on="2026-12-31")],
    "people.end_pause": [own()],
    "people.blocks": [someone_to_block],
    "people.unblock": [someone_blocked],
    "skills.add_claim": [skill_wanted, skill_found],
    "skills.add_goal": [lambda account: skill_wanted(account, importance="2")],
    "skills.claim": [lambda account: claim(account, level="3")],
    "skills.remove_claim": [claim],
    "skills.add_evidence": [
        lambda account: claim(account, kind="work", description="Led it", happened_on="2026-10-01")
    ],
    "skills.remove_evidence": [evidence],
    "skills.goal": [lambda account: goal(account, level="4", importance="3")],
    "skills.remove_goal": [goal],
    "notifications.read": [own_notification],
    "notifications.read_all": [plain()],
    "communities.create": [lambda account: Sample(fields=community_settings(account))],
    "communities.edit": [lambda account: Sample(a_community()(account).address, community_settings(account))],
    "communities.archive": [a_community()],
    "communities.restore": [lambda _account: Sample({"slug": factories.community(archived_at=NOW).slug})],
    "communities.join": [a_community()],
    "communities.ask": [community_asked],
    "communities.withdraw": [own_request],
    "communities.leave": [own_community],
    "communities.accept_invitation": [community_invites],
    "communities.decline_invitation": [community_invites],
    "communities.accept_request": [somebodys_request],
    "communities.decline_request": [somebodys_request],
    "communities.invite": [somebody_for_community],
    "communities.leads": [somebody_for_community],
    "communities.remove_lead": [community_lead],
    "programmes.create": [plain(name="Mentoring for managers", kind="mentoring", hours_a_month="2")],
    "programmes.describe": [a_programme(name="Mentoring for all", hours_a_month="1.5")],
    "programmes.choose_people": [audience],
    "programmes.choose_communities": [communities_chosen],
    "programmes.save_agenda": [agenda_of_programme],
    "programmes.add_question": [
        a_programme(
            words="Where?", answer_type="one_choice", options="Here\nThere", asked_of="mentee", required="y"
        ),
    ],
    "programmes.ask_again": [a_known_question],
    "programmes.change_question": [
        a_question(words="When?", answer_type="date", options="", asked_of="mentor", required="y"),
    ],
    "programmes.move_question_up": [a_question()],
    "programmes.move_question_down": [a_question()],
    "programmes.remove_question": [a_question()],
    "programmes.save_check_ins": [check_ins_of_programme],
    "programmes.write_messages": [
        a_programme(**{kind.value: f"Hello {{name}}, {kind}" for kind in MessageKind})
    ],
    "programmes.use_version": [a_version],
    "programmes.make_copy": [a_programme(name="Copy of it")],
    "programmes.archive": [a_programme()],
    "programmes.restore": [a_programme()],
    "programmes.save_rules": [settings_of_matched("rules", **RULES_SET)],
    "programmes.try_rules": [settings_of_matched("rules", **RULES_SET)],
    "programmes.count_rules": [settings_of_matched("rules", **RULES_SET)],
    "programmes.save_weights": [
        settings_of_matched("criteria", **WORDS_SET),
        settings_of_matched("criteria", **NUMBERS_SET),
    ],
    "programmes.try_weights": [settings_of_matched("criteria", **WORDS_SET)],
    "programmes.share_out": [settings_of_matched("criteria", **WORDS_SET)],
    "programmes.save_goals": [settings_of_matched("goals", **GOALS_SET)],
    "programmes.try_goals": [settings_of_matched("goals", **GOALS_SET)],
    "rounds.create": [new_round],
    "rounds.share": [shared_round],
    "rounds.open_": [a_round(RoundState.DRAFT)],
    "rounds.close": [a_round(RoundState.OPEN)],
    "rounds.run": [closed_company],
    "rounds.give_up": [a_round(RoundState.OPEN)],
    "rounds.complete": [lambda account: round_over(account, keep="The dates")],
    "rounds.save_check": [lambda account: round_over(account, keep="The dates")],
    "rounds.decide": [
        lambda account: round_over(
            account, what="other", figure="", words="Ask earlier", owner="0", due_on=""
        )
    ],
    "rounds.remove_closing_decision": [decided_at_the_end],
    "rounds.use_decided": [decided_before],
    "rounds.stop": [waiting_run],
    "rounds.make_public": [
        lambda account: proposed_run(account, how="at_once"),
        lambda account: proposed_run(account, how="ask", answer_by="2026-11-30"),
    ],
    "rounds.match_again": [declined_round],
    "rounds.take_back": [published_round],
    "mentorships.mark_check_in": [check_in(EngagementKind.MENTORSHIP)],
    "mentorships.mark_check_in_of_group": [check_in(EngagementKind.GROUP_MENTORING)],
    "peers.mark_check_in": [check_in(EngagementKind.PEER_COACHING)],
    "mentorships.accept": [proposal],
    "mentorships.say_no": [
        lambda account: proposal(account, reason="no_time", again="no"),
        lambda account: proposal(account, reason="other", words="I move to Lyon", again="yes"),
    ],
    "rounds.try_out": [what_if],
    "rounds.take_over": [settings_tried],
    "rounds.replay": [proposed_run],
    "rounds.take_part": [enrolment],
    "rounds.answer_questions": [own_answers],
    "rounds.withdraw": [own_enrolment],
    "rounds.wishes": [mentor_wanted, mentor_found],
    "rounds.community_wishes": [communities_named],
    "rounds.move_wish_up": [mentor_named],
    "rounds.move_wish_down": [mentor_named],
    "rounds.remove_wish": [mentor_named],
    "rounds.late_joiners": [latecomer],
    "rounds.take_out": [added_late],
    "rounds.lock": [a_match],
    "rounds.unlock": [a_match],
    "rounds.note": [lambda account: a_match(account, words="Both asked for it")],
    "rounds.keep_apart": [lambda account: a_match(account, reason="They asked for it")],
    "rounds.lock_all": [proposed_run],
    "rounds.unlock_all": [proposed_run],
    "rounds.must_have": [a_mentee],
    "rounds.undo_decision": [a_decision],
    "rounds.ask_others": [a_match],
    "rounds.ask_why_not": [mentor_asked_about],
    "rounds.ask_prices": [proposed_run],
    "rounds.choose": [other_mentor],
}
