"""`flask demo load`: invented people and files, made through the same services as real ones."""

from __future__ import annotations

import os
from datetime import timedelta

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.catalogue.roles import ROLES
from app.cli.demo import extradition, reports, trafficking
from app.cli.demo.accounts import create_cast, is_begun, issue_tokens, tokens_file
from app.cli.demo.people import ACCOUNTS, PASSWORD
from app.cli.demo.timeline import past
from app.cli.failures import explained
from app.config import Mode, Settings
from app.extensions import part

BEFORE = timedelta(days=150)
"""The units and accounts are older than every story."""

demo = AppGroup("demo", help="Invented people and files for a demonstration.")


@demo.command("load")
@explained
def load() -> None:
    """Fill an empty installation with invented units, accounts, reports and cases; safe to run again."""
    settings: Settings = part("settings")
    if settings.mode is Mode.PRODUCTION:
        raise click.ClickException("This is not a demonstration. Set BENAN_MODE=demo.")
    missing = current_app.extensions.get("benan.missing")
    if missing:
        raise click.ClickException(str(missing))
    if tokens_file().exists() and is_begun():
        click.echo("The demonstration is already there.")
    elif is_begun():
        raise click.ClickException(
            f"An earlier run was interrupted. Remove {settings.instance} and prepare it again: flask init"
        )
    else:
        _tell()
    _show()


def _tell() -> None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - flask's own way to the object
    with past(app) as timeline:
        timeline.instant = timeline.present - BEFORE
        cast = create_cast()
        beginnings = (
            *trafficking.beginnings(cast, timeline),
            *extradition.beginnings(cast, timeline),
            *reports.beginnings(cast),
        )
        with click.progressbar(length=len(beginnings), label="Telling invented stories") as bar:
            for ended in timeline.play(beginnings):
                bar.update(ended - bar.pos)
    issue_tokens(cast)


def _show() -> None:
    click.echo("\nEverybody and everything here is invented (hư cấu).")
    click.echo(f"Open http://127.0.0.1:{os.environ.get('PORT', '8000')} and sign in:\n")
    click.echo(f"{'user name':14}{'password':26}{'role':26}remark")
    for account in ACCOUNTS:
        remark = "" if account.permanent else "must choose a new password first"
        click.echo(f"{account.username:14}{PASSWORD:26}{ROLES[account.role].label.en:26}{remark}".rstrip())
    click.echo(f"\nBearer tokens for /api/v1, kept in {tokens_file()}:\n")
    click.echo(tokens_file().read_text(encoding="utf-8"))
