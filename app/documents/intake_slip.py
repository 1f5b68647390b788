"""The intake slip: an unnumbered sheet printed straight from a report, template intake_slip.html."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.catalogue.intake import REPORT_SECTION
from app.documents.context import Header, printed_header
from app.documents.presentation import clean, section_values
from app.documents.vietnamese import formal_date, formal_time, short_date
from app.domain.procedure import LegalBasis
from app.domain.text import Label

TEMPLATE = "intake_slip.html"


def intake_slip_context(  # noqa: PLR0913 - a slip has these parts, each a plain value
    *,
    code: str,
    channel: Label,
    received_at: datetime,
    officer: str,
    header: Header,
    report: Mapping[str, Any],
    in_danger: bool,
    people: int | None,
    children: int | None,
    language: Label | None,
    due_at: datetime,
    basis: LegalBasis,
) -> dict[str, Any]:
    """Everything TEMPLATE prints; pass both to render_pdf.

    Times are local. `report` holds the stored values of REPORT_SECTION; `officer` is the display
    line "rank name, position"; `people` and `children` are counts, None when not known. The
    legal `basis` of the term is printed only when it is verified.
    """
    return {
        "header": printed_header(header),
        "draft": False,
        "number_line": f"Mã phiếu: {clean(code)}",
        "place_and_date": f"{clean(header.place_name)}, {formal_date(received_at.date())}",
        "received": f"{formal_time(received_at.time())}, {formal_date(received_at.date())}",
        "channel": channel.vi,
        "officer": clean(officer),
        "language": language.vi if language else "Chưa rõ",
        "in_danger": in_danger,
        "people": "Chưa rõ" if people is None else str(people),
        "children": "Chưa rõ" if children is None else str(children),
        "report": section_values(REPORT_SECTION, report),
        "due": f"{formal_time(due_at.time())}, ngày {short_date(due_at.date())}",
        "basis": basis.citation.vi if basis.confidence.verified else "",
    }
