"""Signing in and out, changing one's password; throttled per account and per source."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.actor import USERNAME, Actor
from app.domain.errors import Conflict, IntegrityBroken, Invalid, SignInFailed, Throttled
from app.domain.events import PasswordChanged, SessionsRevoked, SignedIn, SignedOut, SignInRefused
from app.domain.text import N_, Message
from app.extensions import db, now, part
from app.models import Account, SignInThrottle
from app.sessions import end_sessions, readable
from app.transaction import CHANGED_MEANWHILE, Transaction, transaction
from app.vault import current_vault, hash_password, verify_password
from app.vault.passwords import MAX_LENGTH, MIN_LENGTH

WINDOW = timedelta(minutes=15)
Keys = tuple[tuple[bytes, int], tuple[bytes, int]]
"""Account and source, always in this order: each throttle's key and how many failures it allows."""


def sign_in(actor: Actor, username: str, password: str) -> Account:
    """The account of this name and password; `actor` is anonymous and carries the source address.

    Raises SignInFailed, or Throttled after too many failures of the account or the source.
    """
    keys = _keys(username, actor.source)
    found, wait = _found(actor, username, keys)
    stored = found.password_hash if found and found.active else None
    account = found if not wait and verify_password(password, stored) else None
    with transaction(actor) as tx:
        wait = wait or _judge(tx, keys, right=account is not None)
        if account is None or wait:
            tx.record(SignInRefused(throttled=bool(wait)))
        else:
            tx.record(SignedIn(subject_id=account.id))
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
    """Replace one's own password; every session of the account ends, the edge begins a new one.

    Raises Invalid; Throttled after too many wrong passwords, here and at sign-in together; Conflict when
    the account was changed meanwhile.
    """
    with Session(db.engine) as session:
        seen = session.get_one(Account, actor.id)
        keys = _keys(seen.username, actor.source)
        wait = _wait(session, keys)
    _check_password(present, wanted, seen.username)  # first: its answer must not depend on the present one
    right = not wait and verify_password(present, seen.password_hash)
    replacement = hash_password(wanted) if right else ""
    with transaction(actor) as tx:
        wait = wait or _judge(tx, keys, right=right)
        if right and not wait:
            _replace(tx, seen, replacement)
        else:
            tx.record(SignInRefused(subject_id=actor.id, throttled=bool(wait)))
    if wait:
        raise Throttled(wait)
    if not right:
        raise Invalid({"present": [Message(N_("The present password is wrong."))]})
    return seen.id


def _found(actor: Actor, username: str, keys: Keys) -> tuple[Account | None, int]:
    """The account of this name and how long it must wait; the costly comparison comes after, holding no lock."""
    try:
        with readable(), Session(db.engine) as session:
            wait, found = _wait(session, keys), None
            if USERNAME.match(username):  # PostgreSQL breaks on a NUL, which no name holds
                found = session.scalar(select(Account).where(Account.username == username))
            return found, wait
    except IntegrityBroken as broken:  # a forged account, found before the use case began
        with transaction(actor):
            raise broken from None


def _replace(tx: Transaction, seen: Account, replacement: str) -> None:
    account = db.session.get_one(Account, seen.id)
    if account.version != seen.version:
        raise Conflict(CHANGED_MEANWHILE)
    account.password_hash, account.must_change_password = replacement, False
    sessions = end_sessions(account.id, tx.now)
    tx.record(PasswordChanged(subject_id=account.id, forced=False))
    tx.record(SessionsRevoked(subject_id=account.id, count=len(sessions), sessions=sessions))


def _check_password(present: str, wanted: str, username: str) -> None:
    if not MIN_LENGTH <= len(wanted) <= MAX_LENGTH:
        message = Message(
            N_("Use %(least)s to %(most)s characters; several words are easy to remember."),
            {"least": MIN_LENGTH, "most": MAX_LENGTH},
        )
        raise Invalid({"wanted": [message]})
    if wanted == present or username in wanted.lower() or len(set(wanted)) < 5:
        raise Invalid({"wanted": [Message(N_("Choose another password: this one is too easy to guess."))]})


def _keys(username: str, source: str) -> Keys:
    settings: Settings = part("settings")
    vault = current_vault()
    return (
        (vault.lookup_digest(b"sign-in-account", username.encode()), settings.sign_in_failures),
        (vault.lookup_digest(b"sign-in-source", source.encode()), settings.source_failures),
    )


def _wait(session: Session, keys: Keys) -> int:
    return max(_blocked_for(session.get(SignInThrottle, key), now()) for key, _ in keys)


def _blocked_for(row: SignInThrottle | None, instant: datetime) -> int:
    if row is None or row.blocked_until is None or row.blocked_until <= instant:
        return 0
    return int((row.blocked_until - instant).total_seconds()) + 1


def _judge(tx: Transaction, keys: Keys, *, right: bool) -> int:
    """Count an attempt under the locks of its throttles; the seconds to wait when they block by now.

    A blocked attempt is neither counted nor may its result be told: guesses that were compared at the same
    moment get no more answers than guesses made one by one.
    """
    if not right:
        for key, _ in keys:
            _begin(key, tx.now)
    rows = [db.session.get(SignInThrottle, key, with_for_update=True) for key, _ in keys]
    wait = max(_blocked_for(row, tx.now) for row in rows)
    if right and not wait and rows[0]:
        rows[0].failures = 0
    if not right and not wait:
        for row, (_, limit) in zip(rows, keys, strict=True):
            _count(row, limit, tx.now)
    return wait


def _begin(key: bytes, instant: datetime) -> None:
    if db.session.get(SignInThrottle, key) is None:
        with suppress(IntegrityError), db.session.begin_nested():  # another may begin it at this moment
            db.session.add(SignInThrottle(key=key, failures=0, first_at=instant, blocked_until=None))


def _count(row: SignInThrottle | None, limit: int, instant: datetime) -> None:
    settings: Settings = part("settings")
    if row is None:
        raise LookupError("sign-in throttle")
    if row.first_at + WINDOW < instant:
        row.failures, row.first_at = 0, instant
    row.failures += 1
    if row.failures >= limit:
        row.failures, row.first_at, row.blocked_until = 0, instant, instant + settings.sign_in_block
