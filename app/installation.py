"""Joining key store, vault and ledger to the database of this installation; making them at the first run."""

from __future__ import annotations

from uuid import uuid4

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from app.config import ConfigurationError, Settings
from app.extensions import db, now
from app.ledger import Ledger
from app.models import Deployment, LedgerLane
from app.vault import FileKeyStore, KeyStore, Vault

NOT_READY = "This installation is not prepared. Run: flask init"


def install(app: Flask) -> bool:
    """Make keys, empty ledger and deployment row once, on an upgraded database; False when they were there.

    Raises KeyStoreError when keys exist for a database that has no ledger: one of the two was lost or exchanged.
    """
    settings: Settings = app.extensions["benan.settings"]
    with Session(db.engine) as session:
        if session.scalar(select(Deployment)) is not None:
            return False
        key_store = FileKeyStore.create(settings.key_directory)
        _ledger(key_store).begin(session)
        session.add(Deployment(id=uuid4(), mode=settings.mode.value, created_at=now()))
        session.commit()
    return True


def join_parts(app: Flask) -> None:
    """Join key store, vault and ledger to the database; leaves them out while there is no installation yet."""
    settings: Settings = app.extensions["benan.settings"]
    deployment = _deployment()
    if deployment is None or not FileKeyStore.exists(settings.key_directory):
        app.extensions["benan.missing"] = NOT_READY
        return
    if deployment.mode != settings.mode:
        raise ConfigurationError(
            f"This database was made in {deployment.mode} mode and must not be opened in {settings.mode} mode. "
            "Set BENAN_MODE or BENAN_DATABASE_URL to match."
        )
    key_store: KeyStore = FileKeyStore(settings.key_directory)
    app.extensions["benan.key_store"] = key_store
    app.extensions["benan.vault"] = Vault(key_store, deployment.id)
    app.extensions["benan.ledger"] = _ledger(key_store)
    app.extensions.pop("benan.missing", None)


def _ledger(key_store: KeyStore) -> Ledger:
    return Ledger(lambda message: key_store.authenticate("ledger", message))


def _deployment() -> Deployment | None:
    try:
        with Session(db.engine) as session:
            lanes = session.scalar(select(LedgerLane.lane).limit(1))
            return None if lanes is None else session.scalar(select(Deployment))
    except (OperationalError, ProgrammingError):
        return None
