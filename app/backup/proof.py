"""Is a restored ledger all of it? Compared with what lies outside the database: checkpoints, and the tide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.deadlines import LOCAL
from app.ledger import Finding, verify
from app.ledger.behind import Known, behind, known_outside
from app.ledger.findings import Problem
from app.ledger.log import Log
from app.ledger.loss import find_loss
from app.ledger.sealed import verify_sealed
from app.models import Deployment, LedgerEntry, LedgerLeaf
from app.vault import KeyStore

BROKEN = frozenset({Problem.OTHER_ROOT, Problem.CHECKPOINT_FORGED})
"""What cannot be a loss: another history, or a checkpoint somebody else wrote."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a database holds beside what is known outside it.

    `findings`: every broken place; `sealed`: entries in its tree; `until`: when its last entry was made; `missing`:
    entries the tide of this machine knows and the database lacks, sealed or not; `behind`: more is known outside.
    """

    known: Known
    findings: Sequence[Finding]
    sealed: int
    until: datetime | None
    missing: int
    behind: bool

    @property
    def missing_sealed(self) -> int:
        """How many sealed entries are known outside and not here."""
        return max(0, self.known.sizes[-1] - self.sealed) if self.known.sizes else 0

    @property
    def is_complete(self) -> bool:
        """True when a checkpoint is there, and nothing outside knows more."""
        return self.known.newest is not None and not self.behind

    def sentences(self) -> Iterator[str]:
        """What an operator must know."""
        since = f"{self.until.astimezone(LOCAL):%Y-%m-%d %H:%M}" if self.until else "its beginning"
        if self.known.later_generation:
            yield f"The ledger went on as generation {self.known.later_generation}, which is not in this backup."
        if self.missing_sealed:
            first, last = self.sealed + 1, self.known.sizes[-1]
            yield (
                f"Sealed entries {first:,}..{last:,} ({self.missing_sealed:,} entries, since {since}) are missing. The "
                "files they touched cannot be named: only those entries named them."
            )
        if self.missing:
            yield f"{self.missing:,} entries committed on this machine since {since} are missing, sealed or not."
        if self.known.damaged:
            yield "The tide of this machine is damaged: entries that were not sealed yet cannot be counted."
        newest = self.known.newest
        if newest is None:
            yield "No checkpoint was found outside the database: whether entries are missing cannot be proven."
        elif self.is_complete:
            at = f"{newest.at.astimezone(LOCAL):%Y-%m-%d %H:%M}"
            yield f"Complete up to the last checkpoint: {newest.checkpoint.size:,} sealed entries, of {at}."


def log_of(session: Session, key_store: KeyStore, checkpoints: Path) -> Log:
    """The log of the database of `session`, whose checkpoints lie in that folder."""
    deployment = session.execute(select(Deployment.id, Deployment.generation)).one()
    return Log(
        deployment.id,
        deployment.generation,
        checkpoints,
        key_store.public_key(),
        key_store.sign,
        lambda message: key_store.authenticate("ledger", message),
    )


def prove(session: Session, log: Log) -> Proof:
    """Walk the ledger of `session` and compare it with what is outside, in `log.directory`."""
    known = known_outside(log)
    session.rollback()  # the walk begins a snapshot of its own
    found = [*verify(session, log.authenticate), *verify_sealed(session, log, known, lambda _leaves: None)]
    lost = list(behind(session, log, known))
    loss = find_loss(session, log, known)
    return Proof(
        known=known,
        findings=[*found, *(finding for finding in lost if finding.problem in BROKEN)],
        sealed=session.scalar(select(func.count()).select_from(LedgerLeaf)) or 0,
        until=session.scalar(select(func.max(LedgerEntry.at))),
        missing=loss.missing if loss else 0,
        behind=bool(lost),
    )
