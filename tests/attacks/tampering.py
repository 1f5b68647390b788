"""What somebody does who may write SQL and has no key: the acts the attack tests share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Table, delete, insert, select, text, update

from app.extensions import db

NO_CODE = b"\0" * 32


def table(kind: Any) -> Table:
    """The table of a model."""
    return kind.__table__


@contextmanager
def unbound() -> Iterator[Connection]:
    """A connection on which foreign keys bind nobody, as their owner may have it; nothing is committed by itself."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection
            return
        raw = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
        finally:
            connection.rollback()
            raw.execute("PRAGMA foreign_keys=ON")


def sql(*statements: Any) -> None:
    """Run statements in one transaction, past the program and past the database's own constraints."""
    with unbound() as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def rows(kind: Any, *where: Any) -> list[dict[str, Any]]:
    """Rows as they are stored."""
    with db.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(select(table(kind)).where(*where))]


def row(kind: Any, *where: Any) -> dict[str, Any]:
    """The one row as it is stored."""
    (found,) = rows(kind, *where)
    return found


def put(kind: Any, /, **values: Any) -> dict[str, Any]:
    """Add a row; its code is whatever the attacker makes up."""
    made = {"mac": NO_CODE, **values}
    sql(insert(table(kind)).values(made))
    return made


def copied(kind: Any, /, *where: Any, **changes: Any) -> dict[str, Any]:
    """Add a copy of a genuine row, code and all, with a new id and these changes."""
    made = {**row(kind, *where), "id": uuid4(), **changes}
    sql(insert(table(kind)).values(made))
    return made


def change(kind: Any, /, *where: Any, **values: Any) -> None:
    """Change columns of rows."""
    sql(update(table(kind)).where(*where).values(values))


def remove(kind: Any, *where: Any) -> None:
    """Delete rows."""
    sql(delete(table(kind)).where(*where))


def put_back(kind: Any, *earlier: dict[str, Any]) -> None:
    """Set rows back to what they were, genuine code and all; a row that is gone is added again."""
    keys = [column.name for column in table(kind).primary_key]
    for kept in earlier:
        here = [table(kind).c[key] == kept[key] for key in keys]
        sql(update(table(kind)).where(*here).values(kept)) if rows(kind, *here) else sql(
            insert(table(kind)).values(kept)
        )
