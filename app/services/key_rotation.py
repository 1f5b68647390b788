"""Root keys that follow each other: a new one, the data keys under it, the old one destroyed; the operator's acts."""

from __future__ import annotations

import json

from sqlalchemy import select

from app.access import require
from app.domain.actor import Actor
from app.domain.errors import Conflict, SubjectKind
from app.domain.events import (
    CatalogueId,
    IntegrityAlarm,
    KeysRewrapped,
    RootAdded,
    RootRetired,
    RootRetiring,
    RotationBegun,
)
from app.domain.permissions import Permission
from app.domain.sealing import Branch
from app.domain.text import N_, Message
from app.extensions import db, part
from app.models import Case, DataKey, LedgerEntry
from app.rotation.rewrapping import BATCH, Batch, NothingLeft, Place, rewrap, wrapped_by
from app.rotation.waiting import wait_for_others
from app.transaction import transaction
from app.vault import KeyStore

FIRST = 1
"""The number of a branch's first root key, which the installation's own entry tells of."""


def rotate_root(actor: Actor, branch: Branch) -> str:
    """Make the next root key of a branch, for every process at once; its id. Data keys stay where they are.

    Killed after the key was made and before that was told, the next call tells of it and makes no other.
    """
    store: KeyStore = part("key_store")
    code = CatalogueId(branch.value)
    with transaction(actor) as tx:
        require(actor, Permission.ACCOUNT_MANAGE, SubjectKind.KEY)
        untold = _number(store.present_root(branch)) not in {FIRST, *_told(RootAdded.action, branch.value)}
        tx.record(RotationBegun(branch=code))
    root_key_id = store.present_root(branch) if untold else store.add_root(branch)
    with transaction(actor) as tx:
        tx.record(RootAdded(branch=code, number=_number(root_key_id)))
    return root_key_id


def rewrap_keys(actor: Actor, root_key_id: str, after: Place | None, limit: int = BATCH) -> Batch | None:
    """Wrap the next `limit` data keys of an older root key anew; None when none is left behind `after`.

    One short transaction: killed before its end nothing of it happened, and both root keys open until then.
    """
    branch, number = _named(root_key_id)
    try:
        with transaction(actor) as tx:
            require(actor, Permission.ACCOUNT_MANAGE, SubjectKind.KEY)
            batch = rewrap(root_key_id, after, limit)
            for owner_id in batch.broken:
                kind = SubjectKind.CASE if db.session.get(Case, owner_id) else SubjectKind.REPORT
                tx.record(IntegrityAlarm(subject_id=owner_id, subject=kind))
            tx.record(
                KeysRewrapped(branch=branch, number=number, count=batch.count, broken=len(batch.broken))
            )
    except NothingLeft:
        return None
    return batch


def retire_root(actor: Actor, root_key_id: str) -> None:
    """Destroy an older root key for good, when no data key needs it any more.

    Busy while somebody reads who began earlier; Conflict while it is needed. What is about to be destroyed is told
    first: killed in between, the next call goes on.
    """
    branch, number = _named(root_key_id)
    store: KeyStore = part("key_store")
    with transaction(actor) as tx:
        require(actor, Permission.ACCOUNT_MANAGE, SubjectKind.KEY)
        there = root_key_id in store.roots()
        if there:
            _refuse_needed(store, root_key_id)
        elif number not in _told(RootRetiring.action, branch) - _told(RootRetired.action, branch):
            raise Conflict(Message(N_("There is no root key of this name. See: flask keys status")))
        tx.record(RootRetiring(branch=branch, number=number))
    if there:
        store.destroy_root(root_key_id)
    with transaction(actor) as tx:
        tx.record(RootRetired(branch=branch, number=number))


def _refuse_needed(store: KeyStore, root_key_id: str) -> None:
    if root_key_id in {store.present_root(branch) for branch in Branch}:
        raise Conflict(
            Message(N_("This root key is the present one of its branch. First: flask keys rotate"))
        )
    # Whoever read which root key is present read the table of data keys before: once this lock is held, nobody is left
    # who could still wrap a new data key under the old one, or has read a row that needs it.
    wait_for_others(DataKey)
    if count := wrapped_by(root_key_id):
        raise Conflict(
            Message(
                N_("%(count)s data keys are still under this root key. First: flask keys rewrap"),
                {"count": count},
            )
        )


def _told(action: str, branch: str) -> set[int]:
    """The numbers that entries of that kind tell of a branch's root keys."""
    bodies = db.session.scalars(select(LedgerEntry.body).where(LedgerEntry.action == action))
    return {body["number"] for body in map(json.loads, bodies) if body["branch"] == branch}


def _named(root_key_id: str) -> tuple[CatalogueId, int]:
    """Branch and number of a root key's id; the branch "both" for one from before there were branches."""
    branch, _, number = root_key_id.rpartition("-")
    if branch not in {"", *Branch} or not (number.isascii() and number.isdecimal()):
        raise Conflict(Message(N_("There is no root key of this name. See: flask keys status")))
    return CatalogueId(branch or "both"), int(number)


def _number(root_key_id: str) -> int:
    return _named(root_key_id)[1]
