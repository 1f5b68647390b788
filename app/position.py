"""Where a case stands: entering and leaving stages, starting and stopping statutory clocks."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.catalogue.calendar import VIETNAM
from app.catalogue.procedures import procedure
from app.domain.deadlines import LOCAL, due_at
from app.domain.procedure import Phase, Stage, TermUnit
from app.extensions import db
from app.models import Case, Clock, Stay
from app.models.cases import NO_TERM


def local_date(instant: datetime) -> date:
    """The calendar day in Viet Nam."""
    return instant.astimezone(LOCAL).date()


def open_stay(case: Case, track_id: str) -> Stay:
    """The case's present stay on a track."""
    return db.session.scalars(
        select(Stay).where(Stay.case_id == case.id, Stay.track_id == track_id, Stay.left_at.is_(None))
    ).one()


def enter(
    case: Case, track_id: str, stage_id: str, actor_id: UUID, at: datetime, event_on: date | None = None
) -> Stay:
    """Close the present stay, open the next and start its clocks; `event_on` is the legal event's local day."""
    stage = procedure(case.procedure_id, case.procedure_version).track(track_id).stage(stage_id)
    leave(case, track_id, at)
    event_on = event_on or local_date(at)
    stay = Stay(
        id=uuid4(),
        case_id=case.id,
        track_id=track_id,
        stage_id=stage_id,
        event_on=event_on,
        entered_at=at,
        moved_by=actor_id,
    )
    db.session.add(stay)
    db.session.flush()
    started = at if event_on == local_date(at) else datetime.combine(event_on, time.min, LOCAL)
    _start_clocks(case, stay, stage, started)
    touch(case, at)
    if stage.phase is Phase.CLOSED:
        case.closed_at = at
    elif case.closed_at is not None:
        case.closed_at = None
    db.session.flush()
    return stay


def leave(case: Case, track_id: str, at: datetime) -> None:
    """Close the present stay of a track, if any, and stop its clocks."""
    stay = db.session.scalars(
        select(Stay).where(Stay.case_id == case.id, Stay.track_id == track_id, Stay.left_at.is_(None))
    ).first()
    if stay is None:
        return
    stay.left_at = at
    for clock in db.session.scalars(
        select(Clock).where(Clock.stay_id == stay.id, Clock.stopped_at.is_(None))
    ):
        clock.stopped_at = at
    db.session.flush()


def touch(case: Case, at: datetime) -> None:
    """Give the case a new version and its earliest running terms; call after every change to it."""
    case.changed_at = at
    flag_modified(case, "changed_at")  # two acts in one instant are still two versions
    running = db.session.execute(  # whole rows, each checked as it is loaded: a forged term must not spread
        select(Clock, Stay)
        .join(Stay, Stay.id == Clock.stay_id)
        .where(Clock.case_id == case.id, Clock.stopped_at.is_(None))
    ).all()
    rules = procedure(case.procedure_id, case.procedure_version)
    verified = [
        clock.due_at
        for clock, stay in running
        if rules.track(stay.track_id)
        .stage(stay.stage_id)
        .deadline(clock.deadline_id)
        .basis.confidence.verified
    ]
    case.next_due_at = min((clock.due_at for clock, _ in running), default=NO_TERM)
    case.overdue_from = min(verified, default=NO_TERM)


def _start_clocks(case: Case, stay: Stay, stage: Stage, started: datetime) -> None:
    for deadline in stage.deadlines:
        db.session.add(
            Clock(
                id=uuid4(),
                case_id=case.id,
                stay_id=stay.id,
                deadline_id=deadline.id,
                started_at=started,
                due_at=NO_TERM if deadline.unit is TermUnit.IMMEDIATE else due_at(deadline, started, VIETNAM),
            )
        )
    db.session.flush()
