"""The reasons of a case: why a step was asked for, what the second person said, why a handover was refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app import records
from app.access import load_own_case, procedure_of
from app.domain.actor import Actor
from app.domain.events import CaseViewed, ReasonRead
from app.domain.permissions import Permission
from app.domain.text import Label
from app.extensions import db
from app.models import Account, Approval, Case, Handover, Stay, Unit
from app.transaction import Transaction, transaction


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence somebody wrote for the others on the case.

    `step`: the stage the step leads to, None for a handover; `approved`: what
    a second person or a receiver decided, None for the reason of the asker.
    """

    at: datetime
    by: str
    step: Label | None
    approved: bool | None
    text: str


def list_reasons(actor: Actor, case_id: UUID) -> tuple[Case, tuple[Reason, ...]]:
    """Every reason of the case, newest first; each opened one is an entry."""
    with transaction(actor) as tx:
        case = load_own_case(actor, case_id, Permission.CASE_READ)
        tx.record(CaseViewed(subject_id=case.id))
        found = (*_of_steps(tx, case), *_of_approvals(tx, case), *_of_handovers(tx, case))
    return case, tuple(sorted(found, key=lambda reason: reason.at, reverse=True))


def _of_steps(tx: Transaction, case: Case) -> Iterator[Reason]:
    rows = db.session.execute(
        select(Stay, Account.display_name)
        .join(Account, Account.id == Stay.moved_by)
        .where(Stay.case_id == case.id)
    ).all()
    for stay, name in rows:
        text = _opened(tx, case, stay.id, "reason")
        if text:
            yield Reason(stay.entered_at, name, _step(case, stay.track_id, stay.stage_id), None, text)


def _of_approvals(tx: Transaction, case: Case) -> Iterator[Reason]:
    asker, decider = aliased(Account), aliased(Account)
    rows = db.session.execute(
        select(Approval, asker.display_name, decider.display_name)
        .join(asker, asker.id == Approval.requested_by)
        .outerjoin(decider, decider.id == Approval.decided_by)
        .where(Approval.case_id == case.id)
    ).all()
    for approval, asked_by, decided_by in rows:
        step = _step(case, approval.track_id, approval.to_stage)
        asked = _opened(tx, case, approval.id, "reason")
        said = _opened(tx, case, approval.id, "decision")
        if asked:
            yield Reason(approval.requested_at, asked_by, step, None, asked)
        if said:
            yield Reason(approval.decided_at or tx.now, decided_by or "", step, approval.approved, said)


def _of_handovers(tx: Transaction, case: Case) -> Iterator[Reason]:
    rows = db.session.execute(
        select(Handover, Unit.name)
        .join(Unit, Unit.id == Handover.to_unit_id)
        .where(Handover.case_id == case.id)
    ).all()
    for handover, unit in rows:
        text = _opened(tx, case, handover.id, "refusal")
        if text:
            yield Reason(handover.decided_at or tx.now, unit, None, approved=False, text=text)


def _opened(tx: Transaction, case: Case, about: UUID, name: str) -> str | None:
    opened = records.read(records.Subject.of_case(case.id, about), name)
    if opened is None:
        return None
    tx.record(ReasonRead(subject_id=case.id, about=about))
    return str(opened.value["text"])


def _step(case: Case, track_id: str, stage_id: str) -> Label:
    return procedure_of(case).track(track_id).stage(stage_id).label
