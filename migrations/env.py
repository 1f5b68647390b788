"""Alembic's environment: the application's metadata, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

from app.extensions import UtcDateTime
from app.grants import owner_engine

database = current_app.extensions["migrate"].db


def render_item(type_: str, obj: Any, _autogen_context: Any) -> str | bool:
    return "sa.DateTime()" if type_ == "type" and isinstance(obj, UtcDateTime) else False


def _foreign_keys(connection: Any, state: str) -> None:
    # Inside a transaction the pragma does nothing, and SQLAlchemy begins one with the first statement.
    connection.connection.dbapi_connection.execute(f"PRAGMA foreign_keys={state}")


def run() -> None:
    with owner_engine(current_app.extensions["benan.settings"]).connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:  # a batch rebuild with foreign keys on would delete the rows that point to the table
            _foreign_keys(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=True,
            render_item=render_item,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            connection.rollback()
            _foreign_keys(connection, "ON")
            if broken:
                raise RuntimeError(f"{len(broken)} rows point to nothing after the migration")


run()
