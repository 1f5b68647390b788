"""What looks wrong but may be right: said beside the entry, never a reason to refuse it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.procedure import Field, FieldKind
from app.domain.text import N_, Message

UNUSUAL = Message(
    N_("An identity number has 12 digits (9 on old cards). Check it; it is saved as you typed it.")
)
OTHER_SEX = Message(N_("The fourth digit of the identity number does not fit the sex. Check both."))
OTHER_YEAR = Message(N_("The identity number does not fit the year of birth. Check both."))


def warnings(fields: tuple[Field, ...], values: Mapping[str, Any]) -> dict[str, Message]:
    """A warning by field path for identity numbers that do not fit sex or year of birth.

    The 12 digits are PPP G YY NNNNNN; G gives century and sex: 0 and 1 are a man and
    a woman of the 1900s, 2 and 3 of the 2000s, 4 and 5 of the 2100s.
    """
    found: dict[str, Message] = {}
    for field in fields:
        value = values.get(field.id)
        if field.kind is FieldKind.NATIONAL_ID and value:
            message = _about(str(value), values)
            if message:
                found[field.id] = message
        if field.kind is FieldKind.TABLE:
            for number, row in enumerate(value or ()):
                inner = warnings(field.columns, row)
                found |= {f"{field.id}.{number}.{path}": message for path, message in inner.items()}
    return found


def _about(number: str, values: Mapping[str, Any]) -> Message | None:
    if not (number.isascii() and number.isdecimal() and len(number) in (9, 12)):
        return UNUSUAL
    if len(number) == 9:
        return None
    group = int(number[3])
    sex = values.get("sex")
    if sex in ("male", "female") and (group % 2 == 1) != (sex == "female"):
        return OTHER_SEX
    born = str(values.get("birth_date") or "")[:4]
    if born and born != str(1900 + 100 * (group // 2) + int(number[4:6])):
        return OTHER_YEAR
    return None
