"""Programmes are set up with words the engine knows, by service and by command."""

import pytest
import sqlalchemy as sa

from app.audit import COMMAND_LINE, AuditEvent
from app.db import db
from app.errors import Invalid
from app.programmes import service
from app.programmes.models import Programme
from app.programmes.vocabulary import CRITERIA, GOALS, RULES, rule_sentence
from matching.problem import Criterion, GoalName, Rule, RuleName
from tests import factories

ALL_PARAMETERS = {
    "shared_hours": {"minutes": 90},
    "grade_distance": {"min": 1, "max": 4},
    "same_attribute": {"name": "location"},
    "covers_wants": {"percent": 30},
}


def create(**values) -> Programme:
    defaults = {"key": "mentoring", "name": "Mentoring"}
    return service.create_programme(**{**defaults, **values}, by=COMMAND_LINE)


def test_the_words_are_those_of_the_engine():
    assert set(RULES) == {rule.value for rule in RuleName}
    # Trial chats, which people rate, are held by command alone so far.
    assert set(CRITERIA) | {"ratings"} == {criterion.value for criterion in Criterion}
    assert set(GOALS) == {goal.value for goal in GoalName}
    fields = set(Rule.__dataclass_fields__) - {"rule"}
    assert {name for words in RULES.values() for name in (*words.numbers, *words.choices)} == fields


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_sentence(rule):
    assert rule_sentence(rule, ALL_PARAMETERS.get(rule, {}))


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"min": 1, "max": 4}, "The mentor's grade is +1 to +4 from the mentee's"),
        ({"min": -2}, "The mentor's grade is at least −2 from the mentee's"),
        ({"max": 0}, "The mentor's grade is at most 0 from the mentee's"),
    ],
)
def test_a_grade_distance_is_said_with_what_it_limits(parameters, sentence):
    assert rule_sentence("grade_distance", parameters) == sentence


def test_a_programme_without_choices_gets_the_usual_ones(app):
    programme = create()
    db.session.commit()
    assert {row.rule: row.parameters for row in programme.rules} == {
        "covers_wants": {"percent": 20},
        "no_prior_pair": {}, "not_in_reporting_line": {}, "shared_hours": {"minutes": 120}, "shared_language": {},
    }  # fmt: skip
    assert sum(row.weight for row in programme.criteria) == 100
    assert [row.goal for row in programme.goals] == ["coverage", "points"]
    assert db.session.scalars(sa.select(AuditEvent.action)).all() == ["programme.created"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"key": "Mentoring"}, "small letters"),
        ({"key": ""}, "small letters"),
        ({"name": " "}, "Enter a name"),
        ({"hours_a_month": 0}, "above 0"),
        ({"hours_a_month": 201}, "at most 200"),
        ({"rules": {"likes_cats": {}}}, "There is no rule likes_cats."),
        ({"rules": {"shared_hours": {}}}, "The rule shared_hours needs minutes."),
        ({"rules": {"shared_hours": {"minutes": 0}}}, "from 1 to 1440"),
        ({"rules": {"shared_hours": {"minutes": "many"}}}, "whole number"),
        ({"rules": {"shared_hours": {"minutes": True}}}, "whole number"),
        ({"rules": {"shared_language": {"minutes": 3}}}, "The rule shared_language has no minutes."),
        ({"rules": {"grade_distance": {}}}, "The rule grade_distance needs max or min."),
        ({"rules": {"grade_distance": {"min": 3, "max": 1}}}, "min above its max"),
        ({"rules": {"same_attribute": {"name": "shoe size"}}}, "must be department or location"),
        ({"criteria": {"charm": 100}}, "There is no criterion charm."),
        ({"criteria": {"skills": 90}}, "these add up to 90."),
        ({"criteria": {"skills": 0, "hours": 100}}, "from 1 to 100"),
        ({"criteria": {}}, "these add up to 0."),
        ({"goals": ["fame"]}, "There is no goal fame."),
        ({"goals": []}, "Name each goal once"),
        ({"goals": ["points", "points"]}, "Name each goal once"),
        ({"goals": ["worst_match", "coverage"]}, "good as possible” must come after “As many people"),
        ({"goals": ["coverage", "stable"]}, "each other” must come first"),
        ({"goals": ["coverage", "parity"]}, "needs groups of mentees"),
    ],
)
def test_a_programme_the_engine_could_not_match_is_refused(app, values, sentence):
    with pytest.raises(Invalid) as refusal:
        create(**values)
    assert sentence in refusal.value.message
    assert db.session.scalar(sa.select(sa.func.count(Programme.id))) == 0


@pytest.mark.parametrize("values", [{"name": "Other"}, {"key": "other"}])
def test_neither_key_nor_name_is_used_twice(app, values):
    create()
    with pytest.raises(Invalid, match="already a programme"):
        create(**values)


class TestCommands:
    @pytest.fixture
    def flask(self, app):
        runner = app.test_cli_runner()
        return lambda *arguments: runner.invoke(args=["programmes", *arguments])

    def test_create_show_and_list(self, flask):
        made = flask(
            "create", "Reverse mentoring", "--key", "reverse", "--hours", "1.5", "--rule", "shared_language",
            "--rule", "grade_distance:min=-6,max=-1", "--criterion", "skills=70", "--criterion", "hours=30",
            "--goal", "points",
        )  # fmt: skip
        assert made.exit_code == 0, made.output
        shown = flask("show", "reverse").output
        assert shown == made.output
        assert "Reverse mentoring (reverse): mentoring, 1.5 hours a month" in shown
        assert "The mentor's grade is −6 to −1 from the mentee's" in shown
        assert " 70  Skills asked for" in shown
        assert "reverse  Reverse mentoring  2 rules" in flask("list").output

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (["create", "A", "--criterion", "skills"], "NAME=WEIGHT"),
            (["create", "A", "--rule", "nonsense"], "There is no rule nonsense."),
            (["show", "nothing"], "There is no programme nothing."),
        ],
    )
    def test_what_makes_no_sense_ends_with_two(self, flask, arguments, sentence):
        result = flask(*arguments)
        assert result.exit_code == 2
        assert sentence in result.output

    def test_archived_programmes_are_not_listed(self, flask):
        from tests.conftest import NOW

        factories.programme(name="Old", archived_at=NOW)
        assert "There is no programme yet." in flask("list").output
