"""The description of the API (OpenAPI 3.1), made from the routes and their schemas."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask_smorest
from flask import Flask, Response, current_app, json

from app.api.paths import PREFIX, IdConverter
from app.api.problems import MEDIA_TYPE
from app.authentication import public
from app.schemas.problems import ProblemOut

ABOUT = """Case files of possible trafficking victims and of extradition, for machines.

Every call needs a bearer token; an administrator issues one per machine, with the least rights, and it
expires. What a token opens is recorded before it is answered. Lists come as `{items, next_cursor}`. A change
names the version it is based on (`If-Match` with the `ETag` read before); a create may be retried under an
`Idempotency-Key`. Errors are problem details (RFC 9457) in the language of `Accept-Language`, Vietnamese if
none is asked for. Instants are UTC. Numbers and yes/no answers are also understood as text.
"""


class Description(flask_smorest.Api):
    """Collects the operations; answers nothing itself."""

    ERROR_SCHEMA = ProblemOut

    def __init__(self, app: Flask) -> None:
        app.config.update(API_TITLE="Bến An", API_VERSION="1", OPENAPI_VERSION="3.1.0")
        info = {"description": ABOUT}
        super().__init__(app, spec_kwargs={"info": info, "security": [{"token": []}]})
        self.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
        self.register_converter(IdConverter, _id_schema)

    def _register_error_handlers(self) -> None:
        """None for the whole application: the pages for people have their own."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            self._register_problem(status.name, status.phrase)
        self._register_problem(self.DEFAULT_ERROR_RESPONSE_NAME, "A problem")

    def _register_pagination_header(self) -> None:
        """None: the next page's cursor is in the body."""

    def _register_problem(self, name: str, phrase: str) -> None:
        content = {MEDIA_TYPE: {"schema": self.ERROR_SCHEMA}}
        self.spec.components.response(name, {"description": phrase, "content": content}, lazy=True)


def _id_schema(_: IdConverter) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{IdConverter.regex}$"}


def register_description(app: Flask, description: Description) -> None:
    """Serve the description to anyone: it holds nothing but the shape of the API."""

    @public
    def openapi() -> Response:
        return current_app.response_class(json.dumps(description.spec.to_dict()), mimetype="application/json")

    app.add_url_rule(f"{PREFIX}/openapi.json", "api_openapi", openapi)
