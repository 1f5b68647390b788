"""SQL writer who forges rights: assignments, handovers, roles, sessions, tokens. No forged row opens anything.

Every forged row is refused the moment the program loads it: 503, nothing shown, an alarm in the ledger that names
the file or account. `verify --deep` names the row as well, also while nobody uses it.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from app.domain.errors import IntegrityBroken, NotVisible
from app.domain.states import HandoverState
from app.models import Approval, Assignment, Case, Clock, Document, Handover
from app.services import (
    assignments,
    attachments,
    cases,
    documents,
    handovers,
    moves,
    reasons,
    searching,
    sections,
)
from tests.attacks import tampering
from tests.conftest import START
from tests.services import acting

NAME = acting.IDENTITY["full_name"]


def alarms(**where):
    return acting.entries(action="integrity:alarm", **where)


def refused(act, *, about):
    """The act is refused, shows no name, and left one alarm about this subject."""
    before = len(alarms())
    with pytest.raises(IntegrityBroken) as broken:
        act()
    assert NAME not in repr(broken.value.__dict__)
    (alarm,) = alarms()[before:]
    assert alarm.subject_id == about
    assert acting.entries(action="section:read") == []


@pytest.fixture
def case_id(ctx, actor_for):
    """A case of pc02 whose identity section holds a name; minh works it, lan and khac's unit do not."""
    return acting.ready_to_transfer(actor_for)


def forge_assignment(case_id, officer, supervisor, **values):
    return tampering.put(
        Assignment,
        **{
            "id": uuid4(),
            "case_id": case_id,
            "account_id": officer.id,
            "assigned_by": supervisor.id,
            "assigned_at": START,
            "ended_at": None,
            "version": 1,
            **values,
        },
    )


SINGLE = {
    "case": cases.read_case,
    "section": lambda who, case_id: sections.read_section(who, case_id, "identity"),
    "write": lambda who, case_id: sections.write_section(who, case_id, "identity", {}, version=1),
    "move": lambda who, case_id: moves.move_case(who, case_id, "victim", "transferring", version=9),
    "reasons": reasons.list_reasons,
    "attachments": attachments.list_attachments,
    "draft": lambda who, case_id: documents.create_document(who, case_id, "records_handover", acting.FORM),
}


@pytest.mark.parametrize("act", SINGLE.values(), ids=SINGLE)
def test_an_assignment_to_oneself_made_up_opens_nothing(case_id, actor_for, act):
    lan = actor_for("lan")
    forge_assignment(case_id, lan, actor_for("tuan"))
    refused(lambda: act(lan, case_id), about=case_id)


def test_an_assignment_of_another_case_copied_with_its_code_opens_nothing(case_id, actor_for):
    other = acting.case(actor_for, "lan")
    tampering.copied(Assignment, Assignment.case_id == other, case_id=case_id)
    refused(lambda: sections.read_section(actor_for("lan"), case_id, "identity"), about=case_id)


def test_a_colleagues_assignment_rewritten_to_oneself_opens_nothing(case_id, actor_for):
    tampering.change(Assignment, Assignment.case_id == case_id, account_id=actor_for("lan").id)
    refused(lambda: sections.read_section(actor_for("lan"), case_id, "identity"), about=case_id)


def test_an_ended_assignment_opened_again_opens_nothing(ctx, actor_for):
    case_id = acting.case(actor_for, "minh", "lan")
    lan = actor_for("lan")
    assignments.end_assignment(actor_for("tuan"), case_id, lan.id, version=acting.case_version(case_id))
    with pytest.raises(NotVisible):
        cases.read_case(lan, case_id)
    tampering.change(
        Assignment, Assignment.account_id == lan.id, Assignment.case_id == case_id, ended_at=None
    )
    refused(lambda: cases.read_case(lan, case_id), about=case_id)


def test_a_forged_assignment_shows_no_initials_in_a_search(case_id, actor_for):
    from app.domain.terms import Person

    lan = actor_for("lan")
    forge_assignment(case_id, lan, actor_for("tuan"))
    query = searching.Query(Person(names=(NAME,), born="1990"))
    refused(lambda: searching.search(lan, query), about=case_id)


def test_a_case_moved_to_ones_own_unit_opens_nothing(case_id, actor_for):
    tampering.change(Case, Case.id == case_id, unit_id=actor_for("khac").unit_id)
    refused(
        lambda: sections.read_section(actor_for("khac"), case_id, "identity", reason="supervision"),
        about=case_id,
    )


@pytest.fixture
def offered(ctx, actor_for):
    """A case offered to the shelter: sen may see it only after confirming; (case id, handover)."""
    return acting.offered(actor_for)


