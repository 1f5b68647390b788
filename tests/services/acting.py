"""Acts that bring a file to where a test begins: each a call of the services, as one of the cast."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.events import InstallationBegun
from app.domain.states import Outcome
from app.extensions import db
from app.ledger import State, current_ledger, verify, verify_deep
from app.models import Attachment, Case, Document, Handover, LedgerEntry, Report, Unit
from app.services.assignments import assign_case
from app.services.attachment_intake import add_attachment
from app.services.classification import Decision, classify_report
from app.services.documents import create_document, issue_document
from app.services.handovers import confirm_handover, offer_handover
from app.services.moves import decide_move, move_case
from app.services.reports import log_report
from app.services.sections import write_section
from tests.attachments import samples
from tests.conftest import UNITS
from tests.pictures import kept

Cast = Callable[[str], Actor]

TOLD = "Người gọi nói em gái bị giữ trong một quán ăn (hư cấu)."
IDENTITY = {"full_name": "Nguyễn Thị Hư Cấu", "birth_date": "1990-05-02", "nationality": "VN"}
ENTRIES: Mapping[str, Any] = {
    "channel": "hotline_111",
    "danger_now": True,
    "people": 2,
    "children": 1,
    "language": "vi",
    "content": {"what_happened": TOLD, "caller_phone": "+84900000001"},
}
FORM: Mapping[str, Any] = {
    "place": "trụ sở đơn vị",
    "start_date": "2026-11-23",
    "start_time": "08:00",
    "end_time": "08:30",
    "givers": [{"name": "Lục Văn Giả Định", "position": "Cán bộ", "unit": "PC02"}],
    "receivers": [{"name": "Hoàng Thị Ví Dụ", "position": "Cán bộ", "unit": "NTL"}],
    "copies": 1,
    "holders": [{"holder": "Bên giao", "count": 1}],
    "file_title": "Hồ sơ",
    "condition": "Nguyên vẹn",
    "papers": [{"summary": "Phiếu", "sheet_from": 1, "sheet_to": 1}],
    "total_documents": 1,
    "total_sheets": 1,
    "health": "Tỉnh táo.",
}
HANDOVER_PAPERS = ("victim_handover", "records_handover")
CLOSE = {"closed": "Kết thúc theo yêu cầu."}


def report(cast: Cast, who: str = "hoa", **entries: Any) -> Report:
    """A report just logged."""
    return log_report(cast(who), {**ENTRIES, **entries})


def case(cast: Cast, *officers: str, procedure: str = "trafficking_victim") -> UUID:
    """A case opened from a report by hoa, with tuan's officers on it (minh unless others are named)."""
    logged = report(cast)
    opened = classify_report(
        cast("hoa"), logged.id, Decision(Outcome.CASE_OPENED, procedure_id=procedure), version=logged.version
    )
    assert opened.case_id
    for officer in officers or ("minh",):
        assign(cast, opened.case_id, officer)
    return opened.case_id


def assign(cast: Cast, case_id: UUID, officer: str) -> None:
    """tuan puts an officer on the case."""
    assign_case(cast("tuan"), case_id, cast(officer).id, version=case_version(case_id))


def write(cast: Cast, case_id: UUID, section: str, values: Mapping[str, Any], *, version: int = 0) -> None:
    """minh writes a section."""
    write_section(cast("minh"), case_id, section, values, version=version)


@kept
def ready_to_transfer(cast: Cast) -> UUID:
    """A case whose gate to the handover is open."""
    case_id = case(cast)
    write(cast, case_id, "identity", IDENTITY)
    write(cast, case_id, "health", {"condition": "Ổn định"})
    write(cast, case_id, "consent", {"answers": [{"purpose": "handover", "answer": "given"}]})
    return case_id


def ask_transfer(cast: Cast, case_id: UUID, who: str = "minh") -> UUID:
    """The move to the handover stage is asked for; the id of the request."""
    result = move_case(cast(who), case_id, "victim", "transferring", version=case_version(case_id))
    assert result.approval
    return result.approval.id


@kept
def transferring(cast: Cast) -> UUID:
    """A case in the stage where it is handed over: asked by minh, approved by tuan."""
    case_id = ready_to_transfer(cast)
    decide_move(cast("tuan"), ask_transfer(cast, case_id), approved=True)
    return case_id


def draft(cast: Cast, case_id: UUID, type_id: str = "records_handover", **form: Any) -> Document:
    """A complete draft by minh."""
    return create_document(cast("minh"), case_id, type_id, {**FORM, **form})


def attached(cast: Cast, case_id: UUID) -> Attachment:
    """A photograph attached by minh."""
    return add_attachment(cast("minh"), case_id, io.BytesIO(samples.photograph()), name="ảnh.jpg")


def issued(cast: Cast, case_id: UUID, type_id: str = "records_handover") -> Document:
    """A paper issued by minh."""
    made = draft(cast, case_id, type_id)
    return issue_document(cast("minh"), made.id, version=made.version)


@kept
def offered(cast: Cast) -> tuple[UUID, Handover]:
    """A case offered to the shelter with both papers."""
    case_id = transferring(cast)
    for type_id in HANDOVER_PAPERS:
        issued(cast, case_id, type_id)
    return case_id, offer(cast, case_id)


def offer(cast: Cast, case_id: UUID, to: str = "shelter") -> Handover:
    """minh offers the case."""
    return offer_handover(cast("minh"), case_id, unit_id(to), version=case_version(case_id))


@kept
def handed_over(cast: Cast) -> tuple[UUID, Handover]:
    """A case the shelter has confirmed."""
    case_id, handover = offered(cast)
    return case_id, confirm_handover(cast("sen"), handover.id, version=handover.version)


def unit_id(key: str) -> UUID:
    """The id of one of the units of the cast."""
    return look(select(Unit.id).where(Unit.name == UNITS[key][0]))


def case_version(case_id: UUID) -> int:
    """The version somebody would see now."""
    return look(select(Case.version).where(Case.id == case_id))


def look(query: Any) -> Any:
    """One value, past the services."""
    with Session(db.engine) as session:
        return session.scalar(query)


def entries(**where: Any) -> list[LedgerEntry]:
    """Ledger entries with these column values after the installation's first, oldest first."""
    query = select(LedgerEntry).filter_by(**where).where(LedgerEntry.action != InstallationBegun.action)
    with Session(db.engine) as session:
        return list(session.scalars(query.order_by(LedgerEntry.at)))


def entry_count() -> int:
    """How many entries the ledger holds after the installation's first."""
    return look(select(func.count()).where(LedgerEntry.action != InstallationBegun.action))


def body(entry: LedgerEntry) -> dict[str, Any]:
    """What an entry says."""
    return json.loads(entry.body)


def findings() -> list[str]:
    """What a deep verification finds, sorted: entries, lanes, rows and sealed values."""
    with Session(db.engine) as session:
        found = [
            *verify(session, current_ledger().authenticate),
            *verify_deep(session, State(), lambda _: None),
        ]
    return sorted(str(finding) for finding in found)


def whole() -> bool:
    """True when a deep verification is content."""
    return findings() == []
