"""Between offer and confirmation the file may change; then nobody is handed over by mistake."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.domain.errors import Conflict, Invalid, NotVisible
from app.services.documents import download_document
from app.services.handovers import confirm_handover, refuse_handover, withdraw_handover
from app.services.moves import move_case
from tests.services import acting


@pytest.fixture
def offered(ctx, actor_for):
    return acting.offered(actor_for)


def test_the_receiver_opens_no_paper_before_confirming(offered, actor_for):
    _, handover = offered
    papers = [UUID(paper) for paper in handover.document_ids]
    for paper in papers:
        with pytest.raises(NotVisible):
            download_document(actor_for("sen"), paper)
    confirm_handover(actor_for("sen"), handover.id, version=handover.version)
    for paper in papers:
        assert download_document(actor_for("sen"), paper)[1].startswith(b"%PDF-")


def test_a_consent_withdrawn_after_the_offer_stops_the_confirmation(offered, actor_for):
    case_id, handover = offered
    refused = {"answers": [{"purpose": "handover", "answer": "refused", "answered_on": "2026-11-23"}]}
    acting.write(actor_for, case_id, "consent", refused, version=1)
    with pytest.raises(Conflict, match="no longer meets"):
        confirm_handover(actor_for("sen"), handover.id, version=handover.version)
    assert acting.look(acting.select(acting.Handover.state)) == "offered"


def test_no_step_is_taken_while_the_case_is_offered(offered, actor_for):
    case_id, handover = offered
    version = acting.case_version(case_id)
    with pytest.raises(Conflict, match="Withdraw the offer"):
        move_case(actor_for("minh"), case_id, "victim", "supporting", version=version, reason="Hư cấu")
    withdraw_handover(actor_for("minh"), handover.id, version=handover.version)
    back = move_case(
        actor_for("minh"),
        case_id,
        "victim",
        "initial_verification",
        version=acting.case_version(case_id),
        reason="Hư cấu",
    )
    assert back.stage_id == "initial_verification"


def test_a_case_in_another_stage_is_not_offered(ctx, actor_for):
    case_id = acting.case(actor_for, procedure="extradition_incoming")
    version = acting.case_version(case_id)
    with pytest.raises(Invalid, match="need correction"):
        acting.offer(actor_for, case_id)
    assert acting.case_version(case_id) == version


def test_the_giver_s_clerk_keeps_the_register_line_and_not_the_paper(offered, actor_for):
    _, handover = offered
    paper = UUID(handover.document_ids[0])
    assert download_document(actor_for("van"), paper)[1]
    confirm_handover(actor_for("sen"), handover.id, version=handover.version)
    with pytest.raises(NotVisible):
        download_document(actor_for("van"), paper)


def test_a_refusal_leaves_the_giver_free_to_go_on(offered, actor_for):
    case_id, handover = offered
    refuse_handover(actor_for("sen"), handover.id, "Không còn chỗ (hư cấu)", version=handover.version)
    again = acting.offer(actor_for, case_id)
    assert confirm_handover(actor_for("sen"), again.id, version=again.version).state == "confirmed"
