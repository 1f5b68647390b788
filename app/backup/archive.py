"""What is inside a part: a plain tar of numbered pieces, files and a manifest; never unpacked by name."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import IO

from app.backup.faults import BackupError

PIECE = 8 * 1024 * 1024  # bytes; the most that is held in memory
READ = 1024 * 1024  # bytes
BLOCK = tarfile.BLOCKSIZE
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
FILE = re.compile(r"attachments/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[0-9]{1,9}\Z")
NUMBERED = re.compile(r"(?P<stream>[a-z_]{1,40})/(?P<number>[0-9]{6})\Z")
LARGEST_FILE = 8 * 1024**3 - 1  # bytes; what a tar header can say
SMALL = 64 * 1024 * 1024  # bytes; a manifest of some hundred thousand attachments


@dataclass(frozen=True, slots=True)
class Content:
    """Length and SHA-256 of one stream."""

    size: int
    sha256: str


class Writer:
    """Writes a part from top to bottom, without knowing the length of a stream beforehand."""

    def __init__(self, target: IO[bytes], at: datetime) -> None:
        self._target, self._at = target, int(at.timestamp())

    def stream(self, name: str, chunks: Iterable[bytes]) -> Content:
        """Write a stream in pieces; at least one, so that an empty stream is there as well."""
        digest, size, number, waiting = sha256(), 0, 0, bytearray()
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            waiting += chunk
            while len(waiting) >= PIECE:
                number += 1
                self._member(f"{name}/{number:06d}", bytes(waiting[:PIECE]))
                del waiting[:PIECE]
        if waiting or not number:
            self._member(f"{name}/{number + 1:06d}", bytes(waiting))
        return Content(size, digest.hexdigest())

    def file(self, name: str, source: IO[bytes], size: int) -> Content:
        """Write a file of known size; BackupError when it changes its length meanwhile."""
        self._header(name, size)
        digest, left = sha256(), size
        while left and (chunk := source.read(min(READ, left))):
            digest.update(chunk)
            self._target.write(chunk)
            left -= len(chunk)
        if left or source.read(1):
            raise BackupError(f"{name} changed while it was read. Try again.")
        self._pad(size)
        return Content(size, digest.hexdigest())

    def close(self, manifest: bytes, signature: bytes) -> None:
        """Write the manifest and the end of the tar."""
        self._member(MANIFEST, manifest)
        self._member(SIGNATURE, signature)
        self._target.write(bytes(2 * BLOCK))

    def _member(self, name: str, content: bytes) -> None:
        self._header(name, len(content))
        self._target.write(content)
        self._pad(len(content))

    def _header(self, name: str, size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = size, self._at, 0o600
        self._target.write(info.tobuf(tarfile.USTAR_FORMAT))

    def _pad(self, size: int) -> None:
        self._target.write(bytes(-size % BLOCK))


@dataclass(slots=True)
class Member:
    """One thing in a part, read while it passes by; `stream` is the name without the number of the piece."""

    stream: str
    number: int
    size: int
    _source: IO[bytes]
    _left: int

    def chunks(self) -> Iterator[bytes]:
        """The bytes that were not read yet; BackupError when the part ends before them."""
        while self._left:
            chunk = self._source.read(min(READ, self._left))
            if not chunk:
                raise BackupError("The backup ends too early.")
            self._left -= len(chunk)
            yield chunk

    def whole(self) -> bytes:
        """All of a small member."""
        if self.size > SMALL:
            raise BackupError("The backup's manifest is too large to be one.")
        return b"".join(self.chunks())


def members(source: IO[bytes]) -> Iterator[Member]:
    """Everything in a part, in order; BackupError for anything this program does not write.

    Links, devices, extended headers and names with a path of their own never get further than here.
    """
    while (block := _read(source, BLOCK)) != bytes(BLOCK):
        member = _member(block, source)
        yield member
        for _ in member.chunks():
            pass
        _read(source, -member.size % BLOCK)
    while rest := source.read(READ):
        if rest.strip(b"\0"):
            raise BackupError("The backup goes on after its end.")


def _member(block: bytes, source: IO[bytes]) -> Member:
    try:
        info = tarfile.TarInfo.frombuf(block, "ascii", "strict")
    except (tarfile.HeaderError, UnicodeError, ValueError):
        raise BackupError("The backup holds something that this program does not write.") from None
    piece = NUMBERED.match(info.name)
    known = info.name in (MANIFEST, SIGNATURE) or FILE.match(info.name)
    fits = 0 <= info.size <= (PIECE if piece else LARGEST_FILE)
    if info.type != tarfile.REGTYPE or info.linkname or not fits or not (piece or known):
        raise BackupError("The backup holds something that this program does not write.")
    name, number = (piece["stream"], int(piece["number"])) if piece else (info.name, 0)
    return Member(name, number, info.size, source, info.size)


def _read(source: IO[bytes], size: int) -> bytes:
    data = io.BytesIO()
    while data.tell() < size and (chunk := source.read(size - data.tell())):
        data.write(chunk)
    if data.tell() != size:
        raise BackupError("The backup ends too early.")
    return data.getvalue()
