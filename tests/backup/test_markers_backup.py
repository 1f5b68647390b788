"""What was typed is found in no backup, sealed or opened, in no temporary file, nor in what a kill leaves behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from app.backup import scratch
from app.extensions import db
from tests.backup.conftest import readable
from tests.backup.test_create import attach
from tests.conftest import ApiClient, token_for
from tests.journeys.test_markers import SIGN, Marking, tell
from tests.stories import Story

ROOT = Path(__file__).parents[2]
OURS = f"{scratch.PREFIX}*"  # the layout engine keeps its fonts in TMPDIR, too; they are searched as well


@pytest.fixture
def marked(app, clock):
    """A story told with a marker in every field, and the markers."""
    marking = Marking()
    story = Story(lambda who: ApiClient(app, token_for(app, who)), clock, "trafficking_victim")
    tell(story, marking)
    assert len(marking.placed) > 100
    with app.app_context():
        db.session.remove()
    return story, marking


def found(marking: Marking, said: bytes) -> list[str]:
    spelled = [m for m in marking.placed if m.encode() in said or m.encode().hex().encode() in said]
    return [*spelled, *([SIGN] if SIGN.encode() in said else [])]


@pytest.fixture
def left(monkeypatch, tmp_path) -> Path:
    """A copy of every scratch folder as it is before it is emptied."""
    kept = tmp_path / "kept"
    kept.mkdir()
    remove = scratch._remove

    def keeping(folder: Path) -> None:
        shutil.copytree(folder, kept / folder.name)
        remove(folder)

    monkeypatch.setattr(scratch, "_remove", keeping)
    return kept


def test_no_marker_is_in_a_backup_nor_in_its_temporary_files(operator, elsewhere, marked, left, watched):
    story, marking = marked
    made = operator.create()
    for path in made.files:
        assert found(marking, path.read_bytes()) == []
        assert found(marking, readable(path, operator.identity)) == []
    assert story.code.encode() in readable(made.data, operator.identity)  # what is meant to be there is found
    assert story.code.encode() not in made.data.read_bytes()
    operator.verify(made.data)
    operator.run("drill", "--identity", operator.identity)
    elsewhere.run("restore", made.data, made.keys, "--identity", operator.identity, code=3)
    files = [path for folder in (left, watched) for path in folder.rglob("*") if path.is_file()]
    assert len(files) >= 9
    assert {str(path): hits for path in files if (hits := found(marking, path.read_bytes()))} == {}
    assert list(watched.glob(OURS)) == []


def _copying(operator, watched: Path) -> bool:
    return any(watched.glob(OURS))


def _writing(operator, watched: Path) -> bool:
    parts = list(operator.folder.glob(".benan-*-data.age.part"))
    return bool(parts) and parts[0].stat().st_size > 2_000_000


@pytest.mark.parametrize("moment", [_copying, _writing], ids=["while copying", "while writing"])
def test_a_kill_leaves_no_marker_and_no_backup_and_the_next_run_tidies_up(
    operator, app, actor_for, marked, watched, moment
):
    story, marking = marked
    attach(app, actor_for, UUID(story.id), os.urandom(60_000_000))
    process = started(operator, "create")
    wait_for(lambda: moment(operator, watched) or process.poll() is not None)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert operator.there() == []
    remains = [path for folder in (watched, operator.folder) for path in folder.rglob("*") if path.is_file()]
    assert remains
    assert {str(path): hits for path in remains if (hits := found(marking, path.read_bytes()))} == {}
    operator.run("create")
    assert list(watched.glob(OURS)) == []
    assert sorted(path.suffix for path in operator.folder.iterdir()) == ["", ".age", ".age"]


def started(operator, *words: str) -> subprocess.Popen:
    """The command in a process of its own, on the same installation."""
    settings = operator.app.extensions["benan.settings"]
    told = {
        "instance": str(settings.instance),
        "database_url": settings.database_url,
        "key_store": settings.key_store,
        "secret_key": settings.secret_key,
        "checkpoint_directory": str(settings.checkpoint_directory),
        "attachment_directory": str(settings.attachment_directory),
        "backup_directory": str(settings.backup_directory),
        "backup_recipients": settings.backup_recipients,
    }
    command = [sys.executable, "-m", "tests.backup.killed", json.dumps(told), *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for(happened: Callable[[], bool]) -> None:
    for _ in range(6000):
        if happened():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen within a minute")
