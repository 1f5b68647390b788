"""Cases: the list ordered by what is due, and one case without the content of any section."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.api.blueprint import Blueprint
from app.api.paths import ETAG, tagged
from app.authentication import current_actor
from app.paging import Page
from app.schemas.cases import CaseOut, CasePageOut
from app.schemas.queries import CasesQuery
from app.services.cases import Show, list_cases, read_case

blueprint = Blueprint("cases", "Case files, without the content of their sections.")


@blueprint.route("/cases")
@blueprint.arguments(CasesQuery, location="query")
@blueprint.response(200, CasePageOut)
def get_cases(query: dict[str, Any]) -> Page[Any]:
    """Cases this token sees, the one that falls due first on top."""
    show = Show(query.pop("show"))
    return list_cases(current_actor(), show=show, **query)


@blueprint.route("/cases/<uuid:case_id>")
@blueprint.response(200, CaseOut, headers=ETAG)
def get_case(case_id: UUID) -> Any:
    """One case: where it stands, its terms, its sections by name, its papers and people."""
    view = read_case(current_actor(), case_id)
    return view, tagged(view.case.version)
