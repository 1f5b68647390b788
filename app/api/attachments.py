"""Attachments: send a file as it is, list, open a label, fetch the original or a copy without metadata, remove."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.api.blueprint import Blueprint
from app.api.paths import CREATED, ETAG, tagged
from app.attachments import Body, takes_files
from app.authentication import current_actor
from app.downloads import sent
from app.paging import Page
from app.schemas.attachments import (
    AttachHeaders,
    AttachmentPageOut,
    NoteIn,
    OpenedAttachmentOut,
    RemovalIn,
)
from app.schemas.queries import ChangeHeaders, PageQuery, ReasonQuery
from app.services.attachment_intake import add_attachment
from app.services.attachments import (
    download_attachment,
    list_attachments,
    note_attachment,
    read_attachment,
    remove_attachment,
    show_attachment,
)

blueprint = Blueprint("attachments", "Scans, photographs and recordings of a case; kept byte for byte.")

BINARY = {"schema": {"type": "string", "format": "binary"}}
FILE: dict[str, Any] = {**BINARY, "content_type": "application/octet-stream", "description": "The file."}
PICTURE: dict[str, Any] = {**BINARY, "content_type": "image/jpeg", "description": "The file drawn anew."}


@blueprint.route("/cases/<uuid:case_id>/attachments")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, AttachmentPageOut)
def get_attachments(query: dict[str, Any], case_id: UUID) -> Page[Any]:
    """What is attached to a case, newest first; nothing is opened."""
    return list_attachments(current_actor(), case_id, **query)[1]


@blueprint.route("/cases/<uuid:case_id>/attachments", methods=["POST"])
@blueprint.arguments(AttachHeaders, location="headers")
@blueprint.response(201, OpenedAttachmentOut, headers=CREATED)
@blueprint.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@blueprint.doc(requestBody={"required": True, "content": {"application/octet-stream": BINARY}})
@takes_files
def attach(headers: dict[str, Any], case_id: UUID) -> Any:
    """Attach the request's body as it is; what it is, is told by its content alone."""
    attachment = add_attachment(current_actor(), case_id, Body(), **headers)
    view = read_attachment(current_actor(), attachment.id)
    return view, tagged(view.label.version, f"/attachments/{attachment.id}")


@blueprint.route("/attachments/<uuid:attachment_id>")
@blueprint.arguments(ReasonQuery, location="query")
@blueprint.response(200, OpenedAttachmentOut, headers=ETAG)
def get_attachment(query: dict[str, Any], attachment_id: UUID) -> Any:
    """Open the label: the name it came with, the note, its digest at intake."""
    view = read_attachment(current_actor(), attachment_id, **query)
    return view, tagged(view.label.version)


@blueprint.route("/attachments/<uuid:attachment_id>/note", methods=["PUT"])
@blueprint.arguments(ChangeHeaders, location="headers")
@blueprint.arguments(NoteIn)
@blueprint.response(200, OpenedAttachmentOut, headers=ETAG)
@blueprint.alt_response(409, "CONFLICT")
def put_note(headers: dict[str, Any], entries: dict[str, Any], attachment_id: UUID) -> Any:
    """Change the note; earlier ones stay stored."""
    view = note_attachment(current_actor(), attachment_id, **entries, **headers)
    return view, tagged(view.label.version)


@blueprint.route("/attachments/<uuid:attachment_id>/file")
@blueprint.arguments(ReasonQuery, location="query")
@blueprint.response(200, **FILE)
@blueprint.alt_response(409, "CONFLICT")
def get_file(query: dict[str, Any], attachment_id: UUID) -> Response:
    """The original, byte for byte; an answer shorter than its Content-Length is broken."""
    return sent(download_attachment(current_actor(), attachment_id, **query))


@blueprint.route("/attachments/<uuid:attachment_id>/copy")
@blueprint.arguments(ReasonQuery, location="query")
@blueprint.response(200, **FILE)
@blueprint.alt_response(409, "CONFLICT")
def get_copy(query: dict[str, Any], attachment_id: UUID) -> Response:
    """A copy without metadata, for pictures and PDF; 409 for kinds that have none."""
    return sent(download_attachment(current_actor(), attachment_id, copy=True, **query))


@blueprint.route("/attachments/<uuid:attachment_id>/preview")
@blueprint.arguments(ReasonQuery, location="query")
@blueprint.response(200, **PICTURE)
@blueprint.alt_response(409, "CONFLICT")
def get_preview(query: dict[str, Any], attachment_id: UUID) -> Response:
    """A picture drawn anew at a bounded size; 409 for kinds that are not shown."""
    _, picture = show_attachment(current_actor(), attachment_id, **query)
    return Response(
        picture, mimetype="image/jpeg", headers={"Content-Security-Policy": "default-src 'none'; sandbox"}
    )


@blueprint.route("/attachments/<uuid:attachment_id>/removal", methods=["POST"])
@blueprint.arguments(ChangeHeaders, location="headers")
@blueprint.arguments(RemovalIn)
@blueprint.response(204)
@blueprint.alt_response(409, "CONFLICT")
def remove(headers: dict[str, Any], entries: dict[str, Any], attachment_id: UUID) -> None:
    """Destroy the file for a stated reason; the label stays."""
    remove_attachment(current_actor(), attachment_id, **entries, **headers)
