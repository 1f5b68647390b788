"""Walking the ledger and saying where it is not what was written."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.events import ReportLogged, SectionWritten
from app.ledger.form import GENESIS, LANES, Authenticate, entry_bytes, lane_bytes
from app.models import LedgerEntry, LedgerLane, SealedValue

BATCH = 1000
SEALING = frozenset({SectionWritten.action, ReportLogged.action})
"""Entries that hold the SHA-256 of the sealed bytes they speak of."""


UNREADABLE = (ValueError, TypeError, AttributeError)
"""What a column of another type raises; SQLite stores any type in any column."""


class Problem(StrEnum):
    """What is wrong at a place."""

    LANE_MISSING = "lane missing"
    LANE_FORGED = "lane head forged"
    LANE_UNKNOWN = "lane unknown"
    ENTRY_MISSING = "entry missing"
    ENTRY_CHANGED = "entry changed or forged"
    ORDER_BROKEN = "entry does not follow the one before it"
    TAIL_MISSING = "entries missing at the end"
    TAIL_ADDED = "entries added after the end"
    VALUE_LOST = "the sealed value written then is missing or changed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken place; `counter` 0 means the lane itself."""

    lane: int
    counter: int
    problem: Problem


def verify(session: Session, authenticate: Authenticate) -> Iterator[Finding]:
    """Every broken place, lane by lane, in bounded memory; nothing when the ledger is whole."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite reads one snapshot anyway
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    lanes = {lane.lane: lane for lane in session.scalars(select(LedgerLane))}
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
            yield from _walk(session, lane, authenticate)


def _walk(session: Session, lane: LedgerLane, authenticate: Authenticate) -> Iterator[Finding]:
    expected, previous = 1, GENESIS
    for counter, entry in _entries(session, lane.lane):
        if counter != expected:
            yield Finding(lane.lane, expected, Problem.ENTRY_MISSING)
        elif entry is not None and entry.previous != previous:
            yield Finding(lane.lane, counter, Problem.ORDER_BROKEN)
        if entry is None or not _genuine(entry, authenticate):
            yield Finding(lane.lane, counter, Problem.ENTRY_CHANGED)
        elif not _value_kept(session, entry):
            yield Finding(lane.lane, counter, Problem.VALUE_LOST)
        expected, previous = counter + 1, entry.mac if entry is not None else b""
    if expected - 1 < lane.count:
        yield Finding(lane.lane, expected, Problem.TAIL_MISSING)
    elif expected - 1 > lane.count:
        yield Finding(lane.lane, lane.count + 1, Problem.TAIL_ADDED)


def _genuine(entry: LedgerEntry, authenticate: Authenticate) -> bool:
    try:
        return hmac.compare_digest(entry.mac, authenticate(entry_bytes(entry)))
    except UNREADABLE:
        return False


def _value_kept(session: Session, entry: LedgerEntry) -> bool:
    """False when the sealed value whose digest the entry holds is no longer stored as it was."""
    if entry.action not in SEALING:
        return True
    said = json.loads(entry.body)
    name, version = said.get("section", "report"), said.get("version", 1)
    sealed = session.scalar(
        select(SealedValue.sealed).where(
            SealedValue.subject_id == entry.subject_id,
            SealedValue.name == name,
            SealedValue.version == version,
        )
    )
    return sealed is not None and sha256(sealed).hexdigest() == said["digest"]


def _entries(session: Session, lane: int) -> Iterator[tuple[int, LedgerEntry | None]]:
    """Every row by its counter; None for a row whose columns cannot even be read."""
    query = select(LedgerEntry).where(LedgerEntry.lane == lane).order_by(LedgerEntry.counter).limit(BATCH)
    page = _page(session, query)
    while page:
        yield from page
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
