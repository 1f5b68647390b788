"""Checks an official paper must pass before it is numbered. Each is a pure Validator over Content.

A rule looks only at what is filled in; that a required field is filled is the form schema's business.
Rules read the field ids declared in the shared blocks of the document catalogue. A table row is
addressed as "papers.0.sheet_to", rows counted from 0.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from app.domain.ages import treated_as_minor
from app.domain.document import Content, Validator
from app.domain.text import N_, Label, Message

Errors = Mapping[str, tuple[Message, ...]]
Rows = Sequence[Mapping[str, Any]]

_SECRECY = re.compile(
    r"^\s*(?:độ\s+mật\s*:?\s*)?(?:tuyệt mật|tối mật|mật|top secret|secret|confidential)\s*$", re.IGNORECASE
)


def both_parties(content: Content) -> Errors:
    """At least one person gives and one receives, and nobody does both."""
    errors: dict[str, tuple[Message, ...]] = {}
    for side, message in (
        ("givers", N_("Enter at least one person of the giving party.")),
        ("receivers", N_("Enter at least one person of the receiving party.")),
    ):
        if not _rows(content, side):
            errors[side] = (Message(message),)
    for index, receiver in enumerate(_rows(content, "receivers")):
        if any(_same_person(giver, receiver) for giver in _rows(content, "givers")):
            errors[f"receivers.{index}.name"] = (
                Message(N_("The same person cannot sign for both parties. Enter another receiver.")),
            )
    return errors


def ranks_and_positions(content: Content) -> Errors:
    """Everyone states a position and a unit; a police officer also a rank (NĐ 30/2020 app. I, II.7)."""
    errors: dict[str, tuple[Message, ...]] = {}
    for side in ("givers", "receivers"):
        for index, row in enumerate(_rows(content, side)):
            if not row.get("position"):
                errors[f"{side}.{index}.position"] = (Message(N_("State the position of this person.")),)
            if not row.get("unit"):
                errors[f"{side}.{index}.unit"] = (Message(N_("State the unit or authority of this person.")),)
            if row.get("police") and not row.get("rank"):
                errors[f"{side}.{index}.rank"] = (Message(N_("State the rank of this police officer.")),)
    return errors


def start_before_end(content: Content) -> Errors:
    """The record cannot close before it opens; without `end_date` it closes the same day."""
    form = content.form
    start = _moment(form.get("start_date"), form.get("start_time"))
    end = _moment(form.get("end_date") or form.get("start_date"), form.get("end_time"))
    if start and end and end < start:
        return {
            "end_time": (
                Message(N_("The end lies before the start. Correct the hour, or state the end date.")),
            )
        }
    return {}


def not_in_future(content: Content) -> Errors:
    """The date of the record must not lie after today."""
    return {
        path: (Message(N_("The date lies in the future. Enter the day on which it took place.")),)
        for path in ("start_date", "end_date")
        if (day := _date(content.form.get(path))) and day > content.today
    }


def minor_represented(content: Content) -> Errors:
    """Whoever is, or may be, under 18 on the day has a representative in the file or among the attendees.

    A birth known only by year or month counts as the youngest possible age, an unknown age as under 18.
    """
    person = content.record.get("identity", {})
    minor = treated_as_minor(person, _date(content.form.get("start_date")) or content.today)
    if not minor or person.get("representative_name") or _attendee(content, "representative"):
        return {}
    message = N_(
        "The person is or may be under 18: enter the representative or guardian, or complete the birth date."
    )
    return {"attendees": (Message(message),)}


def refusal_witnessed(content: Content) -> Errors:
    """A refusal to sign states who, the reason, and a witness who signs (CCP art. 133(2))."""
    if not content.form.get("refused"):
        return {}
    errors: dict[str, tuple[Message, ...]] = {}
    if not content.form.get("refused_by"):
        errors["refused_by"] = (Message(N_("State who refused to sign.")),)
    if not content.form.get("refusal_reason"):
        errors["refusal_reason"] = (Message(N_("State the reason given for refusing to sign.")),)
    if not _attendee(content, "witness"):
        errors["attendees"] = (Message(N_("A refusal to sign needs a witness: enter one.")),)
    return errors


def sheets_in_sequence(content: Content) -> Errors:
    """Sheet ranges run upwards and follow one another without gap or overlap.

    Looks at the paper's own table `papers`, else at the case file's ("papers.items.0.sheet_to").
    """
    own = _rows(content, "papers")
    table = "papers" if own else "papers.items"
    errors: dict[str, tuple[Message, ...]] = {}
    expected: int | None = None
    for index, row in enumerate(own or content.record.get("papers", {}).get("items") or ()):
        first, last = row.get("sheet_from"), row.get("sheet_to")
        if not isinstance(first, int) or not isinstance(last, int):
            expected = None
            continue
        if last < first:
            errors[f"{table}.{index}.sheet_to"] = (
                Message(
                    N_("The last sheet comes before the first. Enter %(first)s or more."), {"first": first}
                ),
            )
        if expected is not None and first != expected:
            errors[f"{table}.{index}.sheet_from"] = (
                Message(
                    N_("Sheets must follow the row above: this row begins at sheet %(sheet)s."),
                    {"sheet": expected},
                ),
            )
        expected = max(first, last) + 1
    return errors


def totals_add_up(content: Content) -> Errors:
    """The declared totals of documents and sheets equal the rows of `papers`."""
    rows = _rows(content, "papers")
    sums = {"total_documents": len(rows), "total_sheets": sum(sheet_count(row) for row in rows)}
    return {
        path: (Message(N_("The rows add up to %(sum)s. Correct the total or the rows."), {"sum": counted}),)
        for path, counted in sums.items()
        if isinstance(declared := content.form.get(path), int) and declared != counted
    }


def copies_have_holders(content: Content) -> Errors:
    """The number of copies equals the copies listed per holder."""
    declared = content.form.get("copies")
    listed = sum(_whole(row.get("count"), 1) for row in _rows(content, "holders"))
    if not isinstance(declared, int) or declared == listed:
        return {}
    message = N_("%(copies)s copies, but the holders listed receive %(listed)s. Make the two agree.")
    return {"copies": (Message(message, {"copies": declared, "listed": listed}),)}


def quantities_positive(content: Content) -> Errors:
    """Whatever changes hands is counted from one upwards."""
    return {
        f"{table}.{index}.quantity": (
            Message(N_("A quantity is one or more. Remove the row if nothing was handed over.")),
        )
        for table in ("property", "exhibits")
        for index, row in enumerate(_rows(content, table))
        if _whole(row.get("quantity"), 1) < 1
    }


def recorded(*entries: tuple[str, Label]) -> Validator:
    """A rule: these entries ("section.field" and its name) of the case file are filled in; 0 counts, blank does not."""

    def check(content: Content) -> Errors:
        message = N_("Fill in “%(entry)s” in the case file first: this document states it.")
        return {
            path: (Message(message, {"entry": label}),)
            for path, label in entries
            if _recorded_value(content, path) in {None, ""}
        }

    return check


def no_secrecy_grade(content: Content) -> Errors:
    """Graded secrets may not be written on this system (Law 117/2025 art. 5(2))."""
    message = Message(
        N_("State secrets may not be entered here. Hand graded documents over by the separate register.")
    )
    return {path: (message,) for path, text in _texts(content.form) if _SECRECY.match(text)}


def sheet_count(row: Mapping[str, Any]) -> int:
    """Sheets of one row of `papers`; 0 while the range is incomplete or reversed."""
    first, last = row.get("sheet_from"), row.get("sheet_to")
    return max(last - first + 1, 0) if isinstance(first, int) and isinstance(last, int) else 0


def _rows(content: Content, table: str) -> Rows:
    return tuple(content.form.get(table) or ())


def _recorded_value(content: Content, path: str) -> Any:
    section, _, field = path.partition(".")
    return content.record.get(section, {}).get(field)


def _attendee(content: Content, role: str) -> bool:
    return any(row.get("role") == role and row.get("name") for row in _rows(content, "attendees"))


def _same_person(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    papers = _folded(one.get("paper")), _folded(other.get("paper"))
    if all(papers):
        return papers[0] == papers[1]
    return bool(_folded(one.get("name"))) and _folded(one.get("name")) == _folded(other.get("name"))


def _folded(value: Any) -> str:
    return " ".join(unicodedata.normalize("NFC", str(value or "")).casefold().split())


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, Sequence):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{path}.{index}")


def _whole(value: Any, absent: int) -> int:
    return value if isinstance(value, int) else absent


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _moment(day: Any, hour: Any) -> datetime | None:
    parsed = _date(day)
    try:
        return (
            datetime.combine(parsed, time.fromisoformat(hour)) if parsed and isinstance(hour, str) else None
        )
    except ValueError:
        return None
