"""Reports on the screen: logged in one go, never lost, opened for a reason, classified once."""

from __future__ import annotations

import re

import pytest

from tests.web.pages import csrf_of, fields_of, intake, post, text_of

TOLD = "Người gọi bị giữ giấy tờ gần bến xe (hư cấu)"


def logged(browser, **entries) -> str:
    """Log a report; its address."""
    answer = browser.post("/reports/new", data=intake(browser, what=TOLD, **entries))
    assert answer.status_code == 302, answer.text
    return answer.location.removesuffix("/logged")


def decide(browser, address: str, **entries):
    """Classify the report at this address."""
    typed = fields_of(browser.get(f"{address}/classification").text)
    return browser.post(f"{address}/classification", data=typed | entries)


def test_the_form_begins_with_the_channel_and_needs_no_second_page(client_for):
    page = client_for("hoa").get("/reports/new").text
    assert re.search(r'<select id="f-channel"[^>]* autofocus', page)
    assert (
        page.index('name="channel"') < page.index('name="danger_now"') < page.index("content.what_happened")
    )
    assert page.index("content.callback_phone") < page.index("content.caller_name")
    assert 'name="danger_now" value=""' not in page


def test_a_saved_report_shows_its_code_its_term_and_the_next_steps(client_for):
    browser = client_for("hoa")
    page = browser.get(logged(browser, danger_now="yes") + "/logged").text
    assert re.fullmatch(r"TB-\w{4}-\w{4}", text_of(page, "code--large"))
    assert "09:00 24/11/2026" in page
    assert "01/2017/TTLT" in page
    assert 'class="summary"' in page


def test_no_address_title_or_file_name_says_anything_of_the_content(client_for):
    browser = client_for("hoa")
    address = logged(browser, content__caller_name="Tên Hư Cấu")
    for path in (address, f"{address}/logged", f"{address}/classification"):
        title = re.search("<title>(.*?)</title>", browser.get(path).text).group(1)
        assert "Hư Cấu" not in title
        assert re.fullmatch(r"/reports/[0-9a-f-]{36}(/\w+)?", path)
    slip = post(browser, address, f"{address}/slip")
    assert slip.mimetype == "application/pdf"
    assert slip.data.startswith(b"%PDF")
    assert re.fullmatch(r"attachment; filename=TB-\w{4}-\w{4}\.pdf", slip.headers["Content-Disposition"])


def test_what_cannot_be_saved_comes_back_with_everything_typed(client_for):
    browser = client_for("hoa")
    typed = intake(browser, what=TOLD, people="1", children="3", content__callback_phone="12")
    typed |= {"content.event_date": "31/02/2026", "content.callback_from": "7h30"}
    answer = browser.post("/reports/new", data=typed)
    assert answer.status_code == 422
    again = fields_of(answer.text)
    for name in ("channel", "people", "children", "content.what_happened", "content.event_date"):
        assert again[name] == typed[name], name
    assert again["content.callback_from"] == "07:30"
    for wrong in ("f-children", "f-content-callback_phone", "f-content-event_date"):
        assert f'href="#{wrong}"' in answer.text
        assert f'id="{wrong}-error"' in answer.text
    assert again["request_key"] == typed["request_key"]


def test_the_question_of_danger_must_be_answered(client_for):
    browser = client_for("hoa")
    typed = intake(browser, what=TOLD)
    del typed["danger_now"]
    answer = browser.post("/reports/new", data=typed)
    assert answer.status_code == 422
    assert 'href="#f-danger_now"' in answer.text


def test_sent_twice_it_is_saved_once(client_for):
    browser = client_for("hoa")
    typed = intake(browser, what=TOLD)
    first, second = (browser.post("/reports/new", data=typed).location for _ in range(2))
    assert first == second
    assert browser.get("/reports/").text.count('class="code"') == 1


