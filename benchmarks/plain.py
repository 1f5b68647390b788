"""The office without its guard, for comparison only: nothing is sealed, no row has a code, no ledger is written.

Search tags are made in both: without them nothing would be found.

It lives outside `app/` and no setting reaches it: it refuses every application that is not in the tests' mode, and
that mode cannot be chosen from the environment, nor can it open a database made in another mode.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy.orm import Session

from app.config import Mode
from app.domain.actor import Actor
from app.domain.events import Event
from app.domain.sealing import Branch
from app.ledger import rows


class PlainVault:
    """A vault's methods without cryptography: what goes in comes out."""

    def new_data_key(self, owner_id: UUID, branch: Branch, number: int) -> tuple[str, bytes, bytes]:
        """A key that locks nothing."""
        return "none", owner_id.bytes, owner_id.bytes

    def open_data_key(
        self, owner_id: UUID, branch: Branch, number: int, root_key_id: str, wrapped: bytes
    ) -> bytes:
        """The same."""
        return wrapped

    def seal(self, data_key: bytes, plaintext: bytes, **bound: Any) -> bytes:
        """The plaintext."""
        return plaintext

    def unseal(self, data_key: bytes, sealed: bytes, **bound: Any) -> bytes:
        """The plaintext."""
        return sealed

    def lookup_digest(self, *parts: bytes) -> bytes:
        """A hash without a key: retries must still be recognised."""
        return hashlib.sha256(b"\0".join(parts)).digest()


class PlainLedger:
    """A ledger that keeps nothing."""

    def append(self, session: Session, actor: Actor, events: Sequence[Event], at: datetime) -> None:
        """Forget the entries."""

    def committed(self, session: Session) -> None:
        """Nothing was appended."""


PLAIN = "benan.plain"
CODE = rows.row_code


def _no_code(table: str, columns: Mapping[str, Any]) -> bytes:
    return bytes(32) if PLAIN in current_app.extensions else CODE(table, columns)


def switch_off(app: Flask) -> None:
    """Take sealing, codes and ledger out of an application in the tests' mode; RuntimeError in any other."""
    if app.extensions["benan.settings"].mode is not Mode.TEST:
        raise RuntimeError("sealing and ledger are switched off in the tests' mode only")
    rows.row_code = _no_code
    app.extensions[PLAIN] = True
    app.extensions["benan.vault"] = PlainVault()
    app.extensions["benan.ledger"] = PlainLedger()
