"""SQL writer: adds, deletes, and puts back single rows. He has no key, so he can only repeat what was genuine once.

A made-up or changed row is an alarm the moment it is loaded (test_forged_rights.py, test_swapped_seals.py). A deleted
row and a genuine older one are DETECTED by `ledger verify --deep`, that is at the next run of its timer. What a row
put back can do until then is tested here as well.
"""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.domain.errors import IntegrityBroken, SignInFailed
from app.extensions import db
from app.ledger.rows import every_table
from app.models import (
    Account,
    Approval,
    Assignment,
    Case,
    Clock,
    DataKey,
    Document,
    Handover,
    Kept,
    RegisterCounter,
    Report,
    SealedValue,
    Stay,
)
from app.services import accounts, assignments, cases, documents, sections, sign_in
from benchmarks import complete
from tests.attacks import tampering
from tests.conftest import PASSWORD, START
from tests.pictures import kept
from tests.services import acting

KEPT = [kind for kind in every_table() if issubclass(kind, Kept)]


@kept
def _filled(cast, clock):
    complete.fill(cast, lambda span: clock.forward(seconds=span.total_seconds()))
    db.session.remove()
    assert acting.whole()


@pytest.fixture
def filled(ctx, actor_for, clock):
    """A row in every table."""
    _filled(actor_for, clock)


def _place(kind, row):
    return "/".join(str(row[column.name]) for column in tampering.table(kind).primary_key)


def test_any_kept_row_deleted_is_missed(filled):
    for kind in KEPT:
        row = tampering.rows(kind)[-1]
        here = [tampering.table(kind).c[c.name] == row[c.name] for c in tampering.table(kind).primary_key]
        tampering.remove(kind, *here)
        missing = f"{kind.__tablename__} {_place(kind, row)} missing, though this entry tells of it"
        found = acting.findings()
        tampering.put_back(kind, row)
        assert [line for line in found if line.endswith(missing)], kind
        assert f"stored data: {kind.__tablename__} rows or versions that no entry tells of" in found, kind
    assert acting.whole()


def test_a_table_emptied_is_missed(filled):
    kept = tampering.rows(Clock)
    tampering.remove(Clock)
    found = acting.findings()
    assert all(any(str(row["id"]) in line for line in found) for row in kept)


def _forged_case(actor_for):
    """A whole file made up by SQL: case, stay, assignment, the keys and sections of another file under its id."""
    other = acting.ready_to_transfer(actor_for)
    case_id, minh = uuid4(), actor_for("minh")
    tampering.put(Case, **{**tampering.row(Case, Case.id == other), "id": case_id, "code": "NN-9999-9999"})
    for kind in (Stay, Clock, Assignment):
        for row in tampering.rows(kind, kind.case_id == other):
            stays = {"stay_id": row["stay_id"]} if "stay_id" in row else {}
            tampering.put(kind, **{**row, "id": uuid4(), "case_id": case_id, **stays})
    for row in tampering.rows(DataKey, DataKey.owner_id == other):
        tampering.put(DataKey, **{**row, "owner_id": case_id})
    for row in tampering.rows(SealedValue, SealedValue.subject_id == other):
        tampering.put(SealedValue, **{**row, "subject_id": case_id, "owner_id": case_id})
    return case_id, minh


def test_a_file_made_up_is_refused_when_it_is_opened_and_named_by_verify(ctx, actor_for):
    case_id, minh = _forged_case(actor_for)
    for act in (cases.read_case, lambda who, id_: sections.read_section(who, id_, "identity")):
        with pytest.raises(IntegrityBroken):
            act(minh, case_id)
    found = acting.findings()
    assert f"stored data: case_file {case_id} changed or forged" in found
    for table in ("case_file", "stay", "assignment", "data_key", "sealed_value"):
        assert f"stored data: {table} rows or versions that no entry tells of" in found


