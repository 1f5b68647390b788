"""Random single changes of a database by SQL: one cell, one row, or two rows that exchange what they hold."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Table, delete, insert, literal, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.types import JSON, UserDefinedType

from app.ledger import cells

LEFT_OUT = frozenset({"alembic_version", "sign_in_throttle"})
MAY_GO = frozenset({"web_session", "idempotency_record"})
"""Left out, and rows that may go without anybody being told: the reasons are in docs/attacks.md."""
SPANS = (
    timedelta(microseconds=1),
    timedelta(milliseconds=1),
    timedelta(seconds=1),
    timedelta(hours=7),
    timedelta(days=1),
    timedelta(days=365),
)
Row = dict[str, Any]


class AsIs(UserDefinedType[Any]):
    """A value handed to the driver as it is, whatever the column's type."""

    cache_ok = True


@dataclass(frozen=True, slots=True)
class Change:
    """What was done, so that it can be done again by hand."""

    kind: str
    table: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind} in {self.table}: {self.detail}"


class Changes:
    """Makes changes on `connection`; the rows are read once, before the first."""

    def __init__(self, connection: Connection, tables: Sequence[Table], chance: random.Random) -> None:
        self._connection = connection
        self._chance = chance
        self._rows: dict[Table, list[Row]] = {}
        with Session(connection) as session:
            for table in tables:
                if table.name not in LEFT_OUT:
                    self._rows[table] = [
                        dict(r) for r in session.execute(cells.rows(session, table)).mappings()
                    ]
        connection.exec_driver_sql("SAVEPOINT before")
        self._full = [table for table, rows in self._rows.items() if rows]

    def empty(self) -> list[str]:
        """Tables that matter and hold nothing to change."""
        return sorted(table.name for table, rows in self._rows.items() if not rows)

    def back(self) -> None:
        """Take back what was changed."""
        self._connection.exec_driver_sql("ROLLBACK TO SAVEPOINT before")

    def one(self) -> Change:
        """Make one change that the database accepts and that leaves it other than it was."""
        kinds = (self._cell, self._deletion, self._copy, self._exchange, self._moved_cell)
        while True:
            (kind,) = self._chance.choices(kinds, (70, 8, 8, 7, 7))
            change = None
            with suppress(DBAPIError, OverflowError):  # a key that is taken, a value the column refuses
                change = kind(self._chance.choice(self._full))
            if change is not None:
                return change
            self.back()

    def _cell(self, table: Table) -> Change | None:
        row, column = self._chance.choice(self._rows[table]), self._chance.choice(list(table.columns))
        return self._set(table, row, {column.name: self._other(table, column, row[column.name])}, "a cell")

    def _deletion(self, table: Table) -> Change | None:
        if table.name in MAY_GO:
            return None
        row = self._chance.choice(self._rows[table])
        self._connection.execute(delete(table).where(*_here(table, row)))
        return Change("a deletion", table.name, _shown(_key(table, row)))

    def _copy(self, table: Table) -> Change | None:
        """A copy of a row under another key; what must be unique is changed, too, or the database refuses it."""
        row = self._chance.choice(self._rows[table])
        fresh = {
            self._chance.choice(list(table.primary_key.columns)),
            *(c for c in table.columns if c.unique),
        }
        made = {**row, **{c.name: self._other(table, c, row[c.name]) for c in fresh}}
        self._connection.execute(insert(table).values(_literals(made)))
        return Change("a copy", table.name, f"{_shown(_key(table, row))} as {_shown(_key(table, made))}")

    def _exchange(self, table: Table) -> Change | None:
        """Two rows exchange everything but their keys."""
        return self._swap(table, [c.name for c in table.columns if not c.primary_key], "an exchange of rows")

    def _moved_cell(self, table: Table) -> Change | None:
        """Two rows exchange one cell."""
        return self._swap(table, [self._chance.choice(list(table.columns)).name], "an exchange of cells")

    def _swap(self, table: Table, names: Sequence[str], kind: str) -> Change | None:
        if len(self._rows[table]) < 2:
            return None
        one, other = self._chance.sample(self._rows[table], 2)
        first = self._set(table, one, {name: other[name] for name in names}, kind)
        second = self._set(table, other, {name: one[name] for name in names}, kind)
        shown = f"{', '.join(names)} of {_shown(_key(table, one))} with {_shown(_key(table, other))}"
        return Change(kind, table.name, shown) if first and second else None

    def _set(self, table: Table, row: Row, values: Row, kind: str) -> Change | None:
        """Change cells; None when they are stored as they were."""
        made = {**row, **values}
        self._connection.execute(update(table).where(*_here(table, row)).values(_literals(values)))
        after = (
            self._connection.execute(self._stored(table).where(*_here(table, made))).mappings().one_or_none()
        )
        if after is not None and all(_same(cell, row[name]) for name, cell in after.items()):
            return None
        changes = (f"{name} from {row[name]!r:.90} to {value!r:.90}" for name, value in values.items())
        return Change(kind, table.name, f"{_shown(_key(table, row))}: {', '.join(changes)}")

    def _stored(self, table: Table) -> Any:
        with Session(self._connection) as session:
            return cells.rows(session, table)

    def _other(self, table: Table, column: Column[Any], cell: Any) -> Any:
        """Another value for that cell, of its type; on SQLite sometimes in another form or of another type."""
        chance = self._chance
        makers: list[Callable[[], Any]] = [lambda: chance.choice(self._rows[table])[column.name]]
        if column.nullable:
            makers.append(lambda: None)
        if cell is not None:
            makers += [partial(self._near, column, cell)] * 5
        if self._connection.dialect.name == "sqlite":
            makers.append(partial(_foreign, chance, cell))
        return chance.choice(makers)()

    def _near(self, column: Column[Any], cell: Any) -> Any:
        dialect = self._connection.dialect
        found = near(self._chance, cells.value(column, dialect, cell))
        if isinstance(column.type, JSON):
            return found if isinstance(found, str) else json.dumps(found)
        write = column.type.dialect_impl(dialect).bind_processor(dialect)
        return found if write is None or isinstance(found, bytes) else write(found)


