"""Backups of the embedded database: whole while others write, and restored by a command."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from app import backup
from app.db import db
from app.errors import Conflict, Invalid
from app.people.models import Person
from tests import factories

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def embedded(own_app):
    return own_app


def url_of(app) -> str:
    return app.config["SQLALCHEMY_DATABASE_URI"]


def names() -> list[str]:
    db.session.remove()
    return list(db.session.scalars(sa.select(Person.name).order_by(Person.name)))


def ids_in(file) -> set[int]:
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        kept = set(connection.scalars(sa.text("SELECT id FROM person")))
    engine.dispose()
    return kept


def test_restoring_a_backup_brings_back_what_stood_then(embedded, tmp_path):
    factories.person(name="Amara")
    db.session.remove()
    assert backup.back_up(url_of(embedded), tmp_path / "monday.db") > 0
    factories.person(name="Bruno")
    db.session.remove()

    backup.restore(url_of(embedded), tmp_path / "monday.db")

    assert names() == ["Amara"]
    factories.person(name="Chiara")
    assert names() == ["Amara", "Chiara"]


def test_a_backup_made_while_others_write_holds_every_acknowledged_row(embedded, tmp_path):
    acknowledged, stop = [], threading.Event()

    def write() -> None:
        with embedded.app_context():
            while not stop.is_set():
                acknowledged.append(factories.person().id)
                db.session.remove()

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(write)
        try:
            for number in range(5):
                before = len(acknowledged)
                file = tmp_path / f"{number}.db"
                backup.back_up(url_of(embedded), file)
                assert set(acknowledged[:before]) <= ids_in(file)
        finally:
            stop.set()
    writer.result()
    assert acknowledged


def test_a_backup_never_replaces_a_file(embedded, tmp_path):
    (tmp_path / "kept.db").write_text("precious")
    with pytest.raises(Conflict, match="exists"):
        backup.back_up(url_of(embedded), tmp_path / "kept.db")
    assert (tmp_path / "kept.db").read_text() == "precious"


@pytest.mark.parametrize("content", [b"", b"not a database at all", b"SQLite format 3\x00" + b"\xff" * 200])
def test_a_file_that_is_no_backup_is_refused_and_nothing_changes(embedded, tmp_path, content):
    factories.person(name="Amara")
    (tmp_path / "odd.db").write_bytes(content)
    with pytest.raises(Invalid):
        backup.restore(url_of(embedded), tmp_path / "odd.db")
    assert names() == ["Amara"]


def test_postgresql_is_left_to_its_own_tools(tmp_path):
    with pytest.raises(Invalid, match="pg_dump"):
        backup.back_up("postgresql+psycopg://db/trellis", tmp_path / "x.db")
