"""PostgreSQL: one exported snapshot for everything, through the server's own tools."""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.backup.faults import BackupError
from app.backup.opening import Progress

KIND = "postgresql"
SCRATCH = "benan_scratch_"  # how the names of databases begin that are made for one run
MARK = "benan_scratch"  # a schema: what is in this database is a drill's
READ = 1024 * 1024  # bytes
OWN = (
    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
)
APT = "Install the client of the server's version: apt-get install -y postgresql-client"
Fill = Callable[[Connection], None]


class Frozen:
    """One snapshot of the database, held open by a transaction."""

    kind = KIND

    def __init__(self, connection: Connection, url: URL, left_out: Sequence[str]) -> None:
        self.connection, self._url, self._left_out = connection, url, left_out
        self._snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        self.size = connection.scalar(text("SELECT pg_database_size(current_database())")) or 0

    def dump(self, progress: Progress) -> Generator[bytes]:
        """`pg_dump --format=custom` of the snapshot, without the rows of the tables left out."""
        # No column counts by a sequence of the server, and the application's role may not read one.
        without = [f"--exclude-table-data={table}" for table in (*self._left_out, "*_seq")]
        options = [
            "--format=custom",
            "--compress=1",
            "--no-owner",
            "--no-sync",
            f"--snapshot={self._snapshot}",
        ]
        with _tool("pg_dump", [*options, *without], self._url) as (output, _):
            while chunk := output.read(READ):
                progress(len(chunk))
                yield chunk


@contextmanager
def frozen(engine: Engine, left_out: Sequence[str]) -> Iterator[Frozen]:
    """The database of `engine` as it is now, whatever is written meanwhile."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield Frozen(connection, engine.url, left_out)
        connection.rollback()


class Target:
    """A PostgreSQL database that a backup is brought back into, as the role that will own the tables."""

    kind = KIND

    def __init__(self, url: URL) -> None:
        self._url = url
        self.engine = create_engine(url, poolclass=NullPool, hide_parameters=True)

    def is_empty(self) -> bool:
        """True when there is no table, view or sequence of anybody's."""
        with self.engine.connect() as connection:
            return not connection.scalar(text(OWN))

    def load(self, dump: Path, fill: Fill) -> None:
        """Tables and rows, then the rows that were kept apart, then indexes and foreign keys, which check them."""
        for section in ("pre-data", "data"):
            self._restore(dump, section)
        with self.engine.begin() as connection:
            fill(connection)
        self._restore(dump, "post-data")
        with self.engine.begin() as connection:
            connection.execute(text("ANALYZE"))

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def _restore(self, dump: Path, section: str) -> None:
        options = [
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--single-transaction",
            f"--section={section}",
        ]
        with _tool("pg_restore", [*options, str(dump)], self._url) as (output, _):
            output.read()


@contextmanager
def scratch_database(url: URL) -> Iterator[Target]:
    """A database of that server for this one run, dropped afterwards; the role must be allowed to make one."""
    server = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True)
    name = SCRATCH + secrets.token_hex(8)
    with server.connect() as connection:
        _sweep(connection)
        try:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
        except ProgrammingError:
            raise BackupError(
                "The database role may not make a scratch database. Make an empty one that it owns, and set "
                "BENAN_SCRATCH_DATABASE_URL; see docs/operations/backup.md."
            ) from None
        target = Target(url.set(database=name))
        held = target.engine.connect()  # while it is held, another run's sweep leaves it alone
        try:
            yield target
        finally:
            held.close()
            target.close()
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            server.dispose()


@contextmanager
def given_database(url: URL) -> Iterator[Target]:
    """An empty database somebody made for this: filled, and emptied again afterwards, or by the run after a kill."""
    target = Target(url)
    try:
        with target.engine.begin() as connection:
            if connection.scalar(text("SELECT 1 FROM pg_namespace WHERE nspname = :mark"), {"mark": MARK}):
                _empty(connection)
        if not target.is_empty():
            raise BackupError("BENAN_SCRATCH_DATABASE_URL names a database that is not empty.")
        with target.engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {MARK}"))
        try:
            yield target
        finally:
            with target.engine.begin() as connection:
                _empty(connection)
    finally:
        target.close()


def _empty(connection: Connection) -> None:
    connection.execute(text("DROP SCHEMA public CASCADE"))
    connection.execute(text("CREATE SCHEMA public"))
    connection.execute(text(f"DROP SCHEMA {MARK}"))


def _sweep(connection: Connection) -> None:
    ours = text(
        "SELECT datname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba "
        "WHERE r.rolname = current_user AND starts_with(datname, :scratch)"
    )
    for name in connection.scalars(ours, {"scratch": SCRATCH}).all():
        with suppress(OperationalError, ProgrammingError):  # somebody is at work in it
            connection.execute(text(f'DROP DATABASE "{name}"'))


@contextmanager
def _tool(name: str, options: Sequence[str], url: URL) -> Iterator[tuple[IO[bytes], subprocess.Popen[bytes]]]:
    """A running tool and its output; BackupError with what it said when it fails. No password on the command line."""
    address, environment = address_of(url)
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(  # noqa: S603 - fixed names and our own options, no shell
                [name, *options, f"--dbname={address}"], stdout=subprocess.PIPE, stderr=said, env=environment
            )
        except FileNotFoundError:
            raise BackupError(f"{name} is missing. {APT}") from None
        assert process.stdout is not None  # noqa: S101 - asked for above
        try:
            yield process.stdout, process
        except BaseException:
            process.kill()
            raise
        finally:
            process.stdout.close()
            process.wait()
        if process.returncode:
            said.seek(0)
            words = _plain(said.read(8000).decode(errors="replace"))
            raise BackupError(f"{name} failed: {words} {APT if 'version mismatch' in words else ''}".strip())


def _plain(said: str) -> str:
    """What the tool itself says; what the server adds may quote a row."""
    lines = [line for line in said.splitlines() if line.startswith("pg_")]
    return " ".join(line for line in lines if " detail: " not in line and " context: " not in line)


def address_of(url: URL) -> tuple[str, Mapping[str, str]]:
    """The address for libpq and the environment of its tools, where the password is."""
    parts = {**url.translate_connect_args(username="user", database="dbname"), **url.query}
    password = parts.pop("password", None)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("BENAN_")}
    if password:
        environment["PGPASSWORD"] = str(password)
    return make_conninfo(**parts), environment


def url_of(text_url: str) -> URL:
    """A database address as typed or set, for our driver."""
    for prefix in ("postgres://", "postgresql://"):
        if text_url.startswith(prefix):
            return make_url("postgresql+psycopg://" + text_url.removeprefix(prefix))
    return make_url(text_url)
