"""Walking the sealed tree: every leaf is its entry, every tile its hashes, every checkpoint lies on this one tree.

What counts are the checkpoints outside the database: whoever rewrites the database, keys or not, cannot change them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from app.ledger.behind import Known
from app.ledger.cells import any_text
from app.ledger.checkpoint import Signed
from app.ledger.findings import NOT_READ, UNREADABLE, Finding, Problem
from app.ledger.form import entry_bytes
from app.ledger.log import Log
from app.ledger.note import NoteError
from app.ledger.tiles import HASHES, WIDTH, fold, levels
from app.ledger.tree import HASH, Frontier, leaf_hash
from app.ledger.verify import ENTRY
from app.models import LedgerCheckpoint, LedgerLeaf, LedgerTile

BATCH = WIDTH * 4  # leaves of a page
PLACE = (LedgerLeaf.lane.label("leaf_lane"), LedgerLeaf.counter.label("leaf_counter"))
SKEW = timedelta(minutes=5)  # a clock may be set right by this much
Seen = Callable[[int], None]


def verify_sealed(session: Session, log: Log, known: Known, seen: Seen) -> Iterator[Finding]:
    """Every place where the sealed part differs from what was sealed; `seen` is told how many leaves were read.

    `session` reads one snapshot, begun after `known` was read.
    """
    with any_text(session):
        yield from _Walk(session, log, known).findings(seen)


class _Walk:
    """One pass over the leaves in tree order, in bounded memory: 32 bytes for every 256 leaves."""

    def __init__(self, session: Session, log: Log, known: Known) -> None:
        self.session = session
        self.log = log
        self.outside = frozenset(known.sizes)
        self.published = known.sizes[-1] if known.sizes else 0
        query = select(LedgerCheckpoint.size).order_by(LedgerCheckpoint.size)
        # A size that is none would come first and be waited for, and no checkpoint after it compared.
        self.inside = [size for size in session.scalars(query) if isinstance(size, int) and size > 0]
        self.size = self.inside[-1] if self.inside else 0
        wanted = {*self.inside, *(size for size in known.sizes if 0 < size <= self.size)}
        self.wanted = iter(sorted(wanted))
        self.due = next(self.wanted, None)
        self.tree = Frontier()
        self.lanes: dict[int, int] = {}
        self.upper: list[list[bytes]] = [[] for _ in levels(self.size)[1:]]
        self.latest: datetime | None = None
        self.other = False

    def findings(self, seen: Seen) -> Iterator[Finding]:
        for start in range(0, self.size, BATCH):
            stop = min(start + BATCH, self.size)
            tiles = self._tiles(start, stop)
            if self.upper:
                full = (whole for _, whole in sorted(tiles.items()) if len(whole) == WIDTH * HASH)
                self.upper[0] += [fold(whole) for whole in full]
            for position, row in self._leaves(start, stop):
                yield from self._leaf(position, row, tiles)
                if self.tree.size != position + 1:
                    yield Finding(None, 0, Problem.TREE_BROKEN, f"leaf {position}:")
                    return
                if self.due == self.tree.size:
                    yield from self._checkpoint(self.tree.size, self.tree.root())
                    self.due = next(self.wanted, None)
            seen(stop - start)
        yield from self._rest()

    def _tiles(self, start: int, stop: int) -> dict[int, bytes]:
        first, last = start // WIDTH, (stop - 1) // WIDTH
        query = select(LedgerTile.number, HASHES).where(
            LedgerTile.level == 0, LedgerTile.number >= first, LedgerTile.number <= last
        )
        return {number: hashes or b"" for number, hashes in self.session.execute(query)}

    def _leaves(self, start: int, stop: int) -> Iterator[tuple[int, Row[Any] | None]]:
        query = leaves(start, stop, whole=False)
        try:
            rows = {row.position: row for row in self.session.execute(query)}
        except NOT_READ:
            each = ((p, self._one(leaves(p, p + 1, whole=False))) for p in range(start, stop))
            rows = {position: row for position, row in each if row is not None}
        for position in range(start, stop):
            yield position, rows.get(position)

    def _one(self, query: Select[Any]) -> Row[Any] | None:
        try:
            return self.session.execute(query).one_or_none()
        except NOT_READ:
            places = query.with_only_columns(LedgerLeaf.position, *PLACE)
            return self.session.execute(places).one_or_none()

    def _leaf(self, position: int, row: Any, tiles: Mapping[int, bytes]) -> Iterator[Finding]:
        """Compare one leaf with its entry and add it to the tree, as sealed, or as the entry is if that is lost."""
        number, place = divmod(position, WIDTH)
        sealed = tiles.get(number, b"")[place * HASH : (place + 1) * HASH]
        if len(sealed) != HASH:
            sealed = b""
            yield Finding(None, 0, Problem.TREE_BROKEN, f"leaf {position}:")
        if row is None:
            yield Finding(None, 0, Problem.LEAF_MISSING, f"leaf {position}")
        else:
            expected = self.lanes.get(row.leaf_lane, 0) + 1
            if row.leaf_counter != expected:
                yield Finding(row.leaf_lane, expected, Problem.LEAF_MISSING)
            self.lanes[row.leaf_lane] = row.leaf_counter if type(row.leaf_counter) is int else expected
            stored = _hash(row)
            if stored is None or (sealed and stored != sealed):
                yield Finding(row.leaf_lane, row.leaf_counter, Problem.NOT_AS_SEALED)
            sealed = sealed or stored or b""
        if sealed:
            self.tree.append(sealed)

    def _checkpoint(self, size: int, root: bytes) -> Iterator[Finding]:
        """Compare the checkpoint of this size, in the database and outside, with the tree so far."""
        note, dated = self._stored(size)
        inside = self._opened(lambda: self.log.key.open(note))
        outside = (
            self._opened(lambda: self.log.outside.read(size, self.log.key)) if size in self.outside else None
        )
        if inside is None or inside.checkpoint.size != size:
            yield Finding(None, 0, Problem.CHECKPOINT_FORGED, f"checkpoint {size} in the database")
        if outside is None and size <= self.published:
            problem = Problem.CHECKPOINT_FORGED if size in self.outside else Problem.CHECKPOINT_MISSING
            yield Finding(None, 0, problem, f"checkpoint {size} outside")
        if inside and ((outside and inside.note != outside.note) or dated != inside.at):
            yield Finding(None, 0, Problem.NOT_AS_SEALED, f"checkpoint {size} in the database")
        signed = outside or inside
        if signed and signed.checkpoint.root != root and not self.other:
            self.other = True  # all later ones have another root, too: the first says where
            yield Finding(None, 0, Problem.OTHER_ROOT, f"checkpoint {size}")
        if signed:
            if self.latest and signed.at < self.latest - SKEW:
                yield Finding(None, 0, Problem.CLOCK_BACK, f"checkpoint {size}")
            self.latest = max(signed.at, self.latest or signed.at)

    def _rest(self) -> Iterator[Finding]:
        """What lies above the leaves, and that nothing lies beside them."""
        counts = levels(self.size)
        last = (self.size - 1) // WIDTH
        if counts and len(self._tiles(self.size - 1, self.size).get(last, b"")) != _held(self.size):
            yield Finding(None, 0, Problem.TREE_BROKEN, "the last tile is too long, or missing:")
        for level, count in enumerate(counts[1:], start=1):
            query = (
                select(LedgerTile.number, HASHES).where(LedgerTile.level == level).order_by(LedgerTile.number)
            )
            rows = [(number, hashes or b"") for number, hashes in self.session.execute(query)]
            stored = b"".join(hashes for number, hashes in rows)
            known = self.upper[level - 1]
            numbers = [number for number, _ in rows]
            if numbers != list(range(len(rows))) or stored != b"".join(known) or len(known) != count:
                yield Finding(None, 0, Problem.TREE_BROKEN, f"level {level}:")
            if level < len(self.upper):
                full = (b"".join(known[n : n + WIDTH]) for n in range(0, len(known) - WIDTH + 1, WIDTH))
                self.upper[level] = [fold(tile) for tile in full]
        tiles = sum(-(-count // WIDTH) for count in counts)
        counted = tuple(
            self._count(c) for c in (LedgerLeaf.position, LedgerTile.number, LedgerCheckpoint.size)
        )
        if counted != (self.size, tiles, len(self.inside)):
            yield Finding(None, 0, Problem.TREE_BROKEN, "leaves, tiles or checkpoints were added:")

    def _stored(self, size: int) -> tuple[str, datetime | None]:
        columns = (LedgerCheckpoint.note, LedgerCheckpoint.sealed_at)
        try:
            row = self.session.execute(select(*columns).where(LedgerCheckpoint.size == size)).one_or_none()
        except NOT_READ:
            row = None
        return (row.note, row.sealed_at) if row else ("", None)

    def _count(self, column: Any) -> int:
        return self.session.scalar(select(func.count(column))) or 0

    @staticmethod
    def _opened(read: Callable[[], Signed]) -> Signed | None:
        try:
            return read()
        except (NoteError, *NOT_READ):
            return None


def _held(size: int) -> int:
    """Bytes of the last tile of level 0 in a tree of that size."""
    return ((size - 1) % WIDTH + 1) * HASH


def _hash(row: Row[Any]) -> bytes | None:
    """The leaf hash of the entry that was read with a leaf; None when there is none, or it cannot be read."""
    try:
        return None if row.mac is None else leaf_hash(entry_bytes(row))
    except UNREADABLE:
        return None


def leaves(start: int, stop: int, *, whole: bool = True) -> Select[Any]:
    """The leaves from `start` to before `stop`: position, place, and every column of the entry.

    In tree order; not `whole`: also those whose entry is missing, which has no columns then.
    """
    here = (ENTRY.c.lane == LedgerLeaf.lane) & (ENTRY.c.counter == LedgerLeaf.counter)
    return (
        select(LedgerLeaf.position, *PLACE, *ENTRY.columns)
        .join_from(LedgerLeaf, ENTRY, here, isouter=not whole)
        .where(LedgerLeaf.position >= start, LedgerLeaf.position < stop)
        .order_by(LedgerLeaf.position)
    )
