"""What browser tests share: a served application, readers who use it, and what must hold on every page."""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from waitress import wasyncore
from waitress.server import create_server

from app.auth.models import Account
from app.auth.service import open_session
from app.db import db

WIDTHS = (1280, 390, 320)
THEMES = ("light", "dark")
PICTURES = os.environ.get("TRELLIS_PICTURES")  # a folder to leave a picture of each view in, to look at


@dataclass(frozen=True)
class Site:
    """The application as it is served on this machine."""

    app: Flask
    url: str

    def session_cookie(self, account: Account) -> dict[str, str]:
        """Open a session for `account` and return the cookie a browser would keep."""
        token = open_session(account, browser="Chromium on a test")
        db.session.commit()
        serializer = self.app.session_interface.get_signing_serializer(self.app)
        return {
            "name": self.app.config["SESSION_COOKIE_NAME"],
            "value": serializer.dumps({"_user_id": token, "_fresh": True}),
            "url": self.url,
        }


@contextmanager
def served(app: Flask) -> Iterator[Site]:
    """Serve `app` with waitress on a free port until the block ends."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    done = threading.Event()

    def serve() -> None:
        while not done.is_set():
            wasyncore.loop(timeout=0.1, map=server._map, count=1)
        server.task_dispatcher.shutdown()
        wasyncore.close_all(server._map)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield Site(app, f"http://127.0.0.1:{server.effective_port}")
    finally:
        done.set()
        thread.join()


@dataclass
class Reader:
    """Someone at a browser, and what that browser complained about."""

    site: Site
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        self.page.on("request", self._watch)

    def _listen(self, message) -> None:
        if "Content Security Policy" in message.text or (
            message.type == "error" and "Failed to load resource" not in message.text
        ):
            self.complaints.append(f"{message.type}: {message.text}")

    def _watch(self, request) -> None:
        if not request.url.startswith((self.site.url, "data:")):
            self.complaints.append(f"asked another host: {request.url}")

    def sign_in(self, account: Account) -> None:
        """Give the browser an open session of `account`."""
        self.context.add_cookies([self.site.session_cookie(account)])

    def choose_theme(self, theme: str) -> None:
        """Choose light, dark or auto, as the account menu would."""
        self.context.add_cookies([{"name": "theme", "value": theme, "url": self.site.url}])

    def open(self, path: str) -> Page:
        """Go to a page of the site."""
        self.page.goto(self.site.url + path)
        return self.page


@contextmanager
def reading(browser: Browser, site: Site, *, script: bool = True) -> Iterator[Reader]:
    """Open a window of its own, in which nobody is signed in, and close it in the end."""
    context = browser.new_context(
        java_script_enabled=script,
        viewport={"width": 1280, "height": 900},
        locale="en-GB",
        reduced_motion="reduce",
        accept_downloads=True,
    )
    context.set_default_timeout(10_000)
    try:
        yield Reader(site, context, context.new_page())
    finally:
        context.close()


def assert_clean(reader: Reader) -> None:
    """The page as it stands is accessible, keeps the content policy and fits its window."""
    assert reader.complaints == []
    assert problems_for_assistive_technology(reader.page) == []
    assert not scrolls_sideways(reader.page), "the page scrolls sideways"


def assert_clean_in_every_view(reader: Reader, path: str) -> None:
    """`assert_clean` at every width and in both themes."""
    for theme in THEMES:
        reader.choose_theme(theme)
        for width in WIDTHS:
            reader.page.set_viewport_size({"width": width, "height": 900})
            reader.open(path)
            keep_picture(reader.page, path, width, theme)
            assert_clean(reader)


def problems_for_assistive_technology(page: Page) -> list[str]:
    """Return what axe finds, one sentence for each element."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} ({'; '.join(node['failureSummary'].splitlines()[1:])})"
        for rule in found
        for node in rule["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    """Tell whether anything is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def keep_picture(page: Page, name: str, width: int, theme: str) -> None:
    """Leave a picture of the page in the folder `TRELLIS_PICTURES` names, if it names one."""
    if PICTURES:
        stem = re.sub(r"\W+", "-", name).strip("-") or "home"
        page.screenshot(path=Path(PICTURES) / f"{stem}-{width}-{theme}.png", full_page=True)


def focus_is_on(page: Page) -> str:
    """Return the id of the focused element, or the name of its tag."""
    return page.evaluate("document.activeElement.id || document.activeElement.tagName.toLowerCase()")
