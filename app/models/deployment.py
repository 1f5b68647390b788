"""Facts about this installation, and the memory that makes retried creates safe."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.errors import SubjectKind
from app.extensions import Base
from app.models.kept import Authentic, Kept


class Deployment(Kept, Base):
    """The one row that says what this database is; a demonstration never opens as production.

    `generation`: 1, and one more each time a restored database went on after losing sealed entries.
    """

    __tablename__ = "deployment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(String(20))
    generation: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class IdempotencyRecord(Authentic, Base):
    """A create already done: the same key and content gives the same result again.

    `fingerprint` is a keyed hash, so that it says nothing about the content.
    """

    __tablename__ = "idempotency_record"
    alarm = (SubjectKind.ACCOUNT, "account_id")

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    operation: Mapped[str] = mapped_column(String(40))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    result_id: Mapped[UUID]
    created_at: Mapped[datetime]
