"""One commit per use case, and never one without a ledger entry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.domain.actor import Actor
from app.domain.errors import (
    AccessRefused,
    BenAnError,
    Conflict,
    Forbidden,
    IntegrityBroken,
    SecondPersonRequired,
)
from app.domain.events import AccessDenied, Event, IntegrityAlarm
from app.domain.text import N_, Message
from app.extensions import db, now
from app.ledger import current_ledger

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

    def record(self, event: Event) -> None:
        """Add an entry; it is committed together with the act, before anything is returned."""
        self.events.append(event)


@contextmanager
def transaction(actor: Actor) -> Iterator[Transaction]:
    """Run one use case: commit once at the end with its entries, or leave nothing behind.

    A denial or a broken seal is rolled back and recorded in a commit of its own, then raised.
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
    except (AccessRefused, IntegrityBroken) as error:
        session.rollback()
        _record_refusal(actor, error)
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
    db.session.connection(execution_options={"benan_writes": True})


def _record_refusal(actor: Actor, error: BenAnError) -> None:
    event: Event
    match error:
        case IntegrityBroken():
            event = IntegrityAlarm(subject_id=error.subject_id, subject=error.kind)
        case AccessRefused():
            event = AccessDenied(
                subject_id=error.subject_id,
                subject=error.kind,
                permission=error.permission,
                visible=isinstance(error, (Forbidden, SecondPersonRequired)),
            )
        case _:
            raise TypeError(type(error))
    _begin()
    current_ledger().append(db.session(), actor, [event], now())
    db.session.commit()
