"""Sections of a case: open one, save its next version."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.api.blueprint import Blueprint
from app.api.paths import ETAG, tagged
from app.authentication import current_actor
from app.schemas.fields import fields_schema
from app.schemas.loading import load
from app.schemas.queries import ChangeHeaders, ReasonQuery
from app.schemas.searching import Noticed, WrittenSectionOut
from app.schemas.sections import SectionOut, ValuesIn
from app.services.same_person import matches_of_section
from app.services.sections import read_section, section_to_write, write_section

blueprint = Blueprint("sections", "Sealed sections; each opening is recorded.")


@blueprint.route("/cases/<uuid:case_id>/sections/<id:section_id>")
@blueprint.arguments(ReasonQuery, location="query")
@blueprint.response(200, SectionOut, headers=ETAG)
def get_section(query: dict[str, Any], case_id: UUID, section_id: str) -> Any:
    """Open one section; version 0 when nothing was written yet."""
    view = read_section(current_actor(), case_id, section_id, **query)
    return view, tagged(view.version)


@blueprint.route("/cases/<uuid:case_id>/sections/<id:section_id>", methods=["PUT"])
@blueprint.arguments(ChangeHeaders, location="headers")
@blueprint.arguments(ValuesIn)
@blueprint.response(200, WrittenSectionOut, headers=ETAG)
def put_section(headers: dict[str, Any], entries: dict[str, Any], case_id: UUID, section_id: str) -> Any:
    """Save the whole section anew.

    Send `If-Match: "0"` for its first version.
    """
    section = section_to_write(current_actor(), case_id, section_id).section
    values = load(fields_schema(section.fields), entries["values"])
    view = write_section(current_actor(), case_id, section_id, values, **headers)
    matches = matches_of_section(current_actor(), case_id, section_id, values)
    return Noticed(view, matches), tagged(view.version)
