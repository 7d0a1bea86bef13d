"""The check's own arithmetic, against examples worked out by hand and against counting minute by minute."""

import datetime
import zoneinfo
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.check.fit import Fit
from matching.check.hours import SharedHours, overlap
from matching.check.points import Points
from matching.check.sheet import Sheet
from matching.check.skills import closeness
from matching.problem import (
    Chat,
    Criterion,
    EdgeKind,
    Held,
    History,
    Mentee,
    Mentor,
    MentoringProgramme,
    Person,
    Problem,
    Skill,
    SkillEdge,
    SkillRows,
    Wanted,
)

OFFICE = ((540, 1020),)
ANN = Person(
    id="ann", department="Care", location="Paris", time_zone="Europe/Paris", working_hours=OFFICE, grade=2
)
BO = Person(
    id="bo", department="Law", location="Paris", time_zone="Europe/Paris", working_hours=OFFICE, grade=3
)


def sheet_of(mentee: Person, mentor: Person, **changes: object) -> Sheet:
    programme = MentoringProgramme(
        id="m",
        mentees=(Mentee(person=mentee.id, wishes=changes.pop("wishes", ())),),
        mentors=(Mentor(person=mentor.id),),
        criteria=changes.pop("criteria", {}),
    )
    problem = Problem(
        **({"round": "2026-Q4", "people": (mentee, mentor), "programmes": (programme,)} | changes)
    )
    return Sheet(problem, problem.programmes[0])


def shared(zone: str, other_zone: str, *, hours=OFFICE, other_hours=OFFICE, name: str = "2026-Q4") -> int:
    mentee = replace(ANN, time_zone=zone, working_hours=hours)
    mentor = replace(BO, time_zone=other_zone, working_hours=other_hours)
    sheet = sheet_of(mentee, mentor, round=name)
    return int(SharedHours(sheet).minutes(0)[0])


def share(criterion: Criterion, mentee: Person, mentor: Person, **changes: object) -> int:
    sheet = sheet_of(mentee, mentor, criteria={criterion: 1000}, **changes)
    return int(Points(sheet, SharedHours(sheet), Fit(sheet)).parts(0)[criterion][0])


@pytest.mark.parametrize(
    ("zone", "other_zone", "minutes"),
    [
        ("Europe/Paris", "Europe/Paris", 480),
        ("Europe/Paris", "Europe/London", 420),
        # Five hours apart for a week after Europe's clocks change, six otherwise: the least day counts.
        ("Europe/Paris", "America/New_York", 120),
        ("Europe/Paris", "Asia/Kathmandu", 195),
        ("Asia/Kathmandu", "Asia/Kolkata", 465),
        # Lord Howe's clocks move by half an hour, Sydney's by an hour, on the same day.
        ("Australia/Lord_Howe", "Australia/Sydney", 450),
        ("Pacific/Kiritimati", "Pacific/Pago_Pago", 420),
    ],
)
def test_shared_minutes_of_known_zones(zone, other_zone, minutes):
    """Office hours of two places overlap as a clock on each wall shows, on the worst day of the quarter."""
    assert shared(zone, other_zone) == shared(other_zone, zone) == minutes


def test_hours_over_midnight_are_taken_around_the_clock():
    """A night shift in two rows meets an office day on the other side of the world."""
    night = ((0, 300), (1320, 1440))
    assert shared("Europe/London", "Europe/London", hours=night, other_hours=((1380, 1440),)) == 60
    # New Zealand's clocks change on 27 September: 21 to 5 o'clock UTC before, 20 to 4 after.
    assert shared("UTC", "Pacific/Auckland", hours=night, other_hours=OFFICE, name="2026-Q3") == 360
    assert shared("UTC", "Pacific/Auckland", hours=night, other_hours=OFFICE, name="2026-Q2") == 360


def test_unknown_hours_share_nothing():
    """Who states no hours shares none."""
    assert shared("UTC", "UTC", hours=()) == 0


SPANS = st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(
    lambda cuts: tuple(zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False))
)


