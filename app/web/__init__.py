"""The pages for people: registers every blueprint, the template vocabulary and the error pages."""

from __future__ import annotations

from flask import Flask

from app.web.accounts import blueprint as accounts
from app.web.cases import blueprint as cases
from app.web.desk import blueprint as desk
from app.web.documents import blueprint as documents
from app.web.errors import register as register_errors
from app.web.filters import register as register_filters
from app.web.handovers import blueprint as handovers
from app.web.ledger import blueprint as ledger
from app.web.moves import blueprint as moves
from app.web.registers import blueprint as registers
from app.web.reports import blueprint as reports
from app.web.sections import blueprint as sections
from app.web.sign_in import ask_to_sign_in, must_change_password
from app.web.sign_in import blueprint as sign_in

__all__ = ["ask_to_sign_in", "must_change_password", "register"]

BLUEPRINTS = (
    accounts,
    cases,
    desk,
    documents,
    handovers,
    ledger,
    moves,
    registers,
    reports,
    sections,
    sign_in,
)


def register(app: Flask) -> None:
    """Add the pages to the application."""
    register_filters(app)
    register_errors(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
