"""Handing a file over: one side offers, the other decides; each sees what is theirs and no more."""

from __future__ import annotations

import pytest

from app.domain.errors import Conflict, Forbidden, Invalid, MoveRefused, NotVisible
from app.services.cases import list_cases, read_case
from app.services.documents import download_document
from app.services.handovers import (
    confirm_handover,
    list_handovers,
    offer_handover,
    read_handover,
    refuse_handover,
    withdraw_handover,
)
from app.services.sections import read_section
from tests.services import acting


@pytest.fixture
def offered(ctx, actor_for):
    """(case id, handover) offered to the shelter."""
    return acting.offered(actor_for)


def test_a_case_is_offered_only_in_its_stage_and_with_its_papers(ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    with pytest.raises(Invalid) as refused:
        acting.offer(actor_for, case_id)
    assert set(refused.value.errors) == {"case"}
    case_id = acting.transferring(actor_for)
    with pytest.raises(MoveRefused) as refused:
        acting.offer(actor_for, case_id)
    assert set(refused.value.errors) == {"documents.victim_handover", "documents.records_handover"}


def test_before_the_confirmation_the_receiver_sees_the_offer_and_the_names_of_its_papers_only(
    offered, actor_for
):
    case_id, handover = offered
    view = read_handover(actor_for("sen"), handover.id)
    assert {d.type_id for d in view.documents} == set(acting.HANDOVER_PAPERS)
    with pytest.raises(NotVisible):
        download_document(actor_for("sen"), view.documents[0].id)
    assert list_cases(actor_for("sen")).items == ()
    with pytest.raises(NotVisible):
        read_case(actor_for("sen"), case_id)
    with pytest.raises(NotVisible):
        read_section(actor_for("sen"), case_id, "identity")


def test_after_the_confirmation_the_receiver_reads_what_was_handed_over_and_no_more(offered, actor_for):
    case_id, handover = offered
    confirm_handover(actor_for("sen"), handover.id, version=handover.version)
    assert read_section(actor_for("sen"), case_id, "identity").values == acting.IDENTITY
    assert not read_section(actor_for("sen"), case_id, "identity").editable
    for kept in ("consent", "intake", "statement", "verification"):
        with pytest.raises(NotVisible):
            read_section(actor_for("sen"), case_id, kept)
    shown = {line.section.id for line in read_case(actor_for("sen"), case_id).sections}
    assert shown == set(handover.sections)


def test_after_the_confirmation_the_giver_opens_nothing(offered, actor_for):
    case_id, handover = offered
    confirm_handover(actor_for("sen"), handover.id, version=handover.version)
    with pytest.raises(NotVisible):
        read_case(actor_for("minh"), case_id)
    assert read_case(actor_for("tuan"), case_id).case.handed_over_at
    with pytest.raises(NotVisible):
        read_section(actor_for("tuan"), case_id, "identity", reason="supervision")


def test_a_refusal_gives_the_reason_to_the_giver_and_leaves_the_case(offered, actor_for):
    case_id, handover = offered
    with pytest.raises(Invalid):
        refuse_handover(actor_for("sen"), handover.id, "  ", version=handover.version)
    refuse_handover(actor_for("sen"), handover.id, "Hết chỗ.", version=handover.version)
    assert read_handover(actor_for("minh"), handover.id).refusal == "Hết chỗ."
    assert read_section(actor_for("minh"), case_id, "identity").editable
    with pytest.raises(NotVisible):
        read_case(actor_for("sen"), case_id)
    acting.offer(actor_for, case_id)


def test_after_a_refusal_the_papers_are_gone_for_the_receiver(offered, actor_for):
    _, handover = offered
    refuse_handover(actor_for("sen"), handover.id, "Hết chỗ.", version=handover.version)
    from uuid import UUID

    with pytest.raises(NotVisible):
        download_document(actor_for("sen"), UUID(handover.document_ids[0]))


def test_an_offer_taken_back_disappears_for_the_receiver(offered, actor_for):
    _, handover = offered
    withdraw_handover(actor_for("minh"), handover.id, version=handover.version)
    with pytest.raises(NotVisible):
        read_handover(actor_for("sen"), handover.id)
    with pytest.raises(NotVisible):
        confirm_handover(actor_for("sen"), handover.id, version=handover.version)


def test_what_is_decided_stays_decided(offered, actor_for):
    _, handover = offered
    done = confirm_handover(actor_for("sen"), handover.id, version=handover.version)
    with pytest.raises(Conflict):
        confirm_handover(actor_for("sen"), handover.id, version=done.version)
    with pytest.raises(Conflict):
        refuse_handover(actor_for("sen"), handover.id, "x", version=done.version)
    with pytest.raises(NotVisible):
        withdraw_handover(actor_for("minh"), handover.id, version=done.version)


@pytest.mark.parametrize(
    ("who", "error"), [("minh", Forbidden), ("tuan", Forbidden), ("khac", NotVisible), ("van", NotVisible)]
)
def test_only_the_receiver_confirms(offered, actor_for, who, error):
    with pytest.raises(error):
        confirm_handover(actor_for(who), offered[1].id, version=offered[1].version)


@pytest.mark.parametrize("who", ["sen", "lan", "khac"])
def test_only_the_giver_takes_an_offer_back(offered, actor_for, who):
    with pytest.raises((Forbidden, NotVisible)):
        withdraw_handover(actor_for(who), offered[1].id, version=offered[1].version)


def test_a_case_is_not_offered_twice_nor_to_oneself(offered, actor_for):
    case_id, handover = offered
    with pytest.raises(Conflict):
        acting.offer(actor_for, case_id, "other")
    withdraw_handover(actor_for("minh"), handover.id, version=handover.version)
    with pytest.raises(Invalid):
        acting.offer(actor_for, case_id, "pc02")


def test_the_same_offer_sent_again_is_the_same_offer(ctx, actor_for):
    case_id = acting.transferring(actor_for)
    for type_id in acting.HANDOVER_PAPERS:
        acting.issued(actor_for, case_id, type_id)
    unit, version = acting.unit_id("shelter"), acting.case_version(case_id)
    first = offer_handover(actor_for("minh"), case_id, unit, version=version, request_key="k")
    again = offer_handover(actor_for("minh"), case_id, unit, version=version, request_key="k")
    assert again.id == first.id


def test_lists_show_each_side_its_handovers(offered, actor_for):
    for who, seen in (("minh", 1), ("tuan", 1), ("sen", 1), ("lan", 0), ("khac", 0)):
        assert len(list_handovers(actor_for(who)).items) == seen, who
