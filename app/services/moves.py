"""Moving a case from stage to stage: ask what is missing, move, and let a second person decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, select

from app import position, records
from app.access import load_approval, load_own_case, procedure_of, require, visible_cases
from app.domain.actor import Actor
from app.domain.errors import Conflict, Forbidden, Invalid, SecondPersonRequired, SubjectKind
from app.domain.events import (
    ApprovalsListed,
    CaseMoved,
    CatalogueId,
    MoveChecked,
    MoveDecided,
    MoveRequested,
    ReasonRead,
)
from app.domain.permissions import Permission
from app.domain.procedure import Move, Stage
from app.domain.sealing import Branch
from app.domain.states import HandoverState
from app.domain.text import N_, Message
from app.domain.workflow import find_move
from app.extensions import db
from app.gate import missing_for, pass_gate
from app.models import Account, Approval, Case, Handover, Stay
from app.transaction import CHANGED_MEANWHILE, Transaction, transaction

EARLIEST = timedelta(days=366)
WAITING = Message(N_("A step of this case already waits for a second person's decision."))
OFFERED = Message(N_("This case is offered to another unit. Withdraw the offer first."))
DECIDED = Message(N_("This request was already decided."))
OVERTAKEN = Message(N_("The case has moved on since this was asked for; the request no longer applies."))


@dataclass(frozen=True, slots=True)
class MoveCheck:
    """A move and everything it still needs, keyed by what is missing."""

    case: Case
    stage: Stage
    move: Move
    missing: dict[str, list[Message]]


@dataclass(frozen=True, slots=True)
class MoveResult:
    """Where the case stands now, and the request that waits when a second person must decide."""

    case: Case
    stage_id: str
    approval: Approval | None


@dataclass(frozen=True, slots=True)
class WaitingMove:
    """A request for the person who decides: who asks what on which case, and why."""

    approval: Approval
    case: Case
    stage: Stage
    move: Move
    requested_by: str
    reason: str | None


def check_case_move(actor: Actor, case_id: UUID, track_id: str, to: str) -> MoveCheck:
    """What the move still needs; opens no section to the reader, names only what is missing."""
    with transaction(actor) as tx:
        case = load_own_case(actor, case_id, Permission.CASE_READ)
        _, stage, move = _move(actor, case, track_id, to)
        missing = missing_for(case, move, tx.now)
        tx.record(MoveChecked(subject_id=case.id, to_stage=CatalogueId(to), missing=len(missing)))
    return MoveCheck(case, stage, move, missing)


def move_case(  # noqa: PLR0913 - a step is these facts, each named
    actor: Actor,
    case_id: UUID,
    track_id: str,
    to: str,
    *,
    version: int,
    event_on: date | None = None,
    reason: str | None = None,
) -> MoveResult:
    """Take a step, or ask a second person for it.

    `event_on`: local day of the legal event, not in the future and at most a year before the case was
    opened. MoveRefused names all that is missing.
    """
    with transaction(actor) as tx:
        case = load_own_case(actor, case_id, Permission.CASE_READ, lock=True)
        stay, stage, move = _move(actor, case, track_id, to)
        if case.version != version:
            raise Conflict(CHANGED_MEANWHILE)
        _refuse_while_waiting(case, track_id)
        _refuse_while_offered(case)
        event_on = _event_day(tx, case, event_on)
        if move.asks_reason and not reason:
            raise Invalid({"reason": [Message(N_("Write the reason for this step."))]})
        pass_gate(tx, case, move)
        if move.second_person:
            approval = _ask(tx, case, stay, move, event_on, reason)
            return MoveResult(case, stage.id, approval)
        _go(tx, case, stay, move, event_on)
        _keep_reason(tx, case, position.open_stay(case, track_id).id, reason)
    return MoveResult(case, move.to, None)


def decide_move(actor: Actor, approval_id: UUID, *, approved: bool, reason: str | None = None) -> MoveResult:
    """Approve or refuse a waiting move; never the person who asked. The gate is asked again."""
    with transaction(actor) as tx:
        approval, case = load_approval(actor, approval_id, Permission.CASE_APPROVE)
        if approval.requested_by == actor.id:
            raise SecondPersonRequired(SubjectKind.CASE, case.id)
        if approval.decided_at is not None:
            raise Conflict(DECIDED)
        if not approved and not reason:
            raise Invalid(
                {"reason": [Message(N_("Write why you refuse, so that the officer knows what to mend."))]}
            )
        approval.decided_by, approval.decided_at, approval.approved = actor.id, tx.now, approved
        tx.record(MoveDecided(subject_id=case.id, approval_id=approval.id, approved=approved))
        if approved:
            stay = position.open_stay(case, approval.track_id)
            if stay.stage_id != approval.from_stage:
                raise Conflict(OVERTAKEN)
            stage = procedure_of(case).track(approval.track_id).stage(approval.from_stage)
            move = find_move(stage, approval.to_stage)
            _refuse_while_offered(case)
            pass_gate(tx, case, move)
            _go(tx, case, stay, move, approval.event_on)
        else:
            position.touch(case, tx.now)
        if reason:
            records.write(_of(case, approval.id), "decision", {"text": reason}, actor.id, tx.now)
    return MoveResult(case, approval.to_stage if approved else approval.from_stage, approval)


def list_waiting_moves(actor: Actor, *, limit: int = 50) -> tuple[WaitingMove, ...]:
    """Moves of the unit's cases that wait for a second person, oldest first."""
    with transaction(actor) as tx:
        require(actor, Permission.CASE_APPROVE, SubjectKind.CASE)
        visible = visible_cases(actor).with_only_columns(Case.id)
        rows = db.session.execute(
            select(Approval, Case, Account.display_name)
            .join(Case, Case.id == Approval.case_id)
            .join(Account, Account.id == Approval.requested_by)
            .where(Approval.decided_at.is_(None), Approval.case_id.in_(visible), *_own(actor))
            .order_by(Approval.requested_at)
            .limit(limit)
        ).all()
        texts = records.read_all([_of(case, approval.id) for approval, case, _ in rows], ("reason",))
        waiting = tuple(
            _waiting(tx, approval, case, name, texts.get((approval.id, "reason")))
            for approval, case, name in rows
        )
        tx.record(ApprovalsListed(count=len(waiting)))
    return waiting


