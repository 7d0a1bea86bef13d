"""What the browser tests change of the common fixtures."""

import pytest
from flask import Flask

from app.db import db


@pytest.fixture
def own_app(own_app: Flask) -> Flask:
    """An application whose rows the test may read after a commit without holding SQLite's write lock again.

    Whoever queries in a browser test ends the transaction with `db.session.rollback()` before the next click.
    """
    db.session().expire_on_commit = False
    return own_app
