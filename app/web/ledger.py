"""The access log: who looked at what, of one case and of the unit; and the checkpoint to keep on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request

from app.authentication import current_actor
from app.catalogue.procedures import procedure
from app.paging import Page
from app.services.audit import EntryView, list_case_entries, list_entries
from app.services.proofs import print_checkpoint, read_checkpoint
from app.web.ledger_sentences import is_refusal, sentence

blueprint = Blueprint("ledger", __name__)


@blueprint.get("/ledger")
def list_all() -> str:
    """What the people of the unit did."""
    page = list_entries(current_actor(), cursor=request.args.get("cursor"))
    return _log(None, page, sentence)


@blueprint.get("/cases/<uuid:case_id>/ledger")
def list_case(case_id: UUID) -> str:
    """Everything anybody did, or was refused, on one case."""
    case, page = list_case_entries(current_actor(), case_id, cursor=request.args.get("cursor"))
    rules = procedure(case.procedure_id, case.procedure_version)
    return _log(case, page, lambda view: sentence(view, rules))


@blueprint.get("/ledger/checkpoint")
def checkpoint() -> str:
    """The newest checkpoint, to be compared with what is kept outside."""
    return render_template("ledger/checkpoint.html", signed=read_checkpoint(current_actor()))


@blueprint.get("/ledger/checkpoint.pdf")
def print_page() -> Response:
    """The newest checkpoint as a page to print."""
    pdf = print_checkpoint(current_actor())
    disposition = 'inline; filename="checkpoint.pdf"'
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": disposition})


def _log(case: Any, page: Page[EntryView], said: Callable[[EntryView], str]) -> str:
    return render_template("ledger/list.html", case=case, page=page, sentence=said, is_refusal=is_refusal)
