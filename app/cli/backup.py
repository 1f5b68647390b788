"""`flask backup ...`: make backups, look through them, bring them back, let old ones go, and practise."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from app.backup import age
from app.backup.bringing_back import Brought, Parts
from app.backup.drill import drill as practise
from app.backup.keeper import Keeper, listed
from app.backup.manifest import Manifest, Part
from app.backup.opening import open_part
from app.backup.pruning import delete
from app.backup.restoring import restore as bring_back
from app.backup.restoring import settle_here
from app.cli.failures import explained, plainly
from app.config import Settings
from app.domain.deadlines import LOCAL
from app.extensions import now, part
from app.ledger import Finding

backup = AppGroup("backup", help="Backups: encrypted, in two parts, proven when they come back.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
SHOWN = 50
INCOMPLETE = 3
identity_option = click.option(
    "--identity", type=FILE, required=True, help="The recovery identity, as `keygen` made it."
)


@contextmanager
def _bar(length: int, label: str) -> Iterator[Callable[[int], Any]]:
    with click.progressbar(length=max(length, 1), label=label, file=sys.stderr) as bar:
        yield bar.update


@backup.command("keygen")
@click.option(
    "--to",
    "path",
    type=click.Path(path_type=Path),
    required=True,
    help="The new file, away from this server.",
)
@plainly
def keygen(path: Path) -> None:
    """Make a recovery identity and print the recipient for BENAN_BACKUP_RECIPIENTS."""
    identity, recipient = age.new_identity()
    age.write_identity(path, identity, recipient)
    click.echo(f"{path} opens every backup made for it. Keep it off the server, in two places.", err=True)
    click.echo(recipient)


@backup.command("create")
@explained
def create() -> None:
    """Back up while the service runs; exit 1 when an attachment's file is missing or damaged."""
    keeper = Keeper.here()
    with _bar(keeper.expected(), "Backing up") as progress:
        made = keeper.create(now(), progress)
    click.echo(f"{made.data}\n{made.keys}")
    _say(made.manifest)
    for id_ in made.damaged:
        click.echo(f"Attachment {id_}: its file is missing or damaged.", err=True)
    sys.exit(1 if made.damaged else 0)


@backup.command("list")
@plainly
def list_() -> None:
    """List the backups in the folder, oldest first, with what each still needs."""
    settings: Settings = part("settings")
    for line in listed(settings.backup_directory):
        click.echo(line)


