"""The five requests that are measured: what each needs beforehand, and the request itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from itertools import count
from typing import ClassVar
from uuid import UUID

from app import position, records
from app.catalogue.documents import DOCUMENTS
from app.catalogue.procedures import current_procedure
from app.documents import rendering
from app.documents.context import build_context
from app.documents.issue import Paper
from app.extensions import db, now
from benchmarks.office import IDENTITY, OPERATORS, REPORT, Office

Thunk = Callable[[], object]


class Act(ABC):
    """One kind of request on one office; `requests` are ready to be timed."""

    name: ClassVar[str]
    per_round: ClassVar[int]

    def __init__(self, office: Office) -> None:
        self.office = office
        with office.app.app_context():
            self.prepare()
            db.session.remove()

    @abstractmethod
    def prepare(self) -> None:
        """Make once what every round works on (inside a context)."""

    def requests(self) -> list[Thunk]:
        """The requests of one round; whatever they use up is made here, outside the timing."""
        with self.office.app.app_context():
            made = [self.request() for _ in range(self.per_round)]
            db.session.remove()
        return made

    @abstractmethod
    def request(self) -> Thunk:
        """One request (made inside a context, called outside)."""


class LogReport(Act):
    """The operator takes a report down."""

    name = "log a report"
    per_round = 6

    def prepare(self) -> None:
        """A report comes out of the blue; each has a phone of its own, and the operators take turns."""
        self.numbers = count()

    def request(self) -> Thunk:
        """POST /reports."""
        number = next(self.numbers)
        phone = f"+8491{2_000_000 + number * 7919 % 5_000_000:07d}"
        body = {**REPORT, "content": {**REPORT["content"], "caller_phone": phone}}
        operator = OPERATORS[number % len(OPERATORS)]
        return lambda: self.office.call(operator, "POST", "/reports", 201, json=body)


class OpenSection(Act):
    """The officer opens one sealed section."""

    name = "open a case section"
    per_round = 6

    def prepare(self) -> None:
        """One case with an identity."""
        self.case_id = self.office.open_case("trafficking_victim", {"identity": IDENTITY})

    def request(self) -> Thunk:
        """GET /cases/<id>/sections/identity."""
        path = f"/cases/{self.case_id}/sections/identity"
        return lambda: self.office.call("case_officer", "GET", path, 200)


class ListCases(Act):
    """The officer looks at the first page of a list."""

    name = "list of 20 cases"
    per_round = 6

    def prepare(self) -> None:
        """More cases than a page holds."""
        for _ in range(21):
            self.office.open_case("trafficking_victim", {})

    def request(self) -> Thunk:
        """GET /cases."""
        return self._get

    def _get(self) -> None:
        answer = self.office.call("case_officer", "GET", "/cases", 200)
        assert len(answer.get_json()["items"]) == 20


class AdvanceStage(Act):
    """The officer takes a step; back and forth between two stages, so that it can be repeated."""

    name = "advance a stage"
    per_round = 4

    def prepare(self) -> None:
        """A few cases in the stage "checking", each with what a step has to look at."""
        today = position.local_date(now()).isoformat()
        values = {
            "request": {"requesting_state": "KR", "received_on": today, "purpose": "prosecution"},
            "identity": {"full_name": "Người Hư Cấu"},
        }
        self.waiting: list[tuple[UUID, str]] = []
        for _ in range(self.per_round):
            case_id = self.office.open_case("extradition_incoming", values)
            self.office.move(case_id, "checking")
            self.waiting.append((case_id, "supplement_requested"))

    def request(self) -> Thunk:
        """POST /cases/<id>/moves."""
        case_id, to = self.waiting.pop(0)
        self.waiting.append((case_id, "checking" if to == "supplement_requested" else "supplement_requested"))
        body = {"track": "request", "to": to, "reason": "Lý do hư cấu"}
        headers = {"If-Match": f'"{self.office.version(case_id)}"'}
        path = f"/cases/{case_id}/moves"
        return lambda: self.office.call("case_officer", "POST", path, 200, json=body, headers=headers)


class IssueDocument(Act):
    """The officer issues a record of handover: number, PDF/A, hash."""

    name = "issue a document"
    per_round = 1

    def prepare(self) -> None:
        """A case whose stage offers the paper, and one issued paper: its HTML is what `bare` renders."""
        self.case_id = self.office.case_in_transfer()
        document = self.office.draft(self.case_id)
        self._issue(document.id, document.version)
        subject = records.Subject.of_case(self.case_id, document.id)
        frozen = records.read(subject, "content")
        assert frozen is not None
        paper = Paper.from_json(frozen.value)
        kind = DOCUMENTS[paper.type_id]
        context = build_context(
            kind,
            paper.content,
            paper.header,
            number="01/BB-PC02",
            sections=current_procedure("trafficking_victim", paper.content.today).sections,
            verification=paper.check_code,
        )
        self.html = rendering.check_printable(kind, context, created=paper.created)

    def request(self) -> Thunk:
        """POST /documents/<id>/issue."""
        document = self.office.draft(self.case_id)
        return lambda: self._issue(document.id, document.version)

    def _issue(self, document_id: UUID, version: int) -> None:
        headers = {"If-Match": f'"{version}"'}
        self.office.call("case_officer", "POST", f"/documents/{document_id}/issue", 200, headers=headers)

    def bare(self) -> list[Thunk]:
        """WeasyPrint alone, with the same HTML, fonts and PDF/A settings."""
        engine = rendering.check_engine()
        return [lambda: engine.to_pdf(self.html, engine.BundledOnly(rendering._BUNDLED), "bare")]  # noqa: SLF001 - the same fonts


ACTS: tuple[type[Act], ...] = (LogReport, OpenSection, ListCases, AdvanceStage, IssueDocument)
