"""Entries about backups: which one, by its id and digests, and how many; never a path."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.errors import SubjectKind
from app.domain.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupCreated(Event):
    """A backup was made; `entries`: how far its ledger came; `damaged`: attachments whose file was missing or changed.

    `made_at`: the instant of its snapshot, and the name of its files.
    """

    action = "backup:created"
    kind = SubjectKind.LEDGER
    backup_id: UUID
    made_at: datetime
    data_digest: bytes
    keys_digest: bytes
    entries: int
    damaged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupVerified(Event):
    """A part was opened and compared with its manifest; `restored`: into a scratch database, its ledger walked."""

    action = "backup:verified"
    kind = SubjectKind.LEDGER
    backup_id: UUID
    digest: bytes
    restored: bool
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRestored(Event):
    """This database was restored from a backup; `newer_keys`: key rows that came from a newer keys part.

    `missing`: sealed entries known outside and not in the backup.
    """

    action = "backup:restored"
    kind = SubjectKind.LEDGER
    backup_id: UUID
    keys_backup_id: UUID
    data_digest: bytes
    keys_digest: bytes
    missing: int
    newer_keys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredKeysTold(Event):
    """Key rows that a newer keys part brought into a restored database are told of, as they stand."""

    action = "backup:keys_told"
    kind = SubjectKind.LEDGER
    backup_id: UUID
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupsPruned(Event):
    """Parts were deleted because their time was over: how many, and the SHA-256 of each."""

    action = "backup:pruned"
    kind = SubjectKind.LEDGER
    data_parts: int
    keys_parts: int
    digests: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupDrilled(Event):
    """The newest backup was restored into a scratch database and looked through, which was deleted again.

    `age`: minutes since it was made.
    """

    action = "backup:drilled"
    kind = SubjectKind.LEDGER
    backup_id: UUID
    digest: bytes
    age: int
    findings: int
    opened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillValueOpened(Event):
    """A drill opened one sealed value of this file out of a backup, to show that it can be read; nobody saw it."""

    action = "backup:value_opened"
    kind = SubjectKind.CASE
    subject: SubjectKind
    backup_id: UUID

    @property
    def subject_kind(self) -> SubjectKind:
        """A case or a report."""
        return self.subject
