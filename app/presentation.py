"""How domain values look at the edges: language, local time, and the status of an error."""

from __future__ import annotations

from datetime import datetime

from flask_babel import get_locale, gettext

from app.domain.deadlines import LOCAL, last_day
from app.domain.errors import (
    BenAnError,
    Conflict,
    Erased,
    Forbidden,
    IntegrityBroken,
    Invalid,
    LedgerBehind,
    NotVisible,
    SecondPersonRequired,
    SignInFailed,
    Throttled,
    TooLarge,
    Unavailable,
)
from app.domain.procedure import TermUnit
from app.domain.text import Label, Message

KINDS: tuple[tuple[type[BenAnError], int, str], ...] = (
    (NotVisible, 404, "not-found"),
    (SecondPersonRequired, 403, "second-person-required"),
    (Forbidden, 403, "forbidden"),
    (Conflict, 409, "conflict"),
    (TooLarge, 413, "too-large"),
    (Invalid, 422, "invalid"),
    (Throttled, 429, "throttled"),
    (SignInFailed, 401, "sign-in-failed"),
    (Erased, 410, "erased"),
    (IntegrityBroken, 503, "integrity"),
    (LedgerBehind, 503, "ledger-behind"),
    (Unavailable, 503, "unavailable"),
)


def status_of(error: BenAnError) -> int:
    """The HTTP status of a domain error."""
    return next((status for kind, status, _ in KINDS if isinstance(error, kind)), 500)


def kind_of(error: BenAnError) -> str:
    """The word for a domain error, used in problem types and on error pages."""
    return next((word for kind, _, word in KINDS if isinstance(error, kind)), "error")


def is_vietnamese() -> bool:
    """Vietnamese unless English was asked for."""
    return str(get_locale() or "vi") != "en"


def term(label: Label) -> str:
    """A legal term in the user's language."""
    return label.vi if is_vietnamese() else label.en


def translate(message: Message) -> str:
    """A message in the user's language; Labels among its parameters too."""
    params = {k: term(v) if isinstance(v, Label) else v for k, v in message.params.items()}
    sentence = str(gettext(message.msgid))
    return sentence % params if params else sentence


def local_datetime(instant: datetime) -> str:
    """22/11/2026 21:14, in Viet Nam."""
    return instant.astimezone(LOCAL).strftime("%d/%m/%Y %H:%M")


def local_date(instant: datetime) -> str:
    """22/11/2026, in Viet Nam."""
    return instant.astimezone(LOCAL).strftime("%d/%m/%Y")


def due_text(due: datetime, unit: TermUnit = TermUnit.HOUR) -> str:
    """A term's end as the law says it: 24:00 of its last day, or the hour of a term in hours."""
    if unit is TermUnit.HOUR:
        return due.astimezone(LOCAL).strftime("%H:%M %d/%m/%Y")
    return f"24:00 {last_day(due, unit):%d/%m/%Y}"
