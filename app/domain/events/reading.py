"""Entries about the ledger itself, and repeated requests."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import SubjectKind
from app.domain.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRead(Event):
    """Entries were looked through: of one case, or of the unit."""

    action = "ledger:read"
    kind = SubjectKind.LEDGER
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatAnswered(Event):
    """A create that was already done came again and got the first answer."""

    action = "repeat:answered"
    kind = SubjectKind.CASE
    subject: SubjectKind

    @property
    def subject_kind(self) -> SubjectKind:
        """The kind of thing created the first time."""
        return self.subject
