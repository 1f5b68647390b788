"""Alarms about rows that were found forged before any use case began: a session, a token, an account."""

from __future__ import annotations

from typing import NoReturn

from app.domain.actor import Actor
from app.domain.errors import IntegrityBroken
from app.transaction import transaction


def raise_alarm(actor: Actor, broken: IntegrityBroken) -> NoReturn:
    """Record the alarm in a commit of its own, then raise it; `actor` is whoever the request came from."""
    with transaction(actor):
        raise broken
