"""Biên bản giao, nhận người bị dẫn độ / Record of surrender, in Vietnamese and English."""

from __future__ import annotations

from app.catalogue.documents import blocks
from app.catalogue.legal_basis import EXTRADITION_LAW
from app.catalogue.procedures.extradition_incoming_sections import COURT, EXECUTION, SURRENDER
from app.domain.document import DocumentType
from app.domain.document_rules import minor_represented, quantities_positive, recorded, sheets_in_sequence
from app.domain.procedure import Choice, Field, FieldKind
from app.domain.text import Label

_OFFSETS = (
    "-10:00", "-09:00", "-08:00", "-07:00", "-06:00", "-05:00", "-04:00", "-03:00", "-02:00", "-01:00", "+00:00",
    "+01:00", "+02:00", "+03:00", "+03:30", "+04:00", "+04:30", "+05:00", "+05:30", "+05:45", "+06:00", "+06:30",
    "+07:00", "+08:00", "+09:00", "+09:30", "+10:00", "+11:00", "+12:00", "+13:00",
)  # fmt: skip

_OTHER_SIDE = (
    Field("receiver_state", Label("Nước nhận", "Receiving State"), FieldKind.COUNTRY, required=True),
    Field(
        "other_offset",
        Label("Múi giờ của phía nước ngoài", "Time zone of the other side"),
        FieldKind.CHOICE,
        required=True,
        choices=tuple(Choice(f"UTC{o}", Label(f"UTC{o}", f"UTC{o}")) for o in _OFFSETS),
    ),
    Field("treaty", Label("Điều ước hoặc nguyên tắc có đi có lại", "Treaty, or reciprocity")),
    Field("offence", Label("Tội danh, bản án", "Offence, judgment"), max_length=1000),
)

EXHIBITS = Field(
    "exhibits",
    Label("Vật chứng chuyển giao", "Exhibits handed over"),
    FieldKind.TABLE,
    columns=(
        Field("item", Label("Vật chứng", "Exhibit"), required=True),
        Field("quantity", Label("Số lượng", "Quantity"), FieldKind.INTEGER, required=True, minimum=1),
        Field("condition", Label("Tình trạng", "Condition")),
        Field("seal", Label("Niêm phong số", "Seal number"), max_length=80),
    ),
)

_RECORDED = tuple(
    (f"{section.id}.{field_id}", section.field(field_id).label)
    for section, field_id in (
        (COURT, "decision_number"),
        (EXECUTION, "decision_number"),
        (SURRENDER, "detention_days"),
        (SURRENDER, "outcome"),
    )
)
"""Facts of the case file without which the record of surrender says nothing."""

DOCUMENT = DocumentType(
    id="surrender_record",
    label=Label("Biên bản giao, nhận người bị dẫn độ", "Record of surrender of the extradited person"),
    notation="BB",
    register="records",
    template="surrender_record.html",
    discloses=(
        "identity", "health", "property", "papers", "assurances", "surrender", "agreement", "court", "execution",
    ),
    form=(
        *blocks.PLACE_AND_TIME,
        *_OTHER_SIDE,
        blocks.GROUNDS,
        blocks.GIVERS,
        blocks.RECEIVERS,
        blocks.ATTENDEES,
        blocks.HEALTH,
        EXHIBITS,
        Field("outcome_note", Label("Ghi rõ kết quả", "Details of the outcome"), FieldKind.LONG_TEXT, max_length=2000),
        *blocks.OPINIONS,
        *blocks.REFUSAL,
        *blocks.COPIES,
    ),
    basis=(EXTRADITION_LAW,),
    validators=(*blocks.HANDOVER_RULES, sheets_in_sequence, minor_represented, quantities_positive, recorded(*_RECORDED)),
    bilingual=True,
)  # fmt: skip
