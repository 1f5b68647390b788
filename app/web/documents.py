"""Documents of a case: choose, draft, preview, issue once and for all, download."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.authentication import current_actor
from app.catalogue.documents import DOCUMENTS
from app.domain.document import DocumentState, DocumentType
from app.domain.errors import Conflict, Invalid, SubjectKind
from app.domain.permissions import Permission
from app.schemas.fields import fields_schema
from app.schemas.loading import load
from app.schemas.warnings import warnings
from app.services.cases import read_case
from app.services.documents import (
    DocumentView,
    create_document,
    download_document,
    issue_document,
    offered_document,
    preview_document,
    read_document,
    update_document,
)
from app.services.rights import demand
from app.web.cases import offered_documents
from app.web.comparing import compare
from app.web.forms import Values, decode, edited_rows, labels, request_key, version
from app.web.reasons import ask_reason

blueprint = Blueprint("documents", __name__)


@blueprint.get("/cases/<uuid:case_id>/documents/new")
def choose(case_id: UUID) -> str:
    """The types of paper the case's present stages offer."""
    demand(current_actor(), Permission.DOCUMENT_CREATE, SubjectKind.CASE)
    view = read_case(current_actor(), case_id)
    return render_template(
        "documents/choose.html", view=view, types=[DOCUMENTS[id_] for id_ in offered_documents(view)]
    )


@blueprint.get("/cases/<uuid:case_id>/documents/new/<type_id>")
def new(case_id: UUID, type_id: str) -> str:
    """An empty form of one type of paper."""
    return _new_form(case_id, offered_document(current_actor(), case_id, type_id), {}, request_key())


@blueprint.post("/cases/<uuid:case_id>/documents/new/<type_id>")
def create(case_id: UUID, type_id: str) -> Any:
    """Save the first draft."""
    kind = offered_document(current_actor(), case_id, type_id)
    key = request.form.get("request_key") or request_key()
    typed = decode(kind.form, request.form)
    if edited_rows(request.form, typed):
        return _new_form(case_id, kind, typed, key)
    try:
        form = load(fields_schema(kind.form), typed)
        document = create_document(current_actor(), case_id, type_id, form, request_key=key)
    except Invalid as error:
        return _new_form(case_id, kind, typed, key, error.errors), 422
    return _saved(document.id)


@blueprint.get("/documents/<uuid:document_id>")
def read(document_id: UUID) -> str:
    """A document: its state, its form, and what can be done with it."""
    return _page(read_document(current_actor(), document_id))


@blueprint.get("/documents/<uuid:document_id>/edit")
def edit(document_id: UUID) -> str:
    """The form of a draft."""
    view = _draft(document_id)
    return _form(view, dict(view.form), view.document.version)


@blueprint.post("/documents/<uuid:document_id>/edit")
def save(document_id: UUID) -> Any:
    """Save the draft again, or give everything typed back with what stands in its way."""
    view = _draft(document_id)
    form = typed = decode(view.type.form, request.form)
    seen = version(request.form)
    if edited_rows(request.form, typed):
        return _form(view, typed, seen)
    try:
        form = load(fields_schema(view.type.form), typed)
        update_document(current_actor(), document_id, form, version=seen)
    except Invalid as error:
        return _form(view, typed, seen, error.errors), 422
    except Conflict as conflict:
        return _settle(document_id, typed, form, conflict), 409
    return _saved(document_id)


@blueprint.get("/documents/<uuid:document_id>/preview")
def preview(document_id: UUID) -> Response:
    """The draft as PDF, marked as a draft."""
    document, pdf = preview_document(current_actor(), document_id)
    return _pdf(pdf, f"{document.check_code}.pdf", inline=True)


@blueprint.get("/documents/<uuid:document_id>/issue")
def confirm_issue(document_id: UUID) -> str:
    """What issuing means, and the button."""
    return _confirmation(document_id)


@blueprint.post("/documents/<uuid:document_id>/issue")
def issue(document_id: UUID) -> Any:
    """Number the document, fix its bytes, and make it immutable."""
    try:
        document = issue_document(current_actor(), document_id, version=version(request.form))
    except Invalid as error:
        return _confirmation(document_id, error.errors), 422
    except Conflict as conflict:
        return _confirmation(document_id, {"form": (conflict.message,)}), 409
    flash(gettext("Issued as %(symbol)s.", symbol=document.symbol), "success")
    return redirect(url_for("documents.read", document_id=document_id))


@blueprint.get("/documents/<uuid:document_id>/download")
def download(document_id: UUID) -> Any:
    """The issued bytes, under the document's number; a role that must say why is asked first."""
    try:
        return _issued(document_id, None)
    except Invalid:
        return _ask_reason(document_id, {})


@blueprint.post("/documents/<uuid:document_id>/download")
def download_for_reason(document_id: UUID) -> Any:
    """The issued bytes, for a stated reason; the reason stays out of the address."""
    try:
        return _issued(document_id, request.form.get("reason", ""))
    except Invalid as error:
        return _ask_reason(document_id, error.errors), 422


def _issued(document_id: UUID, reason: str | None) -> Response:
    document, pdf = download_document(current_actor(), document_id, reason=reason)
    return _pdf(pdf, f"{(document.symbol or document.check_code).replace('/', '-')}.pdf", inline=False)


def _ask_reason(document_id: UUID, errors: Mapping[str, Any]) -> str:
    action = url_for("documents.download_for_reason", document_id=document_id)
    return ask_reason(action, url_for("documents.read", document_id=document_id), errors)


def _saved(document_id: UUID) -> Response:
    flash(gettext("The draft is saved."), "success")
    return redirect(url_for("documents.read", document_id=document_id))  # type: ignore[return-value]


def _draft(document_id: UUID) -> DocumentView:
    return read_document(current_actor(), document_id, Permission.DOCUMENT_CREATE)


def _page(view: DocumentView) -> str:
    return render_template("documents/read.html", view=view, states=DocumentState)


def _confirmation(document_id: UUID, errors: Mapping[str, Any] | None = None) -> str:
    view = read_document(current_actor(), document_id, Permission.DOCUMENT_ISSUE)
    return render_template(
        "documents/issue.html",
        view=view,
        states=DocumentState,
        errors=errors or {},
        labels=labels(view.type.form),
    )


def _new_form(
    case_id: UUID, kind: DocumentType, values: Values, key: str, errors: Mapping[str, Any] | None = None
) -> str:
    return render_template(
        "documents/edit.html",
        case_id=case_id,
        type=kind,
        document=None,
        values=values,
        request_key=key,
        version=0,
        errors=errors or {},
        warnings=warnings(kind.form, values),
        labels=labels(kind.form),
    )


def _form(view: DocumentView, values: Values, seen: int, errors: Mapping[str, Any] | None = None) -> str:
    return render_template(
        "documents/edit.html",
        case_id=view.case.id,
        type=view.type,
        document=view.document,
        values=values,
        request_key="",
        version=seen,
        errors=errors or {},
        warnings=warnings(view.type.form, values),
        labels=labels(view.type.form),
    )


def _settle(document_id: UUID, typed: Values, checked: Values, conflict: Conflict) -> str:
    view = _draft(document_id)
    return render_template(
        "documents/conflict.html",
        view=view,
        message=conflict.message,
        final=view.document.state != DocumentState.DRAFT,
        values=typed,
        version=view.document.version,
        differences=compare(view.type.form, view.form, checked),
    )


def _pdf(pdf: bytes, name: str, *, inline: bool) -> Response:
    response = Response(pdf, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline" if inline else "attachment", filename=name)
    return response
