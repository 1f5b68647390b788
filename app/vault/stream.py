"""The byte format of a sealed stream, version 2: files of any length in bounded memory; docs/stream.md has the bytes.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015): chunks of 64 KiB under AES-256-GCM
(SP 800-38D), whose nonce is the chunk's number and whether it is the last. HKDF-SHA-256 (RFC 5869) gives the key
and a commitment to it from the data key, a fresh salt and the context, as in app/vault/envelope.py.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Iterator
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.vault.envelope import COMMITMENT, HEADER, MAGIC, SALT, BrokenSeal, Context

FORMAT = 2
CHUNK = 64 * 1024
TAG = 16
HEAD = HEADER + SALT + COMMITMENT
_HEADER = MAGIC + bytes([FORMAT])


class Source(Protocol):
    """Something to read from, in order."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; empty only at the end."""


class StreamWriter:
    """Seals what is written, chunk by chunk, into `sink`; holds one chunk. Nothing is whole before `finish`."""

    def __init__(self, data_key: bytes, context: Context, sink: Callable[[bytes], object]) -> None:
        salt = os.urandom(SALT)
        key, commitment = _keys(data_key, salt, context)
        self._cipher, self._sink = AESGCM(key), sink
        self._waiting, self._number = b"", 0
        sink(_HEADER + salt + commitment)

    def write(self, data: bytes) -> None:
        """Take the next bytes; any number of them."""
        missing = CHUNK - len(self._waiting)
        if len(data) <= missing:  # a full chunk waits, too: it may turn out to be the last
            self._waiting += data
            return
        self._seal(self._waiting + data[:missing], last=False)
        view, start = memoryview(data), missing
        while len(data) - start > CHUNK:
            self._seal(view[start : start + CHUNK], last=False)
            start += CHUNK
        self._waiting = data[start:]

    def finish(self) -> None:
        """Seal the last chunk; the stream ends here."""
        self._seal(self._waiting, last=True)
        self._waiting = b""

    def _seal(self, chunk: bytes | memoryview, *, last: bool) -> None:
        self._sink(self._cipher.encrypt(_nonce(self._number, last=last), chunk, None))
        self._number += 1


class StreamReader:
    """The plaintext of a sealed stream, chunk by chunk as it is iterated, each only after it proved genuine.

    BrokenSeal at once for another format, key or context, and at the chunk where anything was changed, moved,
    left out or added. Who uses chunks before the end must undo it when the end does not come.
    """

    def __init__(self, data_key: bytes, context: Context, source: Source) -> None:
        self._source, self._number = source, 0
        head = self._take(HEAD)
        salt, commitment = head[HEADER : HEADER + SALT], head[HEADER + SALT :]
        if len(head) < HEAD or head[:HEADER] != _HEADER:
            raise BrokenSeal
        key, expected = _keys(data_key, salt, context)
        if not hmac.compare_digest(commitment, expected):
            raise BrokenSeal
        self._cipher = AESGCM(key)

    def __iter__(self) -> Iterator[bytes]:
        present = self._take(CHUNK + TAG)
        while True:
            following = self._take(CHUNK + TAG) if len(present) == CHUNK + TAG else b""
            chunk = self._open(present, last=not following)
            if (
                not chunk and self._number > 1
            ):  # only an empty stream has an empty chunk: one content, one form
                raise BrokenSeal
            yield chunk
            if not following:
                return
            present = following

    def _open(self, sealed: bytes, *, last: bool) -> bytes:
        try:
            chunk = self._cipher.decrypt(_nonce(self._number, last=last), sealed, None)
        except (InvalidTag, ValueError):
            raise BrokenSeal from None
        self._number += 1
        return chunk

    def _take(self, size: int) -> bytes:
        """Exactly `size` bytes, fewer only at the end: a source may give less than it was asked for."""
        parts, missing = [], size
        while missing and (part := self._source.read(missing)):
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)


def sealed_length(length: int) -> int:
    """How many bytes a stream of `length` bytes has once sealed."""
    return HEAD + length + TAG * max(1, -(-length // CHUNK))


def _keys(data_key: bytes, salt: bytes, context: Context) -> tuple[bytes, bytes]:
    info = b"benan/sealed-stream/1" + _HEADER + context.encode()
    derived = HKDF(SHA256(), 64, salt, info).derive(data_key)
    return derived[:32], derived[32:]


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
