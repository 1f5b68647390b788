"""Two people wrote at once: what is stored beside what was typed, field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.procedure import Field
from app.domain.workflow import is_filled


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a form in both hands; `differs` decides whether it is marked."""

    field: Field
    stored: Mapping[str, Any]
    typed: Mapping[str, Any]
    differs: bool


def compare(
    fields: Sequence[Field], stored: Mapping[str, Any], typed: Mapping[str, Any]
) -> tuple[Difference, ...]:
    """Every field filled on either side, in form order; `stored` and `typed` hold that one field only."""
    return tuple(
        Difference(
            field,
            {field.id: stored[field.id]} if field.id in stored else {},
            {field.id: typed[field.id]} if field.id in typed else {},
            differs=_plain(stored.get(field.id)) != _plain(typed.get(field.id)),
        )
        for field in fields
        if is_filled(stored.get(field.id)) or is_filled(typed.get(field.id))
    )


def _plain(value: Any) -> Any:
    """Absent, blank and empty are the same answer; so are empty cells of a row."""
    match value:
        case list():
            return [_plain(row) for row in value if is_filled(_plain(row))] or None
        case Mapping():
            return {k: _plain(v) for k, v in value.items() if is_filled(_plain(v))}
        case _:
            return value if is_filled(value) else None
