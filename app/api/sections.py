"""Sections of a case: open one, save its next version."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.api.blueprint import Blueprint
from app.api.paths import ETAG, tagged
from app.authentication import current_actor
from app.domain.procedure import Field
from app.schemas.fields import fields_schema
from app.schemas.loading import load
from app.schemas.queries import ChangeHeaders, ReasonQuery
from app.schemas.sections import SectionOut, ValuesIn
from app.services.cases import read_case
from app.services.sections import read_section, write_section

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
@blueprint.response(200, SectionOut, headers=ETAG)
def put_section(headers: dict[str, Any], entries: dict[str, Any], case_id: UUID, section_id: str) -> Any:
    """Save the whole section anew.

    Send `If-Match: "0"` for its first version. The token needs `case:read` besides `section:write`.
    """
    fields = _fields(case_id, section_id)
    values = load(fields_schema(fields), entries["values"]) if fields else {}
    view = write_section(current_actor(), case_id, section_id, values, **headers)
    return view, tagged(view.version)


def _fields(case_id: UUID, section_id: str) -> tuple[Field, ...]:
    """The questions of a section in the case's own procedure; none for a section that is not there."""
    lines = read_case(current_actor(), case_id).sections
    return next((line.section.fields for line in lines if line.section.id == section_id), ())
