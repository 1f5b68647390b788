"""The ledger's health, cheap enough for every start and every minute; `verify` is what looks at every entry."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.ledger.behind import Known, behind, outside_lost
from app.ledger.findings import NOT_READ, Finding, Problem
from app.ledger.form import GENESIS, LANES, lane_bytes
from app.ledger.log import Log
from app.ledger.seal import sealed_counts
from app.models import LedgerCheckpoint, LedgerEntry, LedgerLane, LedgerLeaf

STOPPING = frozenset(
    {
        Problem.BEHIND_TIDE,
        Problem.BEHIND_OUTSIDE,
        Problem.OTHER_ROOT,
        Problem.TIDE_BROKEN,
        Problem.CHECKPOINT_FORGED,
        Problem.OUTSIDE_LOST,
        Problem.UNREADABLE,
    }
)
"""With one of these the program serves nobody."""
LONGEST_WAIT = timedelta(minutes=5)  # from an entry to its seal
SKEW = timedelta(minutes=1)  # between the clocks of machines
RIGHTS = text(
    "SELECT bool_or(pg_has_role(current_user, relowner, 'USAGE') OR has_table_privilege(oid, 'UPDATE') "
    "OR has_table_privilege(oid, 'DELETE') OR has_table_privilege(oid, 'TRUNCATE') "
    "OR has_any_column_privilege(oid, 'UPDATE')) FROM pg_class WHERE oid = ANY (ARRAY["
    "'ledger_entry'::regclass, 'ledger_leaf'::regclass, 'ledger_checkpoint'::regclass])"
)


def health(session: Session, log: Log, known: Known, now: datetime) -> Iterator[Finding]:
    """Everything that needs an operator; nothing when all is well. `known` was read before `session` began."""
    for look in (
        behind(session, log, known),
        outside_lost(session, log, known),
        _lanes(session, log),
        _tree(session),
        _waiting(session, now),
        _clock(session, known, now),
    ):
        try:
            yield from look
        except NOT_READ:
            session.rollback()
            yield Finding(None, 0, Problem.UNREADABLE)
    if session.get_bind().dialect.name == "postgresql" and session.scalar(RIGHTS):
        yield Finding(None, 0, Problem.ROLE_MAY_CHANGE)


def _lanes(session: Session, log: Log) -> Iterator[Finding]:
    """The lanes' codes, and that each ends with the entry it says."""
    for number in range(LANES):
        try:
            lane = session.get(LedgerLane, number)
            if lane is None:
                yield Finding(number, 0, Problem.LANE_MISSING)
                continue
            if not hmac.compare_digest(bytes(lane.mac), log.authenticate(lane_bytes(lane))):
                yield Finding(number, 0, Problem.LANE_FORGED)
            query = select(LedgerEntry.counter, LedgerEntry.mac).where(LedgerEntry.lane == number)
            last = session.execute(query.order_by(LedgerEntry.counter.desc()).limit(1)).one_or_none()
            count, head = (last.counter, last.mac) if last else (0, GENESIS)
        except NOT_READ:
            yield Finding(number, 0, Problem.LANE_FORGED)
            continue
        if count < lane.count:
            yield Finding(number, count + 1, Problem.TAIL_MISSING)
        elif count > lane.count:
            yield Finding(number, lane.count + 1, Problem.TAIL_ADDED)
        elif head != lane.head:
            yield Finding(number, count, Problem.ENTRY_CHANGED)


def _tree(session: Session) -> Iterator[Finding]:
    last = session.scalar(select(func.max(LedgerLeaf.position)))
    size = session.scalar(select(func.max(LedgerCheckpoint.size))) or 0
    if {sum(sealed_counts(session).values()), 0 if last is None else last + 1} != {size}:
        yield Finding(None, 0, Problem.TREE_BROKEN)


def _waiting(session: Session, now: datetime) -> Iterator[Finding]:
    """How many entries are not in the tree yet, when the oldest has waited too long."""
    sealed = sealed_counts(session)
    waiting = sum(session.scalars(select(LedgerLane.count))) - sum(sealed.values())
    oldest = None
    for lane, count in sealed.items():
        next_one = (LedgerEntry.lane == lane, LedgerEntry.counter == count + 1)
        at = session.scalar(select(LedgerEntry.at).where(*next_one))
        oldest = min(at, oldest or at) if at else oldest
    if oldest and oldest < now - LONGEST_WAIT:
        place = f"{waiting} entries, the oldest of {oldest:%Y-%m-%d %H:%M} UTC,"
        yield Finding(None, 0, Problem.UNSEALED, place)


def _clock(session: Session, known: Known, now: datetime) -> Iterator[Finding]:
    """What is dated later than the clock shows now."""
    for lane in range(LANES):
        query = select(LedgerEntry.at).where(LedgerEntry.lane == lane)
        at = session.scalar(query.order_by(LedgerEntry.counter.desc()).limit(1))
        if at and at > now + SKEW:
            yield Finding(lane, 0, Problem.CLOCK_BEHIND, "the last entry")
    if known.newest and known.newest.at > now + SKEW:
        yield Finding(None, 0, Problem.CLOCK_BEHIND, "the last checkpoint outside")
