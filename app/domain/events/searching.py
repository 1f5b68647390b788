"""Entries about searching: never what was searched for, only a keyed digest of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.errors import SubjectKind
from app.domain.events.event import CatalogueId, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchMade(Event):
    """A search: what kinds of terms, how many files were shown, and in how many units others match.

    `query` is a keyed digest of account and terms: a known name can be checked against it by whoever holds the key.
    """

    action = "search:made"
    kind = SubjectKind.SEARCH
    query: bytes
    kinds: tuple[CatalogueId, ...]
    count: int
    units: int
    reason: CatalogueId


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRefused(Event):
    """A search or check for the same person was refused: the account made as many as its role may in an hour."""

    action = "search:refused"
    kind = SubjectKind.SEARCH
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NameOpened(Event):
    """An identity was opened to show the initials of a name in a search's result."""

    action = "search:name_opened"
    kind = SubjectKind.CASE
    reason: CatalogueId


@dataclass(frozen=True, slots=True, kw_only=True)
class SamePersonChecked(Event):
    """Other files were looked for that may concern `persons` of this one; none was opened. `tiers`: what agrees."""

    action = "search:matched"
    kind = SubjectKind.CASE
    subject: SubjectKind
    persons: int
    count: int
    tiers: tuple[CatalogueId, ...]
    reason: CatalogueId

    @property
    def subject_kind(self) -> SubjectKind:
        """The report or case the check was made for."""
        return self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRebuilt(Event):
    """A part of the search index was made anew: first it is emptied, then filled; `after` is the last file done."""

    action = "index:rebuilt"
    kind = SubjectKind.SEARCH
    phase: CatalogueId
    count: int
    after: UUID | None
    began: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexChecked(Event):
    """Files were opened by the service itself to check that each is found; `missing` counts those that were not."""

    action = "index:checked"
    kind = SubjectKind.SEARCH
    count: int
    missing: int
