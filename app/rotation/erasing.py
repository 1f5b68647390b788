"""One case erased: its keys and those of its reports destroyed, what it was found by taken back, its files deleted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select, text

from app import attachments, records, search
from app.catalogue.people import SOURCES
from app.domain.deadlines import LOCAL
from app.domain.errors import IntegrityBroken, SubjectKind
from app.domain.events import HoldLifted, HoldPut, TermSet
from app.domain.retention import KeepingFacts
from app.domain.states import HandoverState
from app.extensions import db, part
from app.grants import owner_engine
from app.ledger.told import entries_about, version_told
from app.models import Attachment, Case, DataKey, Handover, Report, SealedValue
from app.search import Owner

PATIENCE = 2000  # milliseconds for readers of SQLite's log to end


@dataclass(frozen=True, slots=True)
class Lost:
    """What an erasing took: how many keys and sealed values, which reports and attachments.

    `digest`: SHA-256 over the sorted SHA-256 of every sealed value; these stay stored, and nobody can open them.
    """

    keys: int
    values: int
    reports: tuple[UUID, ...]
    attachments: tuple[UUID, ...]
    digest: bytes


def facts_of(case: Case, at: datetime) -> KeepingFacts:
    """What decides whether the case may be erased now."""
    offered = select(Handover.id).where(
        Handover.case_id == case.id, Handover.state == HandoverState.OFFERED.value
    )
    return KeepingFacts(
        closed=case.closed_at is not None,
        held=case.held_at is not None,
        offered=db.session.scalar(offered.limit(1)) is not None,
        keep_until=case.keep_until,
        today=at.astimezone(LOCAL).date(),
    )


def check_as_told(case: Case) -> None:
    """IntegrityBroken when the stored row is older than the ledger tells, or says otherwise of hold and term."""
    told = [
        (version_told(entry, Case.__tablename__, str(case.id)), entry)
        for entry in entries_about(db.session(), case.id)
    ]
    told.sort(key=lambda one: one[0])  # entries of one instant are in order by the version they tell
    held, keep_until = False, None
    for version, entry in told:
        if version > case.version:
            raise IntegrityBroken(SubjectKind.CASE, case.id)
        if entry.action in {HoldPut.action, HoldLifted.action}:
            held = entry.action == HoldPut.action
        elif entry.action == TermSet.action:
            keep_until = json.loads(entry.body).get("keep_until")
    stored = case.keep_until.isoformat() if case.keep_until else None
    if (case.held_at is not None, stored) != (held, keep_until):
        raise IntegrityBroken(SubjectKind.CASE, case.id)


def erase(case: Case, at: datetime) -> Lost:
    """Destroy every data key of a case, which is held, and of the reports that belong to it."""
    reports = db.session.scalars(
        select(Report).where(Report.case_id == case.id).order_by(Report.id).with_for_update()
    ).all()
    _take_out_of_search(case, reports)
    owners = [case.id, *(report.id for report in reports)]
    values, digest = _digest(owners)
    keys = db.session.scalars(
        select(DataKey)
        .where(DataKey.owner_id.in_(owners), DataKey.wrapped.is_not(None))
        .order_by(DataKey.owner_id, DataKey.branch, DataKey.number)
        .with_for_update()
    ).all()
    for key in keys:
        key.wrapped, key.destroyed_at = None, at
    files = db.session.scalars(
        select(Attachment).where(Attachment.case_id == case.id, Attachment.removed_at.is_(None))
    ).all()
    for file in files:
        file.removed_at = at
    case.erased_at = at
    return Lost(
        len(keys), values, tuple(report.id for report in reports), tuple(file.id for file in files), digest
    )


def destroy_files(attachment_ids: Iterable[UUID]) -> None:
    """Delete the sealed files, after the commit that tells of it."""
    for attachment_id in attachment_ids:
        attachments.destroy(attachment_id)


def wipe_log() -> bool:
    """Empty what the database itself keeps of destroyed keys, as far as it lets us; False while somebody reads.

    SQLite overwrites what is deleted at once (secure_delete), and its log is emptied here. PostgreSQL frees the room
    of old rows, where bytes stay until they are overwritten: docs/operations/keys.md says when they open nothing.
    """
    if db.engine.dialect.name == "postgresql":
        owner = owner_engine(
            part("settings")
        )  # only the table's owner may; where it is not set, the server does it later
        with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM data_key"))
        return True
    raw = db.engine.raw_connection()
    try:
        cursor = raw.cursor()
        patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE}")
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout={int(patience)}")
    finally:
        raw.close()
    return not busy


def _take_out_of_search(case: Case, reports: Sequence[Report]) -> None:
    # While the keys still open: what a file is found by is known from its content only.
    of_case = records.read_many(records.Subject.case(case.id), (s for s in SOURCES if s != "report"))
    for source, values in sorted(of_case.items()):
        search.update(Owner.case(case.id), source, values, {})
    for report in reports:
        told = records.read(records.Subject.report(report.id), "report")
        if told is not None:
            search.update(Owner.report(report.id), "report", told.value, {})


def _digest(owners: Sequence[UUID]) -> tuple[int, bytes]:
    query = select(SealedValue.sealed).where(SealedValue.owner_id.in_(owners))
    sealed = db.session.scalars(query.execution_options(yield_per=50))
    digests = sorted(sha256(value).digest() for value in sealed)
    return len(digests), sha256(b"".join(digests)).digest()
