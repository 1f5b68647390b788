"""Attaching in a real browser: progress in sight, nothing typed lost; with and without script."""

from __future__ import annotations

import pytest

from app.extensions import db
from tests.attachments import samples
from tests.browser.conftest import DESKTOP, PHONE
from tests.services import acting

pytestmark = pytest.mark.browser

LONG = "Biên bản ghi lời khai của người có tên rất dài (hư cấu) " * 3 + ".jpg"
NOTE = "Ảnh do người thân gửi (hư cấu)."


@pytest.fixture
def case(app, actor_for):
    with app.app_context():
        made = acting.case(actor_for)
        db.session.remove()
    return f"/cases/{made}"


def choose(page, data: bytes, name: str = LONG, mime: str = "image/jpeg") -> None:
    page.set_input_files("input[type=file]", {"name": name, "mimeType": mime, "buffer": data})


def attach(officer, case, data: bytes, name: str = LONG) -> None:
    officer.open(f"{case}/attachments/new")
    officer.page.fill("textarea[name=note]", NOTE)
    choose(officer.page, data, name)
    officer.page.click("form[data-upload] button[type=submit]")
    officer.page.wait_for_url(f"**{case}#attachments")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "telephone"])
def test_a_photograph_is_attached_looked_at_and_fetched(person, case, viewport):
    officer = person("minh", viewport)
    page = officer.page
    officer.open(case)
    assert officer.fits()
    attach(officer, case, samples.photograph())
    assert officer.fits()
    page.click("[aria-labelledby=attachments] a[href^='/attachments/']")
    assert "rất dài (hư cấu)" in page.inner_text("main")
    assert officer.fits()
    page.click("main a[href$='/preview']")
    assert page.evaluate("document.querySelector('img.preview').naturalWidth") == 60
    assert officer.fits()
    with page.expect_download() as fetched:
        page.click("main a[href$='/file']")
    assert fetched.value.suggested_filename.endswith(".jpg")
    assert "rất" not in fetched.value.suggested_filename
    assert officer.complaints == []


def test_a_refusal_leaves_the_form_as_it_was(person, case):
    officer = person("minh")
    page = officer.page
    officer.open(f"{case}/attachments/new")
    page.fill("textarea[name=note]", NOTE)
    choose(page, samples.word(macros=True), "thư.jpg")
    page.click("form[data-upload] button[type=submit]")
    page.wait_for_selector("#error-summary")
    assert "Office" in page.inner_text("#error-summary")
    assert page.input_value("textarea[name=note]") == NOTE
    assert page.evaluate("document.querySelector('input[type=file]').files[0].name") == "thư.jpg"
    choose(page, samples.photograph())
    page.click("form[data-upload] button[type=submit]")
    page.wait_for_url(f"**{case}#attachments")


def test_what_is_too_large_is_told_before_a_byte_is_sent(person, case):
    officer = person("minh")
    officer.open(f"{case}/attachments/new")
    officer.page.evaluate("document.querySelector('input[type=file]').dataset.most = 100")
    choose(officer.page, samples.photograph())
    assert "lớn hơn" in officer.page.evaluate("document.querySelector('input[type=file]').validationMessage")


def test_a_broken_line_is_told_and_a_transfer_can_be_stopped(person, case):
    officer = person("minh")
    page = officer.page
    officer.open(f"{case}/attachments/new")
    page.fill("textarea[name=note]", NOTE)
    choose(page, samples.wav(300), "a.wav", "audio/wav")
    page.route("**/attachments/new", lambda route: route.abort())
    page.click("form[data-upload] button[type=submit]")
    page.locator("[data-upload-text]", has_text="Mất kết nối").wait_for()
    assert page.input_value("textarea[name=note]") == NOTE
    page.unroute("**/attachments/new")
    page.click("form[data-upload] button[type=submit]")
    page.wait_for_url(f"**{case}#attachments")


def test_it_works_without_script(chromium, address, case):
    from tests.browser.conftest import Person

    context = chromium.new_context(java_script_enabled=False, viewport=PHONE, locale="vi-VN")
    officer = Person(context.new_page(), address).sign_in("minh")
    attach(officer, case, samples.pdf(), "a.pdf")
    assert "PDF" in officer.page.inner_text("main")
    context.close()
