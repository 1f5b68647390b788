"""Making the search index anew and checking it, batch by batch: acts of the service itself that show nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app import records
from app.catalogue.people import SOURCES
from app.domain.actor import Actor
from app.domain.errors import Erased
from app.domain.events import CatalogueId, IndexChecked, IndexRebuilt
from app.domain.terms import Term
from app.extensions import db
from app.ledger import tags
from app.models import Case, LedgerEntry, Report, SearchTag
from app.search import Owner
from app.search.index import Posting, put, runs
from app.search.persons import posting_of, terms_in
from app.transaction import transaction

BATCH = 100  # files
TAGS = 5000
EMPTYING, REPORTS, CASES, DONE = "emptying", "reports", "cases", "done"
NEXT = {EMPTYING: REPORTS, REPORTS: CASES, CASES: DONE}
SECTIONS = tuple(source for source in SOURCES if source != "report")
Entry = tuple[Term, Posting]


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a rebuilding or a check stands: its phase, the last file done, when it began, and what the step did."""

    phase: str
    after: UUID | None
    began: datetime
    count: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """A file that searching would not find, and how many of its tags are missing."""

    code: str
    missing: int


def unfinished() -> Progress | None:
    """Where an interrupted rebuilding stopped; None when there is none."""
    query = (
        select(LedgerEntry.body)
        .where(LedgerEntry.action == IndexRebuilt.action)
        .order_by(LedgerEntry.at.desc(), LedgerEntry.counter.desc())
        .limit(1)
    )
    with Session(db.engine) as session:
        body = json.loads(session.scalar(query) or "{}")
    if body.get("phase", DONE) == DONE:
        return None
    after = body.get("after")
    return Progress(body["phase"], UUID(after) if after else None, datetime.fromisoformat(body["began"]))


def rebuild_step(actor: Actor, progress: Progress | None) -> Progress:
    """One batch of a rebuilding: None begins it, DONE ends it. Killed between two steps, it goes on with the next.

    A file written meanwhile is in the index already and is not put there twice; writers wait for one batch at most.
    """
    with transaction(actor) as tx:
        progress = progress or Progress(EMPTYING, None, tx.now)
        emptying = progress.phase == EMPTYING
        done = replace(progress, count=_empty()) if emptying else _fill(progress)
        if not done.count:
            done = Progress(NEXT[progress.phase], None, progress.began)
        tx.record(
            IndexRebuilt(
                phase=CatalogueId(done.phase), count=done.count, after=done.after, began=progress.began
            )
        )
    return done


def check_step(actor: Actor, progress: Progress | None) -> tuple[Progress, tuple[Gap, ...]]:
    """One batch of a check that every file is found; its sections are opened to know by what."""
    with transaction(actor) as tx:
        progress = progress or Progress(REPORTS, None, tx.now)
        files = _files(progress)
        gaps = tuple(_gaps(files, _entries(progress.phase, files)))
        done = _after(progress, files)
        tx.record(IndexChecked(count=len(files), missing=len(gaps)))
    return done, gaps


def _empty() -> int:
    rows = (
        db.session.execute(select(SearchTag.tag, SearchTag.kind, SearchTag.pointer).limit(TAGS))
        .tuples()
        .all()
    )
    taken = [(bytes(tag), kind, bytes(pointer)) for tag, kind, pointer in rows]
    for start in range(0, len(taken), BATCH):
        some = [tag for tag, _, _ in taken[start : start + BATCH]]
        db.session.execute(
            delete(SearchTag).where(SearchTag.tag.in_(some)),
            execution_options={"synchronize_session": False},
        )
    tags.tell(db.session(), taken=taken)
    return len(taken)


def _fill(progress: Progress) -> Progress:
    files = _files(progress)
    entries = _entries(progress.phase, files)
    written_since = {file.id for file in files if _changed_at(file) >= progress.began}
    present = _present([e for id_, of in entries.items() if id_ in written_since for e in of])
    put(entry for of in entries.values() for entry in of if entry not in present)
    return _after(progress, files)


def _after(progress: Progress, files: Sequence[Report | Case]) -> Progress:
    if not files:
        return Progress(NEXT[progress.phase], None, progress.began)
    return replace(progress, after=files[-1].id, count=len(files))


def _files(progress: Progress) -> Sequence[Report | Case]:
    """The next batch of files that are not erased; cases are held, so that nobody changes them meanwhile."""
    after = progress.after or UUID(int=0)
    if progress.phase == REPORTS:
        reports = (
            select(Report)
            .outerjoin(Case, Case.id == Report.case_id)
            .where(Report.id > after, or_(Case.id.is_(None), Case.erased_at.is_(None)))
        )
        return db.session.scalars(reports.order_by(Report.id).limit(BATCH)).all()
    cases = select(Case).where(Case.id > after, Case.erased_at.is_(None)).order_by(Case.id).limit(BATCH)
    return db.session.scalars(cases.with_for_update()).all()


def _entries(phase: str, files: Sequence[Report | Case]) -> dict[UUID, list[Entry]]:
    """By file everything it is found by."""
    found: dict[UUID, list[Entry]] = {file.id: [] for file in files}
    subject = records.Subject.report if phase == REPORTS else records.Subject.case
    owner = Owner.report if phase == REPORTS else Owner.case
    sources = ("report",) if phase == REPORTS else SECTIONS
    for (file_id, source), values in _read([subject(file.id) for file in files], sources).items():
        posting = posting_of(owner(file_id), source)
        found[file_id] += [(term, posting) for term in terms_in(source, values)]
    return found


def _read(subjects: Sequence[records.Subject], sources: Sequence[str]) -> Mapping[tuple[UUID, str], Any]:
    try:
        return records.read_all(subjects, sources)
    except Erased:  # a file that newer keys erased beside older data, whose row does not say so
        told: dict[tuple[UUID, str], Any] = {}
        for subject in subjects:
            with suppress(Erased):
                told |= records.read_all([subject], sources)
        return told


def _present(entries: Sequence[Entry]) -> set[Entry]:
    places = runs({term for term, _ in entries})
    wanted = set(entries)
    return {(term, posting) for term, run in places.items() for _, _, posting in run} & wanted


def _gaps(files: Sequence[Report | Case], entries: Mapping[UUID, list[Entry]]) -> Iterator[Gap]:
    present = _present([entry for of in entries.values() for entry in of])
    for file in files:
        missing = sum(entry not in present for entry in entries[file.id])
        if missing:
            yield Gap(file.code, missing)


def _changed_at(file: Report | Case) -> datetime:
    return file.received_at if isinstance(file, Report) else file.changed_at
