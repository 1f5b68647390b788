from __future__ import annotations

import re

import pytest

from app.services.moves import decide_move, list_waiting_moves
from tests.conftest import CAST
from tests.web.opened import ADULT, AGREED, acting, id_of, open_file, send, version_of, write


def test_the_list_shows_code_stage_and_term_with_its_badge(app, client_for):
    file = open_file(app)
    page = client_for("minh").get("/cases/").text
    assert file.code in page
    assert "Đã tiếp nhận" in page
    assert "<strong>ngay</strong>" in page


@pytest.mark.parametrize("show", ["open", "overdue", "closed", "nonsense"])
def test_an_empty_list_says_so(client_for, show):
    answer = client_for("minh").get(f"/cases/?show={show}")
    assert answer.status_code == 200
    assert 'class="empty"' in answer.text


def test_a_file_that_is_late_is_in_the_list_of_overdue_files(app, client_for, clock):
    file = verifying(app, client_for)
    clock.forward(days=4)
    client = client_for("minh")
    page = client.get("/cases/?show=overdue").text
    assert file.code in page
    assert "badge--danger" in page
    assert "term--overdue" in client.get("/").text


def test_a_duty_at_once_is_not_late(app, client_for, clock):
    file = open_file(app)
    clock.forward(days=4)
    client = client_for("minh")
    assert file.code not in client.get("/cases/?show=overdue").text
    for page in ("/", f"/cases/{file.id}"):
        text = client.get(page).text
        assert "<strong>ngay</strong>" in text
        assert "badge--danger" not in text


def test_an_unverified_term_past_its_date_is_never_called_late(app, client_for, clock):
    file = verifying(app, client_for)
    write(app, file, "identity", ADULT)
    write(app, file, "verification", {"initial_result": "Hư cấu"})
    write(app, file, "statement", {"account": "Hư cấu"})
    move(app, client_for("minh"), file, "identification_pending")
    clock.forward(days=40)
    client = client_for("minh")
    for page in ("/", "/cases/", f"/cases/{file.id}"):
        text = client.get(page).text
        assert "badge--unverified" in text
        assert "term--overdue" not in text
        assert "badge--danger" not in text
    write(app, file, "health", {"condition": "Hư cấu"})
    write(app, file, "consent", AGREED)
    move(app, client, file, "transferring")
    with acting(app, "tuan") as chief:
        (waiting,) = list_waiting_moves(chief)
        decide_move(chief, waiting.approval.id, approved=True)
    ended = re.search(r"<details>.*?</details>", client.get(f"/cases/{file.id}").text, re.DOTALL).group()
    assert "badge--unverified" in ended
    assert "badge--danger" not in ended


def test_a_date_that_rests_on_a_forecast_of_holidays_says_so(app, client_for, clock):
    clock.forward(days=72)  # Wednesday 03/02/2027, before an announcement for that year
    file = verifying(app, client_for, day="03/02/2027")
    client = client_for("minh")
    for page in ("/", "/cases/", f"/cases/{file.id}"):
        assert client.get(page).text.count("badge--unverified") == 1


def verifying(app, client_for, day="23/11/2026"):
    """A file in initial verification, whose term of three days is verified."""
    file = open_file(app)
    write(app, file, "safe_contact", {"safe_way": "Qua cơ sở tạm lánh (hư cấu)"})
    move(app, client_for("minh"), file, "initial_verification", day)
    return file


def move(app, client, file, to, day=""):
    page = f"/cases/{file.id}/moves/victim/{to}"
    answer = send(client, page, page, version=version_of(app, file), event_on=day)
    assert answer.status_code == 302


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


@pytest.mark.parametrize("username", ["lan", "sen", "khac", "xoan"])
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
