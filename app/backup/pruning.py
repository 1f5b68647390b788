"""What may be deleted from a folder of backups: decided from names and from the ledger's digests, shown before done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.backup.files import Backup, backups, digest_of, sync
from app.backup.rotation import Rotation, kept, keys_outlived
from app.backup.scratch import wipe

Known = dict[bytes, datetime]
"""The SHA-256 of every part the ledger tells of, and when it was made."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`newest`: the newest good backup, both parts whole; `go`: the parts whose time is over, oldest first.

    `bad`: parts that are not what was made; `foreign`: parts the ledger does not tell of, never deleted.
    """

    newest: Backup | None
    go: tuple[Path, ...]
    bad: tuple[Path, ...]
    foreign: tuple[Path, ...]


def plan(directory: Path, known: Known, now: datetime, rotation: Rotation) -> Plan:
    """Decide. Every part is read once for its digest: only a good backup stands for its day, week and month."""
    there = backups(directory)
    made = set(known.values())
    foreign = [path for backup in there if backup.at not in made for path in backup.files]
    own = [backup for backup in there if backup.at in made]
    bad = [path for backup in own for path in backup.files if known.get(digest_of(path)) != backup.at]
    good = [backup for backup in own if not set(backup.files) & set(bad)]
    newest = next((backup for backup in reversed(good) if backup.data and backup.keys), None)
    copies = [backup.at for backup in good if _stands(backup, now, rotation)]
    stay = kept(copies, rotation) | kept((backup.at for backup in own), rotation)
    go = [path for backup in own if backup is not newest for path in _over(backup, stay, now, rotation)]
    return Plan(newest, tuple(go) if newest else (), tuple(bad), tuple(foreign))


def delete(parts: Sequence[Path]) -> Iterator[Path]:
    """Overwrite and delete these parts, one after the other."""
    for path in parts:
        wipe(path)
        sync(path.parent)
        yield path


def _stands(backup: Backup, now: datetime, rotation: Rotation) -> bool:
    """Whether it counts as a copy: both parts, or the data part alone once its keys part's time is over."""
    return bool(backup.data and (backup.keys or keys_outlived(backup.at, now, rotation)))


def _over(backup: Backup, stay: set[datetime], now: datetime, rotation: Rotation) -> Iterator[Path]:
    if backup.keys and (backup.at not in stay or keys_outlived(backup.at, now, rotation)):
        yield backup.keys
    if backup.data and backup.at not in stay:
        yield backup.data
