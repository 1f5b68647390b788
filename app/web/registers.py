"""The unit's register of numbered papers, on the screen and for printing."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from app.authentication import current_actor
from app.domain.errors import Invalid
from app.domain.text import N_, Message
from app.services.registers import list_register

blueprint = Blueprint("registers", __name__)
LINES = 100


@blueprint.get("/register")
def list_all() -> str:
    """A year's papers, latest first; this year when none is named."""
    year, page = list_register(current_actor(), year=_year(), cursor=request.args.get("cursor"), limit=LINES)
    return render_template("registers/list.html", year=year, page=page)


def _year() -> int | None:
    typed = request.args.get("year", "").strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) == 4):
        raise Invalid({"year": [Message(N_("Enter the year with four digits."))]})
    return int(typed)
