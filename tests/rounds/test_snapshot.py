"""The snapshot tells the engine exactly what the database knows, and no more than it needs."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from app import audit
from app.db import db
from app.engagements.models import Engagement, EngagementKind, EngagementMember, EngagementRole
from app.people.models import Department, Location, Person, PersonalBlock, SpokenLanguage, WorkingHours
from app.rounds import enrolling
from app.rounds.models import Enrolment, EnrolmentRole
from app.rounds.snapshot import take
from app.rounds.states import RoundState
from app.skills.models import EdgeKind, SkillEdge
from matching.problem import EdgeKind as Edge
from matching.problem import Held, ProblemError, Wanted
from tests import factories
from tests.conftest import NOW
from tests.counting import count_statements, count_steps
from tests.rounds.conftest import company

TODAY = NOW.date()
MENTEE, MENTOR = EnrolmentRole.MENTEE, EnrolmentRole.MENTOR


def key(person) -> str:
    return f"p{person.id}"


def two(**mentor_values):
    """Return an open round with one mentee and one mentor of two places."""
    matching_round = factories.matching_round()
    mentee = factories.person(name="Ada")
    mentor = factories.person(**{"name": "Bo", "mentor_capacity": 2, **mentor_values})
    factories.enrolment(mentee, MENTEE, matching_round)
    factories.enrolment(mentor, MENTOR, matching_round, places=2)
    return matching_round, mentee, mentor


def publish_pair(mentee, mentor, matching_round, starts_on=date(2026, 7, 1)):
    db.session.add(
        Engagement(
            kind=EngagementKind.MENTORSHIP,
            programme_id=matching_round.programmes[0].id,
            matching_round_id=matching_round.id,
            starts_on=starts_on,
            members=[
                EngagementMember(person_id=mentee.id, role=EngagementRole.MENTEE),
                EngagementMember(person_id=mentor.id, role=EngagementRole.MENTOR),
            ],
        )
    )
    db.session.commit()


def earlier_round(programmes, starts_on):
    return factories.matching_round(
        state=RoundState.PUBLISHED,
        published_at=NOW,
        opens_on=starts_on,
        closes_on=starts_on,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=90),
        programmes=programmes,
    )


def test_a_person_comes_with_everything_the_rules_and_criteria_ask_about(app):
    matching_round = factories.matching_round()
    ada = factories.person(
        name="Ada",
        department=Department(name="Care"),
        location=Location(name="Paris", time_zone="Europe/Paris"),
        grade=4,
        hours_a_month=3.5,
        working_hours=[
            WorkingHours(starts_minute=480, ends_minute=720),
            WorkingHours(starts_minute=780, ends_minute=1020),
        ],
        languages=[SpokenLanguage(language="fr"), SpokenLanguage(language="en")],
    )
    sql, python = factories.skill("SQL"), factories.skill("Python")
    factories.claim(ada, sql, level=2)
    factories.goal(ada, python, level=4, importance=3)
    factories.enrolment(ada, MENTEE, matching_round)
    person = next(row for row in take(matching_round).people if row.id == key(ada))
    assert (person.name, person.department, person.location, person.time_zone) == (
        "Ada", "Care", "Paris", "Europe/Paris",
    )  # fmt: skip
    assert person.working_hours == ((480, 720), (780, 1020))
    assert sorted(person.languages) == ["en", "fr"]
    assert (person.grade, person.hours_a_month) == (4, 3.5)
    assert person.attributes == {"department": "Care", "location": "Paris"}
    assert person.holds == (Held(f"s{sql.id}", 2),)
    assert person.wants == (Wanted(f"s{python.id}", 4, 3),)


def test_the_programme_comes_with_its_rules_weights_and_goals(app):
    matching_round, mentee, mentor = two()
    programme = take(matching_round).programmes[0]
    assert programme.id == matching_round.programmes[0].key
    assert [rule.rule for rule in programme.rules] == ["not_in_reporting_line", "shared_language"]
    assert programme.criteria == {"skills": 60, "level_step": 20, "hours": 10, "variety": 10}
    assert programme.goals == ("coverage", "points")
    assert [(row.person, row.places) for row in programme.mentees] == [(key(mentee), 1)]
    assert [(row.person, row.capacity) for row in programme.mentors] == [(key(mentor), 2)]


def test_a_mentor_gets_no_more_mentees_than_their_profile_offers_now(app):
    matching_round, _, _ = two(mentor_capacity=1)
    assert take(matching_round).programmes[0].mentors[0].capacity == 1


@pytest.mark.parametrize("change", [{"mentor_capacity": 0}, {"left_on": TODAY}, {"paused_from": TODAY}])
def test_whoever_cannot_take_part_any_more_is_not_in_it(app, change):
    matching_round, mentee, _ = two(**change)
    problem = take(matching_round)
    assert problem.programmes[0].mentors == ()
    assert [person.id for person in problem.people] == [key(mentee)]


def test_whoever_withdrew_is_not_in_it(app):
    matching_round, _, _ = two()
    enrolment = factories.enrolment(factories.person(), MENTEE, matching_round)
    enrolling.withdraw(enrolment, matching_round, by=audit.COMMAND_LINE)
    assert len(take(matching_round).programmes[0].mentees) == 1


def test_reporting_lines_are_whole_even_through_people_who_do_not_take_part(app):
    top = factories.person(name="Top")
    middle = factories.person(name="Middle", manager_id=top.id)
    matching_round, _, mentor = two(manager_id=middle.id)
    managers = {person.id: person.manager for person in take(matching_round).people}
    assert managers[key(mentor)] == key(middle)
    assert managers[key(middle)] == key(top)
    assert managers[key(top)] is None


def test_managers_in_a_circle_are_refused_in_words(app):
    one = factories.person()
    matching_round, _, mentor = two(manager_id=one.id)
    one.manager_id = mentor.id
    db.session.commit()
    with pytest.raises(ProblemError) as refusal:
        take(matching_round)
    assert "circle" in refusal.value.sentence


def test_the_skill_graph_holds_what_is_needed_and_all_that_is_broader(app):
    matching_round, mentee, mentor = two()
    sql, data, work, cooking, python = (
        factories.skill(name) for name in ("SQL", "Data", "Work", "Cooking", "Python")
    )
    for narrow, broad in ((sql, data), (data, work), (cooking, work)):
        db.session.add(SkillEdge(from_skill_id=narrow.id, kind=EdgeKind.BROADER, to_skill_id=broad.id))
    db.session.add(SkillEdge(from_skill_id=sql.id, kind=EdgeKind.RELATED, to_skill_id=python.id))
    factories.claim(mentor, sql)
    factories.goal(mentee, python)
    rows = take(matching_round).skills
    assert {node.label for node in rows.nodes} == {"SQL", "Data", "Work", "Python"}
    assert {(edge.source, edge.kind, edge.target) for edge in rows.edges} == {
        (f"s{sql.id}", Edge.BROADER, f"s{data.id}"),
        (f"s{data.id}", Edge.BROADER, f"s{work.id}"),
        (f"s{sql.id}", Edge.RELATED, f"s{python.id}"),
    }


def test_a_block_is_told_without_who_asked_for_it(app):
    matching_round, mentee, mentor = two()
    db.session.add(PersonalBlock(person_id=mentor.id, blocked_person_id=mentee.id))
    db.session.add(PersonalBlock(person_id=mentee.id, blocked_person_id=mentor.id))
    db.session.commit()
    assert take(matching_round).blocks == ((key(mentee), key(mentor)),)


def test_earlier_pairs_are_told_with_the_later_round_later_in_the_order_of_text(app):
    matching_round, mentee, mentor = two()
    spring = earlier_round(matching_round.programmes, date(2026, 3, 1))
    autumn = earlier_round(matching_round.programmes, date(2026, 9, 1))
    publish_pair(mentee, mentor, autumn, date(2026, 9, 1))
    publish_pair(mentee, mentor, spring, date(2026, 3, 1))
    history = take(matching_round).history
    assert {row.members for row in history} == {(key(mentee), key(mentor))}
    assert max(row.round for row in history).endswith(autumn.name)


def test_a_mentee_waits_as_many_rounds_as_they_were_left_out_without_a_break(app):
    matching_round, mentee, mentor = two()
    rounds = [earlier_round(matching_round.programmes, date(2026, month, 1)) for month in (1, 4, 7, 10)]
    for earlier in rounds:
        factories.enrolment(mentee, MENTEE, earlier)
    assert take(matching_round).programmes[0].mentees[0].rounds_waited == 4
    publish_pair(mentee, mentor, rounds[1])
    assert take(matching_round).programmes[0].mentees[0].rounds_waited == 2
    publish_pair(mentee, mentor, rounds[3])
    assert take(matching_round).programmes[0].mentees[0].rounds_waited == 0


def test_the_same_round_gives_the_same_problem(app):
    matching_round = company()
    assert take(matching_round).sha256 == take(matching_round).sha256


def test_more_people_take_no_more_statements(app):
    matching_round = company(mentees=4, mentors=2)
    few = statements_of_snapshot(matching_round)
    for _ in range(10):
        factories.enrolment(factories.person(), MENTEE, matching_round)
    assert statements_of_snapshot(matching_round) == few <= 20


def statements_of_snapshot(matching_round) -> int:
    db.session.expire_all()
    with count_statements() as sent:
        take(matching_round)
    return len(sent)


@pytest.mark.sqlite_only
def test_blocks_and_history_cost_in_proportion_to_their_number(app):
    """Looking up everybody for each of them took a minute in a company of ten thousand."""
    few, many = (steps_of_snapshot(mentees) for mentees in (40, 160))
    assert many < 6 * few, (few, many)


def steps_of_snapshot(mentees: int) -> int:
    matching_round = company(mentees=mentees, mentors=mentees // 4, places=4)
    query = sa.select(Person).join(Enrolment).filter_by(matching_round_id=matching_round.id)
    people = db.session.scalars(query.order_by(Person.id)).all()
    for one, other in pairwise(people):
        db.session.add(PersonalBlock(person_id=one.id, blocked_person_id=other.id))
    earlier = earlier_round(matching_round.programmes, date(2026, 3, 1))
    for mentor, mentee in zip(people, people[mentees // 4 :], strict=False):
        publish_pair(mentee, mentor, earlier)
    with count_steps() as hundreds:
        take(matching_round)
    return next(hundreds)
