"""One file under new data keys, because an old one is held to be known: what it holds is sealed again, step by step.

While a branch of the file has two living keys its renewal is under way: new values are sealed under the newer one,
older ones open under the older, and whoever finds that goes on with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app import records
from app.attachments import destroy_replaced
from app.attachments.sealing import Key
from app.domain.errors import Erased, IntegrityBroken, SubjectKind
from app.domain.sealing import Branch
from app.extensions import db
from app.ledger import genuine
from app.ledger.noted import note
from app.models import Attachment, Case, DataKey, Report, SealedValue
from app.models.codes import normal_code
from app.vault import BrokenSeal, current_vault

BATCH = 100  # sealed values

T = TypeVar("T")
Column = InstrumentedAttribute[T]


@dataclass(frozen=True, slots=True)
class File:
    """A case, or a report, by its code."""

    id: UUID
    kind: SubjectKind

    @property
    def subject(self) -> records.Subject:
        """Whose keys they are, for records."""
        return records.Subject(self.id, self.id, self.kind)


def find(code: str) -> File | None:
    """The case or report of that code."""
    for table, kind in ((Case, SubjectKind.CASE), (Report, SubjectKind.REPORT)):
        found = db.session.scalar(select(table.id).where(table.code == normal_code(code)))
        if found:
            return File(found, kind)
    return None


def hold(file: File) -> None:
    """Hold the file to the end of the transaction."""
    table = Case if file.kind is SubjectKind.CASE else Report
    db.session.scalars(select(table).where(table.id == file.id).with_for_update()).one()


def begin(file: File, at: datetime) -> int:
    """Give every branch of the file a new data key, unless a renewal is under way; how many.

    Erased when the file has no key left.
    """
    living = _living(file)
    if not living:
        raise Erased
    if any(len(keys) > 1 for keys in living.values()):
        return 0
    for branch, (row,) in living.items():
        number = row.number + 1
        root_key_id, wrapped, _ = current_vault().new_data_key(file.id, branch, number)
        db.session.add(
            DataKey(
                owner_id=file.id,
                branch=branch.value,
                number=number,
                root_key_id=root_key_id,
                wrapped=wrapped,
                created_at=at,
            )
        )
    return len(living)


def attachments_to_renew(file: File) -> Sequence[UUID]:
    """The attachments whose file is still under an older key."""
    return db.session.scalars(
        select(Attachment.id).where(*_outdated_files(file)).order_by(Attachment.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Opened:
    """An attachment with what is needed to seal its file again."""

    attachment: Attachment
    old: bytes
    new: Key
    size: int


def open_attachment(file: File, attachment_id: UUID) -> Opened | None:
    """Open the keys of an attachment; None when nothing is left to do for it."""
    attachment = db.session.scalar(
        select(Attachment).where(Attachment.id == attachment_id, *_outdated_files(file))
    )
    if attachment is None:
        return None
    subject = records.Subject.of_case(file.id, attachment.id)
    intake = records.read(subject, "intake")
    if intake is None:
        raise IntegrityBroken(SubjectKind.CASE, file.id)
    newest = _living(file)[Branch(attachment.branch)][-1]
    old = records.data_key(subject, attachment.branch, attachment.key_number)
    return Opened(attachment, old, (newest.number, _open(file, newest)), intake.value["size"])


def put_renewed(file: File, opened: Opened, digest: bytes) -> bool:
    """Point the attachment to its new file; False when it was removed or renewed meanwhile."""
    row = db.session.scalar(
        select(Attachment)
        .where(Attachment.id == opened.attachment.id, *_outdated_files(file))
        .with_for_update()
    )
    if row is None:
        return False
    row.key_number, row.sha256 = opened.new[0], digest
    return True


def reseal(file: File) -> int:
    """Seal the next values of a held file again, each under the newest key of its branch; how many."""
    where = _outdated(file, SealedValue.branch, SealedValue.key_number)
    order = (SealedValue.subject_id, SealedValue.name, SealedValue.version)
    query = select(SealedValue).where(SealedValue.owner_id == file.id, where).order_by(*order).limit(BATCH)
    rows = db.session.scalars(query).all()
    keys = (
        {(branch.value, row.number): _open(file, row) for branch, of in _living(file).items() for row in of}
        if rows
        else {}
    )
    for row in rows:
        newest = max(number for branch, number in keys if branch == row.branch)
        row.sealed = _sealed_again(file, row, keys[row.branch, row.key_number], keys[row.branch, newest])
        row.key_number, row.revision = newest, row.revision + 1
    db.session.flush()
    for row in rows:
        note(db.session(), row)
    return len(rows)


def destroy_old(file: File, at: datetime) -> int:
    """Destroy the older keys of the file, which nothing may need any more, and what is left under them; how many."""
    kept = select(Attachment).where(Attachment.case_id == file.id, Attachment.removed_at.is_(None))
    for attachment in db.session.scalars(kept):
        destroy_replaced(attachment)
    old = [row for keys in _living(file).values() for row in keys[:-1]]
    for row in old:
        row.wrapped, row.destroyed_at = None, at
    return len(old)


def needed(file: File) -> bool:
    """True while a value or an attachment of the file is under an older key."""
    where = _outdated(file, SealedValue.branch, SealedValue.key_number)
    value = db.session.scalar(
        select(SealedValue.subject_id).where(SealedValue.owner_id == file.id, where).limit(1)
    )
    return value is not None or bool(attachments_to_renew(file))


def _living(file: File) -> dict[Branch, list[DataKey]]:
    """The keys of the file that were not destroyed, by branch, oldest first."""
    query = select(DataKey).where(DataKey.owner_id == file.id, DataKey.wrapped.is_not(None))
    rows = db.session.scalars(query.order_by(DataKey.branch, DataKey.number)).all()
    return {
        branch: keys for branch in Branch if (keys := [row for row in rows if row.branch == branch.value])
    }


def _outdated_files(file: File) -> tuple[ColumnElement[bool], ...]:
    return (
        Attachment.case_id == file.id,
        Attachment.removed_at.is_(None),
        _outdated(file, Attachment.branch, Attachment.key_number),
    )


def _outdated(file: File, branch: Column[str], number: Column[int]) -> ColumnElement[bool]:
    newest = {one.value: keys[-1].number for one, keys in _living(file).items()}
    return or_(false(), *(and_(branch == one, number < last) for one, last in newest.items()))


def _open(file: File, row: DataKey) -> bytes:
    return records.data_key(file.subject, row.branch, row.number)


def _sealed_again(file: File, row: SealedValue, old: bytes, new: bytes) -> bytes:
    vault = current_vault()
    place: dict[str, Any] = {
        name: getattr(row, name) for name in ("owner_id", "subject_id", "name", "version")
    }
    if not genuine(row):
        raise IntegrityBroken(file.kind, file.id)
    try:
        return vault.seal(new, vault.unseal(old, bytes(row.sealed), **place), **place)
    except BrokenSeal:
        raise IntegrityBroken(file.kind, file.id) from None
