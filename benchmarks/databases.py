"""The databases measured on: SQLite always, PostgreSQL where a server lets us make databases of our own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import text

from app.extensions import db

VARIANTS = ("sealed", "plain")
SCHEDSTAT_UNIT = 1e-9  # seconds; the first number of /proc/<pid>/schedstat is nanoseconds on a processor


class Databases:
    """A folder and a database URL for each variant; gone when the measurement ends."""

    def __init__(self, name: str, folder: Path, urls: dict[str, str]) -> None:
        self.name = name
        self.folder = folder
        self.urls = urls


@contextmanager
def sqlite() -> Iterator[Databases]:
    """Two files in a temporary folder."""
    with TemporaryDirectory(prefix="benan-bench-") as name:
        folder = Path(name)
        yield Databases("SQLite", folder, {v: f"sqlite:///{folder / f'{v}.db'}" for v in VARIANTS})


def server_url() -> str | None:
    """A PostgreSQL server on which we may make databases: TEST_POSTGRES_URL, or one on this machine; else None."""
    for url in (os.environ.get("TEST_POSTGRES_URL"), "postgresql:///postgres"):
        if not url:
            continue
        try:
            with psycopg.connect(_plain(url), connect_timeout=3) as connection:
                row = connection.execute(
                    "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
                ).fetchone()
        except psycopg.Error:
            continue
        if row and row[0]:
            return url
    return None


@contextmanager
def postgres(server: str) -> Iterator[Databases]:
    """Two fresh databases on `server`; dropped afterwards."""
    parts = conninfo_to_dict(_plain(server))
    names = {v: f"benan_bench_{v}_{os.getpid()}" for v in VARIANTS}
    query = "&".join(f"{k}={v}" for k, v in parts.items() if k != "dbname")
    with (
        TemporaryDirectory(prefix="benan-bench-") as folder,
        psycopg.connect(make_conninfo(**parts), autocommit=True) as connection,
    ):
        create = sql.SQL("create database {} template template0 encoding 'UTF8'")
        drop = sql.SQL("drop database if exists {} with (force)")
        try:
            for name in names.values():
                connection.execute(create.format(sql.Identifier(name)))
            urls = {v: f"postgresql+psycopg:///{name}?{query}" for v, name in names.items()}
            yield Databases("PostgreSQL", Path(folder), urls)
        finally:
            for name in names.values():
                connection.execute(drop.format(sql.Identifier(name)))


def backend_cpu() -> float | None:
    """Seconds of processor time used by the PostgreSQL backends of this database; 0 for SQLite.

    None when the server is not reached through a local socket. The server's shared processes (WAL writer,
    checkpointer) are not counted.
    """
    if db.engine.dialect.name != "postgresql":
        return 0.0
    with db.engine.connect() as connection:
        if connection.scalar(text("select inet_server_addr()")) is not None:
            return None
        pids = connection.scalars(
            text("select pid from pg_stat_activity where datname = current_database()")
        ).all()
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) * SCHEDSTAT_UNIT


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
