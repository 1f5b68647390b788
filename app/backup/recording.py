"""Entries about backups, and what a restore leaves to be told once the ledger may go on."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from app.backup.bringing_back import Brought, Parts
from app.backup.faults import BackupError
from app.backup.files import digest_of, sync
from app.backup.key_rows import KEYS
from app.domain.actor import operator_of_the_service
from app.domain.errors import IntegrityBroken, SubjectKind
from app.domain.events import BackupRestored, Event, RestoredKeysTold
from app.extensions import db
from app.ledger import tags, tell
from app.ledger.rows import row_code
from app.models import LedgerEntry
from app.transaction import transaction

BATCH = 500
NAME = "restored.json"


def record(event: Event) -> None:
    """One entry of its own, by the operator."""
    with transaction(operator_of_the_service()) as tx:
        tx.record(event)


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A restore whose entry is still to be written: which files, what was missing, which key rows are newer.

    `tags`: what it did to the search tags. Never what is stored less what was told: that would make it genuine.
    """

    backup: UUID
    keys_backup: UUID
    data_digest: bytes
    keys_digest: bytes
    missing: int
    changed: Sequence[tuple[UUID, str, int]]
    tags: tags.Sum


def unsettled(session: Session, brought: Brought, parts: Parts, missing: int) -> Unsettled:
    """What is to be told of a restore just done into the database of `session`."""
    if brought.keys is None or parts.keys is None:
        raise BackupError("A restore without keys cannot be settled.")
    return Unsettled(
        backup=brought.data.backup,
        keys_backup=brought.keys.backup,
        data_digest=digest_of(parts.data),
        keys_digest=digest_of(parts.keys),
        missing=missing,
        changed=tuple(brought.joining.changed),
        tags=tags.Sum() if brought.has_tags else tags.Sum() - sum(tags.told_by_all(session), tags.Sum()),
    )


def keep(instance: Path, restore: Unsettled) -> None:
    """Write it down beside the database, so that it is told even when the ledger must be continued first."""
    path = instance / NAME
    values = {
        "backup": str(restore.backup),
        "keys_backup": str(restore.keys_backup),
        "data_digest": restore.data_digest.hex(),
        "keys_digest": restore.keys_digest.hex(),
        "missing": restore.missing,
        "changed": [[str(owner), branch, number] for owner, branch, number in restore.changed],
        "tags": [restore.tags.count, restore.tags.total],
    }
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(values, file)
        file.flush()
        os.fsync(file.fileno())
    sync(instance)


def kept(instance: Path) -> Unsettled | None:
    """The restore that waits to be told of; None when there is none."""
    path = instance / NAME
    if not path.exists():
        return None
    values = json.loads(path.read_text())
    return Unsettled(
        backup=UUID(values["backup"]),
        keys_backup=UUID(values["keys_backup"]),
        data_digest=bytes.fromhex(values["data_digest"]),
        keys_digest=bytes.fromhex(values["keys_digest"]),
        missing=values["missing"],
        changed=[(UUID(owner), branch, number) for owner, branch, number in values["changed"]],
        tags=tags.Sum(*values["tags"]),
    )


def settle(instance: Path, restore: Unsettled) -> None:
    """Tell of the newer key rows, then of search tags and the restore itself; after a kill it may run again."""
    for batch in _batches(restore.changed):
        with transaction(operator_of_the_service()) as tx:
            count = sum(_told(place) for place in batch)
            tx.record(RestoredKeysTold(backup_id=restore.keys_backup, count=count))
    if not _is_told(restore):
        with transaction(operator_of_the_service()) as tx:
            if restore.tags != tags.Sum():
                db.session().info[tags.KEY] = restore.tags
            tx.record(_restored(restore))
    (instance / NAME).unlink()
    sync(instance)


def _is_told(restore: Unsettled) -> bool:
    # The entry came after the backup was made, so a database just restored from it cannot hold one.
    query = select(LedgerEntry.body).where(LedgerEntry.action == BackupRestored.action)
    with Session(db.engine) as session:
        return any(json.loads(body)["backup_id"] == str(restore.backup) for body in session.scalars(query))


def _restored(restore: Unsettled) -> BackupRestored:
    return BackupRestored(
        backup_id=restore.backup,
        keys_backup_id=restore.keys_backup,
        data_digest=restore.data_digest,
        keys_digest=restore.keys_digest,
        missing=restore.missing,
        newer_keys=len(restore.changed),
    )


def _told(place: tuple[UUID, str, int]) -> int:
    here = and_(*(column == value for column, value in zip(KEYS.primary_key.columns, place, strict=True)))
    row: dict[str, Any] = dict(db.session.execute(select(KEYS).where(here)).mappings().one())
    if not hmac.compare_digest(row["mac"], row_code(KEYS.name, row)):
        raise IntegrityBroken(SubjectKind.KEY, row["owner_id"])
    columns = {**row, "version": row["version"] + 1}
    columns["mac"] = row_code(KEYS.name, columns)
    db.session.execute(update(KEYS).where(here).values(columns))
    tell(db.session(), KEYS.name, "/".join(map(str, place)), columns)
    return 1


def _batches(places: Sequence[tuple[UUID, str, int]]) -> Iterator[Sequence[tuple[UUID, str, int]]]:
    return (places[start : start + BATCH] for start in range(0, len(places), BATCH))
