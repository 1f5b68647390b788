"""The names of root keys, and what a data key wrapped under one is bound to; the same in every kind of store."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from app.domain.sealing import Branch
from app.vault.key_store import KeyStoreError

ROOT_ID = re.compile(rf"(?:(?:{'|'.join(Branch)})-)?\d{{4,9}}")


def in_order(names: Iterable[str]) -> Sequence[str]:
    """Those names that are ids of root keys, oldest first."""
    return sorted((name for name in names if ROOT_ID.fullmatch(name)), key=lambda id_: (_number(id_), id_))


def present(ids: Iterable[str], branch: Branch, place: object) -> str:
    """The id of the root key that wraps new data keys of a branch; KeyStoreError when there is none in `place`."""
    own = [id_ for id_ in in_order(ids) if id_.startswith(f"{branch}-")]
    if not own:
        raise KeyStoreError(f"No {branch} root key in {place}. Restore it from the key backup.")
    return own[-1]


def following(root_key_id: str, branch: Branch) -> str:
    """The id after that one."""
    return f"{branch}-{_number(root_key_id) + 1:04d}"


def first(ids: Sequence[str], branch: Branch) -> str | None:
    """The id of a branch's first root key; None when the branch has keys: retired ones are not made anew."""
    return None if any(id_.startswith(f"{branch}-") for id_ in ids) else f"{branch}-0001"


def bound(root_key_id: str, context: bytes) -> bytes:
    """The associated data under which a data key is wrapped (docs/crypto.md)."""
    return b"benan/data-key/1\0" + root_key_id.encode() + b"\0" + context


def _number(root_key_id: str) -> int:
    return int(root_key_id.rpartition("-")[2])
