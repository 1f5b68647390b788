"""A served application takes large files in and gives them out: in bounded memory, and never in clear on a disk.

The server is a process of its own (gunicorn, as in production), so that it can be killed in the middle of a transfer
and its memory measured.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from app.extensions import db
from tests import stories
from tests.attachments import samples
from tests.conftest import CSRF, PASSWORD, START, ApiClient, token_for
from tests.journeys.test_markers import everything_stored, ledger_rows, logged
from tests.services import acting
from tests.stories import Story

__all__ = ["logged"]  # a fixture

ROOT = Path(__file__).parents[2]
MARK = b"Zqx7khongduocthay"
MB = 1 << 20
LARGE = 100 * MB
ALLOWANCE = 20 * MB  # what a worker may grow by, whatever the size of the file

SERVED = """
from datetime import datetime
from pathlib import Path
from app.config import Mode, Settings
from app.factory import create_app
application = create_app(Settings(
    mode=Mode.TEST, instance=Path({instance!r}), database_url={database!r}, key_store={key_store!r},
    secret_key={secret!r}, cookie_secure=False,
), clock=lambda: datetime.fromisoformat({instant!r}))
"""


class Connection(HTTPConnection):
    """HTTP over the server's socket in the file system."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=120)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(str(self._path))


class Server:
    """gunicorn with one worker, and where it may write."""

    def __init__(self, process: subprocess.Popen, place: Path, temporary: Path) -> None:
        self.process, self.place, self.temporary = process, place, temporary

    def connection(self) -> Connection:
        return Connection(self.place)

    def worker(self) -> int:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return int(children.split()[0])

    def memory(self, name: str) -> int:
        status = Path(f"/proc/{self.worker()}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) * 1024

    def forget_highest(self) -> None:
        Path(f"/proc/{self.worker()}/clear_refs").write_text("5")

    def open_files(self) -> list[Path]:
        """Files the worker holds open, by their place in /proc: they can be read although they have no name."""
        found = []
        for link in Path(f"/proc/{self.worker()}/fd").iterdir():
            with contextlib.suppress(OSError):
                if link.stat().st_size > MB and link.is_file():
                    found.append(link)
        return found


@pytest.fixture
def served(app, tmp_path):
    settings = app.extensions["benan.settings"]
    program = tmp_path / "served.py"
    program.write_text(
        SERVED.format(
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
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            until(lambda: answers(place), process)
            yield Server(process, place, temporary)
        finally:
            process.terminate()
            process.wait(30)


def answers(place: Path) -> bool:
    with contextlib.closing(Connection(place)) as connection:
        try:
            connection.request("GET", "/sign-in")
            answer = connection.getresponse()
            answer.read()
        except (OSError, HTTPException):
            return False
    return answer.status == 200


def until(true, process: subprocess.Popen) -> None:
    for _ in range(600):
        if true():
            return
        assert process.poll() is None, "the server ended"
        time.sleep(0.05)
    pytest.fail("nothing happened for half a minute")


@pytest.fixture
def case_id(app, actor_for):
    with app.app_context():
        made = acting.case(actor_for)
        db.session.remove()
    return made


def recording(length: int):
    """An AAC recording full of markers, in pieces, and its SHA-256."""
    head = samples.ALLOWED["audio/aac"]()
    piece = (MARK * (MB // len(MARK) + 1))[:MB]
    digest, pieces = hashlib.sha256(), []
    for start in range(0, length, MB):
        part = head + piece[len(head) :] if start == 0 else piece
        digest.update(part)
        pieces.append(part)
    return pieces, digest.hexdigest()


def sign_in(connection: Connection) -> str:
    """minh's cookie."""
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    token = CSRF.search(answer.read().decode())[1]
    cookie = answer.getheader("Set-Cookie").split(";")[0]
    form = f"csrf_token={token}&username=minh&password={PASSWORD.replace(' ', '+')}".encode()
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/sign-in", form, headers)
    answer = connection.getresponse()
    said = answer.read().decode()
    assert answer.status in (302, 303), re.sub(r"<[^>]*>|\s+", " ", said)
    return answer.getheader("Set-Cookie").split(";")[0]


BOUNDARY = "ranh-gioi-hu-cau"


def web_form(connection: Connection, cookie: str, case_id) -> bytes:
    """A form as the browser sends it, up to where the file begins."""
    connection.request("GET", f"/cases/{case_id}/attachments/new", headers={"Cookie": cookie})
    token = CSRF.search(connection.getresponse().read().decode())[1]
    field = '--{0}\r\nContent-Disposition: form-data; name="{1}"\r\n\r\n{2}\r\n'
    form = field.format(BOUNDARY, "csrf_token", token) + field.format(BOUNDARY, "note", MARK.decode())
    file = 'Content-Disposition: form-data; name="file"; filename="a.aac"\r\nContent-Type: audio/aac'
    return f"{form}--{BOUNDARY}\r\n{file}\r\n\r\n".encode()


def begin(connection: Connection, path: str, length: int, headers: dict[str, str]) -> None:
    connection.putrequest("POST", path)
    for name, value in {**headers, "Content-Length": str(length)}.items():
        connection.putheader(name, value)
    connection.endheaders()


def test_nothing_of_an_attachment_is_anywhere_but_under_its_seal(app, logged, clock, caplog, tmp_path):
    """Name, note, content, digest, metadata, reasons and refused files: not in the database, files, logs, entries."""
    caplog.set_level(logging.INFO)
    talking, log = logged
    story = Story(lambda who: ApiClient(talking, token_for(talking, who)), clock, "trafficking_victim")
    story.begin(stories.report_entries("trafficking_victim"))
    path, mark = f"{story.case}/attachments", MARK.decode()
    named = {"Content-Disposition": f'attachment; filename="{mark}.jpg"'}
    contents = [samples.photograph() + MARK, samples.pdf() + MARK, mark.encode() * 9000]
    made = [
        story.call("minh", "POST", path, 201, data=data, headers=named).json["attachment"]["id"]
        for data in contents
    ]
    for refused in (samples.word(macros=True) + MARK, b"\x00" + MARK * 9000, b"MZ" + MARK):
        story.call("minh", "POST", path, 422, data=refused, headers=named)
    one, two, three = (f"/attachments/{id_}" for id_ in made)
    story.call("minh", "PUT", f"{one}/note", json={"note": mark}, headers={"If-Match": '"1"'})
    for kind in ("preview", "copy", "file"):
        story.call("minh", "GET", f"{one}/{kind}").close()
    story.call("minh", "GET", f"{two}/copy").close()
    tag = {"json": {"reason": mark}, "headers": {"If-Match": '"1"'}}
    story.call("tuan", "POST", f"{three}/removal", 204, **tag)
    for one_app in (app, talking):  # SQLite loses its locks when its own process reads the file beside it
        with one_app.app_context():
            db.engine.dispose()

    digests = [hashlib.sha256(data).hexdigest() for data in contents]
    secret = [mark, samples.MARKER, *digests]
    kept = [p for p in app.extensions["benan.settings"].attachment_directory.rglob("*") if p.is_file()]
    assert len(kept) == 2
    stored = [*everything_stored(talking, tmp_path), *((p.name, p.read_bytes()) for p in kept)]
    for name, said in stored:
        for word in secret:
            assert word.encode() not in said, name
            assert word.encode().hex().encode() not in said, name
        for digest in digests:
            assert bytes.fromhex(digest) not in said, name
    for said in (log.getvalue(), caplog.text, ledger_rows(talking)):
        assert [word for word in secret if word in said] == []
    assert made[0] not in log.getvalue()


def clear_text_in(*folders: Path) -> list[Path]:
    return [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and MARK in path.read_bytes()
    ]


def test_memory_stays_bounded_while_a_large_file_comes_in_and_goes_out(app, served, case_id):
    pieces, digest = recording(LARGE)
    bearer = {"Authorization": f"Bearer {token_for(app, 'minh')}"}
    connection = served.connection()
    cookie = sign_in(connection)
    form = web_form(connection, cookie, case_id)
    end = f"\r\n--{BOUNDARY}--\r\n".encode()

    served.forget_highest()
    before = served.memory("VmRSS")
    begin(connection, f"/api/v1/cases/{case_id}/attachments", LARGE, bearer)
    for piece in pieces:
        connection.send(piece)
    answer = connection.getresponse()
    made = answer.read().decode()
    assert answer.status == 201, made
    assert digest in made

    begin(
        connection,
        f"/cases/{case_id}/attachments/new",
        len(form) + LARGE + len(end),
        {"Cookie": cookie, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
    )
    for piece in (form, *pieces, end):
        connection.send(piece)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 302

    id_ = re.search(r'"id":\s*"([0-9a-f-]{36})"', made)[1]
    connection.request("GET", f"/api/v1/attachments/{id_}/file", headers=bearer)
    answer = connection.getresponse()
    got = hashlib.sha256()
    while piece := answer.read(MB):
        got.update(piece)
    assert got.hexdigest() == digest
    assert served.memory("VmHWM") - before < ALLOWANCE
    connection.close()


def test_a_worker_killed_in_the_middle_leaves_nothing_in_clear(app, served, case_id):
    pieces, _ = recording(8 * MB)
    settings = app.extensions["benan.settings"]
    bearer = {"Authorization": f"Bearer {token_for(app, 'minh')}"}
    with app.app_context():
        db.engine.dispose()
    machine, browser = served.connection(), served.connection()
    cookie = sign_in(browser)
    form = web_form(browser, cookie, case_id)
    begin(machine, f"/api/v1/cases/{case_id}/attachments", LARGE, bearer)
    upload = {"Cookie": cookie, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    begin(browser, f"/cases/{case_id}/attachments/new", LARGE, upload)
    browser.send(form)
    for piece in pieces:
        machine.send(piece)
        browser.send(piece)
    until(lambda: sum(link.stat().st_size for link in served.open_files()) > 12 * MB, served.process)
    held = served.open_files()
    assert [link for link in held if MARK in link.read_bytes()] == []
    os.kill(served.worker(), signal.SIGKILL)
    machine.close()
    browser.close()
    until(lambda: answers(served.place), served.process)

    assert clear_text_in(served.temporary, settings.attachment_directory, settings.instance) == []
    left = [path.suffix for path in settings.attachment_directory.rglob("*") if path.is_file()]
    assert left == [".part"]
    answer = app.test_cli_runner().invoke(args=["attachments", "check", "--tidy"])
    assert "a transfer that was cut off" in answer.output
    assert [path for path in settings.attachment_directory.rglob("*") if path.is_file()] == []
