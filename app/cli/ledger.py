"""`flask ledger ...`: the audit log from the server's command line."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli.failures import explained
from app.extensions import db
from app.ledger import current_ledger
from app.ledger import verify as walk
from app.models import LedgerLane

ledger = AppGroup("ledger", help="The audit log.")
SHOWN = 50


@ledger.command("verify")
@explained
def verify() -> None:
    """Check every entry; exit 0 when the ledger is whole, 1 with the broken places otherwise."""
    found = 0
    with Session(db.engine) as session:
        total = session.scalar(select(func.sum(LedgerLane.count))) or 0
        session.rollback()
        for finding in walk(session, current_ledger().authenticate):
            found += 1
            if found <= SHOWN:
                click.echo(str(finding))
    if found:
        click.echo(f"The ledger is NOT whole: {found} broken places.", err=True)
        sys.exit(1)
    click.echo(f"The ledger is whole: {total} entries.")
