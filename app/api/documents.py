"""Documents: draft, look at, issue, download; and the unit's register."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.api.blueprint import Blueprint
from app.api.papers import PDF, pdf_answer
from app.api.paths import CREATED, ETAG, tagged
from app.authentication import current_actor
from app.catalogue.documents import DOCUMENTS
from app.paging import Page
from app.schemas.documents import DocumentIn, DocumentOut, OpenedDocumentOut, RegisterPageOut
from app.schemas.fields import fields_schema
from app.schemas.loading import load
from app.schemas.queries import ChangeHeaders, CreateHeaders, ReasonQuery, RegisterQuery
from app.schemas.sections import ValuesIn
from app.services.documents import (
    create_document,
    download_document,
    issue_document,
    preview_document,
    read_document,
    update_document,
)
from app.services.registers import list_register

blueprint = Blueprint("documents", "Official papers and the register of their numbers.")


@blueprint.route("/cases/<uuid:case_id>/documents", methods=["POST"])
@blueprint.arguments(CreateHeaders, location="headers")
@blueprint.arguments(DocumentIn)
@blueprint.response(201, DocumentOut, headers=CREATED)
def draft(headers: dict[str, Any], entries: dict[str, Any], case_id: UUID) -> Any:
    """Begin a draft of a type the case's present stage offers."""
    kind = DOCUMENTS[entries["type"]]
    form = load(fields_schema(kind.form), entries["form"])
    document = create_document(current_actor(), case_id, kind.id, form, **headers)
    return document, tagged(document.version, f"/documents/{document.id}")


@blueprint.route("/documents/<uuid:document_id>")
@blueprint.response(200, OpenedDocumentOut, headers=ETAG)
def get_document(document_id: UUID) -> Any:
    """A document and, for those who work on the case, its form."""
    view = read_document(current_actor(), document_id)
    return view, tagged(view.document.version)


@blueprint.route("/documents/<uuid:document_id>/form", methods=["PUT"])
@blueprint.arguments(ChangeHeaders, location="headers")
@blueprint.arguments(ValuesIn)
@blueprint.response(200, DocumentOut, headers=ETAG)
@blueprint.alt_response(409, "CONFLICT")
def put_form(headers: dict[str, Any], entries: dict[str, Any], document_id: UUID) -> Any:
    """Save a draft's form anew."""
    kind = read_document(current_actor(), document_id).type
    form = load(fields_schema(kind.form), entries["values"])
    document = update_document(current_actor(), document_id, form, **headers)
    return document, tagged(document.version)


@blueprint.route("/documents/<uuid:document_id>/preview.pdf")
@blueprint.response(200, **PDF)
@blueprint.alt_response(409, "CONFLICT")
def get_preview(document_id: UUID) -> Response:
    """The draft as PDF, marked as a draft."""
    document, pdf = preview_document(current_actor(), document_id)
    return pdf_answer(pdf, document.check_code)


@blueprint.route("/documents/<uuid:document_id>/issue", methods=["POST"])
@blueprint.arguments(ChangeHeaders, location="headers")
@blueprint.response(200, DocumentOut, headers=ETAG)
def issue(headers: dict[str, Any], document_id: UUID) -> Any:
    """Give the document its number and make it final."""
    document = issue_document(current_actor(), document_id, **headers)
    return document, tagged(document.version)


@blueprint.route("/documents/<uuid:document_id>/pdf")
@blueprint.arguments(ReasonQuery, location="query")
@blueprint.response(200, **PDF)
@blueprint.alt_response(409, "CONFLICT")
def get_pdf(query: dict[str, Any], document_id: UUID) -> Response:
    """The issued bytes, exactly as hashed; a supervisor's token says why."""
    document, pdf = download_document(current_actor(), document_id, **query)
    return pdf_answer(pdf, document.check_code)


@blueprint.route("/register")
@blueprint.arguments(RegisterQuery, location="query")
@blueprint.response(200, RegisterPageOut)
def get_register(query: dict[str, Any]) -> Page[Any]:
    """A year's numbered papers, latest first; this year when none is named."""
    _, page = list_register(current_actor(), **query)
    return page
