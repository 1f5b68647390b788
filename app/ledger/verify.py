"""Walking the ledger and saying where it is not what was written."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Row, Select, Table, select
from sqlalchemy.orm import Session

from app.ledger.cells import any_text
from app.ledger.findings import UNREADABLE, Finding, Problem
from app.ledger.form import GENESIS, LANES, Authenticate, entry_bytes, lane_bytes
from app.ledger.spelling import misspelt
from app.models import LedgerCheckpoint, LedgerEntry, LedgerLane, LedgerLeaf, LedgerTile

BATCH = 1000
ENTRY: Table = LedgerEntry.__table__  # type: ignore[assignment]
LANE: Table = LedgerLane.__table__  # type: ignore[assignment]
TREE: tuple[Table, ...] = tuple(kind.__table__ for kind in (LedgerLeaf, LedgerTile, LedgerCheckpoint))  # type: ignore[misc]


def verify(session: Session, authenticate: Authenticate) -> Iterator[Finding]:
    """Every broken place, lane by lane, in bounded memory; nothing when all is as it was written."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite reads one snapshot anyway
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    with any_text(session):
        for lane, counter in misspelt(session, ENTRY):
            yield Finding(lane, counter, Problem.ENTRY_CHANGED)
        for table in TREE:
            for key in misspelt(session, table):
                yield Finding(None, 0, Problem.NOT_AS_SEALED, f"{table.name} {'/'.join(map(str, key))}")
        forged = {lane for (lane,) in misspelt(session, LANE)}
        for number in sorted(forged, key=str):
            yield Finding(number, 0, Problem.LANE_FORGED)
        yield from _lanes(session, authenticate, forged)


def _lanes(session: Session, authenticate: Authenticate, forged: Collection[int]) -> Iterator[Finding]:
    lanes = {lane.lane: lane for lane in session.scalars(select(LedgerLane))}
    used = set(session.scalars(select(LedgerEntry.lane).distinct()))
    known = (number for number in {*range(LANES), *lanes, *used} if isinstance(number, int))
    for number in sorted(set(known).difference(forged)):
        lane = lanes.get(number)
        if number not in range(LANES):
            yield Finding(number, 0, Problem.LANE_UNKNOWN)
        elif lane is None:
            yield Finding(number, 0, Problem.LANE_MISSING)
        else:
            if not hmac.compare_digest(lane.mac, authenticate(lane_bytes(lane))):
                yield Finding(number, 0, Problem.LANE_FORGED)
            yield from _walk(session, lane, authenticate)


def _walk(session: Session, lane: LedgerLane, authenticate: Authenticate) -> Iterator[Finding]:
    expected, previous = 1, GENESIS
    for page in _pages(session, lane.lane):
        for counter, entry in page:
            if counter != expected:
                yield Finding(lane.lane, expected, Problem.ENTRY_MISSING)
            elif entry is not None and entry.previous != previous:
                yield Finding(lane.lane, counter, Problem.ORDER_BROKEN)
            if entry is None or not genuine_entry(entry, authenticate):
                yield Finding(lane.lane, counter, Problem.ENTRY_CHANGED)
            expected, previous = counter + 1, entry.mac if entry is not None else b""
    if expected - 1 < lane.count:
        yield Finding(lane.lane, expected, Problem.TAIL_MISSING)
    elif expected - 1 > lane.count:
        yield Finding(lane.lane, lane.count + 1, Problem.TAIL_ADDED)


def genuine_entry(entry: Row[Any], authenticate: Authenticate) -> bool:
    """True when the entry's code fits what is stored."""
    try:
        return hmac.compare_digest(entry.mac, authenticate(entry_bytes(entry)))
    except UNREADABLE:
        return False


def _pages(session: Session, lane: int) -> Iterator[list[tuple[int, Row[Any] | None]]]:
    """Every row by its counter, a page at a time; None for a row whose columns cannot even be read."""
    # Rows, not entities: nothing is remembered, and it is twice as fast.
    query = select(*ENTRY.columns).where(LedgerEntry.lane == lane).order_by(LedgerEntry.counter).limit(BATCH)
    page = read_page(session, query)
    while page:
        yield [line for line in page if type(line[0]) is int]  # a counter of another type is told of already
        full = len(page) == BATCH
        page = read_page(session, query.where(LedgerEntry.counter > page[-1][0])) if full else []


def read_page(session: Session, query: Select[Any]) -> list[tuple[int, Row[Any] | None]]:
    """Entries by their counters, of a query of every column; None for one whose columns cannot be read."""
    try:
        return [(entry.counter, entry) for entry in session.execute(query)]
    except UNREADABLE:
        counters = session.scalars(query.with_only_columns(LedgerEntry.counter)).all()
        return [(c, _row(session, query.where(LedgerEntry.counter == c))) for c in counters]


def _row(session: Session, query: Select[Any]) -> Row[Any] | None:
    try:
        return session.execute(query).one()
    except UNREADABLE:
        return None
