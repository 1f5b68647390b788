"""The search tags in the ledger: entries tell what they add up to, so that none can be put, changed or taken unseen.

The sum is a multiset hash (MSet-Add-Hash of Clarke, Devadas, van Dijk, Gassend and Suh, ASIACRYPT 2003): each row's
keyed hash is added modulo 2**256, and each told sum carries a keyed mask of its own, so that a reader of the ledger
learns no row's hash. Sums need no order and no shared row: writers never wait for each other.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import current_app
from sqlalchemy import func, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from app.models import LedgerEntry, SearchTag

KEY = "benan.tags"
MODULUS = 1 << 256
NONCE = 16
TAG = 16  # bytes
PAGE = 10_000

Row = tuple[bytes, Any, Any]
"""Tag, kind and pointer of a stored row."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows, and the sum of their keyed hashes."""

    count: int = 0
    total: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.count + other.count, (self.total + other.total) % MODULUS)

    def __sub__(self, other: Sum) -> Sum:
        return Sum(self.count - other.count, (self.total - other.total) % MODULUS)


def sum_of(rows: Iterable[Row]) -> Sum:
    """The sum of these rows; what a forger left in a column of another type adds up to nothing genuine."""
    key = _key()
    count = total = 0
    for row in rows:
        count += 1
        total += _hash(key, _row_bytes(row))
    return Sum(count, total % MODULUS)


def tell(session: Session, *, put: Sequence[Row] = (), taken: Sequence[Row] = ()) -> None:
    """Have the running transaction's last entry tell of rows put into the table and taken from it."""
    if put or taken:
        session.info[KEY] = session.info.get(KEY, Sum()) + (sum_of(put) - sum_of(taken))


def forget(session: Session) -> None:
    """Begin with nothing to tell."""
    session.info.pop(KEY, None)


def told(session: Session) -> dict[str, Any]:
    """For the body of an entry, under "tags": how many more rows, their masked sum, and what gives the mask; or {}."""
    change: Sum | None = session.info.get(KEY)
    if change is None:
        return {}
    nonce = secrets.token_bytes(NONCE)
    masked = (change.total + _hash(_key(), b"mask" + nonce)) % MODULUS
    return {"added": change.count, "sum": f"{masked:064x}", "nonce": nonce.hex()}


def told_by(body: Mapping[str, Any]) -> Sum:
    """What the body of a genuine entry tells."""
    item = body.get("tags")
    if not item:
        return Sum()
    mask = _hash(_key(), b"mask" + bytes.fromhex(item["nonce"]))
    return Sum(item["added"], (int(item["sum"], 16) - mask) % MODULUS)


def stored(session: Session) -> Iterator[Sum]:
    """The sum of the table, page by page; run it in the snapshot in which the entries were read."""
    after = b""
    while page := _page(session, after):
        yield sum_of(page)
        after = page[-1][0]


def told_by_all(session: Session) -> Iterator[Sum]:
    """What each entry tells; run it in one snapshot with `stored`. The entries are taken as they stand."""
    query = select(LedgerEntry.body).where(LedgerEntry.body.contains('"tags":'))
    for body in session.scalars(query, execution_options={"yield_per": PAGE}):
        yield told_by(json.loads(body))


def volume(session: Session) -> int:
    """How many tags are stored."""
    return session.scalar(select(func.count()).select_from(SearchTag)) or 0


def _page(session: Session, after: bytes) -> list[Row]:
    columns: Iterator[Any] = (
        type_coerce(column, NullType) for column in (SearchTag.tag, SearchTag.kind, SearchTag.pointer)
    )
    query = select(*columns).where(SearchTag.tag > after).order_by(SearchTag.tag).limit(PAGE)
    return [(bytes(tag), kind, pointer) for tag, kind, pointer in session.execute(query)]


def _row_bytes(row: Row) -> bytes:
    tag, kind, pointer = row
    # The length of the tag fixes where kind and pointer begin: bytes must not move from one to the other.
    if not isinstance(kind, int) or not isinstance(pointer, (bytes, memoryview)) or len(tag) != TAG:
        return b"not a row"
    return b"row" + tag + kind.to_bytes(8, "big", signed=True) + bytes(pointer)


def _key() -> bytes:
    return cast(
        "bytes", current_app.extensions["benan.key_store"].authenticate("row", b"benan/search-tags/1")
    )


def _hash(key: bytes, message: bytes) -> int:
    return int.from_bytes(hmac.digest(key, message, "sha256"), "big")
