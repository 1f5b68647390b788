"""The vault: makes and opens data keys, and seals and unseals values with them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import cast
from uuid import UUID

from app.domain.sealing import Branch
from app.extensions import part
from app.vault.envelope import BrokenSeal, Context, seal, unseal
from app.vault.key_store import KeyStore, KeyStoreAway, KeyStoreError
from app.vault.stream import Source, StreamReader, StreamWriter

KEY = 32


class Vault:
    """Seals values under the data keys of a case or report, one per branch; holds no key beyond a call."""

    def __init__(self, key_store: KeyStore, deployment: UUID) -> None:
        self._key_store = key_store
        self._deployment = deployment

    def new_data_key(self, owner_id: UUID, branch: Branch, number: int) -> tuple[str, bytes, bytes]:
        """A fresh data key of that owner and branch: (root key id, wrapped key, the key)."""
        data_key = secrets.token_bytes(KEY)
        root_key_id = self._key_store.present_root(branch)
        return root_key_id, self.wrap(owner_id, branch, number, root_key_id, data_key), data_key

    def wrap(self, owner_id: UUID, branch: Branch, number: int, root_key_id: str, data_key: bytes) -> bytes:
        """The data key wrapped under that root key, bound to owner, branch and number."""
        return self._key_store.wrap(root_key_id, data_key, self._owner(owner_id, branch, number, root_key_id))

    def open_data_key(
        self, owner_id: UUID, branch: Branch, number: int, root_key_id: str, wrapped: bytes
    ) -> bytes:
        """The 32-byte data key; BrokenSeal when it is not that owner's, branch's and number's, KeyStoreAway."""
        try:
            context = self._owner(owner_id, branch, number, root_key_id)
            return self._key_store.unwrap(root_key_id, wrapped, context)
        except KeyStoreAway:
            raise
        except KeyStoreError as error:
            raise BrokenSeal from error

    def seal(
        self, data_key: bytes, plaintext: bytes, *, owner_id: UUID, subject_id: UUID, name: str, version: int
    ) -> bytes:
        """The sealed bytes, bound to owner, subject, name and version."""
        return seal(data_key, plaintext, self._context(owner_id, subject_id, name, version))

    def unseal(
        self, data_key: bytes, sealed: bytes, *, owner_id: UUID, subject_id: UUID, name: str, version: int
    ) -> bytes:
        """The plaintext; BrokenSeal when anything differs."""
        return unseal(data_key, sealed, self._context(owner_id, subject_id, name, version))

    def stream_writer(
        self, data_key: bytes, sink: Callable[[bytes], object], *, owner_id: UUID, subject_id: UUID
    ) -> StreamWriter:
        """Seals an attachment's file into `sink` while it is written, bound to owner and attachment."""
        return StreamWriter(data_key, self._file_context(owner_id, subject_id), sink)

    def stream_reader(
        self, data_key: bytes, source: Source, *, owner_id: UUID, subject_id: UUID
    ) -> StreamReader:
        """The chunks of an attachment's sealed file; BrokenSeal when anything differs."""
        return StreamReader(data_key, self._file_context(owner_id, subject_id), source)

    def lookup_digest(self, *parts: bytes) -> bytes:
        """A keyed 32-byte hash for looking something up without storing it."""
        framed = b"".join(len(p).to_bytes(4, "big") + p for p in parts)
        return self._key_store.authenticate("lookup", framed)

    def _owner(self, owner_id: UUID, branch: Branch, number: int, root_key_id: str) -> bytes:
        owner = self._deployment.bytes + owner_id.bytes
        if "-" not in root_key_id:  # wrapped before there were branches
            return owner
        return owner + number.to_bytes(4, "big") + branch.encode()

    def _file_context(self, owner_id: UUID, subject_id: UUID) -> Context:
        return Context(self._deployment, "attachment", owner_id, subject_id, "file", 1)

    def _context(self, owner_id: UUID, subject_id: UUID, name: str, version: int) -> Context:
        return Context(self._deployment, "sealed_value", owner_id, subject_id, name, version)


def current_vault() -> Vault:
    """The application's vault."""
    return cast("Vault", part("vault"))