def _own(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return Case.unit_id == actor.unit_id, Case.handed_over_at.is_(None)


def _waiting(
    tx: Transaction, approval: Approval, case: Case, name: str, opened: dict[str, str] | None
) -> WaitingMove:
    stage = procedure_of(case).track(approval.track_id).stage(approval.from_stage)
    if opened:
        tx.record(ReasonRead(subject_id=case.id, about=approval.id))
    reason = opened["text"] if opened else None
    return WaitingMove(approval, case, stage, stage.move(approval.to_stage), name, reason)


def _move(actor: Actor, case: Case, track_id: str, to: str) -> tuple[Stay, Stage, Move]:
    try:
        track = procedure_of(case).track(track_id)
    except KeyError:
        raise Invalid({"track": [Message(N_("This procedure has no such track."))]}) from None
    stay = position.open_stay(case, track_id)
    stage = track.stage(stay.stage_id)
    move = find_move(stage, to)
    if not actor.can(move.permission):
        raise Forbidden(SubjectKind.CASE, case.id, move.permission)
    if move.by_handover:
        raise Invalid({"to": [Message(N_("Only a confirmed handover makes this step: offer the handover."))]})
    return stay, stage, move


def _event_day(tx: Transaction, case: Case, event_on: date | None) -> date:
    today = position.local_date(tx.now)
    if event_on is None:
        return today
    if event_on > today:
        raise Invalid({"event_on": [Message(N_("This date lies in the future. Enter the day it happened."))]})
    if event_on < position.local_date(case.opened_at) - EARLIEST:
        too_early = Message(N_("This date is more than a year before the file was opened. Check the year."))
        raise Invalid({"event_on": [too_early]})
    return event_on


def _refuse_while_waiting(case: Case, track_id: str) -> None:
    waiting = select(Approval.id).where(
        Approval.case_id == case.id, Approval.track_id == track_id, Approval.decided_at.is_(None)
    )
    if db.session.scalar(waiting):
        raise Conflict(WAITING)


def _refuse_while_offered(case: Case) -> None:
    offered = select(Handover.id).where(
        Handover.case_id == case.id, Handover.state == HandoverState.OFFERED.value
    )
    if db.session.scalar(offered):
        raise Conflict(OFFERED)


def _ask(tx: Transaction, case: Case, stay: Stay, move: Move, event_on: date, reason: str | None) -> Approval:
    approval = Approval(
        id=uuid4(),
        case_id=case.id,
        track_id=stay.track_id,
        from_stage=stay.stage_id,
        to_stage=move.to,
        event_on=event_on,
        requested_by=tx.actor.id,
        requested_at=tx.now,
    )
    db.session.add(approval)
    db.session.flush()
    _keep_reason(tx, case, approval.id, reason)
    position.touch(case, tx.now)
    tx.record(
        MoveRequested(
            subject_id=case.id,
            approval_id=approval.id,
            track=CatalogueId(stay.track_id),
            from_stage=CatalogueId(stay.stage_id),
            to_stage=CatalogueId(move.to),
        )
    )
    return approval


def _go(tx: Transaction, case: Case, stay: Stay, move: Move, event_on: date) -> None:
    position.enter(case, stay.track_id, move.to, tx.actor.id, tx.now, event_on)
    tx.record(
        CaseMoved(
            subject_id=case.id,
            track=CatalogueId(stay.track_id),
            from_stage=CatalogueId(stay.stage_id),
            to_stage=CatalogueId(move.to),
            event_on=event_on,
        )
    )


def _keep_reason(tx: Transaction, case: Case, subject_id: UUID, reason: str | None) -> None:
    if reason:
        records.write(_of(case, subject_id), "reason", {"text": reason}, tx.actor.id, tx.now)


def _of(case: Case, subject_id: UUID) -> records.Subject:
    return records.Subject.of_case(case.id, subject_id, Branch.CONTENT)
