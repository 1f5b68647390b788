"""Splitting the keys among custodians: the copy that outlives the server."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from app.access import require
from app.config import Settings
from app.domain.actor import Actor
from app.domain.errors import SubjectKind
from app.domain.events import KeysSplit
from app.domain.permissions import Permission
from app.extensions import db, part
from app.models import Deployment
from app.transaction import transaction
from app.vault.shares import Split, keys_of, split


def split_keys(actor: Actor, *, threshold: int, shares: int) -> Split:
    """All keys in one sealed file and its shares, 2 <= threshold <= shares <= 16; nothing is written yet.

    Raises KeyStoreError for a store whose keys do not come out.
    """
    settings: Settings = part("settings")
    with transaction(actor) as tx:
        require(actor, Permission.ACCOUNT_MANAGE, SubjectKind.LEDGER)
        deployment = db.session.scalars(select(Deployment.id)).one()
        made = split(keys_of(settings.key_store), deployment, tx.now, threshold=threshold, shares=shares)
        digest = hashlib.sha256(made.file).digest()
        tx.record(KeysSplit(threshold=threshold, shares=shares, digest=digest))
    return made
