"""How one stored value is printed on an official paper. Pure; absent values print as an empty string."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel import Locale

from app.documents.vietnamese import number_in_words, short_date
from app.domain.procedure import Field, FieldKind, Section

Row = dict[str, str]
_VI, _EN = Locale("vi"), Locale("en")
_WORDS_FROM = 1000


def clean(text: str) -> str:
    """NFC without control, bidi or invisible format characters; line breaks stay, other space is one blank."""
    kept: list[str] = []
    for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")):
        category = unicodedata.category(character)
        if character == "\n":
            kept.append(character)
        elif category in {"Zs", "Zl", "Zp"} or character == "\t":
            kept.append(" ")
        elif not category.startswith("C"):
            kept.append(character)
    return "".join(kept).strip()


def shown(field: Field, value: Any, *, bilingual: bool = False) -> str:
    """The value of a field (not of a TABLE) as printed; choices and countries in both languages if asked."""
    if value is None or value == "":
        return ""
    match field.kind:
        case FieldKind.FLAG:
            text = _pair("Có" if value else "Không", "Yes" if value else "No", bilingual=bilingual)
        case FieldKind.CHOICE:
            text = _choice(field, value, bilingual=bilingual)
        case FieldKind.CHOICES:
            text = "; ".join(_choice(field, one, bilingual=bilingual) for one in value)
        case FieldKind.COUNTRY:
            vi, en = _VI.territories.get(value, value), _EN.territories.get(value, value)
            text = _pair(vi, en, bilingual=bilingual)
        case FieldKind.DATE | FieldKind.PARTIAL_DATE:
            text = _date(str(value))
        case FieldKind.INTEGER:
            text = grouped(int(value))
        case _:
            text = str(value)
    return clean(text)


def rows(field: Field, value: Sequence[Mapping[str, Any]] | None, *, bilingual: bool = False) -> list[Row]:
    """The rows of a TABLE field as printed; every declared column is present.

    A quantity of a thousand or more also gets `quantity_in_words`, as money must (number = words).
    """
    printed: list[Row] = []
    for entry in value or ():
        row = {
            column.id: shown(column, entry.get(column.id), bilingual=bilingual) for column in field.columns
        }
        quantity = entry.get("quantity")
        worded = quantity if isinstance(quantity, int) and quantity >= _WORDS_FROM else None
        row["quantity_in_words"] = "" if worded is None else number_in_words(worded)
        printed.append(row)
    return printed


def section_values(section: Section, stored: Mapping[str, Any], *, bilingual: bool = False) -> Row:
    """Every plain field of a section as printed, by field id; tables are left out."""
    return {
        field.id: shown(field, stored.get(field.id), bilingual=bilingual)
        for field in section.fields
        if field.kind is not FieldKind.TABLE
    }


def grouped(number: int) -> str:
    """`2.500.000`: Vietnamese grouping of thousands."""
    return f"{number:,}".replace(",", ".")


def _choice(field: Field, value: Any, *, bilingual: bool) -> str:
    label = next((choice.label for choice in field.choices if choice.id == value), None)
    return _pair(label.vi, label.en, bilingual=bilingual) if label else str(value)


def _pair(vi: str, en: str, *, bilingual: bool) -> str:
    return f"{vi} / {en}" if bilingual and vi != en else vi


def _date(value: str) -> str:
    parts = value.split("-")
    return short_date(date.fromisoformat(value)) if len(parts) == 3 else "/".join(reversed(parts))
