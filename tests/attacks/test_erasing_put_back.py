"""Earlier rows of a case, put back, neither lift a legal hold nor bring an erased file to life."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import event, select

from app.catalogue.retention import HOLD_GROUNDS
from app.domain.actor import operator_of_the_service
from app.domain.errors import Erased, IntegrityBroken
from app.domain.events import CaseErased, ReportErased, TokenRevoked
from app.domain.sealing import Branch
from app.domain.states import Outcome
from app.extensions import db, part
from app.models import Case, DataKey, LedgerEntry, Report
from app.models.ledger import FINAL
from app.services import erasure, handovers, keeping, searching
from app.services.classification import Decision, classify_report
from app.services.key_rotation import rewrap_keys, rotate_root
from app.services.moves import decide_move, move_case
from app.services.reports import read_report
from app.services.sections import read_section
from tests.attacks import tampering
from tests.rotation.test_erasure import ask, closed_case, report_of, set_term
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


def test_it_costs_two_small_queries_for_each_use_case(over, actor_for):
    asked = []
    listen = (db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    minh = actor_for("minh")
    event.listen(*listen)
    read_section(minh, over, "identity")
    event.remove(*listen)
    assert len([one for one in asked if FINAL in one]) == 2  # whose file it is; whose key is opened


def erased(cast, case_id):
    erasure.decide_erasure(cast("thu"), ask(cast, case_id).id, approved=True)
    db.session.remove()


@pytest.mark.parametrize("seconds", [1, 240])
def test_though_the_machine_that_erased_it_had_a_slower_clock(over, actor_for, clock, seconds):
    asked = ask(actor_for, over)
    clock.forward(seconds=seconds)
    hold(actor_for, over)
    keeping.lift_hold(actor_for("thu"), over, version=acting.case_version(over))
    kept = {kind: tampering.rows(kind) for kind in (Case, DataKey)}
    clock.forward(seconds=-seconds)
    erasure.decide_erasure(actor_for("thu"), asked.id, approved=True)
    for kind, rows in kept.items():
        tampering.put_back(kind, *rows)
    db.session.remove()
    with pytest.raises(IntegrityBroken):
        read_section(actor_for("minh"), over, "identity")


def test_its_report_by_the_row_from_before_it_joined_the_file(ctx, actor_for, clock):
    logged = acting.report(actor_for)
    before = tampering.rows(Report)
    decision = Decision(Outcome.CASE_OPENED, procedure_id="trafficking_victim")
    case_id = classify_report(actor_for("hoa"), logged.id, decision, version=logged.version).case_id
    acting.assign(actor_for, case_id, "minh")
    asked = move_case(
        actor_for("minh"), case_id, "victim", "closed", version=acting.case_version(case_id), reason="Hư cấu"
    )
    if asked.approval:
        decide_move(actor_for("tuan"), asked.approval.id, approved=True)
    set_term(actor_for, case_id, date(2026, 11, 23))
    clock.forward(days=2)
    keys = [row for row in tampering.rows(DataKey) if row["owner_id"] == logged.id]
    erased(actor_for, case_id)
    tampering.put_back(Report, *before)
    tampering.put_back(DataKey, *keys)
    db.session.remove()
    with pytest.raises(IntegrityBroken):
        read_report(actor_for("tuan"), logged.id, reason="supervision")


def test_its_initials_by_its_code(over, actor_for):
    code = acting.look(select(Case.code).where(Case.id == over))
    kept = {kind: tampering.rows(kind) for kind in (Case, DataKey)}
    erased(actor_for, over)
    assert searching.search(actor_for("minh"), searching.Query(code=code)).hits[0].initials == ""
    for kind, rows in kept.items():
        tampering.put_back(kind, *rows)
    db.session.remove()
    with pytest.raises(IntegrityBroken):
        searching.search(actor_for("minh"), searching.Query(code=code))


def test_the_reason_of_a_refused_handover(ctx, actor_for, clock):
    case_id, offer = acting.offered(actor_for)
    handovers.refuse_handover(actor_for("sen"), offer.id, "Hư cấu: không muốn chuyển.", version=offer.version)
    for to in ("initial_verification", "closed"):
        asked = move_case(
            actor_for("minh"), case_id, "victim", to, version=acting.case_version(case_id), reason="Hư cấu"
        )
        if asked.approval:
            decide_move(actor_for("tuan"), asked.approval.id, approved=True)
    set_term(actor_for, case_id, date(2026, 11, 23))
    clock.forward(days=2)
    kept = {kind: tampering.rows(kind) for kind in (Case, DataKey)}
    erased(actor_for, case_id)
    assert handovers.read_handover(actor_for("tuan"), offer.id).refusal is None
    for kind, rows in kept.items():
        tampering.put_back(kind, *rows)
    db.session.remove()
    with pytest.raises(IntegrityBroken):
        handovers.read_handover(actor_for("tuan"), offer.id)


def test_keys_put_back_are_not_carried_to_a_new_root(over, actor_for):
    keys = tampering.rows(DataKey)
    erased(actor_for, over)
    tampering.put_back(DataKey, *keys)
    db.session.remove()
    us, old = operator_of_the_service(), part("key_store").present_root(Branch.IDENTITY)
    rotate_root(us, Branch.IDENTITY)
    assert over in rewrap_keys(us, old, None).broken


def test_the_acts_that_end_something_for_good_are_those_the_index_holds():
    final = {CaseErased.action, ReportErased.action, TokenRevoked.action}
    assert set(re.findall(r"'([^']+)'", FINAL)) == final
