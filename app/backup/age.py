"""Encryption to public keys in the age format (age-encryption.org/v1), streamed; the tool `age` opens it, too."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO, Protocol, TypeAlias

import pyrage
from pyrage import x25519

from app.backup.faults import BackupError

BUFFER = 1024 * 1024  # bytes
PREFIX = "AGE-SECRET-KEY-1"
Recipient: TypeAlias = x25519.Recipient
Identity: TypeAlias = x25519.Identity
NOT_FOR_IT = "This identity does not open the backup: it was encrypted to others."


class Sink(Protocol):
    """Something that takes bytes."""

    def write(self, data: bytes, /) -> Any:
        """Take them."""


class Spring(Protocol):
    """Something that gives bytes."""

    def read(self, size: int = ..., /) -> bytes:
        """Up to `size` of them; none at the end."""


def new_identity() -> tuple[str, str]:
    """A fresh recovery identity and the recipient that belongs to it, both as age writes them."""
    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def write_identity(path: Path, identity: str, recipient: str) -> None:
    """Write the identity as `age-keygen` does, mode 0600; BackupError when the file is there already."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BackupError(f"{path} cannot be made: {error.strerror}. Nothing was overwritten.") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"# public key: {recipient}\n{identity}\n")
        file.flush()
        os.fsync(file.fileno())


def recipients_of(texts: Sequence[str]) -> list[Recipient]:
    """The public keys to encrypt to; BackupError when there is none, or one is mistyped."""
    if not texts:
        raise BackupError(
            "BENAN_BACKUP_RECIPIENTS is empty. Make a recovery identity away from this server with "
            "`flask backup keygen --to FILE`, and set the recipient it prints."
        )
    try:
        return [x25519.Recipient.from_str(text) for text in texts]
    except pyrage.RecipientError:
        raise BackupError(
            "BENAN_BACKUP_RECIPIENTS holds something that is no age recipient (age1...)."
        ) from None


def identities_in(path: Path) -> list[Identity]:
    """The identities of a file; BackupError when it holds none or is open to other users."""
    try:
        # systemd shows a credential to one unit only, and says so by access lists that look like a group's right.
        shown_by_systemd = str(path.parent) == os.environ.get("CREDENTIALS_DIRECTORY")
        if stat.S_IMODE(path.stat().st_mode) & 0o077 and not shown_by_systemd:
            raise BackupError(f"{path} is open to other users. Run: chmod go-rwx {path}")
        lines = path.read_text(encoding="ascii").split()
        found = [x25519.Identity.from_str(line) for line in lines if line.startswith(PREFIX)]
    except (OSError, ValueError, pyrage.IdentityError):
        raise BackupError(f"{path} cannot be read, or is no age identity.") from None
    if not found:
        raise BackupError(f"{path} holds no age identity ({PREFIX}...).")
    return found


@contextmanager
def encrypting(target: Sink, recipients: Sequence[Recipient]) -> Iterator[BinaryIO]:
    """What is written to the stream arrives in `target`, encrypted; complete once the block was left.

    Raises BackupError when `target` takes no more, for example because the disk is full.
    """
    reading, writing = os.pipe()
    worker = _Worker(lambda: _encrypt(reading, target, recipients))
    try:
        with os.fdopen(writing, "wb", BUFFER) as stream:
            yield stream
    except BrokenPipeError:
        pass  # the worker stopped; it says why
    finally:
        worker.join()
    if worker.failure:
        raise BackupError(f"The backup could not be written: {_reason(worker.failure)}.")


@contextmanager
def decrypting(source: Spring, identities: Sequence[Identity]) -> Iterator[BinaryIO]:
    """The content of `source`; whoever uses it must read to the end, where a cut is noticed.

    Raises BackupError when none of the identities opens it, or when it was changed or cut short.
    """
    reading, writing = os.pipe()
    worker = _Worker(lambda: _decrypt(source, writing, identities))
    try:
        with os.fdopen(reading, "rb", BUFFER) as stream:
            yield stream
    except BackupError as error:
        worker.join()
        if worker.failure and not isinstance(worker.failure, _NoReader):
            raise BackupError(_unreadable(worker.failure)) from error
        raise
    finally:
        worker.join()
    if worker.failure:
        raise BackupError(_unreadable(worker.failure))


class _NoReader(Exception):
    """The other end of the pipe was closed: the reader gave up first."""


class _Worker(Thread):
    """Runs one end of a pipe and keeps what went wrong there."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self.failure: BaseException | None = None
        self.start()

    def run(self) -> None:
        """Do the work; what goes wrong is told by whoever waits."""
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - told by the thread that waits; a panic of the library, too
            self.failure = error


def _encrypt(reading: int, target: Sink, recipients: Sequence[Recipient]) -> None:
    with os.fdopen(reading, "rb", 0) as plain:
        pyrage.encrypt_io(plain, target, recipients)


def _decrypt(source: Spring, writing: int, identities: Sequence[Identity]) -> None:
    with suppress(BrokenPipeError), os.fdopen(writing, "wb", 0) as plain:
        try:
            pyrage.decrypt_io(source, plain, identities)
        except OSError as error:
            if "Broken pipe" in str(error):
                raise _NoReader from error
            raise


def _unreadable(error: BaseException) -> str:
    if isinstance(error, pyrage.DecryptError) and "No matching keys" in str(error):
        return NOT_FOR_IT
    return "The backup is damaged or cut short. Take another copy of it."


def _reason(error: BaseException) -> str:
    return "the disk is full" if "[Errno 28]" in str(error) else str(error).removeprefix("OSError: ")
