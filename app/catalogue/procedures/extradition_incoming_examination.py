"""The first half of an extradition request: register, check of the file, court of first instance."""

from __future__ import annotations

from app.catalogue import legal_basis as law
from app.catalogue.procedures.extradition_checklist import essential_papers_present
from app.catalogue.procedures.extradition_incoming_sections import COURT
from app.catalogue.procedures.extradition_incoming_terms import DISCONTINUE, custody_days, days, working_days
from app.catalogue.procedures.guards import chosen
from app.domain.procedure import Deadline, Move, Phase, Stage, TermUnit
from app.domain.text import Label

DECIDED = ("court.court_name", "court.decision_number", "court.decided_on", "court.outcome")

RETURN = Move("returned", Label("Trả hồ sơ", "Return the file"), second_person=True, asks_reason=True)

RECEIPT: tuple[Stage, ...] = (
    Stage(
        "registered",
        Label("Đã vào sổ", "Registered"),
        Phase.RECEIPT,
        moves=(
            Move(
                "checking",
                Label("Kiểm tra hồ sơ", "Check the file"),
                requires=("request.requesting_state", "request.received_on"),
                event_label=Label("Ngày nhận yêu cầu", "Day the request was received"),
            ),
            Move(
                "urgent_hold",
                Label("Giữ người trong trường hợp khẩn cấp", "Hold the person in an urgent case"),
                requires=(
                    "request.requesting_state",
                    "request.basis",
                    "request.held_from",
                    "request.held_at",
                ),
                event_label=Label("Ngày vào cơ sở lưu trú", "Day of admission to the facility"),
            ),
        ),
        advice=Label(
            "Vào sổ, ghi nước yêu cầu, cơ sở và mục đích dẫn độ.",
            "Register; note the state, the basis and the purpose.",
        ),
    ),
    Stage(
        "urgent_hold",
        Label("Giữ người trong trường hợp khẩn cấp", "Urgent holding"),
        Phase.RECEIPT,
        deadlines=(
            custody_days(
                "urgent_hold",
                Label("Giữ người khi không có điều ước chung", "Holding where there is no common treaty"),
                45,
                law.URGENT_HOLDING,
                Label("Trả tự do", "Release the person"),
            ),
        ),
        moves=(
            Move(
                "checking",
                Label("Đã nhận yêu cầu dẫn độ", "The extradition request arrived"),
                requires=("request.received_on",),
                event_label=Label("Ngày nhận yêu cầu", "Day the request was received"),
            ),
            DISCONTINUE,
        ),
        advice=Label(
            "Có điều ước thì tính thời hạn theo điều ước; sắp hết hạn mà chưa có yêu cầu thì đối chiếu luật, báo cáo ngay việc trả tự do.",
            "With a treaty its own term applies; if the term nears its end without a request, check the law and report at once on release.",
        ),
    ),
    Stage(
        "checking",
        Label("Đang kiểm tra hồ sơ", "Checking the file"),
        Phase.RECEIPT,
        deadlines=(
            days("check", Label("Kiểm tra hồ sơ yêu cầu", "Check the request file"), 20, law.EX_CHECK),
        ),
        moves=(
            Move(
                "at_court",
                Label("Chuyển hồ sơ cho Tòa án", "Forward the file to the court"),
                requires=(
                    "request.purpose",
                    "identity.full_name",
                    "whereabouts.verified_on",
                    "court.court_name",
                ),
                guards=(essential_papers_present,),
                event_label=Label("Ngày Tòa án nhận hồ sơ", "Day the court received the file"),
            ),
            Move(
                "supplement_requested",
                Label("Yêu cầu bổ sung thông tin", "Ask for additional information"),
                asks_reason=True,
                event_label=Label("Ngày gửi văn bản yêu cầu bổ sung", "Day the demand was sent"),
            ),
            RETURN,
            DISCONTINUE,
        ),
        advice=Label(
            "Đánh dấu từng tài liệu; xác minh nơi ở; tài liệu thiết yếu còn thiếu thì yêu cầu bổ sung.",
            "Mark every document; verify the whereabouts; ask for each essential document that is missing.",
        ),
    ),
    Stage(
        "supplement_requested",
        Label("Đã yêu cầu bổ sung", "Additional information requested"),
        Phase.RECEIPT,
        deadlines=(
            days(
                "supplement",
                Label("Nước yêu cầu bổ sung thông tin", "The requesting state supplies the information"),
                60,
                law.EX_SUPPLEMENT,
                on_miss=Label("Trả hồ sơ và nêu rõ lý do", "Return the file with reasons"),
            ),
        ),
        moves=(
            Move(
                "checking",
                Label("Đã nhận thông tin bổ sung", "The information arrived"),
                event_label=Label("Ngày nhận thông tin bổ sung", "Day the information arrived"),
            ),
            RETURN,
        ),
        advice=Label("Theo dõi trả lời của nước yêu cầu.", "Watch for the answer of the requesting state."),
    ),
    Stage("returned", Label("Đã trả hồ sơ", "File returned"), Phase.CLOSED),
)

