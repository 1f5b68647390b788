"""The ledger for the one who audits: who did, or was refused, what; its checkpoints, and proofs from it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.api.blueprint import Blueprint
from app.authentication import current_actor
from app.paging import Page
from app.schemas.ledger import EntryPageOut
from app.schemas.proofs import (
    CheckpointOut,
    CheckpointQuery,
    ConsistencyOut,
    ConsistencyQuery,
    InclusionOut,
    InclusionQuery,
)
from app.schemas.queries import PageQuery
from app.services.audit import list_case_entries, list_entries
from app.services.proofs import prove_entry, prove_growth, read_checkpoint

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


@blueprint.route("/ledger/checkpoint")
@blueprint.arguments(CheckpointQuery, location="query")
@blueprint.response(200, CheckpointOut)
def get_checkpoint(query: dict[str, Any]) -> Any:
    """The newest signed checkpoint, or that of a size."""
    return read_checkpoint(current_actor(), **query)


@blueprint.route("/ledger/proofs/inclusion")
@blueprint.arguments(InclusionQuery, location="query")
@blueprint.response(200, InclusionOut)
def get_inclusion(query: dict[str, Any]) -> Any:
    """Proof that an entry of the unit's own people is in the log."""
    return prove_entry(current_actor(), **query).plain()


@blueprint.route("/ledger/proofs/consistency")
@blueprint.arguments(ConsistencyQuery, location="query")
@blueprint.response(200, ConsistencyOut)
def get_consistency(query: dict[str, Any]) -> Any:
    """Proof that nothing was changed between two checkpoints: the newer log begins with the older."""
    return prove_growth(current_actor(), **query).plain()
