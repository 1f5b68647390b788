"""Searching for a person, and files that may concern the same person. Nothing typed here stands in an address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.authentication import current_actor
from app.catalogue.intake import READ_REASONS
from app.domain.errors import Invalid, SubjectKind
from app.domain.matching import Tier
from app.domain.permissions import Permission
from app.domain.text import N_
from app.schemas.loading import load
from app.schemas.searching import SearchIn, person_of
from app.services.rights import demand
from app.services.same_person import Matches, PossibleMatch, matches_of_case
from app.services.searching import Query, search
from app.web.reasons import ask_reason

blueprint = Blueprint("searching", __name__)

FIELDS = ("name", "born", "phone", "document", "commune", "code", "reason")
SAME: Mapping[Tier, str] = {
    Tier.DOCUMENT: N_("the same number of a paper"),
    Tier.NAME_DATE: N_("the same full name and date of birth"),
    Tier.PHONE: N_("the same phone number"),
    Tier.DOCUMENT_NEAR: N_("a number of a paper with one digit written otherwise"),
    Tier.NAME_DATE_NEAR: N_("the same full name, and a date of birth that may be miswritten"),
    Tier.PHONE_NEAR: N_("a phone number with one digit written otherwise"),
    Tier.NAME_YEAR: N_("the same full name and year of birth"),
    Tier.NAME: N_("the same full name"),
    Tier.LAST_TWO_YEAR: N_("the same last two words of the name and year of birth"),
    Tier.COMMUNE_YEAR: N_("the same commune and year of birth"),
    Tier.GIVEN_YEAR: N_("the same given name and year of birth"),
    Tier.NAME_YEAR_NEAR: N_("the same full name, born a year earlier or later"),
}


@blueprint.app_template_filter("same")
def same(tier: Tier) -> str:
    """What two files have in common, in the reader's language."""
    return str(gettext(SAME[tier]))


@blueprint.get("/search")
def form() -> str:
    """The empty form."""
    demand(current_actor(), Permission.SEARCH, SubjectKind.SEARCH)
    return _page({}, {}, None)


@blueprint.post("/search")
def find() -> Any:
    """What was found, under the form as it was sent."""
    typed = {name: request.form[name].strip() for name in FIELDS if request.form.get(name, "").strip()}
    demand(current_actor(), Permission.SEARCH, SubjectKind.SEARCH)
    try:
        entries = load(SearchIn(), typed)
        query = Query(person_of(entries), entries.get("code", ""), entries.get("reason"))
        return _page(typed, {}, search(current_actor(), query))
    except Invalid as error:
        return _page(typed, error.errors, None), 422


@blueprint.post("/cases/<uuid:case_id>/matches")
def same_person(case_id: UUID) -> Any:
    """Look for other files of the persons in this one; a role that must say why is asked first."""
    try:
        reason = request.form.get("reason") or None
        matches = matches_of_case(current_actor(), case_id, reason=reason)
    except Invalid as error:
        action, back = (
            url_for("searching.same_person", case_id=case_id),
            url_for("cases.read", case_id=case_id),
        )
        return ask_reason(action, back, error.errors), 422
    tell(matches)
    if not matches.items:
        flash(gettext("No other file shares enough with this one."))
    return redirect(url_for("cases.read", case_id=case_id))


def tell(matches: Matches) -> None:
    """Show on the next page which files may concern the same person."""
    for match in matches.items:
        flash(_sentence(match))
    if matches.wait:
        flash(gettext("Other files were not checked for the same person: too many checks in this hour."))
    if matches.broken:
        flash(gettext("Other files could not be checked for the same person. The alarm has been recorded."))


def _sentence(match: PossibleMatch) -> str:
    if match.code:
        words = gettext("File %(code)s of %(unit)s may concern the same person: %(same)s.")
    else:
        words = gettext("A file of %(unit)s may concern the same person: %(same)s. Ask that unit for access.")
    return str(words) % {"code": match.code, "unit": match.unit_name, "same": same(match.tier)}


def _page(typed: Mapping[str, str], errors: Any, result: Any) -> str:
    return render_template(
        "searching/search.html",
        values=typed,
        errors=errors,
        result=result,
        limit=current_actor().role.searches_per_hour,
        reasons=READ_REASONS if current_actor().role.states_reason else (),
    )
