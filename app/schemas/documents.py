"""Documents in and out, and the lines of the register."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from app.catalogue.documents import DOCUMENTS
from app.schemas.forms import LISTS_AND_FORMS, Form
from app.schemas.scalars import OneOf
from app.schemas.terms import Instant, NamedOut, Out, page_of


class DocumentIn(Form):
    """A new draft: its type, and its form by field id."""

    type = OneOf(tuple(DOCUMENTS), required=True)
    form = fields.Dict(
        keys=fields.String(),
        required=True,
        error_messages=LISTS_AND_FORMS,  # type: ignore[arg-type]
    )


class Hexadecimal(fields.String):
    """Bytes as small hexadecimal digits."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else bytes(value).hex()


class DocumentOut(Out):
    """A document's register data; nothing of its content."""

    id = fields.UUID(required=True)
    case_id = fields.UUID(required=True)
    type_id = fields.String(required=True)
    state = fields.String(required=True)
    version = fields.Integer(required=True)
    symbol = fields.String(required=True, allow_none=True)
    number = fields.Integer(required=True, allow_none=True)
    year = fields.Integer(required=True, allow_none=True)
    check_code = fields.String(required=True)
    pages = fields.Integer(required=True, allow_none=True)
    size = fields.Integer(required=True, allow_none=True)
    sha256 = Hexadecimal(required=True, allow_none=True)
    created_at = Instant(required=True)
    changed_at = Instant(required=True)
    numbered_at = Instant(required=True, allow_none=True)
    issued_at = Instant(required=True, allow_none=True)


class OpenedDocumentOut(Out):
    """A document with its form; the form is empty for those who only receive the paper."""

    document = fields.Nested(DocumentOut, required=True)
    type = fields.Nested(NamedOut, required=True)
    case_code = fields.String(attribute="case.code", required=True)
    form = fields.Dict(keys=fields.String(), required=True)


class RegisterLineOut(Out):
    """A numbered paper: number, date, kind, case code."""

    document = fields.Nested(DocumentOut, required=True)
    type = fields.Nested(NamedOut, required=True)
    case_code = fields.String(required=True)


RegisterPageOut = page_of(RegisterLineOut)
