"""A noun of the API: strict reading of bodies, queries and headers, and the problems each operation may answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask_smorest
from marshmallow import Schema, ValidationError
from webargs import core
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    PreconditionFailed,
    PreconditionRequired,
    UnsupportedMediaType,
)

from app.api.paths import PREFIX
from app.api.problems import domain_problem, http_problem
from app.domain.errors import BenAnError, Invalid
from app.schemas.loading import messages_by_path

ALWAYS = (401, 403, 422, 500, 503)
WITH_ID = (404, 410)
CHANGE = (409, 412, 428)
CREATE = (409,)
WITH_BODY = (400, 413, 415)


class Parser(FlaskParser):
    """Reads what a request holds, and refuses what it should not hold."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": None}  # noqa: RUF012 - webargs reads it from the class

    def _raw_load_json(self, req: Any) -> Any:
        if not core.is_json(req.mimetype):
            raise UnsupportedMediaType
        try:
            return core.parse_json(req.get_data(cache=True))
        except (ValueError, RecursionError):  # unreadable text, endless digits, endless nesting
            raise BadRequest from None

    def handle_error(self, error: ValidationError, req: Any, schema: Schema, **_: Any) -> Any:
        """428 and 412 for the version, else Invalid with the path of each wrong entry."""
        messages: dict[str, Any] = next(iter(error.messages_dict.values()))
        if "If-Match" in messages:
            raise PreconditionFailed if "If-Match" in req.headers else PreconditionRequired
        raise Invalid(messages_by_path(messages))


class Blueprint(flask_smorest.Blueprint):
    """A noun under /api/v1; its errors are problems, and every operation says which."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, noun: str, description: str) -> None:
        super().__init__(f"api_{noun}", __name__, url_prefix=PREFIX, description=description)
        self._prepare_doc_cbks.append(_document_problems)
        self.register_error_handler(BenAnError, domain_problem)
        self.register_error_handler(HTTPException, http_problem)


def _document_problems(doc: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
    headers = {p.get("name") for p in doc.get("parameters", ()) if isinstance(p, dict)}
    statuses = {*ALWAYS, *WITH_ID}
    if "If-Match" in headers:
        statuses |= {*CHANGE}
    if "Idempotency-Key" in headers:
        statuses |= {*CREATE}
    if "requestBody" in doc:
        statuses |= {*WITH_BODY}
    for status in sorted(statuses):
        doc["responses"][status] = HTTPStatus(status).name
    return doc
