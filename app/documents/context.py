"""Turns what an official paper says into the plain values its template prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import segno

from app.documents.presentation import Row, clean, grouped, rows, section_values, shown
from app.documents.vietnamese import formal_date, formal_time, number_in_words, short_date, two_digits
from app.domain.document import Content, DocumentType
from app.domain.document_rules import sheet_count
from app.domain.procedure import Field, FieldKind, LegalBasis, Section

VIETNAM = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Header:
    """The letterhead of the issuing unit: superior body, issuing body, place name, symbol ("PC02")."""

    parent_body: str
    issuing_body: str
    place_name: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Signature:
    """One place to sign: printed title, instruction in brackets, and the signer's name."""

    title: str
    instruction: str
    name: str


def build_context(
    document: DocumentType,
    content: Content,
    header: Header,
    *,
    number: str | None,
    sections: Iterable[Section],
    verification: str | None = None,
) -> dict[str, Any]:
    """Everything the template of `document` prints; without `number` it is a marked draft.

    `sections` are the procedure's; only those the document discloses are readable from the
    template, as `value(section, field)` and `rows(section, field)`. `verification` is an opaque
    code, printed with its QR image. Unverified legal bases are not printed.
    """
    form = _printed_form(document, content.form)
    readable = [section for section in sections if section.id in document.discloses]
    return {
        "document": document,
        "header": printed_header(header),
        "number": number,
        "draft": number is None,
        "place_and_date": _place_and_date(header.place_name, _day(content.form.get("start_date"))),
        "form": form,
        "opening": _opening(content.form, form),
        "closing": _closing(content.form),
        "bases": _bases(document.basis) + [row["citation"] for row in form.get("grounds", [])],
        "signatures": _attendee_signatures(form.get("attendees", [])),
        "refused": bool(content.form.get("refused")),
        "witnesses": _names(content, "witness"),
        "counted": _counted(content),
        "clock": _clock(content.form),
        "verification": _verification(verification),
        **_record_accessors(readable, content.record, bilingual=document.bilingual),
    }


def printed_header(header: Header) -> Header:
    """The letterhead as printed: both bodies in capitals."""
    return Header(
        clean(header.parent_body).upper(),
        clean(header.issuing_body).upper(),
        clean(header.place_name),
        header.symbol,
    )


def _printed_form(document: DocumentType, stored: Mapping[str, Any]) -> dict[str, Any]:
    return {
        field.id: _printed(field, stored.get(field.id), bilingual=document.bilingual)
        for field in document.form
    }


def _printed(field: Field, value: Any, *, bilingual: bool) -> str | list[Row]:
    if field.kind is FieldKind.TABLE:
        return rows(field, value, bilingual=bilingual)
    return shown(field, value, bilingual=bilingual)


def _record_accessors(
    sections: Sequence[Section], record: Mapping[str, Mapping[str, Any]], *, bilingual: bool
) -> dict[str, Callable[[str, str], Any]]:
    values = {s.id: section_values(s, record.get(s.id, {}), bilingual=bilingual) for s in sections}
    tables = {
        (s.id, f.id): rows(f, record.get(s.id, {}).get(f.id), bilingual=bilingual)
        for s in sections
        for f in s.fields
        if f.kind is FieldKind.TABLE
    }
    return {
        "value": lambda section, field: values.get(section, {}).get(field, ""),
        "rows": lambda section, field: tables.get((section, field), []),
    }


def _place_and_date(place: str, day: date | None) -> str:
    return f"{clean(place)}, {formal_date(day) if day else 'ngày … tháng … năm …'}"


def _opening(stored: Mapping[str, Any], form: Mapping[str, Any]) -> str:
    hour, day = _hour(stored.get("start_time")), _day(stored.get("start_date"))
    when = formal_time(hour) if hour else "… giờ … phút"
    on = formal_date(day) if day else "ngày … tháng … năm …"
    return f"Hồi {when}, {on}, tại {form['place'] or '…'}"


def _closing(stored: Mapping[str, Any]) -> dict[str, str]:
    """When the record closes and how many copies there are, in words, with their holders."""
    hour, day = _hour(stored.get("end_time")), _day(stored.get("end_date"))
    copies = stored.get("copies")
    holders = [(clean(str(r.get("holder", ""))), r.get("count") or 1) for r in stored.get("holders") or ()]
    return {
        "when": f"{formal_time(hour) if hour else '… giờ … phút'} {formal_date(day) if day else 'cùng ngày'}",
        "copies": f"{two_digits(copies)} ({number_in_words(copies)})" if isinstance(copies, int) else "…",
        "holders": ", ".join(f"{holder} {two_digits(count)} bản" for holder, count in holders),
    }


def _bases(bases: Iterable[LegalBasis]) -> list[str]:
    return [basis.citation.vi for basis in bases if basis.confidence.verified]


def _attendee_signatures(attendees: Sequence[Row]) -> list[Signature]:
    return [
        Signature(row["role"].upper(), "(Ký, ghi rõ họ tên)", row["name"]) for row in attendees if row["name"]
    ]


def _names(content: Content, role: str) -> list[str]:
    return [
        clean(str(row.get("name", "")))
        for row in content.form.get("attendees") or ()
        if row.get("role") == role
    ]


def _counted(content: Content) -> dict[str, str]:
    """Totals of what is handed over, counted from the rows themselves: the paper's own list, or the record's."""
    listed = content.form.get("papers") or content.record.get("papers", {}).get("items") or ()
    items = content.record.get("property", {}).get("items") or ()
    sums = {
        "documents": len(listed),
        "sheets": sum(sheet_count(row) for row in listed),
        "belongings": len(items),
    }
    printed = {name: two_digits(total) if total < 1000 else grouped(total) for name, total in sums.items()}
    return printed | {f"{name}_in_words": number_in_words(total) for name, total in sums.items()}


def _clock(stored: Mapping[str, Any]) -> dict[str, str]:
    """The start on the clock of UTC and of the other side, when the paper names its zone ("UTC+06:30")."""
    hour, day, zone = (
        _hour(stored.get("start_time")),
        _day(stored.get("start_date")),
        stored.get("other_offset"),
    )
    if not (hour and day and isinstance(zone, str)):
        return {}
    start = datetime.combine(day, hour, tzinfo=VIETNAM)
    other = start.astimezone(datetime.strptime(zone.removeprefix("UTC"), "%z").tzinfo)
    return {
        name: f"{moment:%H:%M} {short_date(moment.date())}"
        for name, moment in (("vietnam", start), ("utc", start.astimezone(UTC)), ("other", other))
    }


def _verification(code: str | None) -> dict[str, str] | None:
    if code is None:
        return None
    image = segno.make(code, error="m", micro=False).svg_data_uri(scale=2, border=2)
    return {"code": code, "image": image}


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def _hour(value: Any) -> time | None:
    return time.fromisoformat(value) if isinstance(value, str) and value else None
