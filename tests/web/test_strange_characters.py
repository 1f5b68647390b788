"""Whatever a browser sends in a form, a query or an address, the answer is a page and never a breakdown."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest

from tests.web.opened import open_file
from tests.web.pages import fields_of, post

STRANGE = ("0000", "a\0b", "\ufeff\u202e", "\ud7ff\U0010ffff", "%00", "9" * 5000, "' or 1=1 --")
HUGE = [
    urlsafe_b64encode(json.dumps(place).encode()).decode()
    for place in (
        [["i", 2**61], ["u", "00000000-0000-0000-0000-000000000000"]],
        [["t", "0001-01-01T00:00:00+14:00"], ["u", "00000000-0000-0000-0000-000000000000"]],
        [["t", "9999-12-31T23:59:59+00:00"], ["i", 2**61], ["i", -(2**61)]],
        [["t", "2026-11-23T00:00:00\0+00:00"], ["u", "\0"]],
    )
]
LISTS = {
    "tuan": ("/reports/", "/cases/", "/handovers", "/ledger"),
    "van": ("/register",),
    "hoa": ("/sign-in",),
}


@pytest.mark.parametrize("value", [*STRANGE, *HUGE], ids=range(11))
def test_lists_answer_whatever_the_query_says(client_for, value):
    for who, addresses in LISTS.items():
        browser = client_for(who)
        for address in addresses:
            for name in ("cursor", "show", "next", "year"):
                assert browser.get(address, query_string={name: value}).status_code in (200, 302, 404, 422)


@pytest.mark.parametrize("value", STRANGE, ids=range(7))
def test_forms_answer_whatever_is_typed(app, client_for, value):
    file = open_file(app)
    forms = {
        "quan": ("/accounts/new", "/accounts/units"),
        "hoa": ("/reports/new", "/password"),
        "tuan": (f"/cases/{file.id}",),
        "minh": (f"/cases/{file.id}/sections/identity/edit", f"/cases/{file.id}/handovers/new"),
    }
    for who, addresses in forms.items():
        browser = client_for(who)
        for address in addresses:
            asked = fields_of(browser.get(address).text)
            typed = {name: old if name in ("csrf_token", "version") else value for name, old in asked.items()}
            assert browser.post(address, data=typed).status_code in (200, 302, 405, 409, 422)
        assert post(browser, "/", "/language", locale=value, back=value).status_code == 302


@pytest.mark.parametrize("value", ["%00", "a%00b", "%EF%BB%BF", "%F4%8F%BF%BF"], ids=range(4))
def test_addresses_answer_whatever_they_name(app, client_for, value):
    file, browser = open_file(app), client_for("minh")
    for address in (
        f"sections/{value}",
        f"sections/{value}/edit",
        f"documents/new/{value}",
        f"moves/{value}/x",
    ):
        assert browser.get(f"/cases/{file.id}/{address}").status_code in (404, 422)
