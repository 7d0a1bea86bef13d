"""From nothing to a page: the demo's one command, as a newcomer starts it."""

import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_socket import enable_socket

from app.config import PROJECT
from tests.conftest import SECRET

PATIENCE_SECONDS = 90
ANSWERS_WITHIN_SECONDS = 30


@dataclass(frozen=True)
class Demo:
    """The demo as it is served, and what its command printed."""

    url: str
    printed: str


@pytest.fixture
def demo(tmp_path) -> Iterator[Demo]:
    enable_socket()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": SECRET,
        "TRELLIS_DEMO": "1",
        "DATABASE_URL": f"sqlite:///{tmp_path}/demo.db",
    }
    command = [
        sys.executable,
        "-m",
        "flask",
        "--app",
        "wsgi",
        "demo",
        "start",
        "--people",
        "60",
        "--port",
        str(port),
    ]
    printed = tmp_path / "printed"
    with printed.open("wb") as output:
        process = subprocess.Popen(command, cwd=PROJECT, env=environ, stdout=output, stderr=subprocess.STDOUT)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url + "/healthz", process, printed)
        yield Demo(url, printed.read_text())
    finally:
        process.terminate()
        process.wait(timeout=120)


def wait_for(url: str, process: subprocess.Popen, printed: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, f"the demo ended by itself: {printed.read_text()}"
        try:
            urllib.request.urlopen(url, timeout=ANSWERS_WITHIN_SECONDS)
            return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"no answer from {url}")


def test_one_command_leads_to_a_page_with_a_published_match(demo):
    """Signing in writes: a transaction left open by the command would refuse it."""
    assert re.search(r"\d+ matches are published", demo.printed)
    password = re.search(r"with the password (\S+)", demo.printed)[1]
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    form = browser.open(f"{demo.url}/auth/sign-in", timeout=ANSWERS_WITHIN_SECONDS).read().decode()
    token = re.search('name="csrf_token" value="([^"]+)"', form)[1]
    answers = {"csrf_token": token, "email": "mentor@demo.test", "password": password}
    sent = urllib.parse.urlencode(answers).encode()
    home = browser.open(f"{demo.url}/auth/sign-in", sent, timeout=ANSWERS_WITHIN_SECONDS)

    assert home.url == f"{demo.url}/"
    assert "Open the mentorship with" in home.read().decode()
