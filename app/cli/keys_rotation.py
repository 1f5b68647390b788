"""`flask keys rotate | rewrap | retire | rekey`: new keys while officers work, and the end of the old ones."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import TypeVar
from uuid import UUID

import click
from flask.cli import with_appcontext

from app.cli.failures import explained
from app.domain.actor import operator_of_the_service
from app.domain.sealing import Branch
from app.rotation.rewrapping import BATCH, Batch, outdated
from app.rotation.waiting import Busy
from app.services.key_renewal import begin_renewal, end_renewal, renew_attachment, renew_values
from app.services.key_rotation import retire_root, rewrap_keys, rotate_root

ALL = "all"
TRIES = 20
R = TypeVar("R")


@click.command("rotate")
@click.option(
    "--branch", type=click.Choice([*(b.value for b in Branch), ALL]), default=ALL, show_default=True
)
@with_appcontext
@explained
def rotate(branch: str) -> None:
    """Make a new root key; from now on it wraps every new data key."""
    for one in Branch if branch == ALL else (Branch(branch),):
        click.echo(f"New root key: {rotate_root(operator_of_the_service(), one)}")
    click.echo(
        "Now make the key copy for the safe anew (docs/operations/keys.md), then run: flask keys rewrap"
    )


@click.command("rewrap")
@click.option(
    "--batch", type=click.IntRange(1, 5000), default=BATCH, show_default=True, help="Keys in one transaction."
)
@with_appcontext
@explained
def rewrap(batch: int) -> None:
    """Wrap data keys of older root keys anew, while officers work; may be stopped and run again at any time."""
    counts = outdated()
    broken: set[UUID] = set()
    with click.progressbar(length=sum(counts.values()), label="Data keys", file=sys.stderr) as bar:
        for done in _batches(batch):
            bar.update(done.count)
            broken.update(done.broken)
    left = outdated()
    for owner_id in sorted(broken):
        click.echo(f"The data key of {owner_id} does not open. An alarm was recorded.", err=True)
    if left:
        shown = ", ".join(f"{root_key_id} ({count})" for root_key_id, count in left.items())
        raise click.ClickException(f"Data keys are still under an older root key: {shown}. Run it again.")
    click.echo("Every data key is under the present root key of its branch.")


@click.command("retire")
@click.argument("root_key_id")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
@explained
def retire(root_key_id: str, *, yes: bool) -> None:
    """Destroy an older root key for good, when no data key needs it any more."""
    warning = (
        f"Backups whose keys part is older than the last “flask keys rewrap” open only with {root_key_id}. "
        "Destroy it now, and they never open again. Go on?"
    )
    if not yes:
        click.confirm(warning, abort=True)
    _patiently(lambda: retire_root(operator_of_the_service(), root_key_id))
    click.echo(
        f"Root key {root_key_id} is destroyed. Destroy its copies in the safe, too, when their time is over."
    )


@click.command("rekey")
@click.argument("code")
@with_appcontext
@explained
def rekey(code: str) -> None:
    """Seal everything of one case or report again under new data keys, and destroy the old ones."""
    while not _renewed(code):
        pass
    click.echo("Everything is under new data keys; the old ones are destroyed.")


def _renewed(code: str) -> bool:
    """Go through a file once; False when somebody wrote under an old key meanwhile."""
    us = operator_of_the_service()
    file, attachments = begin_renewal(us, code)
    with click.progressbar(attachments, label="Attachments", file=sys.stderr) as bar:
        for attachment_id in bar:
            renew_attachment(us, file, attachment_id)
    while count := renew_values(us, file):
        click.echo(f"{count} sealed values.", err=True)
    return _patiently(lambda: end_renewal(us, file))


def _patiently(act: Callable[[], R]) -> R:
    """Try again while others are busy, for some time."""
    for _ in range(TRIES):
        try:
            return act()
        except Busy:
            time.sleep(0.5)
    return act()


def _batches(size: int) -> Iterator[Batch]:
    """Every batch of every older root key; rows that somebody held are looked for again."""
    for _ in range(TRIES):
        held = 0
        for root_key_id, waiting in outdated().items():
            after, done = None, 0
            began = time.perf_counter()
            while batch := rewrap_keys(operator_of_the_service(), root_key_id, after, size):
                yield batch
                after, done = batch.last, done + batch.count + len(batch.broken)
                time.sleep(time.perf_counter() - began)  # as long as it worked: officers come first
                began = time.perf_counter()
            held += waiting - done
        if held <= 0:
            return
        time.sleep(1)


COMMANDS = (
    rotate,
    rewrap,
    retire,
    rekey,
)
"""What these add to `flask keys`."""
