"""The second half of an extradition request: appeal, execution, agreement and handover of the person."""

from __future__ import annotations

from app.catalogue import legal_basis as law
from app.catalogue.procedures.extradition_incoming_sections import COURT
from app.catalogue.procedures.extradition_incoming_terms import DISCONTINUE, custody_days, days, working_days
from app.catalogue.procedures.guards import chosen
from app.domain.procedure import Move, Phase, Stage
from app.domain.text import Label

HANDOVER_PAPERS = ("surrender_record", "records_handover")
AGREED = ("agreement.agreed_on", "agreement.agreed_time", "agreement.place", "agreement.written_reference")
APPEAL_DECIDED = ("court.appeal_number", "court.appeal_decided_on", "court.appeal_outcome", "court.final_on")
FINALITY = Label("Ngày quyết định có hiệu lực", "Day the decision became final")

RECEPTION = custody_days(
    "reception",
    Label("Nước yêu cầu tiếp nhận người bị dẫn độ", "Reception by the requesting state"),
    15,
    law.EX_RECEPTION,
    Label("Đề nghị Tòa án hủy quyết định thi hành", "Propose that the court cancel the execution decision"),
)
AFTER_DECISION = (
    working_days("serve", Label("Gửi quyết định", "Serve the decision"), 10, law.EX_APPEAL),
    days("appeal", Label("Kháng cáo", "Appeal by the person"), 15, law.EX_APPEAL),
    days(
        "protest",
        Label("Kháng nghị của Viện kiểm sát cùng cấp", "Protest by the same-level procuracy"),
        15,
        law.EX_APPEAL,
    ),
    days(
        "protest_higher",
        Label("Kháng nghị của Viện kiểm sát cấp trên", "Protest by the higher procuracy"),
        30,
        law.EX_APPEAL,
    ),
)
APPEAL = Move(
    "appeal",
    Label("Có kháng cáo, kháng nghị", "Appealed or protested"),
    requires=("court.appellant",),
    event_label=Label("Ngày Tòa án cấp phúc thẩm nhận hồ sơ", "Day the appeal court received the file"),
)

DECISION: tuple[Stage, ...] = (
    Stage(
        "decided_extradite",
        Label("Quyết định dẫn độ", "Extradition decided"),
        Phase.VERIFICATION,
        deadlines=AFTER_DECISION,
        moves=(
            APPEAL,
            Move(
                "final",
                Label("Quyết định dẫn độ có hiệu lực", "The decision became final"),
                requires=("court.final_on",),
                event_label=FINALITY,
            ),
        ),
        advice=Label(
            "Giải thích quyền kháng cáo; theo dõi thời hạn kháng cáo, kháng nghị.",
            "Explain the right to appeal; watch the terms for appeal and protest.",
        ),
    ),
    Stage(
        "decided_refuse",
        Label("Quyết định từ chối dẫn độ", "Extradition refused"),
        Phase.VERIFICATION,
        deadlines=(
            *AFTER_DECISION,
            days(
                "refused_citizen",
                Label(
                    "Công dân Việt Nam: Tòa án chuyển hồ sơ cho VKSND tối cao",
                    "Vietnamese citizen: court sends the file to the Supreme Procuracy",
                ),
                10,
                law.REFUSED_CITIZEN,
            ),
        ),
        moves=(
            APPEAL,
            Move(
                "refused",
                Label("Quyết định từ chối có hiệu lực", "The refusal became final"),
                requires=("court.final_on",),
                second_person=True,
            ),
        ),
        advice=Label(
            "Xem xét hủy biện pháp ngăn chặn; báo Bộ Công an để thông báo cho nước yêu cầu.",
            "See that preventive measures are lifted; tell the Ministry so that it informs the requesting state.",
        ),
    ),
    Stage(
        "appeal",
        Label("Phúc thẩm", "On appeal"),
        Phase.VERIFICATION,
        deadlines=(
            days("appeal_hearing", Label("Mở phiên họp phúc thẩm", "Appeal hearing"), 20, law.EX_APPEAL),
        ),
        moves=(
            Move(
                "final",
                Label("Phúc thẩm quyết định dẫn độ", "Extradition decided on appeal"),
                requires=APPEAL_DECIDED,
                guards=(chosen(COURT, "appeal_outcome", "extradite"),),
                event_label=FINALITY,
            ),
            Move(
                "refused",
                Label("Phúc thẩm từ chối dẫn độ", "Extradition refused on appeal"),
                requires=APPEAL_DECIDED,
                guards=(chosen(COURT, "appeal_outcome", "refuse"),),
                second_person=True,
            ),
            DISCONTINUE,
        ),
        advice=Label("Ghi số, ngày và kết quả phúc thẩm.", "Record number, date and outcome of the appeal."),
    ),
    Stage("refused", Label("Từ chối dẫn độ đã có hiệu lực", "Refusal final"), Phase.CLOSED),
    Stage("discontinued", Label("Đã đình chỉ", "Discontinued"), Phase.CLOSED),
)

