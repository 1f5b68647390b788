"""A sealed stream opens whole, in order, under its own key and context, or not at all; in bounded memory."""

from __future__ import annotations

import dataclasses
import io
import json
import random
import tracemalloc
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from app.vault.envelope import BrokenSeal, Context, seal, unseal
from app.vault.stream import CHUNK, HEAD, TAG, StreamReader, StreamWriter, sealed_length

FOLDER = Path(__file__).parent / "golden"
GOLDEN = json.loads((FOLDER / "sealed-streams.json").read_text(encoding="utf-8"))
KEY = bytes(range(32))
CONTEXT = Context(UUID(int=1), "attachment", UUID(int=2), UUID(int=3), "file", 1)
ELSEWHERE = {
    "deployment": UUID(int=9),
    "table": "sealed_value",
    "owner_id": UUID(int=9),
    "subject_id": UUID(int=9),
    "name": "other",
    "version": 2,
}
NEAR = [n for around in (0, CHUNK, 2 * CHUNK, 3 * CHUNK) for n in range(max(0, around - 2), around + 3)]


def content(length: int) -> bytes:
    return (b"0123456789abcdef" * (length // 16 + 1))[:length]


def sealed(data: bytes, key: bytes = KEY, context: Context = CONTEXT, pieces: int = 1 << 20) -> bytes:
    parts: list[bytes] = []
    writer = StreamWriter(key, context, parts.append)
    for start in range(0, len(data), pieces):
        writer.write(data[start : start + pieces])
    writer.finish()
    return b"".join(parts)


def opened(stream: bytes, key: bytes = KEY, context: Context = CONTEXT) -> bytes:
    return b"".join(StreamReader(key, context, io.BytesIO(stream)))


def chunks_of(stream: bytes) -> list[bytes]:
    body = stream[HEAD:]
    return [body[n : n + CHUNK + TAG] for n in range(0, len(body), CHUNK + TAG)]


def is_broken(stream: bytes, key: bytes = KEY, context: Context = CONTEXT) -> bool:
    try:
        opened(stream, key, context)
    except BrokenSeal:
        return True
    return False


THREE = sealed(content(2 * CHUNK + 100))
PARTS = chunks_of(THREE)


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden["what"])
def test_streams_sealed_long_ago_still_open(golden):
    context = Context(
        UUID(golden["deployment"]),
        golden["table"],
        UUID(golden["owner_id"]),
        UUID(golden["subject_id"]),
        golden["name"],
        golden["version"],
    )
    data = opened(bytes.fromhex(golden["sealed"]), bytes.fromhex(golden["data_key"]), context)
    assert data == bytes.fromhex(golden["plaintext"])


def test_a_long_stream_sealed_long_ago_still_opens():
    assert opened((FOLDER / "two-chunks.sealed").read_bytes()) == content(CHUNK) + b"end"


@pytest.mark.parametrize("length", [0, 5, CHUNK, CHUNK + 1])
def test_the_bytes_are_those_of_the_description(length):
    """docs/stream.md, written down once more without the code it describes."""
    data = content(length)
    salt = bytes(range(100, 132))
    bound = b"BA\x02" + CONTEXT.encode()
    keys = HKDF(SHA256(), 64, salt, b"benan/sealed-stream/1" + bound).derive(KEY)
    made = b"BA\x02" + salt + keys[32:]
    blocks = [data[n : n + 65536] for n in range(0, length, 65536)] or [b""]
    for number, block in enumerate(blocks):
        nonce = number.to_bytes(11, "big") + (b"\x01" if number == len(blocks) - 1 else b"\x00")
        made += AESGCM(keys[:32]).encrypt(nonce, block, None)
    assert opened(made) == data
    assert len(made) == sealed_length(length) == len(sealed(data))


@pytest.mark.parametrize("length", NEAR)
def test_lengths_around_chunk_boundaries_come_out_unchanged(length):
    stream = sealed(content(length))
    assert opened(stream) == content(length)
    assert len(stream) == sealed_length(length)
    assert len(chunks_of(stream)) == max(1, -(-length // CHUNK))


@settings(max_examples=40)
@given(
    st.one_of(st.sampled_from(NEAR), st.integers(0, 4 * CHUNK)),
    st.sampled_from((1000, 4096, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK)),
    st.binary(min_size=32, max_size=32),
)
def test_what_is_written_in_any_pieces_comes_out_unchanged(length, pieces, key):
    assert opened(sealed(content(length), key, pieces=pieces), key) == content(length)


class Dripping(io.RawIOBase):
    """Gives less than it is asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def read(self, size=-1, /):
        return self._data.read(min(size, 7000))


def test_a_source_that_gives_less_than_asked_changes_nothing():
    assert b"".join(StreamReader(KEY, CONTEXT, Dripping(THREE))) == content(2 * CHUNK + 100)


def test_every_part_of_the_context_binds():
    assert set(ELSEWHERE) == {field.name for field in dataclasses.fields(Context)}
    for part, value in ELSEWHERE.items():
        with pytest.raises(BrokenSeal):
            StreamReader(KEY, dataclasses.replace(CONTEXT, **{part: value}), io.BytesIO(THREE))


def test_another_key_is_refused_before_anything_is_read():
    with pytest.raises(BrokenSeal):
        StreamReader(bytes(32), CONTEXT, io.BytesIO(THREE))


@pytest.mark.parametrize("place", range(HEAD))
def test_every_byte_of_the_head_matters(place):
    broken = bytearray(THREE)
    broken[place] ^= 1 << place % 8
    with pytest.raises(BrokenSeal):
        StreamReader(KEY, CONTEXT, io.BytesIO(bytes(broken)))


@given(st.integers(HEAD * 8, len(THREE) * 8 - 1))
def test_one_flipped_bit_anywhere_breaks_the_stream(place):
    broken = bytearray(THREE)
    broken[place // 8] ^= 1 << place % 8
    assert is_broken(bytes(broken))


def test_chunks_before_the_broken_one_are_given_and_none_after():
    place = HEAD + CHUNK + TAG + 5
    broken = THREE[:place] + bytes([THREE[place] ^ 1]) + THREE[place + 1 :]
    chunks = iter(StreamReader(KEY, CONTEXT, io.BytesIO(broken)))
    assert next(chunks) == content(CHUNK)
    with pytest.raises(BrokenSeal):
        next(chunks)


@given(st.integers(0, len(THREE) - 1))
def test_a_shortened_stream_is_broken(length):
    assert is_broken(THREE[:length])


@pytest.mark.parametrize("length", [HEAD, HEAD + CHUNK + TAG, HEAD + 2 * (CHUNK + TAG)])
def test_a_stream_cut_between_chunks_is_broken(length):
    assert is_broken(THREE[:length])


@given(st.binary(min_size=1, max_size=200))
def test_a_lengthened_stream_is_broken(tail):
    assert is_broken(THREE + tail)
    assert is_broken(sealed(content(CHUNK)) + tail)


def test_chunks_moved_repeated_left_out_or_added_break_it():
    head, (one, two, last) = THREE[:HEAD], PARTS
    full = sealed(content(2 * CHUNK))
    for order in (
        (two, one, last),
        (one, one, last),
        (one, last),
        (one, two, two, last),
        (one, two, last, last),
        (last,),
        (last, one, two),
        (one, two),
    ):
        assert is_broken(head + b"".join(order)), [len(part) for part in order]
    assert is_broken(full + PARTS[2])
    assert is_broken(THREE[:HEAD] + full[HEAD:])  # the same key and context, another salt
    assert opened(head + one + two + last) == content(2 * CHUNK + 100)


def test_an_empty_chunk_stands_for_an_empty_stream_only():
    """An attacker with the key of a stream could else give one content two forms."""
    salt = THREE[3:35]
    keys = HKDF(SHA256(), 64, salt, b"benan/sealed-stream/1BA\x02" + CONTEXT.encode()).derive(KEY)
    full = AESGCM(keys[:32]).encrypt(bytes(12), content(CHUNK), None)
    empty = AESGCM(keys[:32]).encrypt((1).to_bytes(11, "big") + b"\x01", b"", None)
    assert is_broken(THREE[:HEAD] + full + empty)
    assert opened(sealed(b"")) == b""
    assert is_broken(sealed(b"")[:HEAD])


@given(st.binary(max_size=400))
def test_any_other_bytes_are_broken_and_nothing_worse(noise):
    assert is_broken(noise)


def test_the_two_formats_never_open_as_each_other():
    assert is_broken(seal(KEY, b"x" * 300, CONTEXT))
    with pytest.raises(BrokenSeal):
        unseal(KEY, sealed(b"x" * 300), CONTEXT)
    assert is_broken(b"BA\x01" + THREE[3:])


def test_sealing_twice_gives_nothing_in_common():
    one, other = sealed(content(100)), sealed(content(100))
    assert one[3:HEAD] != other[3:HEAD]
    assert one[HEAD:] != other[HEAD:]


def test_random_changes_of_any_kind_are_all_found():
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    for _ in range(300):
        place, kind = chance.randrange(len(THREE)), chance.randrange(4)
        broken = {
            0: THREE[:place] + bytes([THREE[place] ^ chance.randrange(1, 256)]) + THREE[place + 1 :],
            1: THREE[:place] + THREE[place + 1 :],
            2: THREE[:place] + bytes([chance.randrange(256)]) + THREE[place:],
            3: THREE[:place],
        }[kind]
        assert is_broken(broken), f"seed {seed}, kind {kind} at {place}"


def test_memory_stays_bounded_however_long_the_stream():
    class Counting:
        """Sealed bytes made and forgotten at once, read back from a rule."""

        length = 0

        def take(self, data: bytes) -> None:
            self.length += len(data)

    def peak(chunks: int) -> int:
        sink = Counting()
        tracemalloc.start()
        writer = StreamWriter(KEY, CONTEXT, sink.take)
        piece = bytes(CHUNK)
        for _ in range(chunks):
            writer.write(piece)
        writer.finish()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert sink.length == sealed_length(chunks * CHUNK)
        return most

    assert peak(400) < peak(4) + 2 * CHUNK
