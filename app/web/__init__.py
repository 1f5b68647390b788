"""The pages for people: registers every blueprint, the template vocabulary and the error pages."""

from __future__ import annotations

from flask import Flask

from app.web import (
    accounts,
    cases,
    desk,
    documents,
    errors,
    filters,
    handovers,
    ledger,
    moves,
    registers,
    reports,
    sections,
    sign_in,
)
from app.web.sign_in import ask_to_sign_in, must_change_password

__all__ = ["ask_to_sign_in", "must_change_password", "register"]


def register(app: Flask) -> None:
    """Add the pages to the application."""
    filters.register(app)
    errors.register(app)
    for noun in (
        sign_in,
        desk,
        reports,
        cases,
        sections,
        moves,
        documents,
        handovers,
        registers,
        ledger,
        accounts,
    ):
        app.register_blueprint(noun.blueprint)
