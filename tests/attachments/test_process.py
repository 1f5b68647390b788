"""Feeding real programs: everything arrives, nothing waits for ever, nothing of ours is told."""

from __future__ import annotations

import hashlib
import sys

import pytest

from app.attachments.content import Refused
from app.attachments.process import feed
from app.attachments.scanning import scan
from app.domain.errors import Unavailable

MARK = b"hu-cau-co-hai"


def script(folder, text: str):
    path = folder / "quét tệp.py"  # a space and letters beyond ASCII, as a path may have
    path.write_text(text, encoding="utf-8")
    return [sys.executable, "-I", str(path)]


def chunks(total: int, size: int = 65536):
    for _ in range(total // size):
        yield b"\xa5" * size


def test_a_long_content_arrives_whole_and_in_order(tmp_path):
    command = script(
        tmp_path,
        "import hashlib, sys\nprint(hashlib.sha256(sys.stdin.buffer.read()).hexdigest(), end='')",
    )
    answer = feed(command, chunks(20 << 20), patience=30, most=100)
    assert (answer.code, answer.whole) == (0, True)
    assert answer.output.decode() == hashlib.sha256(b"\xa5" * (20 << 20)).hexdigest()


def test_input_and_output_do_not_wait_for_each_other(tmp_path):
    command = script(
        tmp_path,
        "import sys\nwhile piece := sys.stdin.buffer.read1():\n    sys.stdout.buffer.write(piece)",
    )
    answer = feed(command, chunks(4 << 20), patience=30, most=4 << 20)
    assert len(answer.output) == 4 << 20


def test_too_much_output_ends_it(tmp_path):
    command = script(tmp_path, "import sys\nwhile True: sys.stdout.write('x' * 65536)")
    answer = feed(command, iter(()), patience=30, most=1 << 20)
    assert answer.code is None
    assert len(answer.output) < 2 << 20


def test_a_program_that_stands_still_is_ended(tmp_path):
    command = script(tmp_path, "import time\ntime.sleep(600)")
    assert feed(command, chunks(4 << 20), patience=0.3, most=10).code is None
    closed = script(tmp_path, "import os, time\nos.close(1)\nos.close(0)\ntime.sleep(600)")
    assert feed(closed, iter(()), patience=0.3, most=10).code is None


def test_a_program_that_is_not_there_answers_nothing():
    assert feed(["/nowhere/at-all"], iter((b"x",)), patience=5, most=10).code is None


def test_a_program_that_stops_reading_did_not_take_everything(tmp_path):
    answer = feed(script(tmp_path, "raise SystemExit(0)"), chunks(4 << 20), patience=30, most=10)
    assert (answer.code, answer.whole) == (0, False)


def test_it_sees_nothing_of_our_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("BENAN_SECRET_KEY", MARK.decode())
    answer = feed(
        script(tmp_path, "import os\nprint(sorted(os.environ), os.getcwd())"),
        iter(()),
        patience=30,
        most=1000,
    )
    assert b"PATH" in answer.output
    assert b"BENAN" not in answer.output


SCANNER = f"""
import sys
content = sys.stdin.buffer.read()
sys.exit(1 if {MARK!r} in content else 0)
"""


def quoted(command):
    return " ".join(f"'{part}'" for part in command)


def test_the_scanner_lets_pass_and_refuses(tmp_path):
    command = quoted(script(tmp_path, SCANNER))
    scan(command, iter((b"harmless", b"hu-cau")))
    with pytest.raises(Refused) as refused:
        scan(command, iter((b"so " + MARK[:5], MARK[5:])))
    assert refused.value.why == "infected"


@pytest.mark.parametrize("text", ["raise SystemExit(2)", "import os; os.kill(os.getpid(), 9)"])
def test_a_scanner_that_fails_lets_nothing_pass(tmp_path, text):
    with pytest.raises(Unavailable):
        scan(quoted(script(tmp_path, text)), iter((b"x",)))


def test_a_scanner_that_does_not_read_to_the_end_lets_nothing_pass(tmp_path):
    with pytest.raises(Unavailable):
        scan(quoted(script(tmp_path, "raise SystemExit(0)")), chunks(4 << 20))


def test_a_scanner_that_is_not_there_lets_nothing_pass():
    with pytest.raises(Unavailable):
        scan("/nowhere/at-all --stdin", iter((b"x",)))
