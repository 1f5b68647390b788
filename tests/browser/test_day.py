"""A day at the office in a real browser: each role does its work, on a desk and on a telephone."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser

WHAT = "Người gọi (hư cấu) kể em gái bị giữ giấy tờ."


def log_a_report(operator) -> str:
    """Take a report down by keyboard; its path."""
    page = operator.page
    operator.open("/")
    page.keyboard.press("n")
    page.wait_for_url("**/reports/new")
    page.select_option("select[name=channel]", "hotline_111")
    page.check("input[name=danger_now][value=yes]")
    page.fill("textarea[name='content.what_happened']", WHAT)
    page.fill("input[name=people]", "2")
    page.fill("input[name=children]", "1")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/logged")
    return re.sub(r"/logged$", "", page.url.removeprefix(operator.address))


def classify(operator, report: str) -> None:
    """Open a case of the victim's procedure from a report."""
    page = operator.page
    operator.open(f"{report}/classification")
    page.check("input[name=outcome][value=case_opened]")
    page.select_option("select[name=procedure_id]", "trafficking_victim")
    page.click("main form button.button--main")
    page.wait_for_url("**/classified")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "telephone"])
def test_from_the_call_to_the_officer_s_section(person, viewport):
    operator = person("hoa", viewport)
    report = log_a_report(operator)
    assert "TB-" in operator.page.inner_text("main")
    assert WHAT not in operator.page.title()
    assert operator.fits()
    classify(operator, report)
    assert operator.open(report).status == 404

    supervisor = person("tuan", viewport)
    supervisor.open("/cases/")
    supervisor.page.click("main a.code")
    case = supervisor.page.url.removeprefix(supervisor.address)
    officers = supervisor.page.locator("select[name=account_id] option")
    minh = officers.filter(has_text="Nguyễn Văn Minh").get_attribute("value")
    supervisor.page.select_option("select[name=account_id]", minh)
    supervisor.page.click("form[action$='/officers'] button")
    supervisor.page.wait_for_load_state()
    supervisor.open(f"{case}/sections/intake")
    assert WHAT not in supervisor.page.inner_text("main")
    supervisor.page.check("input[name=reason][value=supervision]")
    supervisor.page.click("main form button.button--main")
    assert WHAT in supervisor.page.inner_text("main")

    officer = person("minh", viewport)
    officer.open(f"{case}/sections/safe_contact/edit")
    officer.page.fill("[name=safe_way]", "Chỉ gọi buổi tối (hư cấu)")
    officer.page.click(".savebar button.button--main")
    officer.page.wait_for_url("**/sections/safe_contact")
    assert "Chỉ gọi buổi tối" in officer.page.inner_text("main")
    for path in (
        "/",
        "/cases/",
        case,
        f"{case}/sections/identity/edit",
        f"{case}/moves/victim/initial_verification",
    ):
        officer.open(path)
        assert officer.fits(), path
    assert operator.complaints == [c for c in operator.complaints if "404" in c]
    assert supervisor.complaints == []
    assert officer.complaints == []


def test_an_expired_session_keeps_what_was_typed(person, clock):
    operator = person("hoa")
    page = operator.page
    operator.open("/reports/new")
    page.select_option("select[name=channel]", "media")
    page.check("input[name=danger_now][value=no]")
    page.fill("textarea[name='content.what_happened']", WHAT)
    clock.forward(minutes=16)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("input[name=password]")
    page.fill("input[name=username]", "hoa")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()
    page.click("main form button.button--main")
    page.wait_for_url("**/logged")
    report = re.sub(r"/logged$", "", page.url.removeprefix(operator.address))
    operator.open(report)
    assert WHAT in page.inner_text("main")


def test_two_officers_on_one_section_lose_nothing(app, person, actor_for):
    from tests.web.opened import open_file

    case = open_file(app)
    one, other = person("minh"), person("minh")
    for somebody in (one, other):
        somebody.open(f"/cases/{case.id}/sections/safe_contact/edit")
    one.page.fill("[name=safe_way]", "Bản thứ nhất")
    one.page.click(".savebar button.button--main")
    one.page.wait_for_url("**/sections/safe_contact")
    other.page.fill("[name=safe_way]", "Bản thứ hai")
    other.page.click(".savebar button.button--main")
    other.page.wait_for_load_state()
    text = other.page.inner_text("main")
    assert "Bản thứ nhất" in text
    assert "Bản thứ hai" in other.page.content()


def test_the_hide_key_leaves_nothing_on_the_screen(person):
    operator = person("hoa")
    operator.open("/reports/new")
    operator.page.fill("textarea[name='content.what_happened']", WHAT)
    operator.page.keyboard.press("Escape")
    operator.page.keyboard.press("Escape")
    operator.page.wait_for_url("**/quiet")
    assert WHAT not in operator.page.content()
    assert "Bến An" not in operator.page.title()


@pytest.mark.parametrize("username", ["hoa", "minh", "tuan", "van", "quan", "sen"])
def test_every_desk_is_quiet_in_the_console_and_fits_a_telephone(person, username):
    somebody = person(username, PHONE)
    links = somebody.page.eval_on_selector_all("nav a", "all => all.map(a => a.getAttribute('href'))")
    for link in [one for one in links if one and one.startswith("/")]:
        assert somebody.open(link).status == 200
        assert somebody.fits(), link
        assert somebody.page.evaluate("document.documentElement.lang") == "vi"
    assert somebody.complaints == []
