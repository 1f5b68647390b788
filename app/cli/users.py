"""`flask users ...`: units and accounts from the server's command line."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.catalogue.roles import ROLES
from app.cli.failures import explained
from app.domain.actor import operator_of_the_service
from app.domain.states import UnitKind
from app.extensions import db
from app.models import Account, Unit
from app.services import accounts

users = AppGroup("users", help="Units and accounts.")


@users.command("add-unit")
@click.option("--name", required=True)
@click.option("--parent", required=True, help="The superior body, printed above the unit's name.")
@click.option("--symbol", required=True, help="Closes document numbers, e.g. PC02.")
@click.option("--place", required=True, help="Place name before the date of a document.")
@click.option("--kind", type=click.Choice([k.value for k in UnitKind]), default=UnitKind.POLICE.value)
@explained
def add_unit(name: str, parent: str, symbol: str, place: str, kind: str) -> None:
    """Add a unit."""
    unit = accounts.create_unit(
        operator_of_the_service(),
        name=name,
        parent_name=parent,
        symbol=symbol,
        place_name=place,
        kind=UnitKind(kind),
    )
    click.echo(f"{unit.symbol} {unit.id}")


@users.command("create")
@click.option("--username", required=True)
@click.option("--name", required=True, help="The officer's name.")
@click.option("--unit", "symbol", required=True, help="The unit's symbol.")
@click.option("--role", type=click.Choice(sorted(ROLES)), required=True)
@click.option("--rank", default="")
@click.option("--position", default="")
@explained
def create(username: str, name: str, symbol: str, role: str, rank: str, position: str) -> None:
    """Create an account and print its first password, once."""
    unit_id = db.session.scalar(select(Unit.id).where(Unit.symbol == symbol))
    db.session.rollback()
    if unit_id is None:
        raise click.ClickException(f"No unit has the symbol {symbol}. Add it: flask users add-unit")
    entries = accounts.NewAccount(username, name, rank, position, unit_id, role)
    _, password = accounts.create_account(operator_of_the_service(), entries)
    click.echo(f"{username} was created. First password, to be changed at the first sign-in: {password}")


@users.command("list")
@explained
def list_() -> None:
    """List accounts."""
    for row in accounts.list_accounts(operator_of_the_service()):
        state = "active" if row.account.active else "disabled"
        click.echo(f"{row.account.username}\t{row.account.role_id}\t{row.unit_name}\t{state}")


@users.command("change")
@click.argument("username")
@click.option("--role", type=click.Choice(sorted(ROLES)))
@click.option("--active/--disabled", default=None)
@explained
def change(username: str, role: str | None, active: bool | None) -> None:  # noqa: FBT001 - click passes flags by name
    """Give another role, enable or disable."""
    account = account_named(username)
    accounts.change_account(
        operator_of_the_service(),
        account.id,
        role_id=role or account.role_id,
        active=account.active if active is None else active,
        version=account.version,
    )
    click.echo(f"{username} was changed; it holds from the next request.")


@users.command("reset-password")
@click.argument("username")
@explained
def reset_password(username: str) -> None:
    """Print a new first password, once; every session of the account ends."""
    _, password = accounts.reset_password(operator_of_the_service(), account_named(username).id)
    click.echo(f"New first password of {username}: {password}")


def account_named(username: str) -> Account:
    """The account of that user name; a clear failure when there is none."""
    account = db.session.scalar(select(Account).where(Account.username == username))
    db.session.expunge_all()  # else the rollback empties the row, and reading it would begin a transaction
    db.session.rollback()
    if account is None:
        raise click.ClickException(f"No account has the user name {username}. See: flask users list")
    return account
