"""Attachments in and out: the name a file came with, notes, reasons; lines and opened labels."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from marshmallow import fields
from werkzeug.http import parse_options_header

from app.schemas.documents import Hexadecimal
from app.schemas.forms import Form
from app.schemas.queries import CreateHeaders
from app.schemas.scalars import JOINERS, UNSEEN, Text
from app.schemas.terms import Instant, NamedOut, Out, page_of

LONGEST_NAME = 200


def file_name(name: str) -> str:
    """The last part of a path, without what cannot be seen; it is shown as text and never used as a path."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    seen = "".join(c for c in last if c in JOINERS or unicodedata.category(c) not in UNSEEN).strip()
    if len(seen) <= LONGEST_NAME:
        return seen
    stem, dot, ending = seen.rpartition(".")
    ending = dot + ending if stem and len(ending) < 10 else ""
    return seen[: LONGEST_NAME - len(ending) - 1] + "…" + ending


class NameIn(fields.String):
    """The file's name out of a Content-Disposition header (RFC 6266); empty when there is none."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> str:
        return file_name(parse_options_header(str(value))[1].get("filename", ""))


class AttachHeaders(CreateHeaders):
    """What is told of a file beside its content."""

    name = NameIn(
        data_key="Content-Disposition",
        load_default="",
        metadata={
            "description": "The file's name, kept sealed: `attachment; filename*=UTF-8''...`.",
            "example": "attachment; filename*=UTF-8''ghi%20%C3%A2m.m4a",
        },
    )


class NoteIn(Form):
    """What an attachment shows, or how it came here; kept sealed."""

    note = Text(most=2000, lines=True, load_default="")


class RemovalIn(Form):
    """Why an attachment is removed; kept sealed."""

    reason = Text(most=2000, lines=True, required=True)


class AttachmentOut(Out):
    """An attachment without anything sealed; `size` is rounded up to hide the exact one."""

    id = fields.UUID(attribute="attachment.id", required=True)
    case_id = fields.UUID(attribute="attachment.case_id", required=True)
    kind = fields.Nested(NamedOut, required=True)
    media_type = fields.String(attribute="attachment.media_type", required=True)
    size = fields.Integer(attribute="attachment.size", required=True)
    sealed_sha256 = Hexadecimal(attribute="attachment.sha256", required=True)
    created_at = Instant(attribute="attachment.created_at", required=True)
    added_by = fields.String(required=True)
    removed_at = Instant(attribute="attachment.removed_at", required=True, allow_none=True)


class LabelOut(Out):
    """The opened label: name, note, and the content's length and SHA-256 at intake."""

    name = fields.String(required=True)
    note = fields.String(required=True)
    version = fields.Integer(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    removal = fields.String(required=True, allow_none=True)


class OpenedAttachmentOut(Out):
    """An attachment with its label."""

    attachment = fields.Nested(AttachmentOut, attribute="line", required=True)
    case_code = fields.String(attribute="case.code", required=True)
    label = fields.Nested(LabelOut, required=True)


AttachmentPageOut = page_of(AttachmentOut)
