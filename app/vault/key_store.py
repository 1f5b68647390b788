"""What the application asks of a key store: the interface every kind of store keeps. Keys never come out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.domain.errors import Unavailable
from app.domain.sealing import Branch
from app.domain.text import N_, Message

PURPOSES = ("ledger", "lookup", "row", "index")
"""What the keyed codes are for: entries and lane heads; repeats and throttles; rows; search tags."""


class KeyStoreError(Exception):
    """The key store is missing, open to others, or lacks a key; the text says the remedy."""


class KeyStoreAway(KeyStoreError, Unavailable):
    """The key store does not answer (503): nothing is wrong with what is stored. `str` is the operator's remedy."""

    def __init__(self, remedy: str) -> None:
        Unavailable.__init__(
            self,
            Message(
                N_(
                    "The key store does not answer, so no file can be opened or written. Nothing is lost. "
                    "Tell the operator of the service, and try again."
                )
            ),
        )
        self.args = (remedy,)


class KeyStore(Protocol):
    """Root keys of both branches, one authentication key per purpose, and the key that signs checkpoints.

    A root key's id is `<branch>-<number>`; the id "0001" is a root from before there were branches.
    """

    def roots(self) -> Sequence[str]:
        """The ids of all root keys, oldest first."""

    def present_root(self, branch: Branch) -> str:
        """The id of the root key that wraps new data keys of that branch."""

    def wrap(self, root_key_id: str, data_key: bytes, context: bytes) -> bytes:
        """Wrap a 32-byte data key, bound to `context`, under that root key."""

    def unwrap(self, root_key_id: str, wrapped: bytes, context: bytes) -> bytes:
        """The data key; KeyStoreError when the key, the bytes or the context are wrong."""

    def authenticate(self, purpose: str, message: bytes) -> bytes:
        """HMAC-SHA-256 of `message` under the key of that purpose (one of PURPOSES): 32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature (RFC 8032) of `message` under the checkpoint key: 64 bytes."""

    def public_key(self) -> bytes:
        """The checkpoint key's public half: 32 bytes."""

    def add_root(self, branch: Branch) -> str:
        """Make the next root key of a branch; from now on it is the present one. Its id."""

    def destroy_root(self, root_key_id: str) -> None:
        """Destroy a root key for good; KeyStoreError for a present or unknown one."""
