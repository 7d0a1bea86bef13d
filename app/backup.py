"""Backups of the embedded database: whole, consistent, made and restored while the site runs."""

import os
from contextlib import closing
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import make_url

from app.errors import Conflict, Invalid

USE_PG_DUMP = "PostgreSQL has tools of its own for this: pg_dump and pg_restore, or continuous archiving."


def back_up(database_url: str, target: Path) -> int:
    """Write a consistent copy of the database to `target` and return its size in bytes.

    Raises:
        Invalid: when the database is not SQLite, or the copy cannot be written there.
        Conflict: when `target` exists.
    """
    source = _file_of(database_url)
    if target.exists():
        raise Conflict(f"{target} exists. Name a new file: a backup never replaces another.")
    if not target.parent.is_dir():
        raise Invalid(f"There is no folder {target.parent}.")
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(sqlite.connect(source)) as connection:
            connection.execute("VACUUM INTO ?", (str(unfinished),))
        _refuse_damaged(unfinished)
        _persist(unfinished)
        unfinished.rename(target)
    except sqlite.Error as error:
        raise Invalid(f"The backup could not be written: {error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def restore(database_url: str, backup: Path) -> None:
    """Put the content of `backup` in the place of the database's, in one transaction.

    Raises:
        Invalid: when the database is not SQLite, or the backup is absent, damaged or of something else.
    """
    target = _file_of(database_url)
    if not backup.is_file():
        raise Invalid(f"There is no file {backup}.")
    _refuse_damaged(backup)
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite.connect(backup)) as kept, closing(sqlite.connect(target, timeout=15)) as current:
        kept.backup(current)
        current.execute("PRAGMA journal_mode=WAL")


def _file_of(database_url: str) -> Path:
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise Invalid(USE_PG_DUMP)
    return Path(url.database)


def _refuse_damaged(file: Path) -> None:
    try:
        with closing(sqlite.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    except sqlite.DatabaseError:
        sound, tables = False, set()
    if not sound:
        raise Invalid(f"{file} is damaged, or no database.")
    if "alembic_version" not in tables:
        raise Invalid(f"{file} is not a backup of Trellis.")


def _persist(file: Path) -> None:
    """Have the disk keep the file before anyone is told that it exists."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
