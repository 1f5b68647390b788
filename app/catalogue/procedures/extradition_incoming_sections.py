"""The sealed sections of a foreign state's extradition request."""

from __future__ import annotations

from app.catalogue.code_list import code_list
from app.catalogue.procedures.extradition_checklist import CHECKLIST
from app.catalogue.procedures.shared_sections import HEALTH, INTAKE, PAPERS, PERSON_FIELDS, PROPERTY
from app.domain.procedure import Choice, Field, FieldKind, Section, Sensitivity
from app.domain.text import Label


def _number(id: str, vi: str, en: str) -> Field:
    return Field(id, Label(vi, en), max_length=60)


def _day(id: str, vi: str, en: str) -> Field:
    """A day that has already come."""
    return Field(id, Label(vi, en), FieldKind.DATE, past=True)


def _long(id: str, vi: str, en: str) -> Field:
    return Field(id, Label(vi, en), FieldKind.LONG_TEXT, max_length=4000)


REQUEST = Section(
    "request",
    Label("Yêu cầu dẫn độ", "Request"),
    Sensitivity.RESTRICTED,
    (
        Field("requesting_state", Label("Nước yêu cầu", "Requesting state"), FieldKind.COUNTRY),
        Field("requesting_authority", Label("Cơ quan yêu cầu", "Requesting authority")),
        _number("request_number", "Số văn bản yêu cầu", "Request number"),
        _day("requested_on", "Ngày văn bản yêu cầu", "Date of the request"),
        _day("received_on", "Ngày nhận yêu cầu", "Received on"),
        Field(
            "purpose",
            Label("Mục đích dẫn độ", "Purpose"),
            FieldKind.CHOICE,
            choices=code_list(
                ("prosecution", "Truy cứu trách nhiệm hình sự", "Prosecution"),
                ("sentence", "Thi hành án", "Execution of a sentence"),
            ),
        ),
        Field(
            "basis",
            Label("Cơ sở", "Basis"),
            FieldKind.CHOICE,
            choices=code_list(
                ("treaty", "Điều ước quốc tế", "Treaty"),
                ("reciprocity", "Nguyên tắc có đi có lại", "Reciprocity"),
            ),
        ),
        Field("treaty", Label("Tên điều ước", "Treaty")),
        Field("offence", Label("Tội danh", "Offence"), max_length=500),
        Field(
            "penalty",
            Label("Khung hình phạt hoặc phần án còn lại", "Penalty, or sentence left"),
            max_length=500,
        ),
        Field(
            "urgent_holding",
            Label("Có giữ người trong trường hợp khẩn cấp", "Held in an urgent case"),
            FieldKind.FLAG,
        ),
        _day("held_from", "Ngày vào cơ sở lưu trú", "Admitted to the facility on"),
        Field("held_at", Label("Cơ sở lưu trú", "Facility")),
        Field("competing_request", Label("Nhiều nước cùng yêu cầu", "Competing requests"), FieldKind.FLAG),
    ),
)

IDENTITY = Section(
    "identity",
    Label("Nhân thân người bị yêu cầu dẫn độ", "Identity of the person sought"),
    Sensitivity.IDENTITY,
    (
        *PERSON_FIELDS,
        Field(
            "identity_check",
            Label("Kết quả đối chiếu ảnh, vân tay", "Result of the photograph and fingerprint check"),
            FieldKind.CHOICE,
            choices=code_list(
                ("match", "Trùng khớp", "Match"),
                ("no_match", "Không trùng khớp", "No match"),
                ("not_done", "Chưa đối chiếu", "Not done"),
            ),
        ),
    ),
)

WHEREABOUTS = Section(
    "whereabouts",
    Label("Nơi ở, nơi bị giữ", "Whereabouts"),
    Sensitivity.IDENTITY,
    (
        Field("address", Label("Nơi ở đã xác minh", "Address found"), max_length=500),
        Field("custody_place", Label("Nơi đang bị giữ, tạm giam", "Place of custody"), max_length=500),
        _day("verified_on", "Ngày xác minh", "Verified on"),
        _number("report_number", "Số báo cáo xác minh", "Verification report number"),
    ),
)

