"""How long a case is kept: its last day, a legal hold, and its erasing by two persons."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.api.blueprint import Blueprint
from app.api.paths import CREATED, ETAG, tagged
from app.authentication import current_actor
from app.paging import Page
from app.presentation import translate
from app.schemas.keeping import (
    ErasureDecisionIn,
    ErasureIn,
    ErasureOut,
    HoldIn,
    KeepingOut,
    KeptCaseOut,
    TermIn,
    WaitingErasurePageOut,
)
from app.schemas.queries import ChangeHeaders
from app.services.erasure import decide_erasure, list_waiting_erasures, request_erasure
from app.services.keeping import lift_hold, put_hold, read_keeping, set_term

blueprint = Blueprint("erasure", "How long cases are kept, and how they are erased.")


@blueprint.route("/cases/<uuid:case_id>/keeping")
@blueprint.response(200, KeepingOut, headers=ETAG)
def get_keeping(case_id: UUID) -> Any:
    """Until when the case is kept, whether it is held, and what forbids erasing it."""
    view = read_keeping(current_actor(), case_id)
    shown = {
        "case": view.case,
        "term_ground": view.term_ground,
        "hold_ground": view.hold_ground,
        "erasures": [row.erasure for row in view.erasures],
        "obstacles": [translate(message) for message in view.obstacles],
    }
    return shown, tagged(view.case.version)


@blueprint.route("/cases/<uuid:case_id>/keeping/term", methods=["PUT"])
@blueprint.arguments(ChangeHeaders, location="headers")
@blueprint.arguments(TermIn)
@blueprint.response(200, KeptCaseOut, headers=ETAG)
def put_term(headers: dict[str, Any], entries: dict[str, Any], case_id: UUID) -> Any:
    """Decide the last day of keeping of a closed case; `If-Match` holds the case's version."""
    case = set_term(current_actor(), case_id, **entries, **headers)
    return case, tagged(case.version)


@blueprint.route("/cases/<uuid:case_id>/keeping/hold", methods=["PUT"])
@blueprint.arguments(ChangeHeaders, location="headers")
@blueprint.arguments(HoldIn)
@blueprint.response(200, KeptCaseOut, headers=ETAG)
def hold(headers: dict[str, Any], entries: dict[str, Any], case_id: UUID) -> Any:
    """Put a legal hold on the case."""
    case = put_hold(current_actor(), case_id, **entries, **headers)
    return case, tagged(case.version)


@blueprint.route("/cases/<uuid:case_id>/keeping/hold", methods=["DELETE"])
@blueprint.arguments(ChangeHeaders, location="headers")
@blueprint.response(200, KeptCaseOut, headers=ETAG)
def unhold(headers: dict[str, Any], case_id: UUID) -> Any:
    """Lift the legal hold."""
    case = lift_hold(current_actor(), case_id, **headers)
    return case, tagged(case.version)


@blueprint.route("/cases/<uuid:case_id>/erasures", methods=["POST"])
@blueprint.arguments(ChangeHeaders, location="headers")
@blueprint.arguments(ErasureIn)
@blueprint.response(201, ErasureOut, headers=CREATED)
def ask(headers: dict[str, Any], entries: dict[str, Any], case_id: UUID) -> Any:
    """Ask for the case to be erased; another supervisor decides. `If-Match` holds the case's version."""
    erasure = request_erasure(current_actor(), case_id, **entries, **headers)
    return erasure, tagged(erasure.version, "/erasures")


@blueprint.route("/erasures")
@blueprint.response(200, WaitingErasurePageOut)
def get_erasures() -> Page[Any]:
    """Requests of the unit that wait for a second person, oldest first."""
    waiting = list_waiting_erasures(current_actor())
    names = ("erasure", "case", "ground", "requested_by")
    shown = [
        {**{name: getattr(one, name) for name in names}, "obstacles": [translate(m) for m in one.obstacles]}
        for one in waiting
    ]
    return Page(tuple(shown), None)


@blueprint.route("/erasures/<uuid:erasure_id>/decision", methods=["POST"])
@blueprint.arguments(ErasureDecisionIn)
@blueprint.response(200, ErasureOut, headers=ETAG)
@blueprint.alt_response(409, "CONFLICT")
def decide(entries: dict[str, Any], erasure_id: UUID) -> Any:
    """Approve or refuse, once; never the person who asked. Approved, nobody can open the case any more."""
    erasure, _ = decide_erasure(current_actor(), erasure_id, **entries)
    return erasure, tagged(erasure.version)
