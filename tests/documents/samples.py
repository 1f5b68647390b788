"""Invented contents of official papers. Every person, number and place detail here is fictional."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from app.catalogue.documents import DOCUMENTS
from app.catalogue.procedures.extradition_incoming_sections import SECTIONS as EXTRADITION_SECTIONS
from app.catalogue.procedures.trafficking_victim_sections import SECTIONS as VICTIM_SECTIONS
from app.documents.context import Header, build_context
from app.documents.rendering import render_pdf
from app.domain.document import Content
from app.domain.procedure import Section

HEADER = Header("Công an tỉnh Cao Bằng", "Phòng Cảnh sát hình sự", "Cao Bằng", "PC02")
CREATED = datetime(2026, 2, 5, 4, 0, tzinfo=UTC)
TODAY = date(2026, 2, 6)
SECTIONS: Mapping[str, tuple[Section, ...]] = {
    "victim_handover": VICTIM_SECTIONS,
    "records_handover": VICTIM_SECTIONS,
    "surrender_record": EXTRADITION_SECTIONS,
}

GIVER = {
    "name": "Lục Văn Giả Định",
    "police": True,
    "rank": "Thiếu tá",
    "position": "Phó Đội trưởng",
    "unit": "Phòng Cảnh sát hình sự, Công an tỉnh Cao Bằng",
    "paper": "000-001",
}
RECEIVER = {
    "name": "Hoàng Thị Ví Dụ",
    "position": "Phó Giám đốc",
    "unit": "Trung tâm Công tác xã hội tỉnh Cao Bằng",
    "paper": "000-002",
    "introduction": "số 15/GGT-TTCTXH, ngày 04/02/2026",
}
_PARTIES: dict[str, Any] = {
    "place": "trụ sở Phòng Cảnh sát hình sự, Công an tỉnh Cao Bằng",
    "start_date": "2026-02-05",
    "start_time": "09:30",
    "end_time": "11:15",
    "givers": [GIVER],
    "receivers": [RECEIVER],
    "attendees": [
        {
            "role": "interpreter",
            "name": "Vàng Thị Mẫu",
            "position": "Cộng tác viên phiên dịch",
            "note": "tiếng Mông",
        },
        {"role": "witness", "name": "Nông Văn Thử", "position": "Công chức Ủy ban nhân dân phường"},
    ],
    "opinions": "Hai bên thống nhất nội dung biên bản.\nNgười được giao, nhận không có ý kiến khác.",
    "events": "Việc giao, nhận diễn ra an toàn.",
    "copies": 4,
    "holders": [
        {"holder": "Bên giao", "count": 1},
        {"holder": "Bên nhận", "count": 1},
        {"holder": "Sở Y tế tỉnh Cao Bằng", "count": 1},
        {"holder": "Hồ sơ vụ việc", "count": 1},
    ],
}
_PAPERS = [
    {
        "number": "03/PTN-PC02",
        "date": "2026-02-01",
        "summary": "Phiếu tiếp nhận thông tin",
        "author": "Phòng Cảnh sát hình sự",
        "sheet_from": 1,
        "sheet_to": 2,
        "copy_kind": "signed",
    },
    {
        "number": "04/BB-PC02",
        "date": "2026-02-02",
        "summary": "Biên bản làm việc về nguyện vọng hỗ trợ",
        "author": "Phòng Cảnh sát hình sự",
        "sheet_from": 3,
        "sheet_to": 7,
        "copy_kind": "original",
    },
]
_PROPERTY = [
    {"name": "Tiền Việt Nam", "unit": "đồng", "quantity": 2_500_000, "condition": "Lưu hành được"},
    {
        "name": "Điện thoại di động",
        "features": "Màu đen, nứt màn hình",
        "unit": "chiếc",
        "quantity": 1,
        "seal_number": "NP-01",
    },
]
_RECORD: dict[str, dict[str, Any]] = {
    "identity": {
        "full_name": "Nguyễn Thị Hư Cấu",
        "sex": "female",
        "birth_date": "2003-05",
        "birth_place": "tỉnh Cao Bằng",
        "nationality": "VN",
        "ethnicity": "Mông",
        "language": "hmn",
        "needs_interpreter": True,
        "national_id": "000000000000",
        "permanent_residence": "xã Giả Định, tỉnh Cao Bằng",
        "current_residence": "nơi tạm lánh không được ghi vào biên bản",
        "identity_check": "match",
        "passport_number": "X0000000",
    },
    "health": {
        "injuries": "Vết bầm cẳng tay trái",
        "examined_at": "Trạm y tế phường",
        "examined_on": "2026-02-03",
        "certificate_number": "12/GKSK",
        "fit_to_travel": True,
    },
    "minors": {
        "children": [
            {
                "full_name": "Nguyễn Bé Hư Cấu",
                "birth_date": "2024-01-15",
                "sex": "female",
                "relation": "Con",
                "representative_name": "Nguyễn Thị Hư Cấu",
                "representative_relation": "Mẹ",
            }
        ]
    },
    "support": {
        "items": [{"item": "a", "delivered_on": "2026-02-02", "provider": "Trung tâm Công tác xã hội"}],
        "needs": "Tâm lý; học nghề",
    },
    "property": {"items": _PROPERTY},
    "papers": {"items": _PAPERS},
    "court": {
        "decision_number": "01/2026/QĐ-TA",
        "decided_on": "2026-01-05",
        "court_name": "Tòa án nhân dân khu vực",
    },
    "execution": {"decision_number": "02/2026/QĐ-TA", "decided_on": "2026-01-20"},
    "agreement": {"written_reference": "15/VB", "written_on": "2026-01-28"},
    "assurances": {"speciality": True, "no_third_state": True, "no_death_penalty": True, "reference": "N-01"},
    "surrender": {
        "flight": "VN 000",
        "route": "Hà Nội - Xơ-un",
        "escorts": 3,
        "detention_days": 118,
        "outcome": "handed_over",
        "travel_document": "GTH-001",
    },
}
_FORMS: Mapping[str, dict[str, Any]] = {
    "victim_handover": {
        **_PARTIES,
        "grounds": [
            {"citation": "Văn bản số 20/TTCTXH-BT ngày 03 tháng 02 năm 2026 về việc tiếp nhận nạn nhân"}
        ],
        "health": "Tỉnh táo, tiếp xúc tốt.",
        "support_next": "Tư vấn tâm lý hằng tuần, học nghề",
    },
    "records_handover": {
        **_PARTIES,
        "file_title": "Hồ sơ hỗ trợ nạn nhân",
        "file_code": "MBN-2026-0001",
        "period": "tháng 01 đến tháng 02 năm 2026",
        "bundles": 1,
        "condition": "Nguyên vẹn, niêm phong số NP-02",
        "papers": _PAPERS,
        "total_documents": 2,
        "total_sheets": 7,
    },
    "surrender_record": {
        **_PARTIES,
        "place": "Cảng hàng không quốc tế Nội Bài, Hà Nội",
        "receivers": [
            {
                "name": "Fictional Officer Kim",
                "position": "Head of the escort team",
                "unit": "National Police (fictional delegation)",
                "paper": "Passport Z0000000",
            }
        ],
        "receiver_state": "KR",
        "other_offset": "UTC+09:00",
        "treaty": "Hiệp định về dẫn độ giữa hai nước",
        "offence": "Lừa đảo / Fraud",
        "health": "Sức khỏe bình thường. / In normal health.",
        "exhibits": [
            {"item": "Ổ cứng / Hard disk", "quantity": 1, "condition": "Tốt / Good", "seal": "NP-03"}
        ],
        "copies": 9,
        "holders": [
            {"holder": "Bên giao, tiếng Việt", "count": 3},
            {"holder": "Bên nhận, tiếng Anh", "count": 3},
            {"holder": "Bên nhận, tiếng Hàn Quốc", "count": 3},
        ],
    },
}


def content(
    document_id: str,
    form: Mapping[str, Any] | None = None,
    record: Mapping[str, Mapping[str, Any]] | None = None,
) -> Content:
    """A complete, valid content; `form` and `record` replace single entries of it."""
    return Content({**_FORMS[document_id], **(form or {})}, {**_RECORD, **(record or {})}, TODAY)


def context(
    document_id: str,
    said: Content | None = None,
    number: str | None = "07/BB-PC02",
    code: str | None = "K7QM-2XRA-9TFD",
) -> dict[str, Any]:
    """The template context of that content."""
    sections: Iterable[Section] = SECTIONS[document_id]
    said = said or content(document_id)
    return build_context(
        DOCUMENTS[document_id], said, HEADER, number=number, sections=sections, verification=code
    )


def pdf(document_id: str, said: Content | None = None, number: str | None = "07/BB-PC02") -> bytes:
    """The rendered paper."""
    code = "K7QM-2XRA-9TFD" if number else None
    made = context(document_id, said, number, code)
    return render_pdf(
        DOCUMENTS[document_id], made, created=CREATED, identifier="00000000-0000-0000-0000-000000000001"
    )
