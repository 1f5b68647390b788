"""Opening and writing sealed sections."""

from __future__ import annotations

import pytest

from app.domain.errors import Forbidden, Invalid, NotVisible
from app.services.moves import decide_move, move_case
from app.services.sections import read_section, write_section
from tests.services import acting


def test_the_officer_reads_what_was_written(ctx, actor_for):
    case_id = acting.case(actor_for)
    empty = read_section(actor_for("minh"), case_id, "identity")
    assert (empty.version, empty.values, empty.editable) == (0, {}, True)
    acting.write(actor_for, case_id, "identity", acting.IDENTITY)
    view = read_section(actor_for("minh"), case_id, "identity")
    assert (view.version, view.values) == (1, acting.IDENTITY)
    assert view.written_by.startswith("Nguyễn Văn Minh")


def test_every_opening_is_an_entry_of_its_own(ctx, actor_for):
    case_id = acting.case(actor_for)
    for _ in range(3):
        read_section(actor_for("minh"), case_id, "identity")
    read = acting.entries(action="section:read", subject_id=case_id)
    assert len(read) == 3
    assert acting.body(read[0]) == {"reason": "case_work", "section": "identity", "version": 0}


def test_a_supervisor_states_a_reason_first(ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    for reason in (None, "", "curiosity", "Nguyễn Thị"):
        with pytest.raises(Invalid):
            read_section(actor_for("tuan"), case_id, "identity", reason=reason)
    assert acting.entries(action="section:read") == []
    view = read_section(actor_for("tuan"), case_id, "identity", reason="supervision")
    assert (view.values, view.editable) == (acting.IDENTITY, False)
    (entry,) = acting.entries(action="section:read")
    assert acting.body(entry)["reason"] == "supervision"


@pytest.mark.parametrize("who", ["lan", "hoa", "van", "quan", "sen", "khac", "xoan"])
def test_for_others_the_section_does_not_exist(ctx, actor_for, who):
    case_id = acting.ready_to_transfer(actor_for)
    with pytest.raises(NotVisible):
        read_section(actor_for(who), case_id, "identity", reason="duty")
    with pytest.raises(NotVisible):
        write_section(actor_for(who), case_id, "identity", {}, version=1)


def test_a_section_the_procedure_does_not_have_is_not_found(ctx, actor_for):
    with pytest.raises(NotVisible):
        read_section(actor_for("minh"), acting.case(actor_for), "court")


def test_what_the_caller_said_is_written_by_nobody(ctx, actor_for):
    case_id = acting.case(actor_for)
    with pytest.raises(Forbidden):
        write_section(actor_for("minh"), case_id, "intake", {"reports": []}, version=1)


def test_a_closed_file_is_not_written(ctx, actor_for):
    case_id = acting.case(actor_for)
    asked = move_case(
        actor_for("minh"), case_id, "victim", "closed", version=acting.case_version(case_id), reason="Xong."
    )
    decide_move(actor_for("tuan"), asked.approval.id, approved=True)
    with pytest.raises(Forbidden):
        acting.write(actor_for, case_id, "identity", acting.IDENTITY)
    assert not read_section(actor_for("minh"), case_id, "identity").editable


def test_earlier_versions_stay_stored(ctx, actor_for):
    from sqlalchemy import func, select

    from app.models import SealedValue

    case_id = acting.case(actor_for)
    for version in range(3):
        acting.write(actor_for, case_id, "identity", {"full_name": f"Tên {version}"}, version=version)
    stored = select(func.count()).select_from(SealedValue).where(SealedValue.subject_id == case_id)
    assert acting.look(stored.where(SealedValue.name == "identity")) == 3