def test_a_handover_set_to_confirmed_opens_nothing(offered, actor_for):
    case_id, handover = offered
    tampering.change(Handover, Handover.id == handover.id, state=HandoverState.CONFIRMED.value)
    refused(lambda: sections.read_section(actor_for("sen"), case_id, "identity"), about=case_id)


def test_a_handover_turned_to_ones_own_unit_opens_nothing(offered, actor_for):
    case_id, handover = offered
    khac = actor_for("khac")
    tampering.change(
        Handover, Handover.id == handover.id, state=HandoverState.CONFIRMED.value, to_unit_id=khac.unit_id
    )
    refused(lambda: cases.read_case(khac, case_id), about=case_id)


def test_a_handover_made_up_opens_nothing(case_id, actor_for):
    sen = actor_for("sen")
    tampering.put(
        Handover,
        id=uuid4(),
        case_id=case_id,
        from_unit_id=actor_for("minh").unit_id,
        to_unit_id=sen.unit_id,
        state=HandoverState.CONFIRMED.value,
        sections=["identity"],
        document_ids=[],
        offered_by=actor_for("minh").id,
        offered_at=START,
        decided_by=sen.id,
        decided_at=START,
        version=2,
    )
    refused(lambda: sections.read_section(sen, case_id, "identity"), about=case_id)


def test_more_sections_written_into_a_handover_open_nothing_more(ctx, actor_for):
    case_id, handover = acting.handed_over(actor_for)
    tampering.change(Handover, Handover.id == handover.id, sections=["identity", "statement"])
    refused(lambda: sections.read_section(actor_for("sen"), case_id, "statement"), about=case_id)


def test_a_paper_written_into_a_handover_is_not_carried(ctx, actor_for):
    case_id, handover = acting.handed_over(actor_for)
    other = acting.issued(actor_for, acting.transferring(actor_for))
    carried = [str(other.id), *handover.document_ids]
    tampering.change(Handover, Handover.id == handover.id, document_ids=carried)
    tampering.change(Document, Document.id == other.id, case_id=case_id)
    with pytest.raises(IntegrityBroken):
        documents.download_document(actor_for("sen"), other.id)


def test_a_handover_of_a_case_forged_to_be_mine_is_not_shown(offered, actor_for):
    case_id, handover = offered
    lan = actor_for("lan")
    forge_assignment(case_id, lan, actor_for("tuan"))
    refused(lambda: handovers.read_handover(lan, handover.id), about=case_id)


def test_a_paper_of_a_case_forged_to_be_mine_is_not_shown(offered, actor_for):
    case_id, _ = offered
    lan = actor_for("lan")
    forge_assignment(case_id, lan, actor_for("tuan"))
    paper = tampering.rows(Document, Document.case_id == case_id)[0]["id"]
    refused(lambda: documents.download_document(lan, paper), about=case_id)


def test_a_draft_set_to_issued_opens_no_gate(ctx, actor_for):
    case_id = acting.transferring(actor_for)
    acting.issued(actor_for, case_id, "victim_handover")
    draft = acting.draft(actor_for, case_id)
    tampering.change(Document, Document.id == draft.id, state="issued")
    refused(lambda: acting.offer(actor_for, case_id), about=case_id)


def test_a_request_marked_as_approved_moves_nothing(ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    asked = acting.ask_transfer(actor_for, case_id)
    tampering.change(
        Approval, Approval.id == asked, approved=True, decided_by=actor_for("tuan").id, decided_at=START
    )
    refused(lambda: moves.decide_move(actor_for("tuan"), asked, approved=True), about=case_id)
    assert {s["stage_id"] for s in _stays(case_id)} == {"received"}


def test_a_request_rewritten_to_come_from_somebody_else_is_not_decided_by_its_author(ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    asked = acting.ask_transfer(actor_for, case_id)
    tampering.change(Approval, Approval.id == asked, requested_by=actor_for("lan").id)
    refused(lambda: moves.decide_move(actor_for("tuan"), asked, approved=True), about=case_id)


def test_a_forged_term_is_not_carried_into_the_file_by_the_next_act(case_id, actor_for):
    tampering.change(Clock, Clock.case_id == case_id, due_at=START + timedelta(days=900))
    before = tampering.row(Case, Case.id == case_id)
    with pytest.raises(IntegrityBroken):
        acting.write(actor_for, case_id, "identity", acting.IDENTITY, version=1)
    assert tampering.row(Case, Case.id == case_id) == before


def _stays(case_id):
    from app.models import Stay

    return tampering.rows(Stay, Stay.case_id == case_id)
