"""The sealed sections of a possible trafficking victim's file."""

from __future__ import annotations

from app.catalogue.intake import LANGUAGES
from app.catalogue.procedures.shared_sections import (
    HEALTH,
    IDENTITY,
    INTAKE,
    PAPERS,
    PROPERTY,
    REPRESENTATIVE_FIELDS,
    SEXES,
)
from app.catalogue.procedures.trafficking_victim_choices import (
    ACTS,
    ANSWERED_BY,
    ANSWERS,
    CONCLUSIONS,
    EVIDENCE_SOURCES,
    MEANS,
    PROTECTION_MEASURES,
    PURPOSES,
    SHARING_PURPOSES,
    SUPPORT_ITEMS,
)
from app.domain.procedure import Field, FieldKind, Section, Sensitivity
from app.domain.text import Label

SAFE_CONTACT = Section(
    "safe_contact",
    Label("Liên hệ an toàn", "Safe contact"),
    Sensitivity.IDENTITY,
    (
        Field(
            "safe_way",
            Label("Cách liên hệ an toàn", "Safe way of contact"),
            max_length=500,
            hint=Label("Đang ở nơi tạm lánh thì ghi cơ sở.", "Name the shelter if the person stays in one."),
        ),
        Field("phone", Label("Số điện thoại an toàn", "Safe phone number"), FieldKind.PHONE),
        Field("safe_from", Label("An toàn từ", "Safe from"), FieldKind.TIME),
        Field("safe_until", Label("An toàn đến", "Safe until"), FieldKind.TIME),
        Field("alias", Label("Cách xưng danh khi liên hệ", "How to introduce oneself"), max_length=300),
        Field("never_contact", Label("Không được liên hệ với", "Never contact"), max_length=500),
        Field("staying_at", Label("Nơi đang ở", "Where the person stays"), max_length=500),
    ),
)

STATEMENT = Section(
    "statement",
    Label("Lời trình bày", "Statement"),
    Sensitivity.RESTRICTED,
    (
        Field(
            "account",
            Label("Tóm tắt lời trình bày", "Summary of the statement"),
            FieldKind.LONG_TEXT,
            max_length=20_000,
            hint=Label(
                "Chỉ ghi điều cần thiết, không hỏi lặp lại.", "Only what is needed; do not ask twice."
            ),
        ),
        Field("taken_on", Label("Ngày ghi", "Taken on"), FieldKind.DATE, past=True),
        Field("language", Label("Ngôn ngữ", "Language"), FieldKind.CHOICE, choices=LANGUAGES),
        Field(
            "acts",
            Label("Hành vi", "Acts"),
            FieldKind.CHOICES,
            choices=ACTS,
        ),
        Field(
            "means",
            Label("Thủ đoạn", "Means"),
            FieldKind.CHOICES,
            hint=Label("Người dưới 18 tuổi: không cần thủ đoạn.", "Not needed for a person under 18."),
            choices=MEANS,
        ),
        Field(
            "purposes",
            Label("Mục đích", "Purposes"),
            FieldKind.CHOICES,
            choices=PURPOSES,
        ),
        Field("places", Label("Nơi xảy ra", "Places"), max_length=1000),
        Field("period_from", Label("Từ", "From"), FieldKind.PARTIAL_DATE, past=True),
        Field("period_until", Label("Đến", "Until"), FieldKind.PARTIAL_DATE, past=True),
        Field("suspects", Label("Đối tượng nghi vấn", "Suspects"), FieldKind.LONG_TEXT, max_length=4000),
        Field("wishes", Label("Nguyện vọng", "What the person wants"), FieldKind.LONG_TEXT, max_length=2000),
    ),
)

MINORS = Section(
    "minors",
    Label("Người dưới 18 tuổi đi cùng", "Accompanying minors"),
    Sensitivity.IDENTITY,
    (
        Field(
            "children",
            Label("Danh sách", "List"),
            FieldKind.TABLE,
            columns=(
                Field("full_name", Label("Họ và tên", "Full name"), required=True),
                Field("birth_date", Label("Ngày sinh", "Date of birth"), FieldKind.PARTIAL_DATE, past=True),
                Field("sex", Label("Giới tính", "Sex"), FieldKind.CHOICE, choices=SEXES),
                Field("relation", Label("Quan hệ với người trong hồ sơ", "Relation to the person")),
                *REPRESENTATIVE_FIELDS,
            ),
        ),
    ),
)

