"""Non-guessable codes: random, no running count, no letters that look like digits."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32


def new_code(prefix: str) -> str:
    """A code such as `NN-7K3M-Q9XT`: the prefix names the kind, 40 random bits the file."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"


def normal_code(typed: str) -> str:
    """What a person typed or dictated, as stored: capitals, O -> 0, I and L -> 1 after the prefix."""
    prefix, _, rest = typed.strip().upper().replace(" ", "").partition("-")
    return f"{prefix}-{rest.translate(str.maketrans('OIL', '011'))}"