OUTCOMES: tuple[Choice, ...] = code_list(
    ("extradite", "Dẫn độ", "Extradite"), ("refuse", "Từ chối dẫn độ", "Refuse extradition")
)

COURT = Section(
    "court",
    Label("Tòa án xem xét", "Court"),
    Sensitivity.ORDINARY,
    (
        Field("court_name", Label("Tòa án", "Court")),
        _number("accepted_number", "Số thụ lý", "Acceptance number"),
        _day("accepted_on", "Ngày thụ lý", "Accepted on"),
        _number("examining_number", "Số quyết định xem xét", "Number of the decision to examine"),
        _day("examining_on", "Ngày quyết định xem xét", "Decision to examine on"),
        Field("hearing_on", Label("Ngày mở phiên họp", "Hearing on"), FieldKind.DATE),
        _number("decision_number", "Số quyết định", "Decision number"),
        _day("decided_on", "Ngày quyết định", "Decided on"),
        Field(
            "outcome",
            Label("Kết quả sơ thẩm", "Outcome at first instance"),
            FieldKind.CHOICE,
            choices=OUTCOMES,
        ),
        Field(
            "refusal_grounds",
            Label("Căn cứ từ chối", "Grounds of refusal"),
            FieldKind.CHOICES,
            choices=code_list(
                ("citizen", "Công dân Việt Nam", "Vietnamese citizen"),
                ("limitation", "Hết thời hiệu hoặc lý do hợp pháp khác", "Limitation or other legal bar"),
                (
                    "already_judged",
                    "Đã có bản án hoặc đình chỉ về cùng hành vi",
                    "Already judged or discontinued",
                ),
                ("persecution", "Nguy cơ bị truy bức", "Risk of persecution"),
                ("threshold", "Không đủ điều kiện về mức hình phạt", "Penalty threshold not met"),
                (
                    "no_dual_criminality",
                    "Không phải là tội phạm theo luật Việt Nam",
                    "Not an offence in Viet Nam",
                ),
                (
                    "prosecuted_here",
                    "Đang bị truy cứu tại Việt Nam về cùng hành vi",
                    "Being prosecuted here for it",
                ),
                ("other", "Căn cứ khác", "Another ground"),
            ),
        ),
        Field("appellant", Label("Người kháng cáo, cơ quan kháng nghị", "Appellant or protesting procuracy")),
        _number("appeal_number", "Số quyết định phúc thẩm", "Appeal decision number"),
        _day("appeal_decided_on", "Ngày quyết định phúc thẩm", "Appeal decided on"),
        Field(
            "appeal_outcome",
            Label("Kết quả phúc thẩm", "Outcome on appeal"),
            FieldKind.CHOICE,
            choices=OUTCOMES,
        ),
        _day("final_on", "Ngày có hiệu lực", "Final on"),
    ),
)

EXECUTION = Section(
    "execution",
    Label("Thi hành quyết định dẫn độ", "Execution"),
    Sensitivity.ORDINARY,
    (
        _number("decision_number", "Số quyết định thi hành", "Execution decision number"),
        _day("decided_on", "Ngày quyết định thi hành", "Execution decided on"),
        _day("effective_on", "Ngày có hiệu lực", "Effective on"),
        _day("arrested_on", "Ngày bắt", "Arrested on"),
        _number("arrest_record", "Số biên bản bắt", "Number of the arrest record"),
        _number(
            "cancel_number", "Số quyết định hủy quyết định thi hành", "Number of the cancelling decision"
        ),
        _day("cancelled_on", "Ngày hủy", "Cancelled on"),
    ),
)

