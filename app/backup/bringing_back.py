"""From two parts back to a database: authentic before it is loaded, compared with the manifest afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine

from app.backup.age import Identity
from app.backup.facts import KEPT_APART, counts
from app.backup.faults import BackupError
from app.backup.key_rows import KEYS, TAGS, Code, Joining, bare, fill, read
from app.backup.manifest import DATABASE, SHELLS, Manifest, Part
from app.backup.opening import Progress, open_part
from app.backup.postgres import Fill

STREAMS = {Part.DATA: (DATABASE, SHELLS), Part.KEYS: (KEYS.name, TAGS.name)}


class Target(Protocol):
    """An empty database that a backup is brought back into."""

    kind: str
    engine: Engine

    def is_empty(self) -> bool:
        """True when nothing is in it."""

    def load(self, dump: Path, fill: Fill) -> None:
        """Load the dump, and whatever `fill` inserts, before keys between tables are checked."""


@dataclass(frozen=True, slots=True)
class Opener:
    """What opens parts and checks who signed them; `roots`: ids of the root keys that are there."""

    identities: Sequence[Identity]
    public: bytes
    roots: Sequence[str]
    schema: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Parts:
    """The files of a data part and of its keys part, or of a newer one."""

    data: Path
    keys: Path | None


@dataclass(frozen=True, slots=True)
class Brought:
    """What is in the target now: both manifests, and how the keys fitted."""

    data: Manifest
    keys: Manifest | None
    joining: Joining

    @property
    def has_tags(self) -> bool:
        """True when the search tags are in it."""
        return _is_one_backup(self.data, self.keys)


def bring_back(
    opener: Opener, target: Target, parts: Parts, folder: Path, *, code: Code, files: Path | None = None
) -> Brought:
    """Load a data part, with its keys part or a newer one, into `target`; without one nothing sealed opens.

    `folder`: a scratch folder; `files`: where the attachments' files go, each by its id. `code` makes the codes of
    key rows that are newer than the data. Raises BackupError before `target` is touched when a part is not
    authentic, does not fit the other, or is of another database or program; or when the target is not empty.
    """
    if not target.is_empty():
        raise BackupError(
            "The database is not empty. Nothing was changed. Put it aside and name an empty one."
        )
    data = _opened(opener, parts.data, Part.DATA, target.kind, folder, files)
    keys = _opened(opener, parts.keys, Part.KEYS, target.kind, folder, None) if parts.keys else None
    if keys is not None:
        refuse_misfits(data, keys)
        refuse_retired(folder / KEYS.name, opener.roots)
    joining = Joining(code)

    def filled(connection: Connection) -> None:
        _fill_keys(connection, folder, joining, with_keys=keys is not None)
        if _is_one_backup(data, keys):
            fill(connection, TAGS, read(folder / TAGS.name, TAGS))

    target.load(folder / DATABASE, filled)
    _compare(target.engine, data)
    return Brought(data, keys, joining)


def _opened(opener: Opener, path: Path, part: Part, kind: str, folder: Path, files: Path | None) -> Manifest:
    try:
        manifest = open_part(
            path,
            opener.identities,
            opener.public,
            keep=lambda stream: _kept(part, folder, files, stream),
            progress=opener.progress,
        )
        refuse_without(kind, part, manifest)
        refuse_other_program(opener, manifest)
    except BackupError as error:
        raise BackupError(f"{path.name}: {error}") from None
    return manifest


def refuse_without(kind: str, part: Part, manifest: Manifest) -> None:
    """BackupError unless the manifest is of that part and that kind of database."""
    if manifest.part is not part:
        raise BackupError(f"This file is a {manifest.part} part; a {part} part is needed here.")
    if manifest.database != kind:
        raise BackupError(f"This backup is of {manifest.database} and cannot go into {kind}.")


def refuse_misfits(data: Manifest, keys: Manifest) -> None:
    """BackupError when the parts are of two installations, or the keys are older than the data."""
    if data.deployment != keys.deployment:
        raise BackupError("The two parts are of two different installations.")
    if (keys.generation, keys.created_at) < (data.generation, data.created_at):
        raise BackupError(
            f"The keys part is of {keys.created_at:%Y-%m-%d %H:%M} UTC and older than the data part of "
            f"{data.created_at:%Y-%m-%d %H:%M} UTC: files erased in between would come back, and keys made since are "
            "missing. Take the keys part of the same backup, or a newer one."
        )


def refuse_retired(keys: Path, roots: Sequence[str]) -> None:
    """BackupError when data keys are wrapped by a root key that is not there: retired since, or of another store."""
    gone = {row["root_key_id"] for row in read(keys, KEYS) if row["wrapped"] is not None} - set(roots)
    if gone:
        raise BackupError(
            f"The keys part is wrapped by root keys that this key store does not have: {', '.join(sorted(gone))}. "
            "They were retired since: take a newer keys part. Or the key store is not the right one."
        )


def refuse_other_program(opener: Opener, manifest: Manifest) -> None:
    """BackupError when the tables of the backup are not the tables of this program."""
    if manifest.schema != opener.schema:
        raise BackupError(
            f"The backup was made by version {manifest.program} and holds tables of {manifest.schema}; this program's "
            f"are of {opener.schema}. Restore it with version {manifest.program}, then upgrade."
        )


def _kept(part: Part, folder: Path, files: Path | None, stream: str) -> Path | None:
    if stream in STREAMS[part]:
        return folder / stream
    if part is Part.DATA and files is not None and "/" in stream:
        return files / stream.removeprefix("attachments/")
    return None


def _is_one_backup(data: Manifest, keys: Manifest | None) -> bool:
    # Only then does the ledger in the data tell of the search tags: of newer ones nobody could say which are genuine.
    return keys is not None and keys.backup == data.backup


def _fill_keys(connection: Connection, folder: Path, joining: Joining, *, with_keys: bool) -> None:
    shells = read(folder / SHELLS, KEYS)
    rows = joining.rows(shells, read(folder / KEYS.name, KEYS)) if with_keys else bare(shells)
    fill(connection, KEYS, rows)


def _compare(engine: Engine, manifest: Manifest) -> None:
    with engine.connect() as connection:
        found = {table: rows for table, rows in counts(connection).items() if table not in KEPT_APART}
    if found != dict(manifest.rows):
        raise BackupError("The restored database does not hold as many rows as were backed up.")