EXAMINATION: tuple[Stage, ...] = (
    Stage(
        "at_court",
        Label("Đã chuyển Tòa án", "At the court"),
        Phase.VERIFICATION,
        deadlines=(
            working_days("accept", Label("Tòa án thụ lý", "Court accepts the case"), 10, law.EX_ACCEPT),
        ),
        moves=(
            Move(
                "accepted",
                Label("Tòa án đã thụ lý", "Court accepted the case"),
                requires=("court.accepted_number", "court.accepted_on"),
                event_label=Label("Ngày thụ lý", "Day of acceptance"),
            ),
            DISCONTINUE,
        ),
        advice=Label("Chờ thông báo thụ lý của Tòa án.", "Wait for the court's notice of acceptance."),
    ),
    Stage(
        "accepted",
        Label("Đã thụ lý", "Accepted"),
        Phase.VERIFICATION,
        deadlines=(
            Deadline(
                "prepare",
                Label("Quyết định xem xét hoặc đình chỉ", "Decide to examine or discontinue"),
                4,
                TermUnit.MONTH,
                law.EX_PREPARE,
            ),
        ),
        moves=(
            Move(
                "examining",
                Label("Tòa án quyết định xem xét", "Court decided to examine"),
                requires=("court.examining_number", "court.examining_on"),
                event_label=Label("Ngày quyết định xem xét", "Day of the decision to examine"),
            ),
            DISCONTINUE,
        ),
        advice=Label(
            "Cung cấp thông tin Tòa án yêu cầu làm rõ.", "Supply what the court asks to have clarified."
        ),
    ),
    Stage(
        "examining",
        Label("Đang xem xét", "Being examined"),
        Phase.VERIFICATION,
        deadlines=(days("hearing", Label("Mở phiên họp xem xét", "Hold the hearing"), 30, law.EX_HEARING),),
        moves=(
            Move(
                "decided_extradite",
                Label("Tòa án quyết định dẫn độ", "Court decided to extradite"),
                requires=DECIDED,
                guards=(chosen(COURT, "outcome", "extradite"),),
                event_label=Label("Ngày quyết định", "Day of the decision"),
            ),
            Move(
                "decided_refuse",
                Label("Tòa án từ chối dẫn độ", "Court refused extradition"),
                requires=(*DECIDED, "court.refusal_grounds"),
                guards=(chosen(COURT, "outcome", "refuse"),),
                event_label=Label("Ngày quyết định", "Day of the decision"),
            ),
            DISCONTINUE,
        ),
        advice=Label(
            "Bảo đảm sự có mặt của người bị yêu cầu tại phiên họp.", "Bring the person before the hearing."
        ),
    ),
)