def test_reports_are_listed_by_page_and_by_state(client_for):
    browser = client_for("hoa")
    addresses = [logged(browser) for _ in range(21)]
    assert decide(browser, addresses[0], outcome="closed", close_reason="test_call").status_code == 302
    waiting = browser.get("/reports/").text
    assert waiting.count('class="code"') == 20
    assert 'rel="next"' not in waiting
    assert browser.get("/reports/?show=done").text.count('class="code"') == 1
    logged(browser)
    following = re.search(r'rel="next" href="([^"]+)"', browser.get("/reports/").text).group(1)
    assert browser.get(following.replace("&amp;", "&")).text.count('class="code"') == 1
    assert browser.get("/reports/?cursor=forged").status_code == 422


def test_a_supervisor_says_why_before_a_report_opens(client_for):
    address = logged(client_for("hoa"))
    supervisor = client_for("tuan")
    asked = supervisor.get(address)
    assert TOLD not in asked.text
    assert post(supervisor, address, f"{address}/opening").status_code == 422
    opened = post(supervisor, address, f"{address}/opening", reason="duty")
    assert TOLD in opened.text
    data = fields_of(opened.text, f'action="{address}/slip"')
    assert data["reason"] == "duty"
    assert supervisor.post(f"{address}/slip", data=data).mimetype == "application/pdf"


def test_nobody_else_finds_the_report(client_for):
    address = logged(client_for("hoa"))
    for username in ("hanh", "khac"):
        browser = client_for(username)
        assert post(browser, "/", f"{address}/opening", reason="duty").status_code == 404
        assert browser.get(f"{address}/logged").status_code == 404


@pytest.mark.parametrize(
    ("outcome", "entry"),
    [
        ("case_opened", {"procedure_id": "trafficking_victim"}),
        ("passed_on", {"body": "border_guard"}),
        ("closed", {"close_reason": "duplicate"}),
    ],
)
def test_a_report_goes_its_way_and_leaves_its_author(client_for, outcome, entry):
    browser = client_for("hoa")
    address = logged(browser)
    # What was left in the other ways of the form does not matter.
    left = {"procedure_id": "trafficking_victim", "body": "commune_police", "close_reason": "no_facts"}
    answer = decide(browser, address, **{**left, **entry}, outcome=outcome, note="Ghi chú (hư cấu)")
    assert answer.location == f"{address}/classified"
    assert browser.get(answer.location).status_code == 200
    assert browser.get(address).status_code == 404


def test_a_report_joins_an_open_case_by_its_code(client_for):
    browser, supervisor = client_for("hoa"), client_for("tuan")
    decide(browser, logged(browser), outcome="case_opened", procedure_id="trafficking_victim")
    code = re.search(r"NN-\w{4}-\w{4}", supervisor.get("/").text).group()
    address = logged(browser)
    refused = decide(browser, address, outcome="case_joined", case_code="NN-0000-0000")
    assert refused.status_code == 422
    assert 'value="NN-0000-0000"' in refused.text
    assert decide(browser, address, outcome="case_joined", case_code=code.lower()).status_code == 302


def test_a_way_without_its_entry_is_refused_beside_the_entry(client_for):
    browser = client_for("hoa")
    answer = decide(browser, logged(browser), outcome="passed_on", note="Giữ lại (hư cấu)")
    assert answer.status_code == 422
    assert 'href="#f-body"' in answer.text
    assert "Giữ lại (hư cấu)" in answer.text


def test_of_two_decisions_the_second_is_told(client_for):
    browser, supervisor = client_for("hoa"), client_for("tuan")
    address = logged(browser)
    typed = fields_of(supervisor.get(f"{address}/classification").text)
    decide(browser, address, outcome="closed", close_reason="test_call")
    late = supervisor.post(
        f"{address}/classification", data=typed | {"outcome": "passed_on", "body": "border_guard"}
    )
    assert late.status_code == 409
    assert "border_guard" not in browser.get(f"{address}/classified").text


@pytest.mark.parametrize("username", ["minh", "van", "quan", "sen"])
def test_other_roles_neither_log_nor_list(client_for, username):
    browser = client_for(username)
    data = {"csrf_token": csrf_of(browser.get("/").text), "channel": "media", "danger_now": "no"}
    assert browser.post("/reports/new", data=data | {"content.what_happened": TOLD}).status_code == 403
    assert browser.get("/reports/").status_code == 403
