"""The code lists of a possible trafficking victim's file."""

from __future__ import annotations

from app.catalogue.code_list import code_list

ACTS = code_list(
    ("recruitment", "Tuyển mộ", "Recruitment"),
    ("transport", "Vận chuyển", "Transportation"),
    ("harbouring", "Chứa chấp", "Harbouring"),
    ("transfer", "Chuyển giao", "Transfer"),
    ("receipt", "Tiếp nhận", "Receipt"),
)

MEANS = code_list(
    ("force", "Dùng vũ lực", "Force"),
    ("threat", "Đe dọa dùng vũ lực", "Threat of force"),
    ("deception", "Lừa gạt", "Deception"),
    ("other", "Thủ đoạn khác", "Other means"),
)

PURPOSES = code_list(
    ("gain", "Giao, nhận tiền, tài sản, lợi ích vật chất", "Money, property or material gain"),
    ("sexual", "Bóc lột tình dục", "Sexual exploitation"),
    ("labour", "Cưỡng bức lao động", "Forced labour"),
    ("organs", "Lấy bộ phận cơ thể", "Removal of organs"),
    ("inhuman", "Mục đích vô nhân đạo khác", "Other inhuman purpose"),
)

EVIDENCE_SOURCES = code_list(
    ("a", "Cơ quan tiến hành tố tụng cung cấp", "Procedural agencies"),
    ("b", "Cơ quan giải cứu cung cấp", "The rescuing agency"),
    ("c", "Cơ quan đại diện Việt Nam ở nước ngoài cung cấp", "Vietnamese mission abroad"),
    ("d", "Cơ quan, tổ chức khác trong nước cung cấp", "Another domestic organisation"),
    (
        "dd",
        "Cơ quan, tổ chức nước ngoài có thẩm quyền cung cấp",
        "A competent foreign organisation",
    ),
    ("e", "Lời khai của người đó, thân thích", "Statements of the person or relatives"),
    ("g", "Lời khai của người có hành vi mua bán người", "Statements of the trafficker"),
    (
        "h",
        "Lời khai của nạn nhân khác, người làm chứng",
        "Statements of other victims or witnesses",
    ),
    ("i", "Tài liệu, chứng cứ hợp pháp khác", "Other lawful evidence"),
)

CONCLUSIONS = code_list(
    ("identified", "Là nạn nhân", "A victim"),
    (
        "not_identified",
        "Chưa đủ căn cứ xác định là nạn nhân",
        "Not enough grounds to identify a victim",
    ),
)

PROTECTION_MEASURES = code_list(
    ("shelter", "Bố trí nơi tạm lánh an toàn", "Safe temporary shelter"),
    (
        "secrecy",
        "Giữ bí mật thông tin, nơi ở, nơi làm việc, học tập",
        "Secrecy of data, home, work and school",
    ),
    ("guards", "Bố trí lực lượng bảo vệ", "Guards"),
    ("early_detection", "Phát hiện, ngăn chặn sớm hành vi xâm hại", "Early detection of harm"),
    ("police_army", "Đề nghị Công an, Quân đội bảo vệ", "Request to police or army"),
)

SHARING_PURPOSES = code_list(
    ("handover", "Chuyển giao hồ sơ cho đơn vị tiếp nhận", "Handover of the file"),
    ("health_department", "Chia sẻ với Sở Y tế", "Sharing with the Department of Health"),
    ("ngo", "Chia sẻ với tổ chức xã hội", "Sharing with a social organisation"),
    ("family", "Liên hệ gia đình", "Contacting the family"),
    ("recording", "Ghi âm, ghi hình", "Audio or video recording"),
)

ANSWERS = code_list(
    ("given", "Đồng ý", "Agreed"),
    ("refused", "Không đồng ý", "Refused"),
    (
        "required_by_law",
        "Luật quy định phải chia sẻ; đã báo cho người đó",
        "Required by law; the person was told",
    ),
)

ANSWERED_BY = code_list(
    ("person", "Chính người đó", "The person"),
    ("representative", "Người đại diện hợp pháp", "Legal representative"),
)

SUPPORT_ITEMS = code_list(
    ("a", "Nhu cầu thiết yếu", "Essential needs"),
    ("b", "Y tế", "Medical care"),
    ("c", "Phiên dịch", "Interpreting"),
    ("d", "Pháp luật", "Legal information"),
    ("dd", "Trợ giúp pháp lý", "Legal aid"),
    ("e", "Chi phí đi lại", "Travel costs"),
    ("g", "Tâm lý", "Psychological support"),
    ("h", "Học văn hóa", "Schooling"),
    ("i", "Học nghề, tư vấn, giới thiệu việc làm", "Vocational training, job advice"),
    ("k", "Trợ cấp khó khăn ban đầu, vay vốn", "Initial hardship grant, loan"),
)
