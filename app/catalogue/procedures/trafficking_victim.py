"""Receiving, identifying, supporting and handing over a possible victim of trafficking."""

from __future__ import annotations

from datetime import date

from app.catalogue import legal_basis as law
from app.catalogue.procedures.guards import (
    accompanying_minors_have_representatives,
    chosen,
    minor_has_representative,
    sharing_agreed,
)
from app.catalogue.procedures.trafficking_victim_sections import SECTIONS, VERIFICATION
from app.domain.procedure import Deadline, HandoverRule, Move, Phase, Procedure, Stage, TermUnit, Track
from app.domain.text import Label

REPRESENTED = (minor_has_representative, accompanying_minors_have_representatives)
FOUND_VICTIM = chosen(VERIFICATION, "outcome", "identified")
FOUND_NO_VICTIM = chosen(VERIFICATION, "outcome", "not_identified")
CONCLUSION = (
    "verification.evidence",
    "verification.outcome",
    "verification.reason",
    "verification.admin_definition_met",
)
HANDOVER_PAPERS = ("victim_handover", "records_handover")

VERIFY = Move(
    "initial_verification",
    Label("Bắt đầu xác minh ban đầu", "Begin the initial verification"),
    requires=("safe_contact.safe_way",),
    event_label=Label("Ngày tiếp nhận người khai báo", "Day the person was received"),
)
ASK_IDENTIFICATION = Move(
    "identification_pending",
    Label("Đề nghị xác định nạn nhân", "Ask for identification"),
    requires=("verification.initial_result", "statement.account"),
    guards=REPRESENTED,
    event_label=Label("Ngày đề nghị xác định nạn nhân", "Day identification was asked for"),
)
IDENTIFY = Move(
    "identified",
    Label("Xác định là nạn nhân", "Identify as a victim"),
    requires=CONCLUSION,
    guards=(FOUND_VICTIM, *REPRESENTED),
    second_person=True,
    event_label=Label("Ngày kết luận", "Day of the conclusion"),
)
DO_NOT_IDENTIFY = Move(
    "not_identified",
    Label("Kết luận chưa đủ căn cứ xác định", "Conclude: not enough grounds"),
    requires=CONCLUSION,
    guards=(FOUND_NO_VICTIM,),
    second_person=True,
    event_label=Label("Ngày kết luận", "Day of the conclusion"),
)
SUPPORT = Move(
    "supporting",
    Label("Thực hiện hỗ trợ", "Begin support"),
    requires=("support.items",),
    guards=REPRESENTED,
    event_label=Label("Ngày bắt đầu hỗ trợ nhu cầu thiết yếu", "Day essential support began"),
)
TRANSFER = Move(
    "transferring",
    Label("Chuyển giao cho đơn vị khác", "Hand over to another unit"),
    requires=("health.condition",),
    guards=(*REPRESENTED, sharing_agreed),
    second_person=True,
)
CLOSE = Move("closed", Label("Kết thúc hồ sơ", "Close the file"), second_person=True, asks_reason=True)

