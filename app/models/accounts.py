"""Units, accounts and the ways an account is recognised."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.errors import SubjectKind
from app.extensions import Base
from app.models.kept import Authentic, Kept


class Unit(Kept, Base):
    """A police unit, or a partner that receives files. `symbol` closes a document number: 07/BB-PC02."""

    __tablename__ = "unit"
    alarm = (SubjectKind.UNIT, "id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    parent_name: Mapped[str] = mapped_column(String(200))
    symbol: Mapped[str] = mapped_column(String(30), unique=True)
    place_name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))


class Account(Kept, Base):
    """One person's account. Staff data only; nothing about people in the files."""

    __tablename__ = "account"
    alarm = (SubjectKind.ACCOUNT, "id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    rank: Mapped[str] = mapped_column(String(100), default="")
    position: Mapped[str] = mapped_column(String(100), default="")
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    role_id: Mapped[str] = mapped_column(String(40))
    password_hash: Mapped[str] = mapped_column(String(300))
    must_change_password: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class WebSession(Authentic, Base):
    """A browser's session; only the SHA-256 of its identifier is stored."""

    __tablename__ = "web_session"
    alarm = (SubjectKind.ACCOUNT, "account_id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(Text, default="{}")


class ApiToken(Kept, Base):
    """A machine's bearer token acting for an account with fewer rights; stored hashed."""

    __tablename__ = "api_token"
    alarm = (SubjectKind.TOKEN, "id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(100))
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    permissions: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInThrottle(Base):
    """Failed sign-ins of one account or one source, keyed by a keyed hash of its name."""

    __tablename__ = "sign_in_throttle"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    failures: Mapped[int]
    first_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
