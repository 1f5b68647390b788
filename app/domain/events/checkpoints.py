"""Entries about the ledger's checkpoints, proofs and export, and about going on after a loss."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import SubjectKind
from app.domain.events.event import CatalogueId, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointRead(Event):
    """The newest checkpoint, or one of a given size, was asked for."""

    action = "checkpoint:read"
    kind = SubjectKind.LEDGER
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointPrinted(Event):
    """A checkpoint was printed, to be kept outside."""

    action = "checkpoint:printed"
    kind = SubjectKind.LEDGER
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionProved(Event):
    """A proof was given that the entry at this position is in the log of this size."""

    action = "ledger:inclusion_proved"
    kind = SubjectKind.LEDGER
    position: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsistencyProved(Event):
    """A proof was given that the log of one size is the beginning of the log of another."""

    action = "ledger:consistency_proved"
    kind = SubjectKind.LEDGER
    old: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerExported(Event):
    """The whole log up to this size was written to files."""

    action = "ledger:exported"
    kind = SubjectKind.LEDGER
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SealRefused(Event):
    """The sealer stopped: at this place something is not what was written."""

    action = "ledger:seal_refused"
    kind = SubjectKind.LEDGER
    problem: CatalogueId
    lane: int | None
    counter: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerContinued(Event):
    """An operator accepted that entries are missing, and a new log was begun.

    `old_generation`, `old_size`, `old_root`: of the last checkpoint outside the database; the root is left out
    when that checkpoint cannot be read. `kept`: how many of its leaves the database still had. `missing`: how many
    entries beyond what the database holds were committed at least, by the tide of the machine this was done on.
    """

    action = "ledger:continued"
    kind = SubjectKind.LEDGER
    old_generation: int
    old_size: int
    old_root: bytes | None
    kept: int
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TideBegun(Event):
    """An operator began this machine's tide anew, because it or the checkpoint folder was lost or damaged.

    `entries`: how many the database held then; `size`: of the newest checkpoint outside, 0 when there was none.
    """

    action = "ledger:tide_begun"
    kind = SubjectKind.LEDGER
    entries: int
    size: int
