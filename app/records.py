"""Sealed records: write a new version, open the present one. No permission is asked here; `access` has answered."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select, tuple_

from app.domain.errors import Conflict, Erased, IntegrityBroken, SubjectKind
from app.domain.sealing import Branch
from app.domain.text import N_, Message
from app.extensions import db
from app.ledger import genuine
from app.ledger.noted import note
from app.ledger.told import ended_for_good
from app.models import DataKey, SealedValue
from app.vault import BrokenSeal, current_vault

STALE = Message(
    N_("Somebody else saved a newer version in the meantime. Compare it with yours and save again.")
)

Place = tuple[UUID, str, int]
"""Where a data key is: owner, branch, number."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A sealed value in clear, with its version (1 = first) and who wrote it when."""

    version: int
    value: Any
    written_at: datetime
    written_by: UUID


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose key opens the value, what it belongs to, and how an alarm about it is worded.

    `branch`: under which branch of the keys new values are sealed; the stricter one unless nobody is named in them.
    """

    owner_id: UUID
    subject_id: UUID
    kind: SubjectKind
    branch: Branch = Branch.IDENTITY

    @classmethod
    def case(cls, case_id: UUID, branch: Branch = Branch.IDENTITY) -> Subject:
        """The case's own sections."""
        return cls(case_id, case_id, SubjectKind.CASE, branch)

    @classmethod
    def report(cls, report_id: UUID) -> Subject:
        """A report's content."""
        return cls(report_id, report_id, SubjectKind.REPORT)

    @classmethod
    def of_case(cls, case_id: UUID, subject_id: UUID, branch: Branch = Branch.IDENTITY) -> Subject:
        """Something of a case: a document, an approval, a handover. Alarms name the case."""
        return cls(case_id, subject_id, SubjectKind.CASE, branch)


def write(
    subject: Subject,
    name: str,
    value: Any,
    author: UUID,
    at: datetime,
    *,
    expected: int | None = None,
) -> SealedValue:
    """Seal `value` (JSON data, or bytes) as the next version; the transaction's last ledger entry names it.

    `expected`: the version the author saw (0 = none yet); Conflict when it is no longer the present one.
    """
    present = _present_version(subject, name)
    if expected is not None and expected != present:
        raise Conflict(STALE)
    version = present + 1
    number, key = key_for_writing(subject, at)
    place: dict[str, Any] = {"owner_id": subject.owner_id, "subject_id": subject.subject_id, "name": name}
    plaintext = value if isinstance(value, bytes) else _encode(value)
    row = SealedValue(
        **place,
        version=version,
        branch=subject.branch.value,
        key_number=number,
        sealed=current_vault().seal(key, plaintext, version=version, **place),
        written_at=at,
        written_by=author,
    )
    db.session.add(row)
    db.session.flush()
    note(db.session(), row)
    return row


def read(subject: Subject, name: str) -> Opened | None:
    """The present version as JSON data; None when nothing was written yet. IntegrityBroken when it is not whole."""
    row = _present_row(subject, name)
    return None if row is None else _opened(row, json.loads(_unseal_one(subject, row)))


def read_bytes(subject: Subject, name: str) -> bytes | None:
    """The present version of a sealed file; None when there is none."""
    row = _present_row(subject, name)
    return None if row is None else _unseal_one(subject, row)


def read_many(subject: Subject, names: Iterable[str]) -> dict[str, Any]:
    """Present values of several names of one subject; names never written are absent."""
    return {name: value for (_, name), value in read_all((subject,), names).items()}


def read_all(subjects: Sequence[Subject], names: Iterable[str]) -> dict[tuple[UUID, str], Any]:
    """Present values of several names of several subjects, by (subject id, name): two queries, however many."""
    of = {subject.subject_id: subject for subject in subjects}
    newest = (
        select(SealedValue.subject_id, SealedValue.name, func.max(SealedValue.version).label("version"))
        .where(SealedValue.subject_id.in_(of), SealedValue.name.in_(tuple(names)))
        .group_by(SealedValue.subject_id, SealedValue.name)
        .subquery()
    )
    same = [getattr(SealedValue, part) == newest.c[part] for part in ("subject_id", "name", "version")]
    rows = db.session.scalars(select(SealedValue).join(newest, and_(*same))).all()
    keys = _open_keys([(of[row.subject_id], row) for row in rows])
    return {
        (row.subject_id, row.name): json.loads(_unseal(of[row.subject_id], row, keys[_key_of(row)]))
        for row in rows
    }


