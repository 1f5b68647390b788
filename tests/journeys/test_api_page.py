"""The walk of docs/api.md, pasted into a shell as its reader would, against a served application."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from app.extensions import db
from app.ledger.log import current_log
from app.models import Account
from tests.conftest import REQUIRE_ALL, token_for
from tests.ledger.logs import sealed

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "api.md"
PLAYED_BY = {"truc": "hoa", "canbo": "minh", "canbo2": "lan", "chihuy": "tuan", "doitac": "sen"}


def _sealing(app, over):
    def run():
        while not over.wait(1):
            with app.app_context():
                sealed()
                db.session.remove()

    return run


@pytest.fixture
def served(app, clock, tmp_path):
    """The application on a free port, the cast under the page's names, and a file of their tokens."""
    if shutil.which("curl") is None:
        reason = "no curl (make test installs it)"
        pytest.fail(reason) if REQUIRE_ALL else pytest.skip(reason)
    clock.instant = datetime.now(UTC)  # the page uses today's date
    with app.app_context():
        for name, actor in PLAYED_BY.items():
            db.session.query(Account).filter_by(username=actor).one().username = name
        db.session.commit()
        db.session.remove()
    tokens = tmp_path / "tokens.txt"
    tokens.write_text("".join(f"{name} {token_for(app, name)}\n" for name in PLAYED_BY))
    server, over = make_server("127.0.0.1", 0, app, threaded=True), threading.Event()
    threads = [
        threading.Thread(target=run, daemon=True) for run in (server.serve_forever, _sealing(app, over))
    ]
    for thread in threads:
        thread.start()
    with app.app_context():
        key = str(current_log().key.verifier)
    yield {
        "BENAN_URL": f"http://127.0.0.1:{server.server_port}",
        "BENAN_TOKENS": str(tokens),
        "BENAN_LEDGER_KEY": key,
        "BENAN_VERIFY": f"{sys.executable} {ROOT / 'scripts' / 'verify_ledger.py'}",
    }
    server.shutdown()
    over.set()
    for thread in threads:
        thread.join(timeout=10)
    server.server_close()


def test_the_whole_story_runs_as_the_page_tells_it(served, tmp_path):
    blocks = re.findall(r"```bash\n(.*?)```", PAGE.read_text(), re.DOTALL)
    script = "set -e -o pipefail\n" + "\n".join(blocks)
    done = subprocess.run(
        ["bash"],
        input=script,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, **served, "BENAN_OUT": str(tmp_path)},
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = done.stdout.splitlines()
    assert told.count("404") == 5
    assert [line for line in told if line in ("refused", "confirmed")] == [
        "refused",
        "confirmed",
        "confirmed",
    ]
    for stage in ("transferring", "at_court", "execution_decided", "pickup_failed", "handover_agreed"):
        assert stage in told
    assert (tmp_path / "handover.pdf").read_bytes().startswith(b"%PDF-")
    assert "access:denied" in done.stdout
    assert "biên bản.png" in told
    assert "the same bytes" in told
    assert len([line for line in told if re.fullmatch(r"NN-[0-9A-Z]{4}-[0-9A-Z]{4}", line)]) == 2, told
    assert "This entry is leaf" in done.stdout
