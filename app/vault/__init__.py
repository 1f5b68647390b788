"""Keys and sealed values: the key store, the envelope, and the vault that joins them."""

from app.vault.envelope import BrokenSeal, padded_length
from app.vault.file_key_store import FileKeyStore
from app.vault.key_store import KeyStore, KeyStoreAway, KeyStoreError
from app.vault.passwords import hash_password, new_token, token_digest, verify_password
from app.vault.stream import Source, StreamReader, StreamWriter
from app.vault.vault import Vault, current_vault

__all__ = [
    "BrokenSeal",
    "FileKeyStore",
    "KeyStore",
    "KeyStoreAway",
    "KeyStoreError",
    "Source",
    "StreamReader",
    "StreamWriter",
    "Vault",
    "current_vault",
    "hash_password",
    "new_token",
    "padded_length",
    "token_digest",
    "verify_password",
]
