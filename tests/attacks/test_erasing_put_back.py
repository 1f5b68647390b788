"""Earlier rows of a case, put back, neither lift a legal hold nor bring an erased file to life."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from app.catalogue.retention import HOLD_GROUNDS
from app.domain.errors import Erased, IntegrityBroken
from app.extensions import db
from app.models import Case, DataKey, LedgerEntry
from app.services import erasure, keeping
from app.services.reports import read_report
from app.services.sections import read_section
from tests.attacks import tampering
from tests.rotation.test_erasure import ask, closed_case, report_of
from tests.services import acting


@pytest.fixture
def over(ctx, actor_for, clock):
    """A closed case whose term is over."""
    case_id = closed_case(actor_for)
    clock.forward(days=2)
    return case_id


def hold(cast, case_id):
    keeping.put_hold(cast("thu"), case_id, HOLD_GROUNDS[0].id, version=acting.case_version(case_id))
    db.session.remove()


def alarms():
    return len(acting.entries(action="integrity:alarm"))


def test_a_hold_is_not_lifted_by_the_row_from_before_it(over, actor_for):
    before = tampering.row(Case, Case.id == over)
    hold(actor_for, over)
    tampering.put_back(Case, before)
    with pytest.raises(IntegrityBroken):
        ask(actor_for, over)
    assert alarms() == 1


def test_nor_between_the_request_and_its_approval(over, actor_for):
    asked = ask(actor_for, over)
    before = tampering.row(Case, Case.id == over)
    hold(actor_for, over)
    tampering.put_back(Case, before)
    with pytest.raises(IntegrityBroken):
        erasure.decide_erasure(actor_for("thu"), asked.id, approved=True)
    assert alarms() == 1
    assert tampering.row(Case, Case.id == over)["erased_at"] is None


def test_an_entry_changed_to_hide_the_hold_is_an_alarm(over, actor_for):
    before = tampering.row(Case, Case.id == over)
    hold(actor_for, over)
    tampering.put_back(Case, before)
    told = (LedgerEntry.subject_id == over, LedgerEntry.action == "keeping:hold_put")
    tampering.change(LedgerEntry, *told, action="keeping:viewed", body="{}")
    with pytest.raises(IntegrityBroken):
        ask(actor_for, over)


def test_a_hold_lifted_in_the_same_instant_is_lifted(over, actor_for):
    hold(actor_for, over)
    keeping.lift_hold(actor_for("thu"), over, version=acting.case_version(over))
    asked = ask(actor_for, over)
    erasure.decide_erasure(actor_for("thu"), asked.id, approved=True)
    with pytest.raises(Erased):
        read_section(actor_for("minh"), over, "identity")


@pytest.mark.parametrize("kinds", [(Case, DataKey), (DataKey,)], ids=["case and keys", "keys"])
def test_an_erased_file_does_not_come_back(over, actor_for, kinds):
    kept = {kind: tampering.rows(kind) for kind in kinds}
    asked = ask(actor_for, over)
    erasure.decide_erasure(actor_for("thu"), asked.id, approved=True)
    db.session.remove()
    for kind, rows in kept.items():
        tampering.put_back(kind, *rows)
    with pytest.raises(IntegrityBroken):
        read_section(actor_for("minh"), over, "identity")
    with pytest.raises(IntegrityBroken):
        read_report(actor_for("tuan"), report_of(over), reason="supervision")


def test_it_costs_one_query_for_each_use_case(over, actor_for):
    asked = []
    listen = (db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    minh = actor_for("minh")
    event.listen(*listen)
    read_section(minh, over, "identity")
    event.remove(*listen)
    assert len([one for one in asked if "ledger_entry.subject_id =" in one]) == 1
