"""The sealed files on the disk: where each lies, how it gets its name, what is left over, how it is destroyed."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum
from io import BufferedRandom
from pathlib import Path
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.extensions import db, part
from app.models import Attachment

SEALED, PART = ".sealed", ".part"
_NAME = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(\d{1,9})\.(sealed|part)\Z")
_TOGETHER = 500


def directory() -> Path:
    """Where the sealed files lie."""
    return cast("Settings", part("settings")).attachment_directory


def path_of(attachment_id: UUID, key_number: int) -> Path:
    """The place of a sealed file: two hexadecimal digits, then id and number of the data key it is sealed under."""
    return directory() / attachment_id.hex[:2] / f"{attachment_id}.{key_number}{SEALED}"


class Leftover(StrEnum):
    """Why a file is left over. What no row accounts for is never deleted: its row may have been."""

    PART = "part"
    REMOVED = "removed"
    REPLACED = "replaced"
    UNCLAIMED = "unclaimed"


@contextmanager
def new_part(path: Path) -> Iterator[BufferedRandom]:
    """The file `path` will become, under another name and locked; gone at the end unless it was placed."""
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = path.with_suffix(PART)
    if _nobody_writes(waiting):  # left by a process that died while it sealed a file again
        waiting.unlink(missing_ok=True)
    descriptor = os.open(waiting, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # while it is held, tidying leaves it alone
        try:
            yield file
        finally:
            waiting.unlink(missing_ok=True)


def place(path: Path) -> None:
    """Give a written part its name, durably."""
    path.with_suffix(PART).rename(path)
    _sync(path.parent)
    _sync(path.parent.parent)


def sealed_digest(attachment: Attachment) -> bytes | None:
    """SHA-256 of the sealed file as it is now; None when it is not there."""
    try:
        with path_of(attachment.id, attachment.key_number).open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except FileNotFoundError:
        return None


def destroy(attachment_id: UUID) -> int:
    """Delete what is stored of an attachment, after the commit that tells of it; how many files there were."""
    folder = directory() / attachment_id.hex[:2]
    found = [path for path in folder.glob(f"{attachment_id}.*") if _NAME.match(path.name)]
    for path in found:
        path.unlink(missing_ok=True)
    if found:
        _sync(folder)
    return len(found)


def destroy_replaced(attachment: Attachment) -> None:
    """Delete what is stored of an attachment under other data keys than the row names."""
    folder, kept = directory() / attachment.id.hex[:2], path_of(attachment.id, attachment.key_number).name
    for path in folder.glob(f"{attachment.id}.*{SEALED}"):
        if _NAME.match(path.name) and path.name != kept:
            path.unlink(missing_ok=True)


def destroy_files(case_id: UUID) -> int:
    """Delete every sealed file of a case, when it is erased; how many there were. Rows stay."""
    ids = db.session.scalars(select(Attachment.id).where(Attachment.case_id == case_id)).all()
    return sum(destroy(id_) for id_ in ids)


def leftovers() -> Iterator[tuple[Path, Leftover]]:
    """Files that stand for no present attachment and that nobody is writing."""
    for folder in sorted(path for path in directory().glob("[0-9a-f][0-9a-f]") if path.is_dir()):
        paths = sorted(path for path in folder.iterdir() if path.is_file())
        for start in range(0, len(paths), _TOGETHER):
            yield from _left_over(paths[start : start + _TOGETHER])


def _left_over(paths: Sequence[Path]) -> Iterator[tuple[Path, Leftover]]:
    free = [path for path in paths if _nobody_writes(path)]  # asked first: a row may be committed meanwhile
    names = {path: _NAME.match(path.name) for path in free}
    with Session(db.engine) as session:
        ids = {UUID(found[1]) for found in names.values() if found}
        rows = {row.id: row for row in session.scalars(select(Attachment).where(Attachment.id.in_(ids)))}
        for path, found in names.items():
            row = rows.get(UUID(found[1])) if found else None
            if found and found[3] == PART[1:]:
                yield path, Leftover.PART
            elif row is None or found is None:
                yield path, Leftover.UNCLAIMED
            elif row.removed_at is not None:
                yield path, Leftover.REMOVED
            elif row.key_number != int(found[2]):
                yield path, Leftover.REPLACED


def _nobody_writes(path: Path) -> bool:
    with suppress(FileNotFoundError), path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
    return False


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
