"""Entries about cases, their sections and moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.errors import SubjectKind
from app.domain.events.event import CatalogueId, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(Event):
    """A case of a procedure began from a report."""

    action = "case:opened"
    kind = SubjectKind.CASE
    procedure: CatalogueId
    procedure_version: int
    report_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportJoined(Event):
    """A further report was added to a running case."""

    action = "case:report_joined"
    kind = SubjectKind.CASE
    report_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesListed(Event):
    """A page of cases (codes, stages and terms only)."""

    action = "case:listed"
    kind = SubjectKind.CASE
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseViewed(Event):
    """A case's position, terms and papers were looked at; no section was opened."""

    action = "case:viewed"
    kind = SubjectKind.CASE


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRead(Event):
    """One sealed section was opened and shown."""

    action = "section:read"
    kind = SubjectKind.CASE
    section: CatalogueId
    version: int
    reason: CatalogueId


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionWritten(Event):
    """One sealed section got a new version; earlier ones stay."""

    action = "section:written"
    kind = SubjectKind.CASE
    section: CatalogueId
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveChecked(Event):
    """Somebody asked what a move still needs; `missing` counts the obstacles."""

    action = "case:move_checked"
    kind = SubjectKind.CASE
    to_stage: CatalogueId
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRequested(Event):
    """A move waits for a second person."""

    action = "case:move_requested"
    kind = SubjectKind.CASE
    approval_id: UUID
    track: CatalogueId
    from_stage: CatalogueId
    to_stage: CatalogueId


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDecided(Event):
    """A second person approved or refused a move."""

    action = "case:move_decided"
    kind = SubjectKind.CASE
    approval_id: UUID
    approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRead(Event):
    """The sealed reason of a step, a decision or a refused handover was opened; `about` says which."""

    action = "reason:read"
    kind = SubjectKind.CASE
    about: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMoved(Event):
    """A case went from one stage to the next; the terms of the new stage run from `event_on`."""

    action = "case:moved"
    kind = SubjectKind.CASE
    track: CatalogueId
    from_stage: CatalogueId
    to_stage: CatalogueId
    event_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAssigned(Event):
    """An officer was put on a case."""

    action = "case:assigned"
    kind = SubjectKind.CASE
    account_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentEnded(Event):
    """An officer was taken off a case; access ends with the next request."""

    action = "case:assignment_ended"
    kind = SubjectKind.CASE
    account_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalsListed(Event):
    """Moves waiting for a second person were looked through."""

    action = "case:approvals_listed"
    kind = SubjectKind.CASE
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskViewed(Event):
    """An account looked at its desk: counts, codes and terms."""

    action = "desk:viewed"
    kind = SubjectKind.ACCOUNT