def near(chance: random.Random, value: Any) -> Any:  # noqa: PLR0911 - one answer for each type
    """A value of the same type not far from this one: a flipped bit, the next number, another day, a lost letter."""
    match value:
        case bool():
            return not value
        case int():
            return chance.choice((value + 1, value - 1, -value, 0, 1, value + chance.randrange(-1000, 1000)))
        case str():
            return _text(chance, value)
        case bytes():
            return _bytes(chance, value)
        case UUID():
            return UUID(int=chance.choice((value.int ^ 1 << chance.randrange(128), chance.getrandbits(128))))
        case datetime() | date():
            spans = SPANS if isinstance(value, datetime) else SPANS[4:]
            back = value.year > 9990 or chance.random() < 0.5
            return value - chance.choice(spans) if back else value + chance.choice(spans)
        case list():
            return chance.choice((value[1:], value[::-1], [*value, "identity"], [], f" {json.dumps(value)}"))
    raise TypeError(type(value))


def _text(chance: random.Random, value: str) -> str:
    at = chance.randrange(len(value) + 1)
    return chance.choice(
        (
            value[:at] + value[at + 1 :],
            value[:at] + chance.choice("aZ09 _-áđ") + value[at + 1 :],
            value.swapcase(),
            value + " ",
            "",
        )
    )


def _bytes(chance: random.Random, value: bytes) -> bytes:
    flipped = bytearray(value or b"\0")
    flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
    return chance.choice(
        (bytes(flipped), bytes(flipped), value[:-1], value + b"\0", b"", chance.randbytes(len(value)))
    )


def _foreign(chance: random.Random, cell: Any) -> Any:
    """What SQLite stores in any column: the same in another form, or something of another type."""
    forms: list[Any] = [0, 1, -1, 2.5, 10**12, "", "x", b"x", str(cell), f"{cell} "]
    if isinstance(cell, str):
        forms += [
            cell.upper(),
            cell.encode(),
            cell.replace(" ", "T"),
            cell.replace("-", ""),
            cell.rstrip("0"),
        ]
    if isinstance(cell, bytes):
        forms += [cell.hex(), cell.decode("latin-1")]
    return chance.choice(forms)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def _key(table: Table, row: Row) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key.columns)


def _shown(key: tuple[Any, ...]) -> str:
    return "/".join(part.hex() if isinstance(part, bytes) else str(part) for part in key)


def _here(table: Table, row: Row) -> list[Any]:
    return [column == literal(row[column.name], AsIs()) for column in table.primary_key.columns]


def _literals(values: Row) -> Row:
    return {name: literal(value, AsIs()) for name, value in values.items()}
