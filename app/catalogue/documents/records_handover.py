"""Biên bản bàn giao hồ sơ, tài liệu: files pass from one body to another (NĐ 30/2020 app. V)."""

from __future__ import annotations

from app.catalogue.documents import blocks
from app.catalogue.procedures.shared_sections import PAPERS as CASE_PAPERS
from app.domain.document import DocumentType
from app.domain.document_rules import sheets_in_sequence, totals_add_up
from app.domain.procedure import Confidence, Field, FieldKind, LegalBasis
from app.domain.text import Label

DECREE_30_2020 = LegalBasis(
    Label(
        "Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư",
        "Decree No. 30/2020/ND-CP of 5 March 2020 on records work",
    ),
    Confidence.VERIFIED,
)

PAPERS = Field(
    "papers",
    Label("Mục lục tài liệu", "List of documents"),
    FieldKind.TABLE,
    required=True,
    columns=CASE_PAPERS.field("items").columns,
    max_rows=200,
)

_FILE = (
    Field("file_title", Label("Tên hồ sơ", "Title of the file"), required=True, max_length=500),
    Field("file_code", Label("Mã hồ sơ", "Code of the file"), max_length=80),
    Field("period", Label("Thời gian của tài liệu", "Period of the documents"), max_length=120),
    Field("bundles", Label("Số tập, hộp", "Bundles or boxes"), FieldKind.INTEGER),
    Field("electronic_files", Label("Số tệp điện tử", "Electronic files"), FieldKind.INTEGER),
    Field(
        "electronic_digest",
        Label("Giá trị băm của gói (SHA-256)", "Digest of the package (SHA-256)"),
        max_length=80,
    ),
    Field(
        "condition", Label("Tình trạng tài liệu", "Condition of the documents"), required=True, max_length=500
    ),
)

_WITHHELD = (
    Field(
        "withheld",
        Label("Tài liệu không bàn giao và lý do", "Documents withheld, and why"),
        FieldKind.LONG_TEXT,
    ),
    Field(
        "secret_register",
        Label("Sổ bàn giao tài liệu mật riêng, số", "Separate register of graded papers, number"),
    ),
)

DOCUMENT = DocumentType(
    id="records_handover",
    label=Label("Biên bản bàn giao hồ sơ, tài liệu", "Record of handover of files"),
    notation="BB",
    register="records",
    template="records_handover.html",
    discloses=("papers",),
    form=(
        *blocks.PLACE_AND_TIME,
        blocks.GROUNDS,
        blocks.GIVERS,
        blocks.RECEIVERS,
        blocks.ATTENDEES,
        *_FILE,
        PAPERS,
        Field(
            "total_documents",
            Label("Tổng số tài liệu", "Total of documents"),
            FieldKind.INTEGER,
            required=True,
        ),
        Field("total_sheets", Label("Tổng số tờ", "Total of sheets"), FieldKind.INTEGER, required=True),
        *_WITHHELD,
        *blocks.OPINIONS,
        *blocks.REFUSAL,
        *blocks.COPIES,
    ),
    basis=(DECREE_30_2020,),
    validators=(*blocks.HANDOVER_RULES, sheets_in_sequence, totals_add_up),
)
