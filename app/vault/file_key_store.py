"""Keys as files of one folder: the default store."""

from __future__ import annotations

import fcntl
import hmac
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain.sealing import Branch
from app.vault import private_files, root_keys
from app.vault.key_store import PURPOSES, KeyStoreAway, KeyStoreError

KEY = 32
NONCE = 12
SINGLE = (*PURPOSES, "checkpoint")
ROOT = "root-"


class FileKeyStore:
    """Folder 0700, plain files 0600, 32 random bytes each.

    `root-<id>.key` wraps data keys (AES-256-GCM, random nonce); `<purpose>.key` authenticates;
    `checkpoint.key` is the seed of an Ed25519 key. Roots added or destroyed by another process are seen at once.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        for fault in self.faults(directory):
            raise KeyStoreError(fault)
        self._roots: dict[str, bytes] = {}
        for root_key_id in self.roots():
            self._root(root_key_id)
        self._purposes = {name: _key(directory, name) for name in PURPOSES}
        self._signer = Ed25519PrivateKey.from_private_bytes(_key(directory, "checkpoint"))

    @classmethod
    def create(cls, directory: Path) -> FileKeyStore:
        """Make the folder and its keys; KeyStoreError when any key is already there."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.chmod(0o700)
        if cls.exists(directory):
            raise KeyStoreError(f"{directory} already holds keys; nothing was changed.")
        return cls.complete(directory)

    @classmethod
    def complete(cls, directory: Path) -> FileKeyStore:
        """Make those keys a newer program needs and an older one did not make; existing ones stay."""
        with _alone(directory):
            roots = _roots(directory)
            firsts = [root_keys.first(roots, branch) for branch in Branch]
            for name in (*(ROOT + id_ for id_ in firsts if id_), *SINGLE):
                if not _path(directory, name).exists():
                    private_files.write_new(_path(directory, name), secrets.token_bytes(KEY))
        return cls(directory)

    @staticmethod
    def exists(directory: Path) -> bool:
        """True when any key is there."""
        return directory.is_dir() and any(directory.glob("*.key"))

    @staticmethod
    def faults(directory: Path) -> Iterator[str]:
        """What is wrong with the folder and its files, each with its remedy."""
        if not directory.is_dir():
            yield f"The key store {directory} does not exist. Run: flask init"
            return
        yield from private_files.faults(directory.resolve())
        for path in sorted(directory.glob("*.key")):
            yield from private_files.faults(path)
        for name in SINGLE:
            if not _path(directory, name).exists():
                yield f"{_path(directory, name)} is missing. Restore it from the key backup."
        for branch in Branch:
            if root_keys.first(_roots(directory), branch):
                yield f"No {branch} root key in {directory}. Restore it from the key backup."

    def roots(self) -> Sequence[str]:
        """The ids of all root keys, oldest first."""
        self._answer()
        return _roots(self._directory)

    def present_root(self, branch: Branch) -> str:
        """The id of the root key that wraps new data keys of that branch."""
        return root_keys.present(self.roots(), branch, self._directory)

    def wrap(self, root_key_id: str, data_key: bytes, context: bytes) -> bytes:
        """Nonce (12) || AES-256-GCM of the data key, `context` and key id as associated data."""
        nonce, bound = os.urandom(NONCE), root_keys.bound(root_key_id, context)
        return nonce + AESGCM(self._root(root_key_id)).encrypt(nonce, data_key, bound)

    def unwrap(self, root_key_id: str, wrapped: bytes, context: bytes) -> bytes:
        """The data key; KeyStoreError when the key, the bytes or the context are wrong."""
        root, bound = self._root(root_key_id), root_keys.bound(root_key_id, context)
        try:
            return AESGCM(root).decrypt(wrapped[:NONCE], wrapped[NONCE:], bound)
        except (InvalidTag, ValueError):
            raise KeyStoreError("A wrapped data key does not open under its root key.") from None

    def authenticate(self, purpose: str, message: bytes) -> bytes:
        """HMAC-SHA-256 of `message` under the key of that purpose: 32 bytes."""
        key = self._purposes.get(purpose)
        if key is None:
            raise KeyStoreError(f"There is no key for the purpose {purpose}.")
        return hmac.digest(key, message, "sha256")

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature of `message` under the checkpoint key: 64 bytes."""
        return self._signer.sign(message)

    def public_key(self) -> bytes:
        """The checkpoint key's public half: 32 bytes."""
        return self._signer.public_key().public_bytes_raw()

    def add_root(self, branch: Branch) -> str:
        """Make the next root key of a branch; from now on it is the present one. Its id."""
        with _alone(self._directory):
            id_ = root_keys.following(self.present_root(branch), branch)
            private_files.write_new(_path(self._directory, ROOT + id_), secrets.token_bytes(KEY))
        return id_

    def destroy_root(self, root_key_id: str) -> None:
        """Overwrite and delete the file; KeyStoreError for a present or unknown root key."""
        if root_key_id in {self.present_root(branch) for branch in Branch}:
            raise KeyStoreError(f"Root key {root_key_id} is in use. Rotate first.")
        self._root(root_key_id)
        path = _path(self._directory, ROOT + root_key_id)
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(KEY))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        private_files.sync(self._directory)
        self._roots.pop(root_key_id)

    def _answer(self) -> None:
        """KeyStoreAway when a key this store began with is gone: its volume is not mounted any more, or broken."""
        try:
            _path(self._directory, "checkpoint").stat()
        except OSError as error:
            text = f"The key store {self._directory} is not there ({error.strerror}). Mount it, or bring it back."
            raise KeyStoreAway(text) from None

    def _root(self, root_key_id: str) -> bytes:
        self._answer()
        known = root_keys.ROOT_ID.fullmatch(root_key_id) is not None
        if not (known and _path(self._directory, ROOT + root_key_id).exists()):
            self._roots.pop(root_key_id, None)  # another process may have destroyed it
            raise KeyStoreError(
                f"Root key {root_key_id} is not in {self._directory}. Restore it from the key backup."
            )
        if root_key_id not in self._roots:
            try:
                self._roots[root_key_id] = _key(self._directory, ROOT + root_key_id)
            except OSError as error:
                raise KeyStoreAway(f"{self._directory}: {error.strerror}.") from None
        return self._roots[root_key_id]


def _path(directory: Path, name: str) -> Path:
    return directory / f"{name}.key"


def _roots(directory: Path) -> Sequence[str]:
    return root_keys.in_order(path.stem.removeprefix(ROOT) for path in directory.glob(f"{ROOT}*.key"))


def _key(directory: Path, name: str) -> bytes:
    path = _path(directory, name)
    key = private_files.read(path)
    if len(key) != KEY:
        raise KeyStoreError(f"{path} is damaged. Restore it from the key backup.")
    return key


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Only one process makes keys in this folder at a time."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
