"""Lines of a case list: code, procedure, stages and the next term; nothing about a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.catalogue.procedures import procedure
from app.domain.procedure import Deadline, Procedure, Stage
from app.extensions import db
from app.models import Account, Assignment, Case, Clock, Stay
from app.models.cases import NO_TERM


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A line of a list: code, procedure, stages and the next term. Nothing about a person.

    `due_at` is None when no term runs; `deadline` is the term that falls due first.
    """

    case: Case
    procedure: Procedure
    stages: tuple[Stage, ...]
    due_at: datetime | None
    deadline: Deadline | None
    overdue: bool
    officers: tuple[str, ...]


def case_rows(cases: Sequence[Case], instant: datetime) -> tuple[CaseRow, ...]:
    """Lines for these cases in four queries, whatever their number; `instant` decides what is overdue."""
    ids = [case.id for case in cases]
    stays = db.session.scalars(select(Stay).where(Stay.case_id.in_(ids), Stay.left_at.is_(None))).all()
    clocks = db.session.scalars(select(Clock).where(Clock.case_id.in_(ids), Clock.stopped_at.is_(None))).all()
    officers = db.session.execute(
        select(Assignment.case_id, Account.display_name)
        .join(Account, Account.id == Assignment.account_id)
        .where(Assignment.case_id.in_(ids), Assignment.ended_at.is_(None))
        .order_by(Account.display_name)
    ).all()
    return tuple(
        _row(
            case,
            [s for s in stays if s.case_id == case.id],
            [c for c in clocks if c.case_id == case.id],
            tuple(name for case_id, name in officers if case_id == case.id),
            instant,
        )
        for case in cases
    )


def _row(
    case: Case, stays: Sequence[Stay], clocks: Sequence[Clock], officers: tuple[str, ...], instant: datetime
) -> CaseRow:
    rules = procedure(case.procedure_id, case.procedure_version)
    stages = tuple(rules.track(s.track_id).stage(s.stage_id) for s in stays)
    first = min(clocks, key=lambda clock: clock.due_at, default=None)
    known = {d.id: d for stage in stages for d in stage.deadlines}
    return CaseRow(
        case=case,
        procedure=rules,
        stages=stages,
        due_at=None if case.next_due_at >= NO_TERM else case.next_due_at,
        deadline=known.get(first.deadline_id) if first else None,
        overdue=case.next_due_at < instant,
        officers=officers,
    )
