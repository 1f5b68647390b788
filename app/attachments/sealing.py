"""Between an attachment's content and its sealed file: taken in once, opened as often as needed, in bounded memory."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedRandom
from typing import BinaryIO
from uuid import UUID, uuid4

from app.attachments.content import FULL, LOOKED_AT, PlainText, recognise, too_large
from app.attachments.files import new_part, path_of, place
from app.catalogue.attachments import TEXT, FileKind
from app.domain.errors import IntegrityBroken, SubjectKind, Unavailable
from app.models import Attachment
from app.vault import BrokenSeal, Source, StreamWriter, current_vault, padded_length

PIECE = 256 * 1024
Key = tuple[int, bytes]
"""A data key after its number, as `records.key_for_writing` gives it."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that was taken in and sealed, and is not kept yet.

    `digest`: SHA-256 of the content as it came; `sealed_digest`: of the sealed file; `size`: bytes of content.
    """

    id: UUID
    case_id: UUID
    key: Key
    kind: FileKind
    size: int
    digest: bytes
    sealed_digest: bytes
    file: BufferedRandom

    def chunks(self) -> Content:
        """The content once more, as it was written to the disk."""
        self.file.seek(0)
        again = os.fdopen(os.dup(self.file.fileno()), "rb")  # closing it does not give up the lock
        return Content(again, self.case_id, self.id, self.key[1], self.size)

    def place(self) -> None:
        """Give the file its name: the last step before the commit that tells of it."""
        place(path_of(self.id, self.key[0]))


@contextmanager
def receiving(case_id: UUID, key: Key, source: Source, most: int) -> Iterator[Incoming]:
    """Seal what `source` gives under a data key of the case while it comes, at most `most` bytes.

    Refused for what may not be attached, TooLarge, Unavailable when the disk is full. What is not placed by the end
    is gone; of a process that dies a `.part` is left, sealed, for tidying.
    """
    id_ = uuid4()
    try:
        with new_part(path_of(id_, key[0])) as file:
            yield _taken_in(id_, case_id, key, source, file, most)
    except OSError as error:
        raise Unavailable(FULL) from error


class FileMissing(IntegrityBroken):
    """There is no file where the row says one is."""


class Content(Iterator[bytes]):
    """The content of a sealed file, `size` bytes in chunks; the first is proven genuine before this exists.

    IntegrityBroken, at once or at the chunk, for anything that is not what was sealed for this attachment.
    """

    def __init__(self, file: BinaryIO, case_id: UUID, id_: UUID, key: bytes, size: int) -> None:
        self._file, self._case_id, self._left = file, case_id, size
        with self._alarmed():
            reader = current_vault().stream_reader(key, file, owner_id=case_id, subject_id=id_)
            self._chunks = iter(reader)
            self._following: bytes | None = next(self._chunks)

    def __next__(self) -> bytes:
        chunk = self._following
        if chunk is None:
            raise StopIteration
        with self._alarmed():
            self._following = next(self._chunks, None)
            present, self._left = chunk[: self._left], self._left - min(len(chunk), self._left)
            if self._following is None and self._left:
                raise BrokenSeal
        if self._following is None:
            self.close()
        return present

    def close(self) -> None:
        """Let the file go; what was not read stays unread."""
        self._file.close()

    @contextmanager
    def _alarmed(self) -> Iterator[None]:
        try:
            yield
        except BrokenSeal:
            self.close()
            raise IntegrityBroken(SubjectKind.CASE, self._case_id) from None


def content(attachment: Attachment, key: bytes, size: int) -> Content:
    """What was attached, `size` bytes; FileMissing when it is not there."""
    try:
        file = path_of(attachment.id, attachment.key_number).open("rb")
    except FileNotFoundError:
        raise FileMissing(SubjectKind.CASE, attachment.case_id) from None
    return Content(file, attachment.case_id, attachment.id, key, size)


@contextmanager
def sealed_again(attachment: Attachment, old: bytes, new: Key, size: int) -> Iterator[bytes]:
    """The same content sealed under a renewed key, in a file beside the old one; gives the new file's SHA-256.

    Inside, the caller writes number and digest into the row and commits; the old file is then a leftover.
    """
    path = path_of(attachment.id, new[0])
    with new_part(path) as file:
        sink = _Sink(file)
        writer = current_vault().stream_writer(
            new[1], sink.take, owner_id=attachment.case_id, subject_id=attachment.id
        )
        for chunk in content(attachment, old, size):
            writer.write(chunk)
        _finish(writer, size, file)
        place(path)
        yield sink.digest.digest()


def _taken_in(
    id_: UUID, case_id: UUID, key: Key, source: Source, file: BufferedRandom, most: int
) -> Incoming:
    beginning = _filled(source, LOOKED_AT)
    kind = recognise(beginning)
    text = PlainText() if kind is TEXT else None
    most, size, digest, sink = min(kind.most, most), 0, hashlib.sha256(), _Sink(file)
    writer = current_vault().stream_writer(key[1], sink.take, owner_id=case_id, subject_id=id_)
    piece = beginning
    while piece:
        size += len(piece)
        if size > most:
            raise too_large(most)
        if text:
            text.see(piece)
        digest.update(piece)
        writer.write(piece)
        piece = source.read(PIECE)
    if text:
        text.see(b"", last=True)
    _finish(writer, size, file)
    return Incoming(id_, case_id, key, kind, size, digest.digest(), sink.digest.digest(), file)


class _Sink:
    """Takes sealed bytes to the file, and their digest on the way."""

    def __init__(self, file: BufferedRandom) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def take(self, sealed: bytes) -> None:
        """The next bytes."""
        self.digest.update(sealed)
        self._file.write(sealed)


def _finish(writer: StreamWriter, size: int, file: BufferedRandom) -> None:
    """Pad, so that the length says little; end the stream; have it on the disk."""
    missing = padded_length(size) - size
    while missing:
        piece = bytes(min(missing, PIECE))
        writer.write(piece)
        missing -= len(piece)
    writer.finish()
    file.flush()
    os.fsync(file.fileno())


def _filled(source: Source, size: int) -> bytes:
    """The first `size` bytes, fewer only when there are no more."""
    parts, missing = [], size
    while missing and (piece := source.read(missing)):
        parts.append(piece)
        missing -= len(piece)
    return b"".join(parts)
