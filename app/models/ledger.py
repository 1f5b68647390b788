"""The ledger's rows; only `app.ledger` writes them, and never updates or deletes an entry."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base

FINAL = "action IN ('case:erased', 'report:erased', 'token:revoked')"
"""The acts that end something for good: whoever opens it asks for them, whatever its own row says."""


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
        Index("ix_ledger_actor", "actor_id", "action", "at"),
        Index("ix_ledger_final", "subject_id", postgresql_where=text(FINAL), sqlite_where=text(FINAL)),
    )


class LedgerLane(Base):
    """One of the chains entries are appended to: how many it holds and its head, authenticated."""

    __tablename__ = "ledger_lane"

    lane: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]
    head: Mapped[bytes] = mapped_column(LargeBinary(32))
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))


class LedgerLeaf(Base):
    """The place an entry got in the Merkle tree when it was sealed: 0, 1, 2 ..."""

    __tablename__ = "ledger_leaf"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    lane: Mapped[int] = mapped_column(SmallInteger)
    counter: Mapped[int]

    __table_args__ = (Index("uq_ledger_leaf_entry", "lane", "counter", unique=True),)


class LedgerTile(Base):
    """Up to 256 neighbouring hashes of the Merkle tree, 32 bytes each (C2SP tlog-tiles); the last of a level grows."""

    __tablename__ = "ledger_tile"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerCheckpoint(Base):
    """A signed checkpoint as published, so that machines can ask for it; what counts are the copies outside."""

    __tablename__ = "ledger_checkpoint"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[datetime]
