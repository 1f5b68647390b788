"""Biên bản giao, nhận nạn nhân: the record that a possible victim passes from one body to another."""

from __future__ import annotations

from app.catalogue.documents import blocks
from app.catalogue.legal_basis import DECREE_162_2025, LAW_53_2024
from app.domain.document import DocumentType
from app.domain.document_rules import minor_represented, sheets_in_sequence
from app.domain.procedure import Field, FieldKind
from app.domain.text import Label

_SUPPORT = (
    Field(
        "support_done",
        Label("Hỗ trợ đã thực hiện", "Support given so far"),
        FieldKind.LONG_TEXT,
        max_length=3000,
    ),
    Field(
        "support_next",
        Label("Nhu cầu cần tiếp tục", "Needs that continue"),
        FieldKind.LONG_TEXT,
        max_length=3000,
    ),
)

DOCUMENT = DocumentType(
    id="victim_handover",
    label=Label("Biên bản giao, nhận nạn nhân", "Record of handover of a victim"),
    notation="BB",
    register="records",
    template="victim_handover.html",
    discloses=("identity", "health", "minors", "support", "property", "papers"),
    form=(
        *blocks.PLACE_AND_TIME,
        blocks.GROUNDS,
        blocks.GIVERS,
        blocks.RECEIVERS,
        blocks.ATTENDEES,
        blocks.HEALTH,
        *_SUPPORT,
        *blocks.OPINIONS,
        *blocks.REFUSAL,
        *blocks.COPIES,
    ),
    basis=(LAW_53_2024, DECREE_162_2025),
    validators=(*blocks.HANDOVER_RULES, sheets_in_sequence, minor_represented),
)
