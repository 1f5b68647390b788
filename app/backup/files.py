"""The folder of backups: names that say only time and part, and files that are there whole or not at all."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO

from app.backup.age import Recipient, encrypting
from app.backup.archive import Writer
from app.backup.faults import BackupError
from app.backup.manifest import Part

NAME = re.compile(r"benan-(\d{8}T\d{6}Z)-(data|keys)\.age\Z")
TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Backup:
    """The files of one point in time; a part that was pruned or lost is None."""

    at: datetime
    data: Path | None
    keys: Path | None

    @property
    def files(self) -> tuple[Path, ...]:
        """The parts that are there."""
        return tuple(path for path in (self.data, self.keys) if path)


def file_name(at: datetime, part: Part) -> str:
    """`benan-20261122T020000Z-data.age`."""
    return f"benan-{at.astimezone(UTC):{TIME}}-{part}.age"


def backups(directory: Path) -> list[Backup]:
    """What the folder holds, oldest first; files with other names are left out."""
    found: dict[str, dict[str, Path]] = {}
    for path in directory.glob("benan-*.age"):
        if match := NAME.match(path.name):
            found.setdefault(match[1], {})[match[2]] = path
    return [
        Backup(datetime.strptime(at, TIME).replace(tzinfo=UTC), parts.get(Part.DATA), parts.get(Part.KEYS))
        for at, parts in sorted(found.items())
    ]


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """One command at a time changes the folder; what a killed one left half-written goes first."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise BackupError(
            "Another backup command is running in this folder. Wait until it is done."
        ) from None
    try:
        for left in directory.glob(".benan-*.part"):
            left.unlink()
        yield
    finally:
        os.close(lock)


class Unfinished:
    """A part being written; it gets its name only by `publish`."""

    def __init__(self, path: Path, at: datetime, recipients: Sequence[Recipient]) -> None:
        self.path, self._at, self._recipients = path, at, recipients
        self._hidden = path.with_name(f".{path.name}.part")
        self.digest = b""

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """Write the part; nothing is left of it when that fails."""
        if self.path.exists():
            raise BackupError(f"{self.path} is already there; nothing was overwritten.")
        try:
            with _private(self._hidden) as file:
                hashing = _Hashing(file)
                with encrypting(hashing, self._recipients) as stream:
                    yield Writer(stream, self._at)
                file.flush()
                os.fsync(file.fileno())
            self.digest = hashing.sha256.digest()
        except BaseException:
            self._hidden.unlink(missing_ok=True)
            raise

    def publish(self) -> None:
        """Give it its name; from now on it is a backup."""
        self._hidden.rename(self.path)
        sync(self.path.parent)

    def discard(self) -> None:
        """Leave nothing of it."""
        self._hidden.unlink(missing_ok=True)


class _Hashing:
    """Passes bytes on to a file and keeps their SHA-256."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.sha256 = file, sha256()

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


def _private(path: Path) -> BinaryIO:
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def digest_of(path: Path) -> bytes:
    """The SHA-256 of a file as it lies there, 32 bytes."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").digest()


def sync(directory: Path) -> None:
    """Make names in a folder durable."""
    held = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
