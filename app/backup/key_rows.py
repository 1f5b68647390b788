"""Rows of data keys and search tags as lines of JSON: what must not outlive an erased case, apart from the rest.

The data part holds the shells of the data keys: every column but the wrapped key.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, select

from app.backup.faults import BackupError
from app.ledger.cells import CODE
from app.ledger.findings import UNREADABLE
from app.models import DataKey, SearchTag

KEYS: Table = DataKey.__table__  # type: ignore[assignment]  # declared as the wider FromClause
TAGS: Table = SearchTag.__table__  # type: ignore[assignment]  # the same
SECRET = "wrapped"  # noqa: S105 - a column's name
BATCH = 1000
READERS: Mapping[type, Callable[[Any], Any]] = {
    UUID: UUID,
    bytes: bytes.fromhex,
    datetime: datetime.fromisoformat,
}

Row = dict[str, Any]
Code = Callable[[str, Mapping[str, Any]], bytes]
"""The keyed code of a row, from its table and columns."""


def written(connection: Connection, table: Table, *, shells: bool = False) -> Generator[bytes]:
    """Every row of a table in the order of its primary key, a line each; as `shells` without the wrapped key."""
    columns = [c for c in table.columns if not (shells and c.name == SECRET)]
    query = select(*columns).order_by(*table.primary_key.columns)
    with connection.execute(query, execution_options={"yield_per": BATCH}) as rows:
        for row in rows.mappings():
            yield json.dumps({name: _plain(value) for name, value in row.items()}).encode() + b"\n"


def read(path: Path, table: Table) -> Iterator[Row]:
    """The rows again, typed; the file was compared with its manifest before."""
    types = {c.name: c.type.python_type for c in table.columns}
    with path.open(encoding="ascii") as lines:
        for line in lines:
            yield {
                name: value if value is None else READERS.get(types[name], types[name])(value)
                for name, value in json.loads(line).items()
            }


def _plain(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
        case _:
            return value


@dataclass(slots=True)
class Joining:
    """Puts wrapped keys back into the shells of a data part that may be older than they are.

    `changed`: the rows that are newer than the data part's ledger tells; `unknown`: how many keys belong to nothing in
    the data part; `erased`: how many keys were destroyed since; `odd`: how many differ and are no newer genuine rows.
    They come back as they are, so that the deep check names them.
    """

    code: Code
    changed: list[tuple[UUID, str, int]] = field(default_factory=list)
    unknown: int = 0
    erased: int = 0
    odd: int = 0

    def rows(self, shells: Iterable[Row], keys: Iterable[Row]) -> Iterator[Row]:
        """One row for every shell; BackupError when a key is missing. Both in the order of their primary keys."""
        newer = iter(keys)
        key = next(newer, None)
        for shell in shells:
            while key is not None and _place(key) < _place(shell):
                self.unknown += 1
                key = next(newer, None)
            if key is None or _place(key) != _place(shell):
                raise BackupError(
                    "The keys part lacks keys that the data part needs: it is older. Take the keys part of the same "
                    "backup, or a newer one."
                )
            yield self._joined(shell, key)
            key = next(newer, None)
        self.unknown += sum(1 for _ in newer) + (key is not None)

    def _joined(self, shell: Row, key: Row) -> Row:
        if key[CODE] == shell[CODE]:  # the code covers every column, the wrapped key too
            return key
        if shell["destroyed_at"] is not None:
            return {**shell, SECRET: None}
        if key["version"] <= shell["version"] or not self._is_genuine(key):
            self.odd += 1
            return key
        if key[SECRET] is None:
            self.erased += 1
        self.changed.append(_place(key))
        row = {**key, "version": shell["version"]}
        return {**row, CODE: self.code(KEYS.name, row)}

    def _is_genuine(self, key: Row) -> bool:
        try:
            return hmac.compare_digest(key[CODE], self.code(KEYS.name, key))
        except UNREADABLE:
            return False


def bare(shells: Iterable[Row]) -> Iterator[Row]:
    """The shells as rows without keys: enough to check a ledger, nothing opens."""
    return ({**shell, SECRET: None} for shell in shells)


def fill(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows in batches."""
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            connection.execute(table.insert(), batch)
            batch = []
    if batch:
        connection.execute(table.insert(), batch)


def _place(row: Row) -> tuple[UUID, str, int]:
    return row["owner_id"], row["branch"], row["number"]
