"""A sealed value opens only where, under what and as what it was sealed."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vault.envelope import (
    COMMITMENT,
    HEADER,
    NONCE,
    OVERHEAD,
    SALT,
    SMALLEST,
    BrokenSeal,
    Context,
    padded_length,
    seal,
    unseal,
)

GOLDEN = json.loads((Path(__file__).parent / "golden" / "sealed-values.json").read_text(encoding="utf-8"))
KEY = bytes(range(32))
CONTEXT = Context(UUID(int=1), "sealed_value", UUID(int=2), UUID(int=3), "identity", 4)
SECRET = "Người khai có con nhỏ đi cùng.".encode()
SEALED = seal(KEY, SECRET, CONTEXT)

PARTS = {
    "magic and format": (0, HEADER),
    "salt": (HEADER, SALT),
    "commitment": (HEADER + SALT, COMMITMENT),
    "nonce": (HEADER + SALT + COMMITMENT, NONCE),
    "ciphertext": (HEADER + SALT + COMMITMENT + NONCE, len(SEALED) - OVERHEAD),
    "tag": (len(SEALED) - 16, 16),
}
ELSEWHERE = {
    "deployment": UUID(int=9),
    "table": "other_table",
    "owner_id": UUID(int=9),
    "subject_id": UUID(int=9),
    "name": "health",
    "version": 5,
}


def _context(stored: dict) -> Context:
    return Context(
        UUID(stored["deployment"]),
        stored["table"],
        UUID(stored["owner_id"]),
        UUID(stored["subject_id"]),
        stored["name"],
        stored["version"],
    )


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden["what"])
def test_values_sealed_long_ago_still_open(golden):
    opened = unseal(bytes.fromhex(golden["data_key"]), bytes.fromhex(golden["sealed"]), _context(golden))
    assert opened == bytes.fromhex(golden["plaintext"])


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden["what"])
def test_values_sealed_today_have_the_same_form(golden):
    """Save that short ones have been padded to 256 bytes since; a reader never minded the padding."""
    plaintext = bytes.fromhex(golden["plaintext"])
    sealed = seal(bytes.fromhex(golden["data_key"]), plaintext, _context(golden))
    assert len(sealed) == max(len(bytes.fromhex(golden["sealed"])), OVERHEAD + SMALLEST)
    assert sealed[:HEADER] == bytes.fromhex(golden["sealed"])[:HEADER]


@given(st.binary(max_size=5000), st.binary(min_size=32, max_size=32))
def test_what_is_sealed_comes_out_unchanged(plaintext, key):
    assert unseal(key, seal(key, plaintext, CONTEXT), CONTEXT) == plaintext


def test_every_part_of_the_context_binds():
    assert set(ELSEWHERE) == {field.name for field in dataclasses.fields(Context)}
    for part, value in ELSEWHERE.items():
        with pytest.raises(BrokenSeal):
            unseal(KEY, SEALED, dataclasses.replace(CONTEXT, **{part: value}))


@pytest.mark.parametrize("part", PARTS)
@given(data=st.data())
def test_one_flipped_bit_anywhere_breaks_the_seal(part, data):
    start, length = PARTS[part]
    place = data.draw(st.integers(start * 8, (start + length) * 8 - 1))
    broken = bytearray(SEALED)
    broken[place // 8] ^= 1 << place % 8
    with pytest.raises(BrokenSeal):
        unseal(KEY, bytes(broken), CONTEXT)


def test_the_parts_cover_every_byte():
    assert sum(length for _, length in PARTS.values()) == len(SEALED)


@given(st.integers(0, len(SEALED) - 1))
def test_a_shortened_value_is_broken(length):
    with pytest.raises(BrokenSeal):
        unseal(KEY, SEALED[:length], CONTEXT)


@given(st.binary(min_size=1, max_size=64))
def test_a_lengthened_value_is_broken(tail):
    with pytest.raises(BrokenSeal):
        unseal(KEY, SEALED + tail, CONTEXT)


@given(st.binary(max_size=400))
def test_any_other_bytes_are_broken_and_nothing_worse(noise):
    with pytest.raises(BrokenSeal):
        unseal(KEY, noise, CONTEXT)


def test_another_key_opens_nothing():
    with pytest.raises(BrokenSeal):
        unseal(bytes(32), SEALED, CONTEXT)


def test_sealing_twice_gives_nothing_in_common():
    again = seal(KEY, SECRET, CONTEXT)
    assert again[HEADER:] != SEALED[HEADER:]
    assert again[HEADER : HEADER + SALT] != SEALED[HEADER : HEADER + SALT]


@given(
    st.tuples(st.text(max_size=9), st.text(max_size=9)), st.tuples(st.text(max_size=9), st.text(max_size=9))
)
def test_two_contexts_never_encode_alike(one, other):
    owner, subject = uuid4(), uuid4()
    encoded = [Context(UUID(int=1), table, owner, subject, name, 1).encode() for table, name in (one, other)]
    assert (encoded[0] == encoded[1]) == (one == other)


@given(st.integers(0, 2**32))
def test_padding_never_shortens_and_costs_at_most_an_eighth(length):
    padded = padded_length(length)
    assert length <= padded <= length * 1.12 + 1


@given(st.integers(2, 2**40))
def test_padding_twice_changes_nothing_and_keeps_order(length):
    padded = padded_length(length)
    assert padded_length(padded) == padded
    assert padded_length(length + 1) >= padded


def test_padding_leaves_few_lengths_to_tell_apart():
    assert len({padded_length(n) for n in range(2, 2**20)}) < 350
    assert (padded_length(9), padded_length(33), padded_length(1000)) == (10, 36, 1024)


def test_values_of_close_length_look_the_same_size():
    sizes = {len(seal(KEY, b"x" * n, CONTEXT)) for n in range(1981 - 4, 2048 - 4)}
    assert len(sizes) == 2
