"""Finding a skill by what people type: ranking, aliases, hostile text, and speed over a large graph."""

import time

import pytest
import sqlalchemy as sa

from app import clock
from app.db import db
from app.skills.models import Skill, SkillAlias, Source
from app.skills.queries import matching_skills, skill_named, skills_named
from app.text import folded
from tests import factories
from tests.counting import count_statements


def skill(label, *aliases, **values):
    return factories.skill(
        label,
        folded_label=folded(label),
        aliases=[SkillAlias(label=alias, folded_label=folded(alias)) for alias in aliases],
        **values,
    )


def labels(text, **options):
    return [match.label for match in matching_skills(text, **options)]


def test_whole_names_come_before_starts_before_words_before_parts(app):
    for label in ("MySQL", "Advanced SQL tuning", "SQL Server", "SQL"):
        skill(label)
    assert labels("sql") == ["SQL", "SQL Server", "Advanced SQL tuning", "MySQL"]


def test_a_label_comes_before_an_alias_that_matches_as_well(app):
    skill("Structured queries", "SQL basics")
    skill("SQL reports")
    assert [match.words for match in matching_skills("sql")] == [
        "SQL reports",
        "Structured queries (SQL basics)",
    ]


def test_a_skill_is_shown_once_with_the_alias_that_matched_best(app):
    skill("Negotiation", "bargaining", "hard bargaining", "bargaining with suppliers")
    assert [(match.label, match.alias) for match in matching_skills("bargaining")] == [
        ("Negotiation", "bargaining")
    ]


def test_accents_and_capitals_do_not_matter(app):
    skill("Résumé writing")
    assert labels("RESUME w") == ["Résumé writing"]


def test_words_are_found_in_any_order(app):
    skill("Analysis of customer data")
    assert labels("data analysis") == ["Analysis of customer data"]


@pytest.mark.parametrize(
    "text", ["%", "_", "\\", "", "   ", "\0", "'; DROP TABLE skill;--", "\u202e", "🦊" * 300]
)
def test_signs_with_a_meaning_in_sql_have_none_here(app, text):
    skill("Listening")
    assert labels(text) == []


def test_a_percent_sign_finds_only_itself(app):
    skill("Reach 100% coverage")
    skill("Coverage of 100 fields")
    assert labels("100%") == ["Reach 100% coverage"]


def test_deprecated_skills_are_not_suggested(app):
    skill("Telex", deprecated_at=clock.now())
    assert labels("telex") == []


def test_the_limit_holds_over_both_passes(app):
    for number in range(6):
        skill(f"Mapping {number}")
        skill(f"Process mapping {number}")
    found = labels("mapping", limit=8)
    assert len(found) == 8
    assert all(label.startswith("Mapping") for label in found[:6])


def test_a_name_means_the_label_before_an_alias_before_a_deprecated_skill(app):
    old = skill("Word processing", deprecated_at=clock.now())
    assert skill_named(" WORD  processing") == {old}
    by_alias = {skill("Typing", "word processing"), skill("Layout", "Word Processing")}
    assert skill_named("word processing") == by_alias
    by_label = skill("Word Processing")
    assert skill_named("Word processing") == {by_label}


def test_no_skill_goes_by_an_unknown_name(app):
    assert skill_named("Juggling") == set()
    assert skill_named("\0") == set()


def test_many_names_are_found_with_few_statements(app):
    ids = {f"Skill of kind {number}": skill(f"Skill of kind {number}").id for number in range(40)}
    with count_statements() as statements:
        found = skills_named([*ids, *(f"Unknown {number}" for number in range(900))])
    assert len(statements) == 2
    assert found["skill of kind 7"] == {ids["Skill of kind 7"]}
    assert found["unknown 7"] == frozenset()


@pytest.mark.slow
def test_suggestions_over_a_large_graph_take_less_than_50_ms(large_graph):
    """14,000 skills with 100,000 aliases, as in ESCO, in processor time: other tests share the machine."""
    times = {
        text: _least_seconds(text)
        for text in ("an", "analy", "manage", "e", "zzz", "data analysis", "ing of")
    }
    assert {text: seconds for text, seconds in times.items() if seconds >= 0.05} == {}


def _least_seconds(text):
    times = []
    for _ in range(5):
        start = time.process_time()
        matching_skills(text)
        times.append(time.process_time() - start)
    return min(times)


@pytest.fixture
def large_graph(app):
    verbs = (
        "analyse",
        "manage",
        "design",
        "operate",
        "advise on",
        "test",
        "maintain",
        "plan",
        "assess",
        "teach",
    )
    things = (
        "data",
        "machines",
        "budgets",
        "people",
        "networks",
        "contracts",
        "gardens",
        "vessels",
        "music",
        "food",
    )
    rows, aliases = [], []
    for number in range(14_000):
        label = f"{verbs[number % 10]} {things[number // 10 % 10]} of kind {number}"
        rows.append({"id": number + 1, "source": Source.ESCO, "source_key": str(number), "label": label,
                     "folded_label": label})  # fmt: skip
        for other in range(7):
            alias = f"{things[(number + other) % 10]} {verbs[other]}, {number} way of doing it {other}"
            aliases.append({"skill_id": number + 1, "label": alias, "folded_label": alias})
    db.session.execute(sa.insert(Skill), rows)
    db.session.execute(sa.insert(SkillAlias), aliases)
    db.session.execute(sa.text("ANALYZE"))
    db.session.flush()
