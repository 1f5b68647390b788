"""Steps of a case: what one still needs, taking it, and the second person's decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from app.authentication import current_actor
from app.catalogue.procedures import procedure
from app.domain.actor import Actor
from app.domain.errors import Conflict, Invalid
from app.domain.permissions import Permission
from app.domain.procedure import Deadline, Procedure, TermUnit
from app.domain.text import Message
from app.presentation import status_of
from app.schemas.cases import DecisionIn, MoveIn
from app.schemas.loading import load
from app.services.cases import read_case
from app.services.moves import MoveCheck, check_case_move, decide_move, list_waiting_moves, move_case
from app.services.reasons import list_reasons
from app.web.forms import stored_day, version

blueprint = Blueprint("moves", __name__)

TYPED = ("event_on", "reason")
DECISIONS = {"approve": True, "refuse": False}
Missing = Sequence[tuple[Message, str | None]]


@blueprint.app_template_filter("span")
def span(deadline: Deadline) -> str:
    """How long a term is, in words: "3 calendar days"."""
    number = deadline.amount
    match deadline.unit:
        case TermUnit.IMMEDIATE:
            return str(gettext("at once"))
        case TermUnit.HOUR:
            return str(ngettext("%(num)s hour", "%(num)s hours", number))
        case TermUnit.CALENDAR_DAY:
            return str(ngettext("%(num)s calendar day", "%(num)s calendar days", number))
        case TermUnit.WORKING_DAY:
            return str(ngettext("%(num)s working day", "%(num)s working days", number))
        case TermUnit.MONTH:
            return str(ngettext("%(num)s month", "%(num)s months", number))


@blueprint.get("/cases/<uuid:case_id>/moves/<track_id>/<to>")
def check(case_id: UUID, track_id: str, to: str) -> str:
    """Everything a step still needs, each with the way to mend it, and the form to take it."""
    found = check_case_move(current_actor(), case_id, track_id, to)
    return _page(found, track_id, {}, {})


@blueprint.post("/cases/<uuid:case_id>/moves/<track_id>/<to>")
def move(case_id: UUID, track_id: str, to: str) -> Any:
    """Take the step, or ask a second person for it."""
    actor, form = current_actor(), request.form
    asked = {"track": track_id, "to": to, "event_on": stored_day(form.get("event_on", "").strip())}
    try:
        step = load(MoveIn(), {**asked, "reason": form.get("reason", "")})
        if earlier := _looks_back(actor, case_id, track_id, step, form):
            return _page(check_case_move(actor, case_id, track_id, to), track_id, form, {}, earlier), 422
        done = move_case(actor, case_id, track_id, to, version=version(form), **_details(step))
    except (Invalid, Conflict) as error:
        found = check_case_move(actor, case_id, track_id, to)
        return _page(found, track_id, form, _errors(error, found)), status_of(error)
    said = gettext("Asked: a second person now decides.") if done.approval else gettext("The step is taken.")
    flash(said, "success")
    return redirect(url_for("cases.read", case_id=case_id))


@blueprint.get("/cases/<uuid:case_id>/reasons")
def reasons(case_id: UUID) -> str:
    """What was written for the others: reasons of steps, decisions and refusals."""
    case, found = list_reasons(current_actor(), case_id)
    return render_template("moves/reasons.html", case=case, reasons=found)


@blueprint.get("/approvals")
def list_approvals() -> str:
    """Steps of the unit's files that wait for a second person."""
    return _approvals({}, None)


@blueprint.post("/approvals/<uuid:approval_id>")
def decide(approval_id: UUID) -> Any:
    """Approve a waiting step, or refuse it with a reason."""
    approved = DECISIONS.get(request.form.get("decision", ""))
    try:
        answer = load(DecisionIn(), {"approved": approved, "reason": request.form.get("reason", "")})
        decide_move(current_actor(), approval_id, approved=answer["approved"], reason=answer.get("reason"))
    except (Invalid, Conflict) as error:
        return _approvals(_errors(error, None), approval_id), status_of(error)
    flash(gettext("Approved; the step is taken.") if approved else gettext("Refused."), "success")
    return redirect(url_for("moves.list_approvals"))


def _details(step: Mapping[str, Any]) -> dict[str, Any]:
    return {name: step.get(name) for name in TYPED}


def _page(
    found: MoveCheck,
    track_id: str,
    typed: Mapping[str, str],
    errors: Mapping[str, Sequence[Message]],
    earlier: date | None = None,
) -> str:
    return render_template(
        "moves/move.html",
        found=found,
        track_id=track_id,
        target=_procedure(found).track(track_id).stage(found.move.to),
        missing=_mended(found),
        typed={name: typed.get(name, "") for name in TYPED},
        errors=errors,
        earlier=earlier,
    )


def _looks_back(
    actor: Actor, case_id: UUID, track_id: str, step: Mapping[str, Any], form: Mapping[str, str]
) -> date | None:
    """The day of the present stage's event when the typed day lies before it and was not confirmed yet."""
    day = step.get("event_on")
    if day is None or form.get("confirmed_day") == form.get("event_on"):
        return None
    here = [p.stay.event_on for p in read_case(actor, case_id).places if p.track.id == track_id]
    return next((since for since in here if day < since), None)


def _approvals(errors: Mapping[str, Sequence[Message]], asked: UUID | None) -> str:
    waiting = list_waiting_moves(current_actor())
    targets = {
        w.approval.id: procedure(w.case.procedure_id, w.case.procedure_version)
        .track(w.approval.track_id)
        .stage(w.approval.to_stage)
        for w in waiting
    }
    return render_template(
        "moves/approvals.html",
        waiting=waiting,
        targets=targets,
        errors=errors,
        asked=asked,
        typed=request.form.get("reason", ""),
    )


def _errors(error: Invalid | Conflict, found: MoveCheck | None) -> dict[str, Sequence[Message]]:
    """The error's messages; what the page lists as missing anyway is not said twice."""
    if isinstance(error, Conflict):
        return {"form": (error.message,)}
    listed = found.missing if found else {}
    return {path: messages for path, messages in error.errors.items() if path not in listed}


def _mended(found: MoveCheck) -> Missing:
    """Each obstacle with the page that mends it; None when the sentence alone has to do."""
    return [
        (message, _remedy(found, path)) for path, messages in found.missing.items() for message in messages
    ]


def _remedy(found: MoveCheck, path: str) -> str | None:
    head, _, tail = path.partition(".")
    case_id, actor = found.case.id, current_actor()
    if head == "documents":
        drafts_it = actor.can(Permission.DOCUMENT_CREATE) and tail in found.stage.documents
        return url_for("documents.new", case_id=case_id, type_id=tail) if drafts_it else None
    if head in {section.id for section in _procedure(found).sections}:
        page = "sections.edit" if actor.can(Permission.SECTION_WRITE) else "sections.read"
        return url_for(page, case_id=case_id, section_id=head, _anchor=f"f-{tail}")
    return url_for("cases.read", case_id=case_id, _anchor="sections")


def _procedure(found: MoveCheck) -> Procedure:
    return procedure(found.case.procedure_id, found.case.procedure_version)
