"""The byte format of a sealed value, version 1; described byte by byte in docs/envelope.md.

HKDF-SHA-256 (RFC 5869) gives, from the data key, a fresh salt and the context,
an AES-256-GCM key and a 32-byte key commitment; AES-256-GCM (SP 800-38D)
seals the padded value with header and context as associated data.
"""

from __future__ import annotations

import hmac
import os
import struct
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"BA"
FORMAT = 1
SALT = 32
NONCE = 12
COMMITMENT = 32
SMALLEST = 256  # bytes of a frame: a short answer says nothing by its length
HEADER = len(MAGIC) + 1
OVERHEAD = HEADER + SALT + COMMITMENT + NONCE + 16


class BrokenSeal(Exception):
    """The bytes are not what was sealed here: changed, moved, replayed, or under another key."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a sealed value is bound to: it opens nowhere else."""

    deployment: UUID
    table: str
    owner_id: UUID
    subject_id: UUID
    name: str
    version: int

    def encode(self) -> bytes:
        """An injective encoding: every variable part carries its length."""
        table, name = self.table.encode(), self.name.encode()
        return b"".join(
            (
                self.deployment.bytes,
                self.owner_id.bytes,
                self.subject_id.bytes,
                struct.pack(">QHH", self.version, len(table), len(name)),
                table,
                name,
            )
        )


def padded_length(length: int) -> int:
    """Padmé (Nikitin et al., PETS 2019): hides the length at a cost of at most 12 %."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask


def _keys(data_key: bytes, salt: bytes, bound: bytes) -> tuple[bytes, bytes]:
    derived = HKDF(SHA256(), 64, salt, b"benan/sealed-value/1" + bound).derive(data_key)
    return derived[:32], derived[32:]


def seal(data_key: bytes, plaintext: bytes, context: Context) -> bytes:
    """Seal `plaintext` (any length below 4 GiB) under a 32-byte data key."""
    header = MAGIC + bytes([FORMAT])
    bound = header + context.encode()
    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    key, commitment = _keys(data_key, salt, bound)
    framed = struct.pack(">I", len(plaintext)) + plaintext
    framed += bytes(max(padded_length(len(framed)), SMALLEST) - len(framed))
    return header + salt + commitment + nonce + AESGCM(key).encrypt(nonce, framed, bound)


def unseal(data_key: bytes, sealed: bytes, context: Context) -> bytes:
    """The plaintext; BrokenSeal when anything at all differs from what was sealed."""
    header = sealed[:HEADER]
    if len(sealed) < OVERHEAD or header != MAGIC + bytes([FORMAT]):
        raise BrokenSeal
    salt, commitment = sealed[HEADER : HEADER + SALT], sealed[HEADER + SALT : HEADER + SALT + COMMITMENT]
    nonce = sealed[HEADER + SALT + COMMITMENT : HEADER + SALT + COMMITMENT + NONCE]
    bound = header + context.encode()
    key, expected = _keys(data_key, salt, bound)
    if not hmac.compare_digest(commitment, expected):
        raise BrokenSeal
    try:
        framed = AESGCM(key).decrypt(nonce, sealed[HEADER + SALT + COMMITMENT + NONCE :], bound)
    except InvalidTag:
        raise BrokenSeal from None
    (length,) = struct.unpack(">I", framed[:4])
    return framed[4 : 4 + length]
