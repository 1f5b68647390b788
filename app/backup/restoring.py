"""Restoring for good: into the empty database of this installation, or of another address, and proven outside."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from app.attachments.files import path_of
from app.backup import postgres, sqlite
from app.backup.bringing_back import Brought, Parts, bring_back
from app.backup.faults import BackupError
from app.backup.files import sync
from app.backup.keeper import Keeper
from app.backup.opening import Progress
from app.backup.proof import Proof, log_of, prove
from app.backup.recording import keep, kept, settle, unsettled
from app.backup.scratch import scratch
from app.extensions import db
from app.grants import grant
from app.installation import join_parts
from app.ledger.append import current_ledger
from app.ledger.behind import behind, known_outside
from app.ledger.log import current_log
from app.ledger.rows import row_code

MISSING = (
    "Nothing goes on silently: look for a newer backup first. If there is none, the responsible person accepts the "
    "loss with `flask ledger continue --accept-missing`, then run `flask backup settle`."
)
UNPROVEN = (
    "Bring the checkpoints from outside to BENAN_CHECKPOINTS and look again with `flask ledger health`, or compare a "
    "printed one. Then run `flask backup settle`."
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back, and what is broken in its ledger or missing from it."""

    brought: Brought
    proof: Proof

    @property
    def remedy(self) -> str:
        """What must happen before it may go on; empty when nothing must."""
        if self.proof.behind:
            return MISSING
        return "" if self.proof.is_complete else UNPROVEN


def restore(
    keeper: Keeper, parts: Parts, url: str | None, checkpoints: Path | None, progress: Progress
) -> Restored:
    """Restore and prove; the entry waits for `settle_here`. Raises BackupError before anything is overwritten."""
    db.engine.dispose()
    with (
        keeper.locked(),
        scratch() as folder,
        _target(keeper.server(url)) as target,
        _staged(keeper) as files,
    ):
        brought = bring_back(
            keeper.opener(progress), target, parts, folder, code=row_code, files=None if url else files
        )
        if url is None:
            _place(files)
            grant(keeper.settings)
            _join()
        with Session(target.engine) as session:
            log = log_of(session, keeper.key_store, checkpoints or keeper.settings.checkpoint_directory)
            proof = prove(session, log)
            if url is None:
                keep(
                    keeper.settings.instance, unsettled(session, brought, parts, missing=proof.missing_sealed)
                )
    return Restored(brought, proof)


def settle_here(keeper: Keeper) -> bool:
    """Write the entry of a restore; False when none waits. BackupError while something known outside is missing."""
    waiting = kept(keeper.settings.instance)
    if waiting is None:
        return False
    with Session(db.engine) as session:
        known = known_outside(current_log())
        if any(behind(session, current_log(), known)):
            raise BackupError(f"Entries are missing that are known outside the database. {MISSING}")
        current_ledger().begin_tide(session)  # restored to a new machine: it has none yet
    settle(keeper.settings.instance, waiting)
    _join()  # what stopped the service is settled
    return True


def _join() -> None:
    join_parts(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - flask's own way


@contextmanager
def _target(address: str) -> Iterator[sqlite.Target | postgres.Target]:
    url = postgres.url_of(address)
    is_file = url.get_backend_name() == sqlite.KIND
    target = sqlite.Target(Path(str(url.database))) if is_file else postgres.Target(url)
    try:
        yield target
    finally:
        target.close()


@contextmanager
def _staged(keeper: Keeper) -> Iterator[Path]:
    """A folder beside the attachments, so that placing them is a renaming; gone afterwards."""
    directory = keeper.settings.attachment_directory
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = directory / ".restoring"
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir(mode=0o700)
    try:
        yield files
    finally:
        shutil.rmtree(files, ignore_errors=True)


def _place(files: Path) -> None:
    folders = set()
    for file in sorted(files.iterdir()):
        id_, _, number = file.name.partition(".")
        path = path_of(UUID(id_), int(number))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.rename(path)
        folders.add(path.parent)
    for folder in folders:
        sync(folder)
