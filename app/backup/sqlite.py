"""SQLite: a consistent copy while officers work, and putting one back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, text

from app.backup.faults import BackupError
from app.backup.opening import Progress, chunks_of
from app.backup.scratch import wipe

PAGES = 1000
KIND = "sqlite"
Fill = Callable[[Connection], None]


class Frozen:
    """A copy of the database as it was at one instant, in a scratch folder."""

    kind = KIND

    def __init__(self, copy: Path, left_out: Sequence[str]) -> None:
        self._copy, self._left_out = copy, left_out
        self._engine = _engine(copy)
        self.connection = self._engine.connect()
        self.size = copy.stat().st_size

    def dump(self, progress: Progress) -> Generator[bytes]:
        """The copy without the rows of the tables left out; call last, the connection is closed."""
        self.close()
        bare = self._copy.with_name("bare.db")
        with closing(sqlite3.connect(self._copy, isolation_level=None)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")
            copy.execute("PRAGMA journal_mode=OFF")
            for table in self._left_out:
                copy.execute(f'DELETE FROM "{table}"')  # noqa: S608 - names of our own tables
            copy.execute("VACUUM INTO ?", (str(bare),))
        wipe(self._copy)
        for chunk in chunks_of(bare):
            progress(len(chunk))
            yield chunk

    def close(self) -> None:
        """Let go of the copy."""
        self.connection.close()
        self._engine.dispose()


@contextmanager
def frozen(engine: Engine, folder: Path, left_out: Sequence[str], progress: Progress) -> Iterator[Frozen]:
    """The database of `engine`, copied by SQLite's online backup; writers do not wait and are not waited for."""
    copy = folder / "copy.db"
    with closing(sqlite3.connect(str(engine.url.database), timeout=60, isolation_level=None)) as source:
        # An open read transaction holds one snapshot: without it every write would begin the copy anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(copy)) as target:
            source.backup(target, pages=PAGES, progress=_told(progress, source))
        source.execute("ROLLBACK")
    copy.chmod(0o600)
    held = Frozen(copy, left_out)
    try:
        yield held
    finally:
        held.close()


def _told(progress: Progress, source: sqlite3.Connection) -> Callable[[int, int, int], None]:
    (size,) = source.execute("PRAGMA page_size").fetchone()
    left = [0]

    def told(_status: int, remaining: int, total: int) -> None:
        done = total - remaining
        progress((done - left[0]) * size)
        left[0] = done

    return told


class Target:
    """A SQLite database that a backup is brought back into."""

    kind = KIND

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine = _engine(path)

    def is_empty(self) -> bool:
        """True when there is no table at all."""
        if not self.path.exists():
            return True
        with self.engine.connect() as connection:
            return not connection.scalar(text("SELECT count(*) FROM sqlite_master"))

    def load(self, dump: Path, fill: Fill) -> None:
        """Fill the dump with the rows that were kept apart, check it, and copy it over the empty database."""
        self._complete(dump, fill)
        if dump == self.path:
            return
        with (
            closing(sqlite3.connect(dump)) as source,
            closing(sqlite3.connect(self.path, timeout=60)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode=WAL")
        self.path.chmod(0o600)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @staticmethod
    def _complete(dump: Path, fill: Fill) -> None:
        engine = _engine(dump)
        with engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA trusted_schema=OFF")
            fill(connection)
        with engine.connect() as connection:
            sound = connection.scalar(text("PRAGMA quick_check")) == "ok"
            loose = connection.execute(text("PRAGMA foreign_key_check")).first()
        engine.dispose()
        if not sound or loose:
            raise BackupError("The database in the backup is damaged, although it is what was backed up.")


def _engine(path: Path) -> Engine:
    return create_engine(f"sqlite:///{path}", poolclass=NullPool, hide_parameters=True)
