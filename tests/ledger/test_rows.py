"""Rows carry a code and a number of their own; the last entry of a transaction tells of every one it touched."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.domain.errors import IntegrityBroken
from app.domain.events import CasesListed
from app.extensions import db
from app.ledger.rows import columns_of, every_table, genuine, row_digest, row_id
from app.models import Authentic, Case, IdempotencyRecord, Kept, RegisterCounter, Stay, Unit
from app.transaction import transaction
from tests.conftest import StillClock
from tests.services import acting

BOOKKEEPING = {
    "alembic_version",
    "sign_in_throttle",
    "ledger_entry",
    "ledger_lane",
    "ledger_leaf",
    "ledger_tile",
}
BESIDE = BOOKKEEPING | {"ledger_checkpoint", "search_tag"}  # the tree and the tags have checks of their own


@pytest.fixture(autouse=True)
def ticking(monkeypatch):
    """Every act has an instant of its own, so that the last entry is the last on whichever lane it lies."""
    monkeypatch.setattr(StillClock, "__call__", lambda clock: clock.forward(seconds=1))


def _unit(**changes):
    names = {"name": f"Đơn vị {uuid4()} (hư cấu)", "symbol": uuid4().hex[:20], **changes}
    return Unit(id=uuid4(), parent_name="Công an tỉnh Bến An", place_name="Bến An", kind="police", **names)


def _told():
    return acting.body(acting.entries()[-1]).get("rows", {})


def _stored(kind, *key):
    with Session(db.engine) as session:
        return session.get_one(kind, *key)


def test_every_table_is_authentic_or_named_here():
    tables = {mapper.local_table.name for mapper in db.Model.registry.mappers}
    assert tables - {kind.__tablename__ for kind in every_table()} <= BESIDE
    assert {kind.__tablename__ for kind in every_table() if not issubclass(kind, Kept)} == {
        "sealed_value",
        "web_session",
        IdempotencyRecord.__tablename__,
    } & {kind.__tablename__ for kind in every_table()}


def test_a_new_row_is_told_with_its_digest_and_its_defaults(ctx, actor_for):
    unit = _unit()
    with transaction(actor_for("quan")) as tx:
        db.session.add(RegisterCounter(unit_id=actor_for("quan").unit_id, register="BB", year=2026, last=0))
        db.session.add(unit)
        tx.record(CasesListed(count=1))
    kept = _stored(Unit, unit.id)
    assert (kept.version, genuine(kept)) == (1, True)
    assert _told()["unit"] == [[str(unit.id), 1, row_digest("unit", columns_of(kept))]]
    assert _told()["register_counter"][0][0] == f"{actor_for('quan').unit_id}/BB/2026"
    assert row_id(kept) == str(unit.id)
    assert acting.whole()


def test_a_row_flushed_often_in_one_transaction_is_one_version(ctx, actor_for):
    unit = _unit()
    with transaction(actor_for("quan")) as tx:
        db.session.add(unit)
        for place in ("Một", "Hai", "Ba"):
            unit.place_name = place
            db.session.flush()
        tx.record(CasesListed(count=1))
    assert [item[1] for item in _told()["unit"]] == [1]
    with transaction(actor_for("quan")) as tx:
        db.session.get_one(Unit, unit.id).place_name = "Bốn"
        tx.record(CasesListed(count=1))
    assert [item[1] for item in _told()["unit"]] == [2]
    assert acting.whole()


def test_a_row_touched_without_a_change_is_still_a_version(ctx, actor_for):
    unit = _unit()
    with transaction(actor_for("quan")) as tx:
        db.session.add(unit)
        tx.record(CasesListed(count=1))
    with transaction(actor_for("quan")) as tx:
        flag_modified(db.session.get_one(Unit, unit.id), "name")
        tx.record(CasesListed(count=1))
    assert _stored(Unit, unit.id).version == 2
    assert acting.whole()


def test_a_savepoint_rolled_back_takes_its_version_along(ctx, actor_for):
    unit = _unit()
    with transaction(actor_for("quan")) as tx:
        db.session.add(unit)
        tx.record(CasesListed(count=1))

    def half_done(row):
        with db.session.begin_nested():
            row.place_name = "Bỏ"
            db.session.flush()
            raise ZeroDivisionError

    with transaction(actor_for("quan")) as tx:
        row = db.session.get_one(Unit, unit.id)
        with pytest.raises(ZeroDivisionError):
            half_done(row)
        tx.record(CasesListed(count=1))
    assert "unit" not in _told()
    with transaction(actor_for("quan")) as tx:
        row = db.session.get_one(Unit, unit.id)
        with pytest.raises(ZeroDivisionError):
            half_done(row)
        row.place_name = "Giữ"
        tx.record(CasesListed(count=1))
    assert [item[1] for item in _told()["unit"]] == [2]
    assert _stored(Unit, unit.id).place_name == "Giữ"
    assert acting.whole()


def test_a_changed_row_is_not_even_loaded(ctx, actor_for):
    case_id = acting.case(actor_for)
    with db.engine.begin() as connection:
        connection.execute(
            update(Stay.__table__).where(Stay.case_id == case_id).values(stage_id="transferring")
        )
    with Session(db.engine) as session, pytest.raises(IntegrityBroken) as alarm:
        session.scalars(select(Stay).where(Stay.case_id == case_id)).all()
    assert alarm.value.subject_id == case_id


@pytest.mark.parametrize("kind", [k for k in every_table() if k.alarm is not None], ids=lambda k: k.__name__)
def test_every_alarm_names_an_attribute_that_holds_an_id(kind: type[Authentic]):
    _, attribute = kind.alarm
    assert hasattr(kind, attribute)


def test_a_code_copied_from_another_row_does_not_fit(ctx, actor_for):
    one, other = acting.case(actor_for), acting.case(actor_for)
    table = Case.__table__
    with db.engine.begin() as connection:
        row = dict(connection.execute(select(table).where(table.c.id == other)).one()._mapping)
        values = {k: v for k, v in row.items() if k not in ("id", "code")}
        connection.execute(update(table).where(table.c.id == one).values(values))
    assert f"stored data: case_file {one} changed or forged" in acting.findings()
