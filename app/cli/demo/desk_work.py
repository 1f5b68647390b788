"""The daily acts the stories are made of, each done by the right person through the services."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.catalogue.documents import DOCUMENTS
from app.catalogue.procedures import current_procedure
from app.cli.demo.accounts import Cast
from app.cli.demo.people import CALLERS, Person
from app.cli.demo.timeline import Story, Timeline
from app.domain.actor import Actor
from app.domain.procedure import Procedure
from app.domain.states import Outcome
from app.models import Approval, Handover, Report
from app.schemas.fields import fields_schema
from app.schemas.loading import load
from app.schemas.reports import ReportIn
from app.services import (
    assignments,
    cases,
    classification,
    documents,
    handovers,
    moves,
    reports,
    sections,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(slots=True)
class File:
    """One case as its officer and the supervisors work on it."""

    cast: Cast
    timeline: Timeline
    id: UUID
    procedure: Procedure
    officer: Actor
    supervisor: Actor
    person: Person
    waiting: Approval | None = None
    offered: Handover | None = None

    @property
    def code(self) -> str:
        """The code an operator is told when another report belongs here."""
        return cases.read_case(self.supervisor, self.id).case.code

    def _version(self, actor: Actor) -> int:
        return cases.read_case(actor, self.id).case.version

    def assign(self) -> None:
        """The supervisor puts the officer on the case."""
        version = self._version(self.supervisor)
        assignments.assign_case(self.supervisor, self.id, self.officer.id, version=version)

    def write(self, section_id: str, entries: Mapping[str, Any]) -> None:
        """The officer opens a section and adds entries to it, checked as at the edge."""
        seen = sections.read_section(self.officer, self.id, section_id)
        schema = fields_schema(self.procedure.section(section_id).fields)
        values = load(schema, {**seen.values, **entries})
        sections.write_section(self.officer, self.id, section_id, values, version=seen.version)

    def move(self, to: str, *, reason: str | None = None, event_on: date | None = None) -> None:
        """The officer takes a step, or asks a second person for it."""
        track = self.procedure.tracks[0].id
        version = self._version(self.officer)
        self.waiting = moves.move_case(
            self.officer, self.id, track, to, version=version, reason=reason, event_on=event_on
        ).approval

    def decide(self, *, refusal: str | None = None) -> None:
        """The supervisor opens the file with a reason and decides the step asked for."""
        if self.waiting is None:
            raise LookupError("no step waits for a decision")
        sections.read_section(self.supervisor, self.id, "identity", reason="approval")
        moves.decide_move(self.supervisor, self.waiting.id, approved=refusal is None, reason=refusal)
        self.waiting = None

    def draft(self, type_id: str, form: Mapping[str, Any]) -> UUID:
        """The officer begins a paper."""
        values = load(fields_schema(DOCUMENTS[type_id].form), dict(form))
        return documents.create_document(self.officer, self.id, type_id, values).id

    def issue(self, document_id: UUID) -> None:
        """The officer gives the paper its number and fixes it."""
        view = documents.read_document(self.officer, document_id)
        documents.issue_document(self.officer, document_id, version=view.document.version)

    def offer(self, symbol: str) -> None:
        """The officer offers the case to a unit."""
        version = self._version(self.officer)
        unit_id = self.cast.units[symbol]
        self.offered = handovers.offer_handover(self.officer, self.id, unit_id, version=version)

    def answer(self, receiver: str, *, refusal: str | None = None) -> None:
        """The receiver looks at the offer and confirms it, or refuses it with a reason."""
        if self.offered is None:
            raise LookupError("no handover waits for an answer")
        actor, id_ = self.cast[receiver], self.offered.id
        version = handovers.read_handover(actor, id_).handover.version
        if refusal:
            handovers.refuse_handover(actor, id_, refusal, version=version)
        else:
            handovers.confirm_handover(actor, id_, version=version)


def log_report(operator: Actor, entries: Mapping[str, Any]) -> Report:
    """The operator takes a report down, checked as at the edge."""
    return reports.log_report(operator, load(ReportIn(), dict(entries)))


def classify(operator: Actor, report: Report, decision: classification.Decision) -> Report:
    """The operator opens his report once more and decides its way."""
    seen = reports.read_report(operator, report.id).report
    return classification.classify_report(operator, report.id, decision, version=seen.version)


Step = Callable[[File], Iterator[timedelta]]
"""A part of a case's story; it yields its pauses."""


@dataclass(frozen=True, slots=True)
class Plot:
    """What the stories of one procedure have in common: how a report reads, who acts."""

    cast: Cast
    timeline: Timeline
    procedure_id: str
    report: Callable[[str, Person, int], Mapping[str, Any]]

    def story(self, number: int, person: Person, *steps: Step, assigned: bool = True) -> Story:
        """From the report to the end of the last step; officers and supervisors take turns."""

        def tell() -> Iterator[timedelta]:
            report = log_report(
                self.cast["truc"], self.report(CALLERS[number % len(CALLERS)], person, number)
            )
            yield HOUR
            file = self._open(report, number, person)
            if assigned:
                yield HOUR
                file.assign()
            for step in steps:
                yield from step(file)

        return tell

    def _open(self, report: Report, number: int, person: Person) -> File:
        decision = classification.Decision(Outcome.CASE_OPENED, procedure_id=self.procedure_id)
        case_id = classify(self.cast["truc"], report, decision).case_id
        if case_id is None:
            raise LookupError(self.procedure_id)
        return File(
            self.cast,
            self.timeline,
            case_id,
            current_procedure(self.procedure_id, self.timeline.day()),
            self.cast["canbo2" if number % 3 == 2 else "canbo"],
            self.cast["chihuy2" if number % 2 else "chihuy"],
            person,
        )
