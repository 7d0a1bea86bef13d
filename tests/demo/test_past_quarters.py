"""The past of a fictional company kept every rule that a matching round keeps."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from app.demo.history import past_quarters
from app.demo.people import company
from app.demo.records import Company

TODAY = date(2026, 11, 22)
SIZES = [12, 400, 5000]


@cache
def drawn(people: int, today: date = TODAY) -> Company:
    return company(people, 7, today)


def superiors(one: Company, person: int) -> set[int]:
    above: set[int] = set()
    boss = one.people[person].manager
    while boss is not None:
        above.add(boss)
        boss = one.people[boss].manager
    return above


def held(one: Company) -> dict[tuple[int, str], int]:
    return {(claim.person, claim.skill): claim.level for claim in one.claims}


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 22), ["2026-Q2", "2026-Q3"]),
        (date(2027, 1, 1), ["2026-Q3", "2026-Q4"]),
        (date(2026, 6, 30), ["2025-Q4", "2026-Q1"]),
    ],
)
def test_history_covers_the_two_quarters_before(today: date, expected: list[str]) -> None:
    quarters = past_quarters(today)
    assert [quarter.name for quarter in quarters] == expected
    assert quarters[0].ends_on + timedelta(days=1) == quarters[1].starts_on
    assert all(quarter.starts_on.day == 1 and quarter.ends_on < today for quarter in quarters)


@pytest.mark.parametrize("people", SIZES)
def test_past_mentorships_kept_the_rules(people: int) -> None:
    one = drawn(people)
    levels = held(one)
    blocked = {frozenset(block) for block in one.blocks}
    for row in one.mentorships:
        mentor, mentee = one.people[row.mentor], one.people[row.mentee]
        assert row.mentor != row.mentee
        assert row.mentor not in superiors(one, row.mentee)
        assert row.mentee not in superiors(one, row.mentor)
        assert frozenset((row.mentor, row.mentee)) not in blocked
        assert levels[row.mentor, row.skill] > levels.get((row.mentee, row.skill), 0)
        assert set(mentor.languages) & set(mentee.languages)
        assert mentor.grade >= mentee.grade
    assert len({(row.mentor, row.mentee) for row in one.mentorships}) == len(one.mentorships)
    taken = Counter((row.quarter, row.mentor) for row in one.mentorships)
    assert all(count <= one.people[mentor].mentor_capacity for (_, mentor), count in taken.items())
    mentees = Counter((row.quarter, row.mentee) for row in one.mentorships)
    assert set(mentees.values()) <= {1}


@pytest.mark.parametrize("people", [400, 5000])
def test_both_quarters_had_many_mentorships_and_few_ended_early(people: int) -> None:
    one = drawn(people)
    sizes = Counter(row.quarter for row in one.mentorships)
    assert set(sizes) == {0, 1}
    assert all(0.1 * people < size < 0.25 * people for size in sizes.values())
    early = [row for row in one.mentorships if row.ending_reason is not None]
    assert 0.02 < len(early) / len(one.mentorships) < 0.15
    assert all(
        row.ended_on == one.quarters[row.quarter].ends_on for row in one.mentorships if row not in early
    )
    assert all(row.starts_on < row.ended_on <= one.quarters[row.quarter].ends_on for row in one.mentorships)


@pytest.mark.parametrize("people", SIZES)
@pytest.mark.parametrize("today", [TODAY, date(2026, 5, 4)])
def test_sessions_took_place_while_both_were_at_work(people: int, today: date) -> None:
    one = drawn(people, today)
    each: dict[int, list[date]] = defaultdict(list)
    for session in one.sessions:
        row = one.mentorships[session.mentorship]
        for place in (row.mentor, row.mentee):
            local = session.held_at.astimezone(ZoneInfo(one.people[place].time_zone))
            minute = 60 * local.hour + local.minute
            hours = one.people[place].working_hours
            assert any(start <= minute and minute + session.minutes <= end for start, end in hours)
        assert session.held_at.weekday() < 5
        assert row.starts_on <= session.held_at.date() <= row.ended_on
        assert 15 <= session.minutes <= 90
        assert session.topic and "{" not in session.topic
        each[session.mentorship].append(session.held_at.date())
    assert set(each) == set(range(len(one.mentorships)))
    assert all(2 <= len(days) <= 6 and days == sorted(set(days)) for days in each.values())


def test_feedback_is_given_by_most_and_mostly_good() -> None:
    one = drawn(5000)
    answered = {feedback.mentorship for feedback in one.feedback}
    assert 0.55 < len(answered) / len(one.mentorships) < 0.65
    ratings = Counter(feedback.rating for feedback in one.feedback)
    assert set(ratings) == {1, 2, 3, 4, 5}
    assert 0.65 < (ratings[4] + ratings[5]) / ratings.total() < 0.85
    for feedback in one.feedback:
        row = one.mentorships[feedback.mentorship]
        assert feedback.by_person in (row.mentor, row.mentee)
    authors = [(feedback.mentorship, feedback.by_person) for feedback in one.feedback]
    assert len(set(authors)) == len(authors)
