"""Reasons are said from either side, leavers end what they were part of, and mentors' places are counted."""

from datetime import date

import pytest

from app.audit import COMMAND_LINE
from app.db import db
from app.engagements.models import (
    Engagement,
    EngagementKind,
    EngagementMember,
    EngagementRole,
    EngagementState,
)
from app.engagements.reasons import CRITERIA, RELATIONS, Party, Told, parts_in_words, told
from app.engagements.service import end_engagements_of
from app.people.queries import Filters, directory, profile_of
from matching.skill_paths import Relation
from tests import factories
from tests.conftest import NOW

FACTS = {
    "has_skill": {"skill": "SQL", "level": 4, "wanted": 3},
    "near_skill": {"skill": "SQL", "near": "Python"},
    "lacks_skill": {"skill": "SQL"},
    "below": {"skill": "SQL", "level": 2, "wanted": 3},
    "level_step": {"skill": "SQL", "level": 4, "wanted": 3},
    "hours": {"minutes": 330},
    "variety": {"department": True, "place": False},
    "wish": {"rank": 1},
    "together": {},
    "location": {"same": "location"},
    "grades": {"above": 2},
}


def sentence(kind: str, side: str = "for", *, reader: str = "", **facts) -> str:
    record = {"side": side, "kind": kind, **FACTS[kind], **facts}
    found = told([record], mentee=Party("Ada", reader == "mentee"), mentor=Party("Bo", reader == "mentor"))
    return (found.plus if side == "for" else found.minus)[0].sentence


@pytest.mark.parametrize(
    ("kind", "hr", "mentee", "mentor"),
    [
        (
            "has_skill",
            "Bo has SQL at level 4; Ada wants level 3",
            "Bo has SQL at level 4; you want level 3",
            "You have SQL at level 4; Ada wants level 3",
        ),
        (
            "near_skill",
            "Bo has Python, close to SQL, which Ada wants",
            "Bo has Python, close to SQL, which you want",
            "You have Python, close to SQL, which Ada wants",
        ),
        (
            "lacks_skill",
            "Bo does not have SQL, which Ada wants",
            "Bo does not have SQL, which you want",
            "You do not have SQL, which Ada wants",
        ),
        (
            "level_step",
            "Bo is 1 level above the level Ada wants in SQL",
            "Bo is 1 level above the level you want in SQL",
            "You are 1 level above the level Ada wants in SQL",
        ),
        ("grades", "Bo is 2 grades above Ada", "Bo is 2 grades above you", "You are 2 grades above Ada"),
        ("hours", *["5 hours 30 minutes of shared working hours a day"] * 3),
        ("variety", *["Another department"] * 3),
    ],
)
def test_a_reason_is_said_to_each_reader_in_their_own_words(kind, hr, mentee, mentor):
    assert (sentence(kind), sentence(kind, reader="mentee"), sentence(kind, reader="mentor")) == (
        hr,
        mentee,
        mentor,
    )


@pytest.mark.parametrize("kind", FACTS)
@pytest.mark.parametrize("side", ["for", "against"])
def test_every_kind_of_reason_has_a_sentence_for_each_side(kind, side):
    said = sentence(kind, side, reader="mentee" if kind == "wish" else "")
    assert said == said[0].upper() + said[1:]


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        ("grades", {"above": None}, "A grade is not known"),
        ("grades", {"above": 0}, "Both have the same grade"),
        ("grades", {"above": -1}, "Bo is 1 grade below Ada"),
        ("level_step", {"level": 3}, "Bo is just at the level Ada wants in SQL"),
        ("level_step", {"level": 2}, "Bo is below the level Ada wants in SQL"),
        ("hours", {"minutes": 0}, "No shared working hours"),
        ("hours", {"minutes": 0, "known": False}, "It is not known when both work"),
        ("location", {"same": "time_zone"}, "Different places in one time zone"),
        ("location", {"same": ""}, "Far apart"),
        ("lacks_skill", {"near": "Python"}, "Bo does not have SQL, which Ada wants; Python comes closest"),
        ("below", {}, "Bo has SQL at level 2, and Ada wants level 3"),
        ("variety", {"department": False, "place": False}, "Same department and place of work, or not known"),
    ],
)
def test_what_speaks_against_is_said_as_it_is(kind, facts, words):
    assert sentence(kind, "against", **facts) == words