def versions(subject: Subject) -> dict[str, int]:
    """Present version of every name of the subject, without opening anything."""
    rows = db.session.execute(
        select(SealedValue.name, func.max(SealedValue.version))
        .where(SealedValue.subject_id == subject.subject_id)
        .group_by(SealedValue.name)
    )
    return dict(rows.tuples().all())


def _present_version(subject: Subject, name: str) -> int:
    where = (SealedValue.subject_id == subject.subject_id, SealedValue.name == name)
    return db.session.scalar(select(func.max(SealedValue.version)).where(*where)) or 0


def _present_row(subject: Subject, name: str) -> SealedValue | None:
    return db.session.scalars(
        select(SealedValue)
        .where(SealedValue.subject_id == subject.subject_id, SealedValue.name == name)
        .order_by(SealedValue.version.desc())
        .limit(1)
    ).first()


def key_for_writing(subject: Subject, at: datetime) -> tuple[int, bytes]:
    """The newest data key of the subject's branch, made at its first use: (number, 32 bytes).

    Erased when it was destroyed.
    """
    newest = db.session.scalars(
        select(DataKey)
        .where(DataKey.owner_id == subject.owner_id, DataKey.branch == subject.branch)
        .order_by(DataKey.number.desc())
        .limit(1)
    ).first()
    if newest is not None:
        return newest.number, _open_key(subject.kind, newest)
    root_key_id, wrapped, data_key = current_vault().new_data_key(subject.owner_id, subject.branch, 1)
    db.session.add(
        DataKey(
            owner_id=subject.owner_id,
            branch=subject.branch.value,
            number=1,
            root_key_id=root_key_id,
            wrapped=wrapped,
            created_at=at,
        )
    )
    db.session.flush()
    return 1, data_key


def data_key(subject: Subject, branch: str, number: int) -> bytes:
    """A data key by its place; IntegrityBroken when it is missing or does not open, Erased when destroyed."""
    row = db.session.get(DataKey, (subject.owner_id, branch, number))
    if row is None:
        raise IntegrityBroken(subject.kind, subject.owner_id)
    return _open_key(subject.kind, row)


def _open_key(kind: SubjectKind, row: DataKey, erased: Collection[UUID] | None = None) -> bytes:
    if not genuine(row):
        raise IntegrityBroken(kind, row.owner_id)
    erased = ended_for_good(db.session(), (row.owner_id,)) if erased is None else erased
    if row.wrapped is not None and row.owner_id in erased:
        db.session.refresh(row)  # erased after it was loaded, or put back
        if row.wrapped is not None:
            raise IntegrityBroken(kind, row.owner_id)
    if row.wrapped is None:
        raise Erased
    try:
        branch = Branch(row.branch)
        return current_vault().open_data_key(
            row.owner_id, branch, row.number, row.root_key_id, bytes(row.wrapped)
        )
    except BrokenSeal:
        raise IntegrityBroken(kind, row.owner_id) from None


def _key_of(row: SealedValue) -> Place:
    return row.owner_id, row.branch, row.key_number


def _open_keys(pairs: Sequence[tuple[Subject, SealedValue]]) -> dict[Place, bytes]:
    kinds = {_key_of(row): subject.kind for subject, row in pairs}
    if not kinds:
        return {}
    places = tuple_(DataKey.owner_id, DataKey.branch, DataKey.number)
    rows = db.session.scalars(select(DataKey).where(places.in_(tuple(kinds)))).all()
    found = {(row.owner_id, row.branch, row.number): row for row in rows}
    for place, kind in kinds.items():
        if place not in found:
            raise IntegrityBroken(kind, place[0])
    erased = ended_for_good(db.session(), {owner_id for owner_id, _, _ in kinds})
    return {place: _open_key(kind, found[place], erased) for place, kind in kinds.items()}


def _unseal_one(subject: Subject, row: SealedValue) -> bytes:
    return _unseal(subject, row, _open_keys([(subject, row)])[_key_of(row)])


def _unseal(subject: Subject, row: SealedValue, key: bytes) -> bytes:
    if row.owner_id != subject.owner_id or not genuine(row):
        raise IntegrityBroken(subject.kind, subject.owner_id)
    try:
        return current_vault().unseal(
            key,
            bytes(row.sealed),
            owner_id=subject.owner_id,
            subject_id=row.subject_id,
            name=row.name,
            version=row.version,
        )
    except BrokenSeal:
        raise IntegrityBroken(subject.kind, subject.owner_id) from None


def _opened(row: SealedValue, value: Any) -> Opened:
    return Opened(row.version, value, row.written_at, row.written_by)


def _encode(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
