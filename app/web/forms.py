"""Form entries as typed, turned into the nested values that the schemas check, and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from werkzeug.datastructures import MultiDict

from app.domain.errors import Invalid
from app.domain.procedure import Field, FieldKind
from app.domain.text import N_, Label, Message

Values = dict[str, Any]
Entries = MultiDict[str, str]

_DATE = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})\Z")
_MONTH = re.compile(r"(\d{1,2})[/.\-](\d{4})\Z")
_PACKED_DATE = re.compile(r"(\d{2})(\d{2})(\d{4})\Z")
_TIME = re.compile(r"(\d{1,2})\s*[:hHgG.]\s*(\d{2})\Z")
_PACKED_TIME = re.compile(r"(\d{2})(\d{2})\Z")
_ADD, _REMOVE = "_add", "_remove"


def decode(fields: Sequence[Field], form: Entries, prefix: str = "") -> Values:
    """The typed entries by field id: text stays text, an answered flag is a bool, a table a list of rows.

    Blank entries and wholly blank rows are absent. A date or time that can be read becomes its
    stored form (2026-03-21, 07:30); one that cannot stays as typed, for the schema to refuse.
    """
    found = {field.id: _entry(field, form, prefix + field.id) for field in fields}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def edited_rows(form: Entries, values: Values) -> bool:
    """Carry out "add row" or "delete row" without JavaScript; True when the form is to be shown again."""
    if form.get(_ADD):
        add_row(values, form[_ADD].rpartition(".")[2])
        return True
    if form.get(_REMOVE):
        table, _, index = form[_REMOVE].rpartition(".")
        remove_row(values, table.rpartition(".")[2], int(index) if index.isdecimal() else -1)
        return True
    return False


def add_row(values: Values, name: str) -> None:
    """Append a blank row to the table `name`."""
    rows = values.get(name) or []
    values[name] = [*rows, {}]


def remove_row(values: Values, name: str, index: int) -> None:
    """Drop row `index` of the table `name`; an index that is not there changes nothing."""
    rows = values.get(name) or []
    values[name] = [row for number, row in enumerate(rows) if number != index]


def typed(field: Field, value: Any) -> str:
    """A stored value as it stands in an input: dates as dd/mm/yyyy, the rest as text."""
    if value is None:
        return ""
    if field.kind in {FieldKind.DATE, FieldKind.PARTIAL_DATE}:
        return local_day(str(value))
    return str(value)


def local_day(value: str) -> str:
    """21/03/1998, 03/1998 or 1998 of an ISO (partial) date; anything else as it is."""
    if not re.fullmatch(r"\d{4}(-\d{2}){0,2}", value):
        return value
    return "/".join(reversed(value.split("-")))


def stored_day(text: str) -> str:
    """The ISO form of dd/mm/yyyy, mm/yyyy or ddmmyyyy; anything else as it is."""
    if match := _DATE.match(text) or _PACKED_DATE.match(text):
        return f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}"
    if match := _MONTH.match(text):
        return f"{match[2]}-{match[1]:0>2}"
    return text


def stored_time(text: str) -> str:
    """The form HH:MM of 7:30, 7h30, 7g30 or 0730; anything else as it is."""
    match = _TIME.match(text) or _PACKED_TIME.match(text)
    return f"{match[1]:0>2}:{match[2]}" if match else text


def version(form: Entries) -> int:
    """The version the person saw; Invalid when the hidden field was tampered with."""
    text = form.get("version", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Invalid({"version": [Message(N_("Reload the page, then enter your change again."))]})
    return int(text)


def request_key() -> str:
    """A fresh key for one rendered form: sent twice, it saves once."""
    return str(uuid4())


def labels(fields: Sequence[Field], prefix: str = "") -> dict[str, Label]:
    """The label of every field by its path (a table's columns as "items.*.name"), for the error summary."""
    found = {prefix + field.id: field.label for field in fields}
    for field in fields:
        found |= {f"{prefix}{field.id}.*.{column.id}": column.label for column in field.columns}
    return found


def _entry(field: Field, form: Entries, name: str) -> Any:
    match field.kind:
        case FieldKind.CHOICES:
            return [text for text in form.getlist(name) if text]
        case FieldKind.FLAG:
            return {"yes": True, "no": False}.get(form.get(name, ""))
        case FieldKind.TABLE:
            return _rows(field, form, name)
        case FieldKind.DATE | FieldKind.PARTIAL_DATE:
            return stored_day(form.get(name, "").strip())
        case FieldKind.TIME:
            return stored_time(form.get(name, "").strip())
        case _:
            return form.get(name, "").strip()


def _rows(field: Field, form: Entries, name: str) -> list[Values]:
    present = re.compile(re.escape(name) + r"\.(\d{1,4})\.")
    numbers = sorted({int(match[1]) for key in form if (match := present.match(key))})
    # One row more than allowed is kept, so that the schema can say there are too many.
    rows = (decode(field.columns, form, f"{name}.{number}.") for number in numbers)
    return [row for row in rows if row][: field.max_rows + 1]
