"""The bytes of an entry and of a lane head: what is authenticated, and how. See docs/ledger.md."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from typing import Any

from sqlalchemy import Row

from app.models import LedgerEntry, LedgerLane

LANES = 8
GENESIS = bytes(32)
ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
Authenticate = Callable[[bytes], bytes]


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: one form for one content (the values are ids, numbers, dates)."""
    return ENCODER.encode(value).encode()


def entry_bytes(entry: LedgerEntry | Row[Any]) -> bytes:
    """Every column of the entry except its code, `previous` included."""
    return b"benan/ledger-entry/1\0" + canonical(
        {
            "lane": entry.lane,
            "counter": entry.counter,
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "action": entry.action,
            "actor_id": _text(entry.actor_id),
            "unit_id": _text(entry.unit_id),
            "session_id": _text(entry.session_id),
            "channel": entry.channel,
            "source": entry.source,
            "subject_kind": entry.subject_kind,
            "subject_id": _text(entry.subject_id),
            "body": entry.body,
            "previous": bytes(entry.previous).hex(),
        }
    )


def lane_bytes(lane: LedgerLane) -> bytes:
    """The lane's number, length and head."""
    head = bytes(lane.head).hex()
    return b"benan/ledger-lane/1\0" + canonical({"lane": lane.lane, "count": lane.count, "head": head})


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
