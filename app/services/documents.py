"""Documents of a case: draft, look at, issue with the next number of the register, download."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm.attributes import flag_modified

from app import position, records
from app.access import load_document, load_own_case, procedure_of, readable_sections, stated_reason
from app.catalogue.documents import DOCUMENTS
from app.domain.actor import Actor
from app.domain.document import Content, DocumentState, DocumentType, document_number
from app.domain.errors import Conflict, Forbidden, IntegrityBroken, Invalid, NotVisible, SubjectKind
from app.domain.events import (
    CaseViewed,
    CatalogueId,
    DocumentDownloaded,
    DocumentDrafted,
    DocumentIssued,
    DocumentNumbered,
    DocumentPreviewed,
    DocumentRead,
    RepeatAnswered,
    ids,
)
from app.domain.permissions import Permission
from app.domain.text import N_, Message
from app.extensions import db
from app.idempotency import earlier_result, remember
from app.models import Case, Document, Unit
from app.models.codes import new_code
from app.registers import next_number
from app.transaction import CHANGED_MEANWHILE, Transaction, transaction

CODE_PREFIX = "VB"  # văn bản
FINAL = Message(N_("This document is already numbered; its content is final. Draft a new one instead."))
OPERATION = "document:create"


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with its opened form; `form` is empty for those who only receive the paper."""

    document: Document
    type: DocumentType
    case: Case
    form: Mapping[str, Any]


def create_document(
    actor: Actor, case_id: UUID, type_id: str, form: Mapping[str, Any], *, request_key: str | None = None
) -> Document:
    """Begin a draft of a type the case's present stage offers."""
    content = {"case": str(case_id), "type": type_id, "form": dict(form)}
    with transaction(actor) as tx:
        case = load_own_case(actor, case_id, Permission.DOCUMENT_CREATE, lock=True)
        earlier = earlier_result(actor, OPERATION, request_key, content)
        if earlier:
            tx.record(RepeatAnswered(subject_id=case.id, subject=SubjectKind.CASE))
            return load_document(actor, earlier, Permission.DOCUMENT_CREATE)[0]
        _check_offered(case, type_id)
        document = Document(
            id=uuid4(),
            case_id=case.id,
            unit_id=case.unit_id,
            type_id=type_id,
            state=DocumentState.DRAFT.value,
            check_code=new_code(CODE_PREFIX),
            created_by=actor.id,
            created_at=tx.now,
            changed_at=tx.now,
        )
        db.session.add(document)
        db.session.flush()
        _write_form(tx, document, form)
        position.touch(case, tx.now)
        remember(actor, OPERATION, request_key, content, document.id, tx.now)
    return document


def offered_document(actor: Actor, case_id: UUID, type_id: str) -> DocumentType:
    """A type of paper this actor may begin now; Invalid when the present stage does not offer it."""
    with transaction(actor) as tx:
        if type_id not in DOCUMENTS:
            raise NotVisible(SubjectKind.DOCUMENT)
        case = load_own_case(actor, case_id, Permission.DOCUMENT_CREATE)
        _check_offered(case, type_id)
        tx.record(CaseViewed(subject_id=case.id))
    return DOCUMENTS[type_id]


def read_document(
    actor: Actor, document_id: UUID, permission: Permission = Permission.DOCUMENT_READ
) -> DocumentView:
    """A document's state and, for those who work on the case, its form.

    `permission`: what the reader is about to do with it.
    """
    with transaction(actor) as tx:
        document, case = load_document(actor, document_id, permission)
        works_on_it = actor.can(Permission.DOCUMENT_CREATE) and not case.handed_over_at
        opened = records.read(_subject(document), "form") if works_on_it else None
        tx.record(DocumentRead(subject_id=case.id, document_id=document.id))
    return DocumentView(document, DOCUMENTS[document.type_id], case, opened.value if opened else {})


def update_document(actor: Actor, document_id: UUID, form: Mapping[str, Any], *, version: int) -> Document:
    """Save a draft's form; Conflict when somebody saved it first or it is numbered."""
    with transaction(actor) as tx:
        document, _ = _own_document(actor, document_id, Permission.DOCUMENT_CREATE, version)
        if document.state != DocumentState.DRAFT:
            raise Conflict(FINAL)
        document.changed_at = tx.now
        flag_modified(document, "changed_at")  # two savings in one instant are still two versions
        _write_form(tx, document, form)
    return document


def preview_document(actor: Actor, document_id: UUID) -> tuple[Document, bytes]:
    """The draft as PDF, marked as a draft, with the sections it discloses."""
    from app.documents.issue import Paper, render  # noqa: PLC0415 - loads the layout engine

    with transaction(actor) as tx:
        document, case = load_document(actor, document_id, Permission.DOCUMENT_CREATE)
        if document.state != DocumentState.DRAFT:
            raise Conflict(FINAL)
        paper = _paper(tx, document, case)
        tx.record(
            DocumentPreviewed(
                subject_id=case.id,
                document_id=document.id,
                sections=ids(DOCUMENTS[document.type_id].discloses),
            )
        )
    return document, render(Paper.from_json(paper), number=None, procedure=procedure_of(case))