@given(own=SPANS, other=SPANS, shift=st.integers(-1600, 1600))
@settings(max_examples=80, deadline=None)
def test_overlap_equals_counting_every_minute(own, other, shift):
    """Intervals laid over each other give what a count of single minutes around the clock gives."""
    mine = {minute for start, end in own for minute in range(start, end)}
    theirs = {(minute + shift) % 1440 for start, end in other for minute in range(start, end)}
    assert overlap(own, other, shift) == len(mine & theirs)


@given(
    zone=st.sampled_from(["Europe/Paris", "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca"]),
    other=st.sampled_from(["Asia/Kathmandu", "America/New_York", "Pacific/Apia", "Europe/London"]),
    name=st.sampled_from(["2026-Q1", "2026-Q2", "2026-Q4", "2024"]),
)
@settings(max_examples=12, deadline=None)
def test_shared_minutes_are_the_least_of_all_days(zone, other, name):
    """The figure of a round is the least over its days, each counted minute by minute from the zones' offsets."""
    sheet = sheet_of(ANN, BO, round=name)
    first, last = sheet.problem.dates
    least = 1440
    for day in range((last - first).days + 1):
        noon = datetime.datetime.combine(
            first + datetime.timedelta(days=day), datetime.time(12), datetime.UTC
        )
        ahead = [
            noon.astimezone(zoneinfo.ZoneInfo(z)).utcoffset() // datetime.timedelta(minutes=1)
            for z in (zone, other)
        ]
        mine, theirs = ({(minute - offset) % 1440 for minute in range(540, 1020)} for offset in ahead)
        least = min(least, len(mine & theirs))
    assert shared(zone, other, name=name) == least


@pytest.mark.parametrize(
    ("held", "level", "wanted", "covered", "stepped"),
    [
        ("sql", 4, 3, 1000, 1000),
        ("sql", 5, 3, 1000, 1000),
        ("sql", 3, 3, 1000, 500),
        ("sql", 5, 1, 1000, 600),
        ("sql", 2, 3, 666, 0),
        ("law", 5, 3, 0, 0),
    ],
)
def test_skill_shares_by_level(held, level, wanted, covered, stepped):
    """A skill held below the wish covers it in part, one held a step or two above it fits best."""
    rows = SkillRows(nodes=(Skill("law"), Skill("sql")))
    mentee = replace(ANN, wants=(Wanted("sql", wanted),))
    mentor = replace(BO, holds=(Held(held, level),))
    assert share(Criterion.SKILLS, mentee, mentor, skills=rows) == covered
    assert share(Criterion.LEVEL_STEP, mentee, mentor, skills=rows) == stepped


def test_wants_are_averaged_by_importance():
    """A want three times as important counts three times."""
    rows = SkillRows(nodes=(Skill("law"), Skill("sql")))
    mentee = replace(ANN, wants=(Wanted("sql", 3, 3), Wanted("law", 3, 1)))
    assert share(Criterion.SKILLS, mentee, replace(BO, holds=(Held("sql", 3),)), skills=rows) == 750
    assert share(Criterion.SKILLS, mentee, replace(BO, holds=(Held("law", 3),)), skills=rows) == 250


def test_closeness_of_two_skills_joined_by_one_edge():
    """Worked out by hand: the walk swings between the two, losing 15 in 100 at each step."""
    rows = SkillRows(
        nodes=(Skill("a"), Skill("b"), Skill("c")), edges=(SkillEdge("a", EdgeKind.RELATED, "b"),)
    )
    holder = replace(ANN, holds=(Held("a", 1), Held("b", 1), Held("c", 1)))
    near = closeness(sheet_of(holder, BO, skills=rows).problem)
    step = 2**44 * 85 // 60000 * 600
    second = step * 85 // 60000 * 600
    third = second * 85 // 60000 * 600
    fourth = third * 85 // 60000 * 600
    ratio = (step + third) ** 2 / (2**44 + second + fourth) ** 2
    assert near == {
        "a": {"a": 1000, "b": min(900, int(1000 * ratio**0.25))},
        "b": {"b": 1000, "a": min(900, int(1000 * ratio**0.25))},
        "c": {"c": 1000},
    }


