"""Reports: log one, look through them, open one, print its slip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from app import records, search
from app.access import content_visible, load_report, require, stated_reason, visible_reports
from app.catalogue.calendar import VIETNAM
from app.catalogue.intake import CHANNELS, CLASSIFY_DEADLINE, LANGUAGES
from app.documents.context import Header
from app.domain.actor import Actor
from app.domain.deadlines import LOCAL, due_at
from app.domain.errors import NotVisible, SubjectKind
from app.domain.events import (
    CatalogueId,
    RepeatAnswered,
    ReportLogged,
    ReportPrinted,
    ReportRead,
    ReportsListed,
)
from app.domain.permissions import Permission
from app.extensions import db
from app.idempotency import earlier_result, remember
from app.models import Account, Report, Unit
from app.models.codes import new_code
from app.paging import Page, read_page
from app.transaction import transaction

CODE_PREFIX = "TB"  # tin báo
OPERATION = "report:create"


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report with its opened content, and the note of whoever classified it."""

    report: Report
    content: Mapping[str, Any] | None
    note: str | None


def log_report(actor: Actor, entries: Mapping[str, Any], *, request_key: str | None = None) -> Report:
    """Take a report down; its 24-hour term for classification starts now (TTLT 01/2017 art. 8(1), verified).

    `entries`: channel, danger_now, people, children, language, and `content` (fields of REPORT_SECTION).
    """
    with transaction(actor) as tx:
        require(actor, Permission.REPORT_CREATE, SubjectKind.REPORT)
        earlier = earlier_result(actor, OPERATION, request_key, entries)
        if earlier:
            tx.record(RepeatAnswered(subject_id=earlier, subject=SubjectKind.REPORT))
            return load_report(actor, earlier, Permission.REPORT_CREATE)
        report = Report(
            id=uuid4(),
            code=new_code(CODE_PREFIX),
            unit_id=actor.unit_id,
            created_by=actor.id,
            received_at=tx.now,
            due_at=due_at(CLASSIFY_DEADLINE, tx.now, VIETNAM),
            **{
                name: entries.get(name)
                for name in ("channel", "danger_now", "people", "children", "language")
            },
        )
        db.session.add(report)
        records.write(records.Subject.report(report.id), "report", entries["content"], actor.id, tx.now)
        search.update(search.Owner.report(report.id), "report", {}, entries["content"])
        remember(actor, OPERATION, request_key, entries, report.id, tx.now)
        tx.record(
            ReportLogged(
                subject_id=report.id,
                channel=CatalogueId(report.channel),
                danger_now=report.danger_now,
                due_at=report.due_at,
            )
        )
    return report


def list_reports(
    actor: Actor, *, waiting: bool | None = None, cursor: str | None = None, limit: int = 20
) -> Page[Report]:
    """Reports, newest first, without content; `waiting` True: only unclassified, False: only done."""
    with transaction(actor) as tx:
        require(actor, Permission.REPORT_READ, SubjectKind.REPORT)
        query = visible_reports(actor)
        if waiting is not None:
            query = query.where(Report.outcome.is_(None) if waiting else Report.outcome.is_not(None))
        page = read_page(query, (Report.received_at, Report.id), cursor, limit, descending=True)
        tx.record(ReportsListed(count=len(page.items)))
    return page


def read_report(actor: Actor, report_id: UUID, *, reason: str | None = None) -> ReportView:
    """Open a report. Its author sees the content until it is classified; a supervisor states a reason."""
    with transaction(actor) as tx:
        report = load_report(actor, report_id, Permission.REPORT_READ)
        if not content_visible(actor, report):
            raise NotVisible(SubjectKind.REPORT, report_id)
        code = stated_reason(actor, reason)
        content = _content(report)
        note = records.read(records.Subject.report(report.id), "note")
        tx.record(ReportRead(subject_id=report.id, reason=code))
    return ReportView(report, content, note.value["text"] if note else None)


def find_report(actor: Actor, report_id: UUID) -> Report:
    """A report's row without its content: code, channel, term, outcome."""
    with transaction(actor) as tx:
        report = load_report(actor, report_id, Permission.REPORT_READ)
        tx.record(ReportsListed(subject_id=report.id, count=1))
    return report


def print_slip(actor: Actor, report_id: UUID, *, reason: str | None = None) -> tuple[Report, bytes]:
    """The intake slip (Phiếu tiếp nhận thông tin) as PDF/A; who may open the report may print it."""
    from app.documents import intake_slip, rendering  # noqa: PLC0415 - loads the layout engine

    with transaction(actor) as tx:
        report = load_report(actor, report_id, Permission.REPORT_READ)
        if not content_visible(actor, report):
            raise NotVisible(SubjectKind.REPORT, report_id)
        tx.record(ReportPrinted(subject_id=report.id, reason=stated_reason(actor, reason)))
        content, unit = _content(report), db.session.get_one(Unit, report.unit_id)
        officer = db.session.get_one(Account, report.created_by)
    labels = {c.id: c.label for c in (*CHANNELS, *LANGUAGES)}
    context = intake_slip.intake_slip_context(
        code=report.code,
        channel=labels[report.channel],
        received_at=report.received_at.astimezone(LOCAL),
        officer=" ".join(filter(None, (officer.rank, officer.display_name))),
        header=Header(unit.parent_name, unit.name, unit.place_name, unit.symbol),
        report=content,
        in_danger=report.danger_now,
        people=report.people,
        children=report.children,
        language=labels.get(report.language),
        due_at=report.due_at.astimezone(LOCAL),
        basis=CLASSIFY_DEADLINE.basis,
    )
    return report, rendering.render_pdf(
        intake_slip.TEMPLATE, context, created=report.received_at, identifier=report.id.hex
    )


def _content(report: Report) -> Mapping[str, Any]:
    opened = records.read(records.Subject.report(report.id), "report")
    return {} if opened is None else dict(opened.value)
