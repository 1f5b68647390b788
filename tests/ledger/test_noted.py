"""The last entry of a transaction names what was sealed in it: all of it, and nothing that was not written."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from uuid import uuid4

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import records
from app.domain.events import CasesListed, CaseViewed
from app.extensions import db
from app.ledger import deep
from app.models import SealedValue
from app.transaction import transaction
from tests.services import acting
from tests.services.acting import body, entries


def _seal(tx, subject, name):
    return records.write(subject, name, {"x": name}, tx.actor.id, tx.now)


def _names(entry):
    return [v["name"] for v in body(entry).get("sealed", [])]


@pytest.fixture
def subject(ctx):
    """A subject without keys and values."""
    return records.Subject.case(uuid4())


def test_the_last_entry_names_every_value_with_its_digest(subject, actor_for):
    with transaction(actor_for("minh")) as tx:
        tx.record(CasesListed(count=1))
        _seal(tx, subject, "one")
        _seal(tx, subject, "one")
        tx.record(CaseViewed(subject_id=subject.owner_id))
    (first, last) = entries(action="case:listed")[-1], entries(action="case:viewed")[0]
    assert "sealed" not in body(first)
    with Session(db.engine) as session:
        kept = session.scalars(select(SealedValue).order_by(SealedValue.version)).all()
    assert body(last)["sealed"] == [
        {
            "subject": str(subject.subject_id),
            "name": "one",
            "version": version,
            "digest": sha256(value.sealed).hexdigest(),
        }
        for version, value in enumerate(kept, start=1)
    ]
    assert len(kept) == 2


def test_what_a_savepoint_took_back_is_not_named(subject, actor_for):
    def half_done():
        with db.session.begin_nested():
            _seal(tx, subject, "taken_back")
            raise ZeroDivisionError

    with transaction(actor_for("minh")) as tx:
        _seal(tx, subject, "before")
        with pytest.raises(ZeroDivisionError):
            half_done()
        _seal(tx, subject, "after")
        tx.record(CaseViewed(subject_id=subject.owner_id))
    assert _names(entries(action="case:viewed")[0]) == ["before", "after"]
    assert acting.whole()


def test_what_a_savepoint_kept_is_named(subject, actor_for):
    with transaction(actor_for("minh")) as tx:
        with db.session.begin_nested():
            _seal(tx, subject, "kept")
        tx.record(CaseViewed(subject_id=subject.owner_id))
    assert _names(entries(action="case:viewed")[0]) == ["kept"]
    assert acting.whole()


def test_neither_a_rollback_nor_an_earlier_transaction_leaves_names_behind(subject, actor_for):
    def half_done():
        with transaction(actor_for("minh")) as tx:
            _seal(tx, subject, "undone")
            raise ZeroDivisionError

    with transaction(actor_for("minh")) as tx:
        _seal(tx, subject, "done")
        tx.record(CasesListed(count=2))
    with pytest.raises(ZeroDivisionError):
        half_done()
    with transaction(actor_for("minh")) as tx:
        tx.record(CaseViewed(subject_id=subject.owner_id))
    assert _names(entries(action="case:viewed")[0]) == []
    assert acting.whole()


def test_a_batch_loses_nothing(subject, actor_for, monkeypatch):
    for _ in range(3):
        with transaction(actor_for("minh")) as tx:
            for number in range(5):
                _seal(tx, subject, f"n{number}")
            tx.record(CaseViewed(subject_id=subject.owner_id))
    monkeypatch.setattr(deep, "BATCH", 2)
    assert acting.whole()
    with db.engine.begin() as connection:
        connection.execute(delete(SealedValue).where(SealedValue.name == "n3", SealedValue.version == 2))
    assert [line for line in acting.findings() if "/n3/2 missing" in line]


def test_verifying_while_others_seal_gives_no_false_alarm(app, subject, actor_for):
    actor, stop = actor_for("minh"), threading.Event()
    with transaction(actor) as tx:  # the first value makes the key; a real file is locked while it is written
        _seal(tx, subject, "first")
        tx.record(CaseViewed(subject_id=subject.owner_id))

    def keep_sealing():
        while not stop.is_set():
            with app.app_context():
                with transaction(actor) as tx:
                    _seal(tx, subject, f"n{threading.get_ident()}"[:60])
                    tx.record(CaseViewed(subject_id=subject.owner_id))
                db.session.remove()

    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(keep_sealing) for _ in range(3)]
        try:
            found = []
            for _ in range(3):
                found += acting.findings()
        finally:
            stop.set()
        for writer in writers:
            writer.result()
    assert found == []
