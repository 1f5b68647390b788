"""Invented, complete entries for every section of an incoming extradition request."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app.catalogue.procedures.extradition_checklist import ITEMS
from app.cli.demo import trafficking_entries as shared
from app.cli.demo.people import FICTIONAL, Person
from app.cli.demo.trafficking_entries import Entries


def report(caller: str, person: Person, *, channel: str = "transferred") -> dict[str, Any]:
    """How a request comes in: passed on by another agency."""
    return {
        "channel": channel,
        "danger_now": False,
        "people": 1,
        "children": 0,
        "language": "vi",
        "content": {
            "what_happened": f"Tiếp nhận hồ sơ yêu cầu dẫn độ người mang tên {person.full_name}.",
            "caller_name": caller,
            "caller_relation": "Cán bộ cơ quan chuyển hồ sơ",
        },
    }


def request(person: Person, today: date, *, held: bool = False) -> Entries:
    """What the foreign state asks."""
    state = person.nationality if person.nationality != "VN" else "KR"
    return {
        "requesting_state": state,
        "requesting_authority": "Bộ Tư pháp nước yêu cầu (hư cấu)",
        "request_number": "MOJ-2026-017",
        "requested_on": (today - timedelta(days=30)).isoformat(),
        "received_on": today.isoformat(),
        "purpose": "prosecution",
        "basis": "reciprocity" if held else "treaty",
        "treaty": "Hiệp định về dẫn độ (hư cấu)",
        "offence": "Lừa đảo chiếm đoạt tài sản",
        "penalty": "Đến 10 năm tù",
        "urgent_holding": held,
        "held_from": today.isoformat() if held else "",
        "held_at": "Cơ sở lưu trú Công an tỉnh (hư cấu)" if held else "",
    }


def identity(person: Person) -> Entries:
    """Who is sought."""
    return {
        **shared.identity(person),
        "passport_number": "X0000000",
        "current_residence": "phường Cửa Sông, tỉnh Bến An",
        "identity_check": "match",
    }


def checklist(*missing: str) -> Entries:
    """The papers of the request; those named are missing."""
    entries: dict[str, Any] = {}
    for number, item in enumerate(ITEMS, start=1):
        entries[item.id] = "missing" if item.id in missing else "present"
        if item.id not in missing:
            entries |= {f"{item.id}_pages": number, f"{item.id}_language": "vi"}
    return entries


def whereabouts(today: date) -> Entries:
    """Where the person was found."""
    return {
        "address": "phường Cửa Sông, tỉnh Bến An",
        "verified_on": today.isoformat(),
        "report_number": "21/BC-PC02",
    }


def sent_to_court() -> Entries:
    """Which court got the file."""
    return {"court_name": "Tòa án nhân dân khu vực 1 (hư cấu)"}


def accepted(today: date) -> Entries:
    """The court accepted the case."""
    return {"accepted_number": "09/TB-TA", "accepted_on": today.isoformat()}


def examining(today: date) -> Entries:
    """The court decided to examine."""
    return {"examining_number": "11/QĐ-TA", "examining_on": today.isoformat()}


def decided(today: date, outcome: str = "extradite") -> Entries:
    """The decision at first instance."""
    refused = {"refusal_grounds": ["prosecuted_here"]} if outcome == "refuse" else {}
    return {
        "hearing_on": today.isoformat(),
        "decision_number": "15/QĐ-TA",
        "decided_on": today.isoformat(),
        "outcome": outcome,
        **refused,
    }


def appealed() -> Entries:
    """Somebody appealed."""
    return {"appellant": f"Người bị yêu cầu {FICTIONAL}"}


def final(today: date) -> Entries:
    """The decision became final."""
    return {"final_on": today.isoformat()}


def court(today: date) -> Entries:
    """The whole way through the court, nobody appealing."""
    return {
        **sent_to_court(),
        **accepted(today),
        **examining(today),
        **decided(today),
        **final(today),
    }


def execution(today: date) -> Entries:
    """The decision to execute, and the arrest."""
    return {
        "decision_number": "18/QĐ-TA",
        "decided_on": today.isoformat(),
        "effective_on": today.isoformat(),
        "arrested_on": today.isoformat(),
        "arrest_record": "06/BB-PC02",
    }


def cancelled(today: date) -> Entries:
    """The court cancelled the execution."""
    return {"cancel_number": "20/QĐ-TA", "cancelled_on": today.isoformat()}


def agreement(today: date) -> Entries:
    """When and where the person is handed over."""
    return {
        "agreed_on": (today + timedelta(days=5)).isoformat(),
        "agreed_time": "09:00",
        "place": "Cảng hàng không quốc tế (hư cấu)",
        "written_reference": "33/VB-BA",
        "written_on": today.isoformat(),
        "foreign_delegation": f"Đoàn áp giải nước yêu cầu {FICTIONAL}, 03 người",
    }


def failed_pickup() -> Entries:
    """Why the receiving side did not come."""
    return {"failed_pickup": "Chuyến bay của đoàn tiếp nhận bị hủy do thời tiết."}


def assurances(today: date) -> Entries:
    """What the requesting state promised."""
    return {
        "speciality": True,
        "no_third_state": True,
        "no_death_penalty": True,
        "reference": "N-2026-05",
        "given_on": today.isoformat(),
        "follow_up_on": (today + timedelta(days=180)).isoformat(),
    }


def surrender() -> Entries:
    """The handover of the person."""
    return {
        "flight": "BA 000",
        "route": "Bến An - Hà Nội - nước yêu cầu",
        "escorts": 3,
        "escort_names": f"Cán bộ áp giải {FICTIONAL}",
        "travel_document": "GTH-001",
        "detention_days": 58,
        "outcome": "handed_over",
    }


def sections(person: Person, today: date) -> dict[str, Entries]:
    """Every section an officer writes, complete and valid, by section id."""
    return {
        "request": request(person, today),
        "identity": identity(person),
        "checklist": checklist(),
        "whereabouts": whereabouts(today),
        "court": court(today),
        "execution": execution(today),
        "agreement": agreement(today),
        "health": shared.health(today),
        "property": shared.belongings(),
        "papers": shared.papers(today),
        "assurances": assurances(today),
        "surrender": surrender(),
    }
