"""Whether a backup could be made now: what `flask doctor` asks."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

from sqlalchemy import Engine, text

from app.backup import sqlite
from app.backup.age import recipients_of
from app.backup.faults import BackupError
from app.backup.postgres import APT
from app.backup.recording import kept
from app.config import Mode, Settings


def remedies(settings: Settings, engine: Engine) -> Iterator[str]:
    """What stands in the way of backups, each with its remedy; recipients are asked for in production only."""
    if settings.backup_recipients or settings.mode is Mode.PRODUCTION:
        try:
            recipients_of(settings.backup_recipients)
        except BackupError as error:
            yield str(error)
    if engine.dialect.name != sqlite.KIND:
        yield from _tools(engine)
    if kept(settings.instance) is not None:
        yield "A restore is not in the ledger yet. Run: flask backup settle"


def _tools(engine: Engine) -> Iterator[str]:
    for tool in ("pg_dump", "pg_restore"):
        try:
            said = subprocess.run([tool, "--version"], check=True, capture_output=True, text=True).stdout  # noqa: S603 - fixed names
        except (OSError, subprocess.CalledProcessError):
            yield f"{tool} is missing. {APT}"
            continue
        found = re.search(r"\d+", said)
        with engine.connect() as connection:
            server = int(connection.scalar(text("SHOW server_version_num"))) // 10_000
        if found and int(found[0]) < server:
            yield f"{tool} is of version {found[0]}, the server of {server}. {APT}"
