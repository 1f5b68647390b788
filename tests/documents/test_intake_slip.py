"""The intake slip, printed straight from a report."""

from __future__ import annotations

from datetime import UTC, datetime

from app.catalogue.intake import REPORT_SECTION
from app.catalogue.legal_basis import IDENTIFICATION_TERM, REPORT_CLASSIFICATION
from app.documents.intake_slip import TEMPLATE, intake_slip_context
from app.documents.rendering import render_pdf
from app.domain.text import Label
from tests.documents.reading import text
from tests.documents.samples import CREATED, HEADER


def slip(**changes):
    values = {
        "code": "TB-2026-0012",
        "channel": Label("Đường dây nóng Công an tỉnh", "Provincial police hotline"),
        "received_at": datetime(2026, 6, 9, 8, 5, tzinfo=UTC),
        "officer": "Đại úy Lý Thị Ví Dụ, cán bộ trực ban",
        "header": HEADER,
        "report": {"what_happened": "Bị giữ giấy tờ.\nXin giúp đỡ.", "caller_name": "Trần Giả Định"},
        "in_danger": True,
        "people": 2,
        "children": None,
        "language": None,
        "due_at": datetime(2026, 6, 10, 8, 5, tzinfo=UTC),
        "basis": REPORT_CLASSIFICATION,
    }
    return render_pdf(TEMPLATE, intake_slip_context(**values | changes), created=CREATED, identifier="slip")


def test_the_intake_slip():
    made = text(slip())
    for phrase in (
        "Mã phiếu: TB-2026-0012 Cao Bằng, ngày 09 tháng 6 năm 2026",
        "PHIẾU TIẾP NHẬN THÔNG TIN",
        "Nguy hiểm trước mắt: CÓ.",
        "Số người nghi bị mua bán: 2, trong đó dưới 18 tuổi: Chưa rõ.",
        "Hạn phân loại, xử lý: 08 giờ 05 phút, ngày 10/06/2026 (theo Khoản 1 Điều 8",
        "CHỈ HUY TRỰC BAN",
    ):
        assert phrase in made
    assert "DỰ THẢO" not in made


def test_an_unverified_term_is_never_printed_as_law():
    assert "(theo" not in text(slip(basis=IDENTIFICATION_TERM))


def test_an_anonymous_report_prints_no_name_line():
    made = text(slip(report={"anonymous": True, "anonymous_reason": "Sợ bị trả thù"}))
    assert "không nêu danh tính; lý do: Sợ bị trả thù." in made
    assert "Họ và tên:" not in made


def test_the_slip_prints_every_answer():
    answers = {
        field.id: f"Trả lời {n}"
        for n, field in enumerate(REPORT_SECTION.fields)
        if field.kind.value in {"text", "long_text"}
    }
    made = text(slip(report=answers))
    assert [value for key, value in answers.items() if value not in made and key != "anonymous_reason"] == []
