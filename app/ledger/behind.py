"""Whether the database holds less than was once committed: it is compared with the tide and the checkpoints outside.

What is outside is read first and the database after it, so that work going on meanwhile raises no alarm.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import LedgerBehind
from app.ledger.append import lanes_behind
from app.ledger.checkpoint import Signed
from app.ledger.findings import NOT_READ, Finding, Problem
from app.ledger.log import Log
from app.ledger.note import NoteError
from app.ledger.tide import Tide, read_tide
from app.models import LedgerCheckpoint, LedgerLane


@dataclass(frozen=True, slots=True)
class Known:
    """What is known outside the database at one moment.

    `sizes`: of all checkpoints; `newest`: the last one, None when there is none or it cannot be read.
    """

    tide: Tide | None
    damaged: bool
    sizes: tuple[int, ...]
    newest: Signed | None
    later_generation: int | None


def known_outside(log: Log) -> Known:
    """Read tide and checkpoints; call before the database is read."""
    tide, damaged, newest = None, False, None
    try:
        tide = read_tide(log.directory)
    except LedgerBehind:
        damaged = True
    sizes = tuple(log.outside.sizes())
    with suppress(NoteError):
        newest = log.outside.read(sizes[-1], log.key) if sizes else None
    return Known(tide, damaged, sizes, newest, log.outside.later_generation())


def behind(session: Session, log: Log, known: Known) -> Iterator[Finding]:
    """Everything that shows that the database was put back, cut or exchanged."""
    yield from behind_tide(session, log, known)
    if known.later_generation is not None:
        place = f"generation {known.later_generation} of the ledger"
        yield Finding(None, 0, Problem.BEHIND_OUTSIDE, place)
    if known.sizes and known.newest is None:
        yield Finding(None, 0, Problem.CHECKPOINT_FORGED, f"checkpoint {known.sizes[-1]} outside")
    newest = session.scalar(select(func.max(LedgerCheckpoint.size)))
    stored = newest if type(newest) is int else 0
    if known.sizes and known.sizes[-1] > stored:
        place = f"checkpoint {known.sizes[-1]} outside, {stored} in the database:"
        yield Finding(None, 0, Problem.BEHIND_OUTSIDE, place)
    elif known.newest:
        size = known.newest.checkpoint.size
        note = session.scalar(select(LedgerCheckpoint.note).where(LedgerCheckpoint.size == size))
        if note != known.newest.note:
            yield Finding(None, 0, Problem.OTHER_ROOT, f"checkpoint {size} outside")


def behind_tide(session: Session, log: Log, known: Known) -> Iterator[Finding]:
    """The lanes that are shorter than they were, or went another way."""
    if known.damaged or (known.tide and known.tide.generation != log.generation):
        yield Finding(None, 0, Problem.TIDE_BROKEN, "the tide is")
    elif known.tide:
        try:
            lanes = lanes_behind(session, known.tide)
        except NOT_READ:
            lanes = {head.lane: 0 for head in known.tide.heads}
        for lane, count in lanes.items():
            yield Finding(lane, count, Problem.BEHIND_TIDE)


def outside_lost(session: Session, log: Log, known: Known) -> Iterator[Finding]:
    """What the database proves was once outside and is not there now: as after a folder was deleted or not mounted."""
    if known.tide is None and not known.damaged:
        counts = session.scalars(select(LedgerLane.count))
        if any(type(count) is not int or count for count in counts):
            yield Finding(None, 0, Problem.OUTSIDE_LOST, "the tide")
    # The first checkpoint is outside before the second one is stored; the sealer publishes a last one after a crash.
    stored = session.scalar(select(func.count(LedgerCheckpoint.size))) or 0
    if stored > 1 and not log.outside.sizes():
        yield Finding(None, 0, Problem.OUTSIDE_LOST, "every checkpoint")
