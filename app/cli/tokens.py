"""`flask tokens ...`: bearer tokens for machines."""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import AppGroup

from app.catalogue.roles import ROLES
from app.cli.failures import explained
from app.cli.users import account_named
from app.domain.actor import operator_of_the_service
from app.domain.permissions import Permission
from app.services import tokens as service

tokens = AppGroup("tokens", help="Bearer tokens for machines.")


@tokens.command("issue")
@click.argument("username")
@click.option("--name", required=True, help="What the token is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([p.value for p in Permission]),
    help="Repeat for each right; all of the role's rights when left out.",
)
@click.option("--days", default=90, show_default=True)
@explained
def issue(username: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Issue a token for an account and print it, once."""
    account = account_named(username)
    rights = {Permission(s) for s in scopes} or set(ROLES[account.role_id].permissions)
    token, secret = service.issue_token(operator_of_the_service(), account.id, name, rights, days=days)
    click.echo(f"Token {token.id}, valid until {token.expires_at:%d/%m/%Y}:", err=True)
    click.echo(secret)


@tokens.command("list")
@explained
def list_() -> None:
    """List tokens without their secrets."""
    for token in service.list_tokens(operator_of_the_service()):
        state = "revoked" if token.revoked_at else f"until {token.expires_at:%d/%m/%Y}"
        click.echo(f"{token.id}\t{token.name}\t{state}\t{token.permissions}")


@tokens.command("revoke")
@click.argument("token_id", type=click.UUID)
@explained
def revoke(token_id: UUID) -> None:
    """End a token; it holds from the next request."""
    service.revoke_token(operator_of_the_service(), token_id)
    click.echo("The token is revoked.")
