"""Terms as they stand at an instant, and lines of a case list; nothing about a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.catalogue.calendar import VIETNAM
from app.catalogue.procedures import procedure
from app.domain.deadlines import is_forecast
from app.domain.procedure import Deadline, Procedure, Stage
from app.extensions import db
from app.models import Account, Assignment, Case, Clock, Stay
from app.models.cases import NO_TERM


@dataclass(frozen=True, slots=True)
class RunningTerm:
    """A statutory clock with its rule; `stopped_at` None while it runs.

    `due_at` is None for a duty at once, which is open until its stage is left. `past`: the
    date has passed, or had when the clock stopped. `forecast`: it runs, and days off that
    are not announced yet may still move its date.
    """

    deadline: Deadline
    stage: Stage
    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    past: bool
    forecast: bool

    @property
    def overdue(self) -> bool:
        """Past, with a legal basis that was verified; no other term is ever called overdue."""
        return self.past and self.deadline.basis.confidence.verified


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A line of a list: code, procedure, stages and a term. Nothing about a person.

    `term` is the overdue one if there is one, else the one that falls due first; None when none runs.
    """

    case: Case
    procedure: Procedure
    stages: tuple[Stage, ...]
    term: RunningTerm | None
    officers: tuple[str, ...]


def term_of(clock: Clock, stage: Stage, instant: datetime) -> RunningTerm:
    """A clock started in `stage`, as it stands at `instant` or stood when it was stopped."""
    deadline = stage.deadline(clock.deadline_id)
    dated, running = clock.due_at < NO_TERM, clock.stopped_at is None
    return RunningTerm(
        deadline=deadline,
        stage=stage,
        started_at=clock.started_at,
        due_at=clock.due_at if dated else None,
        stopped_at=clock.stopped_at,
        past=clock.due_at < (clock.stopped_at or instant),
        forecast=dated and running and is_forecast(deadline, clock.started_at, clock.due_at, VIETNAM),
    )


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
    stages = {s.id: rules.track(s.track_id).stage(s.stage_id) for s in stays}
    terms = [term_of(clock, stages[clock.stay_id], instant) for clock in clocks]
    return CaseRow(
        case=case,
        procedure=rules,
        stages=tuple(stages.values()),
        term=min(terms, key=lambda term: (not term.overdue, term.due_at or NO_TERM), default=None),
        officers=officers,
    )
