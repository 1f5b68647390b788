"""A folder for what must lie on disk for a while: 0700, emptied by overwriting, found again after a kill."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "benan-backup-"
BLANK = bytes(1024 * 1024)


@contextmanager
def scratch() -> Iterator[Path]:
    """A fresh folder in TMPDIR, gone afterwards whatever happens; what a killed run left there goes first."""
    sweep()
    folder, held = _held()
    try:
        yield folder
    finally:
        _remove(folder)
        os.close(held)


def _held() -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))  # mkdtemp makes it 0700
        held = os.open(folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        if folder.exists():  # another run's sweep may have been between the two lines above
            return folder, held
        os.close(held)


def sweep() -> None:
    """Remove our folders that no running process holds."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # another user's, or gone meanwhile
            if folder.lstat().st_uid == os.getuid() and folder.is_dir() and not folder.is_symlink():
                _remove_if_left(folder)


def _remove_if_left(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(folder)
    finally:
        os.close(held)


def _remove(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            wipe(path)
    shutil.rmtree(folder, ignore_errors=True)


def wipe(path: Path) -> None:
    """Overwrite a file once, then delete it: its blocks say nothing, as far as the disk obeys."""
    with suppress(OSError), path.open("r+b") as file:
        left = path.stat().st_size
        while left > 0:
            left -= file.write(BLANK[:left])
        file.flush()
        os.fsync(file.fileno())
    path.unlink(missing_ok=True)
