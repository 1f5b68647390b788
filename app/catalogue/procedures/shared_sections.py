"""Sections that more than one procedure keeps about a person."""

from __future__ import annotations

from app.catalogue.intake import CHANNELS, LANGUAGES, REPORT_SECTION
from app.domain.procedure import Choice, Field, FieldKind, Section, Sensitivity
from app.domain.text import Label

INTAKE = Section(
    "intake",
    Label("Tin báo đã tiếp nhận", "Reports received"),
    Sensitivity.IDENTITY,
    (
        Field(
            "reports",
            Label("Các tin báo", "Reports"),
            FieldKind.TABLE,
            hint=Label(
                "Hệ thống tự ghi khi chuyển tin báo vào hồ sơ.",
                "Written by the system when a report joins the file.",
            ),
            columns=(
                Field("code", Label("Mã tin báo", "Report code"), required=True, max_length=40),
                Field(
                    "received_on",
                    Label("Ngày tiếp nhận", "Received on"),
                    FieldKind.DATE,
                    required=True,
                    past=True,
                ),
                Field("channel", Label("Kênh tiếp nhận", "Channel"), FieldKind.CHOICE, choices=CHANNELS),
                *REPORT_SECTION.fields,
            ),
        ),
    ),
)

SEXES: tuple[Choice, ...] = (
    Choice("female", Label("Nữ", "Female")),
    Choice("male", Label("Nam", "Male")),
    Choice("other", Label("Khác", "Other")),
    Choice("unknown", Label("Chưa rõ", "Not known")),
)

REPRESENTATIVE_FIELDS: tuple[Field, ...] = (
    Field(
        "representative_name",
        Label("Họ và tên người đại diện, người giám hộ", "Name of the representative or guardian"),
        hint=Label(
            "Không có thân nhân: ghi người được cử làm đại diện hoặc giám hộ.",
            "No relatives: the person appointed to represent or guard.",
        ),
    ),
    Field("representative_relation", Label("Quan hệ", "Relation")),
    Field(
        "representative_phone", Label("Điện thoại người đại diện", "Representative's phone"), FieldKind.PHONE
    ),
)

PERSON_FIELDS: tuple[Field, ...] = (
    Field("full_name", Label("Họ và tên", "Full name")),
    Field("other_names", Label("Tên gọi khác", "Other names")),
    Field("sex", Label("Giới tính", "Sex"), FieldKind.CHOICE, choices=SEXES),
    Field(
        "birth_date",
        Label("Ngày sinh", "Date of birth"),
        FieldKind.PARTIAL_DATE,
        past=True,
        hint=Label("Chỉ biết năm thì ghi năm.", "The year alone if that is all that is known."),
    ),
    Field("stated_age", Label("Tuổi theo lời khai", "Age as stated"), FieldKind.INTEGER, maximum=120),
    Field("age_stated_on", Label("Ngày khai tuổi", "Day the age was stated"), FieldKind.DATE, past=True),
    Field("birth_place", Label("Nơi sinh", "Place of birth")),
    Field("nationality", Label("Quốc tịch", "Nationality"), FieldKind.COUNTRY),
    Field("ethnicity", Label("Dân tộc", "Ethnicity")),
    Field(
        "national_id", Label("Số định danh cá nhân, CCCD", "National identity number"), FieldKind.NATIONAL_ID
    ),
    Field("passport_number", Label("Số hộ chiếu", "Passport number"), max_length=30),
    Field("other_papers", Label("Giấy tờ khác", "Other papers"), max_length=500),
    Field("permanent_residence", Label("Nơi thường trú", "Permanent residence"), max_length=500),
    Field("current_residence", Label("Nơi ở hiện tại", "Current residence"), max_length=500),
    Field("language", Label("Ngôn ngữ", "Language"), FieldKind.CHOICE, choices=LANGUAGES),
    Field("needs_interpreter", Label("Cần phiên dịch", "Needs an interpreter"), FieldKind.FLAG),
    Field("distinguishing_marks", Label("Đặc điểm nhận dạng", "Distinguishing marks"), max_length=1000),
    *REPRESENTATIVE_FIELDS,
)

IDENTITY = Section("identity", Label("Nhân thân", "Identity"), Sensitivity.IDENTITY, PERSON_FIELDS)

