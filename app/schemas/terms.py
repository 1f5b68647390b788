"""What goes out, in pieces: instants, terms in both languages, legal bases, pages of a list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, fields

from app.models.cases import NO_TERM


class Out(Schema):
    """The parent of everything that goes out: only declared fields, in declared order."""


class Instant(fields.DateTime):
    """An instant as ISO 8601 in UTC with Z; null when no term runs."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        if value is None or value == NO_TERM:
            return None
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class TermOut(Out):
    """A legal term in Vietnamese and English."""

    vi = fields.String(required=True)
    en = fields.String(required=True)


class NamedOut(Out):
    """An id of the catalogue with its term."""

    id = fields.String(required=True)
    label = fields.Nested(TermOut, required=True)


class BasisOut(Out):
    """A legal basis, and whether its text was verified; an unverified one is not law."""

    citation = fields.Nested(TermOut, required=True)
    confidence = fields.String(attribute="confidence.value", required=True)
    verified = fields.Boolean(attribute="confidence.verified", required=True)


def page_of(item: type[Schema]) -> type[Schema]:
    """The envelope of a list of `item`: `items`, and the cursor of the next page or null."""
    return type(
        f"{item.__name__.removesuffix('Out')}Page",
        (Out,),
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next_cursor": fields.String(required=True, allow_none=True),
        },
    )
