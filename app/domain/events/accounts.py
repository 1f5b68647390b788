"""Entries about accounts, units and tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.errors import SubjectKind
from app.domain.events.event import CatalogueId, Event
from app.domain.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn(Event):
    """An account opened a session."""

    action = "account:signed_in"
    kind = SubjectKind.ACCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRefused(Event):
    """Wrong name or password (also when changing it), a disabled account, or too many attempts; no name is kept."""

    action = "account:sign_in_refused"
    kind = SubjectKind.ACCOUNT
    throttled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut(Event):
    """A session was closed by its owner."""

    action = "account:signed_out"
    kind = SubjectKind.ACCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(Event):
    """An account's password was replaced; `forced` by an administrator."""

    action = "account:password_changed"
    kind = SubjectKind.ACCOUNT
    forced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCreated(Event):
    """A new account with its role and unit."""

    action = "account:created"
    kind = SubjectKind.ACCOUNT
    role: CatalogueId
    unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanged(Event):
    """Role or standing of an account changed; it holds from the next request."""

    action = "account:changed"
    kind = SubjectKind.ACCOUNT
    role: CatalogueId
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsListed(Event):
    """Accounts and units were looked through."""

    action = "account:listed"
    kind = SubjectKind.ACCOUNT
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsRevoked(Event):
    """All sessions of an account were ended: these, and any other that had begun."""

    action = "account:sessions_revoked"
    kind = SubjectKind.ACCOUNT
    count: int
    sessions: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCreated(Event):
    """A unit was added."""

    action = "unit:created"
    kind = SubjectKind.UNIT


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIssued(Event):
    """A machine token was made for an account."""

    action = "token:issued"
    kind = SubjectKind.TOKEN
    account_id: UUID
    permissions: tuple[Permission, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRevoked(Event):
    """A machine token was ended."""

    action = "token:revoked"
    kind = SubjectKind.TOKEN
    account_id: UUID
