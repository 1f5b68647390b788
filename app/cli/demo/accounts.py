"""Units, accounts and tokens of the demonstration, made through the services, and how they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from app.catalogue.roles import ROLES
from app.cli.demo.people import ACCOUNTS, PASSWORD, UNITS, DemoAccount
from app.config import Settings
from app.domain.actor import Actor, Channel, operator_of_the_service
from app.extensions import db, part
from app.models import Account
from app.services import accounts, tokens

TOKEN_DAYS = 365


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts in the stories: actors by user name, units by symbol."""

    actors: Mapping[str, Actor]
    units: Mapping[str, UUID]

    def __getitem__(self, username: str) -> Actor:
        return self.actors[username]


def create_cast() -> Cast:
    """The demonstration's units and accounts."""
    operator = operator_of_the_service()
    units = {
        u.symbol: accounts.create_unit(
            operator, name=u.name, parent_name=u.parent, symbol=u.symbol, place_name=u.place, kind=u.kind
        ).id
        for u in UNITS
    }
    return Cast({a.username: _create(operator, a, units[a.unit]) for a in ACCOUNTS}, units)


def _create(operator: Actor, entry: DemoAccount, unit_id: UUID) -> Actor:
    account, _ = accounts.create_account(
        operator,
        accounts.NewAccount(
            entry.username, entry.display_name, entry.rank, entry.position, unit_id, entry.role
        ),
        password=PASSWORD,
        permanent=entry.permanent,
    )
    role = ROLES[entry.role]
    return Actor(account.id, unit_id, role, role.permissions, Channel.CLI, "local")


def issue_tokens(cast: Cast) -> None:
    """A token for every account that may use one, kept where only the owner of the service can read it."""
    lines = []
    for entry in ACCOUNTS:
        if entry.permanent:
            rights = ROLES[entry.role].permissions
            _, secret = tokens.issue_token(
                operator_of_the_service(), cast[entry.username].id, "demo", rights, days=TOKEN_DAYS
            )
            lines.append(f"{entry.username} {secret}\n")
    path = tokens_file()
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(lines), encoding="utf-8")


def tokens_file() -> Path:
    """Where the tokens are kept for the next start; it is written last, so it also says that loading ended."""
    settings: Settings = part("settings")
    return settings.instance / "tokens.txt"


def is_begun() -> bool:
    """True when the demonstration's accounts, or some of them, are in the database."""
    names = [a.username for a in ACCOUNTS]
    found = db.session.scalar(select(Account.id).where(Account.username.in_(names)).limit(1))
    db.session.rollback()
    return found is not None
