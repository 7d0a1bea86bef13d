"""Loading the starter taxonomy: complete, as a difference, and without losing what people claim."""

import pytest
import sqlalchemy as sa

from app import audit
from app.audit import AuditEvent
from app.db import db
from app.skills.models import Claim, EdgeKind, Skill, SkillAlias, SkillEdge, Source
from app.skills.starter import load_starter_taxonomy
from tests import factories

TAXONOMY = """
[[skill]]
id = "data"
label = "Data"
description = "Records."
aliases = ["figures"]
broader = []
requires = []
related = ["writing"]

[[skill]]
id = "writing"
label = "Writing"
description = "Words."
aliases = []
broader = []
requires = []
related = []

[[skill]]
id = "sql"
label = "SQL"
description = "Queries."
aliases = ["queries", "Structured Query Language"]
broader = ["data"]
requires = ["writing"]
related = []
"""


@pytest.fixture
def load(app, tmp_path):
    def load(text=TAXONOMY):
        path = tmp_path / "taxonomy.toml"
        path.write_text(text)
        return load_starter_taxonomy(by=audit.COMMAND_LINE, path=path)

    return load


def key(name):
    return db.session.scalar(sa.select(Skill).filter_by(source=Source.STARTER, source_key=name))


def count(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_the_file_we_ship_is_loaded_whole_and_only_once(app):
    first = load_starter_taxonomy(by=audit.COMMAND_LINE)
    assert first.added == first.skills == count(Skill) >= 300
    assert first.edges_added == count(SkillEdge) > first.skills - 12

    again = load_starter_taxonomy(by=audit.COMMAND_LINE)
    assert again.skills == first.skills
    assert not again.changed_anything


def test_edges_and_aliases_are_stored_as_the_tables_want_them(load):
    load()
    edges = {
        (edge.from_skill_id, edge.kind, edge.to_skill_id) for edge in db.session.scalars(sa.select(SkillEdge))
    }
    related = sorted((key("data").id, key("writing").id))
    assert edges == {
        (key("sql").id, EdgeKind.BROADER, key("data").id),
        (key("sql").id, EdgeKind.REQUIRES, key("writing").id),
        (related[0], EdgeKind.RELATED, related[1]),
    }
    assert {alias.folded_label for alias in key("sql").aliases} == {"queries", "structured query language"}


def test_a_changed_file_changes_only_the_difference(load):
    load()
    counts = load(
        TAXONOMY.replace('label = "SQL"', 'label = "SQL queries"')
        .replace('aliases = ["figures"]', 'aliases = ["numbers"]')
        .replace('requires = ["writing"]', "requires = []")
    )
    assert (counts.added, counts.changed, counts.deprecated) == (0, 2, 0)
    assert (counts.edges_added, counts.edges_removed) == (0, 1)
    assert (key("sql").label, key("sql").folded_label) == ("SQL queries", "sql queries")
    assert [alias.label for alias in key("data").aliases] == ["numbers"]


def test_a_skill_that_left_the_file_is_deprecated_and_claims_to_it_stay(load):
    load()
    claim_id = factories.claim(factories.person(), key("sql")).id

    counts = load(TAXONOMY[: TAXONOMY.rindex("[[skill]]")])
    assert counts.deprecated == 1
    assert key("sql").deprecated_at is not None
    assert [edge.kind for edge in db.session.scalars(sa.select(SkillEdge))] == [EdgeKind.RELATED]
    assert db.session.get(Claim, claim_id).skill_id == key("sql").id

    assert load().changed == 1
    assert key("sql").deprecated_at is None


def test_skills_from_elsewhere_and_edges_to_them_stay(load):
    load()
    own = factories.skill("Our own dialect")
    db.session.add(SkillEdge(from_skill_id=own.id, kind=EdgeKind.BROADER, to_skill_id=key("sql").id))
    db.session.flush()
    assert not load().changed_anything
    assert own.deprecated_at is None


def test_loading_is_recorded_once(load):
    load()
    load()
    events = db.session.scalars(sa.select(AuditEvent)).all()
    assert [(event.action, event.details["added"]) for event in events] == [("skills.load_starter", 3)]


def test_the_command_says_what_it_did(app):
    result = app.test_cli_runner().invoke(args=["skills", "load-starter"])
    assert result.exit_code == 0
    assert f"{count(Skill)} skills in the starter taxonomy: {count(Skill)} added, 0 changed" in result.output
    again = app.test_cli_runner().invoke(args=["skills", "load-starter"])
    assert "0 added, 0 changed, 0 deprecated; 0 edges added, 0 removed." in again.output
    assert count(SkillAlias) > count(Skill)
