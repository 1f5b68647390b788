"""Moves: ask what a step still needs, take it, and decide one as the second person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.api.blueprint import Blueprint
from app.api.paths import ETAG, tagged
from app.authentication import current_actor
from app.paging import Page
from app.presentation import translate
from app.schemas.cases import (
    DecisionIn,
    MoveCheckOut,
    MoveIn,
    MoveResultOut,
    ReasonPageOut,
    WaitingMovePageOut,
)
from app.schemas.queries import ChangeHeaders
from app.services.moves import check_case_move, decide_move, list_waiting_moves, move_case
from app.services.reasons import list_reasons

blueprint = Blueprint("moves", "Steps from stage to stage, and the second person's decision.")


@blueprint.route("/cases/<uuid:case_id>/moves/<id:track_id>/<id:to>")
@blueprint.response(200, MoveCheckOut, headers=ETAG)
def check_move(case_id: UUID, track_id: str, to: str) -> Any:
    """What the step still needs; nothing missing means the gate is open."""
    check = check_case_move(current_actor(), case_id, track_id, to)
    shown = {
        "case_id": check.case.id,
        "version": check.case.version,
        "stage": check.stage,
        "move": check.move,
        "missing": {path: [translate(m) for m in messages] for path, messages in check.missing.items()},
    }
    return shown, tagged(check.case.version)


@blueprint.route("/cases/<uuid:case_id>/moves", methods=["POST"])
@blueprint.arguments(ChangeHeaders, location="headers")
@blueprint.arguments(MoveIn)
@blueprint.response(200, MoveResultOut, headers=ETAG)
@blueprint.alt_response(202, schema=MoveResultOut, headers=ETAG, description="Waits for a second person")
def move(headers: dict[str, Any], entries: dict[str, Any], case_id: UUID) -> Any:
    """Take a step, or ask a second person for it."""
    track_id, to = entries.pop("track"), entries.pop("to")
    result = move_case(current_actor(), case_id, track_id, to, **entries, **headers)
    return result, 202 if result.approval else 200, tagged(result.case.version)


@blueprint.route("/cases/<uuid:case_id>/reasons")
@blueprint.response(200, ReasonPageOut)
def get_reasons(case_id: UUID) -> Page[Any]:
    """What was written for the others: reasons of steps, decisions and refusals; each opening is an entry."""
    _, found = list_reasons(current_actor(), case_id)
    return Page(found, None)


@blueprint.route("/approvals")
@blueprint.response(200, WaitingMovePageOut)
def get_approvals() -> Page[Any]:
    """Steps of the unit's cases that wait for a second person, oldest first."""
    return Page(list_waiting_moves(current_actor()), None)


@blueprint.route("/approvals/<uuid:approval_id>/decision", methods=["POST"])
@blueprint.arguments(DecisionIn)
@blueprint.response(200, MoveResultOut, headers=ETAG)
@blueprint.alt_response(409, "CONFLICT")
def decide(entries: dict[str, Any], approval_id: UUID) -> Any:
    """Approve or refuse, once; never the person who asked. Decided or overtaken requests answer 409."""
    result = decide_move(current_actor(), approval_id, **entries)
    return result, tagged(result.case.version)
