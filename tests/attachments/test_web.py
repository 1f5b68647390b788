"""Attachments on the pages: attached, listed, looked at, fetched, noted, removed; nothing typed is lost."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from html import unescape

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.attachments import directory
from tests.attachments import samples
from tests.conftest import csrf_of
from tests.services import acting
from tests.web.pages import fields_of

NAME = "Ảnh Nguyễn Thị Hư Cấu.jpg"
LONG = "Giấy khai sinh (hư cấu) " * 12 + ".pdf"


@pytest.fixture
def case_id(app, actor_for):
    from app.extensions import db

    with app.app_context():
        made = acting.case(actor_for)
        db.session.remove()
    return made


def send(client, case_id, data: bytes, name: str = NAME, *, background: bool = False, **typed):
    page = f"/cases/{case_id}/attachments/new"
    fields = fields_of(client.get(page).text, f'action="{page}"') | {"note": "", **typed}
    headers = {"X-Requested-With": "XMLHttpRequest"} if background else {}
    return client.post(page, **form(fields, data, name), headers=headers)


def form(fields: dict, data: bytes, name: str) -> dict:
    """A multipart body held in memory, as the client's own would lie in a temporary file."""
    boundary, body = encode_multipart({**fields, "file": FileStorage(io.BytesIO(data), name)})
    return {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}


def attached(client, case_id, data: bytes | None = None, name: str = NAME, **typed) -> str:
    """The page of an attachment just made."""
    answer = send(client, case_id, samples.photograph() if data is None else data, name, **typed)
    assert answer.status_code == 302, answer.text[:2000]
    found = re.findall(r'href="(/attachments/[0-9a-f-]{36})"', client.get(f"/cases/{case_id}").text)
    return found[0]


def picture_in(html: str) -> bytes:
    return base64.b64decode(re.search(r'src="data:image/jpeg;base64,([^"]+)"', html)[1])


def test_a_file_is_attached_and_stands_on_the_page_of_the_case(client_for, case_id):
    client = client_for("minh")
    assert "Chưa có bản quét" in client.get(f"/cases/{case_id}").text
    page = attached(client, case_id, note="Do mẹ gửi (hư cấu).")
    shown = client.get(f"/cases/{case_id}").text
    assert "Ảnh JPEG" in shown
    assert NAME not in shown
    opened = unescape(client.get(page).text)
    assert NAME in opened
    assert "Do mẹ gửi (hư cấu)." in opened
    assert NAME not in re.search(r"<title>(.*?)</title>", opened)[1]
    listed = client.get(f"/cases/{case_id}/attachments").text
    assert page in listed
    assert "Hư Cấu" not in listed


def test_the_script_gets_a_place_to_go_to(client_for, case_id):
    client = client_for("minh")
    answer = send(client, case_id, samples.pdf(), background=True)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/cases/{case_id}#attachments"
    assert answer.data == b""
    refused = send(client, case_id, samples.program(), background=True)
    assert refused.status_code == 422
    assert 'id="error-summary"' in refused.text


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "Tệp này rỗng"), (samples.word(macros=True), "Office"), (samples.program(), "chương trình")],
)
def test_what_may_not_be_attached_is_said_and_the_note_stays(client_for, case_id, data, said):
    answer = send(client_for("minh"), case_id, data, note="Ghi chú đã gõ.")
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert "Ghi chú đã gõ." in unescape(answer.text)