def issue_document(actor: Actor, document_id: UUID, *, version: int) -> Document:
    """Give the document its number, fix its bytes, and make it immutable.

    Two commits: the number with the frozen content, then the rendered PDF with its SHA-256. A crash
    between them leaves a numbered document; issuing it again goes on from there with the same number.
    """
    from app.documents.issue import Paper, check, page_count, render  # noqa: PLC0415 - loads the layout engine

    with transaction(actor) as tx:
        document, case = _own_document(actor, document_id, Permission.DOCUMENT_ISSUE, version)
        tx.attempt(DocumentRead(subject_id=case.id, document_id=document.id))
        if document.state == DocumentState.ISSUED:
            raise Conflict(FINAL)
        paper = _frozen(document)
        if paper is None:
            paper = _validated(tx, document, case)
            check(Paper.from_json(paper), procedure_of(case))
            _number(tx, document, case, paper)
        tx.record(DocumentRead(subject_id=case.id, document_id=document.id))
    pdf = render(Paper.from_json(paper), number=document.symbol, procedure=procedure_of(case))
    with transaction(actor) as tx:
        document, case = _own_document(actor, document_id, Permission.DOCUMENT_ISSUE, document.version)
        records.write(_subject(document), "pdf", pdf, actor.id, tx.now)
        document.state = DocumentState.ISSUED.value
        document.issued_at, document.issued_by = tx.now, actor.id
        document.sha256, document.size, document.pages = (
            hashlib.sha256(pdf).digest(),
            len(pdf),
            page_count(pdf),
        )
        position.touch(case, tx.now)
        tx.record(
            DocumentIssued(
                subject_id=case.id, document_id=document.id, digest=document.sha256, pages=document.pages
            )
        )
    return document


def download_document(
    actor: Actor, document_id: UUID, *, reason: str | None = None
) -> tuple[Document, bytes]:
    """The issued bytes, exactly as hashed; they disclose sections, so a supervisor says why."""
    with transaction(actor) as tx:
        document, case = load_document(actor, document_id, Permission.DOCUMENT_READ)
        code = stated_reason(actor, reason)
        if document.state != DocumentState.ISSUED or document.sha256 is None:
            raise Conflict(Message(N_("This document is not issued yet; preview the draft instead.")))
        pdf = records.read_bytes(_subject(document), "pdf") or b""
        if hashlib.sha256(pdf).digest() != bytes(document.sha256):
            raise IntegrityBroken(SubjectKind.CASE, case.id)
        tx.record(
            DocumentDownloaded(
                subject_id=case.id, document_id=document.id, digest=bytes(document.sha256), reason=code
            )
        )
    return document, pdf


def _check_offered(case: Case, type_id: str) -> None:
    procedure = procedure_of(case)
    stages = (t.stage(position.open_stay(case, t.id).stage_id) for t in procedure.tracks)
    if type_id not in {document for stage in stages for document in stage.documents}:
        raise Invalid({"type": [Message(N_("The present stage of the case does not offer this document."))]})


def _own_document(
    actor: Actor, document_id: UUID, permission: Permission, version: int
) -> tuple[Document, Case]:
    document, case = load_document(actor, document_id, permission, lock=True)
    if case.unit_id != actor.unit_id or case.handed_over_at is not None:
        raise Forbidden(SubjectKind.DOCUMENT, document_id, permission)
    if document.version != version:
        raise Conflict(CHANGED_MEANWHILE)
    db.session.refresh(case, with_for_update=True)
    return document, case


def _write_form(tx: Transaction, document: Document, form: Mapping[str, Any]) -> None:
    sealed = records.write(_subject(document), "form", dict(form), tx.actor.id, tx.now)
    tx.record(
        DocumentDrafted(
            subject_id=document.case_id,
            document_id=document.id,
            type=CatalogueId(document.type_id),
            version=sealed.version,
        )
    )


def _paper(tx: Transaction, document: Document, case: Case) -> dict[str, Any]:
    kind = DOCUMENTS[document.type_id]
    if not set(kind.discloses) <= set(readable_sections(tx.actor, case)) | _absent(case, kind):
        raise NotVisible(SubjectKind.DOCUMENT, document.id)
    form = records.read(_subject(document), "form")
    unit = db.session.get_one(Unit, document.unit_id)
    return {
        "type": document.type_id,
        "form": form.value if form else {},
        "record": records.read_many(records.Subject.case(case.id), kind.discloses),
        "header": [unit.parent_name, unit.name, unit.place_name, unit.symbol],
        "today": position.local_date(tx.now).isoformat(),
        "created": tx.now.isoformat(),
        "identifier": document.id.hex,
        "check_code": document.check_code,
    }


def _absent(case: Case, kind: DocumentType) -> set[str]:
    """Sections a shared document type names that this procedure does not have."""
    return set(kind.discloses) - {s.id for s in procedure_of(case).sections}


def _frozen(document: Document) -> dict[str, Any] | None:
    if document.state != DocumentState.NUMBERED:
        return None
    opened = records.read(_subject(document), "content")
    return opened.value if opened else None


def _validated(tx: Transaction, document: Document, case: Case) -> dict[str, Any]:
    paper = _paper(tx, document, case)
    content = Content(paper["form"], paper["record"], position.local_date(tx.now))
    errors: dict[str, list[Message]] = {}
    for validator in DOCUMENTS[document.type_id].validators:
        for path, messages in validator(content).items():
            errors.setdefault(path, []).extend(messages)
    if errors:
        raise Invalid(errors)
    return paper


def _number(tx: Transaction, document: Document, case: Case, paper: dict[str, Any]) -> None:
    kind = DOCUMENTS[document.type_id]
    document.register, document.year = kind.register, position.local_date(tx.now).year
    document.number = next_number(document.unit_id, document.register, document.year)
    document.symbol = document_number(document.number, kind.notation, paper["header"][3])
    document.numbered_at, document.state = tx.now, DocumentState.NUMBERED.value
    records.write(_subject(document), "content", paper, tx.actor.id, tx.now)
    tx.record(
        DocumentNumbered(
            subject_id=case.id,
            document_id=document.id,
            type=CatalogueId(kind.id),
            year=document.year,
            number=document.number,
            sections=ids(kind.discloses),
        )
    )


def _subject(document: Document) -> records.Subject:
    return records.Subject.of_case(document.case_id, document.id)
