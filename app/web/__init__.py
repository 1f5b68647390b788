"""The pages for people: registers every blueprint, the template vocabulary and the error pages."""

from __future__ import annotations

from flask import Flask

from app.web.accounts import blueprint as accounts_pages
from app.web.attachments import blueprint as attachments_pages
from app.web.cases import blueprint as cases_pages
from app.web.desk import blueprint as desk_pages
from app.web.documents import blueprint as documents_pages
from app.web.erasure import blueprint as erasure_pages
from app.web.errors import register as register_errors
from app.web.filters import register as register_filters
from app.web.handovers import blueprint as handovers_pages
from app.web.ledger import blueprint as ledger_pages
from app.web.moves import blueprint as moves_pages
from app.web.registers import blueprint as registers_pages
from app.web.reports import blueprint as reports_pages
from app.web.searching import blueprint as searching_pages
from app.web.sections import blueprint as sections_pages
from app.web.sign_in import ask_to_sign_in, must_change_password
from app.web.sign_in import blueprint as sign_in_pages

__all__ = ["ask_to_sign_in", "must_change_password", "register"]

BLUEPRINTS = (
    accounts_pages,
    attachments_pages,
    cases_pages,
    desk_pages,
    documents_pages,
    erasure_pages,
    handovers_pages,
    ledger_pages,
    moves_pages,
    registers_pages,
    reports_pages,
    searching_pages,
    sections_pages,
    sign_in_pages,
)


def register(app: Flask) -> None:
    """Add the pages to the application."""
    register_filters(app)
    register_errors(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
