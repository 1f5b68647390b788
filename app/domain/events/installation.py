"""Entries about the installation itself."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import SubjectKind
from app.domain.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationBegun(Event):
    """Keys, empty ledger and deployment were made; the first entry of a ledger."""

    action = "installation:begun"
    kind = SubjectKind.LEDGER


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsAdopted(Event):
    """Rows stored by a program from before the ledger told of rows were taken over as they stood."""

    action = "installation:rows_adopted"
    kind = SubjectKind.LEDGER
    count: int
