"""Handing a case to another unit: the giver offers, the receiver confirms or refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select

from app import position, records
from app.access import load_handover, load_own_case, procedure_of, require, visible_handovers
from app.domain.actor import Actor
from app.domain.document import DocumentState
from app.domain.errors import Conflict, Forbidden, Invalid, SubjectKind
from app.domain.events import (
    AssignmentEnded,
    CaseMoved,
    CatalogueId,
    HandoverDecided,
    HandoverOffered,
    HandoversListed,
    HandoverViewed,
    HandoverWithdrawn,
    ReasonRead,
    RepeatAnswered,
    ids,
)
from app.domain.permissions import Permission
from app.domain.procedure import Procedure, Section
from app.domain.sealing import Branch
from app.domain.states import HandoverState
from app.domain.text import N_, Message
from app.extensions import db
from app.gate import check_still_ready, pass_gate, refuse_half_done
from app.idempotency import earlier_result, remember
from app.models import Account, Assignment, Case, Document, Handover, Unit
from app.paging import Page, read_page
from app.transaction import CHANGED_MEANWHILE, Transaction, transaction

OPERATION = "handover:offer"
DECIDED = Message(N_("This handover was already decided or withdrawn."))


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A line of the list: which case, from which unit, to which."""

    handover: Handover
    case_code: str
    giver: str
    receiver: str


@dataclass(frozen=True, slots=True)
class HandoverView:
    """A handover with the names around it; `refusal` is the receiver's reason, opened for both sides."""

    handover: Handover
    case_code: str
    procedure: Procedure
    giver: Unit
    receiver: Unit
    sections: tuple[Section, ...]
    documents: tuple[Document, ...]
    offered_by: str
    decided_by: str | None
    refusal: str | None


def offer_handover(
    actor: Actor, case_id: UUID, to_unit_id: UUID, *, version: int, request_key: str | None = None
) -> Handover:
    """Offer the case, with the sections its procedure names and the issued papers, to another unit."""
    content = {"case": str(case_id), "to": str(to_unit_id)}
    with transaction(actor) as tx:
        case = load_own_case(actor, case_id, Permission.HANDOVER_OFFER, lock=True)
        earlier = earlier_result(actor, OPERATION, request_key, content)
        if earlier:
            tx.record(RepeatAnswered(subject_id=case.id, subject=SubjectKind.HANDOVER))
            return load_handover(actor, earlier, Permission.HANDOVER_OFFER)
        if case.version != version:
            raise Conflict(CHANGED_MEANWHILE)
        rule = procedure_of(case).handover
        _check_offer(tx, case, to_unit_id)
        papers = _papers(case, rule.documents)
        handover = Handover(
            id=uuid4(),
            case_id=case.id,
            from_unit_id=case.unit_id,
            to_unit_id=to_unit_id,
            state=HandoverState.OFFERED.value,
            sections=list(rule.sections),
            document_ids=[str(d.id) for d in papers],
            offered_by=actor.id,
            offered_at=tx.now,
        )
        db.session.add(handover)
        position.touch(case, tx.now)
        remember(actor, OPERATION, request_key, content, handover.id, tx.now)
        tx.record(
            HandoverOffered(
                subject_id=case.id,
                handover_id=handover.id,
                to_unit_id=to_unit_id,
                sections=ids(rule.sections),
                documents=tuple(d.id for d in papers),
            )
        )
    return handover


def confirm_handover(actor: Actor, handover_id: UUID, *, version: int) -> Handover:
    """The receiver confirms: the case is theirs to read, and the giver's officers lose it in the same commit."""
    with transaction(actor) as tx:
        handover, case = _to_decide(actor, handover_id, version)
        rule = procedure_of(case).handover
        stay = position.open_stay(case, rule.track)
        check_still_ready(tx, case, stay)
        _decide(tx, handover, HandoverState.CONFIRMED)
        case.handed_over_at = tx.now
        position.enter(case, rule.track, rule.confirmed, actor.id, tx.now)
        tx.record(
            CaseMoved(
                subject_id=case.id,
                track=CatalogueId(rule.track),
                from_stage=CatalogueId(stay.stage_id),
                to_stage=CatalogueId(rule.confirmed),
                event_on=position.local_date(tx.now),
            )
        )
        _end_assignments(tx, case)
    return handover