@backup.command("verify")
@click.argument("file", type=FILE)
@identity_option
@click.option("--quick", is_flag=True, help="Decrypt and compare with the manifest only.")
@plainly
def verify(file: Path, identity: Path, quick: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Open a part and compare it; a data part is restored into a scratch database and its ledger walked."""
    keeper = Keeper.here(identity)
    with _bar(file.stat().st_size * (1 if quick else 2), "Verifying") as progress:
        opener = keeper.opener(progress)
        manifest = open_part(file, opener.identities, opener.public, progress=progress)
        findings = [] if quick else keeper.walked(opener, file, manifest)
    walked = not quick and manifest.part is Part.DATA
    if not keeper.record_verified(file, manifest, findings, restored=walked):
        click.echo("There is no installation here: no entry was written.", err=True)
    _say(manifest)
    _refuse_broken(findings)
    click.echo("Authentic, and as its manifest says." + (" Its ledger is whole." if walked else ""))


@backup.command("restore")
@click.argument("data", type=FILE)
@click.argument("keys", type=FILE)
@identity_option
@click.option("--into", "url", help="Another empty database than this installation's; no entry is written.")
@click.option("--checkpoints", type=FOLDER, help="Where checkpoints lie; default: BENAN_CHECKPOINTS.")
@plainly
def restore(data: Path, keys: Path, identity: Path, url: str | None, checkpoints: Path | None) -> None:
    """Bring a backup back into an empty database, and prove its ledger; exit 3 when entries are missing."""
    keeper = Keeper.here(identity)
    with _bar(data.stat().st_size + keys.stat().st_size, "Restoring") as progress:
        restored = bring_back(keeper, Parts(data, keys), url, checkpoints, progress)
    _say(restored.brought.data)
    _say_keys(restored.brought)
    for sentence in restored.proof.sentences():
        click.echo(sentence)
    _refuse_broken(restored.proof.findings)
    if restored.remedy:
        click.echo(restored.remedy, err=True)
        sys.exit(INCOMPLETE)
    if url is None:
        settle_here(keeper)


@backup.command("settle")
@explained
def settle() -> None:
    """Write the entry of a restore that had to wait until its losses were accepted."""
    done = settle_here(Keeper.here())
    click.echo("The restore is in the ledger." if done else "No restore waits for its entry.")


@backup.command("prune")
@click.option("--delete", "really", is_flag=True, help="Delete; without it, only what would go is shown.")
@explained
def prune(really: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Let go of parts whose time is over; the newest good backup stays. Exit 1 when something is wrong."""
    keeper = Keeper.here()
    with keeper.locked():
        planned = keeper.plan(now())
        for path in planned.go:
            click.echo(f"{'goes' if really else 'would go'}  {path.name}")
        if really and planned.go:
            keeper.record_pruned(planned)
            deleted = sum(1 for _ in delete(planned.go))
            click.echo(f"{deleted} files were deleted.")
        if not planned.go:
            click.echo("Nothing is to go.")
    alarms = list(keeper.alarms(planned, now()))
    for alarm in alarms:
        click.echo(alarm, err=True)
    sys.exit(1 if alarms else 0)


@backup.command("drill")
@identity_option
@click.option("--max-age", default=30, show_default=True, help="Hours; an older backup is a fault.")
@explained
def drill(identity: Path, max_age: int) -> None:
    """Restore the newest backup into a scratch database, verify it, open one value, delete it again."""
    keeper = Keeper.here(identity)
    newest = keeper.newest()
    with _bar(sum(path.stat().st_size for path in newest.files), "Restoring") as progress:
        outcome = practise(keeper, newest, now(), progress)
    _say(outcome.manifest)
    for finding in outcome.findings[:SHOWN]:
        click.echo(str(finding))
    click.echo(f"It is {outcome.hours:.1f} hours old. One sealed value of a file: {outcome.opening.value}.")
    faults = list(outcome.faults(max_age))
    if faults:
        raise click.ClickException(" ".join(faults))
    click.echo("The drill succeeded; the scratch database is deleted.")


def _say(manifest: Manifest) -> None:
    at = f"{manifest.created_at.astimezone(LOCAL):%d/%m/%Y %H:%M}"
    click.echo(
        f"{manifest.part.value} part of {at}, {manifest.database}, program {manifest.program}, "
        f"generation {manifest.generation}, {manifest.entries:,} ledger entries, {manifest.files:,} attachments."
    )


def _say_keys(brought: Brought) -> None:
    joined = brought.joining
    if joined.changed or joined.unknown:
        click.echo(
            f"The keys part is newer: {len(joined.changed):,} keys changed since, {joined.erased:,} of them erased for "
            f"good; {joined.unknown:,} are of files opened since, which the data part does not hold."
        )
    if joined.odd:
        click.echo(
            f"{joined.odd:,} keys differ and are not newer genuine ones. They were left as they are, and `flask ledger "
            "verify --deep` names them: find out who was at that database, and take another keys part if you can.",
            err=True,
        )
    if not brought.has_tags:
        click.echo(
            "The keys part is of another backup, so its search tags were left out: nothing is found until `flask index "
            "rebuild` was run.",
            err=True,
        )


def _refuse_broken(findings: Sequence[Finding]) -> None:
    for finding in findings[:SHOWN]:
        click.echo(str(finding))
    if findings:
        raise click.ClickException(f"The ledger in this backup is NOT whole: {len(findings)} broken places.")
