"""The embedded server: waitress in this process and one worker beside it."""

import logging
import os
import subprocess
import sys
import threading
import time

import waitress
from flask import Flask
from huey.consumer import Consumer

from app import clock
from app.db import db
from app.jobs import queue

log = logging.getLogger(__name__)
RESTARTED_AFTER_SECONDS = 2.0
PARENT_WATCHED_EVERY_SECONDS = 0.5


def serve(app: Flask, *, host: str, port: int) -> None:
    """Serve the site and keep a worker running, until interrupted."""
    # What the command has read so far is in a transaction, and that would keep every visitor from writing.
    db.session.remove()
    keeper = threading.Thread(target=_keep_worker, args=(os.getpid(),), daemon=True)
    keeper.start()
    waitress.serve(app, host=host, port=port, threads=8, connection_limit=1000, ident=None)


def work(*, parent: int | None = None) -> None:
    """Run tasks until interrupted, or until the process `parent` is gone."""
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    consumer = Consumer(queue, workers=1, worker_type="thread", initial_delay=0.1, max_delay=1.0)
    consumer.run()


def _keep_worker(parent: int) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "work", "--parent", str(parent)]
    while True:
        began = clock.now()
        exit_code = subprocess.run(command, check=False).returncode  # noqa: S603
        log.warning("the worker started at %s ended with %s; starting another", began, exit_code)
        time.sleep(RESTARTED_AFTER_SECONDS)


def _follow(parent: int) -> None:
    """A worker without its server would go on unseen; end with it, even when it was killed."""
    while os.getppid() == parent:
        time.sleep(PARENT_WATCHED_EVERY_SECONDS)
    os._exit(0)
