"""The unit's register of issued papers, as the records clerk keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.access import require
from app.catalogue.documents import DOCUMENTS
from app.domain.actor import Actor
from app.domain.document import DocumentType
from app.domain.errors import SubjectKind
from app.domain.events import RegisterViewed
from app.domain.permissions import Permission
from app.extensions import db
from app.models import Case, Document
from app.paging import Page, read_page
from app.position import local_date
from app.transaction import transaction


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A numbered paper: number, date, kind, case code. Nothing about a person."""

    document: Document
    type: DocumentType
    case_code: str


def list_register(
    actor: Actor, *, year: int | None = None, cursor: str | None = None, limit: int = 50
) -> tuple[int, Page[RegisterLine]]:
    """A year's numbered papers of the actor's unit, latest first; this year when none is named."""
    with transaction(actor) as tx:
        require(actor, Permission.REGISTER_READ, SubjectKind.DOCUMENT)
        year = year or local_date(tx.now).year
        query = select(Document).where(
            Document.unit_id == actor.unit_id, Document.year == year, Document.number.is_not(None)
        )
        page = read_page(query, (Document.number, Document.id), cursor, limit, descending=True)
        codes = dict(
            db.session.execute(select(Case.id, Case.code).where(Case.id.in_([d.case_id for d in page.items])))
            .tuples()
            .all()
        )
        tx.record(RegisterViewed(year=year, count=len(page.items)))
    lines = tuple(RegisterLine(d, DOCUMENTS[d.type_id], codes[d.case_id]) for d in page.items)
    return year, Page(lines, page.next_cursor)
