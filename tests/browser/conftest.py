"""Fixtures of the browser tests: the served application and readers with and without script."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from pytest_socket import enable_socket

from app.db import db
from tests.browser.kit import Reader, Site, served

HERE = Path(__file__).parent
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; its absence fails the build and skips on a developer's machine."""
    executable = shutil.which("chromium")
    if executable is None:
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent("Install the Debian package chromium to run the browser tests.")
    enable_socket()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def own_app(own_app: Flask) -> Flask:
    """An application whose rows the test may read after a commit without holding SQLite's write lock again.

    Whoever queries in a browser test ends the transaction with `db.session.rollback()` before the next click.
    """
    db.session().expire_on_commit = False
    return own_app


@pytest.fixture
def site(chromium: Browser, own_app: Flask) -> Iterator[Site]:
    """The application, served on a database of its own."""
    enable_socket()
    with served(own_app) as site:
        yield site


@pytest.fixture
def reader(chromium: Browser, site: Site) -> Iterator[Reader]:
    """Someone at a browser with script."""
    yield from _reader(chromium, site, script=True)


@pytest.fixture
def reader_without_script(chromium: Browser, site: Site) -> Iterator[Reader]:
    """Someone at a browser that runs no script."""
    yield from _reader(chromium, site, script=False)


def _reader(chromium: Browser, site: Site, *, script: bool) -> Iterator[Reader]:
    context = chromium.new_context(
        java_script_enabled=script,
        viewport={"width": 1280, "height": 900},
        locale="en-GB",
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    yield Reader(site, context, context.new_page())
    context.close()
