"""What is asked when a report comes in: the form, its code lists and the term for sorting it."""

from __future__ import annotations

from app.catalogue.code_list import code_list
from app.catalogue.legal_basis import REPORT_CLASSIFICATION
from app.domain.procedure import Choice, Deadline, Field, FieldKind, Section, Sensitivity, TermUnit
from app.domain.text import Label

CHANNELS: tuple[Choice, ...] = code_list(
    ("hotline_111", "Tổng đài quốc gia 111", "National hotline 111"),
    ("hotline_province_police", "Đường dây nóng Công an tỉnh", "Provincial police hotline"),
    ("emergency_113", "Số khẩn cấp 113", "Emergency number 113"),
    ("self_report_police", "Trực tiếp đến cơ quan Công an", "Came to the police in person"),
    (
        "self_report_commune_ubnd",
        "Khai báo tại Ủy ban nhân dân cấp xã",
        "Came to the commune People's Committee",
    ),
    ("self_report_border_guard", "Khai báo với Bộ đội Biên phòng", "Came to the border guard"),
    ("self_report_coast_guard", "Khai báo với Cảnh sát biển", "Came to the coast guard"),
    ("self_report_other_org", "Khai báo với cơ quan, tổ chức gần nhất", "Came to the nearest organisation"),
    ("legal_representative", "Người đại diện hợp pháp khai báo", "Reported by a legal representative"),
    ("third_party_report", "Người khác tố giác, báo tin", "Reported by another person"),
    ("written", "Đơn, thư, văn bản", "Letter or other writing"),
    ("online", "Thư điện tử, cổng trực tuyến", "E-mail or online portal"),
    ("transferred", "Cơ quan khác chuyển đến", "Passed on by another agency"),
    ("rescued_in_country", "Giải cứu trong nước", "Rescued in the country"),
    ("rescued_abroad_or_mission", "Cơ quan đại diện ở nước ngoài thông báo", "Notified by a mission abroad"),
    ("returned_via_mission", "Trở về qua cơ quan đại diện", "Returned through a mission"),
    ("handed_over_by_foreign_authority", "Phía nước ngoài trao trả", "Handed over by a foreign authority"),
    ("self_returned", "Tự trở về", "Returned by own means"),
    ("foreigner_in_vn", "Người nước ngoài tại Việt Nam", "Foreigner in Viet Nam"),
    ("detected_during_investigation", "Phát hiện khi điều tra", "Found in an investigation"),
    ("media", "Phương tiện thông tin đại chúng", "Media"),
)

LANGUAGES: tuple[Choice, ...] = code_list(
    ("vi", "Tiếng Việt", "Vietnamese"),
    ("en", "Tiếng Anh", "English"),
    ("zh", "Tiếng Trung Quốc", "Chinese"),
    ("km", "Tiếng Khmer", "Khmer"),
    ("lo", "Tiếng Lào", "Lao"),
    ("my", "Tiếng Miến Điện", "Burmese"),
    ("th", "Tiếng Thái Lan", "Thai"),
    ("hmn", "Tiếng Mông", "Hmong"),
    ("tyz", "Tiếng Tày", "Tay"),
    ("nut", "Tiếng Nùng", "Nung"),
    ("blt", "Tiếng Thái (Việt Nam)", "Tai Dam"),
    ("ium", "Tiếng Dao", "Iu Mien (Dao)"),
    ("mtq", "Tiếng Mường", "Muong"),
    ("rad", "Tiếng Ê Đê", "Ede"),
    ("jra", "Tiếng Gia Rai", "Jarai"),
    ("sign", "Ngôn ngữ ký hiệu", "Sign language"),
    ("other", "Ngôn ngữ khác", "Another language"),
    ("unknown", "Chưa rõ", "Not known yet"),
)