AGREEMENT = Section(
    "agreement",
    Label("Thỏa thuận giao, nhận", "Agreement on the handover"),
    Sensitivity.ORDINARY,
    (
        Field("agreed_on", Label("Ngày giao, nhận đã thỏa thuận", "Agreed day of handover"), FieldKind.DATE),
        Field("agreed_time", Label("Giờ (theo giờ Việt Nam)", "Time (Viet Nam time)"), FieldKind.TIME),
        Field("place", Label("Địa điểm", "Place"), max_length=500),
        _number("written_reference", "Số văn bản thỏa thuận", "Written agreement number"),
        _day("written_on", "Ngày văn bản thỏa thuận", "Date of the agreement"),
        Field(
            "foreign_delegation",
            Label("Đoàn tiếp nhận của nước yêu cầu", "Receiving delegation"),
            max_length=1000,
        ),
        _long("failed_pickup", "Lý do không tiếp nhận đúng thỏa thuận", "Reason for the failed reception"),
    ),
)

ASSURANCES = Section(
    "assurances",
    Label("Cam kết của nước yêu cầu", "Assurances of the requesting state"),
    Sensitivity.ORDINARY,
    (
        Field("speciality", Label("Không truy cứu về hành vi khác", "Speciality"), FieldKind.FLAG),
        Field(
            "no_third_state",
            Label("Không dẫn độ cho nước thứ ba", "No extradition to a third state"),
            FieldKind.FLAG,
        ),
        Field(
            "no_death_penalty",
            Label("Không áp dụng, không thi hành tử hình", "No death penalty"),
            FieldKind.FLAG,
        ),
        _number("reference", "Số văn bản cam kết", "Reference of the assurances"),
        _day("given_on", "Ngày cam kết", "Given on"),
        Field("follow_up_on", Label("Ngày theo dõi, nhắc lại", "Follow up on"), FieldKind.DATE),
        _long("conditions", "Điều kiện khác", "Other conditions"),
    ),
)

SURRENDER = Section(
    "surrender",
    Label("Giao người bị dẫn độ", "Surrender"),
    Sensitivity.RESTRICTED,
    (
        _number("flight", "Chuyến bay, phương tiện", "Flight or vehicle"),
        Field("route", Label("Hành trình, quá cảnh", "Route, transit"), max_length=500),
        Field("escorts", Label("Số người áp giải", "Number of escorts"), FieldKind.INTEGER, maximum=100),
        _long("escort_names", "Cán bộ áp giải", "Escort officers"),
        _number("travel_document", "Số giấy tờ đi lại đã cấp", "Travel document number"),
        Field(
            "detention_days",
            Label("Số ngày đã bị tạm giam", "Days already detained"),
            FieldKind.INTEGER,
            maximum=20_000,
        ),
        Field("restraints", Label("Biện pháp kiềm chế", "Restraints"), max_length=300),
        _number("weapon_permit", "Số giấy phép vũ khí", "Weapon permit number"),
        Field(
            "outcome",
            Label("Kết quả", "Outcome"),
            FieldKind.CHOICE,
            choices=code_list(
                ("handed_over", "Đã giao", "Handed over"),
                ("refused_by_receiver", "Phía nhận từ chối", "Refused by the receiver"),
                ("not_appeared", "Phía nhận không đến", "Receiver did not appear"),
                ("postponed", "Hoãn", "Postponed"),
                ("ill", "Người bị dẫn độ ốm", "Person ill"),
                ("died", "Người bị dẫn độ chết", "Person died"),
                ("escaped", "Người bị dẫn độ bỏ trốn", "Person escaped"),
            ),
        ),
    ),
)

SECTIONS: tuple[Section, ...] = (
    INTAKE,
    REQUEST,
    IDENTITY,
    CHECKLIST,
    WHEREABOUTS,
    COURT,
    EXECUTION,
    AGREEMENT,
    HEALTH,
    PROPERTY,
    PAPERS,
    ASSURANCES,
    SURRENDER,
)