HEALTH = Section(
    "health",
    Label("Tình trạng sức khỏe", "Health"),
    Sensitivity.RESTRICTED,
    (
        Field(
            "condition", Label("Tình trạng chung", "General condition"), FieldKind.LONG_TEXT, max_length=4000
        ),
        Field(
            "injuries",
            Label("Thương tích nhìn thấy", "Visible injuries"),
            FieldKind.LONG_TEXT,
            max_length=4000,
        ),
        Field("illnesses", Label("Bệnh mạn tính", "Chronic illness"), FieldKind.LONG_TEXT, max_length=2000),
        Field("pregnant", Label("Đang mang thai", "Pregnant"), FieldKind.FLAG),
        Field("medicines", Label("Thuốc đang dùng", "Medicines"), FieldKind.LONG_TEXT, max_length=2000),
        Field("self_harm_risk", Label("Nguy cơ tự gây hại", "Risk of self-harm"), FieldKind.FLAG),
        Field(
            "special_needs", Label("Nhu cầu đặc biệt", "Special needs"), FieldKind.LONG_TEXT, max_length=2000
        ),
        Field("examined_on", Label("Ngày khám", "Date of examination"), FieldKind.DATE, past=True),
        Field("examined_at", Label("Cơ sở khám", "Place of examination")),
        Field(
            "certificate_number", Label("Số giấy khám sức khỏe", "Medical certificate number"), max_length=60
        ),
        Field("fit_to_travel", Label("Đủ sức khỏe để di chuyển", "Fit to travel"), FieldKind.FLAG),
        Field(
            "not_examined_reason", Label("Lý do không khám được", "Reason for no examination"), max_length=500
        ),
    ),
)

PROPERTY = Section(
    "property",
    Label("Tiền, tài sản, giấy tờ mang theo", "Money, property and papers carried"),
    Sensitivity.RESTRICTED,
    (
        Field(
            "items",
            Label("Danh mục tài sản", "List of property"),
            FieldKind.TABLE,
            columns=(
                Field("name", Label("Tên tài sản, giấy tờ, tiền", "Item, paper or money"), required=True),
                Field("features", Label("Đặc điểm, số sê-ri", "Features, serial number"), max_length=500),
                Field("unit", Label("Đơn vị tính", "Unit"), max_length=40),
                Field(
                    "quantity",
                    Label("Số lượng", "Quantity"),
                    FieldKind.INTEGER,
                    minimum=1,
                    maximum=2_000_000_000,
                    required=True,
                ),
                Field("condition", Label("Tình trạng", "Condition")),
                Field("seal_number", Label("Niêm phong số", "Seal number"), max_length=60),
                Field("note", Label("Ghi chú", "Note"), max_length=500),
            ),
        ),
        Field(
            "third_party_claims",
            Label("Quyền của người thứ ba", "Third-party claims"),
            FieldKind.LONG_TEXT,
            max_length=2000,
        ),
    ),
)

COPY_KINDS: tuple[Choice, ...] = (
    Choice("original", Label("Bản gốc", "Original")),
    Choice("signed", Label("Bản chính", "Signed copy")),
    Choice("certified", Label("Bản sao có chứng thực", "Certified copy")),
    Choice("copy", Label("Bản sao", "Copy")),
    Choice("digital", Label("Bản điện tử", "Electronic copy")),
)

PAPERS = Section(
    "papers",
    Label("Mục lục tài liệu", "List of papers"),
    Sensitivity.RESTRICTED,
    (
        Field(
            "items",
            Label("Tài liệu", "Papers"),
            FieldKind.TABLE,
            columns=(
                Field("number", Label("Số, ký hiệu", "Number, symbol"), max_length=60),
                Field("date", Label("Ngày tháng", "Date"), FieldKind.DATE, past=True),
                Field(
                    "summary",
                    Label("Tên loại và trích yếu", "Type and summary"),
                    required=True,
                    max_length=500,
                ),
                Field("author", Label("Tác giả", "Author")),
                Field(
                    "sheet_from", Label("Từ tờ", "From sheet"), FieldKind.INTEGER, minimum=1, required=True
                ),
                Field("sheet_to", Label("Đến tờ", "To sheet"), FieldKind.INTEGER, minimum=1, required=True),
                Field("copy_kind", Label("Loại bản", "Kind of copy"), FieldKind.CHOICE, choices=COPY_KINDS),
                Field("note", Label("Ghi chú", "Note"), max_length=500),
            ),
        ),
    ),
)
