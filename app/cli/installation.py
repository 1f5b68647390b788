"""`flask init`: make or upgrade the database, and at the first run the key store and the empty ledger."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from app.config import Settings
from app.extensions import part
from app.installation import install, join_parts
from app.vault import KeyStoreError


@click.command("init")
@with_appcontext
def init() -> None:
    """Prepare this installation; safe to run again."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - flask's own way to the object
    settings: Settings = part("settings")
    upgrade()
    try:
        fresh = install(app)
    except KeyStoreError as error:
        raise click.ClickException(f"{error} Restore the database that belongs to these keys.") from None
    join_parts(app)
    if fresh:
        click.echo(f"The installation in {settings.instance} is prepared.")
        click.echo(
            f"Its keys are in {settings.key_directory}. Keep a copy in a safe, apart from the database backups."
        )
    else:
        click.echo(f"The installation in {settings.instance} is up to date.")
