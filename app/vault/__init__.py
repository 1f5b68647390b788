"""Keys and sealed values: the key store, the envelope, and the vault that joins them."""

from app.vault.envelope import BrokenSeal
from app.vault.key_store import FileKeyStore, KeyStore, KeyStoreError
from app.vault.passwords import hash_password, new_token, token_digest, verify_password
from app.vault.vault import Vault, current_vault

__all__ = [
    "BrokenSeal",
    "FileKeyStore",
    "KeyStore",
    "KeyStoreError",
    "Vault",
    "current_vault",
    "hash_password",
    "new_token",
    "token_digest",
    "verify_password",
]
