"""Entries about reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.errors import SubjectKind
from app.domain.events.event import CatalogueId, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLogged(Event):
    """A report was taken down; its term for classification runs."""

    action = "report:logged"
    kind = SubjectKind.REPORT
    channel: CatalogueId
    danger_now: bool
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsListed(Event):
    """A page of reports (codes, channels and terms only)."""

    action = "report:listed"
    kind = SubjectKind.REPORT
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRead(Event):
    """A report's content was opened."""

    action = "report:read"
    kind = SubjectKind.REPORT
    reason: CatalogueId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPrinted(Event):
    """A report's content was opened and printed as the intake slip."""

    action = "report:printed"
    kind = SubjectKind.REPORT
    reason: CatalogueId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportClassified(Event):
    """A report's way was decided; after this its author no longer sees the content."""

    action = "report:classified"
    kind = SubjectKind.REPORT
    outcome: CatalogueId
    detail: CatalogueId | None
    case_id: UUID | None
    late: bool
