"""The sealer: takes committed entries into the Merkle tree, signs a checkpoint and publishes it outside.

Writers never touch what it writes. It reads and verifies first and then writes in one short transaction: leaves,
tiles and the checkpoint over them, so that the stored tree always ends at its last checkpoint.
"""

from __future__ import annotations

import fcntl
import hmac
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.ledger.behind import behind_tide, known_outside, outside_lost
from app.ledger.checkpoint import Checkpoint, Signed
from app.ledger.findings import NOT_READ, UNREADABLE, Finding, Problem
from app.ledger.form import GENESIS, LANES, entry_bytes, lane_bytes
from app.ledger.log import Log
from app.ledger.note import NoteError
from app.ledger.tide import sync_tide
from app.ledger.tiles import Tiles
from app.ledger.tree import Frontier, ProofError, leaf_hash
from app.models import LedgerCheckpoint, LedgerEntry, LedgerLane, LedgerLeaf

BATCH = 1000  # entries of one checkpoint, at most
LOCK = 0x62656E616E  # "benan": the advisory lock of PostgreSQL that one sealer holds


class SealRefused(Exception):
    """What would be sealed is not what was written, or the log outside is another one; the finding says where."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry that was verified: its place in its lane, and its leaf hash."""

    lane: int
    counter: int
    hash: bytes


def seal(engine: Engine, log: Log, now: Callable[[], datetime]) -> Iterator[Signed]:
    """Seal all that is committed, up to 1000 entries a time; yields each checkpoint once it is outside.

    Also publishes what an interrupted run left. Raises SealRefused, having sealed nothing more, when anything
    differs from what was written.
    """
    with _only_sealer(log.directory):
        _refuse_behind(engine, log)
        yield from _published(engine, log)
        count = BATCH
        while count == BATCH:
            with Session(engine) as session:
                tree, leaves = _looked_at(session, log)
            count = len(leaves)
            signed = _stored(engine, log, tree, leaves, now()) if leaves else None
            if signed:
                _publish(log, signed)
                yield signed
        sync_tide(log.directory)


def _looked_at(session: Session, log: Log) -> tuple[Frontier, list[Leaf]]:
    try:
        return _base(session, log), _taken(session, log)
    except UNREADABLE:  # SQLite stores any type in any column
        raise SealRefused(Finding(None, 0, Problem.UNREADABLE)) from None


def newest_stored(session: Session, log: Log) -> Signed | None:
    """The newest checkpoint in the database; SealRefused when this log did not sign it."""
    row = session.execute(
        select(LedgerCheckpoint.size, LedgerCheckpoint.note).order_by(LedgerCheckpoint.size.desc()).limit(1)
    ).one_or_none()
    return None if row is None else _opened(log, row.size, row.note)


def sealed_counts(session: Session) -> dict[int, int]:
    """For each lane, how many of its entries are in the tree."""
    last = select(func.max(LedgerLeaf.counter))
    return {lane: session.scalar(last.where(LedgerLeaf.lane == lane)) or 0 for lane in range(LANES)}


