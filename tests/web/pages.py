"""Reading pages as a browser does: forms with their fields, texts, errors."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

from tests.conftest import PASSWORD, csrf_of

__all__ = ["PASSWORD", "csrf_of", "fields_of", "intake", "options_of", "post", "text_of"]


class _Fields(HTMLParser):
    """What a form would send as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.area: str | None = None
        self.select: str | None = None

    def handle_starttag(self, tag, attributes):
        at = dict(attributes)
        name = at.get("name")
        if tag == "input" and name and (at.get("type") not in {"radio", "checkbox"} or "checked" in at):
            self.found[name] = at.get("value", "")
        elif tag == "textarea":
            self.area, self.found[name] = name, ""
        elif tag == "select":
            self.select, self.found[name] = name, ""
        elif tag == "option" and self.select and "selected" in at:
            self.found[self.select] = at["value"]

    def handle_data(self, data):
        if self.area:
            self.found[self.area] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            # The first line break of a text area belongs to the markup.
            self.found[self.area] = self.found[self.area].removeprefix("\n")
            self.area = None
        elif tag == "select":
            self.select = None


def fields_of(html: str, mark: str = "<main") -> dict[str, str]:
    """The fields of the first form at or after `mark`."""
    place = html.index(mark)
    start = html.rindex("<form", 0, place + 5) if mark.startswith("action") else html.index("<form", place)
    parser = _Fields()
    parser.feed(html[start : html.index("</form>", start)])
    return parser.found


def post(browser, page: str, address: str, **entries):
    """Open `page`, then send its token with these entries to `address`."""
    return browser.post(address, data={"csrf_token": csrf_of(browser.get(page).text), **entries})


def intake(browser, *, what: str, **entries) -> dict[str, str]:
    """A filled-in intake form, ready to send; names are given with their dots as double underscores."""
    typed = fields_of(browser.get("/reports/new").text)
    typed |= {"channel": "hotline_province_police", "danger_now": "no", "content.what_happened": what}
    return typed | {name.replace("__", "."): value for name, value in entries.items()}


def text_of(html: str, css_class: str) -> str:
    """The text of the first element of that class."""
    found = re.search(rf'class="[^"]*{css_class}[^"]*"[^>]*>([^<]*)<', html)
    assert found, css_class
    return unescape(found.group(1))


def options_of(html: str, name: str) -> list[str]:
    """The values of a select."""
    inside = re.search(rf'<select[^>]*name="{name}"[^>]*>(.*?)</select>', html, re.DOTALL)
    assert inside, name
    return re.findall(r'value="([^"]*)"', inside.group(1))
