"""What is stored, compared with what genuine entries tell of it: sealed values, numbered and issued documents."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, func, select, tuple_
from sqlalchemy.orm import Session

from app.domain.document import DocumentState
from app.domain.events import DocumentIssued, DocumentNumbered
from app.ledger.findings import UNREADABLE, Finding, Problem
from app.models import Document, LedgerEntry, SealedValue

BATCH = 500
NUMBERED = (DocumentState.NUMBERED, DocumentState.ISSUED)
PAPERS = (DocumentNumbered.action, DocumentIssued.action)
PLACE = (SealedValue.subject_id, SealedValue.name, SealedValue.version)
COLUMNS = (
    Document.id,
    Document.case_id,
    Document.type_id,
    Document.state,
    Document.year,
    Document.number,
    Document.sha256,
    Document.pages,
)

Place = tuple[UUID, str, int]
K = TypeVar("K")
V = TypeVar("V")


class Stored:
    """Compares batch by batch, and counts, so that what no entry tells of is found without remembering each."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.told: Counter[str] = Counter()

    def compare(self, entries: Sequence[LedgerEntry]) -> Iterator[Finding]:
        """Every genuine entry of these whose values or document are not stored as it tells."""
        bodies = [(entry, json.loads(entry.body)) for entry in entries]
        yield from self._values([(e, value) for e, body in bodies for value in body.get("sealed", ())])
        yield from self._papers([(e, body) for e, body in bodies if e.action in PAPERS])

    def surplus(self) -> Iterator[Finding]:
        """What is stored beyond all that was told, once every entry was compared."""
        numbered, issued = (self.told[action] for action in PAPERS)
        if self._count(SealedValue.subject_id) > self.told["sealed"]:
            yield Finding(None, 0, Problem.VALUE_ADDED)
        if (
            self._count(Document.id, Document.state.in_(NUMBERED)) > numbered
            or self._count(Document.id, Document.state == DocumentState.ISSUED) > issued
        ):
            yield Finding(None, 0, Problem.DOCUMENT_ADDED)

    def _values(self, told: Sequence[tuple[LedgerEntry, Mapping[str, Any]]]) -> Iterator[Finding]:
        self.told["sealed"] += len(told)
        for part in _parts(told):
            places = [(UUID(value["subject"]), value["name"], value["version"]) for _, value in part]
            digests = _readable(self._digests, places)
            for (entry, value), place in zip(part, places, strict=True):
                if digests.get(place) != value["digest"]:
                    yield Finding(entry.lane, entry.counter, Problem.VALUE_LOST)

    def _papers(self, told: Sequence[tuple[LedgerEntry, Mapping[str, Any]]]) -> Iterator[Finding]:
        self.told.update(entry.action for entry, _ in told)
        for part in _parts(told):
            rows = _readable(self._rows, [UUID(body["document_id"]) for _, body in part])
            for entry, body in part:
                row = rows.get(UUID(body["document_id"]))
                if row is None or not _as_told(row, entry, body):
                    yield Finding(entry.lane, entry.counter, Problem.DOCUMENT_CHANGED)

    def _digests(self, places: Sequence[Place]) -> dict[Place, str]:
        rows = self.session.execute(
            select(*PLACE, SealedValue.sealed).where(tuple_(*PLACE).in_(places)),
            execution_options={"yield_per": 20},  # a sealed file is large; only its digest is kept
        )
        return {
            (subject, name, version): sha256(sealed).hexdigest() for subject, name, version, sealed in rows
        }

    def _rows(self, ids: Sequence[UUID]) -> dict[UUID, Row[Any]]:
        return {row.id: row for row in self.session.execute(select(*COLUMNS).where(Document.id.in_(ids)))}

    def _count(self, column: Any, *where: Any) -> int:
        return self.session.scalar(select(func.count(column)).where(*where)) or 0


def _as_told(row: Row[Any], entry: LedgerEntry, body: Mapping[str, Any]) -> bool:
    if row.case_id != entry.subject_id:
        return False
    if entry.action == DocumentNumbered.action:
        told = (body["type"], body["year"], body["number"])
        return row.state in NUMBERED and (row.type_id, row.year, row.number) == told
    told = (DocumentState.ISSUED, bytes.fromhex(body["digest"]), body["pages"])
    return (row.state, row.sha256, row.pages) == told


def _parts(items: Sequence[V]) -> Iterator[Sequence[V]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _readable(read: Callable[[Sequence[K]], dict[K, V]], keys: Sequence[K]) -> dict[K, V]:
    """What `read` finds of these keys; a row that cannot even be read is left out, its neighbours are not."""
    try:
        return read(keys)
    except UNREADABLE:
        if len(keys) == 1:
            return {}
        half = len(keys) // 2
        return _readable(read, keys[:half]) | _readable(read, keys[half:])
