"""`flask ledger tide`: looking at the tide, and beginning it anew after it or the checkpoint folder was lost."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from app.cli.failures import explained
from app.domain.actor import operator_of_the_service
from app.extensions import db
from app.installation import join_parts
from app.ledger.append import stored_heads
from app.ledger.behind import Known, known_outside, outside_lost
from app.ledger.log import current_log
from app.ledger.loss import refused_anew
from app.services.tide_renewal import renew_tide


@click.command("tide")
@click.option("--begin-anew", is_flag=True, help="Make a lost or damaged tide again, at what is stored now.")
@with_appcontext
@explained
def tide_command(*, begin_anew: bool) -> None:
    """Show what the database holds and what is known outside it; begin the tide anew when it was lost."""
    log = current_log()
    known = known_outside(log)
    with Session(db.engine) as session:
        counts = [head.count for head in stored_heads(session)]
        refused = refused_anew(session, log, known)
        needed = known.damaged or any(outside_lost(session, log, known))
    size = known.sizes[-1] if known.sizes else 0
    _show(counts, known)
    if refused:
        for finding in refused:
            click.echo(str(finding))
        raise click.ClickException(
            "The database is behind what is known outside. See docs/ledger.md, After a loss."
        )
    if not needed:
        click.echo("Nothing is lost; nothing was changed.")
        return
    if not begin_anew:
        raise click.ClickException(
            "Mount the checkpoint folder or bring it back. If it is lost, stop the service and add --begin-anew."
        )
    click.confirm("Take what the database holds now for all there was? This is recorded.", abort=True)
    renew_tide(operator_of_the_service(), entries=sum(counts), size=size)
    join_parts(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - flask's own way
    click.echo("The tide begins anew at what the database holds. Now start the service again.")


def _show(counts: list[int], known: Known) -> None:
    click.echo(
        f"The database holds {sum(counts)} entries; by lane: {', '.join(str(count) for count in counts)}"
    )
    click.echo(f"Newest checkpoint outside: {known.sizes[-1] if known.sizes else 'none'}")
    tide = "damaged" if known.damaged else "none" if known.tide is None else "there"
    click.echo(f"Tide of this machine: {tide}")
