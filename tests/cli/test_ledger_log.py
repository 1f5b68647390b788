"""`flask ledger seal | checkpoint | verify --deep`: what an operator and the journal see."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.extensions import db, part
from app.ledger.log import current_log
from tests.ledger.logs import ask, sql, write

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(ctx):
    def command(*words):
        db.session.remove()
        return ctx.test_cli_runner().invoke(args=["ledger", *map(str, words)])

    return command


def test_a_seal_is_one_line_for_the_journal(run):
    write(2)
    result = run("seal")
    assert result.exit_code == 0
    line = json.loads(result.stdout)
    assert line["checkpoint"] == 3
    assert current_log().key.open(line["note"]).checkpoint.size == 3
    assert run("seal").stdout == ""


def test_a_refused_seal_says_where_and_the_ledger_tells_of_it(run):
    write(20)
    lane = ask("SELECT lane FROM ledger_lane ORDER BY count DESC LIMIT 1")
    sql("UPDATE ledger_entry SET source = 'x' WHERE lane = :lane AND counter = 1", lane=lane)
    result = run("seal")
    assert result.exit_code == 1
    assert f"The sealer stopped. lane {lane}, entry 1: entry changed or forged" in result.stderr
    body = json.loads(ask("SELECT body FROM ledger_entry WHERE action = 'ledger:seal_refused'"))
    assert body == {"problem": "entry_changed", "lane": lane, "counter": 1}


def test_the_checkpoint_and_its_page(run, tmp_path):
    assert "There is no checkpoint of that size" in run("checkpoint").output
    run("seal")
    assert current_log().key.open(run("checkpoint").stdout).checkpoint.size == 1
    assert run("checkpoint", "--size", 7).exit_code == 1
    page = tmp_path / "page.pdf"
    assert run("checkpoint", "--pdf", page).exit_code == 0
    assert page.read_bytes().startswith(b"%PDF-")


def test_the_deep_check_goes_on_where_it_was_interrupted(run, ctx):
    write(5)
    place = part("settings").instance / "deep-check.json"
    assert run("verify", "--deep").stdout == "The ledger is whole: 6 entries.\n"
    assert not place.exists()
    assert run("verify", "--resume").exit_code == 1  # nothing was interrupted
    sql("UPDATE account SET role_id = 'administrator' WHERE username = 'hoa'")
    assert run("verify").exit_code == 0
    told = run("verify", "--deep")
    assert (told.exit_code, "account" in told.stdout) == (1, True)


def _environment(folder):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {"BENAN_MODE": "demo", "BENAN_INSTANCE": str(folder)}


def test_the_sealer_ends_with_the_process_that_started_it(tmp_path):
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    env = _environment(tmp_path)
    subprocess.run([*flask, "init"], check=True, env=env, cwd=ROOT, capture_output=True)
    parent = (
        "import subprocess, sys\n"
        "child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)\n"
        "print(child.pid, child.stdout.readline().decode(), flush=True)\n"
    )
    words = [*flask, "ledger", "seal", "--every", "1", "--with-parent"]
    done = subprocess.run(
        [sys.executable, "-c", parent, *words],
        check=True,
        env=env,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    pid, line = done.stdout.split(" ", 1)
    assert json.loads(line)["checkpoint"] == 1
    for _ in range(100):
        if not _runs(int(pid)):
            return
        time.sleep(0.1)
    os.kill(int(pid), 9)
    pytest.fail("the sealer outlived its parent")


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
