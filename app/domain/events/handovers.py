"""Entries about handovers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.domain.errors import SubjectKind
from app.domain.events.event import CatalogueId, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverOffered(Event):
    """The giver offered a case to another unit."""

    action = "handover:offered"
    kind = SubjectKind.CASE
    handover_id: UUID
    to_unit_id: UUID
    sections: tuple[CatalogueId, ...]
    documents: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverDecided(Event):
    """The receiver confirmed or refused."""

    action = "handover:decided"
    kind = SubjectKind.CASE
    handover_id: UUID
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverWithdrawn(Event):
    """The giver took an offer back before it was decided."""

    action = "handover:withdrawn"
    kind = SubjectKind.CASE
    handover_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoversListed(Event):
    """Handovers to or from a unit were looked through."""

    action = "handover:listed"
    kind = SubjectKind.HANDOVER
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverViewed(Event):
    """A handover was looked at: units, papers, names of sections."""

    action = "handover:viewed"
    kind = SubjectKind.CASE
    handover_id: UUID
