from __future__ import annotations

import re

import pytest

from tests.conftest import CAST
from tests.web.opened import id_of, open_file, send, version_of


def test_the_list_shows_code_stage_and_term_with_its_badge(app, client_for):
    file = open_file(app)
    page = client_for("minh").get("/cases/").text
    assert file.code in page
    assert "Đã tiếp nhận" in page
    assert "<time" in page


@pytest.mark.parametrize("show", ["open", "overdue", "closed", "nonsense"])
def test_an_empty_list_says_so(client_for, show):
    answer = client_for("minh").get(f"/cases/?show={show}")
    assert answer.status_code == 200
    assert 'class="empty"' in answer.text


def test_a_file_that_is_late_is_in_the_list_of_overdue_files(app, client_for, clock):
    file = open_file(app)
    clock.forward(minutes=5)
    page = client_for("minh").get("/cases/?show=overdue").text
    assert file.code in page
    assert "badge--danger" in page


def test_the_list_turns_pages_without_repeating(app, client_for):
    codes = {open_file(app).code for _ in range(21)}
    client = client_for("minh")
    first = client.get("/cases/").text
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = client.get(following).text
    seen = [code for page in (first, second) for code in codes if code in page]
    assert sorted(seen) == sorted(codes)


def test_the_page_shows_position_terms_sections_and_steps_but_no_content(app, client_for):
    file = open_file(app)
    page = client_for("minh").get(f"/cases/{file.id}").text
    assert 'aria-current="step"' in page
    assert "Bắt đầu xác minh ban đầu" in page
    assert "Nhân thân" in page
    assert "Tin báo hư cấu" not in page


@pytest.mark.parametrize("username", ["lan", "sen", "khac", "xa"])
def test_who_is_not_on_the_file_does_not_learn_that_it_exists(app, client_for, username):
    file = open_file(app)
    client = client_for(username)
    assert client.get(f"/cases/{file.id}").status_code == 404
    assert client.get(f"/cases/{file.id}/sections/identity").status_code == 404
    assert file.code not in client.get("/cases/").text


def test_a_supervisor_assigns_and_takes_off(app, client_for):
    file = open_file(app, officer=None)
    chief, officer, page = client_for("tuan"), client_for("lan"), f"/cases/{file.id}"
    assert officer.get(page).status_code == 404
    seen = version_of(app, file)
    answer = send(chief, page, f"{page}/officers", account_id=id_of(app, "lan"), version=seen)
    assert answer.status_code == 302
    assert officer.get(page).status_code == 200
    seen = version_of(app, file)
    answer = send(chief, page, f"{page}/officers/{id_of(app, 'lan')}/end", version=seen)
    assert answer.status_code == 302
    assert officer.get(page).status_code == 404


def test_assigning_on_an_old_page_changes_nothing_and_says_why(app, client_for):
    file = open_file(app, officer=None)
    chief, page = client_for("tuan"), f"/cases/{file.id}"
    answer = send(chief, page, f"{page}/officers", account_id=id_of(app, "lan"), version=0)
    assert answer.status_code == 409
    assert "error-summary" in answer.text
    assert client_for("lan").get(page).status_code == 404


def test_assigning_nobody_is_refused_with_the_remedy(app, client_for):
    file = open_file(app, officer=None)
    chief, page = client_for("tuan"), f"/cases/{file.id}"
    answer = send(chief, page, f"{page}/officers", account_id="", version=version_of(app, file))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_an_officer_gets_no_form_to_assign(app, client_for):
    file = open_file(app)
    client, page = client_for("minh"), f"/cases/{file.id}"
    assert "/officers" not in client.get(page).text
    answer = send(
        client, page, f"{page}/officers", account_id=id_of(app, "lan"), version=version_of(app, file)
    )
    assert answer.status_code == 403


def test_no_title_or_address_holds_a_name(app, client_for):
    file = open_file(app)
    page = client_for("tuan").get(f"/cases/{file.id}").text
    name = CAST["minh"][0]
    assert name in page
    assert name not in re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1]
