"""Walking the ledger and saying where it is not what was written."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.ledger.findings import UNREADABLE, Finding, Problem
from app.ledger.form import GENESIS, LANES, Authenticate, entry_bytes, lane_bytes
from app.ledger.stored import Stored
from app.models import LedgerEntry, LedgerLane

BATCH = 1000


def verify(session: Session, authenticate: Authenticate) -> Iterator[Finding]:
    """Every broken place, lane by lane, in bounded memory; nothing when all is as it was written."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite reads one snapshot anyway
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    lanes = {lane.lane: lane for lane in session.scalars(select(LedgerLane))}
    stored = Stored(session)
    used = set(session.scalars(select(LedgerEntry.lane).distinct()))
    for number in sorted({*range(LANES), *lanes, *used}):
        lane = lanes.get(number)
        if number not in range(LANES):
            yield Finding(number, 0, Problem.LANE_UNKNOWN)
        elif lane is None:
            yield Finding(number, 0, Problem.LANE_MISSING)
        else:
            if not hmac.compare_digest(bytes(lane.mac), authenticate(lane_bytes(lane))):
                yield Finding(number, 0, Problem.LANE_FORGED)
            yield from _walk(session, lane, authenticate, stored)
    yield from stored.surplus()


def _walk(
    session: Session, lane: LedgerLane, authenticate: Authenticate, stored: Stored
) -> Iterator[Finding]:
    expected, previous = 1, GENESIS
    for page in _pages(session, lane.lane):
        genuine = []
        for counter, entry in page:
            if counter != expected:
                yield Finding(lane.lane, expected, Problem.ENTRY_MISSING)
            elif entry is not None and entry.previous != previous:
                yield Finding(lane.lane, counter, Problem.ORDER_BROKEN)
            if entry is None or not _genuine(entry, authenticate):
                yield Finding(lane.lane, counter, Problem.ENTRY_CHANGED)
            else:
                genuine.append(entry)
            expected, previous = counter + 1, entry.mac if entry is not None else b""
        yield from stored.compare(genuine)
    if expected - 1 < lane.count:
        yield Finding(lane.lane, expected, Problem.TAIL_MISSING)
    elif expected - 1 > lane.count:
        yield Finding(lane.lane, lane.count + 1, Problem.TAIL_ADDED)


def _genuine(entry: LedgerEntry, authenticate: Authenticate) -> bool:
    try:
        return hmac.compare_digest(entry.mac, authenticate(entry_bytes(entry)))
    except UNREADABLE:
        return False


def _pages(session: Session, lane: int) -> Iterator[list[tuple[int, LedgerEntry | None]]]:
    """Every row by its counter, a page at a time; None for a row whose columns cannot even be read."""
    query = select(LedgerEntry).where(LedgerEntry.lane == lane).order_by(LedgerEntry.counter).limit(BATCH)
    page = _page(session, query)
    while page:
        yield page
        after = page[-1][0]
        session.expunge_all()
        page = _page(session, query.where(LedgerEntry.counter > after))


def _page(session: Session, query: Select[tuple[LedgerEntry]]) -> list[tuple[int, LedgerEntry | None]]:
    try:
        return [(entry.counter, entry) for entry in session.scalars(query)]
    except UNREADABLE:
        counters = session.scalars(query.with_only_columns(LedgerEntry.counter)).all()
        return [(c, _row(session, query.where(LedgerEntry.counter == c))) for c in counters]


def _row(session: Session, query: Select[tuple[LedgerEntry]]) -> LedgerEntry | None:
    try:
        return session.scalars(query).one()
    except UNREADABLE:
        return None
