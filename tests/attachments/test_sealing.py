"""A file taken in is sealed, told, found again and destroyed; what is cut off in between leaves nothing readable."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from app import attachments
from app.attachments.content import Refused
from app.attachments.files import path_of
from app.catalogue.attachments import MB
from app.domain.errors import IntegrityBroken, TooLarge, Unavailable
from app.vault import padded_length
from app.vault.stream import CHUNK, TAG, sealed_length
from tests.attachments import samples

CASE = UUID(int=77)
KEY = (1, bytes(range(32)))
MARK = b"Zqx7noidungtep"


@dataclass
class Row:
    """What of an attachment's row the files know."""

    id: UUID = field(default_factory=uuid4)
    case_id: UUID = CASE
    key_number: int = 1


def recording(length: int) -> bytes:
    return (samples.wav(0) + MARK * (length // len(MARK) + 1))[:length]


def taken_in(data: bytes, most: int = 500 * MB) -> tuple[Row, attachments.Incoming]:
    with attachments.receiving(CASE, KEY, io.BytesIO(data), most) as incoming:
        incoming.place()
    return Row(id=incoming.id), incoming


def stored(row: Row) -> bytes:
    return path_of(row.id, row.key_number).read_bytes()


@pytest.mark.parametrize("length", [44, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 1_000_000])
def test_a_file_comes_out_as_it_went_in(ctx, length):
    data = recording(length)
    row, incoming = taken_in(data)
    assert b"".join(attachments.content(row, KEY[1], incoming.size)) == data
    assert incoming.size == length
    assert incoming.digest == hashlib.sha256(data).digest()
    assert incoming.sealed_digest == hashlib.sha256(stored(row)).digest() == attachments.sealed_digest(row)
    assert len(stored(row)) == sealed_length(padded_length(length))


def test_what_is_on_the_disk_is_private_and_sealed(ctx):
    row, _ = taken_in(recording(300_000))
    path = path_of(row.id, 1)
    assert MARK not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700
    assert path.name == f"{row.id}.1.sealed"


def test_files_of_close_length_look_the_same_size(ctx):
    sizes = {
        path_of(taken_in(recording(n))[0].id, 1).stat().st_size for n in (1_000_000, 1_001_000, 1_014_000)
    }
    assert len(sizes) == 1


def test_before_it_is_kept_the_content_can_be_read_once_more(ctx):
    data = recording(200_000)
    with attachments.receiving(CASE, KEY, io.BytesIO(data), 500 * MB) as incoming:
        assert b"".join(incoming.chunks()) == data
        assert b"".join(incoming.chunks()) == data


def files() -> list[str]:
    return sorted(str(path) for path in attachments.directory().rglob("*") if path.is_file())


def test_what_is_not_kept_is_gone(ctx):
    before = files()
    with attachments.receiving(CASE, KEY, io.BytesIO(recording(1000)), 500 * MB):
        assert len(files()) == len(before) + 1
    assert files() == before


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", Refused),
        (samples.word(macros=True), Refused),
        (b"text " * 20_000 + b"\x00", Refused),
        ("đ".encode() * 50_000 + b"\xc4", Refused),
        (recording(3 * MB), TooLarge),
    ],
)
def test_what_is_refused_leaves_nothing(ctx, data, error):
    before = files()
    with pytest.raises(error), attachments.receiving(CASE, KEY, io.BytesIO(data), 2 * MB):
        pass
    assert files() == before


def test_a_kind_has_a_limit_of_its_own(ctx):
    class Endless:
        """A picture without end."""

        def __init__(self) -> None:
            self.given = 0

        def read(self, size: int, /) -> bytes:
            piece = samples.photograph()[:size] if self.given == 0 else bytes(size)
            self.given += len(piece)
            return piece

    source = Endless()
    with pytest.raises(TooLarge) as refused, attachments.receiving(CASE, KEY, source, 500 * MB):
        pass
    assert "50 MB" in str(refused.value.errors["file"][0])
    assert source.given < 51 * MB


