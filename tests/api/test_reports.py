"""Reports over the API: shapes, versions, retries. Everybody in them is invented."""

from __future__ import annotations

import re

REPORT = {
    "channel": "hotline_111",
    "danger_now": True,
    "people": 2,
    "content": {"what_happened": "An invented call.", "caller_phone": "0912 345 678"},
}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
CLOSED = {"outcome": "closed", "close_reason": "test_call"}


def test_a_report_is_taken_down_listed_and_opened(api_for):
    hoa = api_for("hoa")
    made = hoa.post("/reports", json=REPORT)
    assert made.status_code == 201
    assert made.headers["ETag"] == f'"{made.get_json()["version"]}"'
    assert made.headers["Location"] == f"/api/v1/reports/{made.get_json()['id']}"
    assert INSTANT.fullmatch(made.get_json()["received_at"])
    assert made.get_json()["language"] == "unknown"

    page = hoa.get("/reports?waiting=true").get_json()
    assert [row["id"] for row in page["items"]] == [made.get_json()["id"]]
    assert page["next_cursor"] is None
    assert "content" not in page["items"][0]
    assert hoa.get("/reports?waiting=false").get_json()["items"] == []

    opened = hoa.get(f"/reports/{made.get_json()['id']}")
    assert opened.headers["ETag"] == made.headers["ETag"]
    assert opened.get_json()["content"]["caller_phone"] == "+84912345678"


def test_pages_follow_one_another(api_for, clock):
    hoa = api_for("hoa")
    for _ in range(3):
        clock.forward(minutes=1)
        hoa.post("/reports", json=REPORT)
    first = hoa.get("/reports?limit=2").get_json()
    second = hoa.get(f"/reports?limit=2&cursor={first['next_cursor']}").get_json()
    codes = [row["code"] for row in first["items"] + second["items"]]
    assert (len(first["items"]), len(set(codes)), second["next_cursor"]) == (2, 3, None)


def test_a_retry_creates_nothing_twice_and_a_reused_key_collides(api_for):
    hoa, key = api_for("hoa"), {"Idempotency-Key": "one-and-the-same"}
    first, again = (hoa.post("/reports", json=REPORT, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json()["id"] == again.get_json()["id"]
    assert len(hoa.get("/reports").get_json()["items"]) == 1
    other = hoa.post("/reports", json={**REPORT, "people": 3}, headers=key)
    assert other.status_code == 409
    assert other.get_json()["type"].endswith(":conflict")


def test_a_supervisor_says_why_and_an_operator_of_another_shift_sees_nothing(api_for):
    path = f"/reports/{api_for('hoa').post('/reports', json=REPORT).get_json()['id']}"
    assert api_for("tuan").get(path).status_code == 422
    assert api_for("tuan").get(path + "?reason=duty").status_code == 200
    assert api_for("tuan").get(path + "?reason=curiosity").status_code == 422
    assert api_for("hanh").get(path).status_code == 404
    assert api_for("minh").get(path).status_code == 404


def test_classifying_needs_the_present_version_and_happens_once(api_for):
    hoa = api_for("hoa")
    made = hoa.post("/reports", json=REPORT)
    path = f"/reports/{made.get_json()['id']}/classification"
    stale = hoa.post(path, json=CLOSED, headers={"If-Match": '"77"'})
    assert (stale.status_code, stale.get_json()["type"]) == (412, "urn:ben-an:problem:precondition-failed")
    assert (
        hoa.post(path, json={"outcome": "closed"}, headers={"If-Match": made.headers["ETag"]}).status_code
        == 422
    )
    done = hoa.post(path, json=CLOSED, headers={"If-Match": made.headers["ETag"]})
    assert (done.status_code, done.get_json()["outcome"]) == (200, "closed")
    again = hoa.post(path, json=CLOSED, headers={"If-Match": done.headers["ETag"]})
    assert again.status_code == 409
    assert hoa.get(f"/reports/{made.get_json()['id']}").status_code == 404


def test_the_slip_is_a_pdf_named_by_its_code(api_for):
    hoa = api_for("hoa")
    made = hoa.post("/reports", json=REPORT).get_json()
    slip = hoa.get(f"/reports/{made['id']}/slip.pdf")
    assert slip.status_code == 200
    assert slip.content_type == "application/pdf"
    assert slip.data.startswith(b"%PDF-")
    assert slip.headers["Content-Disposition"] == f'attachment; filename="{made["code"]}.pdf"'
