"""The vault: makes and opens data keys, and seals and unseals values with them."""

from __future__ import annotations

import secrets
from typing import cast
from uuid import UUID

from app.extensions import part
from app.vault.envelope import BrokenSeal, Context, seal, unseal
from app.vault.key_store import KeyStore, KeyStoreError


class Vault:
    """Seals values under one data key per case or report; holds no key beyond a call."""

    def __init__(self, key_store: KeyStore, deployment: UUID) -> None:
        self._key_store = key_store
        self._deployment = deployment

    def new_data_key(self, owner_id: UUID) -> tuple[str, bytes]:
        """A fresh data key for `owner_id`: (root key id, wrapped key)."""
        data_key = secrets.token_bytes(32)
        return self._key_store.root_key_id, self._key_store.wrap(data_key, self._owner(owner_id))

    def open_data_key(self, owner_id: UUID, root_key_id: str, wrapped: bytes) -> bytes:
        """The 32-byte data key of `owner_id`; BrokenSeal when it is not that owner's."""
        try:
            return self._key_store.unwrap(root_key_id, wrapped, self._owner(owner_id))
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

    def lookup_digest(self, *parts: bytes) -> bytes:
        """A keyed 32-byte hash for looking something up without storing it."""
        framed = b"".join(len(p).to_bytes(4, "big") + p for p in parts)
        return self._key_store.authenticate("lookup", framed)

    def _owner(self, owner_id: UUID) -> bytes:
        return self._deployment.bytes + owner_id.bytes

    def _context(self, owner_id: UUID, subject_id: UUID, name: str, version: int) -> Context:
        return Context(self._deployment, "sealed_value", owner_id, subject_id, name, version)


def current_vault() -> Vault:
    """The application's vault."""
    return cast("Vault", part("vault"))
