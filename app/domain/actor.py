"""Who acts: an immutable picture of an account, taken anew at every request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.domain.permissions import Permission, Role, Scope
from app.domain.text import Label

USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,63}\Z")
"""The form of every user name; what does not match is nobody's."""


class Channel(StrEnum):
    """By which door the actor came in."""

    WEB = "web"
    API = "api"
    CLI = "cli"


@dataclass(frozen=True, slots=True)
class Actor:
    """An account acting now. `permissions` is the role's set, narrowed by a token's scope.

    `source` is the network address (text form of an IP) or "local" for the command line.
    """

    id: UUID
    unit_id: UUID
    role: Role
    permissions: frozenset[Permission]
    channel: Channel
    source: str
    session_id: UUID | None = None

    def can(self, permission: Permission) -> bool:
        """True when the account holds the right, whatever the object."""
        return permission in self.permissions


NOBODY = UUID(int=0)


def anonymous(channel: Channel, source: str) -> Actor:
    """Somebody not recognised yet: no rights, only an address, for the entries of sign-in."""
    role = Role("nobody", Label("Chưa đăng nhập", "Not signed in"), Scope.NONE, frozenset())
    return Actor(NOBODY, NOBODY, role, frozenset(), channel, source)


def operator_of_the_service(unit_id: UUID = NOBODY) -> Actor:
    """Whoever holds the server's command line: manages accounts, keeps the ledger, opens no case."""
    role = Role(
        "operator_of_the_service",
        Label("Người vận hành hệ thống", "Operator of the service"),
        Scope.NONE,
        frozenset({Permission.ACCOUNT_MANAGE, Permission.LEDGER_READ}),
    )
    return Actor(NOBODY, unit_id, role, role.permissions, Channel.CLI, "local")
