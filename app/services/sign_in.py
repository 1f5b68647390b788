"""Signing in and out, changing one's password; throttled per account and per source."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.actor import Actor
from app.domain.errors import Invalid, SignInFailed, Throttled
from app.domain.events import PasswordChanged, SignedIn, SignedOut, SignInRefused
from app.domain.text import N_, Message
from app.extensions import db, now, part
from app.models import Account, SignInThrottle
from app.sessions import end_sessions
from app.transaction import Transaction, transaction
from app.vault import current_vault, hash_password, verify_password
from app.vault.passwords import MAX_LENGTH, MIN_LENGTH

WINDOW = timedelta(minutes=15)


def sign_in(actor: Actor, username: str, password: str) -> Account:
    """The account of this name and password; `actor` is anonymous and carries the source address.

    Raises SignInFailed, or Throttled after too many failures of the account or the source.
    """
    keys = _keys(username, actor.source)
    with Session(
        db.engine
    ) as session:  # the costly comparison happens outside the transaction, holding no lock
        wait = max(_blocked_for(session, key) for key, _ in keys)
        found = session.scalar(select(Account).where(Account.username == username))
    stored = found.password_hash if found and found.active else None
    account = found if not wait and verify_password(password, stored) else None
    with transaction(actor) as tx:
        if account is None:
            tx.record(SignInRefused(throttled=bool(wait)))
        else:
            tx.record(SignedIn(subject_id=account.id))
        if not wait:
            _count(tx, keys, failed=account is None)
    if wait:
        raise Throttled(wait)
    if account is None:
        raise SignInFailed
    return account


def sign_out(actor: Actor) -> None:
    """Record that a session was closed; the edge forgets it."""
    with transaction(actor) as tx:
        tx.record(SignedOut(subject_id=actor.id))


def change_password(actor: Actor, present: str, wanted: str) -> UUID:
    """Replace one's own password; every session of the account ends, the edge begins a new one."""
    with transaction(actor) as tx:
        account = db.session.get_one(Account, actor.id)
        if not verify_password(present, account.password_hash):
            raise Invalid({"present": [Message(N_("The present password is wrong."))]})
        _check_password(present, wanted, account.username)
        account.password_hash, account.must_change_password = hash_password(wanted), False
        end_sessions(account.id, tx.now)
        tx.record(PasswordChanged(subject_id=account.id, forced=False))
    return account.id


def _check_password(present: str, wanted: str, username: str) -> None:
    if not MIN_LENGTH <= len(wanted) <= MAX_LENGTH:
        message = Message(
            N_("Use %(least)s to %(most)s characters; several words are easy to remember."),
            {"least": MIN_LENGTH, "most": MAX_LENGTH},
        )
        raise Invalid({"wanted": [message]})
    if wanted == present or username in wanted.lower() or len(set(wanted)) < 5:
        raise Invalid({"wanted": [Message(N_("Choose another password: this one is too easy to guess."))]})


def _keys(username: str, source: str) -> tuple[tuple[bytes, int], tuple[bytes, int]]:
    settings: Settings = part("settings")
    vault = current_vault()
    return (
        (vault.lookup_digest(b"sign-in-account", username.encode()), settings.sign_in_failures),
        (vault.lookup_digest(b"sign-in-source", source.encode()), settings.source_failures),
    )


def _blocked_for(session: Session, key: bytes) -> int:
    row = session.get(SignInThrottle, key)
    if row is None or row.blocked_until is None or row.blocked_until <= now():
        return 0
    return int((row.blocked_until - now()).total_seconds()) + 1


def _count(tx: Transaction, keys: tuple[tuple[bytes, int], ...], *, failed: bool) -> None:
    settings: Settings = part("settings")
    if not failed:
        account_row = db.session.get(SignInThrottle, keys[0][0])
        if account_row is not None:
            db.session.delete(account_row)
        return
    for key, limit in keys:
        row = db.session.get(SignInThrottle, key, with_for_update=True)
        if row is None or _stale(row, tx.now):
            row = db.session.merge(SignInThrottle(key=key, failures=0, first_at=tx.now, blocked_until=None))
        row.failures += 1
        if row.failures >= limit:
            row.failures, row.first_at, row.blocked_until = 0, tx.now, tx.now + settings.sign_in_block


def _stale(row: SignInThrottle, instant: datetime) -> bool:
    return row.first_at + WINDOW < instant
