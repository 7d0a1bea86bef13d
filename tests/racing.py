"""Commands carried out at the same moment, each in a thread and a transaction of its own."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from app.db import db
from app.errors import DomainError

TIMES = int(os.environ.get("TRELLIS_RACES", "8"))
DONE = "done"
MOST_SECONDS = 60  # to wait for the others: one who failed never comes


def race(app: Flask, *commands: Callable[[], object]) -> list[str]:
    """Carry commands out at once; each answers "done", or the sentence with which it was refused."""
    db.session.rollback()  # else this thread would keep SQLite's one place to write
    start = Barrier(len(commands), timeout=MOST_SECONDS)

    def carry_out(command: Callable[[], object]) -> str:
        with app.app_context():
            start.wait()
            try:
                command()
                db.session.commit()
            except DomainError as refusal:
                return refusal.message
            return DONE

    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(carry_out, commands))