def refuse_handover(actor: Actor, handover_id: UUID, reason: str, *, version: int) -> Handover:
    """The receiver refuses with a reason; the case stays with the giver."""
    with transaction(actor) as tx:
        handover, case = _to_decide(actor, handover_id, version)
        if not reason.strip():
            raise Invalid({"reason": [Message(N_("Write why you refuse, so that the giver can mend it."))]})
        _decide(tx, handover, HandoverState.REFUSED)
        subject = records.Subject.of_case(case.id, handover.id, Branch.CONTENT)
        records.write(subject, "refusal", {"text": reason}, actor.id, tx.now)
        position.touch(case, tx.now)
    return handover


def withdraw_handover(actor: Actor, handover_id: UUID, *, version: int) -> Handover:
    """The giver takes an undecided offer back."""
    with transaction(actor) as tx:
        handover = load_handover(actor, handover_id, Permission.HANDOVER_OFFER, lock=True)
        case = load_own_case(actor, handover.case_id, Permission.HANDOVER_OFFER, lock=True)
        _check_open(handover, version)
        handover.state, handover.decided_by, handover.decided_at = (
            HandoverState.WITHDRAWN.value,
            actor.id,
            tx.now,
        )
        position.touch(case, tx.now)
        tx.record(HandoverWithdrawn(subject_id=case.id, handover_id=handover.id))
    return handover


def list_handovers(actor: Actor, *, cursor: str | None = None, limit: int = 20) -> Page[HandoverRow]:
    """Handovers the actor gives or receives, newest first."""
    with transaction(actor) as tx:
        if not actor.can(Permission.HANDOVER_OFFER):
            require(actor, Permission.HANDOVER_DECIDE, SubjectKind.HANDOVER)
        page = read_page(
            visible_handovers(actor), (Handover.offered_at, Handover.id), cursor, limit, descending=True
        )
        rows = _rows(page.items)
        tx.record(HandoversListed(count=len(rows)))
    return Page(rows, page.next_cursor)


def read_handover(actor: Actor, handover_id: UUID) -> HandoverView:
    """What goes over, from whom, to whom, and what the receiver said. No section is opened."""
    permission = (
        Permission.HANDOVER_OFFER if actor.can(Permission.HANDOVER_OFFER) else Permission.HANDOVER_DECIDE
    )
    with transaction(actor) as tx:
        handover = load_handover(actor, handover_id, permission)
        case = db.session.get_one(Case, handover.case_id)
        procedure = procedure_of(case)
        said = records.Subject.of_case(case.id, handover.id)
        refusal = None if case.erased_at else records.read(said, "refusal")
        view = HandoverView(
            handover=handover,
            case_code=case.code,
            procedure=procedure,
            giver=db.session.get_one(Unit, handover.from_unit_id),
            receiver=db.session.get_one(Unit, handover.to_unit_id),
            sections=tuple(s for s in procedure.sections if s.id in handover.sections),
            documents=_documents(handover.document_ids),
            offered_by=_name(handover.offered_by) or "",
            decided_by=_name(handover.decided_by),
            refusal=refusal.value["text"] if refusal else None,
        )
        tx.record(HandoverViewed(subject_id=case.id, handover_id=handover.id))
        if refusal:
            tx.record(ReasonRead(subject_id=case.id, about=handover.id))
    return view


def receiving_units(actor: Actor) -> tuple[Unit, ...]:
    """Every unit a case can be offered to: all but the actor's own, by name."""
    with transaction(actor) as tx:
        require(actor, Permission.HANDOVER_OFFER, SubjectKind.HANDOVER)
        units = tuple(
            db.session.scalars(select(Unit).where(Unit.id != actor.unit_id).order_by(Unit.name).limit(500))
        )
        tx.record(HandoversListed(count=0))
    return units