def test_a_file_made_up_breaks_the_list_it_was_put_into(ctx, actor_for):
    _, minh = _forged_case(actor_for)
    with pytest.raises(IntegrityBroken):
        cases.list_cases(minh)
    assert acting.entries(action="integrity:alarm")


def _rolled_back(kind, where, act):
    """Keep rows, let the program change them, put the genuine older ones back in the place of all there are."""
    earlier = tampering.rows(kind, *where)
    act()
    assert tampering.rows(kind, *where) != earlier
    tampering.remove(kind, *where)
    tampering.put_back(kind, *earlier)
    return [line for line in acting.findings() if f"{kind.__tablename__} " in line and "older" in line]


def test_an_account_put_back_to_before_it_was_closed_signs_in_until_verify(ctx, actor_for):
    """Why a timer runs `verify --deep` every night: the row's older code is genuine, only the ledger knows better."""
    minh = actor_for("minh")
    (row,) = tampering.rows(Account, Account.id == minh.id)

    def close():
        accounts.change_account(
            actor_for("quan"), minh.id, role_id=row["role_id"], active=False, version=row["version"]
        )

    assert _rolled_back(Account, [Account.id == minh.id], close)
    assert sign_in.sign_in(minh, "minh", PASSWORD).id == minh.id


def test_an_older_password_put_back_is_found(ctx, actor_for):
    minh = actor_for("minh")
    fresh = "một mật khẩu khác hẳn"
    found = _rolled_back(
        Account, [Account.id == minh.id], lambda: sign_in.change_password(minh, PASSWORD, fresh)
    )
    assert found
    with pytest.raises(SignInFailed):
        sign_in.sign_in(minh, "minh", fresh)


def test_an_ended_assignment_put_back_is_found(ctx, actor_for):
    case_id = acting.case(actor_for, "minh", "lan")
    lan = actor_for("lan")
    where = [Assignment.case_id == case_id, Assignment.account_id == lan.id]

    def end():
        assignments.end_assignment(actor_for("tuan"), case_id, lan.id, version=acting.case_version(case_id))

    assert _rolled_back(Assignment, where, end)


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        pytest.param(Case, acting.issued, id="case"),
        pytest.param(Document, acting.issued, id="paper"),
        pytest.param(RegisterCounter, acting.issued, id="register"),
    ],
)
def test_a_row_of_a_file_put_back_is_found(ctx, actor_for, kind, act):
    case_id = acting.transferring(actor_for)
    acting.issued(actor_for, case_id)
    draft = acting.draft(actor_for, case_id)
    where = {
        Case: [Case.id == case_id],
        Document: [Document.id == draft.id],
        RegisterCounter: [RegisterCounter.last >= 0],
    }[kind]

    def change():
        act(actor_for, case_id)
        if kind is Document:
            documents.update_document(actor_for("minh"), draft.id, dict(acting.FORM), version=draft.version)

    assert _rolled_back(kind, where, change)


@pytest.mark.parametrize("kind", [Stay, Clock, Approval])
def test_a_step_put_back_is_found(ctx, actor_for, kind):
    case_id = acting.ready_to_transfer(actor_for)
    asked = acting.ask_transfer(actor_for, case_id)
    from app.services.moves import decide_move

    found = _rolled_back(
        kind, [kind.case_id == case_id], lambda: decide_move(actor_for("tuan"), asked, approved=True)
    )
    assert found


def test_a_handover_put_back_to_before_its_confirmation_is_found(ctx, actor_for):
    from app.services.handovers import confirm_handover

    case_id, handover = acting.offered(actor_for)
    assert _rolled_back(
        Handover,
        [Handover.case_id == case_id],
        lambda: confirm_handover(actor_for("sen"), handover.id, version=handover.version),
    )


