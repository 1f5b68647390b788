"""What stands on the papers: wording, totals, page numbers, signatures, blanks."""

from __future__ import annotations

import re

import pytest

from app.catalogue.documents import DOCUMENTS
from tests.documents.reading import pages, text
from tests.documents.samples import GIVER, SECTIONS, content, context, pdf


@pytest.mark.parametrize(
    ("document_id", "expected"),
    [
        (
            "victim_handover",
            [
                "CÔNG AN TỈNH CAO BẰNG PHÒNG CẢNH SÁT HÌNH SỰ",
                "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc",
                "Số: 07/BB-PC02 Cao Bằng, ngày 05 tháng 02 năm 2026",
                "BIÊN BẢN Giao, nhận nạn nhân",
                "Hồi 09 giờ 30 phút, ngày 05 tháng 02 năm 2026, tại trụ sở",
                "Căn cứ Luật Phòng, chống mua bán người",
                "Căn cứ Nghị định số 162/2025/NĐ-CP;",
                "Chúng tôi gồm: A. BÊN GIAO:",
                "B. BÊN NHẬN:",
                "C. NGƯỜI PHIÊN DỊCH, NGƯỜI CHỨNG KIẾN (nếu có)",
                "1. Người được giao, nhận Họ và tên: NGUYỄN THỊ HƯ CẤU",
                "2. Tình trạng sức khỏe khi giao, nhận",
                "3. Tiền, tài sản, giấy tờ mang theo",
                "(bằng chữ: hai triệu năm trăm nghìn đồng)",
                "4. Hồ sơ, tài liệu bàn giao kèm theo",
                "Tổng số: 02 (hai) tài liệu, 07 (bảy) tờ.",
                "5. Người dưới 18 tuổi đi cùng",
                "6. Hỗ trợ đã thực hiện; nhu cầu cần tiếp tục",
                "7. Ý kiến của các bên và của người được giao, nhận; diễn biến khác",
                "Biên bản kết thúc vào hồi 11 giờ 15 phút cùng ngày, được lập thành 04 (bốn) bản",
                "ký xác nhận./.",
                "ĐẠI DIỆN BÊN GIAO",
                "Nơi nhận:",
                "- Lưu: VT, PC02.",
            ],
        ),
        (
            "surrender_record",
            [
                "BIÊN BẢN / RECORD",
                "Surrender and receipt of the extradited person",
                "Viet Nam time: 09:30 05/02/2026 (UTC+07:00); giờ UTC / UTC: 02:30 05/02/2026",
                "time of the other side: 11:30 05/02/2026 (UTC+09:00)",
                "SURRENDERING PARTY",
                "RECEIVING PARTY",
                "Period of detention served (days): 118",
                "Kết quả / Outcome: Đã giao / Handed over.",
                "lập thành 09 (chín) bản",
                "Done in 9 copies",
            ],
        ),
        (
            "records_handover",
            [
                "BIÊN BẢN Bàn giao hồ sơ, tài liệu",
                "1. Hồ sơ bàn giao",
                "tổng số 02 (hai) tài liệu, 07 (bảy) tờ",
                "4. Mục lục tài liệu",
                "5. Tài liệu không bàn giao và lý do Không",
                "6. Tài liệu mật bàn giao theo sổ riêng Không",
            ],
        ),
    ],
)
def test_the_wording_in_order(document_id, expected):
    said, position = text(pdf(document_id)), 0
    for phrase in expected:
        position = said.find(phrase, position)
        assert position >= 0, phrase


@pytest.mark.parametrize("document_id", DOCUMENTS)
def test_the_page_number_starts_on_page_two(document_id):
    first, second, *_ = pages(pdf(document_id))
    assert not re.search(r"^1\b|\b1$", first)
    assert re.search(r"^2\b|\b2$", second)


def test_a_draft_is_marked_on_every_page_and_has_no_number_and_no_code():
    drafted = pages(pdf("victim_handover", number=None))
    assert all("DỰ THẢO" in page for page in drafted)
    assert re.search(r"Số:\s*/BB-PC02", drafted[0])
    assert "Mã tra cứu" not in " ".join(drafted)
    assert "DỰ THẢO" not in text(pdf("victim_handover"))


def test_totals_equal_the_rows_over_sixty_rows_and_the_head_repeats():
    papers = [
        {"number": f"{n}/BC", "summary": f"Tài liệu thứ {n}", "sheet_from": 2 * n - 1, "sheet_to": 2 * n}
        for n in range(1, 61)
    ]
    made = pages(
        pdf(
            "records_handover",
            content("records_handover", {"papers": papers, "total_documents": 60, "total_sheets": 120}),
        )
    )
    said = " ".join(made)
    assert "Tổng số: 60 (sáu mươi) tài liệu, 120 (một trăm hai mươi) tờ." in said
    assert all(f"Tài liệu thứ {n} " in said for n in range(1, 61))
    with_rows = [page for page in made if "Tài liệu thứ" in page]
    assert len(with_rows) >= 2
    assert all("Tên loại và trích yếu" in page for page in with_rows)


def test_signatures_never_stand_alone_on_a_page():
    for length in range(0, 40, 4):
        opinions = "\n".join(["Ý kiến của một bên."] * length)
        made = pages(pdf("victim_handover", content("victim_handover", {"opinions": opinions})))
        signed = next(page for page in made if "ĐẠI DIỆN BÊN GIAO" in page)
        assert "Biên bản kết thúc" in signed


def test_long_names_stay_on_the_paper():
    name = "Nguyễn Hoàng " + "Phương " * 14 + "X" * 60
    made = text(pdf("victim_handover", content("victim_handover", {"givers": [{**GIVER, "name": name}]})))
    assert "Nguyễn Hoàng Phương" in made
    assert made.replace(" ", "").count("X" * 60) >= 1


def test_absent_values_print_as_blanks():
    made = text(
        pdf(
            "victim_handover",
            content(
                "victim_handover",
                dict.fromkeys(("health", "opinions", "events")),
                {s.id: {} for s in SECTIONS["victim_handover"]},
            ),
        )
    )
    assert "3. Tiền, tài sản, giấy tờ mang theo Không" in made
    assert "Họ và tên: …" in made


@pytest.mark.parametrize("document_id", DOCUMENTS)
def test_an_empty_form_still_renders_as_a_draft(document_id):
    empty = {field.id: None for field in DOCUMENTS[document_id].form}
    record = {section.id: {} for section in SECTIONS[document_id]}
    assert "DỰ THẢO" in text(pdf(document_id, content(document_id, empty, record), number=None))


def test_only_disclosed_sections_reach_the_paper():
    secret = "NOI-O-BI-MAT"
    made = text(
        pdf(
            "victim_handover",
            content(
                "victim_handover",
                record={"safe_contact": {"safe_way": secret}, "statement": {"account": secret}},
            ),
        )
    )
    assert secret not in made
    assert "nơi tạm lánh không được ghi" not in made
    assert context("victim_handover")["value"]("safe_contact", "safe_way") == ""


def test_a_refusal_to_sign_is_stated_with_its_witness():
    form = {"refused": True, "refused_by": "Người nhận", "refusal_reason": "Không đồng ý số tiền"}
    made = text(pdf("victim_handover", content("victim_handover", form)))
    assert "Người từ chối ký biên bản: Người nhận. Lý do: Không đồng ý số tiền." in made
    assert "Người chứng kiến việc từ chối ký: Nông Văn Thử." in made
