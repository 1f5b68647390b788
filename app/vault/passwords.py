"""Passwords and random tokens: Argon2id (RFC 9106) in PHC form; tokens are stored as SHA-256."""

from __future__ import annotations

import hashlib
import os
import secrets

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

ITERATIONS = 2
LANES = 1
MEMORY_KIB = 19 * 1024
MIN_LENGTH = 14
MAX_LENGTH = 200


def hash_password(password: str) -> str:
    """A PHC string with a fresh salt; 19 MiB, two passes, about 30 ms."""
    kdf = Argon2id(salt=os.urandom(16), length=32, iterations=ITERATIONS, lanes=LANES, memory_cost=MEMORY_KIB)
    return kdf.derive_phc_encoded(password.encode())


_NOBODY = hash_password(secrets.token_hex(16))


def verify_password(password: str, stored: str | None) -> bool:
    """Compare; the same work is done for an account that does not exist (`stored` None)."""
    try:
        Argon2id.verify_phc_encoded(password.encode(), stored or _NOBODY)
    except InvalidKey:
        return False
    return stored is not None


def new_token() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> bytes:
    """What is stored of a token: enough to recognise it, useless to present."""
    return hashlib.sha256(token.encode()).digest()
