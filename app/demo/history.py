"""Two past quarters of a fictional company: mentorships, their sessions and the feedback on them."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

import numpy as np

from app.demo.abilities import Abilities
from app.demo.identity import Identities
from app.demo.material import Material
from app.demo.meeting_times import MeetingTimes
from app.demo.organisation import Organisation
from app.demo.records import Block, PastFeedback, PastMentorship, PastQuarter, PastSession

# Chances named so are cumulated, in the order of what they choose from.
MENTEES_A_QUARTER = 0.24
MENTORS_STILL_KNOWN = 0.85
"""Share of today's mentors who offered places in a past quarter too."""
ATTEMPTS = 8
TEACHES_FROM = 3
SHORTEST_SHARED_TIME = 90
"""Minutes in mid-quarter; a change of clocks on one side leaves enough for the shortest session."""
MINUTES = (30, 45, 60, 60, 60, 75, 90)
SESSIONS = (2, 3, 4, 5, 6)
SESSIONS_CHANCES = (0.12, 0.38, 0.68, 0.88, 1.0)
FEWEST_SESSIONS = SESSIONS[0]
QUARTER_HOUR = 15
ENDS_EARLY = 0.08
GIVES_FEEDBACK = 0.60
MENTOR_ANSWERS_TOO = 0.7
WRITES_COMMENT = 0.65
RATINGS_CHANCES = (0.02, 0.07, 0.20, 0.58, 1.0)
EARLY_RATINGS_CHANCES = (0.12, 0.34, 0.68, 0.90, 1.0)


@dataclass(frozen=True)
class History:
    """What happened in the two quarters before today's."""

    quarters: tuple[PastQuarter, ...]
    mentorships: tuple[PastMentorship, ...]
    sessions: tuple[PastSession, ...]
    feedback: tuple[PastFeedback, ...]


@dataclass
class _Scene:
    """What everything below needs to look up."""

    organisation: Organisation
    identities: Identities
    abilities: Abilities
    material: Material
    rng: np.random.Generator
    times: MeetingTimes
    apart: set[tuple[int, int]] = field(default_factory=set)
    """Pairs not to form: blocked, or formed before."""


def draw_history(
    organisation: Organisation,
    identities: Identities,
    abilities: Abilities,
    *,
    blocks: Sequence[Block],
    today: date,
    material: Material,
    rng: np.random.Generator,
) -> History:
    """Return two quarters in which every mentorship kept the rules that a matching round keeps."""
    zones = [material.sites[site].time_zone for site in organisation.site]
    scene = _Scene(organisation, identities, abilities, material, rng, MeetingTimes(zones, identities.hours))
    scene.apart.update({pair for one, other in blocks for pair in ((one, other), (other, one))})
    quarters = past_quarters(today)
    mentorships = [row for place in range(len(quarters)) for row in _quarter(scene, place, quarters[place])]
    sessions, feedback, held = [], [], []
    for place, mentorship in enumerate(mentorships):
        rows = _sessions(scene, place, mentorship, until=quarters[mentorship.quarter].ends_on)
        held.append(_closed(mentorship, last=rows[-1].held_at.date(), quarter=quarters[mentorship.quarter]))
        sessions.extend(rows)
        feedback.extend(_feedback(scene, place, mentorship))
    return History(quarters, tuple(held), tuple(sessions), tuple(feedback))


def past_quarters(today: date) -> tuple[PastQuarter, ...]:
    """Return the two calendar quarters before the one of that day, the earlier one first."""
    quarters: list[PastQuarter] = []
    begin = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    for _ in range(2):
        end = begin - timedelta(days=1)
        begin = date(end.year, end.month - 2, 1)
        quarters.insert(0, PastQuarter(f"{begin.year}-Q{(begin.month + 2) // 3}", begin, end))
    return tuple(quarters)


def _quarter(scene: _Scene, place: int, quarter: PastQuarter) -> list[PastMentorship]:
    people, rng = len(scene.organisation), scene.rng
    capacity = scene.abilities.capacity * (rng.random(people) < MENTORS_STILL_KNOWN)
    free = Counter({int(mentor): int(capacity[mentor]) for mentor in np.flatnonzero(capacity)})
    held = scene.abilities.held
    teachers: dict[int, list[int]] = {}
    for mentor in free:
        for skill in np.flatnonzero(held[mentor] >= TEACHES_FROM).tolist():
            teachers.setdefault(skill, []).append(mentor)
    mentorships = []
    topics = sorted(teachers)
    for mentee in rng.permutation(people)[: round(MENTEES_A_QUARTER * people)].tolist():
        found = _find_mentor(scene, mentee, topics, teachers, free, quarter)
        if found is not None:
            mentor, skill = found
            starts_on = quarter.starts_on + timedelta(days=int(rng.integers(5, 15)))
            early = _ending_reason(scene) if rng.random() < ENDS_EARLY else None
            skill_id = scene.material.skills[skill]
            mentorships.append(
                PastMentorship(place, mentor, mentee, skill_id, starts_on, quarter.ends_on, early)
            )
    return mentorships


