"""The tree as stored: tiles of 256 neighbouring hashes; level L + 1 holds the roots of the full tiles of level L."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import LargeBinary, cast, insert, select, update
from sqlalchemy.orm import Session

from app.ledger.tree import HASH, ProofError, node_hash
from app.models import LedgerTile

WIDTH = 256  # hashes of a full tile
BITS = 8  # heights of one level
HASHES = cast(LedgerTile.hashes, LargeBinary)
"""As bytes whatever is stored: SQLite stores any type in any column."""


class Tiles:
    """Reads and extends the stored tree; remembers the tiles it read, so use one for one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: dict[tuple[int, int], bytes] = {}

    def subtree(self, height: int, index: int) -> bytes:
        """The hash of a complete subtree, from one stored tile; ProofError when the tile is missing or too short."""
        level, inside = divmod(height, BITS)
        number, first = divmod(index << inside, WIDTH)
        wanted = self._tile(level, number)[first * HASH : (first + (1 << inside)) * HASH]
        if len(wanted) != HASH << inside:
            raise ProofError(f"tile {number} of level {level} is missing or too short")
        return fold(wanted)

    def append(self, size: int, hashes: Sequence[bytes]) -> None:
        """Add leaf hashes behind the first `size`: writes one row per tile touched, and no other."""
        level, start, fresh = 0, size, list(hashes)
        while fresh:
            first, full = start // WIDTH, []
            while fresh:
                number, held = divmod(start, WIDTH)
                part, fresh = fresh[: WIDTH - held], fresh[WIDTH - held :]
                tile = self._tile(level, number)[: held * HASH] + b"".join(part)
                if len(tile) != (held + len(part)) * HASH:
                    raise ProofError(f"tile {number} of level {level} is missing or too short")
                self._write(level, number, tile, grows=bool(held))
                start += len(part)
                if len(tile) == WIDTH * HASH:
                    full.append(fold(tile))
            level, start, fresh = level + 1, first, full

    def _tile(self, level: int, number: int) -> bytes:
        if (level, number) not in self._read:
            stored = self._session.scalar(
                select(HASHES).where(LedgerTile.level == level, LedgerTile.number == number)
            )
            self._read[level, number] = stored or b""
        return self._read[level, number]

    def _write(self, level: int, number: int, tile: bytes, *, grows: bool) -> None:
        if grows:
            query = update(LedgerTile).where(LedgerTile.level == level, LedgerTile.number == number)
            self._session.execute(query.values(hashes=tile), execution_options={"synchronize_session": False})
        else:
            self._session.execute(insert(LedgerTile).values(level=level, number=number, hashes=tile))
        self._read[level, number] = tile


def fold(hashes: bytes) -> bytes:
    """The root over neighbouring hashes; how many is a power of two."""
    parts = [hashes[start : start + HASH] for start in range(0, len(hashes), HASH)]
    while len(parts) > 1:
        parts = [node_hash(left, right) for left, right in zip(parts[::2], parts[1::2], strict=True)]
    return parts[0]


def levels(size: int) -> list[int]:
    """How many hashes each level holds in a tree of that size, from level 0 up."""
    counts = []
    while size:
        counts.append(size)
        size //= WIDTH
    return counts
