"""Checkpoints (C2SP tlog-checkpoint): how large the log is and its root, signed, with the time of signing. Pure."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from app.ledger.note import COSIGNATURE, ED25519, Note, NoteError, VerifierKey, cosigned, decoded
from app.ledger.tree import HASH

SIZE = re.compile(r"(0|[1-9][0-9]{0,17})\Z")
LATEST = 253402300799  # seconds since 1970: the end of the year 9999
Sign = Callable[[bytes], bytes]
"""Ed25519 under the checkpoint key: 64 bytes."""


def origin_of(deployment: UUID, generation: int) -> str:
    """The name of an installation's log; a log that went on after a loss is another one."""
    return f"benan/{deployment}/{generation}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log at one moment: its name, how many leaves it has, and the root of its tree (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """From exactly three lines; NoteError otherwise (this log writes no further ones)."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0] or not SIZE.match(lines[1]):
            raise NoteError("not a checkpoint: expected name, size and root")
        root = decoded(lines[2])
        if len(root) != HASH:
            raise NoteError("not a checkpoint: the root has another length")
        return cls(lines[0], int(lines[1]), root)


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint whose signatures hold: what was signed, when (UTC, whole seconds), and the note itself."""

    checkpoint: Checkpoint
    at: datetime
    note: str

    @property
    def root(self) -> str:
        """The root as text, base64."""
        return b64encode(self.checkpoint.root).decode()


@dataclass(frozen=True, slots=True)
class LogKey:
    """The public half of the checkpoint key, under the name of the log it signs for."""

    origin: str
    public: bytes

    @property
    def verifier(self) -> VerifierKey:
        """The key that signs size and root."""
        return VerifierKey(self.origin, ED25519, self.public)

    @property
    def clock(self) -> VerifierKey:
        """The same key as it signs the time beside them."""
        return VerifierKey(self.origin, COSIGNATURE, self.public)

    def open(self, note: str) -> Signed:
        """The checkpoint in a note; NoteError unless this log signed it, with its time."""
        parsed = Note.parse(note)
        self.verifier.verify(parsed)
        time = self.clock.verify(parsed)
        checkpoint = Checkpoint.parse(parsed.text)
        if checkpoint.origin != self.origin or time is None or time > LATEST:
            raise NoteError(f"not a checkpoint of {self.origin}")
        return Signed(checkpoint, datetime.fromtimestamp(time, UTC), note)

    def sign(self, checkpoint: Checkpoint, sign: Sign, at: datetime) -> Signed:
        """Sign a checkpoint of this log; the time goes into a signature line of its own, in whole seconds."""
        text, time = checkpoint.text(), int(at.timestamp())
        lines = (
            self.verifier.signature(sign(text.encode())),
            self.clock.signature(sign(cosigned(text, time)), time),
        )
        return self.open(str(Note(text, lines)))