def _check_offer(tx: Transaction, case: Case, to_unit_id: UUID) -> None:
    rule = procedure_of(case).handover
    stage = procedure_of(case).track(rule.track).stage(rule.stage)
    if position.open_stay(case, rule.track).stage_id != rule.stage:
        raise Invalid(
            {"case": [Message(N_("First bring the case to the stage “%(stage)s”."), {"stage": stage.label})]}
        )
    if to_unit_id == tx.actor.unit_id or db.session.get(Unit, to_unit_id) is None:
        raise Invalid({"to_unit_id": [Message(N_("Choose another unit as receiver."))]})
    waiting = select(Handover.id).where(
        Handover.case_id == case.id, Handover.state == HandoverState.OFFERED.value
    )
    if db.session.scalar(waiting):
        raise Conflict(Message(N_("This case is already offered to a unit. Withdraw that offer first.")))
    refuse_half_done(case)
    pass_gate(tx, case, stage.move(rule.confirmed), handover_confirmed=True)


def _papers(case: Case, required: Sequence[str]) -> list[Document]:
    issued = db.session.scalars(
        select(Document)
        .where(Document.case_id == case.id, Document.state == DocumentState.ISSUED.value)
        .order_by(Document.issued_at)
    ).all()
    latest = {d.type_id: d for d in issued if d.type_id in required}
    return list(latest.values())


def _to_decide(actor: Actor, handover_id: UUID, version: int) -> tuple[Handover, Case]:
    handover = load_handover(actor, handover_id, Permission.HANDOVER_DECIDE, lock=True)
    if handover.to_unit_id != actor.unit_id:
        raise Forbidden(SubjectKind.HANDOVER, handover.id, Permission.HANDOVER_DECIDE)
    _check_open(handover, version)
    case = db.session.get_one(Case, handover.case_id, with_for_update=True)
    return handover, case


def _check_open(handover: Handover, version: int) -> None:
    if handover.state != HandoverState.OFFERED:
        raise Conflict(DECIDED)
    if handover.version != version:
        raise Conflict(CHANGED_MEANWHILE)


def _decide(tx: Transaction, handover: Handover, state: HandoverState) -> None:
    handover.state, handover.decided_by, handover.decided_at = state.value, tx.actor.id, tx.now
    tx.record(
        HandoverDecided(
            subject_id=handover.case_id, handover_id=handover.id, confirmed=state is HandoverState.CONFIRMED
        )
    )


def _end_assignments(tx: Transaction, case: Case) -> None:
    for assignment in db.session.scalars(
        select(Assignment).where(Assignment.case_id == case.id, Assignment.ended_at.is_(None))
    ):
        assignment.ended_at = tx.now
        tx.record(AssignmentEnded(subject_id=case.id, account_id=assignment.account_id))


def _rows(handovers: Sequence[Handover]) -> tuple[HandoverRow, ...]:
    case_ids = {h.case_id for h in handovers}
    unit_ids = {h.from_unit_id for h in handovers} | {h.to_unit_id for h in handovers}
    codes = dict(db.session.execute(select(Case.id, Case.code).where(Case.id.in_(case_ids))).tuples().all())
    units = dict(db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(unit_ids))).tuples().all())
    return tuple(
        HandoverRow(h, codes[h.case_id], units[h.from_unit_id], units[h.to_unit_id]) for h in handovers
    )


def _documents(document_ids: Sequence[str]) -> tuple[Document, ...]:
    wanted = [UUID(d) for d in document_ids]
    return tuple(
        db.session.scalars(select(Document).where(Document.id.in_(wanted)).order_by(Document.issued_at))
    )


def _name(account_id: UUID | None) -> str | None:
    account = db.session.get(Account, account_id) if account_id else None
    return account.display_name if account else None
