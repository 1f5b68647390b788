"""`flask attachments check`: look at every stored attachment, go on where the last look was cut off, tidy up."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.attachments import Leftover, directory, leftovers
from app.cli.failures import explained
from app.domain.actor import operator_of_the_service
from app.extensions import db
from app.services.attachment_checks import check_attachments, end_check, present_attachments

attachments = AppGroup("attachments", help="Scans, photographs and recordings.")
SHOWN = 50
WORDS = {
    Leftover.PART: "a transfer that was cut off",
    Leftover.REMOVED: "of an attachment that was removed",
    Leftover.REPLACED: "sealed under a former key",
    Leftover.UNCLAIMED: "no attachment is known for it; never deleted here, see docs/operations/attachments.md",
}


@dataclass(slots=True)
class Progress:
    """How far a check came; kept beside the files until it is through, so that a killed one goes on."""

    opened: bool
    after: str | None = None
    count: int = 0
    damaged: int = 0

    @classmethod
    def of_last(cls, *, opened: bool) -> Progress:
        """Where the last check of this sort was cut off; the beginning when it was not."""
        try:
            kept = cls(**json.loads(_place().read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return cls(opened)
        return kept if kept.opened == opened else cls(opened)

    def keep(self) -> None:
        """Write it down, whole or not at all."""
        part = _place().with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(json.dumps(asdict(self)), encoding="utf-8")
        part.replace(_place())


@attachments.command("check")
@click.option(
    "--open", "opened", is_flag=True, help="Also open each and compare it with its digest at intake."
)
@click.option(
    "--tidy", is_flag=True, help="Delete what was left over by a crash, a removal or a renewed key."
)
@explained
def check(*, opened: bool, tidy: bool) -> None:
    """Check that every attachment is there and is what was sealed; exit 1 when one is not."""
    directory().mkdir(mode=0o700, parents=True, exist_ok=True)
    progress = Progress.of_last(opened=opened)
    if progress.count:
        click.echo(f"Going on after {progress.count} attachments that the last check looked at.")
    _look(progress)
    left = _left_over(tidy=tidy)
    end_check(
        operator_of_the_service(),
        count=progress.count,
        damaged=progress.damaged,
        leftovers=left,
        opened=opened,
    )
    _place().unlink(missing_ok=True)
    how = "opened and compared" if opened else "compared"
    click.echo(f"{progress.count} attachments {how}, {progress.damaged} damaged, {left} files left over.")
    sys.exit(1 if progress.damaged else 0)


def _look(progress: Progress) -> None:
    with Session(db.engine) as session:
        total = session.scalar(select(func.count()).select_from(present_attachments().subquery())) or 0
    actor = operator_of_the_service()
    with click.progressbar(length=total, label="Attachments") as bar:
        bar.update(min(progress.count, total))
        while True:
            after = UUID(progress.after) if progress.after else None
            looked = check_attachments(actor, after=after, opened=progress.opened)
            for one in looked.damaged:
                what = "is missing" if one.missing else "is not what was sealed"
                click.echo(f"\n{one.attachment_id} {what}", err=True)
            progress.count += looked.count
            progress.damaged += len(looked.damaged)
            bar.update(looked.count)
            if looked.last is None:
                return
            progress.after = str(looked.last)
            progress.keep()


def _left_over(*, tidy: bool) -> int:
    count = 0
    for path, why in leftovers():
        deleted = tidy and why is not Leftover.UNCLAIMED
        if deleted:
            path.unlink(missing_ok=True)
        count += not deleted
        if count <= SHOWN:
            click.echo(f"{'Deleted' if deleted else 'Left over'}: {path.name}: {WORDS[why]}")
    return count


def _place() -> Path:
    return directory() / "check.json"
