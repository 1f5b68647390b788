"""The tide: a file outside the database that only rises, with the length and head of every lane as last committed.

It is raised right after each commit and looked at before each next one, so that a database put back by even one
commit is refused at once. It is a lower bound: each machine has its own, and losing a little of it does no harm.

32 bytes: "benan-tide/1", zeros up to 24, the log's generation (8). Then for each lane 48 bytes: how many entries (8),
the code of the last one (32), and the first 8 bytes of the SHA-256 of lane (8), count and code. Numbers are big-endian.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from app.domain.errors import LedgerBehind
from app.ledger.form import GENESIS, LANES

NAME = "tide"
MAGIC = b"benan-tide/1".ljust(24, b"\0")
HEADER = 32  # bytes
SLOT = 48  # bytes
LENGTH = HEADER + LANES * SLOT


@dataclass(frozen=True, slots=True)
class Head:
    """How far one lane has come: how many entries, and the code of the last one."""

    lane: int
    count: int
    code: bytes


@dataclass(frozen=True, slots=True)
class Tide:
    """What the file says; `heads` in the order of the lanes."""

    generation: int
    heads: tuple[Head, ...]

    def behind(self, stored: Iterable[Head]) -> list[int]:
        """The lanes that are shorter than they once were, or as long with another last entry."""
        present = {head.lane: head for head in stored}
        lanes = []
        for known in self.heads:
            head = present.get(known.lane, Head(known.lane, 0, GENESIS))
            if known.count > head.count or (known.count == head.count and known.code != head.code):
                lanes.append(known.lane)
        return lanes


def read_tide(directory: Path) -> Tide | None:
    """What the tide of this machine says; None when there is none. LedgerBehind when it is damaged."""
    try:
        with _opened(directory, fcntl.LOCK_SH, os.O_RDONLY) as file:
            return _decoded(os.pread(file, LENGTH + 1, 0))
    except FileNotFoundError:
        return None


def present_tide(directory: Path, generation: int) -> Tide:
    """The tide of this machine, ready to be raised.

    LedgerBehind when it is gone, damaged or of another generation of the log: it is never made silently.
    OSError when the file cannot be written: better before a commit than after it.
    """
    try:
        with _opened(directory, fcntl.LOCK_SH) as file:
            tide = _decoded(os.pread(file, LENGTH + 1, 0))
    except FileNotFoundError:
        raise LedgerBehind from None
    if tide.generation != generation:
        raise LedgerBehind
    return tide


def raise_tide(directory: Path, head: Head) -> None:
    """Say that this lane was committed up to this entry; never lowers it. Reaches the disk when the sealer runs."""
    with _opened(directory, fcntl.LOCK_EX) as file:
        known = _head(head.lane, os.pread(file, SLOT, HEADER + head.lane * SLOT))
        if head.count > known.count:
            os.pwrite(file, _encoded(head), HEADER + head.lane * SLOT)


def sync_tide(directory: Path) -> None:
    """Have the tide reach the disk."""
    try:
        with _opened(directory, fcntl.LOCK_SH, os.O_RDONLY) as file:
            os.fsync(file)
    except FileNotFoundError:
        return


def replace_tide(directory: Path, generation: int, heads: Iterable[Head], *, kept: Path | None) -> None:
    """Begin the tide anew at these heads, in one step; the old file becomes `kept`, unless one is there already.

    Only the installation and operators do this; the service must not run meanwhile.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    old, fresh = directory / NAME, directory / f"{NAME}.new"
    if kept is not None and old.exists() and not kept.exists():
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.link(old, kept)
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(_whole(generation, heads))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(old)
    sync_folder(directory)


def sync_folder(directory: Path) -> None:
    """Have the names of a folder reach the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _opened(directory: Path, lock: int, flags: int = os.O_RDWR) -> Iterator[int]:
    # A lock of the open file, not of the process: threads of one process must exclude each other, too.
    descriptor = os.open(directory / NAME, flags | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, lock)
        yield descriptor
    finally:
        os.close(descriptor)


def _whole(generation: int, heads: Iterable[Head]) -> bytes:
    by_lane = {head.lane: head for head in heads}
    slots = (_encoded(by_lane.get(lane, Head(lane, 0, GENESIS))) for lane in range(LANES))
    return MAGIC + generation.to_bytes(8) + b"".join(slots)


def _encoded(head: Head) -> bytes:
    body = head.count.to_bytes(8) + bytes(head.code)
    return body + _sum(head.lane, body)


def _sum(lane: int, body: bytes) -> bytes:
    return sha256(lane.to_bytes(8) + body).digest()[:8]


def _decoded(raw: bytes) -> Tide:
    if len(raw) != LENGTH or not raw.startswith(MAGIC):
        raise LedgerBehind
    slots = (raw[HEADER + lane * SLOT : HEADER + (lane + 1) * SLOT] for lane in range(LANES))
    heads = tuple(_head(lane, slot) for lane, slot in enumerate(slots))
    return Tide(int.from_bytes(raw[24:HEADER]), heads)


def _head(lane: int, slot: bytes) -> Head:
    body = slot[:40]
    if len(slot) != SLOT or slot[40:] != _sum(lane, body):
        raise LedgerBehind
    return Head(lane, int.from_bytes(body[:8]), body[8:])
