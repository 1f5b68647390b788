"""Attachments of a case: the list, adding one, its label, a picture to look at, download, note, removal."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import format_decimal, gettext

from app.attachments import takes_files
from app.authentication import current_actor
from app.catalogue.attachments import ALLOWED, KINDS
from app.domain.errors import Conflict, Invalid
from app.domain.text import N_, Message
from app.downloads import sent
from app.presentation import status_of, term
from app.schemas.attachments import NoteIn, RemovalIn, file_name
from app.schemas.loading import load
from app.services.attachment_intake import add_attachment, attachable
from app.services.attachments import (
    AttachmentView,
    download_attachment,
    list_attachments,
    note_attachment,
    read_attachment,
    remove_attachment,
    show_attachment,
)
from app.web.forms import request_key, version
from app.web.reasons import ask_reason

blueprint = Blueprint("attachments", __name__)

NO_FILE = Message(N_("Choose a file first."))
IN_BACKGROUND = "XMLHttpRequest"


@blueprint.app_template_filter("size")
def size(count: int) -> str:
    """3,2 MB: bytes in the unit a person would choose."""
    for unit, bytes_ in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if count >= bytes_:
            return f"{format_decimal(count / bytes_, '#,##0.#')} {unit}"
    return f"{count} B"


@blueprint.get("/cases/<uuid:case_id>/attachments")
def listing(case_id: UUID) -> str:
    """Everything attached to a case, newest first; nothing is opened."""
    case, page = list_attachments(current_actor(), case_id, cursor=request.args.get("cursor"))
    return render_template("attachments/list.html", case=case, page=page)


@blueprint.get("/cases/<uuid:case_id>/attachments/new")
def new(case_id: UUID) -> str:
    """The form to attach a file."""
    return _form(case_id, {}, request_key())


@blueprint.post("/cases/<uuid:case_id>/attachments/new")
@takes_files
def add(case_id: UUID) -> Any:
    """Attach the file, or give everything typed back with what stands in its way."""
    key = request.form.get("request_key") or request_key()
    try:
        note = load(NoteIn(), {"note": request.form.get("note", "")})["note"]
        _attach(case_id, note, key)
    except (Invalid, Conflict) as error:
        errors = error.errors if isinstance(error, Invalid) else {"file": (error.message,)}
        return _form(case_id, errors, key), status_of(error)
    flash(gettext("The file is attached."), "success")
    place = url_for("cases.read", case_id=case_id, _anchor="attachments")
    in_background = request.headers.get("X-Requested-With") == IN_BACKGROUND
    return Response(status=201, headers={"Location": place}) if in_background else redirect(place)


@blueprint.route("/attachments/<uuid:attachment_id>", methods=["GET", "POST"])
def read(attachment_id: UUID) -> Any:
    """An attachment's label and what can be done with it; a role that must say why is asked first."""
    back = url_for("cases.list_open")
    return _asking(
        back,
        lambda reason: _page(read_attachment(current_actor(), attachment_id, reason=reason), reason),
    )


@blueprint.route("/attachments/<uuid:attachment_id>/preview", methods=["GET", "POST"])
def preview(attachment_id: UUID) -> Any:
    """The label with the picture drawn anew; within the page, so that it can be hidden at once."""
    return _asking(_place(attachment_id), lambda reason: _shown(attachment_id, reason))


@blueprint.route("/attachments/<uuid:attachment_id>/file", methods=["GET", "POST"])
def download(attachment_id: UUID) -> Any:
    """The original, byte for byte."""
    return _asking(
        _place(attachment_id),
        lambda reason: sent(download_attachment(current_actor(), attachment_id, reason=reason)),
    )


@blueprint.route("/attachments/<uuid:attachment_id>/copy", methods=["GET", "POST"])
def copy(attachment_id: UUID) -> Any:
    """A copy without metadata, to be shared."""
    return _asking(_place(attachment_id), lambda reason: _copied(attachment_id, reason))


