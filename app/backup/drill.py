"""The drill: the newest backup is brought back, walked deep, one value is opened, and everything is deleted again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.backup.bringing_back import Parts
from app.backup.files import Backup, digest_of
from app.backup.keeper import Keeper
from app.backup.manifest import Manifest
from app.backup.opening import Progress, open_part
from app.backup.recording import record
from app.backup.trial import Trial, any_value, trial
from app.domain.events import BackupDrilled, DrillValueOpened
from app.ledger import Finding
from app.ledger.rows import row_code
from app.vault import current_vault


class Opening(StrEnum):
    """What became of the one sealed value."""

    OPENED = "it opened"
    REFUSED = "it did NOT open"
    NONE = "there was none to open"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the drill saw; `known`: the ledger of this installation tells of both files."""

    manifest: Manifest
    known: bool
    findings: Sequence[Finding]
    opening: Opening
    hours: float

    def faults(self, most_hours: int) -> Iterator[str]:
        """What makes the drill fail."""
        if self.findings:
            yield f"The restored ledger is NOT whole: {len(self.findings)} broken places."
        if self.opening is Opening.REFUSED:
            yield "A sealed value did not open under the key store."
        if not self.known:
            yield "The files are not those that this installation's ledger tells of."
        if self.hours > most_hours:
            yield f"The newest backup is {self.hours:.0f} hours old; at most {most_hours} are allowed."


def drill(keeper: Keeper, newest: Backup, now: datetime, progress: Progress) -> Outcome:
    """Restore the newest backup into a scratch place, look through it, and record that."""
    assert newest.data and newest.keys  # noqa: S101, PT018 - the newest one is whole
    opener = keeper.opener(progress)
    kind = open_part(newest.keys, opener.identities, opener.public).database
    with trial(opener, Parts(newest.data, newest.keys), kind, keeper.settings, row_code) as held:
        findings = held.findings(keeper.key_store, keeper.settings.checkpoint_directory, deep=True)
        opening = _open_one(held)
        manifest = held.brought.data
    digests, known = {digest_of(path) for path in newest.files}, keeper.known()
    minutes = int((now - newest.at).total_seconds() // 60)
    record(
        BackupDrilled(
            backup_id=manifest.backup,
            digest=digest_of(newest.data),
            age=minutes,
            findings=len(findings),
            opened=opening is Opening.OPENED,
        )
    )
    return Outcome(manifest, digests <= set(known), findings, opening, minutes / 60)


def _open_one(held: Trial) -> Opening:
    value = any_value(held.engine)
    if value is None:
        return Opening.NONE
    record(DrillValueOpened(subject_id=value.owner, subject=value.kind, backup_id=held.brought.data.backup))
    return Opening.OPENED if value.opens(current_vault()) else Opening.REFUSED