def test_a_full_disk_is_told_in_words(ctx, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    before = files()
    with pytest.raises(Unavailable), attachments.receiving(CASE, KEY, io.BytesIO(recording(100)), MB):
        pass
    assert files() == before


def test_another_key_case_or_attachment_opens_nothing(ctx):
    row, incoming = taken_in(recording(100_000))
    other, _ = taken_in(recording(100_000))
    path_of(other.id, 1).write_bytes(stored(row))
    for strange, key in ((row, bytes(32)), (Row(id=row.id, case_id=uuid4()), KEY[1]), (other, KEY[1])):
        with pytest.raises(IntegrityBroken):
            attachments.content(strange, key, incoming.size)


def test_a_missing_file_is_an_alarm(ctx):
    with pytest.raises(IntegrityBroken):
        attachments.content(Row(), KEY[1], 10)
    assert attachments.sealed_digest(Row()) is None


def test_a_break_is_found_at_its_chunk_and_at_the_end(ctx):
    row, incoming = taken_in(recording(4 * CHUNK))
    whole = stored(row)
    path = path_of(row.id, 1)
    for broken in (
        whole[: 67 + 2 * (CHUNK + TAG)]
        + bytes([whole[67 + 2 * (CHUNK + TAG)] ^ 1])
        + whole[68 + 2 * (CHUNK + TAG) :],
        whole[:-1],
        whole[: 67 + 3 * (CHUNK + TAG)],
        whole + b"x",
    ):
        path.write_bytes(broken)
        content = attachments.content(row, KEY[1], incoming.size)
        given = []
        with pytest.raises(IntegrityBroken):
            given.extend(content)
        assert len(b"".join(given)) < incoming.size
    path.write_bytes(b"x" + whole[1:])
    with pytest.raises(IntegrityBroken):
        attachments.content(row, KEY[1], incoming.size)


def test_a_longer_content_than_was_told_is_not_given_out_and_a_shorter_is_an_alarm(ctx):
    row, incoming = taken_in(recording(100_000))
    assert b"".join(attachments.content(row, KEY[1], 70_000)) == recording(100_000)[:70_000]
    with pytest.raises(IntegrityBroken):
        list(attachments.content(row, KEY[1], padded_length(incoming.size) + 1))


def test_a_file_is_sealed_again_under_a_renewed_key(ctx):
    data, new = recording(300_000), (2, bytes(range(1, 33)))
    row, incoming = taken_in(data)
    with attachments.sealed_again(row, KEY[1], new, incoming.size) as digest:
        assert b"".join(attachments.content(row, KEY[1], incoming.size)) == data  # readable meanwhile
    renewed = Row(id=row.id, key_number=2)
    assert attachments.sealed_digest(renewed) == digest
    assert b"".join(attachments.content(renewed, new[1], incoming.size)) == data
    with pytest.raises(IntegrityBroken):
        attachments.content(renewed, KEY[1], incoming.size)


def test_destroying_takes_every_file_of_the_attachment_and_no_other(ctx):
    row, incoming = taken_in(recording(1000))
    other, _ = taken_in(recording(1000))
    with attachments.sealed_again(row, KEY[1], (2, bytes(32)), incoming.size):
        pass
    assert attachments.destroy(row.id) == 2
    assert attachments.destroy(row.id) == 0
    assert attachments.sealed_digest(row) is None
    assert attachments.sealed_digest(other) is not None


def test_a_file_being_written_is_no_leftover_and_an_abandoned_one_is(ctx):
    with attachments.receiving(CASE, KEY, io.BytesIO(recording(1000)), MB) as incoming:
        part = path_of(incoming.id, 1).with_suffix(".part")
        assert part.exists()
        assert part not in {path for path, _ in attachments.leftovers()}
        copy = part.with_name(f"{uuid4()}.1.part")
        copy.write_bytes(part.read_bytes())
    assert {copy: attachments.Leftover.PART}.items() <= dict(attachments.leftovers()).items()
    copy.unlink()
