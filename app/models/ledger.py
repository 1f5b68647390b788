"""The ledger's rows; only `app.ledger` writes them, and never updates or deletes an entry."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class LedgerEntry(Base):
    """One act. `body` is canonical JSON of ids, codes, numbers and dates; `mac` covers every column and `previous`."""

    __tablename__ = "ledger_entry"

    lane: Mapped[int] = mapped_column(primary_key=True)
    counter: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(60))
    actor_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    channel: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[UUID | None]
    body: Mapped[str] = mapped_column(Text)
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))

    __table_args__ = (
        Index("ix_ledger_subject", "subject_id", "at", "lane", "counter"),
        Index("ix_ledger_unit", "unit_id", "at", "lane", "counter"),
    )


class LedgerLane(Base):
    """One of the chains entries are appended to: how many it holds and its head, authenticated."""

    __tablename__ = "ledger_lane"

    lane: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]
    head: Mapped[bytes] = mapped_column(LargeBinary(32))
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))
