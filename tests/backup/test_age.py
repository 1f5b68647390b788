"""Encryption in the age format: streams of any length, what is cut or changed is refused, the tool `age` agrees."""

from __future__ import annotations

import io
import os
import shutil
import subprocess

import pytest

from app.backup.age import decrypting, encrypting, identities_in, new_identity, recipients_of, write_identity
from app.backup.faults import BackupError

CHUNK = 65536  # what age authenticates at a time


@pytest.fixture
def key(tmp_path):
    """An identity in a file, and its recipient."""
    identity, recipient = new_identity()
    write_identity(tmp_path / "identity", identity, recipient)
    return tmp_path / "identity", recipient


def encrypted(content: bytes, *recipients: str) -> bytes:
    target = io.BytesIO()
    with encrypting(target, recipients_of(recipients)) as stream:
        stream.write(content)
    return target.getvalue()


def decrypted(content: bytes, identity) -> bytes:
    with decrypting(io.BytesIO(content), identities_in(identity)) as stream:
        return stream.read()


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK, 3_000_001])
def test_what_went_in_comes_out(key, length):
    identity, recipient = key
    content = os.urandom(length)
    sealed = encrypted(content, recipient)
    assert decrypted(sealed, identity) == content
    assert length < 20 or content[:20] not in sealed


def test_several_recipients_open_it_each_alone(key, tmp_path):
    other, recipient = new_identity()
    write_identity(tmp_path / "other", other, recipient)
    sealed = encrypted(b"both", key[1], recipient)
    assert decrypted(sealed, key[0]) == decrypted(sealed, tmp_path / "other") == b"both"


def test_another_identity_opens_nothing(key, tmp_path):
    write_identity(tmp_path / "stranger", *new_identity())
    with pytest.raises(BackupError, match="encrypted to others"):
        decrypted(encrypted(b"x", key[1]), tmp_path / "stranger")


@pytest.mark.parametrize("left", [0, 1, 100, 300, CHUNK, 2 * CHUNK + 200, -1])
def test_a_cut_is_noticed_wherever_it_is(key, left):
    sealed = encrypted(os.urandom(3 * CHUNK), key[1])
    with pytest.raises(BackupError, match="damaged or cut short"):
        decrypted(sealed[:left], key[0])


@pytest.mark.parametrize("place", [10, 200, CHUNK, 2 * CHUNK, -1])
def test_one_changed_bit_is_noticed_wherever_it_is(key, place):
    sealed = bytearray(encrypted(os.urandom(3 * CHUNK), key[1]))
    sealed[place] ^= 1
    with pytest.raises(BackupError):
        decrypted(bytes(sealed), key[0])


def test_bytes_after_the_end_are_noticed(key):
    with pytest.raises(BackupError, match="damaged"):
        decrypted(encrypted(b"x", key[1]) + b"y", key[0])


class FullDisk(io.RawIOBase):
    def writable(self):
        return True

    def write(self, _data):
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_said_and_stops_the_writer(key):
    with pytest.raises(BackupError, match="the disk is full"):
        _fill(FullDisk(), key[1])


def _fill(disk, recipient):
    with encrypting(disk, recipients_of([recipient])) as stream:
        for _ in range(100):
            stream.write(bytes(CHUNK))


def test_a_reader_who_stops_early_is_told_his_own_error(key):
    sealed = encrypted(bytes(5_000_000), key[1])
    with pytest.raises(BackupError, match="no more"):
        _stop(sealed, key[0])


def _stop(sealed, identity):
    with decrypting(io.BytesIO(sealed), identities_in(identity)) as stream:
        stream.read(10)
        raise BackupError("no more")


def test_an_identity_is_private_and_never_overwritten(key):
    assert key[0].stat().st_mode & 0o777 == 0o600
    before = key[0].read_bytes()
    with pytest.raises(BackupError, match="Nothing was overwritten"):
        write_identity(key[0], *new_identity())
    assert key[0].read_bytes() == before
    key[0].chmod(0o640)
    with pytest.raises(BackupError, match="chmod go-rwx"):
        identities_in(key[0])


def test_a_credential_of_systemd_may_show_an_access_list(key, monkeypatch):
    key[0].chmod(0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(key[0].parent))
    assert identities_in(key[0])


@pytest.mark.parametrize("content", ["", "nothing of the kind\n", "AGE-SECRET-KEY-1NOTONE\n", "khóa\n"])
def test_what_is_no_identity_is_said_to_be_none(tmp_path, content):
    (tmp_path / "file").write_text(content)
    (tmp_path / "file").chmod(0o600)
    with pytest.raises(BackupError, match="identity"):
        identities_in(tmp_path / "file")


@pytest.mark.parametrize("recipients", [(), ("age1notone",), ("AGE-SECRET-KEY-1",)])
def test_missing_and_mistyped_recipients_are_refused(recipients):
    with pytest.raises(BackupError, match="BENAN_BACKUP_RECIPIENTS"):
        recipients_of(recipients)


def test_the_standard_tool_opens_it_and_ours_opens_what_it_makes(key, tmp_path):
    if not shutil.which("age"):
        if os.environ.get("CI_REQUIRE_ALL") == "1":
            pytest.fail("age is not installed: apt-get install age")
        pytest.skip("age is not installed")
    content = os.urandom(200_000)
    (tmp_path / "ours").write_bytes(encrypted(content, key[1]))
    command = ["age", "--decrypt", "-i", key[0], tmp_path / "ours"]
    assert subprocess.run(command, check=True, capture_output=True).stdout == content
    theirs = subprocess.run(["age", "-r", key[1]], input=content, check=True, capture_output=True).stdout
    assert decrypted(theirs, key[0]) == content
