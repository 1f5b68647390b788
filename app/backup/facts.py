"""What a database says about itself at one instant: the unsigned half of a manifest."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, func, select, text

from app.backup.faults import BackupError
from app.extensions import Base
from app.models import Attachment, Case, Deployment, LedgerCheckpoint, LedgerLane

DEPLOYMENT: Table = Deployment.__table__  # type: ignore[assignment]  # declared as the wider FromClause
LANES: Table = LedgerLane.__table__  # type: ignore[assignment]  # the same
CHECKPOINTS: Table = LedgerCheckpoint.__table__  # type: ignore[assignment]  # the same
ATTACHMENTS: Table = Attachment.__table__  # type: ignore[assignment]  # the same
CASES: Table = Case.__table__  # type: ignore[assignment]  # the same
KEPT_APART = ("data_key", "search_tag")
"""Tables whose rows would outlive an erased case in an old backup: only the keys part holds them."""
LEFT_OUT = (*KEPT_APART, "web_session", "sign_in_throttle")
"""Tables whose rows the data part does not hold; sessions and throttles are in no part: people sign in again."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Which installation it is, how far its ledger came, and how many rows there are."""

    schema: str
    deployment: UUID
    mode: str
    generation: int
    rows: dict[str, int]
    lanes: dict[str, tuple[int, str]]
    checkpoint: str | None


def facts(connection: Connection) -> Facts:
    """Read them; BackupError when there is no installation in that database."""
    deployment = connection.execute(select(DEPLOYMENT)).mappings().one_or_none()
    if deployment is None:
        raise BackupError("There is no installation in this database. Run: flask init")
    newest = select(CHECKPOINTS.c.note).order_by(CHECKPOINTS.c.size.desc()).limit(1)
    return Facts(
        schema=str(connection.scalar(text("SELECT version_num FROM alembic_version"))),
        deployment=deployment["id"],
        mode=deployment["mode"],
        generation=deployment["generation"],
        rows=counts(connection),
        lanes={str(lane): (count, bytes(head).hex()) for lane, count, head in connection.execute(_heads())},
        checkpoint=connection.scalar(newest),
    )


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each of our tables holds, those that no part holds left out."""
    names = sorted(set(Base.metadata.tables) - (set(LEFT_OUT) - set(KEPT_APART)))
    queries = {name: select(func.count()).select_from(Base.metadata.tables[name]) for name in names}
    return {name: connection.scalar(query) or 0 for name, query in queries.items()}


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file as its row tells of it: whose, under which data key, its SHA-256."""

    id: UUID
    key_number: int
    sha256: bytes


def attachments(connection: Connection) -> Generator[Sealed]:
    """Every attachment whose file should be there, in the order of their ids."""
    query = (
        select(ATTACHMENTS.c.id, ATTACHMENTS.c.key_number, ATTACHMENTS.c.sha256)
        .join(CASES, CASES.c.id == ATTACHMENTS.c.case_id)
        .where(ATTACHMENTS.c.removed_at.is_(None), CASES.c.erased_at.is_(None))
        .order_by(ATTACHMENTS.c.id)
    )
    with connection.execute(query, execution_options={"yield_per": 1000}) as rows:
        for id_, number, digest in rows:
            yield Sealed(id_, number, bytes(digest))


def _heads() -> Any:
    return select(LANES.c.lane, LANES.c.count, LANES.c.head).order_by(LANES.c.lane)
