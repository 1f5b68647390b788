"""create_app(): the one module that sees everything and puts it together."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, Response, current_app, request, session
from sqlalchemy import Engine, event
from werkzeug.middleware.proxy_fix import ProxyFix

from app import api, authentication, cli, logs, web
from app.attachments import SealedRequest
from app.config import Mode, Settings, load_settings
from app.extensions import Clock, babel, csrf, db, migrate, system_clock
from app.installation import join_parts
from app.ledger import listen

ROOT = Path(__file__).parents[1]
MAX_BODY = 2 * 1024 * 1024
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def create_app(settings: Settings | None = None, *, clock: Clock = system_clock) -> Flask:
    """The application, wired; denies by default.

    Raises ConfigurationError when settings are half-made or the database belongs to another mode. An
    installation that is not prepared yet only answers the command line (`flask init`).
    """
    settings = settings or load_settings(os.environ, ROOT)
    app = Flask(
        "app",
        root_path=str(ROOT / "app"),
        template_folder=str(ROOT / "templates"),
        instance_path=str(settings.instance),
    )
    _configure(app, settings)
    app.request_class = SealedRequest
    app.extensions["clock"] = clock
    app.extensions["benan.settings"] = settings
    logs.configure(app)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    listen()
    with app.app_context():
        _tune(db.engine, settings.mode)
        join_parts(app)
    babel.init_app(
        app,
        locale_selector=_locale,
        default_locale="vi",
        default_translation_directories=str(ROOT / "app/translations"),
    )
    csrf.init_app(app)
    app.before_request(_refuse_unprepared)
    authentication.init_app(
        app, web_denied=web.ask_to_sign_in, api_denied=api.ask_for_token, must_change=_must_change
    )
    web.register(app)
    api.register(app)
    cli.register(app)
    app.after_request(_secure)
    return app


def _refuse_unprepared() -> tuple[str, int] | None:
    missing = current_app.extensions.get("benan.missing") or current_app.extensions.get("benan.behind")
    return (str(missing), 503) if missing else None


def _configure(app: Flask, settings: Settings) -> None:
    sqlite = settings.database_url.startswith("sqlite")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "hide_parameters": True,  # a database error must not carry values into the log
            **(
                {"connect_args": {"timeout": 60, "isolation_level": None}}
                if sqlite
                else {"pool_pre_ping": True}
            ),
        },
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=20_000,
        TESTING=settings.mode is Mode.TEST,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _tune(engine: Engine, mode: Mode) -> None:
    if engine.dialect.name != "sqlite":
        if mode is not Mode.TEST:  # no test pulls the plug of a machine
            event.listen(engine, "connect", _wait_for_the_disk)
    elif not event.contains(engine, "begin", _begin):
        event.listen(engine, "connect", _pragmas)
        event.listen(engine, "begin", _begin)


def _wait_for_the_disk(connection, _record) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - DB-API objects have no type
    # The tide says what was committed: a server told to hurry could lose it and look as if it were put back.
    setting = "'synchronous_commit'"
    connection.autocommit = True  # a setting made within a transaction ends with its rollback
    connection.execute(f"SELECT set_config({setting}, 'on', false) WHERE current_setting({setting}) = 'off'")
    connection.autocommit = False


def _pragmas(connection, _record) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - DB-API objects have no type
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - any SQLAlchemy connection
    writes = connection.get_execution_options().get("benan_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _locale() -> str:
    chosen = None if request.path.startswith(authentication.API_PREFIX) else session.get("locale")
    return str(chosen or request.accept_languages.best_match(["vi", "en"]) or "vi")


def _must_change() -> Response:
    return (
        api.must_change_password()
        if request.path.startswith(authentication.API_PREFIX)
        else web.must_change_password()
    )


def _secure(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    if current_app.extensions["benan.settings"].cookie_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