REPORT_SECTION = Section(
    "report",
    Label("Nội dung tin báo", "The report"),
    Sensitivity.IDENTITY,
    (
        Field(
            "what_happened",
            Label("Sự việc", "What happened"),
            FieldKind.LONG_TEXT,
            required=True,
            max_length=8000,
            hint=Label("Ghi theo lời người báo tin.", "In the caller's own words."),
        ),
        Field(
            "person_name",
            Label("Họ và tên người có thể là nạn nhân", "Name of the possible victim"),
            hint=Label(
                "Biết thì ghi: hệ thống báo nếu đã có hồ sơ về người này.",
                "If known: you are told when there may be a file about this person already.",
            ),
        ),
        Field(
            "person_birth_date",
            Label("Ngày sinh của người đó", "That person's date of birth"),
            FieldKind.PARTIAL_DATE,
            past=True,
        ),
        Field("person_phone", Label("Số điện thoại của người đó", "That person's phone"), FieldKind.PHONE),
        Field("place", Label("Địa điểm, mốc nhận biết", "Place, landmarks"), max_length=500),
        Field("event_date", Label("Ngày xảy ra", "Date of the event"), FieldKind.PARTIAL_DATE, past=True),
        Field(
            "danger_notes",
            Label("Dấu hiệu nguy hiểm", "Signs of danger"),
            FieldKind.LONG_TEXT,
            max_length=2000,
            hint=Label(
                "Bị giam giữ, bị thương, đối tượng ở gần, mất liên lạc.",
                "Held, injured, suspect near, line cut off.",
            ),
        ),
        Field("suspects", Label("Đối tượng nghi vấn", "Suspects"), FieldKind.LONG_TEXT, max_length=4000),
        Field(
            "means",
            Label("Phương tiện, số điện thoại, tài khoản", "Vehicles, phone numbers, accounts"),
            FieldKind.LONG_TEXT,
            max_length=4000,
        ),
        Field(
            "request",
            Label("Đề nghị của người báo tin", "What the caller asks for"),
            FieldKind.LONG_TEXT,
            max_length=2000,
        ),
        Field(
            "measures_taken",
            Label("Biện pháp đã thực hiện ngay", "Measures taken at once"),
            FieldKind.LONG_TEXT,
            max_length=2000,
        ),
        Field(
            "anonymous",
            Label("Người báo tin không nêu danh tính", "The caller does not give a name"),
            FieldKind.FLAG,
        ),
        Field(
            "anonymous_reason",
            Label("Lý do không nêu danh tính", "Reason for not giving a name"),
            max_length=500,
            hint=Label("Vẫn tiếp nhận và ghi rõ lý do.", "Accept the report and write the reason down."),
        ),
        Field("caller_name", Label("Họ và tên người báo tin", "Caller's name")),
        Field(
            "caller_relation",
            Label("Quan hệ với người có thể là nạn nhân", "Relation to the possible victim"),
        ),
        Field("caller_phone", Label("Số điện thoại người báo tin", "Caller's phone"), FieldKind.PHONE),
        Field("callback_phone", Label("Số gọi lại an toàn", "Safe number to call back"), FieldKind.PHONE),
        Field("callback_from", Label("Gọi lại an toàn từ", "Safe to call from"), FieldKind.TIME),
        Field("callback_until", Label("Gọi lại an toàn đến", "Safe to call until"), FieldKind.TIME),
        Field(
            "callback_alias",
            Label("Cách xưng danh khi gọi lại", "How to introduce oneself when calling back"),
            hint=Label(
                "Để người khác nghe máy không biết là Công an.",
                "So that nobody else learns the police called.",
            ),
        ),
    ),
)

CLASSIFY_DEADLINE = Deadline(
    "report_classification",
    Label("Phân loại nguồn tin", "Classify the report"),
    24,
    TermUnit.HOUR,
    REPORT_CLASSIFICATION,
    rolls=False,
    on_miss=Label("Báo cáo ngay chỉ huy trực ban", "Report to the duty commander at once"),
)

CLOSE_REASONS: tuple[Choice, ...] = code_list(
    ("duplicate", "Trùng với tin báo đã tiếp nhận", "Already received"),
    ("not_trafficking", "Không có dấu hiệu mua bán người", "No sign of trafficking"),
    ("information_only", "Chỉ hỏi thông tin, đã hướng dẫn", "Asked for information only; advised"),
    ("no_facts", "Không có nội dung để xác minh", "Nothing that can be verified"),
    ("test_call", "Cuộc gọi nhầm, gọi thử", "Wrong or test call"),
)

COMPETENT_BODIES: tuple[Choice, ...] = code_list(
    (
        "provincial_investigation",
        "Cơ quan Cảnh sát điều tra Công an tỉnh",
        "Provincial police investigation agency",
    ),
    ("other_province_police", "Công an tỉnh, thành phố khác", "Police of another province"),
    ("commune_police", "Công an cấp xã", "Commune police"),
    ("commune_committee", "Ủy ban nhân dân cấp xã", "Commune People's Committee"),
    ("health_department", "Sở Y tế", "Department of Health"),
    ("border_guard", "Bộ đội Biên phòng", "Border guard"),
    ("coast_guard", "Cảnh sát biển", "Coast guard"),
    ("procuracy", "Viện kiểm sát nhân dân", "People's procuracy"),
    (
        "consular_department",
        "Cục Lãnh sự, Bộ Ngoại giao",
        "Consular Department, Ministry of Foreign Affairs",
    ),
    ("hotline_111", "Tổng đài quốc gia 111", "National hotline 111"),
)

READ_REASONS: tuple[Choice, ...] = code_list(
    ("case_work", "Thụ lý hồ sơ được phân công", "Work on an assigned case"),
    ("duty", "Trực ban, tình huống khẩn cấp", "Duty shift, emergency"),
    ("approval", "Xem xét để phê duyệt", "Decide on an approval"),
    ("supervision", "Kiểm tra, giám sát công tác", "Check of the work"),
    ("deadline_control", "Kiểm tra thời hạn", "Check of a deadline"),
    ("handover", "Giao, nhận hồ sơ", "Handover of the file"),
    ("court_request", "Theo yêu cầu của Tòa án, Viện kiểm sát", "Request of a court or procuracy"),
    ("person_request", "Theo yêu cầu của chính người trong hồ sơ", "Request of the person in the file"),
    ("complaint", "Giải quyết khiếu nại, tố cáo", "Complaint or denunciation"),
)
