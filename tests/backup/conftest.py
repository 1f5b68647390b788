"""A folder of backups, a recovery identity, and the commands as an operator gives them."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from app.backup.age import decrypting, identities_in, new_identity, write_identity
from app.backup.archive import members
from app.backup.files import Backup, backups
from app.extensions import db
from app.factory import create_app

INCOMPLETE = 3


@dataclass
class Operator:
    """Gives `flask backup` commands, and knows where everything lies."""

    app: object
    identity: Path
    folder: Path
    clock: object

    def run(self, *words: object, code: int = 0) -> str:
        """One command; its exit code is asserted, its whole output given."""
        with self.app.app_context():
            db.session.remove()
        result = self.app.test_cli_runner().invoke(args=["backup", *map(str, words)])
        assert result.exit_code == code, (words, result.exit_code, result.output, result.exception)
        assert "Traceback" not in result.output
        return result.output

    def create(self, **later: float) -> Backup:
        """A backup made now; the clock moves on, since a second later is another file."""
        self.run("create")
        self.clock.forward(**(later or {"seconds": 1}))
        return self.there()[-1]

    def there(self) -> list[Backup]:
        """What is in the folder."""
        return backups(self.folder)

    def verify(self, path: Path, *words: str, code: int = 0) -> str:
        return self.run("verify", path, "--identity", self.identity, *words, code=code)


@pytest.fixture
def identity(tmp_path) -> tuple[Path, str]:
    """A recovery identity in a file, and its recipient."""
    secret, recipient = new_identity()
    write_identity(tmp_path / "recovery.identity", secret, recipient)
    return tmp_path / "recovery.identity", recipient


@pytest.fixture(autouse=True)
def watched(tmp_path, monkeypatch) -> Path:
    """TMPDIR: whatever a command leaves behind is seen."""
    folder = tmp_path / "watched"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def operator(app, clock, identity, tmp_path):
    """An operator of the application on the cast's database."""
    before = app.extensions["benan.settings"]
    folder = tmp_path / "backups"
    app.extensions["benan.settings"] = dataclasses.replace(
        before, backup_directory=folder, backup_recipients=(identity[1],)
    )
    yield Operator(app, identity[0], folder, clock)
    app.extensions["benan.settings"] = before


def inside(path: Path, identity: Path) -> dict[str, bytes]:
    """Every stream of a part, as somebody with the identity reads it."""
    found: dict[str, bytes] = {}
    with path.open("rb") as file, decrypting(file, identities_in(identity)) as stream:
        for member in members(stream):
            found[member.stream] = found.get(member.stream, b"") + member.whole()
    return found


def readable(path: Path, identity: Path) -> bytes:
    """Everything a part says, a PostgreSQL dump as the SQL it becomes."""
    streams = inside(path, identity)
    dump = streams.get("database", b"")
    if dump.startswith(b"PGDMP"):
        command = ["pg_restore", "--file=-"]
        streams["database"] = subprocess.run(command, input=dump, check=True, capture_output=True).stdout
    return b"\n".join(streams.values())


def db_kind(app) -> str:
    """sqlite or postgresql."""
    return app.extensions["benan.settings"].database_url.partition(":")[0].partition("+")[0]


@contextmanager
def empty_database(app, folder: Path) -> Iterator[str]:
    """The address of an empty database of the same kind as the application's."""
    if db_kind(app) == "sqlite":
        yield f"sqlite:///{folder / f'{uuid4().hex[:8]}.db'}"
        return
    parts = conninfo_to_dict(os.environ["TEST_POSTGRES_URL"])
    name = f"benan_test_{os.getpid()}_{uuid4().hex[:8]}"
    with psycopg.connect(make_conninfo(**parts), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
        query = "&".join(f"{k}={v}" for k, v in parts.items() if k != "dbname")
        yield f"postgresql+psycopg:///{name}?{query}"
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def elsewhere(app, clock, operator, tmp_path):
    """Another machine with the same keys, an empty database, and no checkpoints unless some are brought there."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with empty_database(app, folder) as url:
        settings = dataclasses.replace(
            app.extensions["benan.settings"],
            instance=folder,
            database_url=url,
            attachment_directory=folder / "attachments",
            checkpoint_directory=folder / "checkpoints",
        )
        other = create_app(settings, clock=clock)
        yield Operator(other, operator.identity, operator.folder, clock)
        with other.app_context():
            db.session.remove()
            db.engine.dispose()


def rows_of(app) -> dict[str, list]:
    """Every row of every table, sessions and throttles left out."""
    left_out = {"web_session", "sign_in_throttle"}
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select()).all()))
            for table in db.metadata.sorted_tables
            if table.name not in left_out
        }
