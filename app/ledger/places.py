"""Places of stored rows: their primary keys as the ledger tells them, as JSON keeps them, and for a query."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, LargeBinary, RowMapping, Table, Text, Uuid, cast, literal
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from app.ledger import cells


def columns_as_written(session: Session, table: Table, raw: RowMapping) -> dict[str, Any]:
    """The Python values of a row read raw; errors of `cells.value` unless the program wrote it."""
    dialect = session.get_bind().dialect
    return {column.name: cells.value(column, dialect, raw[column.name]) for column in table.columns}


def place_of(table: Table, raw: RowMapping) -> str:
    """A row's primary key as the ledger tells it: parts joined with "/"."""
    return "/".join(_key_text(column, raw[column.name]) for column in table.primary_key.columns)


def _key_text(column: Column[Any], value: Any) -> str:
    if isinstance(column.type, Uuid) and isinstance(value, str):
        try:
            return str(UUID(value))
        except ValueError:
            pass
    return value.hex() if isinstance(value, bytes) else str(value).encode(errors="backslashreplace").decode()


def kept(key: Any) -> Any:
    """A raw key as JSON can keep it."""
    return {"hex": key.hex()} if isinstance(key, bytes) else key if isinstance(key, int) else str(key)


def unkept(key: Any) -> ColumnElement[Any]:
    """Such a key for a query."""
    if isinstance(key, str) and not key.isprintable():  # perhaps not even UTF-8
        return cast(literal(key.encode(errors="surrogateescape"), LargeBinary), Text)
    return literal(bytes.fromhex(key["hex"]) if isinstance(key, dict) else key, NullType())


def typed(column: Column[Any], text: str) -> Any:
    """A part of a told place as its column's value; one that cannot be is compared as text."""
    kind = column.type.python_type
    try:
        return bytes.fromhex(text) if kind is bytes else kind(text)
    except ValueError:
        return literal(text, NullType())
