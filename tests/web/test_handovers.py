from __future__ import annotations

import pytest

from app.services.handovers import offer_handover, read_handover, receiving_units
from tests.pictures import kept
from tests.web.opened import acting, bring_to_transfer, issue_papers, open_file, send, version_of


@kept
def _ready(app):
    opened = open_file(app)
    bring_to_transfer(app, opened)
    issue_papers(app, opened)
    return opened


@pytest.fixture
def file(app):
    """A file ready to be handed over."""
    with app.app_context():
        return _ready(app)


def _shelter(app):
    with acting(app, "minh") as officer:
        return next(u.id for u in receiving_units(officer) if u.kind == "partner")


def _offered(app, file):
    unit_id = _shelter(app)
    version = version_of(app, file)
    with acting(app, "minh") as officer:
        return offer_handover(officer, file.id, unit_id, version=version)


def _state(app, handover):
    with acting(app, "tuan") as chief:
        return read_handover(chief, handover.id).handover.state


def test_the_offer_shows_exactly_what_goes_over_and_is_made(app, client_for, file):
    client, page = client_for("minh"), f"/cases/{file.id}/handovers/new"
    shown = client.get(page).text
    assert "Nhân thân" in shown
    assert "Lời trình bày" not in shown
    assert "01/BB-PC02" in shown
    answer = send(client, page, page, to_unit_id=_shelter(app), version=version_of(app, file))
    assert answer.status_code == 302
    assert "Nhà tạm lánh Hoa Sen" in client.get(answer.location).text


def test_an_offer_without_a_receiver_is_refused(app, client_for, file):
    client, page = client_for("minh"), f"/cases/{file.id}/handovers/new"
    answer = send(client, page, page, to_unit_id="", version=version_of(app, file))
    assert answer.status_code == 422
    assert 'href="#f-to_unit_id"' in answer.text


def test_an_offer_from_an_old_page_keeps_the_choice(app, client_for, file):
    client, page = client_for("minh"), f"/cases/{file.id}/handovers/new"
    unit_id = _shelter(app)
    answer = send(client, page, page, to_unit_id=unit_id, version=1)
    assert answer.status_code == 409
    assert f'value="{unit_id}" selected' in answer.text


def test_a_file_that_is_not_ready_says_what_is_missing(app, client_for):
    early = open_file(app)
    shown = client_for("minh").get(f"/cases/{early.id}/handovers/new").text
    assert shown.count("badge--danger") == 2
    assert 'type="submit" disabled' in shown


def test_the_receiver_sees_names_of_sections_before_and_their_content_after_confirming(app, client_for, file):
    handover = _offered(app, file)
    partner, page = client_for("sen"), f"/handovers/{handover.id}"
    section = f"/cases/{file.id}/sections/identity"
    assert str(handover.id) in partner.get("/handovers").text
    assert "Nhân thân" in partner.get(page).text
    assert partner.get(section).status_code == 404
    assert send(partner, page, f"{page}/confirm", version=handover.version).status_code == 302
    assert _state(app, handover) == "confirmed"
    assert "Nguyễn Thị Hư Cấu" in partner.get(section).text
    assert partner.get(f"/cases/{file.id}").status_code == 200
    assert partner.get(f"/cases/{file.id}/sections/statement").status_code == 404


def test_after_confirmation_the_giving_officer_no_longer_finds_the_file(app, client_for, file):
    handover = _offered(app, file)
    partner, page = client_for("sen"), f"/handovers/{handover.id}"
    send(partner, page, f"{page}/confirm", version=handover.version)
    assert client_for("minh").get(f"/cases/{file.id}").status_code == 404
    assert client_for("tuan").get(f"/cases/{file.id}").status_code == 200


def test_a_refusal_needs_a_reason_and_both_sides_read_it(app, client_for, file):
    handover = _offered(app, file)
    partner, page = client_for("sen"), f"/handovers/{handover.id}"
    answer = send(partner, page, f"{page}/refuse", version=handover.version, reason="")
    assert answer.status_code == 422
    assert 'href="#f-reason"' in answer.text
    answer = send(partner, page, f"{page}/refuse", version=handover.version, reason="Thiếu giấy tờ (hư cấu)")
    assert answer.status_code == 302
    assert _state(app, handover) == "refused"
    assert "Thiếu giấy tờ (hư cấu)" in client_for("minh").get(page).text


def test_the_giver_takes_an_offer_back(app, client_for, file):
    handover = _offered(app, file)
    officer, page = client_for("minh"), f"/handovers/{handover.id}"
    assert "/confirm" not in officer.get(page).text
    assert send(officer, page, f"{page}/withdraw", version=handover.version).status_code == 302
    assert _state(app, handover) == "withdrawn"
    assert client_for("sen").get(page).status_code == 404


def test_a_decided_handover_cannot_be_decided_again(app, client_for, file):
    handover = _offered(app, file)
    partner, page = client_for("sen"), f"/handovers/{handover.id}"
    send(partner, page, f"{page}/confirm", version=handover.version)
    answer = send(partner, page, f"{page}/refuse", version=handover.version, reason="Quá muộn")
    assert answer.status_code == 409
    assert "error-summary" in answer.text
    assert _state(app, handover) == "confirmed"


@pytest.mark.parametrize("username", ["lan", "khac", "xoan"])
def test_a_handover_of_others_is_not_found(app, client_for, file, username):
    handover = _offered(app, file)
    assert client_for(username).get(f"/handovers/{handover.id}").status_code in (403, 404)


def test_an_empty_list_says_so(client_for):
    assert 'class="empty"' in client_for("sen").get("/handovers").text
