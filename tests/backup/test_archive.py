"""Inside a part: what is written is read again; anything this program does not write is refused."""

from __future__ import annotations

import io
import os
import tarfile
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from app.backup import archive
from app.backup.archive import MANIFEST, SIGNATURE, Writer, members
from app.backup.faults import BackupError

AT = datetime(2026, 11, 22, tzinfo=UTC)
ID = "0a0b0c0d-1111-2222-3333-444455556666"


def written(**streams: bytes) -> bytes:
    target = io.BytesIO()
    writer = Writer(target, AT)
    for name, content in streams.items():
        writer.stream(name, [content])
    writer.close(b"{}", b"signature")
    return target.getvalue()


def read(data: bytes) -> list[tuple[str, int, bytes]]:
    return [(m.stream, m.number, m.whole()) for m in members(io.BytesIO(data))]


def test_streams_come_back_in_pieces_and_an_empty_one_is_there(monkeypatch):
    monkeypatch.setattr(archive, "PIECE", 1000)
    content = os.urandom(2500)
    pieces = read(written(database=content, keys=b""))
    assert [(stream, number, len(data)) for stream, number, data in pieces] == [
        ("database", 1, 1000),
        ("database", 2, 1000),
        ("database", 3, 500),
        ("keys", 1, 0),
        (MANIFEST, 0, 2),
        (SIGNATURE, 0, 9),
    ]
    assert b"".join(data for stream, _, data in pieces if stream == "database") == content


def test_a_stream_knows_its_length_and_digest_however_it_is_cut():
    writer = Writer(io.BytesIO(), AT)
    content = os.urandom(70_000)
    found = writer.stream("database", [content[:1], content[1:60_000], b"", content[60_000:]])
    assert (found.size, found.sha256) == (70_000, sha256(content).hexdigest())


def test_a_file_of_known_length_that_changes_meanwhile_is_refused():
    for said in (9, 11):
        with pytest.raises(BackupError, match="changed while it was read"):
            Writer(io.BytesIO(), AT).file(f"attachments/{ID}.1", io.BytesIO(b"0123456789"), said)


def test_the_standard_tar_reads_it():
    with tarfile.open(fileobj=io.BytesIO(written(database=b"abc"))) as tar:
        assert tar.getnames() == ["database/000001", MANIFEST, SIGNATURE]
        assert {member.mode for member in tar} == {0o600}


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "attachments/../../x",
        f"attachments/{ID}.1/../../x",
        f"attachments/{ID}",
        f"attachments/{ID.upper()}.1",
        "database/1",
        "database/000001/x",
        "database/00000１",
        "manifest.json\n",
        "Database/000001",
        "",
    ],
)
def test_other_names_are_refused(name):
    with pytest.raises(BackupError, match="does not write"):
        read(_tar(name=name))


@pytest.mark.parametrize(
    "type_",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.XHDTYPE,
     tarfile.GNUTYPE_LONGNAME, tarfile.CONTTYPE, tarfile.AREGTYPE],
)  # fmt: skip
def test_links_devices_and_extended_headers_are_refused(type_):
    with pytest.raises(BackupError, match="does not write"):
        read(_tar(name="database/000001", type=type_))
    with pytest.raises(BackupError, match="does not write"):
        read(_tar(name="database/000001", type=type_, linkname="../x"))


def test_a_piece_larger_than_pieces_are_is_refused_before_it_is_read():
    with pytest.raises(BackupError, match="does not write"):
        read(_tar(name="database/000001", size=archive.PIECE + 1))


@pytest.mark.parametrize("left", [0, 100, 512, 700, 1023, 1024])
def test_a_tar_cut_short_is_refused(left):
    with pytest.raises(BackupError, match="ends too early"):
        read(written(database=b"abc" * 100)[:left])


def test_something_after_the_end_is_refused():
    with pytest.raises(BackupError, match="after its end"):
        read(written(database=b"abc") + b"more")


def test_a_damaged_header_is_refused():
    data = bytearray(written(database=b"abc"))
    data[0] ^= 1
    with pytest.raises(BackupError, match="does not write"):
        read(bytes(data))


def test_a_manifest_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr(archive, "SMALL", 1)
    with pytest.raises(BackupError, match="too large"):
        read(written(database=b"x")[1024:])


def _tar(**values) -> bytes:
    info = tarfile.TarInfo("x")
    for name, value in {"size": 0, **values}.items():
        setattr(info, name, value)
    return info.tobuf(tarfile.USTAR_FORMAT, "utf-8") + bytes(1024)
