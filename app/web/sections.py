"""Sealed sections of a case: open one to read, write the next version, settle two versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.authentication import current_actor
from app.domain.errors import Conflict, Invalid
from app.schemas.fields import fields_schema
from app.schemas.loading import load
from app.schemas.warnings import warnings
from app.services.same_person import matches_of_section
from app.services.sections import (
    BlankSection,
    SectionView,
    edit_section,
    read_section,
    section_to_write,
    write_section,
)
from app.web.comparing import compare
from app.web.forms import Values, decode, edited_rows, labels, version
from app.web.reasons import ask_reason
from app.web.searching import tell

blueprint = Blueprint("sections", __name__, url_prefix="/cases/<uuid:case_id>/sections/<section_id>")


@blueprint.get("")
def read(case_id: UUID, section_id: str) -> str:
    """One opened section; a role that must say why is asked first."""
    try:
        view = read_section(current_actor(), case_id, section_id)
    except Invalid:
        return _ask_reason(case_id, section_id, {})
    return _reading(view)


@blueprint.post("")
def read_for_reason(case_id: UUID, section_id: str) -> Any:
    """One opened section, for a stated reason; the reason stays out of the address."""
    try:
        view = read_section(current_actor(), case_id, section_id, reason=request.form.get("reason", ""))
    except Invalid as error:
        return _ask_reason(case_id, section_id, error.errors), 422
    return _reading(view)


@blueprint.get("/edit")
def edit(case_id: UUID, section_id: str) -> str:
    """The form of a section with what is stored."""
    view = edit_section(current_actor(), case_id, section_id)
    return _form(view, dict(view.values), view.version)


@blueprint.post("/edit")
def save(case_id: UUID, section_id: str) -> Any:
    """Save the next version, or give everything typed back with what stands in its way."""
    blank = section_to_write(current_actor(), case_id, section_id)
    values = typed = decode(blank.section.fields, request.form)
    seen = version(request.form)
    if edited_rows(request.form, typed):
        return _form(blank, typed, seen)
    try:
        values = load(fields_schema(blank.section.fields), typed)
        write_section(current_actor(), case_id, section_id, values, version=seen)
    except Invalid as error:
        return _form(blank, typed, seen, error.errors), 422
    except Conflict:
        return _settle(edit_section(current_actor(), case_id, section_id), typed, values), 409
    return _saved(case_id, section_id, values)


def _saved(case_id: UUID, section_id: str, values: Values) -> Response:
    flash(gettext("Saved."), "success")
    tell(matches_of_section(current_actor(), case_id, section_id, values))
    return redirect(url_for("sections.read", case_id=case_id, section_id=section_id))  # type: ignore[return-value]


def _ask_reason(case_id: UUID, section_id: str, errors: Mapping[str, Any]) -> str:
    action = url_for("sections.read_for_reason", case_id=case_id, section_id=section_id)
    return ask_reason(action, url_for("cases.read", case_id=case_id), errors)


def _reading(view: SectionView) -> str:
    return render_template(
        "sections/read.html", view=view, warnings=warnings(view.section.fields, view.values)
    )


def _form(
    view: BlankSection | SectionView, values: Values, seen: int, errors: Mapping[str, Any] | None = None
) -> str:
    return render_template(
        "sections/edit.html",
        case=view.case,
        section=view.section,
        values=values,
        version=seen,
        errors=errors or {},
        warnings=warnings(view.section.fields, values),
        labels=labels(view.section.fields),
    )


def _settle(view: SectionView, typed: Values, checked: Values) -> str:
    fields = view.section.fields
    return render_template(
        "sections/conflict.html",
        view=view,
        values=typed,
        version=view.version,
        differences=compare(fields, view.values, checked),
    )
