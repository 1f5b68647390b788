"""Signed notes (C2SP signed-note): text, an empty line, and one signature line for each who signed. Pure."""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DASH = "\u2014 "
ED25519 = 0x01
COSIGNATURE = 0x04  # C2SP tlog-cosignature, version 1: with the time of signing
LONGEST = 1024 * 1024  # characters
MOST_SIGNATURES = 100
KEY_ID = 4  # bytes
TIME = 8  # bytes


class NoteError(ValueError):
    """A note that is malformed, or that the expected key did not sign."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line; `value` is what follows the key id."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        """As it stands in the note, with its line end."""
        return f"{DASH}{self.name} {b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, its last line end included, and its signatures, not verified."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        """As it is stored and sent."""
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    @classmethod
    def parse(cls, written: str) -> Note:
        """Strictly the format; NoteError otherwise."""
        if len(written) > LONGEST or any(character < " " and character != "\n" for character in written):
            raise NoteError("not a signed note: too long, or with control characters")
        head, empty, lines = written.rpartition("\n\n")
        if not empty or not head or not lines.endswith("\n"):
            raise NoteError("not a signed note: no empty line before the signatures, or no line end")
        signatures = tuple(_signature(line) for line in lines[:-1].split("\n"))
        if len(signatures) > MOST_SIGNATURES:
            raise NoteError("not a signed note: too many signatures")
        return cls(head + "\n", signatures)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public Ed25519 key with the name it signs under; `algorithm` is ED25519 or COSIGNATURE."""

    name: str
    algorithm: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || algorithm || public key), the first four bytes."""
        return sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public).digest()[:KEY_ID]

    def __str__(self) -> str:
        """The text form: name+id+key."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(bytes([self.algorithm]) + self.public).decode()}"

    @classmethod
    def parse(cls, written: str) -> VerifierKey:
        """From the text form; NoteError when it is not one, or its id is not the key's."""
        name, _, rest = written.partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = decoded(encoded)
        if not _is_name(name) or len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
            raise NoteError("not a key: expected name+id+key of an Ed25519 key")
        key = cls(name, raw[0], raw[1:])
        if key.key_id.hex() != key_id:
            raise NoteError("not a key: the id does not belong to it")
        return key

    def verify(self, note: Note) -> int | None:
        """Raise NoteError unless this key signed the note; the time of a cosignature, in seconds since 1970."""
        own = [
            s for s in note.signatures if s.name == self.name and hmac.compare_digest(s.key_id, self.key_id)
        ]
        if not own:
            raise NoteError(f"not signed by {self.name}")
        times = [self._verify(note.text, signature.value) for signature in own]
        return times[0]

    def _verify(self, text: str, value: bytes) -> int | None:
        time, message = None, text.encode()
        if self.algorithm == COSIGNATURE:
            time, value = int.from_bytes(value[:TIME]), value[TIME:]
            message = cosigned(text, time)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, message)
        except (InvalidSignature, ValueError):
            raise NoteError(f"the signature of {self.name} is wrong") from None
        return time

    def signature(self, value: bytes, time: int | None = None) -> Signature:
        """The line for a signature made with this key; `time` in seconds since 1970 for a cosignature."""
        stamp = b"" if time is None else time.to_bytes(TIME)
        return Signature(self.name, self.key_id, stamp + value)


def cosigned(text: str, time: int) -> bytes:
    """What a cosignature signs."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def decoded(written: str) -> bytes:
    """The bytes of canonical base64; NoteError otherwise."""
    try:
        raw = b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("not base64") from None
    if b64encode(raw).decode() != written:
        raise NoteError("not base64 in its one form")
    return raw


def _is_name(text: str) -> bool:
    return bool(text) and "+" not in text and not any(character.isspace() for character in text)


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(DASH).rpartition(" ")
    if not line.startswith(DASH) or not _is_name(name):
        raise NoteError("not a signed note: a signature line is malformed")
    raw = decoded(encoded)
    if len(raw) <= KEY_ID:
        raise NoteError("not a signed note: a signature is too short")
    return Signature(name, raw[:KEY_ID], raw[KEY_ID:])
