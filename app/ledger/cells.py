"""Cells of a row: as bytes under its code, and as stored; both by the columns' declared types. See docs/crypto.md.

A stored cell is accepted only as the program itself would have written it. Two spellings of one value (a date in
another form, an identifier in capitals) are one value to a reader in Python and two to the database's own comparisons.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Dialect,
    Label,
    Select,
    Table,
    Text,
    Uuid,
    cast,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from app.extensions import Base, UtcDateTime
from app.ledger.form import canonical

CODE = "mac"
LONG = 64  # bytes; longer ones enter by their digest
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SPELT = (Uuid, UtcDateTime, Date, Boolean, JSON)
"""Types whose values could be spelt in more than one way."""

Encode = Callable[[Any], bytes]
Read = Callable[[Any], Any]


def row_bytes(table: str, columns: Mapping[str, Any]) -> bytes:
    """The bytes of a row: its table and every column but the code itself; columns that are NULL are left out.

    TypeError, ValueError or AttributeError for a value that is not of its column's type.
    """
    head, plan = _plan(table)
    parts = [head]
    for name, start, encode in plan:
        value = columns[name]
        if value is not None:
            parts += (start, encode(value))
    return b"".join(parts)


def rows(session: Session, table: Table) -> Select[Any]:
    """A query of every column as stored: one cell of a foreign type must not hide its neighbours."""
    if session.get_bind().dialect.name != "postgresql":
        return select(*map(raw, table.columns))
    texts = {c: cast(c, Text).label(c.name) for c in table.columns if isinstance(c.type, JSON)}
    return select(*(texts.get(column, raw(column)) for column in table.columns))


def raw(column: Column[Any]) -> Label[Any]:
    """A column as stored, for a query."""
    return type_coerce(column, NullType()).label(column.name)


def value(column: Column[Any], dialect: Dialect, cell: Any) -> Any:
    """The Python value of a cell read raw; TypeError, ValueError or AttributeError unless the program wrote it so."""
    if cell is None:
        return None
    read, write, kind = _spelling(column, dialect)
    found = read(cell)
    if type(found) is not kind:
        raise TypeError(column.name)
    if write is not None:
        again = write(found)
        if type(again) is not type(cell) or again != cell:
            raise ValueError(column.name)
    return found


@contextmanager
def any_text(session: Session) -> Iterator[None]:
    """While this lasts, text in SQLite that is not UTF-8 comes as text that fits no code, instead of as an error."""
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    connection: Any = session.connection().connection.dbapi_connection
    usual, connection.text_factory = connection.text_factory, _escaped
    try:
        yield
    finally:
        connection.text_factory = usual


@cache
def _plan(table: str) -> tuple[bytes, tuple[tuple[str, bytes, Encode], ...]]:
    columns = sorted((c for c in _table(table).columns if c.name != CODE), key=lambda column: column.name)
    head = b"benan/row/1\0" + _framed(table.encode(), 2)
    return head, tuple((c.name, *_encoding(c)) for c in columns)


def _encoding(column: Column[Any]) -> tuple[bytes, Encode]:
    name, encode = _framed(column.name.encode(), 2), _ENCODINGS[_kind(column)]
    return name + encode[0], encode[1]


@cache
def _spelling(column: Column[Any], dialect: Dialect) -> tuple[Read, Read | None, type]:
    """How a raw cell is read, how the program would have written it, and what it must be in Python."""
    if isinstance(column.type, JSON):
        return json.loads, json.dumps, list
    own = column.type.dialect_impl(dialect)
    read = own.result_processor(dialect, None) or _same
    write = (own.bind_processor(dialect) or _same) if isinstance(column.type, SPELT) else None
    return read, write, _kind(column)


def _kind(column: Column[Any]) -> type:
    return list if isinstance(column.type, JSON) else column.type.python_type


def _same(cell: Any) -> Any:
    return cell


def _escaped(stored: bytes) -> str:
    return stored.decode(errors="surrogateescape")


def _framed(content: bytes, width: int = 4) -> bytes:
    return len(content).to_bytes(width, "big") + content


def _instant(at: datetime) -> bytes:
    return ((at - EPOCH) // MICROSECOND).to_bytes(8, "big", signed=True)


def _truth(yes: bool) -> bytes:  # noqa: FBT001 - a cell
    if yes is True:
        return b"\1"
    if yes is False:
        return b"\0"
    raise TypeError


def _bytes(content: bytes) -> bytes:
    content = b"".join((content,))  # refuses numbers, of which bytes() would make that many zeros
    return b"\0" + _framed(content) if len(content) <= LONG else b"\1" + sha256(content).digest()


_ENCODINGS: Mapping[type, tuple[bytes, Encode]] = {
    UUID: (b"u", lambda v: v.bytes),
    datetime: (b"t", _instant),
    date: (b"d", lambda v: v.toordinal().to_bytes(4, "big")),
    bool: (b"b", _truth),
    int: (b"i", lambda v: v.to_bytes(8, "big", signed=True)),
    str: (b"s", lambda v: _framed(v.encode())),
    bytes: (b"x", _bytes),
    list: (b"j", lambda v: _framed(canonical(v))),
}


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