SURRENDER: tuple[Stage, ...] = (
    Stage(
        "final",
        Label("Quyết định dẫn độ đã có hiệu lực", "Extradition decision final"),
        Phase.TRANSFER,
        deadlines=(
            working_days("execute", Label("Quyết định thi hành", "Decision to execute"), 5, law.EX_EXECUTION),
        ),
        moves=(
            Move(
                "execution_decided",
                Label("Đã có quyết định thi hành", "Execution was decided"),
                requires=("execution.decision_number", "execution.decided_on", "execution.effective_on"),
                event_label=Label(
                    "Ngày quyết định thi hành có hiệu lực", "Day the execution decision took effect"
                ),
            ),
        ),
        advice=Label("Theo dõi quyết định thi hành của Tòa án.", "Watch for the court's execution decision."),
    ),
    Stage(
        "execution_decided",
        Label("Đã có quyết định thi hành", "Execution decided"),
        Phase.TRANSFER,
        deadlines=(RECEPTION,),
        moves=(
            Move(
                "handover_agreed",
                Label("Đã thỏa thuận giao, nhận", "The handover was agreed"),
                requires=("execution.arrested_on", *AGREED),
                # The reception term is not renewed by the agreement: it still runs from the execution decision.
                event_label=Label(
                    "Ngày quyết định thi hành có hiệu lực", "Day the execution decision took effect"
                ),
            ),
            Move(
                "cancelled",
                Label("Tòa án hủy quyết định thi hành", "Court cancelled the execution decision"),
                requires=("execution.cancel_number", "execution.cancelled_on"),
                second_person=True,
                asks_reason=True,
            ),
        ),
        advice=Label(
            "Bắt theo quyết định thi hành (không bắt vào ban đêm); thỏa thuận bằng văn bản thời gian, địa điểm.",
            "Arrest under the execution decision, not at night; agree time and place in writing.",
        ),
    ),
    Stage(
        "handover_agreed",
        Label("Đã thỏa thuận giao, nhận", "Handover agreed"),
        Phase.TRANSFER,
        deadlines=(RECEPTION,),
        documents=HANDOVER_PAPERS,
        moves=(
            Move(
                "handed_over",
                Label("Bên nhận xác nhận", "Receiver confirms"),
                requires=("surrender.detention_days", "health.condition"),
                documents=HANDOVER_PAPERS,
                by_handover=True,
            ),
            Move(
                "pickup_failed",
                Label("Không tiếp nhận đúng thỏa thuận", "Reception failed"),
                requires=("agreement.failed_pickup",),
                asks_reason=True,
                event_label=Label("Ngày giao, nhận đã thỏa thuận", "Agreed day of handover"),
            ),
        ),
        advice=Label(
            "Khám sức khỏe, kiểm kê tài sản, báo trước cho người khai thác tàu bay; ban hành hai biên bản.",
            "Medical check, list of property, notice to the air carrier; issue both records.",
        ),
    ),
    Stage(
        "handed_over",
        Label("Đã giao người bị dẫn độ", "Handed over"),
        Phase.CLOSED,
        advice=Label(
            "Theo dõi, nhắc thực hiện cam kết qua đường ngoại giao.",
            "Follow the assurances up through diplomatic channels.",
        ),
    ),
    Stage(
        "pickup_failed",
        Label("Không tiếp nhận đúng thỏa thuận", "Reception failed"),
        Phase.TRANSFER,
        deadlines=(
            custody_days(
                "lift_measures",
                Label("Hủy biện pháp ngăn chặn", "Lift the preventive measures"),
                15,
                law.MEASURES_LIFTED,
                Label("Báo cáo Tòa án, Viện kiểm sát ngay", "Report to court and procuracy at once"),
            ),
        ),
        moves=(
            Move(
                "handover_agreed",
                Label("Thỏa thuận giao, nhận mới", "A new handover was agreed"),
                requires=AGREED,
                second_person=True,
                asks_reason=True,
                event_label=Label("Ngày văn bản thỏa thuận mới", "Date of the new agreement"),
            ),
            Move(
                "cancelled",
                Label("Tòa án hủy quyết định thi hành", "Court cancelled the execution decision"),
                requires=("execution.cancel_number", "execution.cancelled_on"),
                second_person=True,
                asks_reason=True,
            ),
        ),
        advice=Label(
            "Lập biên bản; đề nghị Tòa án hủy quyết định thi hành hoặc thỏa thuận lại bằng văn bản.",
            "Make a record; propose cancellation to the court, or agree anew in writing.",
        ),
    ),
    Stage("cancelled", Label("Đã hủy quyết định thi hành", "Execution cancelled"), Phase.CLOSED),
)
