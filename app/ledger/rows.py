"""Rows that tell when they were changed behind the program's back: their codes, and what the ledger tells of them.

Every `Authentic` row carries a keyed code over all its columns, made as it is flushed and checked as it is
loaded. Of every `Kept` row a transaction touched, its last entry tells number and SHA-256, so that an
older row with its genuine older code is found as well.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Table, event
from sqlalchemy.orm import Session, class_mapper
from sqlalchemy.orm.attributes import instance_state

from app.domain.errors import IntegrityBroken
from app.extensions import Base
from app.ledger.cells import row_bytes
from app.ledger.findings import UNREADABLE
from app.models import Authentic, Kept

KEY = "benan.rows"
BESIDE = "benan.rows.beside"
PART = "benan.row_key"


def columns_of(row: Authentic) -> Mapping[str, Any]:
    """The row's columns as they stand in memory."""
    names, known = _names(_table(row)), row.__dict__
    if known.keys() >= names:
        return known
    return {name: getattr(row, name) for name in names}


def genuine(row: Authentic) -> bool:
    """True when the row's code fits; what a forger left in a column of another type does not."""
    try:
        return hmac.compare_digest(row.mac, row_code(_table(row), columns_of(row)))
    except UNREADABLE:
        return False


def row_code(table: str, columns: Mapping[str, Any]) -> bytes:
    """The code of a row: HMAC-SHA-256 of its bytes, 32 bytes."""
    return hmac.digest(_key(), row_bytes(table, columns), "sha256")


def row_digest(table: str, columns: Mapping[str, Any]) -> str:
    """What the ledger tells of a row: hex SHA-256 of its bytes."""
    return sha256(row_bytes(table, columns)).hexdigest()


def row_id(row: Kept) -> str:
    """The row's primary key as text, parts joined with "/"."""
    return "/".join(str(part) for part in class_mapper(type(row)).primary_key_from_instance(row))


def forget(session: Session) -> None:
    """Begin with nothing told."""
    session.info.pop(KEY, None)
    session.info.pop(BESIDE, None)


def told(session: Session) -> dict[str, list[list[Any]]]:
    """For each table the rows this transaction made or changed: [id, version, digest]."""
    rows: dict[str, list[list[Any]]] = {}
    for row, version in _touched(session).values():
        if row in session and row.version == version:  # a savepoint rolled back takes its changes along
            item = [row_id(row), row.version, row_digest(_table(row), columns_of(row))]
            rows.setdefault(_table(row), []).append(item)
    for table, item in session.info.get(BESIDE, ()):
        rows.setdefault(table, []).append(item)
    return rows


def tell(session: Session, table: str, place: str, columns: Mapping[str, Any]) -> None:
    """Have the running transaction tell of a kept row that was written beside the session."""
    item = [place, columns["version"], row_digest(table, columns)]
    session.info.setdefault(BESIDE, []).append((table, item))


def _touched(session: Session) -> dict[int, tuple[Kept, int]]:
    rows: dict[int, tuple[Kept, int]] = session.info.setdefault(KEY, {})
    return rows


def _number(session: Session, row: Kept) -> None:
    touched = _touched(session)
    _, told_version = touched.get(id(row), (row, None))
    if told_version != row.version:
        row.version += 1
        touched[id(row)] = (row, row.version)


def _before_flush(session: Session, _context: Any, _instances: Any) -> None:
    changed = [row for row in session.dirty if isinstance(row, Authentic) and session.is_modified(row)]
    fresh = [row for row in session.new if isinstance(row, Authentic)]
    for row in fresh:
        _fill_defaults(row)
    for row in (*fresh, *changed):
        if isinstance(row, Kept):
            _number(session, row)
        row.mac = row_code(_table(row), columns_of(row))


def _fill_defaults(row: Authentic) -> None:
    # The code covers every column, so a default must be known before the database is asked.
    mapper = class_mapper(type(row))
    for column in mapper.columns:
        if getattr(row, column.name) is None and column.default is not None:
            default: Any = column.default
            setattr(row, column.name, default.arg(None) if default.is_callable else default.arg)


def _on_load(row: Authentic, *_context: Any) -> None:
    if row.alarm is None or "benan.key_store" not in current_app.extensions:
        return
    if instance_state(row).modified:  # refreshed after a savepoint: memory is ahead of what is stored
        return
    if not genuine(row):
        kind, attribute = row.alarm
        about = getattr(row, attribute)
        raise IntegrityBroken(kind, about if isinstance(about, UUID) else None)


@cache
def _names(table: str) -> frozenset[str]:
    """The names of the columns; every attribute is named as its column."""
    return frozenset(column.name for column in Base.metadata.tables[table].columns)


def _table(row: Authentic) -> str:
    name: str = type(row).__tablename__  # type: ignore[attr-defined]
    return name


def _key() -> bytes:
    """The key of row codes, made from the key store's and kept: a token could not be asked for every row of a list."""
    parts = current_app.extensions
    store = parts["benan.key_store"]
    known: tuple[Any, bytes] | None = parts.get(PART)
    if known is None or known[0] is not store:
        parts[PART] = known = (store, store.authenticate("row", b"benan/row-key/1"))
    return known[1]


def listen() -> None:
    """Fill codes at every flush and check them at every load, in every session of the program."""
    if event.contains(Session, "before_flush", _before_flush):
        return
    event.listen(Session, "before_flush", _before_flush)
    event.listen(Authentic, "load", _on_load, propagate=True)
    event.listen(Authentic, "refresh", _on_load, propagate=True)


def every_table() -> Iterator[type[Authentic]]:
    """All tables whose rows carry a code, by name."""
    kinds = (mapper.class_ for mapper in Base.registry.mappers)
    yield from sorted((k for k in kinds if issubclass(k, Authentic)), key=_name)


def table_of(kind: type[Authentic]) -> Table:
    """The table whose rows are of that kind."""
    table: Table = kind.__table__  # type: ignore[attr-defined]
    return table


def _name(kind: type[Authentic]) -> str:
    return table_of(kind).name
