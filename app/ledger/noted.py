"""Which sealed values the running transaction wrote, so that its last entry names each with its digest."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from app.ledger import rows, tags
from app.models import SealedValue

KEY = "benan.sealed"


def forget(session: Session) -> None:
    """Begin with nothing noted, of values, rows or search tags."""
    session.info.pop(KEY, None)
    rows.forget(session)
    tags.forget(session)


def note(session: Session, value: SealedValue) -> None:
    """Remember a value just written."""
    session.info.setdefault(KEY, []).append(value)


def noted(session: Session) -> list[dict[str, Any]]:
    """Subject, name, version and SHA-256 of the sealed bytes of each value written and not rolled back."""
    return [
        item(value)
        for value in session.info.get(KEY, ())
        if value in session  # a savepoint rolled back takes its rows out of the session again
    ]


def item(value: SealedValue) -> dict[str, Any]:
    """Subject, name, version and SHA-256 of one value; its revision once it was sealed again."""
    told = {
        "subject": str(value.subject_id),
        "name": value.name,
        "version": value.version,
        "digest": sha256(value.sealed).hexdigest(),
    }
    return told if value.revision == 1 else {**told, "revision": value.revision}
