"""Classifying a report: its one way out of the operator's hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from app import position, records
from app.access import load_report
from app.catalogue.procedures import current_procedure
from app.domain.actor import Actor
from app.domain.errors import Conflict, Invalid
from app.domain.events import CaseOpened, CatalogueId, Event, ReportClassified, ReportJoined
from app.domain.permissions import Permission
from app.domain.states import Outcome
from app.domain.text import N_, Message
from app.extensions import db
from app.models import Case, Report
from app.models.cases import NO_TERM
from app.models.codes import new_code, normal_code
from app.transaction import CHANGED_MEANWHILE, Transaction, transaction

ALREADY = Message(N_("This report is already classified."))


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a report.

    One of: `procedure_id` (open a case), `case_code` (join one), `body`
    (a code of COMPETENT_BODIES), `close_reason` (a code of CLOSE_REASONS);
    `note` goes sealed with the report.
    """

    outcome: Outcome
    procedure_id: str | None = None
    case_code: str | None = None
    body: str | None = None
    close_reason: str | None = None
    note: str | None = None


def classify_report(actor: Actor, report_id: UUID, decision: Decision, *, version: int) -> Report:
    """Decide a report's way; from now on its author does not see the content.

    Conflict when `version` is not the present one or it is already classified.
    """
    with transaction(actor) as tx:
        report = load_report(actor, report_id, Permission.REPORT_CLASSIFY, lock=True)
        if report.outcome is not None:
            raise Conflict(ALREADY)
        if report.version != version:
            raise Conflict(CHANGED_MEANWHILE)
        for event in _carry_out(tx, report, decision):
            tx.record(event)
        report.outcome = decision.outcome.value
        report.outcome_detail = decision.body or decision.close_reason or decision.procedure_id
        report.classified_at, report.classified_by = tx.now, actor.id
        if decision.note:
            records.write(
                records.Subject.report(report.id), "note", {"text": decision.note}, actor.id, tx.now
            )
        tx.record(
            ReportClassified(
                subject_id=report.id,
                outcome=CatalogueId(report.outcome),
                detail=CatalogueId(report.outcome_detail) if report.outcome_detail else None,
                case_id=report.case_id,
                late=tx.now > report.due_at,
            )
        )
    return report


def _carry_out(tx: Transaction, report: Report, decision: Decision) -> list[Event]:
    match decision.outcome:
        case Outcome.CASE_OPENED:
            return [_open_case(tx, report, decision.procedure_id or "")]
        case Outcome.CASE_JOINED:
            return [_join_case(tx, report, decision.case_code or "")]
        case Outcome.PASSED_ON | Outcome.CLOSED:
            return []


def _open_case(tx: Transaction, report: Report, procedure_id: str) -> Event:
    procedure = current_procedure(procedure_id, position.local_date(tx.now))
    case = Case(
        id=uuid4(),
        code=new_code(procedure.code_prefix),
        procedure_id=procedure.id,
        procedure_version=procedure.version,
        unit_id=report.unit_id,
        opened_at=tx.now,
        changed_at=tx.now,
        next_due_at=NO_TERM,
    )
    db.session.add(case)
    db.session.flush()
    for track in procedure.tracks:
        position.enter(case, track.id, track.initial.id, tx.actor.id, tx.now)
    _add_to_intake(tx, case, report)
    return CaseOpened(
        subject_id=case.id,
        procedure=CatalogueId(procedure.id),
        procedure_version=procedure.version,
        report_id=report.id,
    )


def _join_case(tx: Transaction, report: Report, typed_code: str) -> Event:
    # The operator sees no case: the code he was told is enough to add to it, and he learns nothing back.
    case = db.session.scalar(
        select(Case)
        .where(
            Case.code == normal_code(typed_code),
            Case.unit_id == report.unit_id,
            Case.closed_at.is_(None),
            Case.handed_over_at.is_(None),
        )
        .with_for_update()
    )
    if case is None:
        raise Invalid(
            {
                "case_code": [
                    Message(N_("Your unit has no open case with this code. Check it with the officer."))
                ]
            }
        )
    _add_to_intake(tx, case, report)
    position.touch(case, tx.now)
    return ReportJoined(subject_id=case.id, report_id=report.id)


def _add_to_intake(tx: Transaction, case: Case, report: Report) -> None:
    opened = records.read(records.Subject.report(report.id), "report")
    content: Mapping[str, Any] = opened.value if opened else {}
    before = records.read(records.Subject.case(case.id), "intake")
    rows = list(before.value["reports"]) if before else []
    row = {
        "code": report.code,
        "received_on": position.local_date(report.received_at).isoformat(),
        "channel": report.channel,
        **content,
    }
    records.write(records.Subject.case(case.id), "intake", {"reports": [*rows, row]}, tx.actor.id, tx.now)
    report.case_id = case.id
