"""Sealed sections of a case: open one to read, write the next version, settle two versions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.authentication import current_actor
from app.catalogue.intake import READ_REASONS
from app.domain.errors import Conflict, Forbidden, Invalid, SubjectKind
from app.domain.permissions import Permission
from app.schemas.fields import fields_schema
from app.schemas.loading import load
from app.schemas.warnings import warnings
from app.services.sections import SectionView, read_section, write_section
from app.web.comparing import compare
from app.web.forms import decode

blueprint = Blueprint("sections", __name__, url_prefix="/cases/<uuid:case_id>/sections/<section_id>")


@blueprint.get("")
def read(case_id: UUID, section_id: str) -> Any:
    """One opened section; a role that must say why is asked first."""
    actor = current_actor()
    try:
        view = read_section(actor, case_id, section_id)
    except Invalid:
        return _ask_reason(case_id, section_id, {})
    return render_template("sections/read.html", view=view)


@blueprint.post("/opening")
def open_with_reason(case_id: UUID, section_id: str) -> Any:
    """One opened section, for a stated reason."""
    try:
        view = read_section(current_actor(), case_id, section_id, reason=request.form.get("reason") or None)
    except Invalid as error:
        return _ask_reason(case_id, section_id, error.errors), 422
    return render_template("sections/read.html", view=view)


@blueprint.get("/edit")
def edit(case_id: UUID, section_id: str) -> str:
    """The form of a section with what is stored."""
    view = _editable(case_id, section_id)
    return _form(view, view.values, {}, view.version)


@blueprint.post("/edit")
def save(case_id: UUID, section_id: str) -> Any:
    """Save the next version, or give everything typed back with what stands in its way."""
    view = _editable(case_id, section_id)
    fields = view.section.fields
    typed = decode(fields, request.form)
    if row_asked(request.form):
        return _form(view, with_row_change(fields, typed, request.form), {}, typed_version())
    try:
        values = load(fields_schema(fields), typed)
        write_section(current_actor(), case_id, section_id, values, version=typed_version())
    except Invalid as error:
        return _form(view, typed, error.errors, typed_version()), 422
    except Conflict as conflict:
        return _settle(_editable(case_id, section_id), typed, conflict), 409
    flash(gettext("Saved."), "success")
    return redirect(url_for("sections.read", case_id=case_id, section_id=section_id))
