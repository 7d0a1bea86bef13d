"""Importing ESCO: its traps, its newer versions, and the claims and goals that must survive them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import create_app
from app.audit import AuditEvent
from app.db import db
from app.skills.models import Claim, EdgeKind, Goal, Skill, SkillAlias, SkillEdge, Source
from app.skills.queries import skill_named
from tests import factories
from tests.conftest import config_for, dispose
from tests.people.hr_files import shared_data
from tests.skills.esco_release import FIRST, SKILL, broader, group, relation, skill, write_release

PROJECT = Path(__file__).resolve().parents[2]
MEASURED = """
import atexit, resource, sys, time
from pathlib import Path
from flask.cli import main
def peak_kib():
    # On Linux what getrusage tells begins with the size of the process that started this one.
    status = Path("/proc/self/status")
    if status.exists():
        return next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
def tell():
    print(time.process_time(), peak_kib(), file=sys.stderr)
atexit.register(tell)
main()
"""


def run(app, folder, *options):
    return app.test_cli_runner().invoke(args=["skills", "import-esco", str(folder), *options])


def imported(app, folder, *options) -> str:
    result = run(app, folder, *options)
    assert result.exit_code == 0, result.output or result.exception
    return result.output


def of(key: str) -> Skill:
    return db.session.scalars(sa.select(Skill).filter_by(source=Source.ESCO, source_key=SKILL + key)).one()


def edges() -> set[tuple[str, str, str]]:
    """Return all edges by the keys of their skills; those that have no direction in alphabetical order."""
    keys = {skill.id: skill.source_key.removeprefix(SKILL) for skill in db.session.scalars(sa.select(Skill))}
    found = set()
    for edge in db.session.scalars(sa.select(SkillEdge)):
        ends = keys[edge.from_skill_id], keys[edge.to_skill_id]
        one, other = sorted(ends) if edge.kind is EdgeKind.RELATED else ends
        found.add((one, str(edge.kind), other))
    return found


def everything() -> list[int]:
    return [
        db.session.scalar(sa.select(sa.func.count()).select_from(table))
        for table in (Skill, SkillAlias, SkillEdge, AuditEvent)
    ]


@pytest.fixture
def first(app, tmp_path):
    folder = write_release(tmp_path / "first", **FIRST)
    imported(app, folder)
    return folder


def test_skills_groups_and_relations_become_a_graph(first):
    assert edges() == {
        ("S1", "broader", "S2"),
        ("paint", "broader", "S1"),
        ("paint", "broader", "S2"),
        ("mix", "broader", "S1"),
        ("lime", "broader", "paint"),
        ("colour", "broader", "S3"),
        ("paint", "requires", "safety"),
        ("colour", "related", "mix"),
    }
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Skill)) == 8


def test_labels_are_freed_of_unseen_spaces_and_aliases_split_at_lines(first):
    assert of("paint").label == "paint walls"
    assert [alias.label for alias in of("paint").aliases] == ["decorate walls", "painting walls"]
    assert [alias.label for alias in of("lime").aliases] == ["whitewash"]
    assert {skill.label for skill in skill_named("PAINTING walls")} == {"paint walls"}


def test_an_alias_of_several_skills_finds_them_all(first):
    assert {skill.label for skill in skill_named("decorate walls")} == {"paint walls", "mix paint"}


def test_notes_lose_their_html_and_keep_their_words(first):
    assert of("colour").description == "How colours act.\n\nSee tone & hue."


def test_what_is_amiss_is_counted_in_words(app, tmp_path):
    said = imported(app, write_release(tmp_path / "first", **FIRST), "--dry-run")
    assert (
        "The release holds 5 skills and 3 groups of skills, 4 aliases and 8 edges (6 broader, 1 requires, 1 related)."
        in said
    )
    for count, words in (
        (2, "texts with no-break or zero-width spaces"),
        (1, "notes with HTML"),
        (1, "skills without a type"),
        (1, "labels of several skills or groups"),
        (1, "relations that state another type"),
        (1, "relations of a skill to itself"),
        (2, "relations to or from what is not in the release"),
        (1, "relations neither essential nor optional"),
        (1, "skills and groups below more than one other"),
    ):
        assert f" {count} {words}" in said


def test_a_dry_run_says_what_would_change_and_changes_nothing(app, tmp_path):
    before = everything()
    said = imported(app, write_release(tmp_path / "first", **FIRST), "--dry-run")
    assert "Would change: skills 8 added, 0 relabelled" in said
    assert "aliases 4 added, 0 removed; edges 8 added, 0 removed." in said
    assert "This was a dry run: nothing was changed." in said
    assert everything() == before


def test_the_source_is_named(app, first):
    assert "This service uses the ESCO classification of the European Commission." in imported(app, first)


def test_importing_the_same_release_again_changes_nothing(app, first):
    before = everything()
    assert "The skills of ESCO are as in this release already: nothing changes." in imported(app, first)
    assert everything() == before


def test_the_names_of_files_since_version_1_2_are_known(app, first, tmp_path):
    newer = write_release(tmp_path / "newer", **FIRST, suffix="_en")
    assert "nothing changes" in imported(app, newer)


def second_release(folder):
    """The paint is gone and back as two; lime has another name and place; the ladder is obsolete."""
    return write_release(
        folder,
        skills=[
            skill("paint-in", "paint inner walls", altLabels="decorate walls"),
            skill("mix", "mix paint", altLabels="blend paint", skillType="skill/competence"),
            skill("colour", "colour theory", description="How colours act.", scopeNote='See <a href="x">tone &amp; hue</a>.'),
            skill("safety", "ladder safety", status="obsolete"),
            skill("lime", "lime washing", hiddenLabels="whitewash"),
        ],
        groups=[group("S1", "decorating"), group("S2", "building"), group("S3", "colour theory")],
        hierarchy=[
            broader("S1", "S2"),
            broader("paint-in", "S1"),
            broader("mix", "S2"),
            broader("lime", "paint-in"),
            broader("colour", "S3"),
        ],
        relations=[relation("mix", "optional", "colour")],
        suffix="_en",
    )  # fmt: skip


def test_a_newer_release_is_a_difference_that_keeps_claims_and_goals(app, first, tmp_path):
    person = factories.person()
    factories.claim(person, of("paint"), 4)
    factories.claim(person, of("lime"), 3)
    factories.goal(person, of("safety"), 3)
    ids = {key: of(key).id for key in ("paint", "lime", "mix", "safety")}
    said = imported(app, second_release(tmp_path / "second"))
    assert (
        "Changed: skills 1 added, 1 relabelled, 0 described anew, 2 deprecated, 0 taken back into use" in said
    )
    assert "aliases 2 added, 1 removed" in said
    assert "In use and deprecated: 2; their claims and goals stay." in said
    assert {key: of(key).id for key in ids} == ids
    assert (of("lime").label, of("lime").folded_label) == ("lime washing", "lime washing")
    assert [alias.label for alias in of("mix").aliases] == ["blend paint"]
    assert of("paint").deprecated_at is not None
    assert of("safety").deprecated_at is not None
    claims = {(claim.skill_id, claim.level) for claim in db.session.scalars(sa.select(Claim))}
    assert claims == {(ids["paint"], 4), (ids["lime"], 3)}
    assert db.session.scalars(sa.select(Goal.skill_id)).all() == [ids["safety"]]


def test_replaced_edges_are_swapped_and_vanished_skills_keep_telling_where_they_were(app, first, tmp_path):
    imported(app, second_release(tmp_path / "second"))
    assert edges() == {
        ("S1", "broader", "S2"),
        ("paint-in", "broader", "S1"),
        ("mix", "broader", "S2"),
        ("lime", "broader", "paint-in"),
        ("colour", "broader", "S3"),
        ("colour", "related", "mix"),
        ("paint", "broader", "S1"),
        ("paint", "broader", "S2"),
        ("paint", "requires", "safety"),
    }
    assert "nothing changes" in imported(app, tmp_path / "second")


def test_a_skill_that_returns_is_taken_back_into_use(app, first, tmp_path):
    imported(app, second_release(tmp_path / "second"))
    said = imported(app, first)
    assert "skills 0 added, 1 relabelled, 0 described anew, 1 deprecated, 2 taken back into use" in said
    assert of("paint").deprecated_at is None


def test_skills_of_our_own_and_their_edges_are_left_alone(app, first, tmp_path):
    own = factories.skill("Fresco", aliases=[SkillAlias(label="mural", folded_label="mural")])
    edge = SkillEdge(from_skill_id=own.id, kind=EdgeKind.BROADER, to_skill_id=of("paint").id)
    db.session.add(edge)
    db.session.commit()
    imported(app, second_release(tmp_path / "second"))
    assert ("skill-", "broader", "paint") in {(one[:6], kind, other) for one, kind, other in edges()}
    assert (own.label, own.deprecated_at, len(own.aliases)) == ("Fresco", None, 1)


def test_relations_in_a_circle_are_left_out(app, tmp_path):
    hierarchy = [broader("a", "b"), broader("b", "c"), broader("c", "a"), broader("a", "S1")]
    folder = write_release(
        tmp_path / "circle",
        skills=[skill(key, key) for key in "abc"],
        groups=[group("S1", "letters")],
        hierarchy=hierarchy,
        relations=[relation("a", "essential", "b")],
    )
    assert " 3 relations that lead in a circle, left out" in imported(app, folder)
    assert edges() == {("a", "broader", "S1"), ("a", "requires", "b")}


def test_the_import_is_recorded(first):
    event = db.session.scalars(sa.select(AuditEvent)).one()
    assert (event.action, event.details["added"], event.details["edges_added"]) == (
        "skills.import_esco",
        8,
        8,
    )


def broken(folder, name, content):
    (folder / name).write_bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("skills_en.csv", None, "is no ESCO release in English: skills_en.csv missing"),
        ("skills_en.csv", b"", "has no column conceptUri, skillType"),
        ("skills_en.csv", b"a,b\n1,2\n", "has no column conceptUri, skillType"),
        (
            "skillSkillRelations_en.csv",
            b"x\n",
            "holds both skillSkillRelations.csv and skillSkillRelations_en.csv",
        ),
        (
            "broaderRelationsSkillPillar.csv",
            b"conceptType,conceptUri,broaderType,broaderUri\n",
            "broaderRelationsSkillPillar.csv has no rows",
        ),
        ("broaderRelationsSkillPillar.csv", b"conceptUri,broaderUri\n\xff,\xfe\n", "is not in UTF-8"),
        ("broaderRelationsSkillPillar.csv", b'conceptUri,broaderUri\n"x,y\n', "cannot be read after line"),
    ],
)
def test_a_folder_that_is_no_release_is_refused_and_changes_nothing(app, first, name, content, sentence):
    before = everything()
    if content is None:
        (first / name).unlink()
    else:
        broken(first, name, content)
    result = run(app, first)
    assert result.exit_code == 2
    assert sentence in result.output
    assert everything() == before


@pytest.mark.slow
def test_the_real_release_is_imported_within_its_limits(own_database):
    """In a process of its own, so that its time and memory are nobody else's."""
    folder = shared_data("esco-1.1.1")
    environ = {
        **os.environ,
        "DATABASE_URL": own_database,
        "SECRET_KEY": "s" * 32,
        "JOBS_URL": "redis://unused",
    }
    command = [sys.executable, "-c", MEASURED, "--app", "wsgi", "skills", "import-esco", str(folder)]
    answer = subprocess.run(command, env=environ, cwd=PROJECT, capture_output=True, text=True, check=True)
    said = answer.stdout
    cpu_seconds, peak_kib = map(float, answer.stderr.split()[-2:])
    assert cpu_seconds < 60
    assert peak_kib < 600 * 1024
    assert "13,896 skills and 640 groups of skills, 85,783 aliases and 26,547 edges" in said
    assert "(20,649 broader, 191 requires, 5,707 related)" in said
    for words in (
        "19 notes with HTML",
        "6 skills without a type",
        "5,655 relations that state another type",
        "1 relations of a skill to itself",
        "7 relations to or from what is not in the release",
        "4,646 skills and groups below more than one other",
    ):
        assert words in said
    app = create_app(config_for(own_database))
    with app.app_context():
        unseen = sa.or_(*(SkillAlias.label.contains(letter) for letter in "\u00a0\u200b\n"))
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SkillAlias).where(unseen)) == 0
        assert len(skill_named("manage musical staff")) == 1
    dispose(app)
