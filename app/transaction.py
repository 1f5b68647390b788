"""One commit per use case, and never one without a ledger entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.domain.actor import Actor
from app.domain.errors import (
    AccessRefused,
    Conflict,
    Forbidden,
    IntegrityBroken,
    Invalid,
    SecondPersonRequired,
)
from app.domain.events import AccessDenied, Event, IntegrityAlarm
from app.domain.text import N_, Message
from app.extensions import db, now
from app.ledger import current_ledger, forget

CHANGED_MEANWHILE = Message(
    N_("Somebody else changed this in the meantime. Nothing of yours was lost: compare and send again.")
)


class UnrecordedTransaction(RuntimeError):
    """A use case tried to commit without a ledger entry: a programming error, so nothing was committed."""


class Transaction:
    """What a use case holds while it works: one instant, and the entries to be written."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.now: datetime = now()
        self.events: list[Event] = []
        self.attempts: list[Event] = []

    def record(self, event: Event) -> None:
        """Add an entry; it is committed together with the act, before anything is returned."""
        self.events.append(event)

    def attempt(self, event: Event) -> None:
        """Add an entry that stays even if the act is refused afterwards: sealed values were opened to decide it."""
        self.attempts.append(event)


@contextmanager
def transaction(actor: Actor) -> Iterator[Transaction]:
    """Run one use case: commit once at the end with its entries, or leave nothing behind.

    A denial, a broken seal, or a refusal that opened sealed values is rolled back and recorded in a
    commit of its own, then raised.
    Raises Conflict when somebody else changed the same rows first.
    """
    session = db.session
    if session().in_transaction():
        raise RuntimeError("a use case is already running; transactions do not nest")
    tx = Transaction(actor)
    try:
        _begin()
        yield tx
        if not tx.events:
            raise UnrecordedTransaction
        session.flush()
        current_ledger().append(session(), actor, tx.events, tx.now)
        session.commit()
        current_ledger().committed(session())
    except (AccessRefused, IntegrityBroken) as error:
        session.rollback()
        _record(actor, [*tx.attempts, _refusal(error)])
        raise
    except (Invalid, Conflict):
        session.rollback()
        _record(actor, tx.attempts)
        raise
    except (StaleDataError, IntegrityError) as error:
        session.rollback()
        raise Conflict(CHANGED_MEANWHILE) from error
    except BaseException:
        session.rollback()
        raise


def _begin() -> None:
    # SQLite must take its write lock at once: a read that later writes fails with SQLITE_BUSY_SNAPSHOT.
    db.session.expunge_all()  # a use case reads the database, never what an earlier one left in memory
    forget(db.session())
    db.session.connection(execution_options={"benan_writes": True})


def _refusal(error: AccessRefused | IntegrityBroken) -> Event:
    if isinstance(error, IntegrityBroken):
        return IntegrityAlarm(subject_id=error.subject_id, subject=error.kind)
    return AccessDenied(
        subject_id=error.subject_id,
        subject=error.kind,
        permission=error.permission,
        visible=isinstance(error, (Forbidden, SecondPersonRequired)),
    )


def _record(actor: Actor, events: Sequence[Event]) -> None:
    if not events:
        return
    _begin()
    current_ledger().append(db.session(), actor, events, now())
    db.session.commit()
    current_ledger().committed(db.session())
