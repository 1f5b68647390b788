"""Operators' commands: `flask init | users | tokens | ledger | keys | attachments | backup | index | demo | doctor`."""

from __future__ import annotations

from flask import Flask

from app.cli import (
    attachments,
    backup,
    doctor,
    index,
    installation,
    keys,
    keys_erasing,
    keys_rotation,
    ledger,
    ledger_continue,
    ledger_log,
    ledger_tide,
    tokens,
    users,
)


def register(app: Flask) -> None:
    """Add every command to the application's command line."""
    app.cli.add_command(installation.init)
    app.cli.add_command(users.users)
    app.cli.add_command(tokens.tokens)
    app.cli.add_command(ledger.ledger)
    for command in (*ledger_log.COMMANDS, ledger_continue.continue_command, ledger_tide.tide_command):
        ledger.ledger.add_command(command)
    app.cli.add_command(keys.keys)
    for command in (*keys_rotation.COMMANDS, *keys_erasing.COMMANDS):
        keys.keys.add_command(command)
    app.cli.add_command(attachments.attachments)
    app.cli.add_command(backup.backup)
    app.cli.add_command(index.index)
    app.cli.add_command(doctor.doctor)
    if app.extensions["benan.settings"].mode != "production":
        from app.cli.demo import demo  # noqa: PLC0415 - demonstration people exist in demonstration mode only

        app.cli.add_command(demo)
