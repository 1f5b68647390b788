"""Sealed records: write a new version, open the present one. No permission is asked here; `access` has answered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select

from app.domain.errors import Conflict, IntegrityBroken, SubjectKind
from app.domain.text import N_, Message
from app.extensions import db
from app.ledger import note
from app.models import DataKey, SealedValue
from app.vault import BrokenSeal, current_vault

STALE = Message(
    N_("Somebody else saved a newer version in the meantime. Compare it with yours and save again.")
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A sealed value in clear, with its version (1 = first) and who wrote it when."""

    version: int
    value: Any
    written_at: datetime
    written_by: UUID


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose key opens the value, what it belongs to, and how an alarm about it is worded."""

    owner_id: UUID
    subject_id: UUID
    kind: SubjectKind

    @classmethod
    def case(cls, case_id: UUID) -> Subject:
        """The case's own sections."""
        return cls(case_id, case_id, SubjectKind.CASE)

    @classmethod
    def report(cls, report_id: UUID) -> Subject:
        """A report's content."""
        return cls(report_id, report_id, SubjectKind.REPORT)

    @classmethod
    def of_case(cls, case_id: UUID, subject_id: UUID) -> Subject:
        """Something of a case: a document, an approval, a handover. Alarms name the case."""
        return cls(case_id, subject_id, SubjectKind.CASE)


def begin(owner_id: UUID, at: datetime) -> None:
    """Give a new case or report its data key."""
    root_key_id, wrapped = current_vault().new_data_key(owner_id)
    db.session.add(DataKey(owner_id=owner_id, root_key_id=root_key_id, wrapped=wrapped, created_at=at))
    db.session.flush()


def write(
    subject: Subject, name: str, value: Any, author: UUID, at: datetime, *, expected: int | None = None
) -> SealedValue:
    """Seal `value` (JSON data, or bytes) as the next version; the transaction's last ledger entry names it.

    `expected`: the version the author saw (0 = none yet); Conflict when it is no longer the present one.
    """
    present = _present_version(subject, name)
    if expected is not None and expected != present:
        raise Conflict(STALE)
    version = present + 1
    plaintext = value if isinstance(value, bytes) else _encode(value)
    sealed = current_vault().seal(
        _data_key(subject),
        plaintext,
        owner_id=subject.owner_id,
        subject_id=subject.subject_id,
        name=name,
        version=version,
    )
    row = SealedValue(
        subject_id=subject.subject_id,
        name=name,
        version=version,
        owner_id=subject.owner_id,
        sealed=sealed,
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
    return None if row is None else _opened(row, json.loads(_unseal(subject, row, _data_key(subject))))


def read_bytes(subject: Subject, name: str) -> bytes | None:
    """The present version of a sealed file; None when there is none."""
    row = _present_row(subject, name)
    return None if row is None else _unseal(subject, row, _data_key(subject))


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
    keys = _data_keys(subjects if rows else ())
    return {
        (row.subject_id, row.name): json.loads(
            _unseal(of[row.subject_id], row, keys[of[row.subject_id].owner_id])
        )
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


def _data_key(subject: Subject) -> bytes:
    return _data_keys((subject,))[subject.owner_id]


def _data_keys(subjects: Iterable[Subject]) -> dict[UUID, bytes]:
    kinds = {subject.owner_id: subject.kind for subject in subjects}
    rows = db.session.scalars(select(DataKey).where(DataKey.owner_id.in_(kinds))).all() if kinds else ()
    wrapped = {row.owner_id: (row.root_key_id, bytes(row.wrapped)) for row in rows}
    keys = {}
    for owner_id, kind in kinds.items():
        try:
            keys[owner_id] = current_vault().open_data_key(owner_id, *wrapped[owner_id])
        except (BrokenSeal, KeyError):
            raise IntegrityBroken(kind, owner_id) from None
    return keys


def _unseal(subject: Subject, row: SealedValue, data_key: bytes) -> bytes:
    try:
        return current_vault().unseal(
            data_key,
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
