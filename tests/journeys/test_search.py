"""A person is looked for: at the hotline, at an officer's desk, by a supervisor and by a machine."""

from __future__ import annotations

import json

import pytest

from app.extensions import db
from app.models import LedgerEntry
from tests.conftest import UNITS, csrf_of
from tests.web import opened

OURS, THEIRS = UNITS["pc02"][0], UNITS["other"][0]
PERSON = {"full_name": "Nguyễn Thị Mẫu", "birth_date": "1998-03-21", "national_id": "001198012345"}
REPORT = {"channel": "hotline_111", "danger_now": "no", "language": "vi", "content.what_happened": "Hư cấu."}
NAMES = ("Mẫu", "mau", "%E1%BA%ABu", "001198012345")


def _search(client, **typed):
    return opened.send(client, "/search", "/search", **typed)


@pytest.fixture
def file(app):
    """A case of minh's with an identity, its own people invented."""
    made = opened.open_file(app)
    opened.write(app, made, "identity", PERSON)
    return made


def test_an_officer_finds_a_file_without_marks_and_opens_it(app, client_for, file):
    browser = client_for("minh")
    assert 'href="/search"' in browser.get("/").text
    page = _search(browser, name="nguyen thi mau", born="21/03/1998")
    assert page.status_code == 200
    assert file.code in page.text
    assert "N. T. M…" in page.text
    assert "Nguyễn Thị Mẫu" not in page.text.replace('value="nguyen thi mau"', "")
    assert browser.get(f"/cases/{file.id}").status_code == 200


def test_nothing_typed_stands_in_an_address_a_title_or_the_ledger(app, client_for, file):
    browser = client_for("minh")
    page = _search(browser, name="Nguyễn Thị Mẫu", document="001198012345")
    assert page.request.path == "/search"
    assert not page.request.query_string
    title = page.text.split("<title>")[1].split("</title>")[0]
    assert not any(name in title for name in NAMES)
    assert page.headers["Cache-Control"] == "no-store"
    with app.app_context():
        ledger = " ".join(entry.body for entry in db.session.query(LedgerEntry))
    assert not any(name in ledger for name in NAMES)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "name"),
        ({"name": "Mẫu"}, "name"),
        ({"name": "---"}, "name"),
        ({"born": "1998"}, "born"),
        ({"commune": "Bản Mây"}, "born"),
        ({"phone": "113"}, "phone"),
        ({"phone": "abc"}, "phone"),
        ({"document": "123"}, "document"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\u202eb c"}, "name"),
        ({"born": "31/02/1998", "name": "Nguyễn Mẫu"}, "born"),
    ],
)
def test_what_cannot_find_anybody_is_refused_with_the_remedy(app, client_for, typed, field):
    page = _search(client_for("minh"), **typed)
    assert page.status_code == 422
    assert f'href="#f-{field}"' in page.text
    assert opened.entries_of(app, "search:made") == 0


