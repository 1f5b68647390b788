"""Handovers: offer a case to another unit; the receiver confirms or refuses, the giver may withdraw."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.api.blueprint import Blueprint
from app.api.paths import CREATED, ETAG, tagged
from app.authentication import current_actor
from app.paging import Page
from app.schemas.handovers import (
    HandoverIn,
    HandoverOut,
    HandoverPageOut,
    OpenedHandoverOut,
    RefusalIn,
    UnitPageOut,
)
from app.schemas.queries import ChangeHeaders, OfferHeaders, PageQuery
from app.services.handovers import (
    confirm_handover,
    list_handovers,
    offer_handover,
    read_handover,
    receiving_units,
    refuse_handover,
    withdraw_handover,
)

blueprint = Blueprint("handovers", "Cases that pass from one unit to another.")


@blueprint.route("/units")
@blueprint.response(200, UnitPageOut)
def get_units() -> Page[Any]:
    """Every unit a case can be offered to."""
    return Page(receiving_units(current_actor()), None)


@blueprint.route("/cases/<uuid:case_id>/handovers", methods=["POST"])
@blueprint.arguments(OfferHeaders, location="headers")
@blueprint.arguments(HandoverIn)
@blueprint.response(201, HandoverOut, headers=CREATED)
def offer(headers: dict[str, Any], entries: dict[str, Any], case_id: UUID) -> Any:
    """Offer the case; `If-Match` holds the case's version."""
    handover = offer_handover(current_actor(), case_id, **entries, **headers)
    return handover, tagged(handover.version, f"/handovers/{handover.id}")


@blueprint.route("/handovers")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, HandoverPageOut)
def get_handovers(query: dict[str, Any]) -> Page[Any]:
    """Handovers given or received, newest first."""
    return list_handovers(current_actor(), **query)


@blueprint.route("/handovers/<uuid:handover_id>")
@blueprint.response(200, OpenedHandoverOut, headers=ETAG)
def get_handover(handover_id: UUID) -> Any:
    """What goes over, from whom, to whom, and what the receiver said."""
    view = read_handover(current_actor(), handover_id)
    return view, tagged(view.handover.version)


@blueprint.route("/handovers/<uuid:handover_id>/confirmation", methods=["POST"])
@blueprint.arguments(ChangeHeaders, location="headers")
@blueprint.response(200, HandoverOut, headers=ETAG)
def confirm(headers: dict[str, Any], handover_id: UUID) -> Any:
    """The receiver takes the case over."""
    handover = confirm_handover(current_actor(), handover_id, **headers)
    return handover, tagged(handover.version)


@blueprint.route("/handovers/<uuid:handover_id>/refusal", methods=["POST"])
@blueprint.arguments(ChangeHeaders, location="headers")
@blueprint.arguments(RefusalIn)
@blueprint.response(200, HandoverOut, headers=ETAG)
def refuse(headers: dict[str, Any], entries: dict[str, Any], handover_id: UUID) -> Any:
    """The receiver refuses with a reason; the case stays with the giver."""
    handover = refuse_handover(current_actor(), handover_id, **entries, **headers)
    return handover, tagged(handover.version)


@blueprint.route("/handovers/<uuid:handover_id>/withdrawal", methods=["POST"])
@blueprint.arguments(ChangeHeaders, location="headers")
@blueprint.response(200, HandoverOut, headers=ETAG)
def withdraw(headers: dict[str, Any], handover_id: UUID) -> Any:
    """The giver takes an undecided offer back."""
    handover = withdraw_handover(current_actor(), handover_id, **headers)
    return handover, tagged(handover.version)
