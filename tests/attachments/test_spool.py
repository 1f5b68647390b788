"""An upload waits sealed: nothing of it is on the disk in clear, and nothing is left when the process dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.attachments.spool import Spool
from app.domain.errors import TooLarge, Unavailable

ROOT = Path(__file__).parents[2]
MARK = b"Zqx7trongchoupload"


def filled(folder, data: bytes, most: int = 1 << 30, pieces: int = 70_000) -> Spool:
    spool = Spool(folder, most)
    for start in range(0, len(data), pieces):
        spool.write(data[start : start + pieces])
    spool.seek(0)
    return spool


def everything(spool: Spool, size: int = 10_000) -> bytes:
    return b"".join(iter(lambda: spool.read(size), b""))


@settings(max_examples=30)
@given(st.sampled_from((0, 1, 65535, 65536, 65537, 200_000)), st.sampled_from((7, 4096, 65536, 300_000)))
def test_what_was_written_is_read_as_often_as_asked(tmp_path_factory, length, size):
    data = (b"0123456789" * 20_001)[:length]
    spool = filled(tmp_path_factory.getbasetemp() / "spool", data)
    assert everything(spool, size) == data
    spool.seek(0)
    assert spool.read() == data
    assert spool.read() == b""
    spool.close()


def test_it_is_written_once_and_read_from_the_begin(tmp_path):
    spool = filled(tmp_path, b"abc")
    with pytest.raises(ValueError, match="once"):
        spool.write(b"x")
    with pytest.raises(ValueError, match="begin"):
        spool.seek(2)
    spool.close()


def test_too_much_is_let_go_and_told(tmp_path):
    spool = Spool(tmp_path, 1000)
    for _ in range(5):
        spool.write(bytes(300))
    spool.seek(0)
    with pytest.raises(TooLarge):
        spool.read(10)
    spool.close()


def test_the_file_on_the_disk_holds_nothing_in_clear(tmp_path):
    spool = filled(tmp_path, MARK * 100_000)
    assert list(tmp_path.iterdir()) == []
    descriptor = spool._file.fileno()
    stored = os.pread(descriptor, 10_000_000, 0)
    assert len(stored) > 1_000_000
    assert MARK not in stored
    spool.close()


def test_a_full_disk_is_told_in_words(tmp_path, monkeypatch):
    def full(*given, **options):
        raise OSError(28, "No space left on device")

    spool = Spool(tmp_path, 1 << 30)
    monkeypatch.setattr(spool._writer, "_sink", full)
    with pytest.raises(Unavailable):
        spool.write(bytes(200_000))
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(Unavailable):
        Spool(tmp_path, 1 << 30)


CHILD = """
import os, sys, time
from pathlib import Path
from app.attachments.spool import Spool
spool = Spool(Path(os.environ["TMPDIR"]), 1 << 30)
spool.write(b"Zqx7trong" b"choupload" * 200_000)
print("written", flush=True)
time.sleep(600)
"""


def test_a_killed_process_leaves_nothing_behind(tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", CHILD], env=environment, stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"written\n"
        child.send_signal(signal.SIGKILL)
        child.wait(10)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
