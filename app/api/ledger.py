"""The ledger for the one who audits: who did, or was refused, what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.api.blueprint import Blueprint
from app.authentication import current_actor
from app.paging import Page
from app.schemas.ledger import EntryPageOut
from app.schemas.queries import PageQuery
from app.services.audit import list_case_entries, list_entries

blueprint = Blueprint("ledger", "Who did what, and was refused what.")


@blueprint.route("/ledger")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, EntryPageOut)
def get_ledger(query: dict[str, Any]) -> Page[Any]:
    """What the people of the unit did, newest first."""
    return list_entries(current_actor(), **query)


@blueprint.route("/cases/<uuid:case_id>/ledger")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, EntryPageOut)
def get_case_ledger(query: dict[str, Any], case_id: UUID) -> Page[Any]:
    """Everything anybody did, or was refused, on a case; newest first."""
    _, page = list_case_entries(current_actor(), case_id, **query)
    return page
