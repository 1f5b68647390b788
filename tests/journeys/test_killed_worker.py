"""A worker killed in the middle of its work leaves nothing in clear: no temporary file, no core dump, no database page.

It reads, writes, prints and searches what only markers say, and is killed while it does so: without warning, and by a
fault that would dump its memory where the shell allows it.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from http.client import HTTPException
from pathlib import Path

import pytest

from app.extensions import db
from tests.conftest import START, token_for
from tests.journeys.test_attachments import ROOT, Server, answers, until
from tests.journeys.test_markers import everything_stored
from tests.ledger.logs import sealed
from tests.pictures import kept
from tests.services import acting

MARK = "Zqx7khongduocthay"
PROGRAM = """
from datetime import datetime
from pathlib import Path
from app.config import Mode, Settings
from app.factory import create_app
from app.process import keep_to_itself
keep_to_itself()
application = create_app(Settings(
    mode=Mode.TEST, instance=Path({instance!r}), database_url={database!r}, key_store={key_store!r},
    secret_key={secret!r}, cookie_secure=False,
), clock=lambda: datetime.fromisoformat({instant!r}))
"""
IDENTITY = {"full_name": f"{MARK} Hư Cấu", "birth_date": "1990-05-02", "other_names": MARK}


@kept
def _marked(cast):
    case_id = acting.transferring(cast)
    acting.write(cast, case_id, "identity", IDENTITY, version=1)
    acting.write(cast, case_id, "statement", {"account": MARK * 50})
    draft = acting.draft(cast, case_id, condition=MARK, file_title=MARK)
    acting.report(cast, content={"what_happened": MARK * 20, "caller_name": f"{MARK} Nguyễn"})
    return case_id, draft.id


@pytest.fixture
def working(app, actor_for):
    """A case with marked sections and a draft whose form is marked; (case id, draft id, token)."""
    with app.app_context():
        case_id, draft_id = _marked(actor_for)
        db.session.remove()
        db.engine.dispose()
    return case_id, draft_id, token_for(app, "minh")


@pytest.fixture
def served(app, tmp_path):
    """gunicorn in a folder of its own, with core dumps allowed as far as the shell goes."""
    settings = app.extensions["benan.settings"]
    (tmp_path / "served.py").write_text(
        PROGRAM.format(
            instance=str(settings.instance),
            database=settings.database_url,
            key_store=settings.key_store,
            secret=settings.secret_key,
            instant=START.isoformat(),
        ),
        encoding="utf-8",
    )
    place, temporary = tmp_path / "s", tmp_path / "tmp"
    temporary.mkdir()
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "-k", "gthread", "--threads", "4"]
    command += ["--workers", "1", "--bind", f"unix:{place}", "--chdir", str(tmp_path), "served:application"]
    shell = f"ulimit -c unlimited; exec {' '.join(command)}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), "HOME": str(tmp_path)}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            ["bash", "-c", shell], env=environment, stdout=log, stderr=log, cwd=tmp_path
        )
        try:
            until(lambda: answers(place), process)
            yield Server(process, place, temporary)
        finally:
            process.terminate()
            process.wait(30)


def keep_asking(server: Server, token: str, paths: list[str], stop: threading.Event) -> None:
    """Ask until told to stop or cut off; what is answered holds the markers."""
    connection = server.connection()
    number = 0
    try:
        while not stop.is_set():
            path = paths[number % len(paths)]
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status == 200, (path, answer.status, said[:300])
            number += 1
    except (OSError, HTTPException):
        return
    finally:
        connection.close()


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGSEGV], ids=["killed", "crashed"])
def test_nothing_in_clear_is_left_anywhere(app, served, working, tmp_path, by):
    case_id, draft, token = working
    paths = [
        f"/api/v1/cases/{case_id}/sections/identity",
        f"/api/v1/documents/{draft}/preview.pdf",
        f"/api/v1/cases/{case_id}/sections/statement",
    ]
    stop = threading.Event()
    askers = [threading.Thread(target=keep_asking, args=(served, token, paths[n:], stop)) for n in range(3)]
    for asker in askers:
        asker.start()
    time.sleep(2)
    killed = served.worker()
    os.kill(killed, by)
    stop.set()
    for asker in askers:
        asker.join()
    until(lambda: answers(served.place), served.process)

    settings = app.extensions["benan.settings"]
    folders = [tmp_path, served.temporary, settings.instance, settings.checkpoint_directory]
    mine = ("served.py", "whole.db", "dump.sql")
    for path in {p for folder in folders for p in folder.rglob("*") if p.is_file() and p.name not in mine}:
        assert MARK.encode() not in path.read_bytes(), path
        assert not re.match(r"core(\.\d+)?$", path.name), path
    with app.app_context():
        sealed()
        db.session.remove()
        db.engine.dispose()
    for name, said in everything_stored(app, tmp_path):
        assert MARK.encode() not in said, name
        assert MARK.encode().hex().encode() not in said, name
    for path in settings.checkpoint_directory.rglob("*"):
        assert not path.is_file() or MARK.encode() not in path.read_bytes()


def test_a_worker_may_not_dump_its_memory_whatever_the_shell_allows(served):
    limits = Path(f"/proc/{served.worker()}/limits").read_text()
    assert re.search(r"^Max core file size\s+0\s+0", limits, re.MULTILINE)


def test_other_processes_of_the_same_user_may_not_trace_it():
    asked = (
        "from app.process import keep_to_itself as k; import ctypes; k(); print(ctypes.CDLL(None).prctl(3))"
    )
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "0\n", "PR_GET_DUMPABLE"


def test_the_served_program_begins_so():
    said = (ROOT / "wsgi.py").read_text(encoding="utf-8")
    assert said.index("keep_to_itself()\n") < said.index("create_app()\n")