@blueprint.post("/attachments/<uuid:attachment_id>/note")
def note(attachment_id: UUID) -> Any:
    """Save the note, or give it back beside what is stored now."""
    typed = request.form.get("note", "")
    try:
        wanted = load(NoteIn(), {"note": typed})["note"]
        note_attachment(current_actor(), attachment_id, wanted, version=version(request.form))
    except (Invalid, Conflict) as error:
        view = read_attachment(current_actor(), attachment_id)
        errors = error.errors if isinstance(error, Invalid) else {"note": (error.message,)}
        return _page(view, None, errors=errors, typed=typed), status_of(error)
    flash(gettext("Saved."), "success")
    return redirect(_place(attachment_id))


@blueprint.post("/attachments/<uuid:attachment_id>/removal")
def remove(attachment_id: UUID) -> Any:
    """Destroy the file, for a reason."""
    typed = request.form.get("why", "")
    try:
        reason = load(RemovalIn(), {"reason": typed})["reason"]
        attachment = remove_attachment(current_actor(), attachment_id, reason, version=version(request.form))
    except (Invalid, Conflict) as error:
        return _not_removed(attachment_id, error, typed), status_of(error)
    flash(gettext("The attachment is removed; its file is destroyed."), "success")
    return redirect(url_for("cases.read", case_id=attachment.case_id, _anchor="attachments"))


def _attach(case_id: UUID, note: str, key: str) -> None:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Invalid({"file": [NO_FILE]})
    name = file_name(upload.filename)
    add_attachment(current_actor(), case_id, upload.stream, name=name, note=note, request_key=key)


def _asking(back: str, work: Callable[[str | None], Any]) -> Any:
    """Do the work, for the reason that was posted; without one, a role that must state it is asked."""
    posted = request.method == "POST"
    try:
        return work(request.form.get("reason", "") if posted else None)
    except Invalid as error:
        if "reason" not in error.errors:
            raise
        return ask_reason(request.path, back, error.errors if posted else {}), 422 if posted else 200


def _shown(attachment_id: UUID, reason: str | None) -> Any:
    try:
        view, picture = show_attachment(current_actor(), attachment_id, reason=reason)
    except Conflict as error:
        return _instead(attachment_id, reason, error)
    return _page(view, reason, picture=base64.b64encode(picture).decode())


def _copied(attachment_id: UUID, reason: str | None) -> Any:
    try:
        return sent(download_attachment(current_actor(), attachment_id, copy=True, reason=reason))
    except Conflict as error:
        return _instead(attachment_id, reason, error)


def _instead(attachment_id: UUID, reason: str | None, error: Conflict) -> Any:
    view = read_attachment(current_actor(), attachment_id, reason=reason)
    return _page(view, reason, problem=error.message), status_of(error)


def _not_removed(attachment_id: UUID, error: Invalid | Conflict, typed: str) -> str:
    reason = request.form.get("reason", "")
    view = read_attachment(current_actor(), attachment_id, reason=reason)
    found = error.errors.get("reason", (error.message,)) if isinstance(error, Invalid) else (error.message,)
    return _page(view, reason, errors={"why": found}, typed=typed)


def _place(attachment_id: UUID) -> str:
    return url_for("attachments.read", attachment_id=attachment_id)


def _form(case_id: UUID, errors: Mapping[str, Any], key: str) -> str:
    return render_template(
        "attachments/new.html",
        case=attachable(current_actor(), case_id),
        errors=errors,
        note=request.form.get("note", ""),
        request_key=key,
        allowed=term(ALLOWED),
        endings=",".join(f".{kind.extension}" for kind in KINDS),
        most=min(max(kind.most for kind in KINDS), current_app.extensions["benan.settings"].attachment_limit),
    )


def _page(
    view: AttachmentView,
    reason: str | None,
    *,
    picture: str = "",
    problem: Message | None = None,
    errors: Mapping[str, Any] | None = None,
    typed: str = "",
) -> str:
    return render_template(
        "attachments/read.html",
        view=view,
        reason=reason,
        picture=picture,
        problem=problem,
        errors=errors or {},
        typed=typed,
    )
