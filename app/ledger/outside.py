"""Checkpoints outside the database: one folder for each generation of the log, files are added and never changed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from app.ledger.checkpoint import LogKey, Signed
from app.ledger.note import NoteError
from app.ledger.tide import sync_folder

NAME = re.compile(r"([0-9]{12,18})\.checkpoint\Z")
GENERATION = re.compile(r"[1-9][0-9]{0,8}\Z")


class Outside:
    """The checkpoints of one generation, outside the database, by size."""

    def __init__(self, directory: Path, generation: int) -> None:
        self.directory = directory
        self.generation = generation
        self.folder = directory / str(generation)

    def sizes(self) -> list[int]:
        """The sizes of all checkpoints there, smallest first, readable or not."""
        return sorted(int(found[1]) for name in _names(self.folder) if (found := NAME.match(name)))

    def path(self, size: int) -> Path:
        """Where the checkpoint of that size is, or goes."""
        return self.folder / f"{size:012}.checkpoint"

    def read(self, size: int, key: LogKey) -> Signed:
        """The checkpoint of that size; NoteError when it is not one this log signed."""
        try:
            signed = key.open(self.path(size).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            raise NoteError("the file cannot be read") from None
        if signed.checkpoint.size != size:
            raise NoteError("the file holds a checkpoint of another size")
        return signed

    def newest(self, key: LogKey) -> Signed | None:
        """The largest checkpoint; None when there is none. NoteError as for `read`."""
        sizes = self.sizes()
        return self.read(sizes[-1], key) if sizes else None

    def later_generation(self) -> int | None:
        """The newest generation that checkpoints were published of, when it is newer than this one."""
        later = [int(name) for name in _names(self.directory) if GENERATION.match(name)]
        return max((number for number in later if number > self.generation), default=None)

    def publish(self, signed: Signed) -> None:
        """Add a checkpoint, and have it reach the disk before this returns.

        A file cut short by a crash is completed by appending. NoteError when another note is there already.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path, whole = self.path(signed.checkpoint.size), signed.note.encode()
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o400)
            there = b""
        except FileExistsError:
            there = path.read_bytes()
            if there == whole:
                return
            if not whole.startswith(there):
                raise NoteError(f"{path} holds another checkpoint") from None
            descriptor = self._reopened(path)
        with os.fdopen(descriptor, "ab") as file:
            file.write(whole[len(there) :])
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self.folder)
        sync_folder(self.directory)

    @staticmethod
    def _reopened(path: Path) -> int:
        if os.geteuid():  # only root may write into a file that is read-only; its owner must say so first
            path.chmod(0o600)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        os.fchmod(descriptor, 0o400)
        return descriptor


def _names(folder: Path) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            yield from (entry.name for entry in entries)
    except FileNotFoundError:
        return
