"""Invented, complete entries for every section of a possible trafficking victim's file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from app.cli.demo.people import FICTIONAL, Person

Entries = Mapping[str, Any]


def report(
    caller: str, person: Person, *, channel: str = "hotline_111", danger: bool = False
) -> dict[str, Any]:
    """An intake form as the operator fills it in while somebody is talking."""
    return {
        "channel": channel,
        "danger_now": danger,
        "people": 1,
        "children": 0,
        "language": "vi",
        "content": {
            "what_happened": f"Người báo tin kể cháu {person.full_name} được rủ đi làm xa, lương cao, "
            "hai tuần nay chỉ nhắn tin xin tiền chuộc.",
            "person_name": person.full_name,
            "person_birth_date": person.birth_date[:4],
            "place": f"{person.home}, tỉnh Bến An; gần chợ phiên",
            "danger_notes": "Bị giữ giấy tờ, bị khóa cửa phòng." if danger else "",
            "suspects": f"Một phụ nữ tự xưng là chị Hai {FICTIONAL}.",
            "means": "Xe bảy chỗ màu bạc, không rõ biển số.",
            "request": "Đề nghị tìm và đưa về an toàn.",
            "caller_name": caller,
            "caller_relation": "Người thân",
            "caller_phone": _phone(caller, 1),
            "callback_phone": _phone(caller, 2),
            "callback_from": "18:00",
            "callback_until": "20:30",
            "callback_alias": "Tổng đài tư vấn việc làm",
        },
    }


def _phone(name: str, block: int) -> str:
    """An invented number of somebody: the same name has the same."""
    return f"0900 00{block} {sum(map(ord, name)) % 1000:03d}"


def safe_contact(person: Person) -> Entries:
    """How the person may be reached without danger."""
    return {
        "safe_way": "Chỉ gọi điện, không nhắn tin; không đến nhà.",
        "phone": _phone(person.name, 3),
        "safe_from": "08:00",
        "safe_until": "17:00",
        "alias": "Phòng khám đa khoa",
        "never_contact": "Người yêu cũ và gia đình người đó",
        "staying_at": "Nhà tạm lánh Hoa Sen (hư cấu)",
    }


def identity(person: Person) -> Entries:
    """Who the person is."""
    return {
        "full_name": person.full_name,
        "sex": person.sex,
        "birth_date": person.birth_date,
        "birth_place": f"{person.home}, tỉnh Bến An",
        "nationality": person.nationality,
        "ethnicity": person.ethnicity,
        "language": person.language,
        "needs_interpreter": person.language != "vi",
        "permanent_residence": f"{person.home}, tỉnh Bến An",
        "current_residence": "Nhà tạm lánh",
    }


def statement(person: Person, today: date) -> Entries:
    """What the person told, once."""
    return {
        "account": "Được rủ qua mạng xã hội đi làm nhân viên nhà hàng; khi đến nơi bị giữ giấy tờ, "
        "bị ép làm việc không công để trả nợ. Trốn được nhờ người dân giúp đỡ.",
        "taken_on": today.isoformat(),
        "language": person.language,
        "acts": ["recruitment", "transport"],
        "means": ["deception"],
        "purposes": ["labour"],
        "places": "Tỉnh Bến An, tỉnh Sông Khác",
        "period_from": f"{today - timedelta(days=120):%Y-%m}",
        "period_until": f"{today - timedelta(days=20):%Y-%m}",
        "suspects": f"Chị Hai {FICTIONAL}, khoảng 40 tuổi",
        "wishes": "Về với gia đình, học nghề may.",
    }


def health(today: date) -> Entries:
    """The person's health."""
    return {
        "condition": "Tỉnh táo, mệt, thiếu ngủ.",
        "injuries": "Vết bầm nhẹ ở cẳng tay trái.",
        "self_harm_risk": False,
        "examined_on": today.isoformat(),
        "examined_at": "Trung tâm Y tế (hư cấu)",
        "certificate_number": "12/GKSK",
        "fit_to_travel": True,
    }


