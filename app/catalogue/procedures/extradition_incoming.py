"""A foreign state's extradition request, from the register to the handover of the person."""

from __future__ import annotations

from datetime import date

from app.catalogue import legal_basis as law
from app.catalogue.procedures.extradition_incoming_examination import EXAMINATION, RECEIPT
from app.catalogue.procedures.extradition_incoming_sections import SECTIONS
from app.catalogue.procedures.extradition_incoming_surrender import DECISION, HANDOVER_PAPERS, SURRENDER
from app.domain.procedure import HandoverRule, Procedure, Track
from app.domain.text import Label

PROCEDURE = Procedure(
    id="extradition_incoming",
    version=1,
    code_prefix="DD",
    label=Label("Dẫn độ theo yêu cầu của nước ngoài", "Incoming extradition request"),
    basis=(
        law.EXTRADITION_LAW,
        law.ASSURANCES,
        law.AIR_ESCORT,
        law.EX_REQUEST_FILE,
        law.EX_FAILED_RECEPTION,
        law.TERM_COUNTING,
    ),
    in_force_from=date(2026, 7, 1),
    sections=SECTIONS,
    tracks=(
        Track(
            "request",
            Label("Yêu cầu dẫn độ", "Extradition request"),
            (*RECEIPT, *EXAMINATION, *DECISION, *SURRENDER),
        ),
    ),
    handover=HandoverRule(
        track="request",
        stage="handover_agreed",
        confirmed="handed_over",
        documents=HANDOVER_PAPERS,
        sections=("identity", "health", "property", "papers", "assurances", "surrender", "agreement"),
    ),
)