STAGES: tuple[Stage, ...] = (
    Stage(
        "received",
        Label("Đã tiếp nhận", "Received"),
        Phase.RECEIPT,
        deadlines=(
            Deadline(
                "take_to_commune",
                Label(
                    "Đưa người khai báo đến Ủy ban nhân dân cấp xã",
                    "Take the person to the commune People's Committee",
                ),
                0,
                TermUnit.IMMEDIATE,
                law.RECEPTION,
                rolls=False,
            ),
        ),
        moves=(VERIFY, TRANSFER, CLOSE),
        advice=Label(
            "Hỏi cách liên hệ an toàn; bảo đảm ăn, ở, y tế, phiên dịch ngay; báo Ủy ban nhân dân cấp xã.",
            "Agree a safe way of contact; give food, shelter, care and an interpreter at once; tell the commune.",
        ),
    ),
    Stage(
        "initial_verification",
        Label("Đang xác minh ban đầu", "Initial verification"),
        Phase.VERIFICATION,
        deadlines=(
            Deadline(
                "initial_verification",
                Label("Xác minh thông tin ban đầu", "Initial verification of the information"),
                3,
                TermUnit.CALENDAR_DAY,
                law.INITIAL_VERIFICATION,
                on_miss=Label("Báo cáo chỉ huy đơn vị", "Report to the supervisor"),
            ),
        ),
        moves=(ASK_IDENTIFICATION, IDENTIFY, DO_NOT_IDENTIFY, TRANSFER, CLOSE),
        advice=Label(
            "Phối hợp Sở Y tế xác minh; ghi lời trình bày một lần, đúng ngôn ngữ; chưa rõ tuổi thì coi là dưới 18.",
            "Verify with the Department of Health; take one statement in the person's language; unknown age means minor.",
        ),
    ),
    Stage(
        "identification_pending",
        Label("Chờ xác định nạn nhân", "Identification pending"),
        Phase.VERIFICATION,
        deadlines=(
            Deadline(
                "identification",
                Label("Xác minh, xác định nạn nhân", "Identify the victim"),
                20,
                TermUnit.CALENDAR_DAY,
                law.IDENTIFICATION_TERM,
            ),
        ),
        moves=(IDENTIFY, DO_NOT_IDENTIFY, TRANSFER, CLOSE),
        advice=Label(
            "Thu thập đủ nguồn chứng cứ; tiếp tục hỗ trợ trong thời gian chờ.",
            "Collect the sources of evidence; support goes on while waiting.",
        ),
    ),
    Stage(
        "identified",
        Label("Đã xác định là nạn nhân", "Identified as a victim"),
        Phase.SUPPORT,
        moves=(SUPPORT, TRANSFER),
        advice=Label(
            "Giải thích quyền được hỗ trợ và trợ giúp pháp lý miễn phí; lập kế hoạch hỗ trợ.",
            "Explain the right to support and free legal aid; plan the support.",
        ),
    ),
    Stage(
        "supporting",
        Label("Đang hỗ trợ", "Being supported"),
        Phase.SUPPORT,
        deadlines=(
            Deadline(
                "essential_needs",
                Label("Hỗ trợ nhu cầu thiết yếu (tối đa)", "Essential needs (at most)"),
                120,
                TermUnit.CALENDAR_DAY,
                law.ESSENTIAL_NEEDS,
                rolls=False,
                on_miss=Label(
                    "Đề nghị người có thẩm quyền quyết định kéo dài",
                    "Ask the competent body to decide an extension",
                ),
            ),
        ),
        moves=(TRANSFER, CLOSE),
        advice=Label(
            "Ghi ngày thực hiện từng chế độ; hỏi ý kiến về việc chia sẻ trước khi chuyển giao.",
            "Note the day of each support; ask about sharing before a handover.",
        ),
    ),
    Stage(
        "not_identified",
        Label("Chưa đủ căn cứ xác định là nạn nhân", "Not identified as a victim"),
        Phase.VERIFICATION,
        moves=(
            Move(
                "identification_pending",
                Label("Xác minh lại khi có chứng cứ mới", "Reopen on new evidence"),
                asks_reason=True,
                event_label=Label("Ngày nhận chứng cứ mới", "Day the new evidence arrived"),
            ),
            TRANSFER,
            CLOSE,
        ),
        advice=Label(
            "Thông báo lý do bằng văn bản; vẫn bảo vệ trẻ em và giải quyết tin báo tội phạm.",
            "Give the written reason; child protection and the crime report go on.",
        ),
    ),
    Stage(
        "transferring",
        Label("Đang chuyển giao", "Being handed over"),
        Phase.TRANSFER,
        deadlines=(
            Deadline(
                "hand_over",
                Label("Chuyển giao người và hồ sơ", "Hand over the person and the file"),
                0,
                TermUnit.IMMEDIATE,
                law.RECEPTION,
                rolls=False,
            ),
        ),
        documents=HANDOVER_PAPERS,
        moves=(
            Move(
                "transferred",
                Label("Bên nhận xác nhận", "Receiver confirms"),
                documents=HANDOVER_PAPERS,
                guards=(*REPRESENTED, sharing_agreed),
                by_handover=True,
            ),
            Move(
                "initial_verification",
                Label("Dừng chuyển giao, tiếp tục xác minh", "Stop the handover, go on verifying"),
                asks_reason=True,
                event_label=Label("Ngày tiếp nhận lại người khai báo", "Day the person was received again"),
            ),
            Move(
                "supporting",
                Label("Dừng chuyển giao, tiếp tục hỗ trợ", "Stop the handover, go on supporting"),
                guards=(FOUND_VICTIM,),
                asks_reason=True,
                event_label=Label("Ngày bắt đầu hỗ trợ nhu cầu thiết yếu", "Day essential support began"),
            ),
        ),
        advice=Label(
            "Ban hành hai biên bản, đề nghị bên nhận xác nhận; chưa xác nhận thì vẫn chịu trách nhiệm.",
            "Issue both records and offer the handover; you stay responsible until it is confirmed.",
        ),
    ),
    Stage(
        "transferred",
        Label("Đã chuyển giao", "Handed over"),
        Phase.CLOSED,
        advice=Label(
            "Bên nhận đã xác nhận; hồ sơ tại đơn vị đã kết thúc.",
            "The receiver confirmed; the file is closed here.",
        ),
    ),
    Stage("closed", Label("Đã kết thúc", "Closed"), Phase.CLOSED),
)

PROCEDURE = Procedure(
    id="trafficking_victim",
    version=1,
    code_prefix="NN",
    label=Label("Tiếp nhận, xác định, hỗ trợ nạn nhân bị mua bán", "Trafficking victim"),
    basis=(
        law.LAW_53_2024,
        law.LAW_86_2025,
        law.DECREE_162_2025,
        law.EVIDENCE_SOURCES,
        law.PROTECTION_MEASURES,
        law.SUPPORT_MATRIX,
        law.DISCLOSURE_BAN,
        law.CONSENT,
        law.TERM_COUNTING,
    ),
    in_force_from=date(2025, 7, 1),
    sections=SECTIONS,
    tracks=(Track("victim", Label("Bảo vệ nạn nhân", "Victim protection"), STAGES),),
    handover=HandoverRule(
        track="victim",
        stage="transferring",
        confirmed="transferred",
        documents=HANDOVER_PAPERS,
        sections=("identity", "safe_contact", "health", "minors", "support", "property", "papers"),
    ),
)
