"""Entries about the copy of the keys that several custodians hold together."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import SubjectKind
from app.domain.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysSplit(Event):
    """Every key was sealed into one file and its secret cut into shares; `threshold` of them open it."""

    action = "keys:split"
    kind = SubjectKind.LEDGER
    threshold: int
    shares: int
    digest: bytes
