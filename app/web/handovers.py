"""Handovers: offer a case to another unit, and the receiver's answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.authentication import current_actor
from app.catalogue.documents import DOCUMENTS
from app.domain.document import DocumentState
from app.domain.errors import BenAnError, Conflict, Invalid
from app.domain.states import HandoverState
from app.domain.text import N_
from app.presentation import status_of
from app.schemas.handovers import HandoverIn, RefusalIn
from app.schemas.loading import load
from app.services.cases import CaseView, read_case
from app.services.handovers import (
    confirm_handover,
    list_handovers,
    offer_handover,
    read_handover,
    receiving_units,
    refuse_handover,
    withdraw_handover,
)
from app.web.forms import request_key, version

blueprint = Blueprint("handovers", __name__)

STATE_WORDS: Mapping[str, str] = {
    HandoverState.OFFERED.value: N_("Waits for the receiver"),
    HandoverState.CONFIRMED.value: N_("Confirmed"),
    HandoverState.REFUSED.value: N_("Refused"),
    HandoverState.WITHDRAWN.value: N_("Withdrawn"),
}


@blueprint.app_template_filter("handover_state")
def state_word(state: str) -> str:
    """The state of a handover in the reader's language."""
    return str(gettext(STATE_WORDS[state]))


@blueprint.get("/handovers")
def list_all() -> str:
    """Handovers the unit gives or receives, newest first."""
    actor = current_actor()
    page = list_handovers(actor, cursor=request.args.get("cursor"))
    return render_template("handovers/list.html", page=page, unit_id=actor.unit_id)


@blueprint.get("/cases/<uuid:case_id>/handovers/new")
def new(case_id: UUID) -> str:
    """Choose the receiver, and see exactly what goes over."""
    return _offer_form(case_id, {}, request_key())


@blueprint.post("/cases/<uuid:case_id>/handovers/new")
def offer(case_id: UUID) -> Any:
    """Offer the case to the chosen unit."""
    key = request.form.get("request_key") or request_key()
    try:
        unit_id = load(HandoverIn(), {"to_unit_id": request.form.get("to_unit_id", "")})["to_unit_id"]
        handover = offer_handover(
            current_actor(), case_id, unit_id, version=version(request.form), request_key=key
        )
    except Invalid as error:
        return _offer_form(case_id, error.errors, key), 422
    except Conflict as conflict:
        return _offer_form(case_id, {"form": (conflict.message,)}, key), 409
    flash(gettext("Offered; you stay responsible until the receiver confirms."), "success")
    return redirect(url_for("handovers.read", handover_id=handover.id))


@blueprint.get("/handovers/<uuid:handover_id>")
def read(handover_id: UUID) -> str:
    """One handover: what goes over, from whom, to whom, and the answer."""
    return _page(handover_id, {})


@blueprint.post("/handovers/<uuid:handover_id>/confirm")
def confirm(handover_id: UUID) -> Any:
    """The receiver confirms."""
    try:
        confirm_handover(current_actor(), handover_id, version=version(request.form))
    except (Invalid, Conflict) as error:
        return _refused(handover_id, error)
    flash(gettext("Received. The handed-over sections are now open to your unit."), "success")
    return redirect(url_for("handovers.read", handover_id=handover_id))


@blueprint.post("/handovers/<uuid:handover_id>/refuse")
def refuse(handover_id: UUID) -> Any:
    """The receiver refuses, with a reason."""
    try:
        reason = load(RefusalIn(), {"reason": request.form.get("reason", "")})["reason"]
        refuse_handover(current_actor(), handover_id, reason, version=version(request.form))
    except (Invalid, Conflict) as error:
        return _refused(handover_id, error)
    flash(gettext("Refused; the giver sees your reason."), "success")
    return redirect(url_for("handovers.read", handover_id=handover_id))


@blueprint.post("/handovers/<uuid:handover_id>/withdraw")
def withdraw(handover_id: UUID) -> Any:
    """The giver takes the offer back."""
    try:
        withdraw_handover(current_actor(), handover_id, version=version(request.form))
    except (Invalid, Conflict) as error:
        return _refused(handover_id, error)
    flash(gettext("The offer is taken back."), "success")
    return redirect(url_for("handovers.read", handover_id=handover_id))


def _offer_form(case_id: UUID, errors: Mapping[str, Any], key: str) -> str:
    actor = current_actor()
    units = receiving_units(actor)
    view = read_case(actor, case_id)
    return render_template(
        "handovers/offer.html",
        view=view,
        units=units,
        papers=_papers(view),
        sections=[view.procedure.section(s) for s in view.procedure.handover.sections],
        errors=errors,
        chosen=request.form.get("to_unit_id", ""),
        request_key=key,
        in_place=any(
            p.track.id == view.procedure.handover.track and p.stage.id == view.procedure.handover.stage
            for p in view.places
        ),
        stage=view.procedure.track(view.procedure.handover.track).stage(view.procedure.handover.stage),
    )


def _papers(view: CaseView) -> list[tuple[Any, Any]]:
    """Each paper the rule asks for, with the latest issued one; None when it is still missing."""
    issued = {d.type_id: d for d in view.documents if d.state == DocumentState.ISSUED}
    return [(DOCUMENTS[id_], issued.get(id_)) for id_ in view.procedure.handover.documents]


def _page(handover_id: UUID, errors: Mapping[str, Any]) -> str:
    actor = current_actor()
    return render_template(
        "handovers/read.html",
        view=read_handover(actor, handover_id),
        unit_id=actor.unit_id,
        documents=DOCUMENTS,
        errors=errors,
        typed=request.form.get("reason", ""),
    )


def _refused(handover_id: UUID, error: BenAnError) -> Any:
    errors = error.errors if isinstance(error, Invalid) else {"form": (error.message,)}
    return _page(handover_id, errors), status_of(error)