def test_strange_queries_find_nobody_and_break_nothing(app, client_for, file):
    browser = client_for("minh")
    for name in ("Nguyễn Thị Mẫu' OR 1=1 --", "杨小明", "សុខ គំរូ", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚ a", "x " * 99, "%_ %_"):
        page = _search(browser, name=name)
        assert page.status_code in (200, 422), name
        assert file.code not in page.text


def test_a_supervisor_says_why_and_learns_how_many_units_have_more(app, client_for, file):
    browser = client_for("tuan")
    assert _search(browser, name="Nguyễn Thị Mẫu").status_code == 422
    page = _search(browser, name="Nguyễn Thị Mẫu", reason="supervision")
    assert file.code in page.text


def test_the_hotline_is_told_that_a_file_may_concern_the_same_person(app, client_for, file):
    browser = client_for("hoa")
    told = {**REPORT, "content.person_name": "Mẫu Nguyễn Thị", "content.person_birth_date": "21/03/1998"}
    page = browser.post(
        "/reports/new",
        data={"csrf_token": csrf_of(browser.get("/reports/new").text), **told},
        follow_redirects=True,
    )
    assert page.request.path.endswith("/logged")
    assert OURS in page.text
    assert file.code not in page.text
    again = browser.get(page.request.path).text
    assert OURS not in again.split('id="main"')[1], "a notice is shown once"
    assert browser.get("/search").status_code == 403
    assert opened.entries_of(app, "search:matched") == 1


def test_an_officer_is_told_when_the_identity_is_written(app, client_for, file):
    other = opened.open_file(app)
    browser = client_for("minh")
    page = browser.get(f"/cases/{other.id}/sections/identity/edit").text
    data = {
        "csrf_token": csrf_of(page),
        "version": "0",
        "full_name": "Trần Thử",
        "national_id": "001198012354",
    }
    saved = browser.post(f"/cases/{other.id}/sections/identity/edit", data=data, follow_redirects=True)
    assert saved.status_code == 200
    assert file.code in saved.text


def test_on_demand_from_the_page_of_a_file(app, client_for, file):
    other = opened.open_file(app)
    opened.write(app, other, "identity", PERSON)
    page = opened.send(client_for("minh"), f"/cases/{other.id}", f"/cases/{other.id}/matches")
    assert page.status_code == 302
    browser = client_for("tuan")
    asked = opened.send(browser, f"/cases/{other.id}", f"/cases/{other.id}/matches")
    assert asked.status_code == 422
    data = {"csrf_token": csrf_of(asked.text), "reason": "supervision"}
    told = browser.post(f"/cases/{other.id}/matches", data=data, follow_redirects=True)
    assert file.code in told.text.split('id="main"')[1].split("<h1>")[0]


def test_used_up_searches_answer_429_in_their_own_words(app, client_for, file, clock):
    browser = client_for("minh")
    token = csrf_of(browser.get("/search").text)
    for _ in range(60):
        assert browser.post("/search", data={"csrf_token": token, "name": "Nguyễn Mẫu"}).status_code == 200
    refused = browser.post(
        "/search", data={"csrf_token": token, "name": "Nguyễn Mẫu"}, headers={"Accept-Language": "en"}
    )
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "60 searches an hour" in refused.text


def test_a_machine_searches_and_is_told_of_possible_matches(app, api_for, file):
    officer, hotline = api_for("minh"), api_for("hoa")
    found = officer.post("/searches", json={"name": "NGUYEN THI MAU", "born": "1998"})
    assert found.status_code == 200
    (hit,) = found.json["items"]
    assert hit["case"]["code"] == file.code
    assert hit["initials"] == "N. T. M…"
    assert hit["same"][0] == "name_year"
    assert (found.json["more"], found.json["units"]) == (False, 0)
    body = {
        "channel": "hotline_111",
        "danger_now": False,
        "content": {
            "what_happened": "Hư cấu.",
            "person_name": "Nguyễn Thị Mẫu",
            "person_birth_date": "1998-03-21",
        },
    }
    logged = hotline.post("/reports", json=body)
    assert logged.status_code == 201
    none = {"code": None, "case_id": None, "report_id": None}
    assert logged.json["possible_matches"] == [{"unit": OURS, "same": "name_date", **none}]
    assert str(file.id) not in json.dumps(logged.json)
    assert hotline.post("/searches", json={"name": "Nguyễn Thị Mẫu"}).status_code == 403
    asked = officer.post(f"/cases/{file.id}/matches")
    assert asked.json == {"items": [{"unit": OURS, "same": "name_date", **none}]}, (
        "the report is not open to minh"
    )


def test_a_machine_writes_an_identity_and_is_told_of_a_file_it_sees(app, api_for, file):
    other = opened.open_file(app)
    officer = api_for("minh")
    put = officer.put(
        f"/cases/{other.id}/sections/identity", json={"values": PERSON}, headers={"If-Match": '"0"'}
    )
    assert put.status_code == 200
    (match,) = put.json["possible_matches"]
    assert (match["case_id"], match["code"], match["same"]) == (str(file.id), file.code, "document")
    empty = officer.put(
        f"/cases/{other.id}/sections/health", json={"values": {"condition": "x"}}, headers={"If-Match": '"0"'}
    )
    assert empty.json["possible_matches"] == []


def test_used_up_searches_answer_a_machine_with_a_problem(api_for, clock):
    officer = api_for("minh")
    for _ in range(60):
        assert officer.post("/searches", json={"phone": "0912345678"}).status_code == 200
    refused = officer.post("/searches", json={"phone": "0912345678"}, headers={"Accept-Language": "en"})
    assert refused.status_code == 429
    assert refused.json["type"].endswith("throttled")
    assert "60 searches an hour" in refused.json["detail"]
    assert int(refused.headers["Retry-After"]) <= 3601
