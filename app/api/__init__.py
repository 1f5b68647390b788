"""The JSON API for machines: registers every noun, the description and the problem answers."""

from __future__ import annotations

from flask import Flask

from app.api import (
    assignments,
    attachments,
    cases,
    documents,
    erasure,
    handovers,
    ledger,
    moves,
    procedures,
    reports,
    searching,
    sections,
)
from app.api.description import Description, register_description
from app.api.paths import IdConverter
from app.api.problems import ask_for_token, must_change_password, turn_into_problem

__all__ = ["ask_for_token", "must_change_password", "register"]


def register(app: Flask) -> None:
    """Add the API to the application."""
    app.url_map.converters["id"] = IdConverter
    description = Description(app)
    for noun in (
        procedures,
        reports,
        cases,
        sections,
        searching,
        moves,
        assignments,
        documents,
        erasure,
        attachments,
        handovers,
        ledger,
    ):
        description.register_blueprint(noun.blueprint)
    register_description(app, description)
    app.after_request(turn_into_problem)
