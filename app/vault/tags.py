"""Search tags and their pointers: what is stored of a term, and the only code that can make or follow it.

A term (a kind of value and its normalised form) has a key of its own, made in the key store. The i-th file with
the term stands under a tag that only this key gives, so no two tags are alike and nothing is left to be counted. The
pointer beside it is sealed under the same key and bound to its tag. docs/search.md has the bytes.
"""

from __future__ import annotations

import hmac
import os
import struct
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.extensions import part
from app.vault.envelope import BrokenSeal
from app.vault.key_store import KeyStore

TAG = 16
NONCE = 12
POINTER = 18
SEALED_POINTER = NONCE + POINTER + 16
"""Bytes of every stored pointer, whatever it says."""


class TermKey:
    """The key of one term: gives its tags in order, seals and opens the pointers beside them."""

    __slots__ = ("_cipher", "_key", "_kind")

    def __init__(self, key: bytes, kind: int) -> None:
        self._key, self._kind = key, kind
        self._cipher: AESGCM | None = None  # most terms that are asked for are nobody's

    def tag(self, place: int) -> bytes:
        """The tag of the place-th posting of this term, from 0: 16 bytes, never the same twice."""
        return hmac.digest(self._key, struct.pack(">3sQ", b"tag", place), "sha256")[:TAG]

    def seal(self, tag: bytes, pointer: bytes) -> bytes:
        """Nonce (12) || AES-256-GCM of a pointer of 18 bytes, bound to kind and tag: 46 bytes."""
        if len(pointer) != POINTER:
            raise ValueError("a pointer has one length")
        nonce = os.urandom(NONCE)
        return nonce + self._opened().encrypt(nonce, pointer, self._bound(tag))

    def open(self, tag: bytes, sealed: bytes) -> bytes:
        """The pointer; BrokenSeal when it was changed, or stands beside another tag than its own."""
        try:
            return self._opened().decrypt(sealed[:NONCE], sealed[NONCE:], self._bound(tag))
        except (InvalidTag, ValueError):
            raise BrokenSeal from None

    def _opened(self) -> AESGCM:
        if self._cipher is None:
            self._cipher = AESGCM(hmac.digest(self._key, b"pointer", "sha256"))
        return self._cipher

    def _bound(self, tag: bytes) -> bytes:
        return b"benan/search-pointer/1\0" + struct.pack(">H", self._kind) + tag


def term_key(kind: int, version: int, value: str, index_key: bytes | None = None) -> TermKey:
    """The key of a term under the key store's index key; one question to the key store.

    `index_key`: another key, for measuring the same code on invented people.
    """
    framed = b"benan/search-term/1\0" + struct.pack(">HH", kind, version) + value.encode()
    if index_key is not None:
        return TermKey(hmac.digest(index_key, framed, "sha256"), kind)
    key_store = cast("KeyStore", part("key_store"))
    return TermKey(key_store.authenticate("index", framed), kind)
