"""Every kind of programme is matched by its own rules, and only mentoring goes by what profiles say."""

import pytest
import sqlalchemy as sa

from app.db import db
from app.errors import Invalid
from app.people.models import Person
from app.programmes.kinds import KINDS
from app.programmes.models import Programme, ProgrammeKind
from app.programmes.service import change_settings, create_programme, settings_of
from app.programmes.vocabulary import KIND_WORDS
from app.rounds import data_quality, enrolling, late_joining, publishing, service, what_ifs
from app.rounds.actions import next_step
from app.rounds.models import Assignment, EnrolmentRole
from app.rounds.queries import Counts
from app.rounds.snapshot import take
from app.rounds.states import RoundState
from tests import factories
from tests.rounds.conftest import BY, finished_run

MENTEE, MENTOR = EnrolmentRole.MENTEE, EnrolmentRole.MENTOR
OTHER_MENTORING = [ProgrammeKind.REVERSE_MENTORING, ProgrammeKind.FLASH_MENTORING]


def programme_of(kind: ProgrammeKind) -> Programme:
    """Set up a programme as HR gets it without changing anything."""
    return create_programme(key=kind.replace("_", "-"), name=KIND_WORDS[kind], kind=kind, by=BY)


def round_of(kind: ProgrammeKind, state: RoundState = RoundState.OPEN):
    """Return a round of one programme of a kind."""
    return factories.matching_round(state=state, programmes=[programme_of(kind)])


@pytest.mark.parametrize("kind", ProgrammeKind)
def test_every_kind_has_words_and_usual_settings_that_are_taken(app, kind):
    programme = programme_of(kind)
    usual = KINDS[kind]
    assert programme.kind is kind
    assert programme.hours_a_month == usual.hours_a_month
    assert {row.criterion: row.weight for row in programme.criteria} == usual.criteria
    assert set(usual.criteria) <= set(usual.criteria_known())


def test_reverse_mentoring_weighs_no_step_up_in_grade(app):
    programme = programme_of(ProgrammeKind.REVERSE_MENTORING)
    assert "grade_step" not in KINDS[programme.kind].criteria_known()
    settings = {"rules": {}, "criteria": {"skills": 60, "grade_step": 40}, "goals": ["coverage"]}
    with pytest.raises(Invalid, match="Reverse mentoring has no criterion grade_step"):
        change(programme, settings)


def change(programme, settings):
    change_settings(programme, settings, seen=settings_of(programme), by=BY)


def test_a_what_if_of_reverse_mentoring_weighs_no_step_up_either(app):
    matching_round = junior_and_senior()
    run = finished_run(matching_round)
    key = matching_round.programmes[0].key
    settings = {key: {**run.settings[key], "criteria": {"grade_step": 100}}}
    with pytest.raises(Invalid, match="has no criterion grade_step"):
        what_ifs.request_what_if(run, settings, by=BY)


def junior_and_senior(kind: ProgrammeKind = ProgrammeKind.REVERSE_MENTORING):
    """Return a closed round in which a junior and a senior each seek what the other offers."""
    matching_round = round_of(kind, RoundState.CLOSED)
    skill = factories.skill("Prompt writing")
    for name, grade in (("Junior", 2), ("Senior", 6)):
        person = factories.person(name=name, grade=grade)
        factories.claim(person, skill, level=4)
        factories.goal(person, skill, level=5)
        for role in EnrolmentRole:
            factories.enrolment(person, role, matching_round)
    return matching_round


def test_in_reverse_mentoring_the_junior_is_the_mentor(app):
    matching_round = junior_and_senior()
    run = finished_run(matching_round)
    found = db.session.scalars(sa.select(Assignment).filter_by(run_id=run.id)).one()
    assert {row.role: row.person.name for row in found.members} == {MENTEE: "Senior", MENTOR: "Junior"}
    assert publishing.publish_run(run, by=BY) == 1


@pytest.mark.parametrize("kind", OTHER_MENTORING)
def test_nobody_is_enrolled_in_other_mentoring_because_of_their_profile(app, kind):
    factories.person(seeks_mentor=True, mentor_capacity=3)
    matching_round = round_of(kind, RoundState.DRAFT)
    assert "Nobody is enrolled by their profile." in next_step(matching_round, Counts(0, 0, 0), None).sentence
    assert service.open_round(matching_round, by=BY) == 0


@pytest.mark.parametrize("kind", OTHER_MENTORING)
def test_an_offer_of_other_mentoring_leaves_the_profile_alone_and_is_not_capped_by_it(app, kind):
    matching_round = round_of(kind)
    programme, person = matching_round.programmes[0], factories.person(mentor_capacity=1)
    enrolling.enrol(person, matching_round, programme=programme, role=MENTOR, places=4, by=BY)
    assert person.mentor_capacity == 1
    assert [row.capacity for row in take(matching_round).programmes[0].mentors] == [4]
    assert data_quality.Problem.NO_PLACE not in data_quality.problem_counts(matching_round)


def test_whoever_is_added_late_to_other_mentoring_keeps_their_profile(app):
    matching_round = round_of(ProgrammeKind.FLASH_MENTORING, RoundState.CLOSED)
    person = factories.person()
    late_joining.add_late(
        person, matching_round, programme=matching_round.programmes[0], role=MENTOR, places=4, by=BY
    )
    assert db.session.get_one(Person, person.id).mentor_capacity == 0


def test_who_seeks_a_mentor_is_not_missed_in_a_round_without_mentoring(app):
    factories.person(seeks_mentor=True)
    assert data_quality.Problem.NOT_ENROLLED not in data_quality.problem_counts(
        round_of(ProgrammeKind.FLASH_MENTORING)
    )


@pytest.mark.parametrize("kind", OTHER_MENTORING)
def test_the_page_of_enrolment_says_what_kind_it_is(app, client_for, kind):
    matching_round = round_of(kind)
    page = client_for(factories.account()).get(f"/rounds/{matching_round.id}/enrolment").text
    for words in (KINDS[kind].wish, KINDS[kind].offer, KINDS[kind].wish_about, KINDS[kind].offer_about):
        assert words in page
    assert f'value="{KINDS[kind].usual_places}"' in page


def test_programmes_of_other_kinds_are_set_up_by_command(app):
    made = app.test_cli_runner().invoke(
        args=["programmes", "create", "Quick help", "--kind", "flash_mentoring"]
    )
    assert "Quick help (mentoring): flash mentoring, 0.5 hours a month" in made.output


def test_peers_have_no_goal_that_triads_cannot_reach(app):
    programme = programme_of(ProgrammeKind.PEER_COACHING)
    with pytest.raises(Invalid, match="Peer coaching has no goal stable"):
        change(programme, {**settings_of(programme), "goals": ["stable", "coverage"]})
