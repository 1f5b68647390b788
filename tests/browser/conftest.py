"""A real Chromium on the real pages: the application served on a free port of this machine."""

from __future__ import annotations

import os
import shutil
import threading

import pytest
from werkzeug.serving import make_server

from tests.conftest import PASSWORD, REQUIRE_ALL

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def chromium():
    """One browser for the session."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if executable is None:
        reason = "no Chromium: apt-get install chromium libatomic1 (make test does)"
        pytest.fail(reason) if REQUIRE_ALL else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def address(app):
    """Where the application is served during a test."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


class Person:
    """Somebody at a browser: signs in, looks, clicks; collects what the page complained about."""

    def __init__(self, page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on(
            "console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str):
        """Go to a page of the application."""
        return self.page.goto(self.address + path)

    def sign_in(self, username: str) -> Person:
        """Sign in as one of the cast."""
        self.open("/sign-in")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(self.address + "/")
        return self

    def fits(self) -> bool:
        """True when nothing makes the page scroll sideways, once its style has come."""
        self.page.wait_for_load_state()
        return self.page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )


@pytest.fixture
def person(chromium, address):
    """`person("minh")` at a desktop, `person("minh", PHONE)` at a telephone."""
    contexts = []

    def make(username: str | None, viewport=None) -> Person:
        context = chromium.new_context(viewport=viewport or DESKTOP, locale="vi-VN")
        contexts.append(context)
        somebody = Person(context.new_page(), address)
        return somebody.sign_in(username) if username else somebody

    yield make
    for context in contexts:
        context.close()