def test_a_wrapped_key_put_back_after_its_renewal_is_found(ctx, actor_for):
    """As by a rewrap under the next root key: the older wrapping is genuine, and older."""
    from app.domain.actor import operator_of_the_service
    from app.domain.sealing import Branch
    from app.services.key_rotation import rewrap_keys, rotate_root

    case_id = acting.case(actor_for)
    us = operator_of_the_service()

    def rotate():
        old = tampering.rows(DataKey, DataKey.owner_id == case_id)[0]["root_key_id"]
        rotate_root(us, Branch.IDENTITY)
        rewrap_keys(us, old, None)

    assert _rolled_back(DataKey, [DataKey.owner_id == case_id], rotate)


def test_a_report_put_back_to_before_it_was_classified_is_found(ctx, actor_for):
    from app.domain.states import Outcome
    from app.services.classification import Decision, classify_report

    logged = acting.report(actor_for)
    decision = Decision(Outcome.CLOSED, close_reason="duplicate")
    assert _rolled_back(
        Report,
        [Report.id == logged.id],
        lambda: classify_report(actor_for("hoa"), logged.id, decision, version=logged.version),
    )


def test_a_row_added_twice_under_another_key_is_named(filled):
    for kind in KEPT:
        keys = [c for c in tampering.table(kind).primary_key if c.type.python_type is not str]
        row = tampering.rows(kind)[0]
        fresh = {c.name: uuid4() if c.type.python_type.__name__ == "UUID" else 4711 for c in keys}
        fresh |= {
            c.name: (uuid4().hex[:12] if c.type.python_type is str else uuid4().bytes * 2)
            for c in tampering.table(kind).columns
            if c.unique
        }
        if kind is Document:
            fresh["number"] = 4711
        if kind in (Stay, Assignment, Approval):
            fresh["case_id"] = uuid4()
        made = tampering.put(kind, **{**row, **fresh})
        assert (
            f"stored data: {kind.__tablename__} {_place(kind, made)} changed or forged" in acting.findings()
        )
        here = [tampering.table(kind).c[c.name] == made[c.name] for c in tampering.table(kind).primary_key]
        tampering.remove(kind, *here)
    assert acting.whole()


def test_a_number_taken_back_from_the_register_is_found_before_it_is_given_again(ctx, actor_for):
    case_id = acting.transferring(actor_for)
    acting.issued(actor_for, case_id)
    tampering.change(RegisterCounter, RegisterCounter.last == 1, last=0)
    with pytest.raises(IntegrityBroken):
        acting.issued(actor_for, case_id)
    assert acting.look(select(func.count()).select_from(Document).where(Document.number == 1)) == 1


def test_a_remembered_retry_turned_to_another_file_is_an_alarm(ctx, actor_for):
    from app.models import IdempotencyRecord
    from app.services.reports import log_report

    hoa, other = actor_for("hoa"), acting.report(actor_for, "hanh")
    log_report(hoa, dict(acting.ENTRIES), request_key="một")
    tampering.change(IdempotencyRecord, IdempotencyRecord.account_id == hoa.id, result_id=other.id)
    with pytest.raises(IntegrityBroken):
        log_report(hoa, dict(acting.ENTRIES), request_key="một")


def test_a_remembered_retry_deleted_makes_a_second_report_with_an_entry_of_its_own(ctx, actor_for):
    """Not found, and of no use: see docs/attacks.md."""
    from app.models import IdempotencyRecord
    from app.services.reports import log_report

    hoa = actor_for("hoa")
    first = log_report(hoa, dict(acting.ENTRIES), request_key="một")
    tampering.remove(IdempotencyRecord)
    assert acting.whole()
    assert log_report(hoa, dict(acting.ENTRIES), request_key="một").id != first.id
    assert len(acting.entries(action="report:logged")) == 2


def test_the_date_the_installation_began_is_no_secret_but_bound(ctx):
    from app.models import Deployment

    tampering.change(Deployment, Deployment.created_at == START, mode="production")
    assert [line for line in acting.findings() if "deployment" in line]
