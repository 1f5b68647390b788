"""Cells that SQLite stores in a form the program would not have written, found by one query; see `app.ledger.cells`.

PostgreSQL keeps one form of every value, so nothing is asked there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Date, Row, Table, Uuid, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from app.extensions import UtcDateTime
from app.ledger.cells import raw

DIGIT = "[0-9]"
DAY = "-".join((DIGIT * 4, DIGIT * 2, DIGIT * 2))
INSTANT = f"{DAY} {':'.join((DIGIT * 2,) * 3)}.{DIGIT * 6}"
STORED = {int: "integer", str: "text", bytes: "blob"}


def misspelt(session: Session, table: Table) -> Iterator[Row[Any]]:
    """The primary keys, as stored, of rows with a cell in another form or of another type."""
    if session.get_bind().dialect.name != "sqlite":
        return
    wrong = [and_(raw(column).is_not(None), not_(_form(column))) for column in table.columns]
    yield from session.execute(select(*map(raw, table.primary_key.columns)).where(or_(*wrong)))


def _form(column: Column[Any]) -> ColumnElement[bool]:
    cell = raw(column).element
    match column.type:
        case Uuid():
            return and_(func.length(cell) == 32, not_(cell.op("GLOB")("*[^0-9a-f]*")), _stored(cell, str))
        case UtcDateTime():
            return and_(cell.op("GLOB")(INSTANT), _stored(cell, str))
        case Date():
            return and_(cell.op("GLOB")(DAY), _stored(cell, str))
        case Boolean():
            return and_(cell.in_((0, 1)), _stored(cell, int))
        case _:
            return _stored(cell, column.type.python_type)


def _stored(cell: Any, kind: type) -> ColumnElement[bool]:
    return func.typeof(cell) == STORED[kind]
