"""Cursor pages: bounded, stable while rows are added, and the cursor says nothing but a place."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.domain.errors import Invalid
from app.domain.text import N_, Message
from app.extensions import db

T = TypeVar("T")
MAX_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the cursor of the next page (None at the end)."""

    items: tuple[T, ...]
    next_cursor: str | None


def read_page(
    query: Select[tuple[T]],
    order: tuple[InstrumentedAttribute[Any], ...],
    cursor: str | None,
    limit: int,
    *,
    descending: bool = False,
) -> Page[T]:
    """One page of `query` in `order` (the last column must be unique); `limit` 1..100."""
    limit = max(1, min(limit, MAX_LIMIT))
    if cursor:
        here, place = tuple_(*order), tuple_(*_decode(cursor, order))
        query = query.where(here < place if descending else here > place)
    query = query.order_by(*(column.desc() if descending else column for column in order)).limit(limit + 1)
    rows = tuple(db.session.scalars(query))
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return Page(rows[:limit], _encode([getattr(last, c.key) for c in order]) if more else None)


def _encode(place: list[Any]) -> str:
    marked = [
        ["t", v.isoformat()]
        if isinstance(v, datetime)
        else ["u", str(v)]
        if isinstance(v, UUID)
        else ["i", v]
        for v in place
    ]
    return base64.urlsafe_b64encode(json.dumps(marked, separators=(",", ":")).encode()).decode().rstrip("=")


def _decode(cursor: str, order: tuple[InstrumentedAttribute[Any], ...]) -> list[Any]:
    try:
        marked = json.loads(
            base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        )
        place = [_value(kind, value) for kind, value in marked]
        if [type(value) for value in place] != [_kept_as(column) for column in order]:
            raise ValueError(cursor)
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error, RecursionError):
        raise Invalid(
            {"cursor": [Message(N_("This page mark is not valid. Start from the first page."))]}
        ) from None
    return place


def _kept_as(column: InstrumentedAttribute[Any]) -> type[Any]:
    """The Python type of a column, also behind a type of our own."""
    kind: type[Any] = getattr(column.type, "impl_instance", column.type).python_type
    return kind


def _value(kind: str, value: Any) -> Any:
    match kind:
        case "t":
            instant = datetime.fromisoformat(value)
            if instant.tzinfo is None:
                raise ValueError(kind)
            return instant.astimezone(UTC)
        case "u":
            return UUID(value)
        case "i" if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**62:
            return value
        case _:
            raise ValueError(kind)
