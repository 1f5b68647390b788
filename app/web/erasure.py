"""How long a file is kept: term and legal hold, asking for its erasing, and the second person's decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.authentication import current_actor
from app.catalogue.retention import ERASURE_GROUNDS, HOLD_GROUNDS, TERM_GROUNDS
from app.domain.errors import Conflict, Invalid
from app.presentation import status_of
from app.schemas.keeping import ErasureDecisionIn, ErasureIn, HoldIn, TermIn
from app.schemas.loading import load
from app.services.erasure import decide_erasure, list_waiting_erasures, request_erasure
from app.services.keeping import lift_hold, put_hold, read_keeping, set_term
from app.web.forms import stored_day, version

blueprint = Blueprint("erasure", __name__)

DECISIONS = {"approve": "yes", "refuse": "no"}


@blueprint.get("/cases/<uuid:case_id>/keeping")
def read(case_id: UUID) -> str:
    """Until when the file is kept, whether it is held, and what forbids erasing it."""
    return _page(case_id, "", {})


@blueprint.post("/cases/<uuid:case_id>/keeping/term")
def term(case_id: UUID) -> Any:
    """Decide the last day of keeping."""
    typed = {"keep_until": stored_day(request.form.get("keep_until", "").strip()), **_ground()}
    try:
        entries = load(TermIn(), typed)
        set_term(current_actor(), case_id, **entries, version=version(request.form))
    except (Invalid, Conflict) as error:
        return _refused(case_id, "term", error)
    return _done(case_id, gettext("The period of keeping is recorded."))


@blueprint.post("/cases/<uuid:case_id>/keeping/hold")
def hold(case_id: UUID) -> Any:
    """Put a legal hold on the file."""
    try:
        entries = load(HoldIn(), _ground())
        put_hold(current_actor(), case_id, **entries, version=version(request.form))
    except (Invalid, Conflict) as error:
        return _refused(case_id, "hold", error)
    return _done(case_id, gettext("The file is held: it cannot be erased."))


@blueprint.post("/cases/<uuid:case_id>/keeping/hold/end")
def unhold(case_id: UUID) -> Any:
    """Lift the legal hold."""
    try:
        lift_hold(current_actor(), case_id, version=version(request.form))
    except (Invalid, Conflict) as error:
        return _refused(case_id, "hold", error)
    return _done(case_id, gettext("The hold is lifted."))


@blueprint.post("/cases/<uuid:case_id>/keeping/erasure")
def ask(case_id: UUID) -> Any:
    """Ask for the file to be erased."""
    try:
        entries = load(ErasureIn(), _ground())
        request_erasure(current_actor(), case_id, **entries, version=version(request.form))
    except (Invalid, Conflict) as error:
        return _refused(case_id, "erasure", error)
    return _done(case_id, gettext("Asked for. Another supervisor of your unit decides."))


@blueprint.get("/erasures")
def waiting() -> str:
    """Requests of the unit that wait for a second person."""
    return _list({})


@blueprint.post("/erasures/<uuid:erasure_id>")
def decide(erasure_id: UUID) -> Any:
    """Approve or refuse somebody else's request."""
    typed = {"approved": DECISIONS.get(request.form.get("decision", ""), "")}
    try:
        _, case = decide_erasure(current_actor(), erasure_id, **load(ErasureDecisionIn(), typed))
    except (Invalid, Conflict) as error:
        return _list(_errors(error)), status_of(error)
    erased = gettext("The file is erased. Nobody can open it any more.")
    return _done(case.id, erased if case.erased_at else gettext("Refused; the file stays."))


def _ground() -> dict[str, str]:
    return {"ground": request.form.get("ground", "")}


def _done(case_id: UUID, said: str) -> Any:
    flash(said, "success")
    return redirect(url_for("erasure.read", case_id=case_id))


def _refused(case_id: UUID, form: str, error: Invalid | Conflict) -> Any:
    return _page(case_id, form, _errors(error)), status_of(error)


def _errors(error: Invalid | Conflict) -> Mapping[str, Any]:
    return error.errors if isinstance(error, Invalid) else {"form": (error.message,)}


def _page(case_id: UUID, form: str, errors: Mapping[str, Any]) -> str:
    return render_template(
        "keeping/read.html",
        view=read_keeping(current_actor(), case_id),
        errors=errors,
        form=form,
        typed=request.form,
        term_grounds=TERM_GROUNDS,
        hold_grounds=HOLD_GROUNDS,
        erasure_grounds=ERASURE_GROUNDS,
    )


def _list(errors: Mapping[str, Any]) -> str:
    return render_template(
        "keeping/erasures.html", waiting=list_waiting_erasures(current_actor()), errors=errors
    )
