"""A backup brought back into a scratch database and looked through; the database is gone afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Table, and_, func, select
from sqlalchemy.orm import Session

from app.backup import postgres, sqlite
from app.backup.bringing_back import Brought, Opener, Parts, bring_back
from app.backup.faults import BackupError
from app.backup.key_rows import KEYS, Code
from app.backup.manifest import DATABASE
from app.backup.proof import log_of, prove
from app.backup.scratch import scratch
from app.config import Settings
from app.domain.errors import SubjectKind
from app.domain.sealing import Branch
from app.ledger import Finding, State, verify_deep
from app.models import Report, SealedValue
from app.vault import BrokenSeal, KeyStore, Vault

VALUES: Table = SealedValue.__table__  # type: ignore[assignment]  # declared as the wider FromClause


@dataclass(frozen=True, slots=True)
class Trial:
    """A scratch database that holds a backup: what was brought, and the engine to look at it."""

    brought: Brought
    engine: Engine

    def findings(self, key_store: KeyStore, checkpoints: Path, *, deep: bool) -> list[Finding]:
        """Every broken place of its ledger, beside the checkpoints outside; `deep`: of rows and sealed values, too."""
        with Session(self.engine) as session:
            found = list(prove(session, log_of(session, key_store, checkpoints)).findings)
            session.rollback()
            if deep:
                found += verify_deep(session, State(), lambda _state: None)
            return found


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed value of a scratch database and the row of the key that opens it."""

    value: dict[str, Any]
    key: dict[str, Any]
    kind: SubjectKind

    @property
    def owner(self) -> UUID:
        """The case or report it belongs to."""
        owner: UUID = self.key["owner_id"]
        return owner

    def opens(self, vault: Vault) -> bool:
        """True when the key store opens it; what it says is dropped at once."""
        place = (self.owner, Branch(self.key["branch"]), self.key["number"])
        named = {name: self.value[name] for name in ("owner_id", "subject_id", "name", "version")}
        try:
            key = vault.open_data_key(*place, self.key["root_key_id"], bytes(self.key["wrapped"]))
            vault.unseal(key, bytes(self.value["sealed"]), **named)
        except BrokenSeal:
            return False
        return True


@contextmanager
def trial(opener: Opener, parts: Parts, kind: str, settings: Settings, code: Code) -> Iterator[Trial]:
    """Bring a backup of that `kind` of database back into a scratch place; BackupError as for `bring_back`."""
    with scratch() as folder, _scratch_target(kind, settings, folder) as target:
        yield Trial(bring_back(opener, target, parts, folder, code=code), target.engine)


def any_value(engine: Engine) -> Sealed | None:
    """A sealed value chosen by chance among those of one living key; None when nothing is sealed."""
    alive = select(KEYS).where(KEYS.c.wrapped.is_not(None))
    with engine.connect() as connection:
        count = connection.scalar(select(func.count()).select_from(alive.subquery())) or 0
        if not count:
            return None
        chosen = alive.order_by(*KEYS.primary_key.columns).offset(secrets.randbelow(count)).limit(1)
        key = dict(connection.execute(chosen).mappings().one())
        under = and_(
            VALUES.c.owner_id == key["owner_id"],
            VALUES.c.branch == key["branch"],
            VALUES.c.key_number == key["number"],
        )
        value = connection.execute(select(VALUES).where(under).limit(1)).mappings().first()
        report = connection.scalar(select(Report.id).where(Report.id == key["owner_id"]))
    kind = SubjectKind.REPORT if report else SubjectKind.CASE
    return Sealed(dict(value), key, kind) if value else None


@contextmanager
def _scratch_target(kind: str, settings: Settings, folder: Path) -> Iterator[postgres.Target | sqlite.Target]:
    if kind == sqlite.KIND:
        target = sqlite.Target(folder / DATABASE)
        try:
            yield target
        finally:
            target.close()
        return
    if settings.scratch_database_url:
        with postgres.given_database(postgres.url_of(settings.scratch_database_url)) as given:
            yield given
        return
    server = postgres.url_of(settings.owner_database_url or settings.database_url)
    if server.get_backend_name() != postgres.KIND:
        raise BackupError(
            "This backup is of PostgreSQL, and no server is known here. Set BENAN_SCRATCH_DATABASE_URL to an empty "
            "database of one."
        )
    with postgres.scratch_database(server) as made:
        yield made
