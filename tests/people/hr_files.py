"""Files of HR for the tests of the import, and the command that reads them."""

import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from app.audit import AuditEvent
from app.config import PROJECT
from app.db import db
from app.people.models import Department, Location, Person

MAPPINGS = Path(__file__).with_name("mappings")


def written(folder: Path, content: str | bytes, name: str = "people.csv") -> Path:
    """Write a file and return where it is."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def imported(app: Flask, path: Path, *options: str | Path) -> Result:
    """Import a file as one does on the command line."""
    return app.test_cli_runner().invoke(args=["people", "import", str(path), *map(str, options)])


def accepted(app: Flask, path: Path, *options: str | Path) -> str:
    """Import a file that has nothing wrong with it, and return what was said."""
    result = imported(app, path, *options)
    assert result.exit_code == 0, result.output or result.exception
    return result.output


def refused(app: Flask, path: Path, *options: str | Path) -> str:
    """Import a file that must be refused, make sure that nothing was changed, and return what was said."""
    before = everything()
    result = imported(app, path, *options)
    assert result.exit_code == 2, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert everything() == before
    return result.output


def everything() -> list[int]:
    """Count the rows that an import could add, and the events it would record."""
    tables = (Person, Department, Location, AuditEvent)
    return [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]


def person_of(employee_id: str) -> Person:
    """Return the person with this employee id."""
    return db.session.scalars(sa.select(Person).filter_by(employee_id=employee_id)).one()


def shared_data(*parts: str) -> Path:
    """Return a file or folder of the real data, or skip the test and name what is absent."""
    root = Path(os.environ.get("TRELLIS_SHARED_DATA") or PROJECT.parent / "shared" / "data")
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is absent")
    return path
