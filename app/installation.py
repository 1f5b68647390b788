"""Joining key store, vault and ledger to the database of this installation; making them at the first run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import uuid4

from click import get_current_context
from flask import Flask
from sqlalchemy import RowMapping, func, or_, select, tuple_, update
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from app.config import ConfigurationError, Settings
from app.domain.actor import operator_of_the_service
from app.domain.errors import LedgerBehind
from app.domain.events import InstallationBegun, RowsAdopted
from app.extensions import db, now
from app.ledger import Ledger, forget, genuine, tell, verify
from app.ledger.behind import known_outside
from app.ledger.form import Authenticate
from app.ledger.health import STOPPING, health
from app.ledger.log import Log, current_log
from app.ledger.rows import every_table, row_code, table_of
from app.models import Authentic, Deployment, Kept, LedgerEntry, LedgerLane
from app.vault import KeyStore, KeyStoreError, Vault
from app.vault.key_stores import (
    complete_key_store,
    create_key_store,
    key_store_exists,
    open_key_store,
)

FIRST = (InstallationBegun.action, RowsAdopted.action)
BATCH = 500
NOT_READY = "This installation is not prepared. Run: flask init"


class NotAsLeft(RuntimeError):
    """Rows without codes beside a ledger that the first program did not leave so: nothing is taken over."""

    def __init__(self) -> None:
        super().__init__(
            "The rows of this database have no codes, but its ledger is not whole or tells of rows: somebody changed "
            "it by hand. Nothing was taken over. Keep a copy for those who investigate, restore the last good backup "
            "(flask backup restore) and run flask ledger verify --deep on it."
        )


def install(app: Flask) -> bool:
    """Make keys, empty ledger and deployment row once, on an upgraded database; False when they were there.

    Raises KeyStoreError when keys exist for a database that has no ledger: one of the two was lost or exchanged.
    """
    settings: Settings = app.extensions["benan.settings"]
    with _writing() as session:
        if session.scalar(select(Deployment.id)) is not None:
            return False
        key_store = create_key_store(settings.key_store)
        app.extensions["benan.key_store"] = key_store
        ledger = _ledger(key_store, settings)
        ledger.begin(session)
        session.add(Deployment(id=uuid4(), mode=settings.mode.value, created_at=now()))
        session.flush()
        ledger.append(session, operator_of_the_service(), [InstallationBegun()], now())
        session.commit()
        ledger.committed(session)
    return True


def adopt(app: Flask) -> int:
    """After an upgrade from before rows had codes: give every row its code, and tell of it; how many there were.

    This happens once in the life of a database, in one transaction: where one row has a code, none is left to adopt.
    NotAsLeft when ledger and rows do not fit what the first program left.
    """
    settings: Settings = app.extensions["benan.settings"]
    with _writing() as session:
        if session.scalar(select(Deployment.id)) is None or _has_codes(session):
            return 0
        if _tells_of_rows(session):
            raise NotAsLeft
        key_store = complete_key_store(settings.key_store)
        app.extensions["benan.key_store"] = key_store
        ledger, count = _ledger(key_store, settings), 0
        _check_ledger(ledger)
        ledger.begin_tide(session)
        for kind in every_table():
            for page in _pages(session, kind):
                _give_codes(session, kind, page)
                ledger.append(session, operator_of_the_service(), [RowsAdopted(count=len(page))], now())
                forget(session)
                count += len(page)
        session.commit()
        ledger.committed(session)
    return count


def _pages(session: Session, kind: type[Authentic]) -> Iterator[Sequence[RowMapping]]:
    table = table_of(kind)
    query, keys = select(table).order_by(*table.primary_key).limit(BATCH), tuple(table.primary_key)
    page = session.execute(query).mappings().all()
    while page:
        yield page
        last = tuple(page[-1][key.name] for key in keys)
        page = session.execute(query.where(tuple_(*keys) > tuple_(*last))).mappings().all()


def _give_codes(session: Session, kind: type[Authentic], page: Sequence[RowMapping]) -> None:
    table = table_of(kind)
    keys = tuple(table.primary_key)
    for row in page:
        columns = {**row, "version": 1} if issubclass(kind, Kept) else dict(row)
        columns["mac"] = row_code(table.name, columns)
        session.execute(update(table).where(*(key == row[key.name] for key in keys)).values(columns))
        if issubclass(kind, Kept):
            tell(session, table.name, "/".join(str(row[key.name]) for key in keys), columns)


def join_parts(app: Flask) -> None:
    """Join key store, vault and ledger to the database; leaves them out while there is no installation yet."""
    settings: Settings = app.extensions["benan.settings"]
    deployment = _deployment()
    if deployment is None or not key_store_exists(settings.key_store):
        app.extensions["benan.missing"] = NOT_READY
        return
    if deployment.mode != settings.mode:
        raise ConfigurationError(
            f"This database was made in {deployment.mode} mode and must not be opened in {settings.mode} mode. "
            "Set BENAN_MODE or BENAN_DATABASE_URL to match."
        )
    try:
        key_store = open_key_store(settings.key_store)
    except KeyStoreError:
        with Session(db.engine) as session:
            complete = _has_codes(session) or _tells_of_rows(session)
        db.engine.dispose()
        if complete:
            raise
        app.extensions["benan.missing"] = NOT_READY  # an upgrade was stopped before it made the newer keys
        return
    app.extensions["benan.key_store"] = key_store
    app.extensions["benan.vault"] = Vault(key_store, deployment.id)
    app.extensions["benan.ledger"] = _ledger(key_store, settings, deployment.generation)
    app.extensions["benan.ledger_log"] = _log(key_store, settings, deployment)
    app.extensions.pop("benan.missing", None)
    _look_at_the_ledger(app, known_deployment=genuine(deployment))


def _look_at_the_ledger(app: Flask, *, known_deployment: bool) -> None:
    """Log what is not well; a database that was put back serves nobody until an operator has acted."""
    app.extensions.pop("benan.behind", None)
    outside = known_outside(current_log())
    with Session(db.engine) as session:
        findings = list(health(session, current_log(), outside, now()))
    if get_current_context(silent=True) is None:  # a command says what it was asked for, and no more
        for finding in findings:
            app.logger.warning("ledger: %s", finding)
    if not known_deployment or any(finding.problem in STOPPING for finding in findings):
        app.extensions["benan.behind"] = LedgerBehind().message


def _tells_of_rows(session: Session) -> bool:
    tells = or_(LedgerEntry.action.in_(FIRST), LedgerEntry.body.contains('"rows":{'))
    return session.scalar(select(LedgerEntry.counter).where(tells).limit(1)) is not None


def _has_codes(session: Session) -> bool:
    tables = map(table_of, every_table())
    coded = (select(table.c.mac).where(func.length(table.c.mac) > 0).limit(1) for table in tables)
    return any(session.execute(query).first() is not None for query in coded)


def _check_ledger(ledger: Ledger) -> None:
    with Session(db.engine) as session:
        if any(True for _ in verify(session, ledger.authenticate)):
            raise NotAsLeft


def _writing() -> Session:
    session = Session(db.engine)
    session.connection(execution_options={"benan_writes": True})
    return session


def _ledger(key_store: KeyStore, settings: Settings, generation: int = 1) -> Ledger:
    return Ledger(_authenticate(key_store), settings.checkpoint_directory, generation)


def _log(key_store: KeyStore, settings: Settings, deployment: Deployment) -> Log:
    return Log(
        deployment.id,
        deployment.generation,
        settings.checkpoint_directory,
        key_store.public_key(),
        key_store.sign,
        _authenticate(key_store),
    )


def _authenticate(key_store: KeyStore) -> Authenticate:
    return lambda message: key_store.authenticate("ledger", message)


def _deployment() -> Deployment | None:
    try:
        with Session(db.engine) as session:
            lanes = session.scalar(select(LedgerLane.lane).limit(1))
            return None if lanes is None else session.scalar(select(Deployment))
    except (OperationalError, ProgrammingError):
        return None
