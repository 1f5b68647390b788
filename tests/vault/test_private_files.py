"""A secret's file is refused when others could read it, and is written whole or not at all."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.vault import KeyStoreError, private_files

ROOT = Path(__file__).parents[2]


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "a.key"
    private_files.write_new(path, b"secret")
    return path


def test_it_is_written_for_its_owner_only(secret):
    assert secret.read_bytes() == b"secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert os.listdir(secret.parent) == ["a.key"]  # noqa: PTH208 - hidden files, too
    assert secret.stat().st_nlink == 1


def test_nothing_is_overwritten(secret):
    with pytest.raises(FileExistsError):
        private_files.write_new(secret, b"other")
    assert secret.read_bytes() == b"secret"
    assert os.listdir(secret.parent) == ["a.key"]  # noqa: PTH208 - hidden files, too


def test_a_wide_umask_makes_no_difference(tmp_path):
    before = os.umask(0)
    try:
        private_files.write_new(tmp_path / "b.key", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "b.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666, 0o601])
def test_open_to_others_is_refused_with_the_remedy(secret, mode):
    secret.chmod(mode)
    with pytest.raises(KeyStoreError, match="chmod go-rwx"):
        private_files.read(secret)


def test_a_link_is_refused_wherever_it_leads(secret, tmp_path):
    link = tmp_path / "link.key"
    for target in (secret, tmp_path / "nothing", tmp_path):
        link.symlink_to(target)
        with pytest.raises(KeyStoreError, match="is a link"):
            private_files.read(link)
        with pytest.raises(FileExistsError):
            private_files.write_new(link, b"x")
        link.unlink()


def test_a_pipe_or_folder_is_refused_and_nobody_waits(tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(KeyStoreError, match="not a plain file"):
            private_files.read(path)


def test_a_missing_file_says_where_it_comes_from(tmp_path):
    with pytest.raises(KeyStoreError, match="key backup"):
        private_files.read(tmp_path / "none.key")


def test_another_users_file_is_refused():
    code = (
        "import os; from pathlib import Path; from app.vault import private_files\n"
        "if os.geteuid() == 0: os.seteuid(65534)\n"
        "print(*private_files.faults(Path('/etc/passwd')))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "belongs to another user" in done.stdout


def test_a_kill_at_any_moment_leaves_it_whole_or_absent(tmp_path):
    """A process that writes one key after the other is killed again and again, at chance moments."""
    code = (
        "import sys; from pathlib import Path; from app.vault import private_files\n"
        "print('ready', flush=True)\n"
        "for n in range(100000): private_files.write_new(Path(sys.argv[1]) / f'{n}.key', b'k' * 32)"
    )
    for attempt in range(3):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        process = subprocess.Popen([sys.executable, "-c", code, folder], cwd=ROOT, stdout=subprocess.PIPE)
        process.stdout.readline()
        while len(list(folder.glob("*.key"))) < 10 * (attempt + 1):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert {path.read_bytes() for path in folder.glob("*.key")} == {b"k" * 32}
        assert len(list(folder.iterdir())) <= len(list(folder.glob("*.key"))) + 1, "one unfinished at most"
