"""Entries about how long a file is kept: its term, a legal hold, and its erasing by two persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.errors import SubjectKind
from app.domain.events.event import CatalogueId, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepingViewed(Event):
    """Somebody looked at how long a file is kept, and at its requests for erasing; nothing was opened."""

    action = "keeping:viewed"
    kind = SubjectKind.CASE


@dataclass(frozen=True, slots=True, kw_only=True)
class TermSet(Event):
    """Until when a file is kept was decided; without a date it is unknown again."""

    action = "keeping:term_set"
    kind = SubjectKind.CASE
    keep_until: date | None
    basis: CatalogueId


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPut(Event):
    """A legal hold was put on a file: it cannot be erased."""

    action = "keeping:hold_put"
    kind = SubjectKind.CASE
    basis: CatalogueId


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLifted(Event):
    """The legal hold on a file was lifted."""

    action = "keeping:hold_lifted"
    kind = SubjectKind.CASE


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequested(Event):
    """One person asked for a file to be erased; another decides."""

    action = "erasure:requested"
    kind = SubjectKind.CASE
    erasure_id: UUID
    basis: CatalogueId


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRefused(Event):
    """The second person refused to have a file erased."""

    action = "erasure:refused"
    kind = SubjectKind.CASE
    erasure_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasuresListed(Event):
    """Requests for erasing that wait for a decision were looked through."""

    action = "erasure:listed"
    kind = SubjectKind.CASE
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportErased(Event):
    """The keys of a report were destroyed together with those of its case."""

    action = "report:erased"
    kind = SubjectKind.REPORT
    erasure_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseErased(Event):
    """A file was erased: the second person approved, and its keys and those of its reports were destroyed.

    `keys`, `values`, `reports`, `attachments`: how many were lost for good; `digest`: SHA-256 over the sorted SHA-256
    of every sealed value, so that what is left can be told from anything else.
    """

    action = "case:erased"
    kind = SubjectKind.CASE
    erasure_id: UUID
    basis: CatalogueId
    requested_by: UUID
    keep_until: date
    keys: int
    values: int
    reports: int
    attachments: int
    digest: bytes
