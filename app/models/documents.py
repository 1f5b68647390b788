"""Documents, the unit's yearly registers, handovers and attachments."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.errors import SubjectKind
from app.extensions import Base
from app.models.kept import Kept


class Document(Kept, Base):
    """A paper of a case. Form, frozen content and PDF are sealed values named "form", "content", "pdf".

    `check_code` is printed with its QR image on the paper: an opaque code, nothing about a person.
    """

    __tablename__ = "document"
    alarm = (SubjectKind.CASE, "case_id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    type_id: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(20))
    check_code: Mapped[str] = mapped_column(String(20), unique=True)
    created_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    register: Mapped[str | None] = mapped_column(String(30))
    year: Mapped[int | None]
    number: Mapped[int | None]
    symbol: Mapped[str | None] = mapped_column(String(60))
    numbered_at: Mapped[datetime | None]
    issued_at: Mapped[datetime | None]
    issued_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    pages: Mapped[int | None]
    size: Mapped[int | None]
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))

    __table_args__ = (Index("uq_document_number", "unit_id", "register", "year", "number", unique=True),)


class RegisterCounter(Kept, Base):
    """The last number given in a unit's register in a year (NĐ 30/2020 art. 15)."""

    __tablename__ = "register_counter"
    alarm = (SubjectKind.UNIT, "unit_id")

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    register: Mapped[str] = mapped_column(String(30), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Handover(Kept, Base):
    """A case offered to another unit: what goes over, and what the receiver said. Reasons are sealed values."""

    __tablename__ = "handover"
    alarm = (SubjectKind.CASE, "case_id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    from_unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    to_unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    sections: Mapped[list[str]] = mapped_column(JSON)
    document_ids: Mapped[list[str]] = mapped_column(JSON)
    offered_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    offered_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]


class Attachment(Kept, Base):
    """A scan, photograph or recording of a case; its bytes are one sealed file outside the database.

    Name and note are the sealed value "label". `media_type` as told by the content; `size` in bytes before
    sealing, padded; `sha256` of the sealed file. `removed_at`: when its file was destroyed.
    """

    __tablename__ = "attachment"
    alarm = (SubjectKind.CASE, "case_id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    branch: Mapped[str] = mapped_column(String(10))
    key_number: Mapped[int]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
