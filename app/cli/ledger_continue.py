"""`flask ledger continue`: going on after an older backup was restored, with the loss on record."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from app.cli.failures import explained
from app.domain.actor import operator_of_the_service
from app.extensions import db, part
from app.grants import owner_engine
from app.installation import join_parts
from app.ledger.behind import known_outside
from app.ledger.log import current_log
from app.ledger.loss import Loss, begin_tide_anew, clear_tree, find_loss, outdated_tide, unfinished
from app.services.continuation import continue_ledger


@click.command("continue")
@click.option("--accept-missing", is_flag=True, help="Go on although entries are missing.")
@with_appcontext
@explained
def continue_command(*, accept_missing: bool) -> None:
    """After the restore of an older backup: show what is missing, and go on without it as a new log."""
    log = current_log()
    known = known_outside(log)
    with Session(db.engine) as session:
        if outdated_tide(session, log, known):
            begin_tide_anew(session, log, log.generation)
            click.echo(f"The tide of this machine now belongs to generation {log.generation}.")
            return
        loss, unclear = find_loss(session, log, known), unfinished(session, log)
    if loss is not None:
        _show(loss)
        if not accept_missing:
            raise click.ClickException(
                "Restore a newer backup. If there is none, stop the service and add --accept-missing."
            )
        click.confirm("Go on without these entries? This is recorded and cannot be undone.", abort=True)
        generation = continue_ledger(operator_of_the_service(), loss)
        click.echo(f"The ledger goes on as generation {generation}.")
    elif not unclear:
        click.echo("Nothing is missing; nothing was changed.")
        return
    clear_tree(owner_engine(part("settings")))
    join_parts(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - flask's own way
    click.echo("Now start the service again: everything is sealed anew under the new name.")


def _show(loss: Loss) -> None:
    root = loss.root.hex() if loss.root else "unreadable or none"
    click.echo(f"Last checkpoint outside: generation {loss.generation}, size {loss.size}, root {root}")
    click.echo(f"The database holds {loss.entries} entries; the first {loss.kept} of that log are whole.")
    if loss.size > loss.kept:
        click.echo(f"Sealed entries from position {loss.kept} to {loss.size - 1} may be missing.")
    if loss.missing:
        click.echo(f"By the tide at least {loss.missing} committed entries are missing.")
