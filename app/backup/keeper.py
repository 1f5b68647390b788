"""What an operator's command does: the parts of this installation, joined to the steps of a backup."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic.config import Config as Migrations
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.attachments.files import path_of
from app.backup.age import Identity, identities_in, recipients_of
from app.backup.bringing_back import Opener, Parts, refuse_other_program
from app.backup.create import Made, Source, create, expected
from app.backup.faults import BackupError
from app.backup.files import Backup, backups, digest_of, locked
from app.backup.manifest import Manifest, Part
from app.backup.opening import Progress
from app.backup.pruning import Known, Plan, plan
from app.backup.recording import record
from app.backup.rotation import Rotation
from app.backup.trial import trial
from app.config import Settings
from app.domain.events import BackupCreated, BackupsPruned, BackupVerified
from app.extensions import db, part
from app.ledger import Finding
from app.ledger.rows import row_code
from app.models import Attachment, LedgerEntry
from app.vault import KeyStore
from app.vault.key_stores import open_key_store


@dataclass(frozen=True, slots=True)
class Keeper:
    """Settings, key store and identities; works before there is an installation as well."""

    settings: Settings
    key_store: KeyStore
    identities: Sequence[Identity]

    @classmethod
    def here(cls, identity: Path | None = None) -> Keeper:
        """With the key store of the settings; KeyStoreError when it is not there yet."""
        settings: Settings = part("settings")
        parts = current_app.extensions
        if (
            "benan.key_store" not in parts
        ):  # a machine that a backup is brought to has keys, and no database yet
            parts["benan.key_store"] = open_key_store(settings.key_store)
        return cls(settings, parts["benan.key_store"], identities_in(identity) if identity else ())

    @property
    def is_installed(self) -> bool:
        """True when there is a database with a ledger that entries can be written to."""
        return "benan.missing" not in current_app.extensions

    def locked(self) -> AbstractContextManager[None]:
        """One command at a time changes the folder of backups."""
        return locked(self.settings.backup_directory)

    def expected(self) -> int:
        """About how many bytes a backup will tell of."""
        with Session(db.engine) as session:
            sizes = session.scalar(select(func.sum(Attachment.size)).where(Attachment.removed_at.is_(None)))
        return expected(db.engine, int(sizes or 0))

    def create(self, at: datetime, progress: Progress) -> Made:
        """Back up, and record it."""
        recipients = recipients_of(self.settings.backup_recipients)
        source = Source(db.engine, path_of, recipients, self.key_store.sign, self.key_store.public_key())
        made = create(source, self.settings.backup_directory, at, progress)
        created = BackupCreated(
            backup_id=made.manifest.backup,
            made_at=at,
            data_digest=made.data_digest,
            keys_digest=made.keys_digest,
            entries=made.manifest.entries,
            damaged=len(made.damaged),
        )
        try:
            record(created)
        except BaseException:  # no entry, no backup
            made.data.unlink()
            made.keys.unlink()
            raise
        return made

    def opener(self, progress: Progress) -> Opener:
        """What opens parts here."""
        config = Migrations()
        config.set_main_option("script_location", str(Path(current_app.root_path).parent / "migrations"))
        schema = ScriptDirectory.from_config(config).get_current_head() or ""
        store = self.key_store
        return Opener(self.identities, store.public_key(), store.roots(), schema, progress)

    def walked(self, opener: Opener, file: Path, manifest: Manifest) -> list[Finding]:
        """What is broken in the ledger of a data part, restored into a scratch database; its keys join when near."""
        if manifest.part is Part.KEYS:
            return []
        refuse_other_program(opener, manifest)
        near = file.parent / Path(manifest.other).name
        parts = Parts(file, near if near.is_file() else None)
        with trial(opener, parts, manifest.database, self.settings, row_code) as held:
            return held.findings(self.key_store, self.settings.checkpoint_directory, deep=near.is_file())

    def record_verified(
        self, file: Path, manifest: Manifest, findings: Sequence[Finding], *, restored: bool
    ) -> bool:
        """Record it; False when there is no installation here."""
        if not self.is_installed:
            return False
        digest = digest_of(file)
        record(
            BackupVerified(
                backup_id=manifest.backup, digest=digest, restored=restored, findings=len(findings)
            )
        )
        return True

    def newest(self) -> Backup:
        """The newest backup with both parts; BackupError when there is none."""
        whole = [b for b in backups(self.settings.backup_directory) if b.data and b.keys]
        if not whole:
            raise BackupError(f"There is no whole backup in {self.settings.backup_directory}.")
        return whole[-1]

    def known(self) -> Known:
        """The parts that this installation made, as its ledger tells."""
        query = select(LedgerEntry.body).where(LedgerEntry.action == BackupCreated.action)
        known: Known = {}
        with Session(db.engine) as session:
            for body in session.scalars(query):
                told = json.loads(body)
                at = datetime.fromisoformat(told["made_at"]).replace(microsecond=0)
                known |= {bytes.fromhex(told[f"{name}_digest"]): at for name in Part}
        return known

    def plan(self, now: datetime) -> Plan:
        """What may be deleted now."""
        rotation = Rotation(keys_days=self.settings.backup_keys_days)
        return plan(self.settings.backup_directory, self.known(), now, rotation)

    def alarms(self, planned: Plan, now: datetime) -> Iterator[str]:
        """What an operator must look at."""
        if planned.newest is None:
            yield "There is no good backup of this installation. Nothing was deleted. Run: flask backup create"
        elif (now - planned.newest.at).days >= 2:
            yield f"The newest good backup is {(now - planned.newest.at).days} days old. Run: flask backup create"
        for path in planned.bad:
            yield f"{path.name} is not what was made. Take another copy of it."
        for path in planned.foreign:
            yield f"{path.name} is unknown to the ledger and was left alone: look where it comes from."

    def record_pruned(self, planned: Plan) -> None:
        """Record what is about to be deleted, with its digests."""
        keys = [path for path in planned.go if path.name.endswith(f"-{Part.KEYS}.age")]
        digests = tuple(digest_of(path) for path in planned.go)
        record(BackupsPruned(data_parts=len(planned.go) - len(keys), keys_parts=len(keys), digests=digests))

    def server(self, url: str | None) -> str:
        """The address of the database that is restored into: the role that owns tables, where there is one."""
        return url or self.settings.owner_database_url or self.settings.database_url


def listed(directory: Path) -> Iterator[str]:
    """A line for each backup, oldest first: its time, its parts, what it still needs."""
    for backup in backups(directory):
        size = sum(path.stat().st_size for path in backup.files)
        state = "whole" if backup.data and backup.keys else "needs newer keys" if backup.data else "keys only"
        yield f"{backup.at:%Y-%m-%d %H:%M:%S} UTC  {size / 1e6:12,.1f} MB  {state}"
