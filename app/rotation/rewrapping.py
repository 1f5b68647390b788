"""Data keys under a new root key, some hundred at a time; rows are changed beside the session, for speed."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, func, literal, select, tuple_, update
from sqlalchemy.orm import Session

from app.domain.sealing import Branch
from app.extensions import db, part
from app.ledger import tell
from app.ledger.findings import UNREADABLE
from app.ledger.rows import row_code
from app.ledger.told import ended_for_good
from app.models import DataKey
from app.vault import BrokenSeal, KeyStore, current_vault

BATCH = 500
KEYS: Table = DataKey.__table__  # type: ignore[assignment]  # declared as the wider FromClause
PLACE = tuple(KEYS.primary_key)
CHANGE = (
    update(KEYS)
    .where(*(column == bindparam(f"of_{column.name}") for column in PLACE))
    .values({name: bindparam(f"new_{name}") for name in ("root_key_id", "wrapped", "version", "mac")})
)

Place = tuple[UUID, str, int]
"""Owner, branch and number of a data key."""
Row = dict[str, Any]


class NothingLeft(Exception):
    """There was nothing to do, so nothing happened and nothing is told."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step did: how many keys are under the present root key now, whose did not open, and where it ended."""

    count: int
    broken: tuple[UUID, ...]
    last: Place


def outdated() -> dict[str, int]:
    """How many data keys each root key but the present ones still wraps, oldest root key first."""
    store: KeyStore = part("key_store")
    present = {store.present_root(branch) for branch in Branch}
    query = select(KEYS.c.root_key_id, func.count()).where(KEYS.c.wrapped.is_not(None))
    with Session(db.engine) as session:
        counts = dict(session.execute(query.group_by(KEYS.c.root_key_id)).tuples().all())
    old = sorted(counts.keys() - present, key=lambda id_: id_.rpartition("-")[2])
    return {root_key_id: counts[root_key_id] for root_key_id in old}


def wrapped_by(root_key_id: str) -> int:
    """How many data keys that root key still wraps."""
    query = select(func.count()).where(KEYS.c.root_key_id == root_key_id, KEYS.c.wrapped.is_not(None))
    return db.session.scalar(query) or 0


def rewrap(root_key_id: str, after: Place | None, limit: int = BATCH) -> Batch:
    """Wrap the next data keys of that root key anew, each under the present root key of its branch.

    Rows that somebody else holds are left for another time. Raises NothingLeft when there is none behind `after`.
    """
    store: KeyStore = part("key_store")
    present = {branch.value: store.present_root(branch) for branch in Branch}
    rows = _next(root_key_id, after, limit)
    if not rows:
        raise NothingLeft
    changes, broken = [], []
    erased = ended_for_good(db.session(), {row["owner_id"] for row in rows})
    for row in rows:
        try:
            if row["owner_id"] in erased:  # put back: under a new root it would outlive the old ones
                raise BrokenSeal
            new = _under(present[row["branch"]], row)
        except (BrokenSeal, *UNREADABLE):
            broken.append(row["owner_id"])
            continue
        changes.append({f"of_{c.name}": row[c.name] for c in PLACE} | {f"new_{k}": v for k, v in new.items()})
        tell(db.session(), KEYS.name, "/".join(str(row[c.name]) for c in PLACE), {**row, **new})
    if changes:
        db.session.connection().execute(CHANGE, changes)
    last = rows[-1]
    return Batch(len(changes), tuple(broken), (last["owner_id"], last["branch"], last["number"]))


def _next(root_key_id: str, after: Place | None, limit: int) -> list[Row]:
    query = select(KEYS).where(KEYS.c.root_key_id == root_key_id, KEYS.c.wrapped.is_not(None))
    if after is not None:
        query = query.where(tuple_(*PLACE) > tuple_(*(literal(part) for part in after)))
    query = query.order_by(KEYS.c.root_key_id, *PLACE).limit(limit)
    # KEY SHARE stays free: whoever writes a value under one of these keys does not wait.
    rows = db.session.execute(query.with_for_update(skip_locked=True, key_share=True))
    return [dict(row) for row in rows.mappings()]


def _under(present: str, row: Mapping[str, Any]) -> Row:
    """What changes in a row; BrokenSeal when it was tampered with, or does not open."""
    if not hmac.compare_digest(bytes(row["mac"]), row_code(KEYS.name, row)):
        raise BrokenSeal
    vault, place = current_vault(), (row["owner_id"], Branch(row["branch"]), row["number"])
    data_key = vault.open_data_key(*place, row["root_key_id"], bytes(row["wrapped"]))
    new = {
        "root_key_id": present,
        "wrapped": vault.wrap(*place, present, data_key),
        "version": row["version"] + 1,
    }
    return {**new, "mac": row_code(KEYS.name, {**row, **new})}
