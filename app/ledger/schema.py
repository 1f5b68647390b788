"""Whether the database still has the tables the program made: real ones, keyed, with nothing that rewrites queries.

Codes and tellings are checked on what a query returns. A view in a table's place, a rule or row security could
return another thing to the check than to the program; without its keys a table holds what it never held. What a
condition of a partial index says is not compared, only that there is one where the program made one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Index, Table, UniqueConstraint, inspect, text
from sqlalchemy.engine.interfaces import ReflectedIndex
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.orm import Session

from app.extensions import Base
from app.ledger.findings import Finding, Problem

Key = tuple[tuple[str, ...], bool]
"""The columns of a unique index in order of their names, and whether it is partial."""
ODD_POSTGRES = """
SELECT c.relname, 'is no plain table' FROM pg_class c WHERE {ours} AND c.relkind <> 'r'
UNION SELECT c.relname, 'row security' FROM pg_class c
 WHERE {ours} AND (c.relrowsecurity OR c.relforcerowsecurity)
UNION SELECT c.relname, 'policy ' || p.polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE {ours}
UNION SELECT c.relname, 'rule ' || r.rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE {ours}
UNION SELECT c.relname, 'trigger ' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE {ours} AND (NOT t.tgisinternal OR t.tgenabled NOT IN ('O', 'A'))
UNION SELECT c.relname, 'inherits' FROM pg_inherits i JOIN pg_class c ON c.oid IN (i.inhrelid, i.inhparent)
 WHERE {ours}
UNION SELECT c.relname, 'index not in force' FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
 WHERE {ours} AND NOT (i.indisvalid AND i.indisready AND i.indislive)
UNION SELECT c.relname, 'constraint not in force ' || k.conname
 FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE {ours} AND NOT k.convalidated
""".replace("{ours}", "c.oid IN (SELECT to_regclass(quote_ident(n)) FROM unnest(CAST(:names AS text[])) n)")
ODD_SQLITE = """
SELECT tbl_name, type || ' ' || name FROM sqlite_master WHERE type IN ('view', 'trigger')
UNION SELECT name, 'is no plain table' FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'
"""


def schema_findings(session: Session) -> Iterator[Finding]:
    """Each table that is missing, lacks a key, or has what the program never makes; nothing when all is well."""
    tables = [Base.metadata.tables[name] for name in sorted(Base.metadata.tables)]
    postgres = session.get_bind().dialect.name == "postgresql"
    names = {"names": [table.name for table in tables]} if postgres else {}
    for name, what in session.execute(text(ODD_POSTGRES if postgres else ODD_SQLITE), names):
        yield _finding(name, what)
    inspector = inspect(session.connection())
    for table in tables:
        try:
            lacking = list(_lacking(inspector, table))
        except NoSuchTableError:
            lacking = ["is missing"]
        for what in lacking:
            yield _finding(table.name, what)


def _finding(table: str, what: str) -> Finding:
    return Finding(None, 0, Problem.SCHEMA_CHANGED, f"{table} ({what})")


def _lacking(inspector: Any, table: Table) -> Iterator[str]:
    """The keys of a table that its database does not have."""
    primary = [column.name for column in table.primary_key.columns]
    if set(inspector.get_pk_constraint(table.name)["constrained_columns"]) != set(primary):
        yield "primary key"
    stored = set(_stored(inspector.get_indexes(table.name)))
    stored.update(
        (_columns(one["column_names"]), False) for one in inspector.get_unique_constraints(table.name)
    )
    for columns, partial in sorted(set(_unique(table)) - stored):
        yield f"unique {', '.join(columns)}{' where' if partial else ''}"
    foreign = {
        (tuple(one["constrained_columns"]), one["referred_table"])
        for one in inspector.get_foreign_keys(table.name)
    }
    for key in table.foreign_key_constraints:
        if (tuple(key.column_keys), key.referred_table.name) not in foreign:
            yield f"foreign key {', '.join(key.column_keys)}"


def _stored(indexes: Iterable[ReflectedIndex]) -> Iterator[Key]:
    for index in indexes:
        if index["unique"]:
            options = index.get("dialect_options", {})
            partial = any(name.endswith("_where") and value is not None for name, value in options.items())
            yield _columns(index["column_names"]), partial


def _unique(table: Table) -> Iterator[Key]:
    """The unique constraints and indexes the program makes."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield _columns(column.name for column in constraint.columns), False
    for index in table.indexes:
        if index.unique:
            yield _columns(column.name for column in index.columns), _partial(index)


def _partial(index: Index) -> bool:
    return index.dialect_options["postgresql"]["where"] is not None


def _columns(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted(map(str, names)))
