"""Asking for a right before there is an object: an empty form, a page of choices."""

from __future__ import annotations

from app.access import require
from app.domain.actor import Actor
from app.domain.errors import SubjectKind
from app.domain.permissions import Permission
from app.transaction import transaction


def demand(actor: Actor, permission: Permission, kind: SubjectKind) -> None:
    """Nothing when the account holds the right; otherwise Forbidden, recorded like every refusal."""
    if actor.can(permission):
        return
    with transaction(actor):
        require(actor, permission, kind)
