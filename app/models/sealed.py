"""Every ciphertext of the system, the wrapped keys that open it, and the tags it is found by."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.kept import Authentic, Kept


class DataKey(Kept, Base):
    """A data key of one case or report, wrapped by a root key of the key store.

    There is one for each branch; `number` counts their renewals from 1. `wrapped` is None once it was destroyed.
    """

    __tablename__ = "data_key"

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    branch: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root_key_id: Mapped[str] = mapped_column(String(40))
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_data_key_root", "root_key_id", "owner_id", "branch", "number"),)


class SealedValue(Authentic, Base):
    """One sealed value, append-only: the highest version is the present one.

    `owner_id`, `branch`, `key_number`: the data key that opens it; `subject_id`: what it belongs to (the
    case itself, or a document, approval or handover of the case). `revision` counts its sealings: 1, and one more
    each time it was sealed again under a renewed key.
    """

    __tablename__ = "sealed_value"

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner_id: Mapped[UUID]
    branch: Mapped[str] = mapped_column(String(10))
    key_number: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    written_at: Mapped[datetime]
    written_by: Mapped[UUID]

    __table_args__ = (
        ForeignKeyConstraint(
            ("owner_id", "branch", "key_number"),
            ("data_key.owner_id", "data_key.branch", "data_key.number"),
            name="fk_sealed_value_data_key",
        ),
        ForeignKeyConstraint(("written_by",), ("account.id",), name="fk_sealed_value_written_by_account"),
        Index("ix_sealed_value_key", "owner_id", "branch", "key_number"),
    )


class SearchTag(Base):
    """A tag by which a case or report is found: meaningless without the index key, and never twice the same.

    `kind`: a code of app.search.TermKind; `pointer`: who it points to, sealed under a key only the term gives.
    """

    __tablename__ = "search_tag"

    tag: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    kind: Mapped[int] = mapped_column(SmallInteger)
    pointer: Mapped[bytes] = mapped_column(LargeBinary)
