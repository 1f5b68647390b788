"""Where an upload waits until it is looked at: a nameless file sealed under a key that exists in memory only."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from app.attachments.content import FULL, too_large
from app.domain.errors import Unavailable
from app.vault import StreamReader, StreamWriter
from app.vault.envelope import Context

_NOWHERE = Context(UUID(int=0), "spool", UUID(int=0), UUID(int=0), "upload", 1)


class Spool:
    """Written once from begin to end, then read in order, from the begin again after each `seek(0)`.

    The file has no name: it is gone with the process however that ends, and its key was never anywhere else.
    Beyond `most` bytes nothing is kept any more, so that the rest of a form can still be read; reading is TooLarge.
    """

    def __init__(self, folder: Path, most: int) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the request
        except OSError as error:
            raise Unavailable(FULL) from error
        self._key = secrets.token_bytes(32)
        self._writer: StreamWriter | None = StreamWriter(self._key, _NOWHERE, self._file.write)
        self._most, self._length = most, 0
        self._chunks: Iterator[bytes] = iter(())
        self._waiting = b""
        self.too_large = False

    def write(self, data: bytes) -> int:
        """Take the next bytes."""
        if self._writer is None:
            raise ValueError("a spool is written once")
        self._length += len(data)
        self.too_large = self._length > self._most
        if not self.too_large:
            self._keep(data)
        return len(data)

    def _keep(self, data: bytes) -> None:
        assert self._writer  # noqa: S101 - asked by write
        try:
            self._writer.write(data)
        except OSError as error:
            raise Unavailable(FULL) from error

    def seek(self, offset: int, whence: int = 0) -> int:
        """Back to the begin; there is no other place to go to."""
        if offset or whence:
            raise ValueError("a spool is read from its begin")
        if self._writer is not None:
            self._writer.finish()
            self._writer = None
        self._file.seek(0)
        self._chunks = iter(StreamReader(self._key, _NOWHERE, self._file))
        self._waiting = b""
        return 0

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most `size`; all that is left for a negative size."""
        if self.too_large:
            raise too_large(self._most)
        if size < 0:
            return self._waiting + b"".join(self._chunks)
        if not self._waiting:
            self._waiting = next(self._chunks, b"")
        piece, self._waiting = self._waiting[:size], self._waiting[size:]
        return piece

    def close(self) -> None:
        """Let it go."""
        self._file.close()

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self.close()  # of a form that broke off, nobody else does
