"""Passwords and tokens are recognised without being stored."""

from __future__ import annotations

import hashlib

from app.vault import hash_password, new_token, token_digest, verify_password


def test_only_the_password_itself_is_accepted():
    stored = hash_password("trăng lên đầu núi")
    assert verify_password("trăng lên đầu núi", stored)
    assert not verify_password("trăng lên đầu nui", stored)
    assert not verify_password("", stored)


def test_a_missing_account_never_matches():
    assert not verify_password("", None)
    assert not verify_password("trăng lên đầu núi", None)


def test_the_hash_names_argon2id_with_its_cost_and_a_fresh_salt():
    one, other = hash_password("như nhau"), hash_password("như nhau")
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one != other


def test_tokens_are_long_distinct_and_stored_as_a_digest():
    tokens = {new_token() for _ in range(500)}
    assert len(tokens) == 500
    assert all(len(token) >= 43 for token in tokens)
    token = tokens.pop()
    assert token_digest(token) == hashlib.sha256(token.encode()).digest()
