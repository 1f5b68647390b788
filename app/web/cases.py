"""Cases: the list by what is due, one case's page, and who works on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.authentication import current_actor
from app.catalogue.documents import DOCUMENTS
from app.domain.actor import Actor
from app.domain.errors import Conflict, Invalid
from app.domain.permissions import Permission
from app.domain.procedure import Phase
from app.domain.text import N_
from app.schemas.cases import AssignmentIn
from app.schemas.loading import load
from app.services.assignments import assign_case, assignable_officers, end_assignment
from app.services.cases import CaseView, Show, list_cases, read_case
from app.services.sections import SYSTEM_SECTIONS
from app.web.forms import version

blueprint = Blueprint("cases", __name__, url_prefix="/cases")

PHASES: tuple[tuple[Phase, str], ...] = (
    (Phase.RECEIPT, N_("Receipt")),
    (Phase.VERIFICATION, N_("Verification")),
    (Phase.SUPPORT, N_("Support")),
    (Phase.TRANSFER, N_("Transfer")),
)
"""The line every user knows, in its order; a closed track stands behind its end."""

PHASE_WORDS = {**{phase.value: word for phase, word in PHASES}, Phase.CLOSED.value: N_("Closed")}


@blueprint.app_template_filter("phase")
def phase_word(phase: Phase) -> str:
    """The name of a phase in the reader's language."""
    return str(gettext(PHASE_WORDS[phase]))


@blueprint.get("/")
def list_open() -> str:
    """The files this account sees; the one that falls due first on top."""
    show = _show()
    page = list_cases(current_actor(), show=show, cursor=request.args.get("cursor"))
    return render_template("cases/list.html", page=page, show=show, shows=tuple(Show))


@blueprint.get("/<uuid:case_id>")
def read(case_id: UUID) -> str:
    """One file: where it stands, what is due, its sections by name, papers and people."""
    actor = current_actor()
    return _page(actor, read_case(actor, case_id), {})


@blueprint.post("/<uuid:case_id>/officers")
def assign(case_id: UUID) -> Any:
    """Put an officer on the file."""
    actor = current_actor()
    try:
        officer = load(AssignmentIn(), {"account_id": request.form.get("account_id", "")})["account_id"]
        assign_case(actor, case_id, officer, version=version(request.form))
    except Invalid as error:
        return _page(actor, read_case(actor, case_id), error.errors), 422
    except Conflict as error:
        return _page(actor, read_case(actor, case_id), {"account_id": (error.message,)}), 409
    flash(gettext("The officer now works on the file."), "success")
    return redirect(url_for("cases.read", case_id=case_id, _anchor="officers"))


@blueprint.post("/<uuid:case_id>/officers/<uuid:account_id>/end")
def unassign(case_id: UUID, account_id: UUID) -> Any:
    """Take an officer off the file."""
    actor = current_actor()
    try:
        end_assignment(actor, case_id, account_id, version=version(request.form))
    except Conflict as error:
        return _page(actor, read_case(actor, case_id), {"account_id": (error.message,)}), 409
    flash(gettext("The officer no longer works on the file."), "success")
    return redirect(url_for("cases.read", case_id=case_id, _anchor="officers"))


def offered_documents(view: CaseView) -> tuple[str, ...]:
    """Ids of the document types the case's present stages offer, in catalogue order."""
    offered = {document for place in view.places for document in place.stage.documents}
    return tuple(id_ for id_ in DOCUMENTS if id_ in offered)


def _page(actor: Actor, view: CaseView, errors: Any) -> str:
    may_assign = actor.can(Permission.CASE_ASSIGN) and view.held_here and view.case.closed_at is None
    working = {account.id for _, account in view.officers}
    candidates = [o for o in assignable_officers(actor) if o.id not in working] if may_assign else []
    return render_template(
        "cases/case.html",
        view=view,
        errors=errors,
        phases=PHASES,
        documents=DOCUMENTS,
        offered=offered_documents(view),
        may_assign=may_assign,
        candidates=candidates,
        system_sections=SYSTEM_SECTIONS,
    )


def _show() -> Show:
    try:
        return Show(request.args.get("show", Show.OPEN))
    except ValueError:
        return Show.OPEN
