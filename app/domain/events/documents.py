"""Entries about documents and registers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.domain.errors import SubjectKind
from app.domain.events.event import CatalogueId, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDrafted(Event):
    """A draft was begun or its form changed."""

    action = "document:drafted"
    kind = SubjectKind.CASE
    document_id: UUID
    type: CatalogueId
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRead(Event):
    """A document's form was opened."""

    action = "document:read"
    kind = SubjectKind.CASE
    document_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPreviewed(Event):
    """A draft was rendered with the sections it discloses."""

    action = "document:previewed"
    kind = SubjectKind.CASE
    document_id: UUID
    sections: tuple[CatalogueId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentNumbered(Event):
    """A document's content was frozen and it took the next number of the register."""

    action = "document:numbered"
    kind = SubjectKind.CASE
    document_id: UUID
    type: CatalogueId
    year: int
    number: int
    sections: tuple[CatalogueId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentIssued(Event):
    """A document's bytes were fixed; `digest` is the SHA-256 of the PDF."""

    action = "document:issued"
    kind = SubjectKind.CASE
    document_id: UUID
    digest: bytes
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDownloaded(Event):
    """An issued document left the system, with the sections it discloses."""

    action = "document:downloaded"
    kind = SubjectKind.CASE
    document_id: UUID
    digest: bytes
    reason: CatalogueId


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterViewed(Event):
    """A unit's register of documents was looked through."""

    action = "register:viewed"
    kind = SubjectKind.DOCUMENT
    year: int
    count: int
