"""Retry-safe creates: the same key and content gives the first result, other content is a conflict."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.domain.actor import Actor
from app.domain.errors import Conflict
from app.domain.text import N_, Message
from app.extensions import db
from app.models import IdempotencyRecord
from app.vault import current_vault

OTHER_CONTENT = Message(
    N_("This request key was already used for other content. Use a new key for a new request.")
)


def earlier_result(actor: Actor, operation: str, key: str | None, content: Any) -> UUID | None:
    """What this account already created under this key, or None; Conflict when the content differs."""
    if not key:
        return None
    digest = _digest(actor, key)
    if (
        db.engine.dialect.name == "postgresql"
    ):  # the same request sent twice at once: the second waits for the first
        db.session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(digest[:8], "big", signed=True))))
    found = db.session.get(IdempotencyRecord, (actor.id, digest))
    if found is None:
        return None
    if found.operation != operation or bytes(found.fingerprint) != _fingerprint(operation, content):
        raise Conflict(OTHER_CONTENT)
    return found.result_id


def remember(
    actor: Actor, operation: str, key: str | None, content: Any, result_id: UUID, at: datetime
) -> None:
    """Keep the result for a retry; in the same commit as the create itself."""
    if not key:
        return
    db.session.add(
        IdempotencyRecord(
            account_id=actor.id,
            key=_digest(actor, key),
            operation=operation,
            fingerprint=_fingerprint(operation, content),
            result_id=result_id,
            created_at=at,
        )
    )


def _digest(actor: Actor, key: str) -> bytes:
    return current_vault().lookup_digest(b"idempotency-key", actor.id.bytes, key.encode())


def _fingerprint(operation: str, content: Any) -> bytes:
    encoded = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()
    return current_vault().lookup_digest(b"idempotency-content", operation.encode(), encoded)
