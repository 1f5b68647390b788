"""`flask backup create | list | verify`: consistent while in use, complete, and nothing inside but what belongs."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import resource
import threading
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from app.attachments.files import path_of
from app.backup import files, keeper, postgres
from app.domain.errors import LedgerBehind
from app.domain.events import BackupCreated, LedgerRead
from app.extensions import db, part
from app.models import Attachment, DataKey, WebSession
from app.transaction import transaction
from tests.backup.conftest import inside, readable
from tests.services import acting


@pytest.fixture
def case_id(app, actor_for):
    """A case with sealed sections."""
    with app.app_context():
        return acting.ready_to_transfer(actor_for)


def attach(app, actor_for, case_id, content: bytes) -> UUID:
    """A row of an attachment and its sealed file; what seals it is not asked here."""
    with app.app_context():
        actor = actor_for("minh")
        with transaction(actor) as tx:
            row = Attachment(
                case_id=case_id,
                media_type="image/png",
                size=len(content),
                sha256=sha256(content).digest(),
                branch="identity",
                key_number=1,
                created_by=actor.id,
                created_at=tx.now,
            )
            db.session.add(row)
            db.session.flush()
            tx.record(LedgerRead(count=1))
        path = path_of(row.id, 1)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        db.session.remove()
        return row.id


def test_a_backup_is_two_private_files_named_after_time_and_part(operator, case_id, watched):
    operator.run("create")
    names = sorted(path.name for path in operator.folder.iterdir() if path.name != ".lock")
    assert names == ["benan-20261123T020000Z-data.age", "benan-20261123T020000Z-keys.age"]
    assert {path.stat().st_mode & 0o777 for path in operator.folder.iterdir()} == {0o600}
    assert operator.folder.stat().st_mode & 0o777 == 0o700
    assert list(watched.iterdir()) == []
    assert "whole" in operator.run("list")


def test_it_verifies_quick_and_whole_and_leaves_nothing_on_the_disk(operator, case_id, watched):
    made = operator.create()
    for path in made.files:
        assert "Authentic" in operator.verify(path, "--quick")
    assert "Its ledger is whole." in operator.verify(made.data)
    assert list(watched.iterdir()) == []


def test_the_manifest_says_what_is_inside(operator, app, case_id):
    made = operator.create()
    data, keys = (json.loads(inside(path, operator.identity)["manifest.json"]) for path in made.files)
    assert (data["part"], keys["part"]) == ("data", "keys")
    assert data["backup"] == keys["backup"]
    assert (data["other"], keys["other"]) == (made.keys.name, made.data.name)
    assert data["program"] == "0.1.0"
    assert set(data["contents"]) == {"database", "data_key_shells"}
    assert set(keys["contents"]) == {"data_key", "search_tag"}
    assert data["rows"]["case_file"] == 1
    assert "data_key" not in data["rows"]
    with app.app_context():
        assert keys["rows"]["data_key"] == acting.look(select(func.count()).select_from(DataKey)) >= 2
        assert (
            sum(count for count, _ in data["lanes"].values()) == acting.entry_count()
        )  # one entry is older, one newer


def test_every_act_is_an_entry_with_the_digests_of_the_files(operator, app, case_id):
    made = operator.create()
    operator.verify(made.data, "--quick")
    with app.app_context():
        (created,) = acting.entries(action=BackupCreated.action)
        (verified,) = acting.entries(action="backup:verified")
    told = acting.body(created)
    assert told["data_digest"] == files.digest_of(made.data).hex() == acting.body(verified)["digest"]
    assert told["keys_digest"] == files.digest_of(made.keys).hex()
    assert (created.actor_id, created.channel) == (None, "cli")


def test_a_backup_made_while_officers_write_is_whole(operator, app, actor_for, case_id):
    stop, written, failed = threading.Event(), [], []

    def work(who: str) -> None:
        with app.app_context():
            actor = actor_for(who)
            try:
                while not stop.is_set():
                    written.append(acting.report(lambda _: actor, who).id)
                    db.session.remove()
            except BaseException as error:  # noqa: BLE001 - told by the test
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(who,)) for who in ("hoa", "hanh")]
    for thread in threads:
        thread.start()
    try:
        while len(written) < 4 and not failed:
            pass
        made = operator.create()
        seen = len(written)
        while len(written) < seen + 2 and not failed:
            pass
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failed == []
    manifest = json.loads(inside(made.data, operator.identity)["manifest.json"])
    assert 4 <= manifest["rows"]["report"] <= len(written)
    assert "Its ledger is whole." in operator.verify(made.data)  # deep, since its keys lie beside it


def test_no_key_of_the_key_store_is_inside_in_any_spelling(operator, app, actor_for, case_id):
    attach(app, actor_for, case_id, b"sealed " * 100)
    made = operator.create()
    with app.app_context():
        stored = [path.read_bytes() for path in Path(part("settings").key_store).rglob("*") if path.is_file()]
        rows = db.session.query(DataKey).all()
        data_keys = [
            part("vault").open_data_key(k.owner_id, k.branch, k.number, k.root_key_id, k.wrapped)
            for k in rows
        ]
        wrapped = [bytes(k.wrapped) for k in rows]
        db.session.remove()
    assert len(stored) >= 7
    assert len(wrapped) >= 2
    for path in made.files:
        said = readable(path, operator.identity)
        assert not [key for key in (*stored, *data_keys) for spelled in _spellings(key) if spelled in said]
        held = [any(spelled in said for spelled in _spellings(key)) for key in wrapped]
        assert set(held) == {path == made.keys}, path.name


def _spellings(key: bytes) -> tuple[bytes, ...]:
    return key, key.hex().encode(), key.hex().upper().encode(), base64.b64encode(key).rstrip(b"="), key[::-1]


def test_sessions_and_throttles_are_in_no_part(operator, app, client_for):
    client_for("minh").get("/")
    with app.app_context():
        digests = [bytes(row.token_digest) for row in db.session.query(WebSession)]
        db.session.remove()
    assert digests
    made = operator.create()
    for path in made.files:
        said = readable(path, operator.identity)
        assert not [d for digest in digests for d in _spellings(digest) if d in said]


def test_attachments_go_along_and_a_missing_or_changed_file_is_an_alarm(operator, app, actor_for, case_id):
    ids = [attach(app, actor_for, case_id, os.urandom(3000)) for _ in range(3)]
    made = operator.create()
    held = inside(made.data, operator.identity)
    with app.app_context():
        assert {f"attachments/{id_}.1" for id_ in ids} == {name for name in held if "attachments" in name}
        path_of(ids[0], 1).unlink()
        path_of(ids[1], 1).write_bytes(b"changed")
    said = operator.run("create", code=1)
    assert str(ids[0]) in said
    assert str(ids[1]) in said
    assert str(ids[2]) not in said
    manifest = json.loads(inside(operator.there()[-1].data, operator.identity)["manifest.json"])
    assert set(manifest["missing"]) == {str(ids[0]), str(ids[1])}


def test_an_attachment_removed_meanwhile_is_no_alarm(operator, app, actor_for, case_id, monkeypatch):
    id_ = attach(app, actor_for, case_id, b"x" * 100)

    def removed(_id, _number):
        with db.engine.begin() as connection:
            connection.execute(update(Attachment).values(removed_at=datetime(2026, 11, 23, tzinfo=UTC)))
        return Path("gone")

    monkeypatch.setattr(keeper, "path_of", removed)
    assert str(id_) not in operator.run("create")


def test_without_its_entry_there_is_no_backup(operator, app, case_id, monkeypatch):
    def refused(_event):
        raise LedgerBehind

    monkeypatch.setattr(keeper, "record", refused)
    assert "ledger health" in operator.run("create", code=1)
    assert operator.there() == []


def test_without_recipients_nothing_is_made(operator, app):
    app.extensions["benan.settings"] = dataclasses.replace(
        app.extensions["benan.settings"], backup_recipients=()
    )
    assert "BENAN_BACKUP_RECIPIENTS" in operator.run("create", code=1)
    assert operator.there() == []


def test_nothing_is_ever_overwritten(operator, case_id):
    operator.run("create")
    before = {path: path.read_bytes() for path in operator.there()[0].files}
    assert "nothing was overwritten" in operator.run("create", code=1)
    assert {path: path.read_bytes() for path in operator.there()[0].files} == before


def test_a_second_command_waits_its_turn(operator, case_id):
    with files.locked(operator.folder):
        assert "Another backup command" in operator.run("create", code=1)
    operator.run("create")


def test_a_full_disk_leaves_no_half_backup_and_says_so(operator, app, actor_for, case_id, watched):
    attach(app, actor_for, case_id, bytes(30_000_000))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000_000, hard))
    try:
        said = operator.run("create", code=1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "File too large" in said
    assert [path.name for path in operator.folder.iterdir()] == [".lock"]
    assert list(watched.iterdir()) == []


@pytest.mark.parametrize("built", ["postgres"], indirect=True)
def test_a_failing_server_tool_leaves_nothing_and_its_words_are_told(
    operator, app, case_id, monkeypatch, tmp_path
):
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "pg_dump"
    fake.write_text("#!/bin/sh\necho 'pg_dump: error: server version mismatch' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert "postgresql-client" in operator.run("create", code=1)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert "pg_dump is missing" in operator.run("create", code=1)
    assert operator.there() == []


def test_the_password_of_the_database_is_on_no_command_line():
    url = postgres.url_of("postgresql://benan:s3cret@db.example:5433/benan?sslmode=require")
    address, environment = postgres.address_of(url)
    assert "s3cret" not in address
    assert environment["PGPASSWORD"] == "s3cret"
    assert not [name for name in environment if name.startswith("BENAN_")]


def test_keygen_makes_a_private_file_and_prints_the_recipient_only(operator, tmp_path):
    result = operator.app.test_cli_runner().invoke(args=["backup", "keygen", "--to", str(tmp_path / "new")])
    assert result.exit_code == 0
    assert result.stdout.startswith("age1")
    assert "AGE-SECRET-KEY" not in result.output
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600
    assert operator.run("keygen", "--to", tmp_path / "new", code=1)
