"""The catalogue: which forms, stages, moves, terms and papers there are. Nothing about any case."""

from __future__ import annotations

from typing import Any

from app.api.blueprint import Blueprint
from app.catalogue.documents import DOCUMENTS
from app.catalogue.procedures import PROCEDURES
from app.paging import Page
from app.schemas.procedures import DocumentTypePageOut, ProcedurePageOut

blueprint = Blueprint("procedures", "The catalogue of procedures and papers.")


@blueprint.route("/procedures")
@blueprint.response(200, ProcedurePageOut)
def get_procedures() -> Page[Any]:
    """Every released version of every procedure."""
    return Page(tuple(PROCEDURES.values()), None)


@blueprint.route("/document-types")
@blueprint.response(200, DocumentTypePageOut)
def get_document_types() -> Page[Any]:
    """Every kind of paper, with its form."""
    return Page(tuple(DOCUMENTS.values()), None)
