"""Signing in and out, the password, the language, and the page that hides everything."""

from __future__ import annotations

import calendar
from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext

from app.authentication import (
    anonymous_actor,
    close_session,
    current_actor,
    expired_account,
    for_new_password,
    owner_of,
    public,
    sign_owner,
    start_session,
)
from app.domain.actor import Channel
from app.domain.deadlines import LOCAL
from app.domain.errors import Invalid, SignInFailed
from app.domain.text import N_, Message
from app.services import sign_in as service

blueprint = Blueprint("sign_in", __name__)

KEPT = "kept."
"""Marks, on the sign-in form of an expired session, what had been typed into the page before."""

NOT_KEPT = frozenset({"csrf_token"})
LONGEST_PASSWORD = 1024


@blueprint.get("/sign-in")
@public
def ask() -> str:
    """The sign-in form; `next` is where the person wanted to go."""
    return _form(None)


@blueprint.post("/sign-in")
@public
def sign_in() -> Any:
    """Sign in, then go on; after an expired session, offer what was typed before."""
    username = request.form.get("username", "").strip().lower()[:64]
    password = request.form.get("password", "")[:LONGEST_PASSWORD]
    try:
        account = service.sign_in(anonymous_actor(Channel.WEB), username, password)
    except SignInFailed as error:
        return _form(error.message), 401
    start_session(account.id)
    if not _kept():
        return redirect(_local(request.form.get("next")))
    if owner_of(request.form.get("owner", "")) != account.id:
        flash(gettext("The text typed before belonged to another account and was dropped."))
        return redirect(url_for("desk.show"))
    return render_template("sign_in/kept.html", kept=_kept(), to=_local(request.form.get("next")))


@blueprint.post("/sign-out")
@for_new_password
def sign_out() -> Response:
    """Close the session."""
    service.sign_out(current_actor())
    close_session()
    return _redirect("sign_in.ask")


@blueprint.get("/password")
@for_new_password
def password() -> str:
    """The form for a new password."""
    return render_template("sign_in/password.html", errors={})


@blueprint.post("/password")
@for_new_password
def change_password() -> Any:
    """Set the new password; every other session of the account ends."""
    present, wanted = (request.form.get(name, "")[:LONGEST_PASSWORD] for name in ("present", "wanted"))
    try:
        if wanted != request.form.get("repeated", ""):
            raise Invalid({"repeated": [Message(N_("The two entries of the new password differ."))]})
        start_session(service.change_password(current_actor(), present, wanted))
    except Invalid as error:
        return render_template("sign_in/password.html", errors=error.errors), 422
    flash(gettext("The new password holds from now on."))
    return redirect(url_for("desk.show"))


@blueprint.post("/language")
@public
def language() -> Response:
    """Switch the language of the screen."""
    if request.form.get("locale") in {"vi", "en"}:
        session["locale"] = request.form["locale"]
    return redirect(_local(request.form.get("back")))  # type: ignore[return-value]


@blueprint.get("/quiet")
@public
def quiet() -> str:
    """A month's calendar that names nothing: where the quick-hide key leads."""
    today = datetime.now(LOCAL).date()
    weeks = calendar.Calendar().monthdatescalendar(today.year, today.month)
    return render_template("sign_in/quiet.html", today=today, weeks=weeks)


def ask_to_sign_in() -> Any:
    """The answer to somebody not signed in; what an expired session had typed is kept for its owner."""
    if request.method in {"GET", "HEAD"}:
        wanted = request.full_path.rstrip("?")
        return redirect(url_for("sign_in.ask", next=None if wanted == "/" else wanted))
    owner = expired_account()
    if owner is None or request.blueprint == blueprint.name:
        return _redirect("sign_in.ask")
    typed = [(k, v) for k, v in request.form.items(multi=True) if k not in NOT_KEPT]
    page = render_template(
        "sign_in/ask.html", kept=typed, owner=sign_owner(owner), next=request.path, error=None
    )
    return make_response(page, 401)


def must_change_password() -> Response:
    """The answer to an account that has not yet set its own password."""
    return _redirect("sign_in.password")


def _form(error: Message | None) -> str:
    return render_template(
        "sign_in/ask.html",
        kept=_kept(),
        owner=request.form.get("owner", ""),
        next=request.values.get("next", ""),
        error=error,
    )


def _kept() -> list[tuple[str, str]]:
    return [
        (name.removeprefix(KEPT), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(KEPT)
    ]


def _local(address: str | None) -> str:
    """An address on this site, else the desk: nobody is sent elsewhere by a link."""
    inside = bool(address) and str(address).startswith("/") and not str(address).startswith(("//", "/\\"))
    plain = inside and str(address).isprintable() and "\\" not in str(address)
    return str(address) if plain else url_for("desk.show")


def _redirect(endpoint: str) -> Response:
    return redirect(url_for(endpoint))  # type: ignore[return-value]
