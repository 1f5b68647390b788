"""Searching for a person, and files that may concern the same person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.api.blueprint import Blueprint
from app.authentication import current_actor
from app.schemas.queries import ReasonQuery
from app.schemas.searching import MatchesOut, SearchIn, SearchOut, person_of
from app.services.same_person import Matches, matches_of_case
from app.services.searching import Query, Result, search

blueprint = Blueprint("searching", "Searching; every search is recorded, what is searched for is not kept.")


@blueprint.route("/searches", methods=["POST"])
@blueprint.arguments(SearchIn)
@blueprint.response(200, SearchOut)
@blueprint.alt_response(429, "TOO_MANY_REQUESTS")
def create_search(entries: dict[str, Any]) -> Result:
    """Look for a person, or for the code of a file; codes, stages and initials of what this token sees."""
    query = Query(person_of(entries), entries.get("code", ""), entries.get("reason"))
    return search(current_actor(), query)


@blueprint.route("/cases/<uuid:case_id>/matches", methods=["POST"])
@blueprint.arguments(ReasonQuery, location="query")
@blueprint.response(200, MatchesOut)
@blueprint.alt_response(429, "TOO_MANY_REQUESTS")
def create_matches(query: dict[str, Any], case_id: UUID) -> Matches:
    """Look for other files of the persons in a case; nothing of them is opened."""
    return matches_of_case(current_actor(), case_id, **query)
