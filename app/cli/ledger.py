"""`flask ledger verify | health`: the audit log looked at from the server's command line."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli.failures import explained
from app.config import Settings
from app.extensions import db, now, part
from app.ledger import Finding, State, current_ledger, verify_deep, volume
from app.ledger import verify as walk
from app.ledger.behind import Known, behind, known_outside, outside_lost
from app.ledger.health import health as look
from app.ledger.log import current_log
from app.ledger.sealed import verify_sealed
from app.models import LedgerCheckpoint, LedgerLane

ledger = AppGroup("ledger", help="The audit log.")
SHOWN = 50
LONGEST_BREAK = 86_400  # seconds; what was compared longer ago is compared again


@ledger.command("verify")
@click.option("--deep", is_flag=True, help="Then compare every stored row with what the ledger tells of it.")
@click.option(
    "--resume",
    is_flag=True,
    help="Go on with a deep check that was interrupted; the entries are checked again. With --deep: "
    "begin one when none was interrupted in the last day.",
)
@explained
def verify(*, deep: bool, resume: bool) -> None:
    """Check every entry, the sealed tree and the checkpoints outside; exit 1 with the broken places."""
    interrupted = _place().stat().st_mtime if _place().exists() else 0.0
    if resume and deep:
        resume = interrupted > now().timestamp() - LONGEST_BREAK
    elif resume and not interrupted:
        raise click.ClickException("No deep check was interrupted. Begin one: flask ledger verify --deep")
    found = _tell(_entries_and_tree())
    if deep or resume:
        found += _before(resume=resume) + _tell(_rows(resume=resume))
    if found:
        click.echo(f"The ledger is NOT whole: {found} broken places.", err=True)
        sys.exit(1)
    with Session(db.engine) as session:
        total = session.scalar(select(func.sum(LedgerLane.count))) or 0
    click.echo(f"The ledger is whole: {total} entries.")


@ledger.command("health")
@explained
def health() -> None:
    """Look at what needs an operator, quickly; exit 1 with each finding."""
    known = known_outside(current_log())
    with Session(db.engine) as session:
        found = _tell(look(session, current_log(), known, now()))
    if found:
        click.echo("The ledger is NOT well. What to do: docs/ledger.md", err=True)
        sys.exit(1)
    click.echo("The ledger is well.")


def _tell(findings: Iterable[Finding]) -> int:
    """Show the first findings; how many there were."""
    found = 0
    for found, finding in enumerate(findings, start=1):
        if found <= SHOWN:
            click.echo(str(finding))
    return found


def _entries_and_tree() -> Iterator[Finding]:
    """Everything in one snapshot of the database, begun after the outside was read."""
    known = known_outside(current_log())
    with Session(db.engine) as session:
        chains = walk(session, current_ledger().authenticate)  # begins the snapshot
        log = current_log()
        outside = chain(behind(session, log, known), outside_lost(session, log, known))
        yield from chain(chains, outside, _sealed(session, known))


def _sealed(session: Session, known: Known) -> Iterator[Finding]:
    size = session.scalar(select(func.max(LedgerCheckpoint.size))) or 0
    with _bar(size, "Sealed entries") as bar:
        yield from verify_sealed(session, current_log(), known, bar.update)


def _bar(length: int, label: str) -> Any:
    """Progress for whoever looks on; nothing in the output of a nightly job."""
    hidden = not sys.stderr.isatty()
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=hidden)


def _place() -> Path:
    settings: Settings = part("settings")
    return settings.instance / "deep-check.json"


def _before(*, resume: bool) -> int:
    """How many broken places the interrupted check had shown: going on must not forget them."""
    found = State.decode(_place().read_text()).found if resume else 0
    if found:
        click.echo(f"{found} broken places were found before the interruption.")
    return found


def _rows(*, resume: bool) -> Iterator[Finding]:
    """The deep check; its place is kept in a file, so that it can go on there."""
    place = _place()
    state = State.decode(place.read_text()) if resume else State()
    with Session(db.engine) as session:
        total = volume(session)
        session.rollback()
        with _bar(total, "Rows and entries") as bar:
            bar.update(state.seen)

            def save(reached: State) -> None:
                bar.update(reached.seen - bar.pos)
                fresh = place.with_suffix(".new")
                fresh.write_text(reached.encode())
                fresh.replace(place)

            for finding in verify_deep(session, state, save):
                state.found += 1
                yield finding
    place.unlink(missing_ok=True)
