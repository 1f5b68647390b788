from __future__ import annotations

import re

from app.services.cases import read_case
from app.services.moves import list_waiting_moves, move_case
from tests.web.opened import ADULT, AGREED, acting, bring_to_transfer, open_file, send, version_of, write

VERIFY = "moves/victim/initial_verification"
TRANSFER = "moves/victim/transferring"


def _stage(app, file):
    with acting(app, "tuan") as chief:
        return read_case(chief, file.id).places[0].stage.id


def _ask_for_transfer(app, file, *, by="minh"):
    write(app, file, "identity", ADULT)
    write(app, file, "health", {"condition": "Ổn định (hư cấu)"})
    write(app, file, "consent", AGREED)
    with acting(app, by) as actor:
        version = read_case(actor, file.id).case.version
        return move_case(actor, file.id, "victim", "transferring", version=version).approval.id


def test_the_page_of_a_step_lists_all_that_is_missing_with_the_way_to_mend_it(app, client_for):
    file, client = open_file(app), client_for("minh")
    page = client.get(f"/cases/{file.id}/{TRANSFER}").text
    assert f"/cases/{file.id}/sections/health/edit#f-condition" in page
    assert f"/cases/{file.id}#sections" in page
    assert f'action="/cases/{file.id}/{TRANSFER}"' not in page


def test_a_supervisor_is_led_to_reading_not_to_writing(app, client_for):
    file = open_file(app)
    page = client_for("tuan").get(f"/cases/{file.id}/{TRANSFER}").text
    assert f"/cases/{file.id}/sections/health#f-condition" in page
    assert "/sections/health/edit" not in page


def test_a_step_is_taken_with_its_legal_day(app, client_for):
    file, client = open_file(app), client_for("minh")
    write(app, file, "safe_contact", {"safe_way": "Qua cơ sở tạm lánh (hư cấu)"})
    page = f"/cases/{file.id}/{VERIFY}"
    answer = send(client, page, page, version=version_of(app, file), event_on="23/11/2026")
    assert answer.status_code == 302
    assert _stage(app, file) == "initial_verification"
    assert "26/11/2026" in client.get(f"/cases/{file.id}").text  # three days later, 24:00


def test_a_day_before_the_present_stage_is_asked_once_more(app, client_for):
    file, client = open_file(app), client_for("minh")
    write(app, file, "safe_contact", {"safe_way": "Qua cơ sở tạm lánh (hư cấu)"})
    page = f"/cases/{file.id}/{VERIFY}"
    entered = {"version": version_of(app, file), "event_on": "20/11/2026"}
    asked = send(client, page, page, **entered)
    assert asked.status_code == 422
    assert "23/11/2026" in asked.text
    assert 'name="confirmed_day" value="20/11/2026"' in asked.text
    assert _stage(app, file) == "received"
    other = send(client, page, page, **{**entered, "event_on": "19/11/2026"}, confirmed_day="20/11/2026")
    assert other.status_code == 422
    assert send(client, page, page, **entered, confirmed_day="20/11/2026").status_code == 302
    assert _stage(app, file) == "initial_verification"


def test_a_step_that_misses_something_is_not_taken(app, client_for):
    file, client = open_file(app), client_for("minh")
    page = f"/cases/{file.id}"
    answer = send(client, f"{page}/sections/health/edit", f"{page}/{VERIFY}", version=version_of(app, file))
    assert answer.status_code == 422
    assert "/sections/safe_contact/edit" in answer.text
    assert _stage(app, file) == "received"


def test_a_day_in_the_future_is_refused_and_the_text_kept(app, client_for):
    file, client = open_file(app), client_for("minh")
    write(app, file, "safe_contact", {"safe_way": "Qua cơ sở tạm lánh (hư cấu)"})
    page = f"/cases/{file.id}/{VERIFY}"
    answer = send(
        client, page, page, version=version_of(app, file), event_on="24/12/2026", reason="Lý do hư cấu"
    )
    assert answer.status_code == 422
    assert 'value="24/12/2026"' in answer.text
    assert "Lý do hư cấu" in answer.text
    assert 'href="#f-event_on"' in answer.text


def test_a_step_from_an_old_page_keeps_the_text_and_offers_the_new_version(app, client_for):
    file, client = open_file(app), client_for("minh")
    page = f"/cases/{file.id}/{VERIFY}"
    write(app, file, "safe_contact", {"safe_way": "Qua cơ sở tạm lánh (hư cấu)"})
    answer = send(client, page, page, version=1, reason="Lý do hư cấu")
    assert answer.status_code == 409
    assert "Lý do hư cấu" in answer.text
    assert f'name="version" value="{version_of(app, file)}"' in answer.text
    assert _stage(app, file) == "received"


def test_a_second_person_approves_and_the_step_is_taken(app, client_for):
    file = open_file(app)
    approval = _ask_for_transfer(app, file)
    chief = client_for("tuan")
    listed = chief.get("/approvals").text
    assert file.code in listed
    assert "Nguyễn Văn Minh (hư cấu)" in listed
    answer = send(chief, "/approvals", f"/approvals/{approval}", decision="approve")
    assert answer.status_code == 302
    assert _stage(app, file) == "transferring"
    assert file.code not in chief.get("/approvals").text


def test_a_refusal_needs_a_reason(app, client_for):
    file = open_file(app)
    approval = _ask_for_transfer(app, file)
    chief = client_for("tuan")
    answer = send(chief, "/approvals", f"/approvals/{approval}", decision="refuse", reason=" ")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    answer = send(chief, "/approvals", f"/approvals/{approval}", decision="refuse", reason="Chưa đủ (hư cấu)")
    assert answer.status_code == 302
    assert _stage(app, file) == "received"


def test_a_decision_that_says_neither_yes_nor_no_decides_nothing(app, client_for):
    file = open_file(app)
    approval = _ask_for_transfer(app, file)
    answer = send(client_for("tuan"), "/approvals", f"/approvals/{approval}", decision="", reason="x")
    assert answer.status_code == 422
    with acting(app, "tuan") as chief:
        assert len(list_waiting_moves(chief)) == 1


def test_nobody_approves_what_he_asked_for(app, client_for):
    file = open_file(app)
    own, chief = _ask_for_transfer(app, file, by="tuan"), client_for("tuan")
    page = chief.get("/approvals").text
    assert file.code in page
    assert f'action="/approvals/{own}"' not in page
    answer = send(chief, f"/cases/{file.id}", f"/approvals/{own}", decision="approve")
    assert answer.status_code == 403
    assert _stage(app, file) == "received"


def test_an_officer_decides_nothing(app, client_for):
    file = open_file(app)
    approval, client = _ask_for_transfer(app, file), client_for("minh")
    assert client.get("/approvals").status_code == 403
    answer = send(client, "/", f"/approvals/{approval}", decision="approve")
    assert answer.status_code == 403


def test_terms_of_the_next_stage_are_named_with_their_basis(app, client_for):
    file = open_file(app)
    page = client_for("minh").get(f"/cases/{file.id}/{VERIFY}").text
    assert "Xác minh thông tin ban đầu" in page


def test_the_phases_behind_a_file_are_marked_as_passed(app, client_for):
    file = open_file(app)
    bring_to_transfer(app, file)
    page = client_for("minh").get(f"/cases/{file.id}").text
    assert page.count("phases__step--done") == 3
    assert len(re.findall('aria-current="step"', page)) == 1


def test_a_step_of_an_unassigned_file_is_not_found(app, client_for):
    file = open_file(app)
    assert client_for("lan").get(f"/cases/{file.id}/{VERIFY}").status_code == 404
