"""Entries about root keys and data keys: which branch, which number, how many; never a key.

`branch` is "identity", "content", or "both" for a root key from before there were branches.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.domain.errors import SubjectKind
from app.domain.events.event import CatalogueId, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationBegun(Event):
    """A new root key is about to be made for a branch."""

    action = "keys:rotation_begun"
    kind = SubjectKind.KEY
    branch: CatalogueId


@dataclass(frozen=True, slots=True, kw_only=True)
class RootAdded(Event):
    """A new root key was made; from then on it wraps the new data keys of its branch."""

    action = "keys:root_added"
    kind = SubjectKind.KEY
    branch: CatalogueId
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysRewrapped(Event):
    """Data keys under an older root key were wrapped anew under the present one; `broken` did not open and stayed."""

    action = "keys:rewrapped"
    kind = SubjectKind.KEY
    branch: CatalogueId
    number: int
    count: int
    broken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RootRetiring(Event):
    """No data key needs this root key any more; it is about to be destroyed."""

    action = "keys:root_retiring"
    kind = SubjectKind.KEY
    branch: CatalogueId
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RootRetired(Event):
    """A root key was destroyed for good."""

    action = "keys:root_retired"
    kind = SubjectKind.KEY
    branch: CatalogueId
    number: int


class _OfFile:
    """About a case or a report."""

    __slots__ = ()
    subject: SubjectKind

    @property
    def subject_kind(self) -> SubjectKind:
        """A case or a report."""
        return self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalBegun(_OfFile, Event):
    """A file got new data keys, because an old one is held to be known; `keys`: how many."""

    action = "keys:renewal_begun"
    kind = SubjectKind.CASE
    subject: SubjectKind
    keys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentToReseal(_OfFile, Event):
    """An attachment is opened by the service itself, to be sealed again under a new key; nobody sees it."""

    action = "keys:attachment_opened"
    kind = SubjectKind.CASE
    subject: SubjectKind
    attachment_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentResealed(_OfFile, Event):
    """An attachment was sealed again under the new key; `digest` is the SHA-256 of the new sealed file."""

    action = "keys:attachment_resealed"
    kind = SubjectKind.CASE
    subject: SubjectKind
    attachment_id: UUID
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuesResealed(_OfFile, Event):
    """Sealed values of a file were sealed again under its new keys."""

    action = "keys:values_resealed"
    kind = SubjectKind.CASE
    subject: SubjectKind
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OldKeysDestroyed(_OfFile, Event):
    """The data keys a file had before its renewal were destroyed; `keys`: how many."""

    action = "keys:old_destroyed"
    kind = SubjectKind.CASE
    subject: SubjectKind
    keys: int
