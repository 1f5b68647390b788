"""The administrator's pages."""

from __future__ import annotations

import re

import pytest

from tests.web.pages import PASSWORD, fields_of, options_of, post, text_of


def link_of(browser, username: str) -> str:
    """The address of an account's page."""
    return re.search(rf'href="([^"]+)">{username}</a>', browser.get("/accounts/").text).group(1)


def person(browser, **entries) -> dict[str, str]:
    """A filled-in form of a new account."""
    unit = options_of(browser.get("/accounts/new").text, "unit_id")[1]
    known = {"username": "moi.vao", "display_name": "Người Mới (hư cấu)", "role_id": "case_officer"}
    return {**known, "unit_id": unit, **entries}


def test_a_first_password_is_shown_once(client_for):
    admin = client_for("quan")
    shown = post(admin, "/accounts/new", "/accounts/new", **person(admin))
    password = text_of(shown.text, "code--secret")
    assert len(password) > 20
    assert password not in admin.get("/accounts/").text + admin.get(link_of(admin, "moi.vao")).text


@pytest.mark.parametrize(
    ("entry", "value"), [("username", "hoa"), ("username", "Có Dấu"), ("display_name", ""), ("role_id", "")]
)
def test_an_account_that_cannot_be_made_comes_back_as_typed(client_for, entry, value):
    admin = client_for("quan")
    answer = post(admin, "/accounts/new", "/accounts/new", **person(admin, **{entry: value}))
    assert answer.status_code == 422
    assert f'href="#f-{entry}"' in answer.text
    assert fields_of(answer.text)[entry] == value


def test_a_disabled_account_is_out_at_its_next_page(client_for):
    admin, operator = client_for("quan"), client_for("hoa")
    address = link_of(admin, "hoa")
    typed = fields_of(admin.get(address).text)
    assert admin.post(address, data=typed | {"active": "no"}).location == "/accounts/"
    assert operator.get("/").status_code == 302
    refused = client_for(None)
    assert post(refused, "/sign-in", "/sign-in", username="hoa", password=PASSWORD).status_code == 401


def test_a_change_made_meanwhile_is_shown_beside_the_typed_one(client_for):
    admin = client_for("quan")
    address = link_of(admin, "hoa")
    typed = fields_of(admin.get(address).text)
    admin.post(address, data=typed | {"role_id": "supervisor"})
    late = admin.post(address, data=typed | {"role_id": "case_officer"})
    assert late.status_code == 409
    again = fields_of(late.text)
    assert again["role_id"] == "case_officer"
    assert again["version"] != typed["version"]
    assert "Chỉ huy đơn vị" in text_of(late.text.replace("<strong>", '<strong class="stored">'), "stored")
    assert admin.post(address, data=again).location == "/accounts/"


def test_nobody_changes_the_own_account(client_for):
    admin = client_for("quan")
    address = link_of(admin, "quan")
    assert "data-guard" not in admin.get(address).text
    answer = post(admin, address, address, role_id="supervisor", active="yes", version="1")
    assert answer.status_code == 422


def test_a_reset_ends_the_sessions_of_the_account(client_for):
    admin, operator = client_for("quan"), client_for("hoa")
    address = link_of(admin, "hoa")
    shown = post(admin, address, f"{address}/password")
    assert operator.get("/").status_code == 302
    fresh = client_for(None)
    password = text_of(shown.text, "code--secret")
    assert post(fresh, "/sign-in", "/sign-in", username="hoa", password=password).status_code == 302
    assert fresh.get("/").location == "/password"


def test_a_unit_is_made_once(client_for):
    admin = client_for("quan")
    unit = {
        "name": "Đơn vị mới (hư cấu)",
        "parent_name": "Sở hư cấu",
        "symbol": "DVM",
        "place_name": "Bến An",
        "kind": "partner",
    }
    assert post(admin, "/accounts/units", "/accounts/units", **unit).location == "/accounts/units"
    assert "DVM" in admin.get("/accounts/units").text
    again = post(admin, "/accounts/units", "/accounts/units", **unit)
    assert again.status_code == 422
    assert fields_of(again.text)["symbol"] == "DVM"


@pytest.mark.parametrize("username", ["hoa", "minh", "tuan", "van", "sen"])
def test_only_an_administrator_sees_accounts(client_for, username):
    browser = client_for(username)
    for path in ("/accounts/", "/accounts/new", "/accounts/units"):
        assert browser.get(path).status_code == 403
