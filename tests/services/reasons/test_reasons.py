"""What one officer writes for the others can be read by them, and each opening is an entry."""

from __future__ import annotations

import pytest

from app.domain.errors import Invalid, NotVisible
from app.services.documents import download_document
from app.services.moves import decide_move, list_waiting_moves, move_case
from app.services.reasons import list_reasons
from tests.services import acting


def test_the_officer_reads_why_the_step_was_refused(ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    request = acting.ask_transfer(actor_for, case_id)
    decide_move(actor_for("tuan"), request, approved=False, reason="Thiếu giấy khám (hư cấu)")
    _, (reason,) = list_reasons(actor_for("minh"), case_id)
    assert (reason.approved, reason.text) == (False, "Thiếu giấy khám (hư cấu)")
    assert reason.by.startswith("Đỗ Anh Tuấn")
    (entry,) = acting.entries(action="reason:read")
    assert entry.subject_id == case_id
    assert acting.body(entry)["about"] == str(request)


def test_others_do_not(ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    with pytest.raises(NotVisible):
        list_reasons(actor_for("lan"), case_id)


def test_every_reason_in_the_list_of_waiting_steps_is_an_entry_of_its_case(ctx, actor_for):
    case_id = acting.case(actor_for)
    version = acting.case_version(case_id)
    move_case(actor_for("minh"), case_id, "victim", "closed", version=version, reason="Rút đơn (hư cấu)")
    (waiting,) = list_waiting_moves(actor_for("tuan"))
    assert waiting.reason == "Rút đơn (hư cấu)"
    assert [e.subject_id for e in acting.entries(action="reason:read")] == [case_id]


def test_a_refused_step_leaves_the_entry_that_sections_were_opened_for_it(ctx, actor_for):
    case_id = acting.case(actor_for)
    version = acting.case_version(case_id)
    with pytest.raises(Invalid):
        move_case(actor_for("minh"), case_id, "victim", "initial_verification", version=version)
    (entry,) = acting.entries(action="case:move_checked")
    assert acting.body(entry)["missing"] == 1
    assert acting.whole()


def test_a_supervisor_says_why_before_a_paper_is_opened(ctx, actor_for):
    case_id = acting.transferring(actor_for)
    paper = acting.issued(actor_for, case_id)
    with pytest.raises(Invalid):
        download_document(actor_for("tuan"), paper.id)
    assert download_document(actor_for("tuan"), paper.id, reason="supervision")[1]
    (entry,) = acting.entries(action="document:downloaded")
    assert acting.body(entry)["reason"] == "supervision"
