"""The frame of every page: what a strict policy and every reader need."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.web.test_reports import logged

TEMPLATES = Path(__file__).parents[2] / "templates"
PAGES = [p for p in TEMPLATES.rglob("*.html") if p.parent.name != "documents"]
TILES = {  # how many numbers wait on the desk of each role
    "hoa": 2,
    "minh": 2,
    "tuan": 7,
    "van": 0,
    "quan": 0,
    "sen": 3,
}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_no_page_carries_script_or_style_of_its_own(page):
    source = page.read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=\"|javascript:", source)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", source))
    assert "http:" not in source
    assert "https:" not in source


@pytest.mark.parametrize("username", TILES)
def test_the_desk_shows_each_role_its_own_work(client_for, username):
    page = client_for(username).get("/")
    assert page.status_code == 200
    assert page.text.count('class="tile__count"') == TILES[username]
    assert ('accesskey="n"' in page.text) == (username in {"hoa", "tuan"})


@pytest.mark.parametrize("username", TILES)
def test_every_entry_of_the_menu_opens(client_for, username):
    browser = client_for(username)
    menu = re.search(r'<nav class="nav".*?</nav>', browser.get("/").text, re.DOTALL).group()
    for address in re.findall(r'href="([^"]+)"', menu):
        page = browser.get(address)
        assert page.status_code == 200, address
        assert page.text.count("<h1") == 1
        assert page.text.count('aria-current="page"') >= 1


def test_a_report_in_danger_stands_out_and_its_term_is_shown(client_for, clock):
    browser = client_for("hoa")
    logged(browser, danger_now="yes")
    clock.forward(hours=9)
    later = client_for("hoa").get("/").text
    assert "badge--danger" in later
    assert "term--overdue" not in later
    clock.forward(hours=16)
    assert "term--overdue" in client_for("hoa").get("/").text


def test_pages_are_private_and_named(client_for):
    page = client_for("hoa").get("/")
    assert "no-store" in page.headers["Cache-Control"]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert re.search(r"<title>[^<]+ – Bến An</title>", page.text)
    assert 'class="skip" href="#main"' in page.text
    assert 'id="main"' in page.text
