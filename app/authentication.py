"""Who is asking: the one gate before every request, sessions in cookies, bearer tokens in the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Flask, Response, g, request, session
from flask.sessions import SessionInterface, SessionMixin
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import CallbackDict

from app.config import Settings
from app.domain.actor import Actor, Channel, anonymous
from app.domain.errors import IntegrityBroken
from app.extensions import csrf, login, part
from app.services.alarms import raise_alarm
from app.sessions import (
    Principal,
    StoredSession,
    begin_session,
    end_session,
    expired_owner,
    find_session,
    principal_of_session,
    principal_of_token,
    save_session,
)

API_PREFIX = "/api/"
F = TypeVar("F", bound=Callable[..., Any])
Answer = Callable[[], Any]


class BrowserSession(CallbackDict[str, Any], SessionMixin):
    """The browser's state; `stored` is what the database holds, None until something is kept.

    `broken`: the alarm when the row of the cookie was forged; the cookie is taken back.
    """

    def __init__(self, stored: StoredSession | None, broken: IntegrityBroken | None = None) -> None:
        super().__init__(dict(stored.state) if stored else {}, self._changed)
        self.stored = stored
        self.broken = broken
        self.modified = False
        self.forget = False
        self.sign_in_as: UUID | None = None

    @staticmethod
    def _changed(changed: BrowserSession) -> None:
        changed.modified = True


class DatabaseSessions(SessionInterface):
    """Server-side sessions: the cookie holds a random value, the database only its hash."""

    def open_session(self, app: Flask, request: Any) -> BrowserSession:
        """The session of the cookie, or an empty one; the API has none."""
        token = None if request.path.startswith(API_PREFIX) else request.cookies.get(_cookie_name())
        try:
            return BrowserSession(find_session(token) if token else None)
        except IntegrityBroken as broken:
            return BrowserSession(None, broken)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed; a sign-in always gets a new cookie value."""
        browser = cast("BrowserSession", session)
        if browser.forget or browser.sign_in_as is not None:
            if browser.stored is not None:
                end_session(browser.stored.id)
            browser.stored = None
        if browser.forget and browser.sign_in_as is None:
            response.delete_cookie(_cookie_name(), path="/", secure=_settings().cookie_secure, httponly=True)
        elif browser.sign_in_as is not None or (browser.stored is None and browser.modified):
            _, token = begin_session(browser.sign_in_as, dict(browser))
            response.set_cookie(
                _cookie_name(),
                token,
                path="/",
                httponly=True,
                secure=_settings().cookie_secure,
                samesite="Lax",
            )
        elif browser.stored is not None:
            stored = browser.stored
            save_session(stored.id, dict(browser), changed=browser.modified, seen_at=stored.seen_at)


class User:
    """What flask-login asks of a user, around a principal."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, principal: Principal) -> None:
        self.principal = principal

    def get_id(self) -> str:
        """The account's id."""
        return str(self.principal.account_id)


def public(view: F) -> F:
    """Mark a view that needs no sign-in; every other is denied by default."""
    view.is_public = True  # type: ignore[attr-defined] # a mark on the function
    return view


def current_principal() -> Principal:
    """The recognised account of this request."""
    return cast("Principal", current_user.principal)


def current_actor() -> Actor:
    """The account acting in this request."""
    return current_principal().actor


def anonymous_actor(channel: Channel) -> Actor:
    """Somebody not signed in, from this address."""
    return anonymous(channel, source_address())


def source_address() -> str:
    """The network address the request came from (through trusted proxies only)."""
    return (request.remote_addr or "unknown")[:60]


def start_session(account_id: UUID) -> None:
    """Sign the browser in: a new cookie value, a new session, nothing carried over but the language."""
    browser = cast("BrowserSession", session)
    kept = {k: v for k, v in browser.items() if k == "locale"}
    browser.clear()
    browser.update(kept)
    browser.sign_in_as = account_id


def close_session() -> None:
    """Sign the browser out."""
    browser = cast("BrowserSession", session)
    browser.clear()
    browser.forget = True


def expired_account() -> UUID | None:
    """Whose session ran out just now, by the cookie the browser still sends."""
    token = request.cookies.get(_cookie_name())
    return expired_owner(token) if token else None


def sign_owner(account_id: UUID) -> str:
    """A signed mark that typed text belongs to this account, for the page that asks to sign in again."""
    return URLSafeSerializer(_settings().secret_key, "kept-form").dumps(str(account_id))


def owner_of(mark: str) -> UUID | None:
    """The account of a signed mark; None when it is not ours."""
    try:
        return UUID(URLSafeSerializer(_settings().secret_key, "kept-form").loads(mark))
    except (BadSignature, ValueError):
        return None


def init_app(app: Flask, *, web_denied: Answer, api_denied: Answer, must_change: Answer) -> None:
    """Set the gate: recognise, deny by default, then check the form's token.

    `web_denied`, `api_denied`, `must_change` answer for somebody not signed in, and for a first password.
    """
    app.session_interface = DatabaseSessions()
    login.init_app(app)
    login.request_loader(_recognise)

    @app.before_request
    def deny_by_default() -> Any:
        view = app.view_functions.get(request.endpoint or "")
        in_api = request.path.startswith(API_PREFIX)
        if request.endpoint != "static":
            _refuse_forged(in_api=in_api)
        open_to_all = view is None or getattr(view, "is_public", False) or request.endpoint == "static"
        if not open_to_all:
            if not current_user.is_authenticated:
                return api_denied() if in_api else web_denied()
            if current_principal().must_change_password and not getattr(view, "for_new_password", False):
                return must_change()
        if not in_api and view is not None:
            csrf.protect()
        return None


def for_new_password(view: F) -> F:
    """Mark a view that stays open to an account which must change its password first."""
    view.for_new_password = True  # type: ignore[attr-defined] # a mark on the function
    return view


def _refuse_forged(*, in_api: bool) -> None:
    """Nobody is recognised by a forged session, token or account; the alarm is an entry before it is raised."""
    browser = cast("BrowserSession", session)
    broken, browser.forget = browser.broken, browser.broken is not None
    if broken is None and not current_user.is_authenticated:
        broken = g.get("broken")
    if broken is not None:
        raise_alarm(anonymous_actor(Channel.API if in_api else Channel.WEB), broken)


def _recognise(_request: Any) -> User | None:
    try:
        principal = _principal()
    except IntegrityBroken as broken:  # raised by the gate: here it would spoil the page that says so, too
        g.broken = broken
        principal = None
    return User(principal) if principal else None


def _principal() -> Principal | None:
    header = request.headers.get("Authorization", "")
    if request.path.startswith(API_PREFIX):
        if header.startswith("Bearer "):
            return principal_of_token(header.removeprefix("Bearer ").strip(), source_address())
        return None
    stored = cast("BrowserSession", session).stored
    return principal_of_session(stored, source_address()) if stored else None


def _settings() -> Settings:
    return cast("Settings", part("settings"))


def _cookie_name() -> str:
    return "__Host-benan" if _settings().cookie_secure else "benan"
