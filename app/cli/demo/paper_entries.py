"""Invented, complete forms of every official paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.cli.demo import trafficking_entries
from app.cli.demo.people import FICTIONAL


def _parties(today: date) -> dict[str, Any]:
    return {
        "place": "Trụ sở Phòng Cảnh sát hình sự (hư cấu)",
        "start_date": today.isoformat(),
        "start_time": "09:00",
        "end_time": "10:30",
        "givers": [
            {
                "name": f"Nguyễn Văn Mẫu {FICTIONAL}",
                "police": True,
                "rank": "Đại úy",
                "position": "Cán bộ",
                "unit": "Phòng Cảnh sát hình sự (hư cấu)",
                "paper": "000-001",
            }
        ],
        "receivers": [
            {
                "name": f"Đinh Thị Sen {FICTIONAL}",
                "position": "Phó Giám đốc",
                "unit": "Nhà tạm lánh Hoa Sen (hư cấu)",
                "paper": "000-002",
                "introduction": "số 15/GGT",
            }
        ],
        "attendees": [
            {"role": "witness", "name": f"Nông Văn Thử {FICTIONAL}", "position": "Công chức xã (hư cấu)"}
        ],
        "opinions": "Hai bên thống nhất nội dung biên bản.",
        "events": "Việc giao, nhận diễn ra an toàn.",
        "copies": 3,
        "holders": [
            {"holder": "Bên giao", "count": 1},
            {"holder": "Bên nhận", "count": 1},
            {"holder": "Hồ sơ vụ việc", "count": 1},
        ],
    }


def victim_handover(today: date) -> dict[str, Any]:
    """The record of handover of a victim."""
    return {
        **_parties(today),
        "grounds": [{"citation": "Văn bản số 20/NTL về việc tiếp nhận"}],
        "health": "Tỉnh táo, tiếp xúc tốt.",
        "support_done": "Ăn, ở, khám sức khỏe ban đầu.",
        "support_next": "Tư vấn tâm lý hằng tuần, học nghề.",
    }


def records_handover(today: date) -> dict[str, Any]:
    """The record of handover of files; its totals add up to its rows."""
    rows = trafficking_entries.papers(today)["items"]
    return {
        **_parties(today),
        "file_title": "Hồ sơ theo mã đã ghi",
        "period": "Năm 2026",
        "bundles": 1,
        "condition": "Nguyên vẹn, niêm phong số NP-02",
        "papers": rows,
        "total_documents": len(rows),
        "total_sheets": sum(row["sheet_to"] - row["sheet_from"] + 1 for row in rows),
    }


def surrender_record(today: date) -> dict[str, Any]:
    """The record of surrender of the extradited person."""
    return {
        **_parties(today),
        "place": "Cảng hàng không quốc tế (hư cấu)",
        "receiver_state": "KR",
        "other_offset": "UTC+09:00",
        "treaty": "Hiệp định về dẫn độ (hư cấu)",
        "offence": "Lừa đảo / Fraud",
        "health": "Sức khỏe bình thường. / In normal health.",
    }


def forms(today: date) -> Mapping[str, dict[str, Any]]:
    """Every paper's form by document type id."""
    return {
        "victim_handover": victim_handover(today),
        "records_handover": records_handover(today),
        "surrender_record": surrender_record(today),
    }