@contextmanager
def _only_sealer(directory: Path) -> Iterator[None]:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (directory / "sealer.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _refuse_behind(engine: Engine, log: Log) -> None:
    """What was put back within the last seconds must not be sealed as if it were all."""
    known = known_outside(log)
    with Session(engine) as session:
        for finding in (*behind_tide(session, log, known), *outside_lost(session, log, known)):
            raise SealRefused(finding)


def _opened(log: Log, size: int, note: str) -> Signed:
    try:
        signed = log.key.open(note)
    except (NoteError, *NOT_READ):
        signed = None
    if signed is None or signed.checkpoint.size != size:
        raise SealRefused(Finding(None, 0, Problem.CHECKPOINT_FORGED, f"checkpoint {size} in the database"))
    return signed


def _published(engine: Engine, log: Log) -> Iterator[Signed]:
    """Publish what a crash between commit and publishing left; refuse when the outside knows more."""
    sizes = log.outside.sizes()
    with Session(engine) as session:
        newest = newest_stored(session, log)
        size = newest.checkpoint.size if newest else 0
        later = log.outside.later_generation()
        if later is not None or (sizes and sizes[-1] > size):
            raise SealRefused(Finding(None, 0, Problem.BEHIND_OUTSIDE))
        query = select(LedgerCheckpoint.size, LedgerCheckpoint.note).order_by(LedgerCheckpoint.size)
        waiting = session.execute(query.where(LedgerCheckpoint.size >= (sizes[-1] if sizes else 0))).all()
    if sizes and waiting[0].size != sizes[-1]:
        place = f"checkpoint {sizes[-1]} in the database"
        raise SealRefused(Finding(None, 0, Problem.CHECKPOINT_MISSING, place))
    for row in waiting:
        signed = _opened(log, row.size, row.note)
        _publish(log, signed)
        if row.size not in sizes:
            yield signed


def _publish(log: Log, signed: Signed) -> None:
    try:
        log.outside.publish(signed)
    except NoteError:
        place = f"checkpoint {signed.checkpoint.size}"
        raise SealRefused(Finding(None, 0, Problem.OTHER_ROOT, place)) from None


def _base(session: Session, log: Log) -> Frontier:
    """The right edge of the stored tree, having made sure that the last checkpoint signed exactly this tree."""
    broken = SealRefused(Finding(None, 0, Problem.TREE_BROKEN))
    newest = newest_stored(session, log)
    size = newest.checkpoint.size if newest else 0
    last = session.scalar(select(func.max(LedgerLeaf.position)))
    if size != (0 if last is None else last + 1) or size != sum(sealed_counts(session).values()):
        raise broken
    try:
        tree = Frontier.of(size, Tiles(session).subtree)
    except ProofError:
        raise broken from None
    if newest and tree.root() != newest.checkpoint.root:
        raise broken
    return tree


def _taken(session: Session, log: Log) -> list[Leaf]:
    """The next entries of all lanes, each verified: genuine, and following the one before it."""
    leaves: list[Leaf] = []
    sealed = sealed_counts(session)
    for number in range(LANES):
        lane = session.get(LedgerLane, number)
        if lane is None:
            raise SealRefused(Finding(number, 0, Problem.LANE_MISSING))
        if not hmac.compare_digest(bytes(lane.mac), log.authenticate(lane_bytes(lane))):
            raise SealRefused(Finding(number, 0, Problem.LANE_FORGED))
        if lane.count < sealed[number]:
            raise SealRefused(Finding(number, lane.count + 1, Problem.TAIL_MISSING))
        leaves += _taken_of(session, log, lane, sealed[number], BATCH - len(leaves))
    return leaves


def _taken_of(session: Session, log: Log, lane: LedgerLane, sealed: int, room: int) -> list[Leaf]:
    until = min(lane.count, sealed + room)
    before = (LedgerEntry.lane == lane.lane, LedgerEntry.counter == sealed)
    previous = session.scalar(select(LedgerEntry.mac).where(*before)) if sealed else GENESIS
    if previous is None:
        raise SealRefused(Finding(lane.lane, sealed, Problem.ENTRY_MISSING))
    leaves: list[Leaf] = []
    for counter, entry in enumerate(_entries(session, lane.lane, sealed, until), start=sealed + 1):
        if entry is None or entry.counter != counter:
            raise SealRefused(Finding(lane.lane, counter, Problem.ENTRY_MISSING))
        leaf = _genuine(entry, log)
        if entry.previous != previous:
            raise SealRefused(Finding(lane.lane, counter, Problem.ORDER_BROKEN))
        leaves.append(Leaf(lane.lane, counter, leaf_hash(leaf)))
        previous = entry.mac
    if sealed + len(leaves) != until:
        raise SealRefused(Finding(lane.lane, sealed + len(leaves) + 1, Problem.TAIL_MISSING))
    if until == lane.count and previous != lane.head:
        raise SealRefused(Finding(lane.lane, until, Problem.LANE_FORGED))
    return leaves


def _entries(session: Session, lane: int, after: int, until: int) -> Sequence[LedgerEntry | None]:
    if after >= until:
        return ()
    query = select(LedgerEntry).where(LedgerEntry.lane == lane, LedgerEntry.counter > after)
    try:
        return session.scalars(query.where(LedgerEntry.counter <= until).order_by(LedgerEntry.counter)).all()
    except NOT_READ:  # a column of another type: the walk of `flask ledger verify` says which entry
        raise SealRefused(Finding(lane, after + 1, Problem.ENTRY_CHANGED)) from None


def _genuine(entry: LedgerEntry, log: Log) -> bytes:
    """The entry's bytes, that is its leaf."""
    try:
        leaf = entry_bytes(entry)
        if hmac.compare_digest(entry.mac, log.authenticate(leaf)):
            return leaf
    except UNREADABLE:
        pass
    raise SealRefused(Finding(entry.lane, entry.counter, Problem.ENTRY_CHANGED))


def _stored(engine: Engine, log: Log, tree: Frontier, leaves: Sequence[Leaf], at: datetime) -> Signed | None:
    """Write leaves, tiles and checkpoint in one transaction; None when another machine's sealer was first."""
    size = tree.size
    for leaf in leaves:
        tree.append(leaf.hash)
    signed = log.key.sign(Checkpoint(log.key.origin, tree.size, tree.root()), log.sign, at)
    rows = [{"position": size + n, "lane": e.lane, "counter": e.counter} for n, e in enumerate(leaves)]
    checkpoint = {"size": tree.size, "note": signed.note, "sealed_at": signed.at}
    with Session(engine) as session:
        session.connection(execution_options={"benan_writes": True})
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        if (session.scalar(select(func.max(LedgerCheckpoint.size))) or 0) > size:
            return None
        try:
            session.execute(insert(LedgerLeaf), rows)
            Tiles(session).append(size, [leaf.hash for leaf in leaves])
            session.execute(insert(LedgerCheckpoint), [checkpoint])
            session.commit()
        except (IntegrityError, ProofError):
            raise SealRefused(Finding(None, 0, Problem.TREE_BROKEN)) from None
    return signed
