"""Cases: the list, ordered by what is due, and one case's page without any section's content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import and_, select

from app import records
from app.access import carried_documents, load_case, procedure_of, readable_sections, require, visible_cases
from app.attachments import Newest, newest
from app.domain.actor import Actor
from app.domain.errors import SubjectKind
from app.domain.events import CasesListed, CaseViewed
from app.domain.permissions import Permission
from app.domain.procedure import Move, Procedure, Section, Stage, Track
from app.domain.states import HandoverState
from app.domain.workflow import moves_for
from app.extensions import db
from app.models import Account, Approval, Assignment, Case, Clock, Document, Handover, Stay
from app.overview import CaseRow, RunningTerm, case_rows, term_of
from app.paging import Page, read_page
from app.transaction import transaction


class Show(StrEnum):
    """Which cases a list holds."""

    OPEN = "open"
    OVERDUE = "overdue"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the case stands on one track, and the moves this actor may start."""

    track: Track
    stage: Stage
    stay: Stay
    moves: tuple[Move, ...]
    waiting: Approval | None


@dataclass(frozen=True, slots=True)
class Step:
    """One stay of the history: stage, from when to when, moved by whom."""

    stage: Stage
    stay: Stay
    moved_by: str


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section on the case page: its version (0 = empty) and whether this actor may open it."""

    section: Section
    version: int
    readable: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything the case page shows without opening a section."""

    case: Case
    procedure: Procedure
    places: tuple[Place, ...]
    terms: tuple[RunningTerm, ...]
    sections: tuple[SectionLine, ...]
    history: tuple[Step, ...]
    officers: tuple[tuple[Assignment, Account], ...]
    documents: tuple[Document, ...]
    handovers: tuple[Handover, ...]
    attachments: Newest | None
    held_here: bool


def list_cases(
    actor: Actor, *, show: Show = Show.OPEN, cursor: str | None = None, limit: int = 20
) -> Page[CaseRow]:
    """Visible cases, the one that falls due first on top."""
    with transaction(actor) as tx:
        require(actor, Permission.CASE_READ, SubjectKind.CASE)
        query = visible_cases(actor)
        # A handover closes the giver's file; for its receiver the work begins.
        closed = and_(Case.closed_at.is_not(None), Case.unit_id == actor.unit_id)
        query = query.where(closed if show is Show.CLOSED else ~closed)
        if show is Show.OVERDUE:
            query = query.where(Case.overdue_from < tx.now)
        page = read_page(query, (Case.next_due_at, Case.id), cursor, limit)
        rows = case_rows(page.items, tx.now)
        tx.record(CasesListed(count=len(rows)))
    return Page(rows, page.next_cursor)


def read_case(actor: Actor, case_id: UUID) -> CaseView:
    """One case: position, terms, sections by name, papers, people working on it."""
    with transaction(actor) as tx:
        case = load_case(actor, case_id, Permission.CASE_READ)
        procedure = procedure_of(case)
        ours = case.unit_id == actor.unit_id  # a receiver sees what was handed over, not how the giver worked
        stays = db.session.execute(
            select(Stay, Account.display_name)
            .join(Account, Account.id == Stay.moved_by)
            .where(Stay.case_id == case.id)
            .order_by(Stay.entered_at, Stay.left_at.is_(None), Stay.left_at)
        ).all()
        view = CaseView(
            case=case,
            procedure=procedure,
            places=_places(actor, case, procedure, [stay for stay, _ in stays]),
            terms=_terms(case, procedure, [stay for stay, _ in stays], tx.now) if ours else (),
            sections=_sections(actor, case, procedure),
            history=tuple(
                Step(procedure.track(s.track_id).stage(s.stage_id), s, name) for s, name in stays if ours
            ),
            officers=_officers(case) if ours else (),
            documents=_documents(actor, case),
            handovers=_handovers(actor, case),
            attachments=_attachments(actor, case),
            held_here=_held_here(actor, case),
        )
        tx.record(CaseViewed(subject_id=case.id))
    return view


def _held_here(actor: Actor, case: Case) -> bool:
    return case.unit_id == actor.unit_id and case.handed_over_at is None


def _places(actor: Actor, case: Case, procedure: Procedure, stays: Sequence[Stay]) -> tuple[Place, ...]:
    waiting = {
        a.track_id: a
        for a in db.session.scalars(
            select(Approval).where(Approval.case_id == case.id, Approval.decided_at.is_(None))
        )
    }
    places = []
    for stay in stays:
        if stay.left_at is None:
            track = procedure.track(stay.track_id)
            stage = track.stage(stay.stage_id)
            moves = moves_for(actor.permissions, stage) if _held_here(actor, case) else ()
            places.append(Place(track, stage, stay, moves, waiting.get(track.id)))
    return tuple(places)


def _terms(
    case: Case, procedure: Procedure, stays: Sequence[Stay], instant: datetime
) -> tuple[RunningTerm, ...]:
    stages = {stay.id: procedure.track(stay.track_id).stage(stay.stage_id) for stay in stays}
    clocks = db.session.scalars(select(Clock).where(Clock.case_id == case.id).order_by(Clock.due_at)).all()
    return tuple(term_of(clock, stages[clock.stay_id], instant) for clock in clocks)


def _sections(actor: Actor, case: Case, procedure: Procedure) -> tuple[SectionLine, ...]:
    readable = readable_sections(actor, case)
    present = records.versions(records.Subject.case(case.id))
    shown = procedure.sections if case.unit_id == actor.unit_id else [procedure.section(s) for s in readable]
    return tuple(SectionLine(s, present.get(s.id, 0), s.id in readable) for s in shown)


def _officers(case: Case) -> tuple[tuple[Assignment, Account], ...]:
    rows = db.session.execute(
        select(Assignment, Account)
        .join(Account, Account.id == Assignment.account_id)
        .where(Assignment.case_id == case.id, Assignment.ended_at.is_(None))
        .order_by(Account.display_name)
    )
    return tuple((assignment, account) for assignment, account in rows)


def _documents(actor: Actor, case: Case) -> tuple[Document, ...]:
    documents = db.session.scalars(
        select(Document).where(Document.case_id == case.id).order_by(Document.created_at, Document.id)
    ).all()
    if case.unit_id == actor.unit_id:
        return tuple(documents)
    carried = carried_documents(actor, case.id)
    return tuple(d for d in documents if str(d.id) in carried)


def _attachments(actor: Actor, case: Case) -> Newest | None:
    """None where this actor sees none: no right to them, or the file is with another unit."""
    visible = actor.can(Permission.ATTACHMENT_READ) and _held_here(actor, case)
    return newest(case.id) if visible else None


def _handovers(actor: Actor, case: Case) -> tuple[Handover, ...]:
    query = select(Handover).where(Handover.case_id == case.id).order_by(Handover.offered_at)
    if case.unit_id != actor.unit_id:
        query = query.where(Handover.to_unit_id == actor.unit_id, Handover.state != HandoverState.WITHDRAWN)
    return tuple(db.session.scalars(query))
