"""Error pages: what happened, what was not lost, and the next step, in words."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException, InternalServerError

from app.authentication import API_PREFIX
from app.domain.errors import BenAnError, Invalid, Throttled
from app.domain.text import N_
from app.logs import not_available
from app.presentation import status_of, translate

PAGES: dict[int, tuple[str, str]] = {
    400: (
        N_("The form could not be accepted"),
        N_("It was open too long or was sent twice. Go back, reload the page and send it again."),
    ),
    401: (N_("Please sign in"), N_("Sign in again to go on.")),
    403: (
        N_("This is not yours to do"),
        N_("Your role does not allow it. Ask your supervisor if you need it for your work."),
    ),
    404: (N_("Not found"), N_("It does not exist, or it is not assigned to you. Check the code.")),
    405: (N_("This address cannot be opened that way"), N_("Go to the desk and choose the page from there.")),
    409: (
        N_("Somebody changed this meanwhile"),
        N_("Nothing of yours was saved. Go back to copy your text, then open the page again."),
    ),
    410: (N_("This file was erased"), N_("Its time of keeping was over. Nobody can open it any more.")),
    413: (N_("Too much at once"), N_("Shorten the text, or choose a smaller file. Nothing was saved.")),
    422: (N_("Something needs correction"), N_("Nothing was saved. Go back; what you typed is still there.")),
    429: (N_("Too many attempts"), N_("Wait a little, then try again.")),
    500: (
        N_("Something broke on our side"),
        N_("Nothing was saved. Try again; if it happens again, tell the administrator the time it happened."),
    ),
    503: (
        N_("A part of the system is not available"),
        N_("Nothing was saved. Tell the administrator; use paper until it works again."),
    ),
}


def register(app: Flask) -> None:
    """Answer every error of a page with a page; the API answers its own."""
    app.register_error_handler(BenAnError, _refused)
    app.register_error_handler(HTTPException, _failed)


def page(status: int, message: str = "", details: tuple[str, ...] = ()) -> Response:
    """The page of a status; `message` replaces the general advice."""
    known = status if status in PAGES else (500 if status >= 500 else 400)
    title, advice = PAGES[known]
    body = render_template(
        "errors/page.html",
        status=status,
        heading=gettext(title),
        message=message or gettext(advice),
        details=details,
    )
    return make_response(body, status)


def _refused(error: BenAnError) -> Any:
    details: tuple[str, ...] = ()
    if isinstance(error, Invalid):
        details = tuple(translate(m) for messages in error.errors.values() for m in messages)
    status = status_of(error)
    if status == 503:
        not_available(error)
    response = page(status, translate(error.message), details)
    if isinstance(error, Throttled):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _failed(error: HTTPException) -> Any:
    if request.path.startswith(API_PREFIX):
        return error
    if error.response is not None:
        return error.response
    response = page(error.code or InternalServerError.code)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response