VERIFICATION = Section(
    "verification",
    Label("Xác minh, xác định nạn nhân", "Verification and identification"),
    Sensitivity.RESTRICTED,
    (
        Field(
            "initial_result",
            Label("Kết quả xác minh ban đầu", "Result of the initial verification"),
            FieldKind.LONG_TEXT,
            max_length=8000,
        ),
        Field(
            "evidence",
            Label("Nguồn tài liệu, chứng cứ", "Sources of evidence"),
            FieldKind.CHOICES,
            choices=EVIDENCE_SOURCES,
        ),
        Field(
            "admin_definition_met",
            Label(
                "Đáp ứng định nghĩa của Luật Phòng, chống mua bán người",
                "Definition of the trafficking law met",
            ),
            FieldKind.FLAG,
        ),
        Field(
            "penal_definition_met",
            Label("Đáp ứng cấu thành của Bộ luật Hình sự", "Elements of the Penal Code met"),
            FieldKind.FLAG,
        ),
        Field(
            "outcome",
            Label("Kết luận", "Conclusion"),
            FieldKind.CHOICE,
            choices=CONCLUSIONS,
        ),
        Field("reason", Label("Lý do bằng văn bản", "Written reason"), FieldKind.LONG_TEXT, max_length=8000),
        Field("concluded_on", Label("Ngày kết luận", "Concluded on"), FieldKind.DATE, past=True),
        Field(
            "proof_number",
            Label("Số giấy tờ chứng nhận nạn nhân", "Number of the victim paper"),
            max_length=60,
        ),
    ),
)

PROTECTION = Section(
    "protection",
    Label("Bảo vệ an toàn", "Protection"),
    Sensitivity.RESTRICTED,
    (
        Field(
            "risk",
            Label("Căn cứ: nguy cơ bị xâm hại", "Ground: risk of harm"),
            FieldKind.LONG_TEXT,
            max_length=4000,
        ),
        Field(
            "measures",
            Label("Biện pháp bảo vệ", "Measures"),
            FieldKind.CHOICES,
            choices=PROTECTION_MEASURES,
        ),
        Field("decision_number", Label("Số quyết định áp dụng", "Decision number"), max_length=60),
        Field("decided_on", Label("Ngày quyết định", "Decided on"), FieldKind.DATE, past=True),
        Field(
            "refused_in_writing",
            Label("Người được bảo vệ từ chối, có cam kết bằng văn bản", "Refused, with a written commitment"),
            FieldKind.FLAG,
        ),
        Field("ended_on", Label("Ngày chấm dứt", "Ended on"), FieldKind.DATE, past=True),
    ),
)

SUPPORT = Section(
    "support",
    Label("Hỗ trợ", "Support"),
    Sensitivity.RESTRICTED,
    (
        Field(
            "items",
            Label("Các chế độ hỗ trợ", "Support items"),
            FieldKind.TABLE,
            columns=(
                Field(
                    "item",
                    Label("Chế độ hỗ trợ", "Support"),
                    FieldKind.CHOICE,
                    choices=SUPPORT_ITEMS,
                    required=True,
                ),
                Field("planned_on", Label("Ngày dự kiến", "Planned for"), FieldKind.DATE),
                Field("delivered_on", Label("Ngày thực hiện", "Delivered on"), FieldKind.DATE, past=True),
                Field("provider", Label("Đơn vị thực hiện", "Provider")),
                Field("note", Label("Ghi chú", "Note"), max_length=500),
            ),
        ),
        Field("needs", Label("Nhu cầu tiếp theo", "Further needs"), FieldKind.LONG_TEXT, max_length=4000),
    ),
)

CONSENT = Section(
    "consent",
    Label("Ý kiến về chia sẻ thông tin", "Consent"),
    Sensitivity.RESTRICTED,
    (
        Field(
            "answers",
            Label("Ý kiến theo từng mục đích", "Answer for each purpose"),
            FieldKind.TABLE,
            hint=Label(
                "Im lặng không phải là đồng ý; dòng sau thay dòng trước.",
                "Silence is not consent; a later row replaces an earlier one.",
            ),
            columns=(
                Field(
                    "purpose",
                    Label("Mục đích", "Purpose"),
                    FieldKind.CHOICE,
                    required=True,
                    choices=SHARING_PURPOSES,
                ),
                Field(
                    "answer",
                    Label("Ý kiến", "Answer"),
                    FieldKind.CHOICE,
                    required=True,
                    choices=ANSWERS,
                ),
                Field("answered_on", Label("Ngày", "Date"), FieldKind.DATE, required=True, past=True),
                Field("recipient", Label("Nơi nhận thông tin", "Recipient")),
                Field(
                    "answered_by",
                    Label("Người trả lời", "Answered by"),
                    FieldKind.CHOICE,
                    choices=ANSWERED_BY,
                ),
                Field(
                    "language",
                    Label("Ngôn ngữ giải thích", "Language of the explanation"),
                    FieldKind.CHOICE,
                    choices=LANGUAGES,
                ),
            ),
        ),
    ),
)

SECTIONS: tuple[Section, ...] = (
    INTAKE,
    IDENTITY,
    SAFE_CONTACT,
    STATEMENT,
    HEALTH,
    MINORS,
    VERIFICATION,
    PROTECTION,
    SUPPORT,
    PROPERTY,
    PAPERS,
    CONSENT,
)
