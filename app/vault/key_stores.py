"""Which key store the setting names (a folder, or a PKCS#11 token), and how that one is made, opened and looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.vault.file_key_store import FileKeyStore
from app.vault.key_store import KeyStore

PKCS11 = "pkcs11:"


def create_key_store(setting: str) -> KeyStore:
    """Make the store's first keys; KeyStoreError when it holds any."""
    kind, place = _kind(setting)
    made: KeyStore = kind.create(place)
    return made


def complete_key_store(setting: str) -> KeyStore:
    """Make those keys a newer program needs and an older one did not make; existing ones stay."""
    kind, place = _kind(setting)
    completed: KeyStore = kind.complete(place)
    return completed


def open_key_store(setting: str) -> KeyStore:
    """The store; KeyStoreError with the remedy when it is missing, open to others, or lacks a key."""
    kind, place = _kind(setting)
    opened: KeyStore = kind(place)
    return opened


def key_store_exists(setting: str) -> bool:
    """True when the store holds any key."""
    kind, place = _kind(setting)
    return bool(kind.exists(place))


def key_store_faults(setting: str) -> Iterator[str]:
    """What is wrong with the store, each with its remedy."""
    kind, place = _kind(setting)
    yield from kind.faults(place)


def key_folder(setting: str) -> Path | None:
    """The folder of a file store; None for a token, whose keys do not come out."""
    return None if setting.startswith(PKCS11) else Path(setting)


def _kind(setting: str) -> tuple[Any, Any]:
    folder = key_folder(setting)
    if folder is not None:
        return FileKeyStore, folder
    from app.vault.pkcs11_key_store import Pkcs11KeyStore  # noqa: PLC0415 - the driver is for tokens
    from app.vault.pkcs11_session import Address  # noqa: PLC0415 - the same

    return Pkcs11KeyStore, Address.parse(setting)
