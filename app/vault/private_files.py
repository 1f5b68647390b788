"""Files that hold secrets: checked before they are read, and written whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from app.vault.key_store import KeyStoreError

MOST = 64 * 1024  # bytes; a key has 32, a PIN fewer, a key file some thousand


def faults(path: Path, found: os.stat_result | None = None) -> Iterator[str]:
    """Why a secret must not be kept at `path`, each with its remedy: a link, open to others, or another user's."""
    found = found or path.lstat()
    if stat.S_ISLNK(found.st_mode):
        yield f"{path} is a link. Put the file itself there."
        return
    if stat.S_IMODE(found.st_mode) & 0o077:
        yield f"{path} is open to other users. Run: chmod go-rwx {path}"
    if os.geteuid() not in (0, found.st_uid):
        yield f"{path} belongs to another user. Run as root: chown {os.geteuid()} {path}"


def read(path: Path) -> bytes:
    """The bytes of a plain file that only its owner may read.

    KeyStoreError with the remedy when it is missing, a link, open to others, or another user's.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise KeyStoreError(f"{path} is missing. Restore it from the key backup.") from None
    except OSError as error:  # a link says "too many levels of symbolic links"
        raise KeyStoreError(next(faults(path), f"{path} cannot be opened: {error.strerror}.")) from None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise KeyStoreError(f"{path} is not a plain file.")
        for fault in faults(path, found):
            raise KeyStoreError(fault)
        return os.read(descriptor, MOST)
    finally:
        os.close(descriptor)


def write_new(path: Path, content: bytes) -> None:
    """Write a new file, 0600: after a crash it is there whole or not at all. FileExistsError when it is there."""
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _put(unfinished, path)
    finally:
        unfinished.unlink()
    sync(path.parent)


def _put(unfinished: Path, path: Path) -> None:
    try:
        os.link(unfinished, path)  # unlike a renaming, a link never replaces what is there
    except FileExistsError:
        raise
    except OSError as error:
        raise KeyStoreError(
            f"{path} cannot be made: {error.strerror}. A secret needs a file system with modes and links (ext4, XFS)."
        ) from None


def sync(directory: Path) -> None:
    """Make what was added to or removed from a folder last."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
