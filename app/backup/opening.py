"""Opening a part: every byte is compared with the signed manifest before anybody uses it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from app.backup.age import Identity, decrypting
from app.backup.archive import MANIFEST, SIGNATURE, Content, Member, members
from app.backup.faults import BackupError
from app.backup.manifest import Manifest, decode, is_signed

Keep = Callable[[str], Path | None]
"""Where a stream of that name is to be kept; None: it is only compared."""
Progress = Callable[[int], Any]
"""Told of every further number of bytes that were done."""


def nothing(_stream: str) -> None:
    """Keep no stream."""


def open_part(
    path: Path,
    identities: Sequence[Identity],
    public: bytes,
    *,
    keep: Keep = nothing,
    progress: Progress = lambda _bytes: None,
) -> Manifest:
    """Decrypt a part, compare it with its manifest, and give that; what `keep` names is on disk then.

    `public` is the key store's public key. Raises BackupError when anything is missing, changed, added, or not signed
    by that key; what was kept until then must not be used. Memory stays bounded.
    """
    with path.open("rb") as file, ExitStack() as open_files:
        reading = _Reading(keep, open_files)
        with decrypting(_Counting(file, progress), identities) as stream:
            for member in members(stream):
                reading.take(member)
    return reading.manifest(public)


class _Reading:
    """Streams as they pass by: their digests, their order, and the files they are kept in."""

    def __init__(self, keep: Keep, open_files: ExitStack) -> None:
        self._keep, self._open_files = keep, open_files
        self._streams: dict[str, _Stream] = {}
        self._signed: dict[str, bytes] = {}

    def take(self, member: Member) -> None:
        if member.stream in (MANIFEST, SIGNATURE):
            self._signed[member.stream] = member.whole()
            return
        if member.number <= 1 and member.stream not in self._streams:
            self._streams[member.stream] = self._begun(member.stream)
        stream = self._streams.get(member.stream)
        if stream is None or member.number != stream.next or self._signed:
            raise BackupError("The pieces of the backup are not in order.")
        stream.take(member)

    def _begun(self, name: str) -> _Stream:
        kept = self._keep(name)
        return _Stream(self._open_files.enter_context(private(kept)) if kept else None, "/" not in name)

    def manifest(self, public: bytes) -> Manifest:
        encoded, written = self._signed.get(MANIFEST, b""), self._signed.get(SIGNATURE, b"")
        if not is_signed(encoded, written, public):
            raise BackupError(
                "The backup is not signed by this key store. It was made by another installation, "
                "or by somebody who knows only the public key."
            )
        found = {name: stream.content() for name, stream in self._streams.items()}
        manifest = decode(encoded)
        if dict(manifest.contents) != found:
            raise BackupError("The backup does not hold what its manifest says.")
        return manifest


class _Stream:
    def __init__(self, file: BinaryIO | None, numbered: bool) -> None:  # noqa: FBT001 - a private pair of values
        self._file, self._numbered = file, numbered
        self._sha256, self._size = sha256(), 0
        self.next = 1 if numbered else 0

    def take(self, member: Member) -> None:
        for chunk in member.chunks():
            self._sha256.update(chunk)
            self._size += len(chunk)
            if self._file:
                self._file.write(chunk)
        self.next = self.next + 1 if self._numbered else -1

    def content(self) -> Content:
        return Content(self._size, self._sha256.hexdigest())


class _Counting:
    """A file that says how much of it was read."""

    def __init__(self, file: BinaryIO, progress: Progress) -> None:
        self._file, self._progress = file, progress

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._progress(len(data))
        return data


def private(path: Path) -> BinaryIO:
    """A new file of mode 0600; never one that is there, never through a link."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def chunks_of(path: Path, size: int = 1024 * 1024) -> Iterator[bytes]:
    """A file's bytes, a piece at a time."""
    with path.open("rb") as file:
        while chunk := file.read(size):
            yield chunk
