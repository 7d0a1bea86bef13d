"""A fictional company is the same for the same seed, a proper tree, and plausible in all its parts."""

import ast
import os
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app.demo import material as materials
from app.demo.identity import address_part
from app.demo.people import company
from app.demo.records import Company

TODAY = date(2026, 11, 22)
SIZES = [12, 400, 5000]
DEMO_FOLDER = Path(materials.__file__).parent


@cache
def drawn(people: int) -> Company:
    return company(people, 7, TODAY)


def reports_of(one: Company) -> dict[int, list[int]]:
    reports: dict[int, list[int]] = defaultdict(list)
    for place, person in enumerate(one.people):
        if person.manager is not None:
            reports[person.manager].append(place)
    return reports


def held(one: Company) -> dict[tuple[int, str], int]:
    return {(claim.person, claim.skill): claim.level for claim in one.claims}


# The same again


def test_the_same_seed_and_day_give_the_same_company() -> None:
    assert company(400, 7, TODAY) == drawn(400)


def test_another_seed_or_day_gives_another_company() -> None:
    assert company(400, 8, TODAY).people != drawn(400).people
    assert company(400, 7, TODAY + timedelta(days=90)).sessions != drawn(400).sessions


@pytest.mark.slow
def test_another_process_draws_the_same_company() -> None:
    code = (
        "from datetime import date; from hashlib import sha256; from app.demo.people import company;"
        "print(sha256(repr(company(400, 7, date(2026, 11, 22))).encode()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(DEMO_FOLDER.parents[1])}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == sha256(repr(drawn(400)).encode()).hexdigest()


def test_it_is_drawn_without_clock_web_or_database() -> None:
    names = (
        "abilities",
        "history",
        "identity",
        "material",
        "meeting_times",
        "organisation",
        "people",
        "records",
    )
    for name in names:
        source = (DEMO_FOLDER / f"{name}.py").read_text(encoding="utf-8")
        imported = {
            alias.name.split(".")[0] if isinstance(node, ast.Import) else str(node.module)
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        outside = {module for module in imported if not module.startswith("app.demo")}
        assert outside <= {*sys.stdlib_module_names, "collections.abc", "numpy", "numpy.typing"}, name
        assert not re.search(r"\b(now|today)\(\)|\btime\.time\b|import random", source), name


def test_thousands_of_people_take_seconds() -> None:
    started = time.process_time()
    company(5000, 3, TODAY)
    assert time.process_time() - started < 10


@pytest.mark.parametrize("people", [0, -1, 1_000_001])
def test_an_impossible_size_is_refused(people: int) -> None:
    with pytest.raises(ValueError, match=r"between 1 and 1,000,000 people"):
        company(people, 7, TODAY)


# The tree


@pytest.mark.parametrize("people", [1, 2, 5, 6, 12, 13, 14, 17, 30, 60, 72, 73, 85, 400, 5000])
def test_managers_form_one_tree_of_moderate_spans(people: int) -> None:
    one = drawn(people)
    assert len(one.people) == people
    assert one.people[0].manager is None
    assert all(person.manager is not None for person in one.people[1:])
    assert all(
        person.manager < place for place, person in enumerate(one.people) if person.manager is not None
    )
    spans = [len(reports) for reports in reports_of(one).values()]
    assert all(min(5, people - 1) <= span <= 12 for span in spans), Counter(spans)


@pytest.mark.parametrize("people", SIZES)
def test_grades_rise_towards_the_top(people: int) -> None:
    one = drawn(people)
    managers = set(reports_of(one))
    for place, person in enumerate(one.people):
        assert 1 <= person.grade <= 8
        assert (person.grade >= 6) == (place in managers)
        if person.manager is not None:
            assert person.grade <= one.people[person.manager].grade
    assert one.people[0].job_title == "Chief executive"


def test_departments_follow_the_tree_and_sites_mostly_do() -> None:
    one = drawn(400)
    below = [(p, one.people[p.manager]) for p in one.people if p.manager]
    assert all(person.department == boss.department for person, boss in below)
    together = sum(person.site == boss.site for person, boss in below) / len(below)
    assert 0.6 < together < 0.95


@pytest.mark.parametrize("people", [400, 5000])
def test_every_department_site_and_grade_occurs(people: int) -> None:
    one = drawn(people)
    assert len({person.department for person in one.people}) == 12
    assert len({(person.site, person.time_zone) for person in one.people}) == 5
    assert {person.grade for person in one.people} == set(range(1, 9))
    assert {person.job_title for person in one.people if person.grade == 8} >= {"Chief financial officer"}


# Who they are


@pytest.mark.parametrize("people", SIZES)
def test_everybody_can_be_told_apart_and_written_to(people: int) -> None:
    one = drawn(people)
    assert [person.employee_id for person in one.people] == [f"E{n:05d}" for n in range(1, people + 1)]
    emails = [person.email for person in one.people]
    assert len(set(emails)) == people
    assert all(re.fullmatch(r"[a-z-]+\.[a-z-]+[0-9]*@demo\.test", email) for email in emails)


def test_addresses_come_from_names_and_are_numbered_when_taken() -> None:
    one = drawn(5000)
    for person in one.people:
        given_first = address_part(person.name).replace("-", "")
        assert given_first.startswith(person.email.split(".")[0].replace("-", ""))
    by_stem = defaultdict(list)
    for person in one.people:
        stem, number = re.fullmatch(r"([a-z.-]+)([0-9]*)@demo\.test", person.email).groups()  # type: ignore[union-attr]
        by_stem[stem].append(int(number or 1))
    assert max(map(len, by_stem.values())) > 1
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in by_stem.values())


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Łukasz", "lukasz"), ("Ó Briain", "obriain"), ("Großmann", "grossmann"), ("Søren", "soren"),
     ("N'Guessan", "nguessan"), ("Nguyễn", "nguyen"), ("Işık", "isik"), ("İnce", "ince"), ("Ji-hoon", "ji-hoon")],
)  # fmt: skip
def test_names_are_put_into_plain_letters(name: str, expected: str) -> None:
    assert address_part(name) == expected


