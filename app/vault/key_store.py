"""Where root keys live: outside the database, behind one small interface."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY = 32
NONCE = 12
PURPOSES = ("ledger", "lookup")


class KeyStoreError(Exception):
    """The key store is missing, open to others, or lacks a key; the text says the remedy."""


class KeyStore(Protocol):
    """What the application asks of a key store; keys themselves never come out."""

    @property
    def root_key_id(self) -> str:
        """The id of the root key that wraps new data keys."""

    def wrap(self, data_key: bytes, context: bytes) -> bytes:
        """Wrap a 32-byte data key, bound to `context`, under the present root key."""

    def unwrap(self, root_key_id: str, wrapped: bytes, context: bytes) -> bytes:
        """The data key; KeyStoreError when the key, the bytes or the context are wrong."""

    def authenticate(self, purpose: str, message: bytes) -> bytes:
        """HMAC-SHA-256 of `message` under the key of that purpose ("ledger", "lookup"): 32 bytes."""


class FileKeyStore:
    """Keys as files of one directory: directory 0700, files 0600, 32 random bytes each.

    `root-<id>.key` wraps data keys (AES-256-GCM, random nonce); `<purpose>.key` authenticates.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._check_permissions()
        roots = sorted(directory.glob("root-*.key"))
        if not roots:
            raise KeyStoreError(f"No root key in {directory}. Run: flask init")
        self._roots = {p.stem.removeprefix("root-"): self._read(p) for p in roots}
        self._purposes = {name: self._read(directory / f"{name}.key") for name in PURPOSES}
        self._present = max(self._roots)

    @classmethod
    def create(cls, directory: Path) -> FileKeyStore:
        """Make the directory and its keys; KeyStoreError when any key is already there."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.chmod(0o700)
        if any(directory.glob("*.key")):
            raise KeyStoreError(f"{directory} already holds keys; nothing was changed.")
        for name in ("root-0001", *PURPOSES):
            descriptor = os.open(directory / f"{name}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(KEY))
                file.flush()
                os.fsync(file.fileno())
        return cls(directory)

    @staticmethod
    def exists(directory: Path) -> bool:
        """True when any key is there."""
        return directory.is_dir() and any(directory.glob("*.key"))

    @property
    def root_key_id(self) -> str:
        """The id of the root key that wraps new data keys."""
        return self._present

    def wrap(self, data_key: bytes, context: bytes) -> bytes:
        """Nonce (12) || AES-256-GCM of the data key, `context` and key id as associated data."""
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self._roots[self._present]).encrypt(
            nonce, data_key, self._bound(self._present, context)
        )

    def unwrap(self, root_key_id: str, wrapped: bytes, context: bytes) -> bytes:
        """The data key; KeyStoreError when the key, the bytes or the context are wrong."""
        root = self._roots.get(root_key_id)
        if root is None:
            raise KeyStoreError(
                f"Root key {root_key_id} is not in {self._directory}. Restore it from the key backup."
            )
        try:
            return AESGCM(root).decrypt(wrapped[:NONCE], wrapped[NONCE:], self._bound(root_key_id, context))
        except (InvalidTag, ValueError):
            raise KeyStoreError("A wrapped data key does not open under its root key.") from None

    def authenticate(self, purpose: str, message: bytes) -> bytes:
        """HMAC-SHA-256 of `message` under the key of that purpose: 32 bytes."""
        return hmac.digest(self._purposes[purpose], message, "sha256")

    @staticmethod
    def _bound(root_key_id: str, context: bytes) -> bytes:
        return b"benan/data-key/1\0" + root_key_id.encode() + b"\0" + context

    def _check_permissions(self) -> None:
        if not self._directory.is_dir():
            raise KeyStoreError(f"The key store {self._directory} does not exist. Run: flask init")
        for path in (self._directory, *self._directory.glob("*.key")):
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise KeyStoreError(f"{path} is open to other users. Run: chmod go-rwx {path}")

    @staticmethod
    def _read(path: Path) -> bytes:
        key = path.read_bytes() if path.exists() else b""
        if len(key) != KEY:
            raise KeyStoreError(f"{path} is missing or damaged. Restore it from the key backup.")
        return key
