"""Whoever can write the database takes away or puts back what an entry tells of: `verify` says where."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from app.domain.states import Outcome
from app.extensions import db
from app.models import Case, Document, SealedValue
from app.services import handovers, moves
from app.services.classification import Decision, classify_report
from tests.services import acting
from tests.services.acting import entries

VALUE, PAPER = SealedValue.__table__, Document.__table__
LOST = "the sealed value written then is missing or changed"
CHANGED = "the document numbered or issued then is missing or changed"


def _sql(*statements):
    with db.engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def _is(subject_id, name, version):
    return (VALUE.c.subject_id == subject_id) & (VALUE.c.name == name) & (VALUE.c.version == version)


def _sealed(subject_id, name, version):
    with db.engine.connect() as connection:
        return connection.execute(select(VALUE.c.sealed).where(_is(subject_id, name, version))).scalar_one()


def _teller(subject_id, name, version):
    """The one entry that names the value."""
    wanted = (str(subject_id), name, version)
    (found,) = [
        entry
        for entry in entries()
        for v in acting.body(entry).get("sealed", ())
        if (v["subject"], v["name"], v["version"]) == wanted
    ]
    return f"lane {found.lane}, entry {found.counter}: "


def _of(action, document_id):
    (found,) = [e for e in entries(action=action) if acting.body(e)["document_id"] == str(document_id)]
    return f"lane {found.lane}, entry {found.counter}: "


def _broken(app):
    """The lines `verify` prints; the ledger itself was whole before."""
    result = app.test_cli_runner().invoke(args=["ledger", "verify"])
    assert result.exit_code == 1, result.output
    assert "NOT whole" in result.stderr, result.exception
    return [line for line in result.stdout.splitlines() if line]


@pytest.fixture
def paper(ctx, actor_for):
    """An issued paper, whole as yet."""
    made = acting.issued(actor_for, acting.transferring(actor_for))
    assert acting.whole()
    return made


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
    told = _teller(case_id, "intake", 2)
    _sql(delete(VALUE).where(_is(case_id, "intake", 2)))
    assert _broken(app) == [told + LOST]


def test_a_note_of_a_classification_deleted(app, ctx, actor_for):
    logged = acting.report(actor_for)
    decision = Decision(Outcome.CLOSED, close_reason="duplicate", note="Trùng (hư cấu).")
    classify_report(actor_for("hoa"), logged.id, decision, version=logged.version)
    told = _teller(logged.id, "note", 1)
    _sql(delete(VALUE).where(_is(logged.id, "note", 1)))
    assert _broken(app) == [told + LOST]


def test_the_reason_of_a_refused_step_deleted(app, ctx, actor_for):
    asked = acting.ask_transfer(actor_for, acting.ready_to_transfer(actor_for))
    moves.decide_move(actor_for("tuan"), asked, approved=False, reason="Chưa đủ (hư cấu).")
    told = _teller(asked, "decision", 1)
    _sql(delete(VALUE).where(_is(asked, "decision", 1)))
    assert _broken(app) == [told + LOST]


def test_the_reason_of_a_refused_handover_exchanged_for_another_value(app, ctx, actor_for):
    case_id, handover = acting.offered(actor_for)
    handovers.refuse_handover(actor_for("sen"), handover.id, "Hết chỗ (hư cấu).", version=handover.version)
    told = _teller(handover.id, "refusal", 1)
    other = _sealed(case_id, "identity", 1)
    _sql(update(VALUE).where(_is(handover.id, "refusal", 1)).values(sealed=other))
    assert _broken(app) == [told + LOST]


@pytest.mark.parametrize("name", ["form", "content", "pdf"])
def test_a_value_of_an_issued_paper_deleted(app, paper, name):
    told = _teller(paper.id, name, 1)
    _sql(delete(VALUE).where(_is(paper.id, name, 1)))
    assert _broken(app) == [told + LOST]


def test_a_pdf_exchanged_for_that_of_another_case(app, paper, actor_for):
    other = acting.issued(actor_for, acting.transferring(actor_for))
    told = _teller(paper.id, "pdf", 1)
    _sql(update(VALUE).where(_is(paper.id, "pdf", 1)).values(sealed=_sealed(other.id, "pdf", 1)))
    assert _broken(app) == [told + LOST]


def test_an_older_version_restored(app, ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    acting.write(actor_for, case_id, "identity", {"full_name": "Tên Đã Sửa"}, version=1)
    told = _teller(case_id, "identity", 2)
    _sql(update(VALUE).where(_is(case_id, "identity", 2)).values(sealed=_sealed(case_id, "identity", 1)))
    assert _broken(app) == [told + LOST]


def test_a_version_deleted_and_written_anew_through_the_program(app, ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    told = _teller(case_id, "health", 1)
    _sql(delete(VALUE).where(_is(case_id, "health", 1)))
    acting.write(actor_for, case_id, "health", {"condition": "Khác"})
    assert _broken(app) == [told + LOST]


def test_a_value_nobody_told_of(app, paper):
    row = {"version": 9, "sealed": _sealed(paper.id, "pdf", 1)}
    with db.engine.connect() as connection:
        kept = dict(connection.execute(select(VALUE).where(_is(paper.id, "pdf", 1))).one()._mapping)
    _sql(insert(VALUE).values({**kept, **row}))
    assert _broken(app) == ["stored data: sealed values that no entry tells of"]


CHANGES = {
    "drafted": ({"state": "draft"}, ["document:numbered", "document:issued"]),
    "numbered only": ({"state": "numbered"}, ["document:issued"]),
    "no known state": ({"state": "anything"}, ["document:numbered", "document:issued"]),
    "another number": ({"number": 99}, ["document:numbered"]),
    "no number": ({"number": None}, ["document:numbered"]),
    "another year": ({"year": 2020}, ["document:numbered"]),
    "another type": ({"type_id": "victim_handover"}, ["document:numbered"]),
    "another fingerprint": ({"sha256": b"\7" * 32}, ["document:issued"]),
    "no fingerprint": ({"sha256": None}, ["document:issued"]),
    "another length": ({"pages": 7}, ["document:issued"]),
}


@pytest.mark.parametrize(("values", "tellers"), CHANGES.values(), ids=CHANGES)
def test_a_changed_row_of_an_issued_paper(app, paper, values, tellers):
    _sql(update(PAPER).where(PAPER.c.id == paper.id).values(values))
    assert sorted(_broken(app)) == sorted(_of(action, paper.id) + CHANGED for action in tellers)


def test_a_paper_moved_to_another_case(app, paper, actor_for):
    _sql(update(PAPER).where(PAPER.c.id == paper.id).values(case_id=acting.case(actor_for)))
    assert len(_broken(app)) == 2


def test_a_deleted_paper(app, paper):
    _sql(delete(PAPER).where(PAPER.c.id == paper.id))
    assert len(_broken(app)) == 2


def test_two_papers_that_exchanged_their_numbers(app, paper, actor_for):
    other = acting.issued(actor_for, paper.case_id)
    number = {p.id: p.number for p in (paper, other)}
    _sql(
        update(PAPER).where(PAPER.c.id == paper.id).values(number=9_999),
        update(PAPER).where(PAPER.c.id == other.id).values(number=number[paper.id]),
        update(PAPER).where(PAPER.c.id == paper.id).values(number=number[other.id]),
    )
    expected = [_of("document:numbered", p.id) + CHANGED for p in (paper, other)]
    assert sorted(_broken(app)) == sorted(expected)


def test_a_draft_set_to_issued_so_that_a_gate_opens(app, paper, actor_for):
    draft = acting.draft(actor_for, paper.case_id)
    assert acting.whole()
    _sql(update(PAPER).where(PAPER.c.id == draft.id).values(state="issued"))
    assert _broken(app) == ["stored data: documents numbered or issued that no entry tells of"]


@pytest.mark.parametrize("built", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize(
    "change",
    [
        "sealed_value SET sealed = 'rubbish'",
        "document SET sha256 = 'rubbish'",
        "document SET year = 'rubbish'",
    ],
)
def test_a_column_of_another_type_is_named(app, paper, change):
    _sql(text(f"UPDATE {change}"))
    lines = _broken(app)
    assert {line.split(": ", 1)[1] for line in lines} <= {LOST, CHANGED}
    assert lines
