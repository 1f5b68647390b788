"""The desk: what waits for this account, in numbers, codes and terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, select

from app.access import visible_cases, visible_handovers, visible_reports
from app.domain.actor import Actor
from app.domain.events import DeskViewed
from app.domain.permissions import Permission
from app.domain.states import HandoverState
from app.extensions import db
from app.models import Approval, Assignment, Case, Handover, Report
from app.overview import CaseRow, case_rows
from app.transaction import transaction

TOP = 10


@dataclass(frozen=True, slots=True)
class Desk:
    """Counts are None where the account has no such work; lists hold at most ten lines."""

    reports_waiting: int | None
    reports_overdue: int | None
    cases_open: int | None
    cases_overdue: int | None
    cases_unassigned: int | None
    moves_waiting: int | None
    handovers_waiting: int | None
    reports: tuple[Report, ...]
    cases: tuple[CaseRow, ...]
    instant: datetime


def view_desk(actor: Actor) -> Desk:
    """What is due first for this account; every role has one."""
    with transaction(actor) as tx:
        cases = _own_open_cases(actor)
        waiting = visible_reports(actor).where(Report.outcome.is_(None))
        sees_cases, sees_reports = actor.can(Permission.CASE_READ), actor.can(Permission.REPORT_READ)
        due = (
            db.session.scalars(cases.order_by(Case.next_due_at, Case.id).limit(TOP)).all()
            if sees_cases
            else ()
        )
        desk = Desk(
            reports_waiting=_count(waiting) if sees_reports else None,
            reports_overdue=_count(waiting.where(Report.due_at < tx.now)) if sees_reports else None,
            cases_open=_count(cases) if sees_cases else None,
            cases_overdue=_count(cases.where(Case.overdue_from < tx.now)) if sees_cases else None,
            cases_unassigned=_count(cases.where(~_assigned())) if actor.can(Permission.CASE_ASSIGN) else None,
            moves_waiting=_moves_waiting(cases) if actor.can(Permission.CASE_APPROVE) else None,
            handovers_waiting=_handovers_waiting(actor) if actor.can(Permission.HANDOVER_DECIDE) else None,
            reports=tuple(db.session.scalars(waiting.order_by(Report.due_at, Report.id).limit(TOP)))
            if sees_reports
            else (),
            cases=case_rows(due, tx.now),
            instant=tx.now,
        )
        tx.record(DeskViewed(subject_id=actor.id))
    return desk


def _own_open_cases(actor: Actor) -> Select[tuple[Case]]:
    return visible_cases(actor).where(
        Case.unit_id == actor.unit_id, Case.closed_at.is_(None), Case.handed_over_at.is_(None)
    )


def _assigned() -> ColumnElement[bool]:
    return exists().where(Assignment.case_id == Case.id, Assignment.ended_at.is_(None))


def _moves_waiting(cases: Select[tuple[Case]]) -> int:
    ids = cases.with_only_columns(Case.id)
    return _count(select(Approval).where(Approval.decided_at.is_(None), Approval.case_id.in_(ids)))


def _handovers_waiting(actor: Actor) -> int:
    return _count(
        visible_handovers(actor).where(
            Handover.to_unit_id == actor.unit_id, Handover.state == HandoverState.OFFERED
        )
    )


def _count(
    query: Select[tuple[Report]] | Select[tuple[Case]] | Select[tuple[Approval]] | Select[tuple[Handover]],
) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
