"""`flask doctor`: look at everything this installation stands on, and say the remedy."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.backup import readiness
from app.config import Settings
from app.domain.errors import Unavailable
from app.extensions import db, now, part
from app.models import LedgerEntry
from app.vault import KeyStoreError
from app.vault.key_stores import key_folder, key_store_faults

APT = "apt-get install -y --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0"
Check = Callable[[], Iterator[str]]


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Check fonts, PDF libraries, key store, database, migrations, clock, backups; exit 1 when something is wrong."""
    checks: tuple[tuple[str, Check], ...] = (
        ("installation", _installation),
        ("key store", _key_store),
        ("database", _database),
        ("migrations", _migrations),
        ("clock", _clock),
        ("PDF libraries and fonts", _pdf),
        ("backups", lambda: readiness.remedies(part("settings"), db.engine)),
    )
    wrong = 0
    for name, check in checks:
        try:
            remedies = list(check())
        except SQLAlchemyError:
            remedies = ["The database does not answer. Check BENAN_DATABASE_URL and that the server runs."]
        wrong += len(remedies)
        click.echo(f"{'not well' if remedies else 'well':10}{name}")
        for remedy in remedies:
            click.echo(f"          - {remedy}")
    sys.exit(1 if wrong else 0)


def _installation() -> Iterator[str]:
    missing = current_app.extensions.get("benan.missing")
    if missing:
        yield str(missing)


def _key_store() -> Iterator[str]:
    settings: Settings = part("settings")
    try:
        yield from key_store_faults(settings.key_store)
    except KeyStoreError as error:
        yield str(error)
    database = settings.database_url.removeprefix("sqlite:///")
    if settings.database_url.startswith("sqlite") and Path(database).parent == key_folder(settings.key_store):
        yield "Keys and database share a folder. Set BENAN_KEY_STORE to another one."


def _database() -> Iterator[str]:
    with Session(db.engine) as session:
        if db.engine.dialect.name == "sqlite":
            if session.scalar(text("PRAGMA journal_mode")) != "wal":
                yield "SQLite is not in WAL mode. Check that the folder is on a local disk."
            if session.scalar(text("PRAGMA quick_check")) != "ok":
                yield "SQLite reports damage. Restore the last backup."
        elif session.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
            yield "The application signs in as a database superuser. Give it a role of its own."


def _migrations() -> Iterator[str]:
    config = Config()
    config.set_main_option("script_location", str(Path(current_app.root_path).parent / "migrations"))
    head = ScriptDirectory.from_config(config).get_current_head()
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present != head:
        yield f"The database is at {present or 'nothing'}, the program at {head}. Run: flask init"


def _clock() -> Iterator[str]:
    with Session(db.engine) as session:
        last = session.scalar(select(func.max(LedgerEntry.at)))
    if last is not None and last > now():
        yield "The clock is behind the ledger's last entry. Set it, and keep it with chrony or systemd-timesyncd."
    if now() < datetime(2026, 1, 1, tzinfo=UTC):
        yield "The clock shows a year before this program was written. Set it."


def _pdf() -> Iterator[str]:
    from app.documents.rendering import check_engine  # noqa: PLC0415 - loads the layout engine

    try:
        check_engine()
    except Unavailable as error:
        yield f"{error.message} Run: {APT}"
