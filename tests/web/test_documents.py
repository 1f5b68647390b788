from __future__ import annotations

import re

import pytest

from app.services.documents import create_document, read_document, update_document
from tests.web.opened import (
    PAPERS,
    acting,
    bring_to_transfer,
    entries_of,
    issue_papers,
    open_file,
    paper_form,
    send,
    version_of,
)

KIND = "victim_handover"


@pytest.fixture
def file(app):
    """A file whose stage offers the papers of a handover."""
    opened = open_file(app)
    bring_to_transfer(app, opened)
    return opened


def _draft(app, file, type_id=KIND, **replaced):
    with acting(app, "minh") as officer:
        return create_document(officer, file.id, type_id, {**paper_form(type_id), **replaced})


def _flat(form):
    """A stored form as a browser sends it."""
    sent = {}
    for name, value in form.items():
        if isinstance(value, list):
            for number, row in enumerate(value):
                sent |= {f"{name}.{number}.{column}": entry for column, entry in _flat(row).items()}
        elif isinstance(value, bool):
            sent[name] = "yes" if value else "no"
        else:
            sent[name] = value
    return sent


def test_the_stage_offers_its_papers(app, client_for, file):
    client = client_for("minh")
    for page in (f"/cases/{file.id}", f"/cases/{file.id}/documents/new"):
        shown = client.get(page).text
        assert all(f"/cases/{file.id}/documents/new/{type_id}" in shown for type_id in PAPERS)


def test_a_draft_is_saved_from_the_form(app, client_for, file):
    client, page = client_for("minh"), f"/cases/{file.id}/documents/new/{KIND}"
    key = re.search(r'name="request_key" value="([^"]+)"', client.get(page).text)[1]
    answer = send(client, page, page, request_key=key, **_flat(paper_form(KIND)))
    assert answer.status_code == 302
    again = send(client, page, page, request_key=key, **_flat(paper_form(KIND)))
    assert again.location == answer.location  # sent twice, saved once
    shown = client.get(answer.location).text
    assert "Hoàng Thị Ví Dụ" in shown
    assert "/preview" in shown


def test_a_wrong_form_comes_back_with_everything_typed(app, client_for, file):
    client, page = client_for("minh"), f"/cases/{file.id}/documents/new/{KIND}"
    answer = send(client, page, page, place="Trụ sở hư cấu", start_date="31/02/2026")
    assert answer.status_code == 422
    assert 'value="Trụ sở hư cấu"' in answer.text
    assert 'value="31/02/2026"' in answer.text


def test_a_conflict_of_drafts_loses_nothing_typed(app, client_for, file):
    draft, client = _draft(app, file), client_for("minh")
    with acting(app, "minh") as officer:
        update_document(officer, draft.id, {**paper_form(KIND), "place": "Nơi khác"}, version=draft.version)
    page = f"/documents/{draft.id}/edit"
    typed = {**_flat(paper_form(KIND)), "place": "Nơi tôi gõ"}
    answer = send(client, page, page, version=draft.version, **typed)
    assert answer.status_code == 409
    assert answer.text.count("compare__field--differs") == 1
    assert "Nơi khác" in answer.text
    assert 'value="Nơi tôi gõ"' in answer.text
    newer = re.search(r'name="version" value="(\d+)"', answer.text)[1]
    assert send(client, page, page, version=newer, **typed).status_code == 302


def test_a_draft_is_previewed_as_pdf_under_its_code(app, client_for, file):
    draft = _draft(app, file)
    answer = client_for("minh").get(f"/documents/{draft.id}/preview")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert draft.check_code in answer.headers["Content-Disposition"]
    assert entries_of(app, "document:previewed") == 1


def test_issuing_asks_first_and_cannot_be_repeated(app, client_for, file):
    draft, client = _draft(app, file), client_for("minh")
    page = f"/documents/{draft.id}/issue"
    assert "panel--danger" in client.get(page).text
    answer = send(client, page, page, version=draft.version)
    assert answer.status_code == 302
    with acting(app, "minh") as officer:
        issued = read_document(officer, draft.id).document
    assert issued.symbol == "01/BB-PC02"
    token_page = f"/documents/{draft.id}/issue"
    assert "01/BB-PC02" in client.get(token_page).text
    assert send(client, f"/cases/{file.id}", page, version=issued.version).status_code == 409


def test_a_paper_against_the_rules_is_not_issued_and_says_why(app, client_for, file):
    draft, client = _draft(app, file, copies=9), client_for("minh")
    page = f"/documents/{draft.id}/issue"
    answer = send(client, page, page, version=draft.version)
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert entries_of(app, "document:numbered") == 0


def test_the_download_is_named_by_its_number_never_by_a_person(app, client_for, file):
    issued = issue_papers(app, file)[KIND]
    answer = client_for("minh").get(f"/documents/{issued}/download")
    assert answer.headers["Content-Disposition"] == "attachment; filename=01-BB-PC02.pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"%PDF-")


def test_an_issued_paper_cannot_be_edited(app, client_for, file):
    issued = issue_papers(app, file)[KIND]
    client, page = client_for("minh"), f"/documents/{issued}"
    assert f"{page}/edit" not in client.get(page).text
    typed = {**_flat(paper_form(KIND)), "place": "Nơi tôi gõ"}
    answer = send(client, f"/cases/{file.id}", f"{page}/edit", version=99, **typed)
    assert answer.status_code == 409
    assert "Nơi tôi gõ" in answer.text
    assert "savebar" not in answer.text


@pytest.mark.parametrize("username", ["lan", "khac", "sen"])
def test_a_draft_is_not_found_by_others(app, client_for, file, username):
    draft = _draft(app, file)
    client = client_for(username)
    assert client.get(f"/documents/{draft.id}").status_code == 404


def test_a_clerk_reads_the_paper_and_nothing_more(app, client_for, file):
    issued = issue_papers(app, file)[KIND]
    clerk = client_for("van")
    shown = clerk.get(f"/documents/{issued}").text
    assert "01/BB-PC02" in shown
    assert "Hoàng Thị Ví Dụ" not in shown
    assert f"/cases/{file.id}" not in shown
    assert clerk.get(f"/documents/{issued}/download").status_code == 200
    assert clerk.get(f"/documents/{issued}/edit").status_code == 403


def test_an_unknown_type_of_paper_is_not_found(app, client_for, file):
    assert client_for("minh").get(f"/cases/{file.id}/documents/new/nothing").status_code == 404


def test_a_stage_that_offers_no_paper_saves_none(app, client_for):
    early, client = open_file(app), client_for("minh")
    page = f"/cases/{early.id}/documents/new/{KIND}"
    answer = send(client, page, page, **_flat(paper_form(KIND)))
    assert answer.status_code == 422
    assert version_of(app, early)
    with acting(app, "minh"):
        assert entries_of(app, "document:drafted") == 0


def test_the_register_shows_every_column_and_its_year(app, client_for, file):
    issue_papers(app, file)
    clerk = client_for("van")
    shown = clerk.get("/register").text
    assert all(text in shown for text in ("01/BB-PC02", "02/BB-PC02", file.code, "23/11/2026"))
    assert 'class="empty"' in clerk.get("/register?year=2025").text
    assert clerk.get("/register?year=abc").status_code == 422
    assert client_for("minh").get("/register").status_code == 403
