"""What the ledger costs: writers side by side with and without it, and verification beside bare SHA-256."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from statistics import median
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import records
from app.domain.events import CasesListed
from app.extensions import db, now
from app.ledger import current_ledger, verify
from app.ledger.form import entry_bytes
from app.models import LedgerEntry
from app.transaction import transaction
from benchmarks.databases import VARIANTS, Databases
from benchmarks.line import Line
from benchmarks.office import Office
from benchmarks.plain import PlainLedger

WITH, WITHOUT = VARIANTS
WRITERS = (1, 4, 8)
WRITES = 48  # of one round, over all writers
PER_TRANSACTION = 50  # entries, when a ledger is filled to be verified


def measure(databases: Databases, *, rounds: int = 5, entries: int = 10_000) -> list[Line]:
    """Appends by 1, 4 and 8 writers beside the same writes without a ledger; verification beside SHA-256."""
    offices = {v: Office(databases.folder / v, databases.urls[v]) for v in VARIANTS}
    try:
        for office in offices.values():
            office.move_in()
        offices[WITHOUT].app.extensions["benan.ledger"] = PlainLedger()
        lines = [_appends(offices, writers, rounds) for writers in WRITERS]
        return [*lines, _verification(offices[WITH], entries)]
    finally:
        for office in offices.values():
            office.close()


def _appends(offices: dict[str, Office], writers: int, rounds: int) -> Line:
    seconds: dict[str, list[float]] = {WITH: [], WITHOUT: []}
    for number in range(rounds + 1):
        for variant in VARIANTS if number % 2 else reversed(VARIANTS):
            spent = _write(offices[variant], writers)
            if number:  # the first round warms caches and is not counted
                seconds[variant].append(spent)
    ratio = median(a / b for a, b in zip(seconds[WITH], seconds[WITHOUT], strict=True))
    rates = {v: WRITES / median(s) for v, s in seconds.items()}
    return Line(f"sealed writes, {writers} writing at once", rates[WITH], rates[WITHOUT], ratio)


def _write(office: Office, writers: int) -> float:
    def work(count: int) -> None:
        with office.app.app_context():
            for _ in range(count):
                with transaction(office.actors["case_officer"]) as tx:
                    subject = records.Subject.case(uuid4())
                    records.write(subject, "identity", {"x": "y" * 500}, tx.actor.id, now())
                    tx.record(CasesListed(count=1))
            db.session.remove()

    with ThreadPoolExecutor(writers) as pool:
        began = time.perf_counter()
        list(pool.map(work, [WRITES // writers] * writers))
        return time.perf_counter() - began


def _verification(office: Office, entries: int) -> Line:
    with office.app.app_context():
        for _ in range(entries // PER_TRANSACTION):
            with transaction(office.actors["case_officer"]) as tx:
                for number in range(PER_TRANSACTION):
                    tx.record(CasesListed(count=number))
        db.session.remove()
        with Session(db.engine) as session:
            leaves = [entry_bytes(e) for e in session.scalars(select(LedgerEntry))]
            session.rollback()
            began = time.process_time()
            broken = list(verify(session, current_ledger().authenticate))
            spent = time.process_time() - began
        assert not broken, broken[:3]
        began = time.process_time()
        for leaf in leaves:
            sha256(leaf).digest()
        floor = time.process_time() - began
    return Line(
        "ledger verify, entries / bare SHA-256", len(leaves) / spent, len(leaves) / floor, spent / floor
    )
