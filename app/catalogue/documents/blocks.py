"""Form blocks that several official papers share: when and where, the parties, who attends, closing."""

from __future__ import annotations

from app.domain.document import Validator
from app.domain.document_rules import (
    both_parties,
    copies_have_holders,
    no_secrecy_grade,
    not_in_future,
    ranks_and_positions,
    refusal_witnessed,
    start_before_end,
)
from app.domain.procedure import Choice, Field, FieldKind
from app.domain.text import Label

PLACE_AND_TIME = (
    Field("place", Label("Địa điểm", "Place"), required=True),
    Field("start_date", Label("Ngày lập", "Date"), FieldKind.DATE, required=True, past=True),
    Field("start_time", Label("Giờ bắt đầu", "Start time"), FieldKind.TIME, required=True),
    Field(
        "end_date",
        Label("Ngày kết thúc", "End date"),
        FieldKind.DATE,
        past=True,
        hint=Label("Bỏ trống nếu kết thúc cùng ngày", "Leave blank if it ended the same day"),
    ),
    Field("end_time", Label("Giờ kết thúc", "End time"), FieldKind.TIME, required=True),
)

GROUNDS = Field(
    "grounds",
    Label("Căn cứ khác (văn bản, công văn, quyết định)", "Other grounds (letters, decisions)"),
    FieldKind.TABLE,
    columns=(
        Field(
            "citation",
            Label("Số, ngày, cơ quan, nội dung", "Number, date, authority, subject"),
            required=True,
        ),
    ),
    max_rows=10,
)

_PARTY_COLUMNS = (
    Field("name", Label("Họ và tên", "Full name"), required=True, max_length=120),
    Field("police", Label("Cán bộ Công an nhân dân", "Police officer"), FieldKind.FLAG),
    Field("rank", Label("Cấp bậc", "Rank"), max_length=60),
    Field("position", Label("Chức vụ", "Position"), required=True, max_length=120),
    Field("unit", Label("Đơn vị, cơ quan", "Unit, authority"), required=True, max_length=200),
    Field("paper", Label("Số hiệu CAND hoặc giấy tờ", "Badge or identity paper"), max_length=80),
    Field(
        "introduction",
        Label("Giấy giới thiệu số, ngày", "Letter of introduction, number and date"),
        max_length=120,
    ),
)
GIVERS = Field(
    "givers",
    Label("Bên giao", "Giving party"),
    FieldKind.TABLE,
    required=True,
    columns=_PARTY_COLUMNS,
    max_rows=10,
)
RECEIVERS = Field(
    "receivers",
    Label("Bên nhận", "Receiving party"),
    FieldKind.TABLE,
    required=True,
    columns=_PARTY_COLUMNS,
    max_rows=10,
)

ATTENDEE_ROLES = (
    Choice("interpreter", Label("Người phiên dịch", "Interpreter")),
    Choice("witness", Label("Người chứng kiến", "Witness")),
    Choice("representative", Label("Người đại diện hoặc giám hộ", "Representative or guardian")),
    Choice("consular", Label("Đại diện lãnh sự", "Consular officer")),
    Choice("recorder", Label("Người lập biên bản", "Recorder")),
)
ATTENDEES = Field(
    "attendees",
    Label("Người phiên dịch, người chứng kiến, người đại diện", "Interpreter, witness, representative"),
    FieldKind.TABLE,
    columns=(
        Field("role", Label("Tư cách", "Role"), FieldKind.CHOICE, required=True, choices=ATTENDEE_ROLES),
        Field("name", Label("Họ và tên", "Full name"), required=True, max_length=120),
        Field(
            "position",
            Label("Chức vụ, nơi công tác hoặc cư trú", "Position, workplace or residence"),
            max_length=200,
        ),
        Field("paper", Label("Giấy tờ", "Identity paper"), max_length=80),
        Field("note", Label("Ngôn ngữ, quan hệ", "Language, relation"), max_length=120),
    ),
    max_rows=10,
)

HEALTH = Field(
    "health",
    Label("Tình trạng sức khỏe khi giao, nhận", "State of health at the handover"),
    FieldKind.LONG_TEXT,
    required=True,
    max_length=3000,
)

OPINIONS = (
    Field(
        "opinions",
        Label("Ý kiến của các bên", "Statements of the parties"),
        FieldKind.LONG_TEXT,
        max_length=3000,
    ),
    Field(
        "events",
        Label("Diễn biến khi giao, nhận", "Events during the handover"),
        FieldKind.LONG_TEXT,
        max_length=3000,
    ),
)

REFUSAL = (
    Field("refused", Label("Có người từ chối ký", "Somebody refused to sign"), FieldKind.FLAG),
    Field("refused_by", Label("Người từ chối ký", "Who refused"), max_length=120),
    Field(
        "refusal_reason",
        Label("Lý do từ chối ký", "Reason for refusing"),
        FieldKind.LONG_TEXT,
        max_length=1000,
    ),
)

COPIES = (
    Field(
        "copies", Label("Số bản", "Number of copies"), FieldKind.INTEGER, required=True, minimum=1, maximum=30
    ),
    Field(
        "holders",
        Label("Nơi giữ", "Holders of the copies"),
        FieldKind.TABLE,
        required=True,
        columns=(
            Field("holder", Label("Nơi nhận", "Holder"), required=True, max_length=200),
            Field(
                "count", Label("Số bản", "Copies"), FieldKind.INTEGER, required=True, minimum=1, maximum=30
            ),
        ),
        max_rows=12,
    ),
)

HANDOVER_RULES: tuple[Validator, ...] = (
    both_parties,
    ranks_and_positions,
    start_before_end,
    not_in_future,
    refusal_witnessed,
    copies_have_holders,
    no_secrecy_grade,
)
