"""The log of this installation: its name and keys, and where its checkpoints go outside the database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast
from uuid import UUID

from app.extensions import part
from app.ledger.checkpoint import LogKey, Sign, origin_of
from app.ledger.form import Authenticate
from app.ledger.outside import Outside


@dataclass(frozen=True, slots=True)
class Log:
    """One generation of one installation's log.

    `directory`: the checkpoint directory; `public`, `sign`: the checkpoint key; `authenticate`: the ledger key.
    """

    deployment: UUID
    generation: int
    directory: Path
    public: bytes
    sign: Sign
    authenticate: Authenticate

    @property
    def key(self) -> LogKey:
        """What checkpoints of this log are verified with."""
        return LogKey(origin_of(self.deployment, self.generation), self.public)

    @property
    def outside(self) -> Outside:
        """The checkpoints of this generation outside the database."""
        return Outside(self.directory, self.generation)

    def earlier(self, generation: int) -> LogKey:
        """The key under the name the log had in an earlier generation."""
        return LogKey(origin_of(self.deployment, generation), self.public)


def current_log() -> Log:
    """The application's log."""
    return cast("Log", part("ledger_log"))
