"""What the tests of the sealed log share: entries, seals, and a hand in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from app.domain.actor import operator_of_the_service
from app.domain.events import LedgerRead
from app.extensions import db, now
from app.ledger.behind import known_outside
from app.ledger.checkpoint import Signed
from app.ledger.log import current_log
from app.ledger.seal import seal
from app.transaction import transaction


def write(entries: int, *, at_once: int = 1) -> None:
    """That many entries, in transactions of `at_once`."""
    for _ in range(0, entries, at_once):
        with transaction(operator_of_the_service()) as tx:
            for count in range(at_once):
                tx.record(LedgerRead(subject_id=None, count=count))
    db.session.remove()


def sealed() -> list[Signed]:
    """Seal what there is."""
    return list(seal(db.engine, current_log(), now))


def sql(statement: str, **values: Any) -> int:
    """A hand in the database: how many rows it touched."""
    with db.engine.begin() as connection:
        return connection.execute(text(statement), values).rowcount


def ask(query: str, **values: Any) -> Any:
    """One value straight from the database."""
    with db.engine.connect() as connection:
        return connection.execute(text(query), values).scalar()


def known():
    """What is outside now."""
    return known_outside(current_log())


def picture() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as a superuser could keep it."""
    with db.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{table.name}"')]  # noqa: S608 - our own text
            for table in db.metadata.sorted_tables
        }


def put_back(rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Make the database what it was when the picture was taken, to the last byte of every row."""
    with db.engine.begin() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for table in reversed(db.metadata.sorted_tables):
            connection.exec_driver_sql(f'DELETE FROM "{table.name}"')  # noqa: S608 - our own text
        for name, kept in rows.items():
            for row in kept:
                marks = ", ".join(["?" if sqlite else "%s"] * len(row))
                connection.exec_driver_sql(f'INSERT INTO "{name}" VALUES ({marks})', row)  # noqa: S608 - our own text
    db.session.remove()
