"""Recognising an account: browser sessions and machine tokens. Bookkeeping of its own, outside use cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.catalogue.roles import ROLES
from app.config import Settings
from app.domain.actor import Actor, Channel
from app.domain.errors import IntegrityBroken, SubjectKind
from app.domain.events import SessionsRevoked, SignedOut
from app.domain.permissions import Permission
from app.extensions import db, now, part
from app.ledger.findings import UNREADABLE
from app.ledger.told import ended_for_good, session_ended
from app.models import Account, ApiToken, Unit, WebSession
from app.vault import new_token, token_digest

TOUCH_EVERY = timedelta(minutes=1)
ANONYMOUS_LIFE = timedelta(hours=1)
TOKEN_MARK = "benan_"  # noqa: S105 - a recognisable prefix for secret scanners, not a secret


@dataclass(frozen=True, slots=True)
class Principal:
    """A recognised account for this request: what the screen shows, and the actor it acts as."""

    account_id: UUID
    username: str
    display_name: str
    unit_name: str
    must_change_password: bool
    actor: Actor


@dataclass(slots=True)
class StoredSession:
    """A live browser session as found; `account_id` is None before sign-in."""

    id: UUID
    account_id: UUID | None
    state: dict[str, Any]
    seen_at: datetime


def find_session(token: str) -> StoredSession | None:
    """The live session of this cookie value; None when unknown, idle too long, expired or revoked.

    The ledger is asked, too: an earlier row that was put back opens nothing that was ended since.
    IntegrityBroken when its row is not as the program left it.
    """
    settings: Settings = part("settings")
    row = _row(token)
    if row is None or row.revoked_at is not None or row.expires_at <= now():
        return None
    if row.account_id is not None and row.seen_at + settings.session_idle <= now():
        return None
    if row.account_id is not None and _ended(row, row.account_id):
        return None
    return StoredSession(row.id, row.account_id, json.loads(row.state), row.seen_at)


def expired_owner(token: str) -> UUID | None:
    """Whose session this was, when it ran out of time (not when it was revoked): their typing may be kept."""
    row = _row(token)
    return None if row is None or row.revoked_at is not None else row.account_id


def begin_session(account_id: UUID | None, state: dict[str, Any]) -> tuple[UUID, str]:
    """A new session and its cookie value, which is not stored."""
    settings: Settings = part("settings")
    token, instant = new_token(), now()
    life = settings.session_absolute if account_id else ANONYMOUS_LIFE
    row = WebSession(
        id=uuid4(),
        token_digest=token_digest(token),
        account_id=account_id,
        created_at=instant,
        seen_at=instant,
        expires_at=instant + life,
        state=json.dumps(state),
    )
    with Session(db.engine) as session:
        session.execute(
            delete(WebSession).where(WebSession.account_id.is_(None), WebSession.expires_at < instant)
        )
        session.add(row)
        session.commit()
        return row.id, token


def save_session(session_id: UUID, state: dict[str, Any], *, changed: bool, seen_at: datetime) -> None:
    """Keep changed state, and note once a minute that the session is in use."""
    instant = now()
    if not changed and instant - seen_at < TOUCH_EVERY:
        return
    with Session(db.engine) as session:
        session.connection(execution_options={"benan_writes": True})
        row = session.get(WebSession, session_id, with_for_update=True)
        if row is not None:
            row.state, row.seen_at = json.dumps(state), instant
            session.commit()


def end_session(session_id: UUID) -> None:
    """Revoke one session."""
    with Session(db.engine) as session:
        session.connection(execution_options={"benan_writes": True})
        row = session.get(WebSession, session_id, with_for_update=True)
        if row is not None:
            row.revoked_at = now()
            session.commit()


def end_sessions(account_id: UUID, at: datetime) -> tuple[UUID, ...]:
    """Revoke every session of an account, in the running transaction; which they were."""
    live = select(WebSession).where(
        WebSession.account_id == account_id, WebSession.revoked_at.is_(None), WebSession.expires_at > at
    )
    rows = db.session.scalars(live.with_for_update()).all()
    for row in rows:
        row.revoked_at = at
    return tuple(row.id for row in rows)


def end_tokens(account_id: UUID, at: datetime) -> tuple[UUID, ...]:
    """Revoke every live machine token of an account, in the running transaction; which they were."""
    live = (
        select(ApiToken)
        .where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > at)
        .order_by(ApiToken.created_at, ApiToken.id)
    )
    tokens = db.session.scalars(live).all()
    for token in tokens:
        token.revoked_at = at
    return tuple(token.id for token in tokens)


def principal_of_session(stored: StoredSession, source: str) -> Principal | None:
    """The account behind a session as it stands now: rights withdrawn a moment ago are gone.

    IntegrityBroken when its row is not as the program left it.
    """
    if stored.account_id is None:
        return None
    with readable(), Session(db.engine) as session:
        row = session.execute(_account(stored.account_id)).first()
    return None if row is None else _principal(row[0], row[1], Channel.WEB, source, stored.id, None)


def principal_of_token(token: str, source: str) -> Principal | None:
    """The account behind a bearer token, with no more than the token's rights; None when it does not hold.

    IntegrityBroken when the row of either is not as the program left it.
    """
    if not token.startswith(TOKEN_MARK):
        return None
    with readable(), Session(db.engine) as session:
        found = session.scalar(select(ApiToken).where(ApiToken.token_digest == token_digest(token)))
        if found is None or found.revoked_at is not None or found.expires_at <= now():
            return None
        if ended_for_good(session, (found.id,)):
            return None
        row = session.execute(_account(found.account_id)).first()
    if row is None:
        return None
    granted = frozenset(Permission(p) for p in found.permissions.split())
    return _principal(row[0], row[1], Channel.API, source, found.id, granted)


def _ended(row: WebSession, account_id: UUID) -> bool:
    with readable(), Session(db.engine) as session:
        return session_ended(
            session, account_id, row.id, row.created_at, own=SignedOut.action, every=SessionsRevoked.action
        )


def _row(token: str) -> WebSession | None:
    with readable(), Session(db.engine) as session:
        return session.scalar(select(WebSession).where(WebSession.token_digest == token_digest(token)))


@contextmanager
def readable() -> Iterator[None]:
    """A cell of another type, which SQLite stores, is as good as a forged one: IntegrityBroken."""
    try:
        yield
    except UNREADABLE:
        raise IntegrityBroken(SubjectKind.ACCOUNT, None) from None


def _account(account_id: UUID) -> Any:
    return (
        select(Account, Unit.name)
        .join(Unit, Unit.id == Account.unit_id)
        .where(Account.id == account_id, Account.active)
    )


def _principal(
    account: Account,
    unit_name: str,
    channel: Channel,
    source: str,
    session_id: UUID,
    granted: frozenset[Permission] | None,
) -> Principal:
    role = ROLES[account.role_id]
    permissions = role.permissions if granted is None else role.permissions & granted
    return Principal(
        account_id=account.id,
        username=account.username,
        display_name=account.display_name,
        unit_name=unit_name,
        must_change_password=account.must_change_password,
        actor=Actor(account.id, account.unit_id, role, permissions, channel, source, session_id),
    )
