"""A case's sections in and out; what the values may be is the procedure's own data."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.forms import LISTS_AND_FORMS, Form
from app.schemas.terms import Instant, NamedOut, Out


class ValuesIn(Form):
    """The whole new version of a section or of a document's form, by field id."""

    values = fields.Dict(
        keys=fields.String(),
        required=True,
        error_messages=LISTS_AND_FORMS,  # type: ignore[arg-type]
    )


class SectionOut(Out):
    """An opened section; version 0 and no values when nothing was written yet."""

    case_id = fields.UUID(attribute="case.id", required=True)
    section = fields.Nested(NamedOut, required=True)
    version = fields.Integer(required=True)
    values = fields.Dict(keys=fields.String(), required=True)
    written_at = Instant(required=True, allow_none=True)
    written_by = fields.String(required=True, allow_none=True)
    editable = fields.Boolean(required=True)
