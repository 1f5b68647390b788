"""`flask init`: make or upgrade the database, and at the first run the key store and the empty ledger."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from app.config import Settings
from app.extensions import part
from app.grants import grant
from app.installation import NotAsLeft, adopt, install, join_parts
from app.vault import KeyStoreError


@click.command("init")
@with_appcontext
def init() -> None:
    """Prepare this installation; safe to run again."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - flask's own way to the object
    settings: Settings = part("settings")
    upgrade()
    if grant(settings):
        click.echo("The application's database role has exactly the rights it needs.")
    try:
        fresh = install(app)
        adopted = adopt(app)
    except KeyStoreError as error:
        raise click.ClickException(f"{error} Restore the database that belongs to these keys.") from None
    except NotAsLeft as error:
        raise click.ClickException(str(error)) from None
    join_parts(app)
    if adopted:
        click.echo(f"{adopted} rows from before were given their codes, as they stood.")
    if fresh:
        click.echo(f"The installation in {settings.instance} is prepared.")
        click.echo(
            f"Its keys are in {settings.key_store}. Keep a copy in a safe, apart from the database backups."
        )
    else:
        click.echo(f"The installation in {settings.instance} is up to date.")
