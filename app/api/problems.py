"""Every refusal as application/problem+json (RFC 9457), whoever raised it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app.authentication import API_PREFIX
from app.domain.errors import BenAnError, Invalid, Throttled
from app.domain.text import N_, Message
from app.logs import not_available
from app.presentation import kind_of, status_of, translate
from app.schemas.problems import is_stale

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:ben-an:problem:"
KINDS: Mapping[int, tuple[str, Message, Message]] = {
    400: (
        "malformed",
        Message(N_("The request cannot be read")),
        Message(N_("Send well-formed JSON in UTF-8.")),
    ),
    401: (
        "token-required",
        Message(N_("A token is needed")),
        Message(N_("Send a valid token: “Authorization: Bearer …”. It may have expired or been revoked.")),
    ),
    403: ("forbidden", Message(N_("Not allowed")), Message(N_("Your role does not allow this act."))),
    404: ("not-found", Message(N_("Not found")), Message(N_("There is nothing at this address."))),
    405: (
        "method-not-allowed",
        Message(N_("Method not allowed")),
        Message(N_("Use one of the methods in the Allow header.")),
    ),
    409: (
        "conflict",
        Message(N_("This collides with what is stored")),
        Message(N_("Read it again, then decide.")),
    ),
    410: (
        "erased",
        Message(N_("This file was erased")),
        Message(N_("Its time of keeping was over. Nobody can open it any more.")),
    ),
    412: (
        "precondition-failed",
        Message(N_("The version is no longer the present one")),
        Message(N_("Read it again and repeat the change with the new ETag in If-Match.")),
    ),
    413: ("too-large", Message(N_("Too large")), Message(N_("Send at most 2 MB."))),
    415: (
        "json-required",
        Message(N_("JSON is needed")),
        Message(N_("Send “Content-Type: application/json”.")),
    ),
    422: (
        "invalid",
        Message(N_("Some entries need correction")),
        Message(N_("Some entries need correction; nothing was saved.")),
    ),
    428: (
        "precondition-required",
        Message(N_("The version is needed")),
        Message(N_("Read it first and send its ETag in If-Match.")),
    ),
    429: ("throttled", Message(N_("Too many requests")), Message(N_("Wait, then try again."))),
    500: (
        "internal",
        Message(N_("Something went wrong here")),
        Message(N_("Nothing was saved. Try again; if it happens again, tell the administrator.")),
    ),
    503: (
        "unavailable",
        Message(N_("Not available now")),
        Message(N_("Try again later, or tell the administrator.")),
    ),
}
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")


def problem(
    status: int,
    *,
    kind: str | None = None,
    detail: Message | None = None,
    errors: Mapping[str, Sequence[Message]] | None = None,
) -> Response:
    """One problem answer in the language asked for."""
    usual = KINDS.get(status) or KINDS[400 if status < 500 else 500]
    title = usual[1] if status in KINDS else Message(HTTPStatus(status).phrase)
    body = {
        "type": TYPE + (kind or usual[0]),
        "title": translate(title),
        "status": status,
        "detail": translate(detail or usual[2]),
    }
    if errors:
        body["errors"] = {path: [translate(m) for m in messages] for path, messages in errors.items()}
    answer = Response(json.dumps(body, ensure_ascii=False), status, content_type=MEDIA_TYPE)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def domain_problem(error: BenAnError) -> Response:
    """A refusal of a service. 412 when the version in If-Match is stale, 409 for any other collision."""
    stale = is_stale(error) and "If-Match" in request.headers
    status, kind = (412, "precondition-failed") if stale else (status_of(error), kind_of(error))
    if status == 503:
        not_available(error)
    errors = error.errors if isinstance(error, Invalid) else None
    answer = problem(status, kind=kind, detail=error.message, errors=errors)
    if isinstance(error, Throttled):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def http_problem(error: HTTPException) -> Response:
    """A refusal of the framework, with its headers kept."""
    answer = problem(error.code or 500)
    for name, value in error.get_headers():
        if name in KEPT_HEADERS:
            answer.headers[name] = value
    return answer


def ask_for_token() -> Response:
    """The answer to somebody without a valid token."""
    return problem(401)


def must_change_password() -> Response:
    """The answer to a token of an account that has not set its own password yet."""
    return problem(
        403,
        kind="password-change-required",
        detail=Message(N_("Sign in on the web and choose your own password first.")),
    )


def turn_into_problem(response: Response) -> Response:
    """An error answer under /api that something else made (no route, no method, too large, a crash)."""
    if not request.path.startswith(API_PREFIX) or response.status_code < 400:
        return response
    if response.mimetype == MEDIA_TYPE:
        return response
    made = problem(response.status_code)
    response.set_data(made.get_data())
    response.content_type = MEDIA_TYPE
    for name in KEPT_HEADERS:
        if name in made.headers:
            response.headers[name] = made.headers[name]
    if isinstance(request.routing_exception, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(request.routing_exception.valid_methods or ()))
    return response