def test_without_a_file_the_form_says_so(client_for, case_id):
    client = client_for("minh")
    page = f"/cases/{case_id}/attachments/new"
    fields = fields_of(client.get(page).text, f'action="{page}"')
    answer = client.post(page, data={**fields, "note": "Đã gõ."}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Đã gõ." in unescape(answer.text)
    assert "Hãy chọn một tệp" in unescape(answer.text)


def limited(app, monkeypatch, most: int) -> None:
    settings = replace(app.extensions["benan.settings"], attachment_limit=most)
    monkeypatch.setitem(app.extensions, "benan.settings", settings)


def test_what_is_too_large_is_said_in_own_words_and_the_note_stays(app, client_for, case_id, monkeypatch):
    client = client_for("minh")
    limited(app, monkeypatch, 3 << 20)
    answer = send(client, case_id, samples.wav() + bytes(4 << 20), note="Ghi chú đã gõ.")
    assert answer.status_code == 413
    assert "3 MB" in unescape(answer.text)
    assert "Ghi chú đã gõ." in unescape(answer.text)
    with app.app_context():
        assert [path for path in directory().rglob("*") if path.is_file()] == []


def test_far_too_much_is_refused_unread_and_other_forms_keep_their_limit(
    app, client_for, case_id, monkeypatch
):
    client = client_for("minh")
    token = csrf_of(client.get("/password").text)
    limited(app, monkeypatch, 1 << 20)
    over = form({"csrf_token": token}, samples.wav() + bytes(4 << 20), "a.wav")
    assert client.post(f"/cases/{case_id}/attachments/new", **over).status_code == 413
    assert client.post("/password", data={"csrf_token": token, "present": "x" * (3 << 20)}).status_code == 413


def test_a_file_larger_than_any_other_form_is_taken(client_for, case_id):
    client = client_for("minh")
    page = attached(client, case_id, samples.wav(400), "ghi âm.wav")
    assert len(samples.wav(400)) > 6 << 20
    with client.get(f"{page}/file") as answer:
        assert answer.data == samples.wav(400)


def test_the_original_leaves_as_a_file_to_keep(client_for, case_id):
    client = client_for("minh")
    page = attached(client, case_id)
    with client.get(f"{page}/file") as answer:
        assert answer.data == samples.photograph()
    head = answer.headers
    assert re.fullmatch(
        r"attachment; filename=VN[\w-]+-[0-9a-f]{8}\.jpg|attachment; filename=[\w-]+\.jpg",
        head["Content-Disposition"],
    )
    assert head["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in head["Content-Security-Policy"]
    assert head["Cache-Control"] == "no-store"
    assert int(head["Content-Length"]) == len(samples.photograph())


def test_a_picture_is_looked_at_within_the_page(client_for, case_id):
    client = client_for("minh")
    page = attached(client, case_id)
    assert "data:image" not in client.get(page).text
    shown = client.get(f"{page}/preview").text
    assert picture_in(shown).startswith(b"\xff\xd8")
    assert samples.MARKER.encode() not in picture_in(shown)
    assert "Esc" in shown


def test_a_copy_for_sharing_is_without_metadata(client_for, case_id):
    client = client_for("minh")
    page = attached(client, case_id)
    with client.get(f"{page}/copy") as answer:
        assert samples.MARKER.encode() not in answer.data
        assert "-copy.jpg" in answer.headers["Content-Disposition"]


def test_what_has_no_picture_and_no_copy_says_so(client_for, case_id):
    client = client_for("minh")
    page = attached(client, case_id, samples.mp3(), "a.mp3")
    shown = client.get(page).text
    assert f"{page}/preview" not in shown
    assert f"{page}/copy" not in shown
    for path in ("preview", "copy"):
        answer = client.get(f"{page}/{path}")
        assert answer.status_code == 409
        assert 'role="alert"' in answer.text


def test_a_supervisor_says_why_once_on_the_way_and_it_goes_with_each_act(client_for, case_id):
    page = attached(client_for("minh"), case_id)
    client = client_for("tuan")
    for path in ("", "/preview", "/file", "/copy"):
        asked = client.get(page + path)
        assert 'name="reason"' in asked.text
        assert "Hư Cấu.jpg" not in unescape(asked.text)
    token = csrf_of(client.get(page).text)
    assert client.post(page, data={"csrf_token": token, "reason": "nonsense"}).status_code == 422
    opened = client.post(page, data={"csrf_token": token, "reason": "supervision"}).text
    assert NAME in unescape(opened)
    for path in ("preview", "file", "copy"):
        fields = fields_of(opened, f'action="{page}/{path}"')
        assert fields["reason"] == "supervision"
        with client.post(f"{page}/{path}", data=fields) as answer:
            assert answer.status_code == 200
            assert answer.data


def test_a_note_is_changed_and_two_hands_see_each_other(client_for, case_id):
    client = client_for("minh")
    page = attached(client, case_id, note="Một.")
    fields = fields_of(client.get(page).text, f'action="{page}/note"')
    assert client.post(f"{page}/note", data={**fields, "note": "Hai."}).status_code == 302
    answer = client.post(f"{page}/note", data={**fields, "note": "Ba."})
    assert answer.status_code == 409
    assert "Hai." in answer.text
    assert fields_of(answer.text, f'action="{page}/note"')["note"] == "Ba."
    assert "Hai." in client.get(page).text


def test_a_supervisor_removes_for_a_reason(client_for, case_id):
    officer, client = client_for("minh"), client_for("tuan")
    page = attached(officer, case_id)
    assert "/removal" not in officer.get(page).text
    token = csrf_of(client.get(page).text)
    opened = client.post(page, data={"csrf_token": token, "reason": "supervision"}).text
    fields = fields_of(opened, f'action="{page}/removal"')
    blank = client.post(f"{page}/removal", data=fields)
    assert blank.status_code == 422
    assert 'id="f-why-error"' in blank.text
    assert client.post(f"{page}/removal", data={**fields, "why": "Gửi nhầm."}).status_code == 302
    again = client.post(f"{page}/removal", data={**fields, "why": "Gửi nhầm."})
    assert again.status_code == 409
    shown = unescape(officer.get(page).text)
    assert "Gửi nhầm." in shown
    assert f"{page}/file" not in shown
    assert officer.get(f"{page}/file").status_code == 409


def test_long_names_and_strange_ones_are_shown_as_text(client_for, case_id, clock):
    client = client_for("minh")
    page = attached(client, case_id, samples.pdf(), LONG)
    assert re.search(r"Giấy khai sinh[^<]{150,190}….pdf", unescape(client.get(page).text))
    clock.forward(seconds=1)
    page = attached(client, case_id, samples.pdf(), "C:\\thư mục\\<script>alert(1)</script>\u202efdp.exe")
    html = client.get(page).text
    assert "<script>alert" not in html
    assert "script>fdp.exe" in unescape(html)
    assert "\u202e" not in html


def test_a_stranger_finds_nothing(client_for, case_id):
    page = attached(client_for("minh"), case_id)
    for who in ("lan", "hoa", "van", "sen", "khac"):
        client = client_for(who)
        for path in ("", "/preview", "/file", "/copy"):
            assert client.get(page + path).status_code == 404
    assert client_for(None).get(page).status_code in (302, 401)
