"""A file's last days, by page and by machine: kept, held, asked for, erased, gone for everybody."""

from __future__ import annotations

import io
from datetime import date

import pytest

from app.extensions import db
from app.services import keeping
from app.services.attachment_intake import add_attachment
from app.services.moves import decide_move, move_case
from tests.conftest import csrf_of
from tests.services import acting


@pytest.fixture
def file(app, actor_for):
    """A closed case with a paper, an attachment, and content in both branches: its id, papers and attachment."""
    with app.app_context():
        case_id = acting.transferring(actor_for)
        paper = acting.issued(actor_for, case_id)
        scan = add_attachment(
            actor_for("minh"), case_id, io.BytesIO("Biên bản hư cấu.".encode()), name="a.txt"
        )
        minh, why = actor_for("minh"), "Hư cấu"
        move_case(
            minh, case_id, "victim", "initial_verification", version=acting.case_version(case_id), reason=why
        )
        asked = move_case(minh, case_id, "victim", "closed", version=acting.case_version(case_id), reason=why)
        decide_move(actor_for("tuan"), asked.approval.id, approved=True)
        found = {"id": case_id, "paper": paper.id, "scan": scan.id, "code": asked.case.code}
        db.session.remove()
    return found


def send(browser, file, act, **typed):
    """Send one of the forms of the page, with the version it shows."""
    page = browser.get(f"/cases/{file['id']}/keeping").text
    version = page.split('name="version" value="')[1].split('"')[0]
    entries = {"csrf_token": csrf_of(page), "version": version, **typed}
    return browser.post(f"/cases/{file['id']}/keeping/{act}", data=entries)


def test_from_the_closing_to_the_erasing_by_page(app, client_for, file, clock):
    tuan, thu, minh = client_for("tuan"), client_for("thu"), client_for("minh")
    page = tuan.get(f"/cases/{file['id']}").text
    assert f"/cases/{file['id']}/keeping" in page
    assert send(tuan, file, "term", keep_until="31/02/2027", ground="competent_decision").status_code == 422
    assert send(tuan, file, "term", keep_until="24/11/2026").status_code == 422
    assert send(tuan, file, "term", keep_until="24/11/2026", ground="fitting_purpose").status_code == 302
    page = tuan.get(f"/cases/{file['id']}/keeping").text
    assert "24/11/2026" in page
    assert "badge--unverified" in page  # the article was not read in full
    clock.forward(days=3)
    tuan, thu, minh = client_for("tuan"), client_for("thu"), client_for("minh")
    assert send(tuan, file, "hold", ground="complaint").status_code == 302
    refused = send(tuan, file, "erasure", ground="term_over")
    assert refused.status_code == 422
    assert "error-summary" in refused.text
    assert send(tuan, file, "hold/end").status_code == 302
    assert send(tuan, file, "erasure", ground="term_over").status_code == 302
    mine = tuan.get("/erasures").text
    assert file["code"] in mine
    assert 'value="approve"' not in mine  # who asked does not decide
    listed = thu.get("/erasures").text
    address = listed.split('action="/erasures/')[1].split('"')[0]
    entries = {"csrf_token": csrf_of(mine), "decision": "approve"}
    assert tuan.post(f"/erasures/{address}", data=entries).status_code == 403
    entries = {"csrf_token": csrf_of(listed)}
    assert thu.post(f"/erasures/{address}", data=entries).status_code == 422
    assert thu.post(f"/erasures/{address}", data={**entries, "decision": "approve"}).status_code == 302
    for path in gone(file):
        assert minh.get(path).status_code == 410, path
    reason = {"csrf_token": csrf_of(listed), "reason": "supervision"}
    assert tuan.post(f"/cases/{file['id']}/sections/health", data=reason).status_code in (400, 410)
    assert tuan.get(f"/cases/{file['id']}/reasons").status_code == 410
    said = minh.get(f"/cases/{file['id']}/sections/identity", headers={"Accept-Language": "vi"}).text
    assert "<h1" in said
    case_page = minh.get(f"/cases/{file['id']}").text
    assert "badge--danger" in case_page
    assert f"/cases/{file['id']}/sections/" not in case_page
    assert file["code"] in minh.get("/cases/?show=closed").text
    assert "badge--danger" in minh.get("/cases/?show=closed").text
    log = tuan.get(f"/cases/{file['id']}/ledger").text
    assert "Bùi Minh Thu" in log
    assert client_for("van").get("/register").status_code == 200  # its numbers stay
    with app.app_context():
        assert acting.whole()
        db.session.remove()


def gone(file):
    """Everything that would have to be opened."""
    return (
        f"/cases/{file['id']}/sections/identity/edit",
        f"/documents/{file['paper']}/download",
        f"/attachments/{file['scan']}",
        f"/cases/{file['id']}/reasons",
    )


def test_the_same_by_machine(app, api_for, actor_for, file, clock):
    with app.app_context():
        keeping.set_term(
            actor_for("tuan"),
            file["id"],
            date(2026, 11, 23),
            "unit_schedule",
            version=acting.case_version(file["id"]),
        )
        db.session.remove()
    clock.forward(days=2)
    tuan, thu, minh = api_for("tuan"), api_for("thu"), api_for("minh")
    place = f"/cases/{file['id']}"
    assert minh.get(f"{place}/keeping").status_code == 403
    kept = tuan.get(f"{place}/keeping")
    assert kept.get_json()["keep_until"] == "2026-11-23"
    assert kept.get_json()["obstacles"] == []
    assert kept.get_json()["term_ground"]["basis"]["verified"] is False
    tag = {"If-Match": kept.headers["ETag"]}
    held = tuan.put(f"{place}/keeping/hold", json={"ground": "proceedings"}, headers=tag)
    assert held.status_code == 200
    assert tuan.put(f"{place}/keeping/hold", json={"ground": "proceedings"}, headers=tag).status_code == 412
    tag = {"If-Match": held.headers["ETag"]}
    refused = tuan.post(f"{place}/erasures", json={"ground": "term_over"}, headers=tag)
    assert refused.status_code == 422
    free = tuan.delete(f"{place}/keeping/hold", headers=tag)
    tag = {"If-Match": free.headers["ETag"]}
    asked = tuan.post(f"{place}/erasures", json={"ground": "term_over"}, headers=tag)
    assert asked.status_code == 201
    (waiting,) = thu.get("/erasures").get_json()["items"]
    assert waiting["case_code"] == file["code"]
    decision = f"/erasures/{asked.get_json()['id']}/decision"
    own = tuan.post(decision, json={"approved": True})
    assert own.status_code == 403
    assert own.get_json()["type"].endswith("second-person-required")
    assert thu.post(decision, json={"approved": True}).status_code == 200
    assert thu.post(decision, json={"approved": True}).status_code == 410
    problem = minh.get(f"{place}/sections/identity")
    assert problem.status_code == 410
    assert problem.get_json()["type"] == "urn:ben-an:problem:erased"
    assert minh.get(place).get_json()["erased_at"]
    assert minh.get("/cases?show=closed").get_json()["items"][0]["erased_at"]
    assert minh.get(f"/documents/{file['paper']}/pdf").status_code == 410
    with app.app_context():
        assert not [path for path in attachments_on_disk(app) if path.is_file()]
        assert acting.whole()
        db.session.remove()


def attachments_on_disk(app):
    folder = app.extensions["benan.settings"].attachment_directory
    return list(folder.rglob("*")) if folder.exists() else []
