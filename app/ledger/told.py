"""What entries tell of one subject, for acts that decide by it; an entry whose own code does not hold is an alarm."""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, text
from sqlalchemy.orm import Session

from app.domain.errors import IntegrityBroken, SubjectKind
from app.ledger.append import current_ledger
from app.ledger.findings import UNREADABLE
from app.ledger.form import entry_bytes
from app.models import LedgerEntry
from app.models.ledger import FINAL

DAY = timedelta(days=1)
SKEW = timedelta(minutes=5)
"""How far the clocks of two machines may differ."""


def checked(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """The same entries; IntegrityBroken when one is not as the program wrote it."""
    found = list(entries)
    if not all(_genuine(entry) for entry in found):
        raise IntegrityBroken(SubjectKind.LEDGER, None)
    return found


def entries_about(session: Session, subject_id: UUID, actions: Collection[str] = ()) -> list[LedgerEntry]:
    """Every entry about a subject, or those of some actions, checked, oldest first."""
    query = select(LedgerEntry).where(LedgerEntry.subject_id == subject_id)
    if actions:
        query = query.where(LedgerEntry.action.in_(actions))
    return checked(session.scalars(query.order_by(LedgerEntry.at, LedgerEntry.lane, LedgerEntry.counter)))


def ended_for_good(session: Session, subject_ids: Iterable[UUID]) -> set[UUID]:
    """Those of which an entry, genuine or not, ever said that they were erased or revoked: one indexed query."""
    of = LedgerEntry.subject_id.in_(tuple(subject_ids))
    return {id_ for id_ in session.scalars(select(LedgerEntry.subject_id).where(of, text(FINAL))) if id_}


def session_ended(
    session: Session, account_id: UUID, session_id: UUID, began: datetime, *, own: str, every: str
) -> bool:
    """True when an entry ended this session (`own`), or every session of its account there was (`every`).

    Machines' clocks differ: an entry from about the time it began ends it only when it names it.
    """
    about = (LedgerEntry.subject_id == account_id, LedgerEntry.at >= began - DAY)
    this = and_(LedgerEntry.action == own, LedgerEntry.session_id == session_id)
    named = or_(LedgerEntry.at > began + SKEW, LedgerEntry.body.contains(str(session_id)))
    every_one = and_(LedgerEntry.action == every, named)
    query = select(LedgerEntry.counter).where(*about, or_(this, every_one)).limit(1)
    return session.scalar(query) is not None


def version_told(entry: LedgerEntry, table: str, place: str) -> int:
    """The version of a kept row that an entry tells of; 0 when it tells nothing of it."""
    items: list[list[Any]] = json.loads(entry.body).get("rows", {}).get(table, [])
    return max((version for row, version, _ in items if row == place), default=0)


def _genuine(entry: LedgerEntry) -> bool:
    try:
        return hmac.compare_digest(bytes(entry.mac), current_ledger().authenticate(entry_bytes(entry)))
    except UNREADABLE:
        return False
