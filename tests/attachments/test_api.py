"""Attachments over the API: the body is the file; what breaks on the way ends short of its promised length."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import pytest

from app.attachments.files import path_of
from app.domain.errors import IntegrityBroken
from app.extensions import db
from tests.attachments import samples
from tests.services import acting

NAMED = {"Content-Disposition": "attachment; filename*=UTF-8''%E1%BA%A3nh%20g%E1%BB%91c.jpg"}


@pytest.fixture
def case(app, actor_for):
    with app.app_context():
        made = acting.case(actor_for)
        db.session.remove()
    return f"/cases/{made}"


def attach(machine, case, data=None, **headers):
    body = samples.photograph() if data is None else data
    return machine.post(f"{case}/attachments", data=body, headers={"Content-Type": "image/png", **headers})


def test_the_body_is_attached_as_what_it_is(api_for, case):
    machine, data = api_for("minh"), samples.photograph()
    answer = attach(machine, case, data, **NAMED)
    assert answer.status_code == 201
    made = answer.json
    assert answer.headers["Location"] == f"/api/v1/attachments/{made['attachment']['id']}"
    assert made["attachment"]["media_type"] == "image/jpeg"
    assert made["label"]["name"] == "ảnh gốc.jpg"
    assert made["label"]["sha256"] == hashlib.sha256(data).hexdigest()
    listed = machine.get(f"{case}/attachments").json["items"]
    assert [one["id"] for one in listed] == [made["attachment"]["id"]]
    assert "name" not in listed[0]


def test_it_comes_back_byte_for_byte_as_a_file(api_for, case):
    machine, data = api_for("minh"), samples.wav(100)
    made = attach(machine, case, data).json["attachment"]
    answer = machine.get(f"/attachments/{made['id']}/file")
    assert answer.data == data
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_stream_of_unknown_length_is_taken(app, api_for, case):
    machine, data = api_for("minh"), samples.wav(100)
    answer = machine.post(
        f"{case}/attachments",
        input_stream=io.BytesIO(data),
        headers={"Content-Type": "application/octet-stream", "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 201
    assert answer.json["label"]["size"] == len(data)


def test_a_request_sent_again_attaches_nothing_twice(api_for, case):
    machine = api_for("minh")
    one, again = (attach(machine, case, **{"Idempotency-Key": "k"}).json for _ in range(2))
    assert one["attachment"]["id"] == again["attachment"]["id"]
    assert attach(machine, case, samples.pdf(), **{"Idempotency-Key": "k"}).status_code == 409


@pytest.mark.parametrize("name", ["web page", "svg", "word with macros", "linux program"])
def test_what_may_not_be_attached_is_a_problem_that_names_it(api_for, case, name):
    answer = attach(api_for("minh"), case, samples.REFUSED[name](), **{"Accept-Language": "en"})
    assert answer.status_code == 422
    assert "JPEG" in answer.json["errors"]["file"][0]


def test_too_much_is_a_problem_in_own_words(app, api_for, case, monkeypatch):
    machine = api_for("minh")
    settings = replace(app.extensions["benan.settings"], attachment_limit=1 << 20)
    monkeypatch.setitem(app.extensions, "benan.settings", settings)
    for over in (2 << 20, 8 << 20):
        answer = attach(machine, case, samples.wav() + bytes(over), **{"Accept-Language": "en"})
        assert answer.status_code == 413
        assert answer.content_type == "application/problem+json"
        assert "1 MB" in answer.json["errors"]["file"][0]


def test_a_note_a_picture_a_copy_and_a_removal(api_for, case):
    officer, supervisor = api_for("minh"), api_for("tuan")
    path = f"/attachments/{attach(officer, case).json['attachment']['id']}"
    noted = officer.put(f"{path}/note", json={"note": "Mới."}, headers={"If-Match": '"1"'})
    assert (noted.status_code, noted.headers["ETag"]) == (200, '"2"')
    assert officer.put(f"{path}/note", json={"note": "x"}, headers={"If-Match": '"1"'}).status_code == 412
    assert officer.get(f"{path}/preview").content_type == "image/jpeg"
    assert samples.MARKER.encode() not in officer.get(f"{path}/copy").data
    assert supervisor.get(path).status_code == 422
    assert supervisor.get(f"{path}?reason=supervision").json["label"]["note"] == "Mới."
    removal = {"json": {"reason": "Nhầm."}, "headers": {"If-Match": '"2"'}}
    assert officer.post(f"{path}/removal", **removal).status_code == 403
    assert supervisor.post(f"{path}/removal", **removal).status_code == 204
    assert officer.get(f"{path}/file").status_code == 409
    assert officer.get(path).json["label"]["removal"] == "Nhầm."


def test_a_break_on_the_way_ends_short_and_is_an_alarm(app, api_for, case):
    from uuid import UUID

    machine, data = api_for("minh"), samples.wav(60)
    made = attach(machine, case, data).json["attachment"]
    with app.app_context():
        path = path_of(UUID(made["id"]), 1)
    path.write_bytes(path.read_bytes()[:-1])
    answer = machine.open("GET", f"/attachments/{made['id']}/file", buffered=False)
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(data)
    given = []
    with pytest.raises(IntegrityBroken):
        given.extend(answer.response)
    answer.close()
    assert len(b"".join(given)) < len(data)
    actions = [one["action"] for one in api_for("tuan").get("/ledger").json["items"]]
    assert actions.count("integrity:alarm") == 1
    path.write_bytes(b"BA\x02" + bytes(500))
    assert machine.get(f"/attachments/{made['id']}/file").status_code == 503


def test_who_leaves_early_holds_nothing_up(api_for, case):
    machine = api_for("minh")
    made = attach(machine, case, samples.wav(60)).json["attachment"]
    answer = machine.open("GET", f"/attachments/{made['id']}/file", buffered=False)
    answer.close()
    again = machine.open("GET", f"/attachments/{made['id']}/file", buffered=False)
    next(iter(again.response))
    again.close()
    assert attach(machine, case).status_code == 201