def minors(person: Person) -> Entries:
    """A child that came along."""
    return {
        "children": [
            {
                "full_name": f"Bé Nụ {FICTIONAL}",
                "birth_date": "2024-01-15",
                "sex": "female",
                "relation": "Con",
                "representative_name": person.full_name,
                "representative_relation": "Mẹ",
            }
        ]
    }


def first_check() -> Entries:
    """The result of the initial verification."""
    return {
        "initial_result": "Nhân thân đã được Công an xã xác nhận; lịch trình phù hợp lời trình bày.",
        "evidence": ["b", "e"],
    }


def conclusion(today: date, *, victim: bool) -> Entries:
    """The conclusion of the identification."""
    return {
        "evidence": ["a", "b", "e", "h"],
        "admin_definition_met": victim,
        "penal_definition_met": victim,
        "outcome": "identified" if victim else "not_identified",
        "reason": "Có hành vi tuyển mộ, vận chuyển bằng thủ đoạn lừa gạt để cưỡng bức lao động."
        if victim
        else "Chưa đủ tài liệu chứng minh có hành vi vì mục đích bóc lột.",
        "concluded_on": today.isoformat(),
        "proof_number": "07/XN-NN" if victim else "",
    }


def protection(today: date) -> Entries:
    """How the person is protected."""
    return {
        "risk": "Đối tượng biết nơi ở của gia đình.",
        "measures": ["shelter", "secrecy"],
        "decision_number": "05/QĐ-BV",
        "decided_on": today.isoformat(),
    }


def support(today: date) -> Entries:
    """Support given and planned."""
    return {
        "items": [
            {"item": "a", "delivered_on": today.isoformat(), "provider": "Nhà tạm lánh Hoa Sen (hư cấu)"},
            {"item": "g", "planned_on": (today + timedelta(days=7)).isoformat(), "note": "Mỗi tuần một buổi"},
        ],
        "needs": "Tư vấn tâm lý, học nghề.",
    }


def belongings() -> Entries:
    """Money and property carried."""
    return {
        "items": [
            {"name": "Tiền Việt Nam", "unit": "đồng", "quantity": 350_000, "condition": "Lưu hành được"},
            {
                "name": "Điện thoại di động",
                "features": "Màu đen, nứt màn hình",
                "unit": "chiếc",
                "quantity": 1,
            },
        ]
    }


def papers(today: date) -> Entries:
    """The list of papers, sheet by sheet."""
    return {
        "items": [
            {
                "number": "03/PTN-PC02",
                "date": today.isoformat(),
                "summary": "Phiếu tiếp nhận thông tin",
                "author": "Phòng Cảnh sát hình sự (hư cấu)",
                "sheet_from": 1,
                "sheet_to": 2,
                "copy_kind": "signed",
            },
            {
                "number": "04/BB-PC02",
                "date": today.isoformat(),
                "summary": "Biên bản làm việc",
                "author": "Phòng Cảnh sát hình sự (hư cấu)",
                "sheet_from": 3,
                "sheet_to": 6,
                "copy_kind": "original",
            },
        ]
    }


def consent(today: date, answer: str = "given") -> Entries:
    """What the person said about handing the file over."""
    return {
        "answers": [
            {
                "purpose": "handover",
                "answer": answer,
                "answered_on": today.isoformat(),
                "recipient": "Nhà tạm lánh Hoa Sen (hư cấu)",
                "answered_by": "person",
                "language": "vi",
            }
        ]
    }


def sections(person: Person, today: date) -> dict[str, Entries]:
    """Every section an officer writes, complete and valid, by section id."""
    return {
        "safe_contact": safe_contact(person),
        "identity": identity(person),
        "statement": statement(person, today),
        "health": health(today),
        "minors": minors(person),
        "verification": {**first_check(), **conclusion(today, victim=True)},
        "protection": protection(today),
        "support": support(today),
        "property": belongings(),
        "papers": papers(today),
        "consent": consent(today),
    }