def _find_mentor(
    scene: _Scene,
    mentee: int,
    topics: Sequence[int],
    teachers: dict[int, list[int]],
    free: Counter[int],
    quarter: PastQuarter,
) -> tuple[int, int] | None:
    """Return a mentor with a place and the subject, after a few attempts; None when none suits."""
    wishes = [skill for skill in np.flatnonzero(scene.abilities.wished[mentee]).tolist() if skill in teachers]
    known = [skill for skill in np.flatnonzero(scene.abilities.held[mentee]).tolist() if skill in teachers]
    subjects = wishes + known or list(topics)
    for draw, pick in scene.rng.random((ATTEMPTS if subjects else 0, 2)).tolist():
        skill = subjects[int(draw * len(subjects))]
        mentor = teachers[skill][int(pick * len(teachers[skill]))]
        if free[mentor] and _suits(scene, mentor, mentee, skill, quarter):
            free[mentor] -= 1
            scene.apart.add((mentor, mentee))
            return mentor, skill
    return None


def _suits(scene: _Scene, mentor: int, mentee: int, skill: int, quarter: PastQuarter) -> bool:
    organisation, held = scene.organisation, scene.abilities.held
    if mentor == mentee or (mentor, mentee) in scene.apart or organisation.is_in_line(mentor, mentee):
        return False
    if held[mentor, skill] <= held[mentee, skill] or organisation.grade[mentor] < organisation.grade[mentee]:
        return False
    if not set(scene.identities.languages[mentor]) & set(scene.identities.languages[mentee]):
        return False
    middle = quarter.starts_on + (quarter.ends_on - quarter.starts_on) / 2
    starts, ends = scene.times.shared(mentor, mentee, on=middle)
    return ends - starts >= SHORTEST_SHARED_TIME


def _ending_reason(scene: _Scene) -> str:
    endings = scene.material.text["endings"]
    chances = tuple(accumulate(ending["weight"] for ending in endings))
    return str(endings[_place_of(scene.rng.random() * chances[-1], chances)]["reason"])


def _place_of(draw: float, chances: Sequence[float]) -> int:
    """Return the place of the cumulated chance that the draw falls under."""
    return min(bisect_right(chances, draw), len(chances) - 1)


def _sessions(scene: _Scene, place: int, mentorship: PastMentorship, *, until: date) -> list[PastSession]:
    count = FEWEST_SESSIONS
    if mentorship.ending_reason is None:
        count = SESSIONS[_place_of(scene.rng.random(), SESSIONS_CHANCES)]
    # Two days of each stretch stay free, so that a date moved off a weekend stays within it.
    stretch = ((until - mentorship.starts_on).days + 1) // max(count, 4)
    subject = scene.material.phrases[scene.material.skills.index(mentorship.skill)]
    topics = _topics(scene, count)
    sessions = []
    for number, (day, length, start) in enumerate(scene.rng.random((count, 3)).tolist()):
        held_on = _on_weekday(mentorship.starts_on + timedelta(number * stretch + int(day * (stretch - 2))))
        starts, ends = scene.times.shared(mentorship.mentor, mentorship.mentee, on=held_on)
        minutes = min(MINUTES[int(length * len(MINUTES))], max(ends - starts, MINUTES[0]))
        starts += QUARTER_HOUR * int(start * (1 + max(ends - starts - minutes, 0) // QUARTER_HOUR))
        held_at = datetime(held_on.year, held_on.month, held_on.day, tzinfo=UTC) + timedelta(minutes=starts)
        sessions.append(PastSession(place, held_at, minutes, topics[number].format(skill=subject)))
    return sessions


def _on_weekday(day: date) -> date:
    return day + timedelta(days=max(7 - day.weekday(), 0) if day.weekday() > 4 else 0)


def _topics(scene: _Scene, count: int) -> list[str]:
    """Return a topic for each of two or more sessions, none twice."""
    text, rng = scene.material.text, scene.rng
    draws = rng.random(2).tolist()
    parts = zip(("first_topics", "last_topics"), draws, strict=True)
    first, last = (str(text[part][int(draw * len(text[part]))]) for part, draw in parts)
    between = rng.permutation(len(text["session_topics"]))[: count - 2].tolist()
    return [first, *(str(text["session_topics"][topic]) for topic in between), last]


def _closed(mentorship: PastMentorship, *, last: date, quarter: PastQuarter) -> PastMentorship:
    """Return the mentorship with its last day: that of the quarter, or soon after its last session."""
    if mentorship.ending_reason is None:
        return mentorship
    return PastMentorship(
        quarter=mentorship.quarter,
        mentor=mentorship.mentor,
        mentee=mentorship.mentee,
        skill=mentorship.skill,
        starts_on=mentorship.starts_on,
        ended_on=min(last + timedelta(days=9), quarter.ends_on),
        ending_reason=mentorship.ending_reason,
    )


def _feedback(scene: _Scene, place: int, mentorship: PastMentorship) -> list[PastFeedback]:
    if scene.rng.random() >= GIVES_FEEDBACK:
        return []
    authors = [mentorship.mentee]
    if scene.rng.random() < MENTOR_ANSWERS_TOO:
        authors.append(mentorship.mentor)
    chances = RATINGS_CHANCES if mentorship.ending_reason is None else EARLY_RATINGS_CHANCES
    ratings = [1 + _place_of(scene.rng.random(), chances) for _ in authors]
    return [
        PastFeedback(place, author, rating, _comment(scene, rating))
        for author, rating in zip(authors, ratings, strict=True)
    ]


def _comment(scene: _Scene, rating: int) -> str:
    if scene.rng.random() >= WRITES_COMMENT:
        return ""
    comments = scene.material.text["comments"]["good" if rating > 3 else "mixed" if rating == 3 else "poor"]
    return str(comments[int(scene.rng.random() * len(comments))])
