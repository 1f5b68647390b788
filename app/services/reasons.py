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


@dataclass(frozen=True, slots=True)
class _Written:
    """Where a reason may be sealed, and what is known of it without opening it."""

    about: UUID
    name: str
    at: datetime | None
    by: str | None
    step: Label | None
    approved: bool | None = None


def list_reasons(actor: Actor, case_id: UUID) -> tuple[Case, tuple[Reason, ...]]:
    """Every reason of the case, newest first; each opened one is an entry."""
    with transaction(actor) as tx:
        case = load_own_case(actor, case_id, Permission.CASE_READ)
        tx.record(CaseViewed(subject_id=case.id))
        written = (*_of_steps(case), *_of_approvals(case), *_of_handovers(case))
        subjects = [records.Subject.of_case(case.id, one.about) for one in written]
        texts = records.read_all(subjects, ("reason", "decision", "refusal"))
        found = [
            _reason(tx, case, one, texts[one.about, one.name])
            for one in written
            if (one.about, one.name) in texts
        ]
    return case, tuple(sorted(found, key=lambda reason: reason.at, reverse=True))


def _reason(tx: Transaction, case: Case, written: _Written, text: dict[str, str]) -> Reason:
    tx.record(ReasonRead(subject_id=case.id, about=written.about))
    return Reason(written.at or tx.now, written.by or "", written.step, written.approved, text["text"])


def _of_steps(case: Case) -> Iterator[_Written]:
    rows = db.session.execute(
        select(Stay, Account.display_name)
        .join(Account, Account.id == Stay.moved_by)
        .where(Stay.case_id == case.id)
    ).all()
    for stay, name in rows:
        yield _Written(stay.id, "reason", stay.entered_at, name, _step(case, stay.track_id, stay.stage_id))


def _of_approvals(case: Case) -> Iterator[_Written]:
    asker, decider = aliased(Account), aliased(Account)
    rows = db.session.execute(
        select(Approval, asker.display_name, decider.display_name)
        .join(asker, asker.id == Approval.requested_by)
        .outerjoin(decider, decider.id == Approval.decided_by)
        .where(Approval.case_id == case.id)
    ).all()
    for approval, asked_by, decided_by in rows:
        step = _step(case, approval.track_id, approval.to_stage)
        yield _Written(approval.id, "reason", approval.requested_at, asked_by, step)
        yield _Written(approval.id, "decision", approval.decided_at, decided_by, step, approval.approved)


def _of_handovers(case: Case) -> Iterator[_Written]:
    rows = db.session.execute(
        select(Handover, Unit.name)
        .join(Unit, Unit.id == Handover.to_unit_id)
        .where(Handover.case_id == case.id)
    ).all()
    for handover, unit in rows:
        yield _Written(handover.id, "refusal", handover.decided_at, unit, None, approved=False)


def _step(case: Case, track_id: str, stage_id: str) -> Label:
    return procedure_of(case).track(track_id).stage(stage_id).label
