"""Error pages: a status, words in both languages, a way on."""

from __future__ import annotations

import pytest

from app.web.errors import PAGES, page
from tests.web.pages import csrf_of

NOWHERE = "/cases/00000000-0000-0000-0000-000000000000"


def test_nothing_at_the_address(client_for):
    for browser in (client_for(None), client_for("hoa")):
        answer = browser.get("/no-such-page")
        assert answer.status_code == 404
        assert '<html lang="vi">' in answer.text
        assert "<h1>" in answer.text


def test_absent_and_not_yours_look_the_same(client_for):
    assert client_for("minh").get(NOWHERE).status_code == 404


def test_the_wrong_method_names_the_right_ones(client_for):
    answer = client_for("hoa").delete("/reports/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("token", [{}, {"csrf_token": "forged"}])
def test_a_form_without_its_token_is_refused(client_for, token):
    answer = client_for("hoa").post("/reports/new", data={"channel": "media", **token})
    assert answer.status_code == 400
    assert "<h1>" in answer.text


def test_too_much_at_once(client_for):
    browser = client_for("hoa")
    data = {"csrf_token": csrf_of(browser.get("/").text), "content.what_happened": "a" * 3_000_000}
    assert browser.post("/reports/new", data=data).status_code == 413


def test_a_crash_shows_a_page_without_its_cause(app, client_for, monkeypatch):
    def broken(_actor):
        raise RuntimeError("inner secret")

    monkeypatch.setattr("app.web.desk.view_desk", broken)
    browser = client_for("hoa")
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = browser.get("/")
    assert answer.status_code == 500
    assert "inner secret" not in answer.text
    assert "<h1>" in answer.text


@pytest.mark.parametrize("status", sorted(PAGES))
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_status_has_its_page_in_both_languages(app, status, language):
    with app.test_request_context("/anything", headers={"Accept-Language": language}):
        answer = page(status)
    assert answer.status_code == status
    assert f'<html lang="{language}">' in answer.get_data(as_text=True)
    assert f'<p class="status">{status}</p>' in answer.get_data(as_text=True)


def test_an_unforeseen_status_gets_the_general_page(app):
    with app.test_request_context("/anything"):
        assert page(418).status_code == 418
        assert page(507).status_code == 507
