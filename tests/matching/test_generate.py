"""Generated problems: any size, realistic enough to be worth solving, and the same for the same seed."""

from collections import Counter
from pathlib import Path

import pytest

from matching.generate import generate
from matching.generate.skills import starter_taxonomy
from matching.problem import CommunitiesProgramme, MentoringProgramme, PeerProgramme, Problem

ESCO = Path(__file__).resolve().parents[3] / "shared" / "data" / "esco-1.1.1"


def mentoring(problem: Problem) -> MentoringProgramme:
    (programme,) = (row for row in problem.programmes if isinstance(row, MentoringProgramme))
    return programme


@pytest.fixture(scope="module")
def company() -> Problem:
    return generate(mentees=300, mentors=100, seed=7)


@pytest.mark.parametrize(
    "asked",
    [
        {"mentees": 60, "mentors": 25},
        {"mentees": 60, "mentors": 25, "kinds": ("mentoring", "peers", "communities")},
        {"mentees": 60, "mentors": 25, "candidates_each": 5},
    ],
    ids=["people", "all kinds", "explicit candidates"],
)
def test_the_seed_decides_everything(asked):
    """The same seed gives the same bytes, another seed gives another problem."""
    assert generate(seed=3, **asked).to_json() == generate(seed=3, **asked).to_json()
    assert generate(seed=3, **asked).sha256 != generate(seed=4, **asked).sha256


@pytest.mark.parametrize(("mentees", "mentors"), [(1, 1), (1, 40), (40, 1), (7, 7), (500, 3), (3, 500)])
def test_any_size_and_proportion_is_a_valid_problem(mentees, mentors):
    """As many enrol as asked, each at least one place, and the file reads back as the same problem."""
    problem = generate(mentees=mentees, mentors=mentors, seed=1)
    programme = mentoring(problem)
    assert (len(programme.mentees), len(programme.mentors)) == (mentees, mentors)
    assert min(mentor.capacity for mentor in programme.mentors) >= 1
    assert Problem.from_json(problem.to_json()) == problem


def test_people_are_spread_over_departments_zones_languages_and_grades(company):
    """No department, site, language or grade stands for everyone."""
    for values in (
        [person.department for person in company.people],
        [person.time_zone for person in company.people],
        [person.grade for person in company.people],
        [language for person in company.people for language in person.languages],
        [person.working_hours for person in company.people],
    ):
        counts = Counter(values)
        assert len(counts) >= 5
        assert counts.most_common(1)[0][1] < 0.9 * len(company.people)


def test_everyone_but_one_reports_to_someone(company):
    """The organisation is one tree of moderate spans, and managers outrank the floor."""
    reports = Counter(person.manager for person in company.people)
    assert reports.pop(None) == 1
    assert max(reports.values()) <= 7 + len(starter_taxonomy().departments)
    grades = {person.id: person.grade for person in company.people}
    leading = [grades[manager] for manager in reports]
    assert sum(leading) / len(leading) > sum(grades.values()) / len(grades)


def test_skills_are_skewed(company):
    """A few skills are held by many and many by few, so that some mentors are scarce."""
    counts = sorted(Counter(held.skill for person in company.people for held in person.holds).values())
    tenth = max(1, len(counts) // 10)
    assert sum(counts[-tenth:]) > 3 * sum(counts[: 3 * tenth])


def test_there_are_wishes_history_and_blocks(company):
    """What rules and criteria look at is there, and wishes crowd on well-known mentors."""
    programme = mentoring(company)
    wished = Counter(wish for mentee in programme.mentees for wish in mentee.wishes)
    assert wished.most_common(1)[0][1] >= 5
    assert {row.round for row in company.history} == {"2026-Q2", "2026-Q3"}
    assert company.blocks
    assert any(mentee.rounds_waited for mentee in programme.mentees)
    assert any(mentee.places > 1 for mentee in programme.mentees)


def test_kinds_are_those_asked_for():
    """Each kind gives one programme of its class, and no other."""
    problem = generate(mentees=80, mentors=20, seed=1, kinds=("peers", "communities"))
    assert {type(programme) for programme in problem.programmes} == {PeerProgramme, CommunitiesProgramme}


def test_explicit_candidates_are_distinct_and_as_many_as_asked():
    """A bare instance holds ids only and so many candidates for each mentee, or all when there are fewer."""
    programme = mentoring(generate(mentees=50, mentors=12, seed=2, candidates_each=9))
    assert Counter(Counter(mentee for mentee, _, _ in programme.candidates).values()) == {9: 50}
    assert len({(mentee, mentor) for mentee, mentor, _ in programme.candidates}) == 450
    assert all(1 <= points <= 100 for _, _, points in programme.candidates)
    few = mentoring(generate(mentees=5, mentors=3, seed=2, candidates_each=9))
    assert len(few.candidates) == 15


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"mentees": 0}, "number of mentees must be from 1"),
        ({"mentors": 100_001}, "number of mentors must be from 1 to 100,000"),
        ({"seed": -1}, "seed must not be negative"),
        ({"kinds": ("dancing",)}, "not dancing"),
        ({"kinds": ()}, "not none"),
        ({"candidates_each": 0}, "at least one candidate"),
        ({"candidates_each": 3, "kinds": ("peers",)}, "for mentoring only"),
        ({"esco": Path("nowhere")}, "holds no file skills_en.csv"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_wrong_arguments_are_refused_in_words(wrong, sentence):
    """A size, seed, kind or folder that cannot be used is named."""
    with pytest.raises(ValueError, match=sentence):
        generate(**({"mentees": 5, "mentors": 5, "seed": 1} | wrong))


def test_starter_taxonomy_is_a_graph_of_distinct_skills():
    """Ids are unique and every edge and profile leads to a skill of the graph."""
    taxonomy = starter_taxonomy()
    ids = [identifier for identifier, _, _ in taxonomy.nodes]
    assert len(ids) == len(set(ids)) > 150
    used = {end for left, _, right in taxonomy.edges for end in (left, right)}
    used |= {skill for profiles in taxonomy.departments.values() for profile in profiles for skill in profile}
    assert used <= set(ids)
    assert {kind for _, kind, _ in taxonomy.edges} == {"broader", "requires", "related"}


@pytest.mark.slow
@pytest.mark.skipif(not ESCO.is_dir(), reason="ESCO's files are not on this machine")
def test_people_can_hold_skills_of_esco():
    """ESCO's skills, groups and relations become the graph, without its self-loop and dangling rows."""
    problem = generate(mentees=40, mentors=20, seed=1, esco=ESCO)
    assert len(problem.skills.nodes) == 13_896 + 640
    assert len(problem.skills.edges) > 26_000
    assert all(edge.source != edge.target for edge in problem.skills.edges)
    assert len({held.skill for person in problem.people for held in person.holds}) > 100
