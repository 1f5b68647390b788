"""The desk: the first page, with what waits for this account."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.authentication import current_actor
from app.catalogue.intake import CHANNELS, CLASSIFY_DEADLINE
from app.services.desk import view_desk

blueprint = Blueprint("desk", __name__)


@blueprint.get("/")
def show() -> str:
    """Counts, and what is due first."""
    return render_template(
        "desk/show.html",
        desk=view_desk(current_actor()),
        deadline=CLASSIFY_DEADLINE,
        channels={choice.id: choice.label for choice in CHANNELS},
    )
