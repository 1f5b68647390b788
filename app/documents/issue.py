"""From a frozen paper to its bytes: the same paper always gives the same PDF."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pypdf import PdfReader

from app.catalogue.documents import DOCUMENTS
from app.documents.context import Header, build_context
from app.documents.rendering import check_printable, render_pdf
from app.domain.document import Content
from app.domain.procedure import Procedure


@dataclass(frozen=True, slots=True)
class Paper:
    """What a document says, as frozen with its number: form, disclosed sections, letterhead, day."""

    type_id: str
    content: Content
    header: Header
    created: datetime
    identifier: str
    check_code: str

    @classmethod
    def from_json(cls, frozen: Mapping[str, Any]) -> Paper:
        """The paper from its sealed form."""
        return cls(
            type_id=frozen["type"],
            content=Content(frozen["form"], frozen["record"], date.fromisoformat(frozen["today"])),
            header=Header(*frozen["header"]),
            created=datetime.fromisoformat(frozen["created"]),
            identifier=frozen["identifier"],
            check_code=frozen["check_code"],
        )


def check(paper: Paper, procedure: Procedure) -> None:
    """Everything that could stop the rendering, before a number is spent: Invalid or Unavailable."""
    check_printable(DOCUMENTS[paper.type_id], _context(paper, "00", procedure), created=paper.created)


def render(paper: Paper, *, number: str | None, procedure: Procedure) -> bytes:
    """The PDF/A; without a number it is marked as a draft."""
    context = _context(paper, number, procedure)
    return render_pdf(DOCUMENTS[paper.type_id], context, created=paper.created, identifier=paper.identifier)


def page_count(pdf: bytes) -> int:
    """How many pages the PDF has."""
    return len(PdfReader(io.BytesIO(pdf)).pages)


def _context(paper: Paper, number: str | None, procedure: Procedure) -> dict[str, Any]:
    return build_context(
        DOCUMENTS[paper.type_id],
        paper.content,
        paper.header,
        number=number,
        sections=procedure.sections,
        verification=paper.check_code if number else None,
    )
