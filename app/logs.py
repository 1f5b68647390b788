"""The operator's log: one JSON line per request, with allowed fields only - never a body, a query or a name."""

from __future__ import annotations

import logging
import sys
import time
from uuid import uuid4

import structlog
from flask import Flask, Response, current_app, g, request

from app.domain.errors import BenAnError


def configure(app: Flask) -> None:
    """Log method, route pattern, status and duration; the pattern holds no id, the request id joins it to a report."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    log = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    app.extensions["benan.log"] = log

    @app.before_request
    def start() -> None:
        g.request_id, g.started = uuid4(), time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers["X-Request-Id"] = str(g.request_id)
        if not app.testing:
            log.info(
                "request",
                id=str(g.request_id),
                method=request.method,
                route=request.url_rule.rule if request.url_rule else None,
                status=response.status_code,
                ms=round((time.perf_counter() - g.started) * 1000, 1),
            )
        return response


def not_available(error: BenAnError) -> None:
    """Log why nothing could be answered; such a text names a part of the installation and its remedy."""
    log = current_app.extensions["benan.log"]
    log.error("not available", id=str(g.request_id), kind=type(error).__name__, remedy=str(error))