def test_a_near_skill_is_said_with_its_way_to_the_wanted_one():
    way = [{"skill": "Databases", "relation": "broader"}, {"skill": "SQL", "relation": "builds_on"}]
    record = {"side": "for", "kind": "near_skill", **FACTS["near_skill"], "way": way}
    (reason,) = told([record], mentee=Party("Ada"), mentor=Party("Bo")).plus
    assert reason.way == ("Python", "Databases, broader", "SQL, builds on it")
    assert reason.in_a_line == f"{reason.sentence} (Python -> Databases, broader -> SQL, builds on it)"


@pytest.mark.parametrize("kept", [{}, {"way": []}], ids=["of an earlier round", "without a way"])
@pytest.mark.parametrize("kind", ["near_skill", "lacks_skill"])
def test_a_record_without_a_way_is_said_without_one(kind, kept):
    record = {"side": "for", "kind": kind, **FACTS[kind], **kept}
    (reason,) = told([record], mentee=Party("Ada"), mentor=Party("Bo")).plus
    assert reason.way == ()
    assert reason.in_a_line == reason.sentence


def test_the_words_on_ways_are_those_of_the_engine():
    assert {relation.name.lower(): relation.value for relation in Relation} == RELATIONS


def test_one_time_zone_speaks_for_people_whose_place_of_work_is_not_known():
    assert sentence("location", "for", same="time_zone") == "Same time zone"


def test_parts_are_named_in_words():
    rows = [{"criterion": name, "points": 1, "weight": 2} for name in CRITERIA]
    assert [row[0] for row in parts_in_words(rows)] == list(CRITERIA.values())


@pytest.fixture
def mentorship(app):
    programme = factories.programme()
    mentee, mentor = factories.person(), factories.person(mentor_capacity=3)
    row = Engagement(
        kind=EngagementKind.MENTORSHIP,
        programme_id=programme.id,
        starts_on=date(2026, 11, 1),
        members=[
            EngagementMember(person=mentee, role=EngagementRole.MENTEE),
            EngagementMember(person=mentor, role=EngagementRole.MENTOR),
        ],
    )
    db.session.add(row)
    db.session.commit()
    return row


def test_a_leaver_ends_what_they_were_part_of(mentorship):
    leaver = mentorship.members[0].person
    end_engagements_of(leaver, on=NOW.date(), by=COMMAND_LINE)
    db.session.commit()
    assert (mentorship.state, mentorship.ended_on) == (EngagementState.ENDED, NOW.date())
    assert leaver.name not in mentorship.ended_reason


def test_a_leaver_before_the_first_day_ends_it_on_that_day(mentorship):
    mentorship.starts_on = date(2026, 12, 7)
    end_engagements_of(mentorship.members[0].person, on=NOW.date(), by=COMMAND_LINE)
    db.session.commit()
    assert mentorship.ended_on == date(2026, 12, 7)


def test_a_mentors_profile_counts_the_mentees_they_have_now(mentorship):
    mentor = next(row.person for row in mentorship.members if row.role is EngagementRole.MENTOR)
    assert profile_of(mentor).places.left == 2
    mentorship.state, mentorship.ended_on = EngagementState.COMPLETED, NOW.date()
    db.session.commit()
    assert profile_of(mentor).places.left == 3


def test_the_directory_finds_a_mentor_when_a_mentorship_is_over(mentorship):
    mentor = next(row.person for row in mentorship.members if row.role is EngagementRole.MENTOR)
    mentor.mentor_capacity = 1
    db.session.commit()
    assert directory(Filters(has_place=True), page=1)[1] == []
    mentorship.state, mentorship.ended_on = EngagementState.COMPLETED, NOW.date()
    db.session.commit()
    assert [entry.person for entry in directory(Filters(has_place=True), page=1)[1]] == [mentor]


def test_whom_a_mentee_has_named_is_told_to_them_alone():
    assert sentence("wish", "for", reader="mentee") == "You named Bo first"
    assert sentence("wish", "against", reader="mentee", rank=0) == "You named someone else"
    record = {"side": "for", "kind": "wish", "rank": 1}
    for mentor in (Party("Bo"), Party("Bo", is_reader=True)):
        assert told([record], mentee=Party("Ada"), mentor=mentor) == Told([], [])
