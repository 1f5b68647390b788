"""Two roles on PostgreSQL: one owns the tables and runs migrations, the application's may do only what it needs."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, text

from app.config import ConfigurationError, Settings
from app.extensions import db

READ, ADD, CHANGE, DELETE = "SELECT", "INSERT", "UPDATE", "DELETE"
KEPT = (READ, ADD, CHANGE)
"""What a table gets that is not named below: rows are never deleted."""
RIGHTS: Mapping[str, tuple[str, ...]] = {
    "alembic_version": (READ,),
    "ledger_entry": (READ, ADD),
    "ledger_leaf": (READ, ADD),
    "ledger_checkpoint": (READ, ADD),
    "search_tag": (*KEPT, DELETE),  # an index is rebuilt, and loses the tags of what was erased
    "web_session": (*KEPT, DELETE),  # what has run out is swept away
}


def owner_engine(settings: Settings) -> Engine:
    """The engine of the role that owns the tables; the application's own where none is set."""
    if not settings.owner_database_url:
        return db.engine
    return create_engine(settings.owner_database_url, poolclass=NullPool, hide_parameters=True)


def grant(settings: Settings) -> bool:
    """Give the application's role exactly its rights on every table; False where one role does everything.

    Raises ConfigurationError when the application's role owns a table or is the owner itself.
    """
    if not settings.owner_database_url or db.engine.dialect.name != "postgresql":
        return False
    with db.engine.connect() as connection:
        role = str(connection.scalar(text("SELECT current_user")))
    with owner_engine(settings).begin() as connection:
        _refuse_owner(connection, role)
        quoted = connection.dialect.identifier_preparer.quote_identifier(role)
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        for table in sorted(inspect(connection).get_table_names()):
            rights = ", ".join(RIGHTS.get(table, KEPT))
            name = connection.dialect.identifier_preparer.quote_identifier(table)
            connection.exec_driver_sql(f"REVOKE ALL ON {name} FROM PUBLIC, {quoted}")
            connection.exec_driver_sql(f"GRANT {rights} ON {name} TO {quoted}")
    return True


def _refuse_owner(connection: Connection, role: str) -> None:
    owned = connection.execute(
        text(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
            "AND pg_has_role(:role, relowner, 'USAGE') ORDER BY relname LIMIT 1"
        ),
        {"role": role},
    ).scalar()
    if owned is not None:
        raise ConfigurationError(
            f"The application's database role {role} owns the table {owned}, or may act as its owner. Give the "
            "tables to the owner's role: docs/operations/install.md, step 3."
        )
