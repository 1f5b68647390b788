"""Operators' commands: `flask init | users | tokens | ledger | demo | doctor`."""

from __future__ import annotations

from flask import Flask

from app.cli import doctor, installation, ledger, tokens, users


def register(app: Flask) -> None:
    """Add every command to the application's command line."""
    app.cli.add_command(installation.init)
    app.cli.add_command(users.users)
    app.cli.add_command(tokens.tokens)
    app.cli.add_command(ledger.ledger)
    app.cli.add_command(doctor.doctor)
    if app.extensions["benan.settings"].mode != "production":
        from app.cli.demo import demo  # noqa: PLC0415 - demonstration people exist in demonstration mode only

        app.cli.add_command(demo)
