"""Whoever can write the database takes away or puts back what an entry tells of: `verify` says where."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from app.domain.states import Outcome
from app.extensions import db
from app.models import Case, Document, SealedValue
from app.services import documents, handovers, moves
from app.services.classification import Decision, classify_report
from tests.pictures import kept
from tests.services import acting
from tests.services.acting import entries

VALUE, PAPER = SealedValue.__table__, Document.__table__


def _sql(*statements):
    with db.engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def _is(subject_id, name, version):
    return (VALUE.c.subject_id == subject_id) & (VALUE.c.name == name) & (VALUE.c.version == version)


def _sealed(subject_id, name, version):
    with db.engine.connect() as connection:
        return connection.execute(select(VALUE.c.sealed).where(_is(subject_id, name, version))).scalar_one()


def _lost(subject_id, name, version):
    """Verify says that an entry tells of this value, and that it is gone or another."""
    row = f"sealed_value {subject_id}/{name}/{version} "
    return [line for line in acting.findings() if line.startswith("lane") and row in line]


def _forged(table, row_id):
    """Verify says that this row was changed."""
    return f"stored data: {table} {row_id} changed or forged" in acting.findings()


@kept
def _paper(cast):
    made = acting.issued(cast, acting.transferring(cast))
    assert acting.whole()
    return made


@pytest.fixture
def paper(ctx, actor_for):
    """An issued paper, whole as yet."""
    return _paper(actor_for)


def test_every_stored_value_is_named_once(paper):
    named = [
        (v["subject"], v["name"], v["version"]) for e in entries() for v in acting.body(e).get("sealed", ())
    ]
    assert len(named) == len(set(named)) == acting.look(select(func.count()).select_from(VALUE))


def test_a_second_report_taken_out_of_the_intake(app, ctx, actor_for):
    case_id = acting.case(actor_for)
    more = acting.report(actor_for)
    code = acting.look(select(Case.code).where(Case.id == case_id))
    classify_report(
        actor_for("hoa"), more.id, Decision(Outcome.CASE_JOINED, case_code=code), version=more.version
    )
    assert acting.whole()
    _sql(delete(VALUE).where(_is(case_id, "intake", 2)))
    assert _lost(case_id, "intake", 2)


def test_a_note_of_a_classification_deleted(app, ctx, actor_for):
    logged = acting.report(actor_for)
    decision = Decision(Outcome.CLOSED, close_reason="duplicate", note="Trùng (hư cấu).")
    classify_report(actor_for("hoa"), logged.id, decision, version=logged.version)
    _sql(delete(VALUE).where(_is(logged.id, "note", 1)))
    assert _lost(logged.id, "note", 1)


def test_the_reason_of_a_refused_step_deleted(app, ctx, actor_for):
    asked = acting.ask_transfer(actor_for, acting.ready_to_transfer(actor_for))
    moves.decide_move(actor_for("tuan"), asked, approved=False, reason="Chưa đủ (hư cấu).")
    _sql(delete(VALUE).where(_is(asked, "decision", 1)))
    assert _lost(asked, "decision", 1)


def test_the_reason_of_a_refused_handover_exchanged_for_another_value(app, ctx, actor_for):
    case_id, handover = acting.offered(actor_for)
    handovers.refuse_handover(actor_for("sen"), handover.id, "Hết chỗ (hư cấu).", version=handover.version)
    other = _sealed(case_id, "identity", 1)
    _sql(update(VALUE).where(_is(handover.id, "refusal", 1)).values(sealed=other))
    assert _lost(handover.id, "refusal", 1)


@pytest.mark.parametrize("name", ["form", "content", "pdf"])
def test_a_value_of_an_issued_paper_deleted(app, paper, name):
    _sql(delete(VALUE).where(_is(paper.id, name, 1)))
    assert _lost(paper.id, name, 1)


def test_a_pdf_exchanged_for_that_of_another_case(app, paper, actor_for):
    other = acting.issued(actor_for, acting.transferring(actor_for))
    _sql(update(VALUE).where(_is(paper.id, "pdf", 1)).values(sealed=_sealed(other.id, "pdf", 1)))
    assert _lost(paper.id, "pdf", 1)


def test_an_older_version_restored(app, ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    acting.write(actor_for, case_id, "identity", {"full_name": "Tên Đã Sửa"}, version=1)
    _sql(update(VALUE).where(_is(case_id, "identity", 2)).values(sealed=_sealed(case_id, "identity", 1)))
    assert _lost(case_id, "identity", 2)


def test_a_version_deleted_and_written_anew_through_the_program(app, ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    _sql(delete(VALUE).where(_is(case_id, "health", 1)))
    acting.write(actor_for, case_id, "health", {"condition": "Khác"})
    assert _lost(case_id, "health", 1)


def test_a_value_nobody_told_of(app, paper):
    row = {"version": 9, "sealed": _sealed(paper.id, "pdf", 1)}
    with db.engine.connect() as connection:
        kept = dict(connection.execute(select(VALUE).where(_is(paper.id, "pdf", 1))).one()._mapping)
    _sql(insert(VALUE).values({**kept, **row}))
    assert _forged("sealed_value", f"{paper.id}/pdf/9")
    assert "stored data: sealed_value rows or versions that no entry tells of" in acting.findings()


CHANGES = {
    "drafted": {"state": "draft"},
    "numbered only": {"state": "numbered"},
    "no known state": {"state": "anything"},
    "another number": {"number": 99},
    "no number": {"number": None},
    "another year": {"year": 2020},
    "another symbol": {"symbol": "99/BB-PC02"},
    "another register": {"register": "other"},
    "another type": {"type_id": "victim_handover"},
    "another fingerprint": {"sha256": b"\7" * 32},
    "no fingerprint": {"sha256": None},
    "another length": {"pages": 7},
    "another version": {"version": 99},
    "no code": {"mac": b""},
}


@pytest.mark.parametrize("values", CHANGES.values(), ids=CHANGES)
def test_a_changed_row_of_an_issued_paper(paper, values):
    _sql(update(PAPER).where(PAPER.c.id == paper.id).values(values))
    assert _forged("document", paper.id)


def test_a_paper_moved_to_another_case(paper, actor_for):
    _sql(update(PAPER).where(PAPER.c.id == paper.id).values(case_id=acting.case(actor_for)))
    assert _forged("document", paper.id)


def test_a_deleted_paper(paper):
    _sql(delete(PAPER).where(PAPER.c.id == paper.id))
    missing = f"document {paper.id} missing, though this entry tells of it"
    assert len([line for line in acting.findings() if line.endswith(missing)]) == paper.version


def test_two_papers_that_exchanged_their_numbers(paper, actor_for):
    other = acting.issued(actor_for, paper.case_id)
    number = {p.id: p.number for p in (paper, other)}
    _sql(
        update(PAPER).where(PAPER.c.id == paper.id).values(number=9_999),
        update(PAPER).where(PAPER.c.id == other.id).values(number=number[paper.id]),
        update(PAPER).where(PAPER.c.id == paper.id).values(number=number[other.id]),
    )
    assert _forged("document", paper.id)
    assert _forged("document", other.id)


def test_a_draft_set_to_issued_so_that_a_gate_opens(paper, actor_for):
    draft = acting.draft(actor_for, paper.case_id)
    assert acting.whole()
    _sql(update(PAPER).where(PAPER.c.id == draft.id).values(state="issued"))
    assert _forged("document", draft.id)


def test_a_row_put_back_to_an_earlier_state_with_its_genuine_code(paper, actor_for):
    draft = acting.draft(actor_for, paper.case_id)
    row = PAPER.c.id == draft.id
    with db.engine.connect() as connection:
        earlier = dict(connection.execute(select(PAPER).where(row)).one()._mapping)
    documents.update_document(actor_for("minh"), draft.id, dict(acting.FORM), version=draft.version)
    assert acting.whole()
    _sql(update(PAPER).where(row).values(earlier))
    (line,) = [line for line in acting.findings() if f"document {draft.id} older" in line]
    assert line.startswith("lane")


@pytest.mark.parametrize("built", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize(
    "change",
    [
        "sealed_value SET sealed = 'rubbish'",
        "sealed_value SET subject_id = 'rubbish' || subject_id",
        "document SET sha256 = 'rubbish'",
        "document SET year = 'rubbish'",
        "document SET version = 'rubbish'",
    ],
)
def test_a_column_of_another_type_is_named(paper, change):
    table = change.split(maxsplit=1)[0]
    rows = acting.look(select(func.count()).select_from(db.metadata.tables[table]))
    _sql(text(f"UPDATE {change}"))
    forged = [line for line in acting.findings() if line.startswith(f"stored data: {table} ")]
    assert len([line for line in forged if line.endswith("changed or forged")]) == rows