def test_closeness_fades_with_distance():
    """Along a chain the next skill is nearer than the one after it."""
    nodes = tuple(Skill(name) for name in "abcde")
    edges = tuple(SkillEdge(x, EdgeKind.BROADER, y) for x, y in ("ab", "bc", "cd", "de"))
    holder = replace(ANN, holds=tuple(Held(node.id, 1) for node in nodes))
    near = closeness(sheet_of(holder, BO, skills=SkillRows(nodes=nodes, edges=edges)).problem)
    assert near["a"]["b"] > near["a"]["c"] > near["a"]["d"] >= near["a"].get("e", 0)


@pytest.mark.parametrize(
    ("criterion", "changes", "expected"),
    [
        (Criterion.HOURS, {}, 1000),
        (Criterion.HOURS, {"working_hours": ((960, 1080),)}, 250),
        (Criterion.VARIETY, {}, 500),
        (Criterion.VARIETY, {"location": "Lyon"}, 1000),
        (Criterion.VARIETY, {"department": None, "location": None}, 0),
        (Criterion.LOCATION, {}, 1000),
        (Criterion.LOCATION, {"location": "Lyon"}, 500),
        (Criterion.LOCATION, {"location": None, "time_zone": "Asia/Tokyo"}, 0),
        (Criterion.GRADE_STEP, {}, 1000),
        (Criterion.GRADE_STEP, {"grade": 2}, 600),
        (Criterion.GRADE_STEP, {"grade": 5}, 600),
        (Criterion.GRADE_STEP, {"grade": 6}, 300),
        (Criterion.GRADE_STEP, {"grade": 7}, 0),
        (Criterion.GRADE_STEP, {"grade": 1}, 0),
        (Criterion.GRADE_STEP, {"grade": None}, 0),
        (Criterion.WISHES, {}, 0),
        (Criterion.CONTINUITY, {}, 0),
    ],
)
def test_shares_of_the_other_criteria(criterion, changes, expected):
    """Each share is what the documentation's table says, and nothing for what is not known."""
    assert share(criterion, ANN, replace(BO, **changes)) == expected


@pytest.mark.parametrize(("rank", "expected"), [(0, 1000), (1, 800), (2, 600), (3, 400), (4, 200), (5, 200)])
def test_wishes_count_by_rank(rank, expected):
    """The first wish counts most, the fifth and later ones least."""
    others = tuple(Person(id=f"x{number}") for number in range(rank))
    wishes = (*(person.id for person in others), "bo")
    assert share(Criterion.WISHES, ANN, BO, wishes=wishes, people=(ANN, BO, *others)) == expected


def test_only_the_latest_round_is_continued():
    """Continuity looks at the latest round of the programme's history, in whatever roles."""
    latest = History(programme="m", members=("bo", "ann"), round="2026-Q3")
    other = History(programme="m", members=("bo", "cy"), round="2026-Q4")
    people = (ANN, BO, Person(id="cy"))
    assert share(Criterion.CONTINUITY, ANN, BO, history=(latest,), people=people) == 1000
    assert share(Criterion.CONTINUITY, ANN, BO, history=(latest, other), people=people) == 0
    elsewhere = replace(latest, programme="other")
    assert share(Criterion.CONTINUITY, ANN, BO, history=(elsewhere,), people=people) == 0


def test_parts_are_rounded_to_the_nearest_point():
    """A part is weight x share / 1000, halves upwards."""
    sheet = sheet_of(ANN, BO, criteria={Criterion.VARIETY: 7, Criterion.HOURS: 0})
    parts = Points(sheet, SharedHours(sheet), Fit(sheet)).parts(0)
    assert {name: part.tolist() for name, part in parts.items()} == {Criterion.VARIETY: [4]}


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [((1, 1), 0), ((1, 2), 125), ((5, 5), 1000), ((4, None), 625), ((None, 2), 375), ((None, None), 500)],
)
def test_ratings_of_a_chat_count_whoever_was_the_mentor(ratings, expected):
    """The mean of both, none given as a 3; a chat with somebody else says nothing of these two."""
    people = (ANN, BO, Person(id="cy"))
    for members in (("ann", "bo"), ("bo", "ann")):
        chats = (Chat(programme="m", members=members, ratings=ratings),)
        assert share(Criterion.RATINGS, ANN, BO, chats=chats, people=people) == expected
    with_others = (Chat(programme="m", members=("ann", "cy"), ratings=(5, 5)),)
    assert share(Criterion.RATINGS, ANN, BO, chats=with_others, people=people) == 0
