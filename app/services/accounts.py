"""Accounts and units: an administrator's work, which opens no case."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select

from app.access import require
from app.catalogue.roles import ROLES
from app.domain.actor import USERNAME, Actor
from app.domain.errors import Conflict, Invalid, NotVisible, SubjectKind
from app.domain.events import (
    AccountChanged,
    AccountCreated,
    AccountsListed,
    CatalogueId,
    PasswordChanged,
    SessionsRevoked,
    TokenRevoked,
    UnitCreated,
)
from app.domain.permissions import Permission
from app.domain.states import UnitKind
from app.domain.text import N_, Message
from app.extensions import db
from app.models import Account, Unit
from app.sessions import end_sessions, end_tokens
from app.transaction import CHANGED_MEANWHILE, Transaction, transaction
from app.vault import hash_password


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an administrator enters for a new account."""

    username: str
    display_name: str
    rank: str
    position: str
    unit_id: UUID
    role_id: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in the administrator's list, with its unit's name."""

    account: Account
    unit_name: str


def new_password() -> str:
    """A first password for a person to type once: five groups of four letters and digits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(5))


def create_account(
    actor: Actor, entries: NewAccount, *, password: str | None = None, permanent: bool = False
) -> tuple[Account, str]:
    """A new account and its first password, which must be changed at first sign-in unless `permanent`."""
    with transaction(actor) as tx:
        require(actor, Permission.ACCOUNT_MANAGE, SubjectKind.ACCOUNT)
        _check(entries)
        password = password or new_password()
        account = Account(
            id=uuid4(),
            username=entries.username,
            display_name=entries.display_name,
            rank=entries.rank,
            position=entries.position,
            unit_id=entries.unit_id,
            role_id=entries.role_id,
            password_hash=hash_password(password),
            must_change_password=not permanent,
            created_at=tx.now,
        )
        db.session.add(account)
        tx.record(
            AccountCreated(subject_id=account.id, role=CatalogueId(account.role_id), unit_id=account.unit_id)
        )
    return account, password


def list_accounts(actor: Actor) -> tuple[AccountRow, ...]:
    """Every account with its unit, by user name."""
    with transaction(actor) as tx:
        require(actor, Permission.ACCOUNT_MANAGE, SubjectKind.ACCOUNT)
        rows = db.session.execute(
            select(Account, Unit.name)
            .join(Unit, Unit.id == Account.unit_id)
            .order_by(Account.username)
            .limit(2000)
        ).all()
        tx.record(AccountsListed(count=len(rows)))
    return tuple(AccountRow(account, name) for account, name in rows)


def change_account(actor: Actor, account_id: UUID, *, role_id: str, active: bool, version: int) -> Account:
    """Give another role, disable or enable; it holds at the account's next request. Never one's own account.

    Disabling ends the account's sessions and machine tokens for good.
    """
    with transaction(actor) as tx:
        account = _load(actor, account_id)
        if account.id == actor.id:
            raise Invalid(
                {"account": [Message(N_("You cannot change your own account; ask another administrator."))]}
            )
        if account.version != version:
            raise Conflict(CHANGED_MEANWHILE)
        if role_id not in ROLES:
            raise Invalid({"role_id": [Message(N_("Choose a role from the list."))]})
        account.role_id, account.active = role_id, active
        tx.record(AccountChanged(subject_id=account.id, role=CatalogueId(role_id), active=active))
        if not active:
            _end_access(tx, account)
    return account


def reset_password(actor: Actor, account_id: UUID) -> tuple[Account, str]:
    """A new first password; every session and machine token of the account ends."""
    with transaction(actor) as tx:
        account = _load(actor, account_id)
        password = new_password()
        account.password_hash, account.must_change_password = hash_password(password), True
        tx.record(PasswordChanged(subject_id=account.id, forced=True))
        _end_access(tx, account)
    return account, password


def create_unit(
    actor: Actor, *, name: str, parent_name: str, symbol: str, place_name: str, kind: UnitKind
) -> Unit:
    """A new unit; name and symbol are unique (the symbol closes document numbers)."""
    with transaction(actor) as tx:
        require(actor, Permission.ACCOUNT_MANAGE, SubjectKind.UNIT)
        taken = select(Unit.id).where((Unit.name == name) | (Unit.symbol == symbol))
        if db.session.scalar(taken):
            raise Invalid({"name": [Message(N_("A unit with this name or symbol already exists."))]})
        unit = Unit(
            id=uuid4(),
            name=name,
            parent_name=parent_name,
            symbol=symbol,
            place_name=place_name,
            kind=kind.value,
        )
        db.session.add(unit)
        tx.record(UnitCreated(subject_id=unit.id))
    return unit


def list_units(actor: Actor) -> tuple[Unit, ...]:
    """Every unit, by name."""
    with transaction(actor) as tx:
        require(actor, Permission.ACCOUNT_MANAGE, SubjectKind.UNIT)
        units = tuple(db.session.scalars(select(Unit).order_by(Unit.name).limit(2000)))
        tx.record(AccountsListed(count=0))
    return units


def _load(actor: Actor, account_id: UUID) -> Account:
    require(actor, Permission.ACCOUNT_MANAGE, SubjectKind.ACCOUNT)
    account = db.session.get(Account, account_id)
    if account is None:
        raise NotVisible(SubjectKind.ACCOUNT, account_id)
    return account


def _end_access(tx: Transaction, account: Account) -> None:
    sessions = end_sessions(account.id, tx.now)
    tx.record(SessionsRevoked(subject_id=account.id, count=len(sessions), sessions=sessions))
    for token_id in end_tokens(account.id, tx.now):
        tx.record(TokenRevoked(subject_id=token_id, account_id=account.id))


def _check(entries: NewAccount) -> None:
    errors: dict[str, list[Message]] = {}
    if not USERNAME.match(entries.username):
        errors["username"] = [
            Message(
                N_("3 to 64 small letters without marks, digits, dots or dashes, beginning with a letter.")
            )
        ]
    elif db.session.scalar(select(Account.id).where(Account.username == entries.username)):
        errors["username"] = [Message(N_("This user name is taken."))]
    if entries.role_id not in ROLES:
        errors["role_id"] = [Message(N_("Choose a role from the list."))]
    if db.session.get(Unit, entries.unit_id) is None:
        errors["unit_id"] = [Message(N_("Choose a unit from the list."))]
    if errors:
        raise Invalid(errors)