def test_names_are_varied_and_none_is_to_be_avoided() -> None:
    names = [person.name for person in drawn(5000).people]
    assert len(set(names)) > 4000
    assert sum(not name.isascii() for name in names) > 1000
    assert not set(names) & materials.load().avoid
    assert len({person.name for person in drawn(400).people}) >= 385


@pytest.mark.parametrize("people", SIZES)
def test_everybody_speaks_works_and_has_time(people: int) -> None:
    for person in drawn(people).people:
        assert person.languages == tuple(sorted(set(person.languages))) != ()
        assert all(re.fullmatch(r"[a-z]{2}", code) for code in person.languages)
        assert all(0 <= start < end <= 1440 for start, end in person.working_hours)
        assert all(first[1] <= second[0] for first, second in pairwise(person.working_hours))
        assert person.hours_a_month >= 2 * (person.seeks_mentor + person.mentor_capacity)
        assert 0 < person.hours_a_month <= 8


def test_most_people_write_a_sentence_or_two() -> None:
    bios = [person.bio for person in drawn(400).people]
    assert 0.8 < sum(map(bool, bios)) / len(bios) < 0.95
    assert all(bio == " ".join(bio.split()) and bio[-1] in "." and "{" not in bio for bio in bios if bio)
    assert len(set(bios)) > 0.8 * len(bios)


# What they can do and want


@pytest.mark.parametrize("people", SIZES)
def test_claims_are_of_known_skills_once_each(people: int) -> None:
    one = drawn(people)
    assert len(held(one)) == len(one.claims)
    assert all(1 <= claim.level <= 5 for claim in one.claims)
    assert {claim.skill for claim in one.claims} <= set(materials.load().skills)
    each = Counter(claim.person for claim in one.claims)
    assert len(each) == people
    assert 3 <= min(each.values()) <= max(each.values()) <= 11


