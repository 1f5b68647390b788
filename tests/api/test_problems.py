"""Every refusal is a problem: no token, no such address, wrong method, unreadable body, missing version."""

from __future__ import annotations

import pytest

NOBODY = "00000000-0000-4000-8000-000000000000"


def assert_problem(answer, status, kind):
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    body = answer.get_json()
    assert set(body) <= {"type", "title", "status", "detail", "errors"}
    assert body["type"] == f"urn:ben-an:problem:{kind}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def test_without_a_valid_token_there_is_nothing(api_for, app):
    for headers in ({}, {"Authorization": "Bearer benan_invented"}, {"Authorization": "Basic aTppCg=="}):
        answer = api_for(None).get("/cases", headers=headers)
        assert_problem(answer, 401, "token-required")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_browser_session_opens_no_door_here(client_for):
    assert client_for("minh").get("/api/v1/cases").status_code == 401


def test_the_description_is_public_and_answers_go_uncached(api_for):
    answer = api_for(None).get("/openapi.json")
    assert answer.status_code == 200
    assert answer.get_json()["openapi"] == "3.1.0"
    assert api_for("minh").get("/cases").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/nothing", "/cases/not-an-id", "/cases/" + "9" * 400, "/reports/%00"])
def test_an_unknown_address_is_not_found(api_for, path):
    assert_problem(api_for("minh").get(path), 404, "not-found")


def test_a_wrong_method_is_told_the_right_ones(api_for):
    answer = api_for("minh").delete("/cases")
    assert_problem(answer, 405, "method-not-allowed")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 200_000, b'{"people": ' + b"9" * 5000 + b"}"],
    ids=["empty", "cut", "not UTF-8", "endless nesting", "endless number"],
)
def test_an_unreadable_body_is_malformed(api_for, body):
    answer = api_for("hoa").post("/reports", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_only_json_is_read(api_for, content_type):
    answer = api_for("hoa").post("/reports", data=b"{}", content_type=content_type)
    assert_problem(answer, 415, "json-required")


def test_an_endless_body_is_not_read(api_for):
    answer = api_for("hoa").post("/reports", data=b" " * 3_000_000, content_type="application/json")
    assert_problem(answer, 413, "too-large")


def test_wrong_entries_are_named_by_path_in_the_language_asked_for(api_for):
    entries = {"channel": "pigeon", "people": 1, "children": 2, "content": {"event_date": "31/02/2026"}}
    hoa = api_for("hoa")
    body = assert_problem(hoa.post("/reports", json=entries), 422, "invalid")
    assert {"channel", "content.event_date", "content.what_happened"} <= set(body["errors"])
    english = hoa.post("/reports", json=entries, headers={"Accept-Language": "en"}).get_json()
    assert english["errors"]["channel"] == ["Choose from the list."]
    assert english["title"] == "Some entries need correction"


@pytest.mark.parametrize("sent", ["[]", '"text"', "7", "null", "true", "NaN"])
def test_a_body_that_is_no_object_is_refused(api_for, sent):
    answer = api_for("hoa").post("/reports", data=sent, content_type="application/json")
    assert assert_problem(answer, 422, "invalid")["errors"]


@pytest.mark.parametrize(
    "query",
    [
        "?limit=0",
        "?limit=101",
        "?limit=99999999999999999999",
        "?limit=x",
        "?cursor=%00",
        "?cursor=AAAA",
        "?cursor=W1siaSIsMV0sWyJpIiwxXV0",
        "?cursor=%FF%FE",
        "?show=all",
        "?shwo=open",
    ],
)
def test_an_out_of_range_query_is_refused(api_for, query):
    assert_problem(api_for("minh").get("/cases" + query), 422, "invalid")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", f"/cases/{NOBODY}/sections/identity", {"values": {}}),
        ("POST", f"/cases/{NOBODY}/moves", {"track": "victim", "to": "x"}),
        ("POST", f"/cases/{NOBODY}/assignments", {"account_id": str(NOBODY)}),
        ("DELETE", f"/cases/{NOBODY}/assignments/{NOBODY}", None),
        ("POST", f"/cases/{NOBODY}/handovers", {"to_unit_id": str(NOBODY)}),
        ("POST", f"/reports/{NOBODY}/classification", {"outcome": "closed", "close_reason": "duplicate"}),
        ("PUT", f"/documents/{NOBODY}/form", {"values": {}}),
        ("POST", f"/documents/{NOBODY}/issue", None),
        ("POST", f"/handovers/{NOBODY}/confirmation", None),
        ("POST", f"/handovers/{NOBODY}/refusal", {"reason": "r"}),
        ("POST", f"/handovers/{NOBODY}/withdrawal", None),
    ],
)
def test_a_change_names_its_version(api_for, method, path, body):
    tuan = api_for("tuan")
    options = {"json": body} if body is not None else {}
    assert_problem(tuan.open(method, path, **options), 428, "precondition-required")
    for tag in ("", "3", 'W/"3"', "*", '"x"', '"99999999999"'):
        answer = tuan.open(method, path, headers={"If-Match": tag}, **options)
        assert_problem(answer, 412, "precondition-failed")
    answer = tuan.open(method, path, headers={"If-Match": '"1"'}, **options)
    assert answer.status_code in (403, 404), answer.text


def test_a_crash_says_nothing_of_its_cause(app, api_for):
    minh = api_for("minh")
    view, app.testing = app.view_functions["api_cases.get_cases"], False

    def crash(*_):
        raise RuntimeError("a private matter")

    app.view_functions["api_cases.get_cases"] = crash
    try:
        answer = minh.get("/cases")
    finally:
        app.view_functions["api_cases.get_cases"], app.testing = view, True
    assert_problem(answer, 500, "internal")
    assert "private" not in answer.text
