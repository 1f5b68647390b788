"""Entries about attempts that were refused, and broken seals."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import SubjectKind
from app.domain.events.event import Event
from app.domain.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessDenied(Event):
    """An attempt on something absent, not visible, or not allowed."""

    action = "access:denied"
    kind = SubjectKind.CASE
    subject: SubjectKind
    permission: Permission | None
    visible: bool

    @property
    def subject_kind(self) -> SubjectKind:
        """What the refused attempt was about."""
        return self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrityAlarm(Event):
    """A sealed value did not open: swapped, changed, or under a wrong key."""

    action = "integrity:alarm"
    kind = SubjectKind.CASE
    subject: SubjectKind

    @property
    def subject_kind(self) -> SubjectKind:
        """What the broken value belongs to."""
        return self.subject
