"""Fixtures of everything that drives a browser: Chromium, the served application, and its readers."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from pytest_socket import enable_socket

from tests.browser.kit import Reader, Site, reading, served

TESTS = Path(__file__).parent.parent
DRIVEN = (TESTS / "browser", TESTS / "journeys")
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
        if any(folder in item.path.parents for folder in DRIVEN):
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
def site(chromium: Browser, own_app: Flask) -> Iterator[Site]:
    """The application, served on a database of its own."""
    enable_socket()
    with served(own_app) as site:
        yield site


@pytest.fixture
def reader(chromium: Browser, site: Site) -> Iterator[Reader]:
    """Someone at a browser with script."""
    with reading(chromium, site) as reader:
        yield reader


@pytest.fixture
def reader_without_script(chromium: Browser, site: Site) -> Iterator[Reader]:
    """Someone at a browser that runs no script."""
    with reading(chromium, site, script=False) as reader:
        yield reader
