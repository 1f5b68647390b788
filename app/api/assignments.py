"""Who works on a case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.api.blueprint import Blueprint
from app.api.paths import ETAG, tagged
from app.authentication import current_actor
from app.paging import Page
from app.schemas.cases import AssignmentIn, ChangedCaseOut, OfficerPageOut
from app.schemas.queries import ChangeHeaders
from app.services.assignments import assign_case, assignable_officers, end_assignment

blueprint = Blueprint("assignments", "Officers and the cases they work on.")


@blueprint.route("/officers")
@blueprint.response(200, OfficerPageOut)
def get_officers() -> Page[Any]:
    """The officers of the unit who can be put on a case."""
    return Page(assignable_officers(current_actor()), None)


@blueprint.route("/cases/<uuid:case_id>/assignments", methods=["POST"])
@blueprint.arguments(ChangeHeaders, location="headers")
@blueprint.arguments(AssignmentIn)
@blueprint.response(200, ChangedCaseOut, headers=ETAG)
def assign(headers: dict[str, Any], entries: dict[str, Any], case_id: UUID) -> Any:
    """Put an officer on a case."""
    case = assign_case(current_actor(), case_id, **entries, **headers)
    return case, tagged(case.version)


@blueprint.route("/cases/<uuid:case_id>/assignments/<uuid:account_id>", methods=["DELETE"])
@blueprint.arguments(ChangeHeaders, location="headers")
@blueprint.response(200, ChangedCaseOut, headers=ETAG)
def unassign(headers: dict[str, Any], case_id: UUID, account_id: UUID) -> Any:
    """Take an officer off a case."""
    case = end_assignment(current_actor(), case_id, account_id, **headers)
    return case, tagged(case.version)
