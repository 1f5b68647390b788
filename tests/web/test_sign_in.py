"""Signing in, the first password, the language, and text that outlives a session."""

from __future__ import annotations

import pytest

from tests.web.pages import PASSWORD, csrf_of, fields_of, intake, options_of, post, text_of

NEW_PASSWORD = "bốn con thuyền nằm chờ nước lên"


def test_without_a_session_every_page_leads_to_the_sign_in_form_and_back(client_for):
    browser = client_for(None)
    answer = browser.get("/reports/?show=done")
    assert answer.status_code == 302
    form = browser.get(answer.location)
    answer = browser.post("/sign-in", data=fields_of(form.text) | {"username": "hoa", "password": PASSWORD})
    assert answer.location == "/reports/?show=done"
    assert browser.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org", "/\\example.org", "javascript:1"]
)
def test_sign_in_leads_nowhere_else(client_for, elsewhere):
    browser = client_for(None)
    token = csrf_of(browser.get("/sign-in").text)
    data = {"csrf_token": token, "username": "hoa", "password": PASSWORD, "next": elsewhere}
    assert browser.post("/sign-in", data=data).location == "/"


def test_a_refusal_says_the_same_for_a_wrong_name_and_a_wrong_password(client_for):
    browser = client_for(None)
    said = set()
    for username, password in (("hoa", "sai-hoàn-toàn"), ("khong.ai", PASSWORD), ("h\0a", "x\0y"), ("", "")):
        answer = post(browser, "/sign-in", "/sign-in", username=username, password=password)
        assert answer.status_code == 401
        assert password == "" or password not in answer.text
        said.add(text_of(answer.text, "summary"))
    assert len(said) == 1


def test_too_many_failures_are_slowed_down(client_for):
    browser = client_for(None)
    for _ in range(5):
        post(browser, "/sign-in", "/sign-in", username="hoa", password="wrong")
    answer = post(browser, "/sign-in", "/sign-in", username="hoa", password=PASSWORD)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_signing_out_ends_the_session(client_for):
    browser = client_for("hoa")
    cookie = browser.get_cookie("benan").value
    assert post(browser, "/", "/sign-out").location == "/sign-in"
    browser.set_cookie("benan", cookie)
    assert browser.get("/").status_code == 302


def test_a_first_password_opens_nothing_but_its_own_replacement(client_for):
    browser, password = new_account(client_for)
    assert browser.get("/").location == "/password"
    wanted = {"present": password, "wanted": NEW_PASSWORD, "repeated": NEW_PASSWORD}
    assert post(browser, "/password", "/password", **wanted).location == "/"
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize(
    ("wanted", "repeated"), [("short", "short"), (NEW_PASSWORD, "another"), ("a" * 20, "a" * 20)]
)
def test_a_weak_or_mistyped_password_is_refused_with_the_reason_beside_it(client_for, wanted, repeated):
    browser = client_for("hoa")
    answer = post(browser, "/password", "/password", present=PASSWORD, wanted=wanted, repeated=repeated)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert wanted not in answer.text


def test_guessing_the_present_password_is_slowed_down(client_for):
    browser = client_for("hoa")
    entries = {"wanted": NEW_PASSWORD, "repeated": NEW_PASSWORD}
    for _ in range(5):
        answer = post(browser, "/password", "/password", present="wrong", **entries)
        assert answer.status_code == 422
    answer = post(browser, "/password", "/password", present=PASSWORD, **entries)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_the_language_is_switched_and_kept(client_for):
    browser = client_for("hoa")
    assert '<html lang="vi">' in browser.get("/").text
    answer = post(browser, "/reports/", "/language", locale="en", back="/reports/")
    assert answer.location == "/reports/"
    assert '<html lang="en">' in browser.get("/").text
    assert "Hotline operator" in browser.get("/").text


def test_the_quiet_page_is_open_and_names_nothing(client_for):
    for browser in (client_for(None), client_for("hoa")):
        page = browser.get("/quiet")
        assert page.status_code == 200
        assert "Bến An" not in page.text
        assert "Hoa" not in page.text


def test_what_was_typed_survives_the_session_and_is_saved_after_signing_in_again(client_for, clock):
    browser = client_for("hoa")
    typed = intake(browser, what="Dòng một\ndòng hai <b>&</b> (hư cấu)")
    clock.forward(minutes=16)
    ended = browser.post("/reports/new", data=typed)
    assert ended.status_code == 401
    kept = fields_of(ended.text)
    assert kept["kept.content.what_happened"] == typed["content.what_happened"]
    again = browser.post("/sign-in", data=kept | {"username": "hoa", "password": "wrong"})
    assert again.status_code == 401
    assert fields_of(again.text)["kept.content.what_happened"] == typed["content.what_happened"]
    back = browser.post("/sign-in", data=fields_of(again.text) | {"username": "hoa", "password": PASSWORD})
    assert back.status_code == 200
    assert 'action="/reports/new"' in back.text
    saved = browser.post("/reports/new", data=fields_of(back.text, 'action="/reports/new"'))
    assert saved.location.endswith("/logged")
    assert "dòng hai &lt;b&gt;" in browser.get(saved.location.removesuffix("/logged")).text


def test_kept_text_is_not_shown_to_another_account(client_for, clock):
    browser = client_for("hoa")
    typed = intake(browser, what="Nội dung của người khác (hư cấu)")
    clock.forward(minutes=16)
    kept = fields_of(browser.post("/reports/new", data=typed).text)
    answer = browser.post("/sign-in", data=kept | {"username": "tuan", "password": PASSWORD})
    assert answer.location == "/"
    assert "Nội dung của người khác" not in browser.get("/").text


def test_a_forged_owner_gets_no_kept_text(client_for):
    browser = client_for(None)
    token = csrf_of(browser.get("/sign-in").text)
    data = {"csrf_token": token, "username": "hoa", "password": PASSWORD, "owner": "forged", "kept.x": "y"}
    assert browser.post("/sign-in", data=data).location == "/"


def test_a_password_typed_into_an_expired_page_is_not_kept(client_for, clock):
    browser = client_for("hoa")
    typed = fields_of(browser.get("/password").text, '<form method="post">')
    clock.forward(minutes=16)
    answer = browser.post("/password", data=typed | {"present": PASSWORD, "wanted": NEW_PASSWORD})
    assert answer.location == "/sign-in"


def new_account(client_for):
    """A browser signed in for the first time, and the first password."""
    admin = client_for("quan")
    form = admin.get("/accounts/new").text
    unit = options_of(form, "unit_id")[1]
    shown = post(
        admin,
        "/accounts/new",
        "/accounts/new",
        username="moi.vao",
        display_name="Người Mới (hư cấu)",
        role_id="hotline_operator",
        unit_id=unit,
    )
    password = text_of(shown.text, "code--secret")
    browser = client_for(None)
    answer = post(browser, "/sign-in", "/sign-in", username="moi.vao", password=password)
    assert answer.status_code == 302
    return browser, password
