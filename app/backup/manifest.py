"""What a part says about itself, signed: whoever knows only the public key can encrypt a part, never sign one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.backup.archive import Content
from app.backup.faults import BackupError
from app.ledger.note import ED25519, Note, VerifierKey

FORMAT = 1
PROGRAM = "0.1.0"
DATABASE = "database"  # a stream: the dump
SHELLS = "data_key_shells"  # a stream: data keys without the wrapped keys
SIGNER = "benan/backup"
Sign = Callable[[bytes], bytes]
"""Ed25519 under the key store's checkpoint key: 64 bytes."""


class Part(StrEnum):
    """The two parts of a backup."""

    DATA = "data"
    KEYS = "keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The signed facts of one part.

    `backup` is the same in both parts; `other`: the other part's file name; `schema`: the newest migration;
    `rows`: how many rows each table held; `lanes`: for each lane its length and the code of its last entry;
    `checkpoint`: the newest signed checkpoint, as the database held it; `missing`: attachments without a file.
    """

    backup: UUID
    part: Part
    other: str
    program: str
    schema: str
    deployment: UUID
    mode: str
    generation: int
    created_at: datetime
    database: str
    rows: Mapping[str, int]
    lanes: Mapping[str, tuple[int, str]]
    checkpoint: str | None
    contents: Mapping[str, Content]
    missing: tuple[str, ...] = ()

    def encode(self) -> bytes:
        """JSON, sorted, readable by a person."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        contents = {name: [c.size, c.sha256] for name, c in self.contents.items()}
        plain = {**values, "format": FORMAT, "contents": contents, "created_at": self.created_at.isoformat()}
        return json.dumps(plain, sort_keys=True, indent=1, default=str).encode()

    @property
    def entries(self) -> int:
        """How many ledger entries the backup holds."""
        return sum(count for count, _ in self.lanes.values())

    @property
    def files(self) -> int:
        """How many attachments the part holds."""
        return sum(1 for name in self.contents if "/" in name)


def signature(encoded: bytes, sign: Sign, public: bytes) -> bytes:
    """A signed note (C2SP signed-note) over the SHA-256 of an encoded manifest."""
    text = _text(encoded)
    line = VerifierKey(SIGNER, ED25519, public).signature(sign(text.encode()))
    return str(Note(text, (line,))).encode()


def is_signed(encoded: bytes, written: bytes, public: bytes) -> bool:
    """True when `written` is a signed note over this manifest by the owner of that public key."""
    try:
        note = Note.parse(written.decode())
        VerifierKey(SIGNER, ED25519, public).verify(note)
    except ValueError:
        return False
    return note.text == _text(encoded)


def _text(encoded: bytes) -> str:
    return f"{SIGNER}\n{sha256(encoded).hexdigest()}\n"


def decode(encoded: bytes) -> Manifest:
    """The manifest again; BackupError when a newer program wrote it, or nobody did."""
    try:
        values = json.loads(encoded)
        if values.pop("format") != FORMAT:
            raise BackupError("This backup was made by a newer program. Use that program's version.")
        return Manifest(**{**values, **_typed(values)})
    except (ValueError, TypeError, KeyError, AttributeError):
        raise BackupError("The backup's manifest cannot be read.") from None


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "backup": UUID(values["backup"]),
        "part": Part(values["part"]),
        "deployment": UUID(values["deployment"]),
        "created_at": datetime.fromisoformat(values["created_at"]).astimezone(UTC),
        "lanes": {lane: (int(count), str(head)) for lane, (count, head) in values["lanes"].items()},
        "contents": {
            name: Content(int(size), str(digest)) for name, (size, digest) in values["contents"].items()
        },
        "missing": tuple(values["missing"]),
    }