def test_a_few_skills_are_common_in_a_department_and_many_rare() -> None:
    one = drawn(5000)
    counts = Counter(c.skill for c in one.claims if one.people[c.person].department == "Finance")
    ranked = [count for _, count in counts.most_common()]
    assert counts.most_common(1)[0][0] == "spreadsheets"
    assert ranked[0] > 3 * ranked[10] > 9 * ranked[60]


def test_levels_grow_with_grade() -> None:
    one = drawn(5000)
    grades = [one.people[claim.person].grade for claim in one.claims]
    levels = [claim.level for claim in one.claims]
    assert np.corrcoef(grades, levels)[0, 1] > 0.4
    assert set(levels) == {1, 2, 3, 4, 5}


@pytest.mark.parametrize("people", SIZES)
def test_goals_go_beyond_what_is_held(people: int) -> None:
    one = drawn(people)
    levels = held(one)
    assert len({(goal.person, goal.skill) for goal in one.goals}) == len(one.goals)
    for goal in one.goals:
        assert levels.get((goal.person, goal.skill), 0) < goal.level <= 5
        assert 1 <= goal.importance <= 3
        assert "{" not in goal.reason and goal.reason.endswith(".")
    each = Counter(goal.person for goal in one.goals)
    assert all(1 <= each[place] <= 3 for place, person in enumerate(one.people) if person.seeks_mentor)


@pytest.mark.parametrize("people", SIZES)
def test_seekers_and_mentors_are_in_proportion(people: int) -> None:
    one = drawn(people)
    seekers = sum(person.seeks_mentor for person in one.people)
    mentors = [person for person in one.people if person.mentor_capacity]
    slack = 1 / people
    assert 0.35 - slack <= seekers / people <= 0.40 + slack
    assert 0.20 - slack <= len(mentors) / people <= 0.25 + slack
    assert {person.mentor_capacity for person in mentors} <= {1, 2, 3}
    assert sum(person.mentor_capacity for person in mentors) == pytest.approx(1.2 * seekers, abs=1)


def test_mentors_are_more_senior_than_seekers() -> None:
    people = drawn(5000).people
    mentors = np.mean([person.grade for person in people if person.mentor_capacity])
    seekers = np.mean([person.grade for person in people if person.seeks_mentor])
    assert mentors > seekers + 1


@pytest.mark.parametrize("people", [400, 5000])
def test_places_run_short_in_some_skills_and_abound_in_others(people: int) -> None:
    one = drawn(people)
    demand = Counter(goal.skill for goal in one.goals if one.people[goal.person].seeks_mentor)
    places: Counter[str] = Counter()
    for claim in one.claims:
        if claim.level >= 3:
            places[claim.skill] += one.people[claim.person].mentor_capacity
    short = [skill for skill, wanted in demand.items() if wanted > places[skill] and wanted >= 3]
    ample = [skill for skill, wanted in demand.items() if places[skill] > 2 * wanted]
    assert len(short) >= 5
    assert len(ample) >= 5


@pytest.mark.parametrize("people", [400, 5000])
def test_a_few_pause_and_a_few_have_blocked_somebody(people: int) -> None:
    one = drawn(people)
    paused = [person for person in one.people if person.paused_from or person.paused_until]
    assert 0.005 < len(paused) / people < 0.03
    for person in paused:
        assert person.paused_from and person.paused_until
        assert person.paused_from <= TODAY <= person.paused_until
        assert not person.seeks_mentor and not person.mentor_capacity
    assert 0 < len(one.blocks) < 0.01 * people
    assert len(set(one.blocks)) == len(one.blocks)
    assert all(block.person != block.blocked for block in one.blocks)
