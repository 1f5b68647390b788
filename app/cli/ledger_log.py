"""`flask ledger seal | checkpoint | key | prove | consistency | export`: the sealed log, and what leaves it."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.cli.failures import explained
from app.domain.actor import operator_of_the_service
from app.domain.errors import BenAnError
from app.extensions import db, now
from app.installation import join_parts
from app.ledger import Finding
from app.ledger.checkpoint import Signed
from app.ledger.export import export, prepare
from app.ledger.log import current_log
from app.ledger.seal import SealRefused, seal
from app.services import proofs

SEALER_STOPPED = 1


@click.command("seal")
@click.option("--every", type=click.IntRange(1, 3600), help="Go on, once in that many seconds.")
@click.option("--with-parent", is_flag=True, help="End when the process that started this one ends.")
@with_appcontext
@explained
def seal_command(every: int | None, *, with_parent: bool) -> None:
    """Seal what was committed, and publish a checkpoint outside the database."""
    parent, told = os.getppid(), set[Finding]()
    sealed = _seal(told)
    while every:
        for _ in range(every):
            time.sleep(1)
            if with_parent and os.getppid() != parent:
                return
        sealed = _seal(told)
    if not sealed:
        sys.exit(SEALER_STOPPED)


def _seal(told: set[Finding]) -> bool:
    """One run; False when it was refused or could not be made. A finding enters the ledger once."""
    try:
        for signed in seal(db.engine, current_log(), now):
            click.echo(_line(signed))
    except SealRefused as refused:
        click.echo(f"The sealer stopped. {refused}", err=True)
        _record(refused.finding, told)
        join_parts(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - flask's own way
        return False
    except (SQLAlchemyError, OSError) as error:
        click.echo(f"Nothing was sealed: {type(error).__name__}. It is tried again.", err=True)
        return False
    finally:
        db.session.remove()
    return True


def _record(finding: Finding, told: set[Finding]) -> None:
    if finding in told:
        return
    told.add(finding)
    try:
        proofs.record_refused_seal(operator_of_the_service(), finding)
    except BenAnError as error:
        click.echo(str(error.message), err=True)


def _line(signed: Signed) -> str:
    """The checkpoint on one line, for the journal; scripts/verify_ledger.py reads it."""
    return json.dumps({"checkpoint": signed.checkpoint.size, "note": signed.note}, ensure_ascii=False)


@click.command("checkpoint")
@click.option("--size", type=int, help="The checkpoint of that size instead of the newest.")
@click.option(
    "--pdf", type=click.Path(path_type=Path), help="Write the page to print into this file instead."
)
@with_appcontext
@explained
def checkpoint(size: int | None, pdf: Path | None) -> None:
    """Show the newest checkpoint, or write it as a page for the safe."""
    if pdf is None:
        click.echo(proofs.read_checkpoint(operator_of_the_service(), size).note, nl=False)
        return
    pdf.write_bytes(proofs.print_checkpoint(operator_of_the_service()))
    click.echo(f"{pdf} was written.")


@click.command("key")
@with_appcontext
@explained
def key() -> None:
    """Show the public key that checkpoints of this log are verified with."""
    click.echo(str(current_log().key.verifier))


@click.command("prove")
@click.argument("lane", type=int)
@click.argument("counter", type=int)
@click.option("--size", type=int, help="Against the checkpoint of that size instead of the newest.")
@with_appcontext
@explained
def prove(lane: int, counter: int, size: int | None) -> None:
    """Prove that an entry is in the log, as JSON."""
    proof = proofs.prove_entry(operator_of_the_service(), lane=lane, counter=counter, size=size)
    click.echo(json.dumps(proof.plain(), ensure_ascii=False))


@click.command("consistency")
@click.argument("old", type=int)
@click.argument("new", type=int, required=False)
@with_appcontext
@explained
def consistency(old: int, new: int | None) -> None:
    """Prove that the log of size OLD is the beginning of that of size NEW, or the newest, as JSON."""
    proof = proofs.prove_growth(operator_of_the_service(), old, new)
    click.echo(json.dumps(proof.plain(), ensure_ascii=False))


@click.command("export")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
@explained
def export_command(directory: Path) -> None:
    """Write the sealed log into a new folder, to be checked with scripts/verify_ledger.py."""
    prepare(directory)
    signed = proofs.begin_export(operator_of_the_service())
    size = signed.checkpoint.size
    with (
        Session(db.engine) as session,
        click.progressbar(
            length=size, label="Entries", file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar,
    ):
        export(session, current_log(), signed, directory, bar.update)
    click.echo(f"{size} entries were written to {directory}.")


COMMANDS = (seal_command, checkpoint, key, prove, consistency, export_command)
