from __future__ import annotations

import pytest

from app.services.sections import read_section
from tests.web.opened import ADULT, acting, entries_of, open_file, send, write


def _stored(app, file, section_id):
    with acting(app, "minh") as officer:
        view = read_section(officer, file.id, section_id)
        return view.version, dict(view.values)


def test_a_section_is_filled_in_read_and_its_author_named(app, client_for):
    file, client = open_file(app), client_for("minh")
    page = f"/cases/{file.id}/sections/identity"
    answer = send(
        client, f"{page}/edit", f"{page}/edit", version=0, full_name="Nguyễn Thị Hư Cấu", birth_date="2003"
    )
    assert answer.status_code == 302
    shown = client.get(page).text
    assert "Nguyễn Thị Hư Cấu" in shown
    assert "Nguyễn Văn Minh (hư cấu)" in shown
    assert _stored(app, file, "identity") == (1, {"full_name": "Nguyễn Thị Hư Cấu", "birth_date": "2003"})


def test_a_wrong_entry_gives_everything_typed_back(app, client_for):
    file, client = open_file(app), client_for("minh")
    page = f"/cases/{file.id}/sections/identity/edit"
    answer = send(client, page, page, version=0, full_name="Nguyễn Thị Hư Cấu", birth_date="31/02/2003")
    assert answer.status_code == 422
    assert 'value="Nguyễn Thị Hư Cấu"' in answer.text
    assert 'value="31/02/2003"' in answer.text
    assert 'href="#f-birth_date"' in answer.text
    assert _stored(app, file, "identity") == (0, {})


def test_a_conflict_shows_both_hands_and_loses_nothing_typed(app, client_for):
    file, client = open_file(app), client_for("minh")
    write(app, file, "identity", ADULT)
    page = f"/cases/{file.id}/sections/identity/edit"
    answer = send(client, page, page, version=0, full_name="Nguyễn Thị Hư Cấu", other_names="Bí danh hư cấu")
    assert answer.status_code == 409
    assert answer.text.count("compare__field--differs") == 3  # other names typed; birth and sex only stored
    assert 'value="Bí danh hư cấu"' in answer.text
    assert 'name="version" value="1"' in answer.text
    assert _stored(app, file, "identity") == (1, ADULT)


def test_after_a_conflict_the_typed_text_can_be_saved_on_top(app, client_for):
    file, client = open_file(app), client_for("minh")
    write(app, file, "identity", ADULT)
    page = f"/cases/{file.id}/sections/identity/edit"
    answer = send(client, page, page, version=1, full_name="Nguyễn Thị Hư Cấu", other_names="Bí danh hư cấu")
    assert answer.status_code == 302
    assert _stored(app, file, "identity") == (
        2,
        {"full_name": "Nguyễn Thị Hư Cấu", "other_names": "Bí danh hư cấu"},
    )


def test_a_row_is_added_without_saving_and_without_losing_text(app, client_for):
    file, client = open_file(app), client_for("minh")
    page = f"/cases/{file.id}/sections/minors/edit"
    typed = {"children.0.full_name": "Bé Hư Cấu", "_add": "children"}
    answer = send(client, page, page, version=0, **typed)
    assert answer.status_code == 200
    assert 'value="Bé Hư Cấu"' in answer.text
    assert 'name="children.1.full_name"' in answer.text
    assert _stored(app, file, "minors") == (0, {})


def test_a_doubtful_identity_number_warns_and_is_saved(app, client_for):
    file, client = open_file(app), client_for("minh")
    page = f"/cases/{file.id}/sections/identity"
    answer = send(client, f"{page}/edit", f"{page}/edit", version=0, national_id="123", full_name="Hư Cấu")
    assert answer.status_code == 302
    assert 'class="warning"' in client.get(page).text
    assert 'id="f-national_id-warning"' in client.get(f"{page}/edit").text


def test_a_supervisor_states_a_reason_before_a_section_opens(app, client_for):
    file, chief = open_file(app), client_for("tuan")
    write(app, file, "statement", {"account": "Lời kể hư cấu"})
    page = f"/cases/{file.id}/sections/statement"
    asked = chief.get(page)
    assert asked.status_code == 200
    assert 'value="supervision"' in asked.text
    assert "Lời kể hư cấu" not in asked.text
    assert entries_of(app, "section:read") == 0
    opened = send(chief, page, page, reason="supervision")
    assert opened.status_code == 200
    assert "Lời kể hư cấu" in opened.text
    assert entries_of(app, "section:read") == 1


@pytest.mark.parametrize("reason", ["", "curiosity"])
def test_no_reason_or_an_unknown_one_opens_nothing(app, client_for, reason):
    file, chief = open_file(app), client_for("tuan")
    write(app, file, "statement", {"account": "Lời kể hư cấu"})
    page = f"/cases/{file.id}/sections/statement"
    answer = send(chief, page, page, reason=reason)
    assert answer.status_code == 422
    assert "Lời kể hư cấu" not in answer.text
    assert entries_of(app, "section:read") == 0


def test_a_reason_in_the_address_does_not_count(app, client_for):
    file, chief = open_file(app), client_for("tuan")
    write(app, file, "statement", {"account": "Lời kể hư cấu"})
    answer = chief.get(f"/cases/{file.id}/sections/statement?reason=supervision")
    assert "Lời kể hư cấu" not in answer.text


def test_nobody_edits_what_the_caller_said(app, client_for):
    file, client = open_file(app), client_for("minh")
    page = f"/cases/{file.id}"
    assert f"{page}/sections/intake/edit" not in client.get(page).text
    assert client.get(f"{page}/sections/intake/edit").status_code == 403
    assert "Tin báo hư cấu" in client.get(f"{page}/sections/intake").text


def test_a_supervisor_does_not_write(app, client_for):
    file, chief = open_file(app), client_for("tuan")
    assert chief.get(f"/cases/{file.id}/sections/identity/edit").status_code == 403


def test_a_section_the_procedure_does_not_have_is_not_found(app, client_for):
    file, client = open_file(app), client_for("minh")
    assert client.get(f"/cases/{file.id}/sections/nothing").status_code == 404


def test_markup_in_a_section_stays_text(app, client_for):
    file, client = open_file(app), client_for("minh")
    write(app, file, "statement", {"account": "<script>alert(1)</script>"})
    page = client.get(f"/cases/{file.id}/sections/statement").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_version_nobody_wrote_leads_to_the_conflict_page_with_what_was_typed(app, client_for):
    file, client = open_file(app), client_for("minh")
    page = f"/cases/{file.id}/sections/identity/edit"
    answer = send(client, page, page, version=7, full_name="Nguyễn Thị Hư Cấu")
    assert answer.status_code == 409
    assert 'value="Nguyễn Thị Hư Cấu"' in answer.text
    assert 'name="version" value="0"' in answer.text
    assert "None" not in answer.text
