"""Entries about attachments: scans, photographs and recordings of a case."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.domain.errors import SubjectKind
from app.domain.events.event import CatalogueId, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentBegun(Event):
    """Somebody began to send a file; nothing is kept yet."""

    action = "attachment:begun"
    kind = SubjectKind.CASE


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRefused(Event):
    """A file was not kept: empty, of a kind that may not be attached, too large, or harmful to the scanner."""

    action = "attachment:refused"
    kind = SubjectKind.CASE
    why: CatalogueId


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentAdded(Event):
    """A file was sealed and kept; `digest` is the SHA-256 of the sealed file, never of its content."""

    action = "attachment:added"
    kind = SubjectKind.CASE
    attachment_id: UUID
    file_kind: CatalogueId
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentsListed(Event):
    """A page of a case's attachments (kinds, sizes, times and people only)."""

    action = "attachment:listed"
    kind = SubjectKind.CASE
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRead(Event):
    """An attachment's label was opened: the name it came with, the note, the digest at intake."""

    action = "attachment:read"
    kind = SubjectKind.CASE
    attachment_id: UUID
    reason: CatalogueId


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentShown(Event):
    """An attachment was drawn anew and shown as a picture."""

    action = "attachment:shown"
    kind = SubjectKind.CASE
    attachment_id: UUID
    reason: CatalogueId


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentDownloaded(Event):
    """An attachment left the system: the original, or a copy without metadata."""

    action = "attachment:downloaded"
    kind = SubjectKind.CASE
    attachment_id: UUID
    copy: bool
    reason: CatalogueId


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentNoted(Event):
    """The note on an attachment was changed; earlier ones stay."""

    action = "attachment:noted"
    kind = SubjectKind.CASE
    attachment_id: UUID
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRemoved(Event):
    """An attachment's file was destroyed; its label stays."""

    action = "attachment:removed"
    kind = SubjectKind.CASE
    attachment_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentsProbed(Event):
    """The check took digests at intake, and keys to compare contents with them, of so many attachments."""

    action = "attachment:probed"
    kind = SubjectKind.CASE
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentDamaged(Event):
    """The check found an attachment's file missing or other than it was sealed."""

    action = "attachment:damaged"
    kind = SubjectKind.CASE
    attachment_id: UUID
    missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentsChecked(Event):
    """A check of stored attachments came to its end; `opened`: contents were compared with their digests at intake."""

    action = "attachment:checked"
    kind = SubjectKind.CASE
    count: int
    damaged: int
    leftovers: int
    opened: bool
