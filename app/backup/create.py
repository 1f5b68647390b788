"""Making a backup: one snapshot, two encrypted parts, both there or neither."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine

from app.backup import postgres, sqlite
from app.backup.age import Recipient
from app.backup.archive import Content, Writer
from app.backup.facts import KEPT_APART, LEFT_OUT, Facts, attachments, facts
from app.backup.files import Unfinished, file_name, locked
from app.backup.key_rows import KEYS, TAGS, written
from app.backup.manifest import DATABASE, PROGRAM, SHELLS, Manifest, Part, Sign, signature
from app.backup.opening import Progress
from app.backup.scratch import scratch


class Frozen(Protocol):
    """A database held still: what is read through `connection` and dumped is of one instant."""

    kind: str
    size: int
    connection: Connection

    def dump(self, progress: Progress) -> Generator[bytes]:
        """The database without the rows of the tables left out; call last."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is backed up, to whom it is encrypted, and who signs."""

    engine: Engine
    attachments: Callable[[UUID, int], Path]
    recipients: Sequence[Recipient]
    sign: Sign
    public: bytes


@dataclass(frozen=True, slots=True)
class Made:
    """A backup just made: its files, their SHA-256, its data part's manifest, and attachments found damaged."""

    data: Path
    keys: Path
    data_digest: bytes
    keys_digest: bytes
    manifest: Manifest
    damaged: tuple[UUID, ...]


def create(source: Source, directory: Path, at: datetime, progress: Progress) -> Made:
    """Back up into `directory`, while the service runs; what fails leaves nothing there.

    `progress` is told bytes done of `expected`. Attachments that are missing on disk are named in the manifest.
    """
    data = Unfinished(directory / file_name(at, Part.DATA), at, source.recipients)
    keys = Unfinished(directory / file_name(at, Part.KEYS), at, source.recipients)
    with locked(directory), scratch() as folder:
        try:
            with _frozen(source.engine, folder, progress) as frozen:
                writing = _Writing(source, frozen, facts(frozen.connection), uuid4(), at, progress)
                writing.keys(keys, data.path.name)
                manifest = writing.data(data, keys.path.name)
            keys.publish()
            data.publish()
        finally:
            keys.discard()
            data.discard()
    return Made(
        data.path, keys.path, data.digest, keys.digest, manifest, _still_there(source.engine, manifest)
    )


def _still_there(engine: Engine, manifest: Manifest) -> tuple[UUID, ...]:
    """Of the missing attachments those that nobody removed while the backup was made."""
    missing = set(map(UUID, manifest.missing))
    with engine.connect() as connection:
        return tuple(a.id for a in attachments(connection) if a.id in missing) if missing else ()


def expected(engine: Engine, sizes: int) -> int:
    """About how many bytes `create` will tell of; `sizes`: the attachments' bytes."""
    with engine.connect() as connection:
        if engine.dialect.name == sqlite.KIND:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
            return 2 * pages * (connection.exec_driver_sql("PRAGMA page_size").scalar() or 0) + sizes
        return (
            connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar() or 0
        ) + sizes


def _frozen(engine: Engine, folder: Path, progress: Progress) -> AbstractContextManager[Frozen]:
    if engine.dialect.name == sqlite.KIND:
        return sqlite.frozen(engine, folder, LEFT_OUT, progress)
    return postgres.frozen(engine, LEFT_OUT)


@dataclass(frozen=True, slots=True)
class _Writing:
    source: Source
    frozen: Frozen
    known: Facts
    id: UUID
    at: datetime
    progress: Progress

    def keys(self, part: Unfinished, other: str) -> None:
        with part.writer() as writer:
            contents = {
                t.name: _stream(writer, t.name, written(self.frozen.connection, t)) for t in (KEYS, TAGS)
            }
            self._close(writer, self._manifest(Part.KEYS, other, contents))

    def data(self, part: Unfinished, other: str) -> Manifest:
        with part.writer() as writer:
            shells = written(self.frozen.connection, KEYS, shells=True)
            contents = {SHELLS: _stream(writer, SHELLS, shells)}
            files, missing = self._attachments(writer)
            contents |= files
            contents[DATABASE] = _stream(writer, DATABASE, self.frozen.dump(self.progress))
            manifest = self._manifest(Part.DATA, other, contents, missing)
            self._close(writer, manifest)
        return manifest

    def _attachments(self, writer: Writer) -> tuple[dict[str, Content], tuple[str, ...]]:
        contents, missing = {}, []
        with closing(attachments(self.frozen.connection)) as rows:
            for sealed in rows:
                name = f"attachments/{sealed.id}.{sealed.key_number}"
                content = self._file(writer, name, self.source.attachments(sealed.id, sealed.key_number))
                if content:
                    contents[name] = content
                    self.progress(content.size)
                if content is None or content.sha256 != sealed.sha256.hex():
                    missing.append(str(sealed.id))
        return contents, tuple(missing)

    @staticmethod
    def _file(writer: Writer, name: str, path: Path) -> Content | None:
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return None
        with file:
            return writer.file(name, file, os.fstat(file.fileno()).st_size)

    def _manifest(
        self, part: Part, other: str, contents: dict[str, Content], missing: tuple[str, ...] = ()
    ) -> Manifest:
        rows = {t: n for t, n in self.known.rows.items() if (t in KEPT_APART) == (part is Part.KEYS)}
        return Manifest(
            **{**asdict(self.known), "rows": rows},
            backup=self.id,
            part=part,
            other=other,
            program=PROGRAM,
            created_at=self.at,
            database=self.frozen.kind,
            contents=contents,
            missing=missing,
        )

    def _close(self, writer: Writer, manifest: Manifest) -> None:
        encoded = manifest.encode()
        writer.close(encoded, signature(encoded, self.source.sign, self.source.public))


def _stream(writer: Writer, name: str, chunks: Generator[bytes]) -> Content:
    # Closed here even when writing fails: a cursor of the server must not outlive its connection.
    with closing(chunks):
        return writer.stream(name, chunks)
