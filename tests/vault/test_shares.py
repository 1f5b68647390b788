"""The keys in one sealed file: any two of three shares open it, one alone never, and a wrong word is named."""

from __future__ import annotations

import hashlib
import struct
from datetime import UTC, datetime
from itertools import combinations
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st
from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, shamir
from shamir_mnemonic.wordlist import WORD_INDEX_MAP, WORDLIST

from app.vault import KeyStoreError
from app.vault.shares import HEADER, WrongShare, check_share, header_of, rebuild, split

DEPLOYMENT = UUID("6e1f8f5e-2b59-4c8e-9a39-d7a0a2b0c001")
unhurried = settings(deadline=None)
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
KEYS = {name: hashlib.sha256(name.encode()).digest() for name in ("root-identity-0001", "ledger", "row")}


@pytest.fixture(scope="module")
def made():
    return split(KEYS, DEPLOYMENT, AT, threshold=2, shares=3)


@pytest.fixture(scope="module")
def later():
    return split(KEYS, DEPLOYMENT, AT, threshold=2, shares=3)


def test_any_two_of_three_shares_give_the_keys_back(made):
    for chosen in combinations(made.shares, 2):
        assert rebuild(made.file, chosen) == KEYS
        assert rebuild(made.file, chosen[::-1]) == KEYS


@pytest.mark.parametrize("number", range(3))
def test_one_share_alone_opens_nothing(made, number):
    with pytest.raises(WrongShare, match="2 shares are needed"):
        rebuild(made.file, [made.shares[number]])
    with pytest.raises(WrongShare, match="belong together"):
        rebuild(made.file, [made.shares[number]] * 2)
    # Neither is the file's key a part of one share, nor anything simply made of it.
    value = Share.from_mnemonic(made.shares[number]).value
    for guess in (value, value[::-1], hashlib.sha256(value).digest(), bytes(a ^ 255 for a in value)):
        with pytest.raises(InvalidTag):
            AESGCM(guess).decrypt(
                made.file[HEADER.size : HEADER.size + 12],
                made.file[HEADER.size + 12 :],
                made.file[: HEADER.size],
            )


@pytest.mark.parametrize("number", range(3))
def test_one_share_lies_on_a_line_through_any_secret(made, number):
    """With a second share made up, the one gives any secret one likes; docs/crypto.md says what its digest tells."""
    mine = Share.from_mnemonic(made.shares[number])
    for wanted in (bytes(32), b"\xff" * 32, hashlib.sha256(b"any").digest()):
        points = [shamir.RawShare(shamir.SECRET_INDEX, wanted), shamir.RawShare(mine.index, mine.value)]
        other = shamir._interpolate(points, 9)
        line = [shamir.RawShare(mine.index, mine.value), shamir.RawShare(9, other)]
        assert shamir._interpolate(line, shamir.SECRET_INDEX) == wanted


def test_shares_of_two_splits_do_not_mix(made, later):
    for one in made.shares:
        for other in later.shares:
            for file in (made.file, later.file):
                with pytest.raises((WrongShare, KeyStoreError)):
                    rebuild(file, [one, other])
    with pytest.raises(WrongShare, match="another key file"):
        check_share(made.file, later.shares[0])


def test_shares_of_two_splits_with_the_same_number_do_not_mix_either(monkeypatch):
    monkeypatch.setattr(shamir, "_random_identifier", lambda: 4711)
    one, other = (split(KEYS, DEPLOYMENT, AT, threshold=2, shares=3) for _ in range(2))
    assert header_of(one.file).number == header_of(other.file).number
    assert check_share(one.file, other.shares[0]), "this far they look alike"
    with pytest.raises(WrongShare, match="belong together"):
        rebuild(one.file, [one.shares[0], other.shares[1]])
    with pytest.raises(KeyStoreError, match="another one"):
        rebuild(one.file, other.shares[:2])


@pytest.mark.parametrize(("threshold", "shares"), [(2, 2), (3, 5), (5, 5), (2, 16)])
def test_other_numbers_of_custodians(threshold, shares):
    made = split(KEYS, DEPLOYMENT, AT, threshold=threshold, shares=shares)
    assert len(set(made.shares)) == shares
    assert rebuild(made.file, made.shares[-threshold:]) == KEYS
    with pytest.raises(WrongShare):
        rebuild(made.file, made.shares[: threshold - 1])
    if threshold < shares:
        with pytest.raises(WrongShare):
            rebuild(made.file, made.shares[: threshold + 1])


@pytest.mark.parametrize(("threshold", "shares"), [(1, 1), (1, 3), (0, 3), (4, 3), (2, 17), (-1, 2)])
def test_nobody_alone_gets_everything(threshold, shares):
    with pytest.raises(ValueError, match="threshold"):
        split(KEYS, DEPLOYMENT, AT, threshold=threshold, shares=shares)


def test_the_file_says_whose_it_is_and_when_it_was_made(made):
    header = header_of(made.file)
    assert (header.deployment, header.made_at, header.threshold, header.shares) == (DEPLOYMENT, AT, 2, 3)
    assert header.number == Share.from_mnemonic(made.shares[2]).identifier


def test_the_documented_bytes_are_enough_to_open_it_by_hand(made):
    """What docs/crypto.md says, written down again without the program."""
    magic, version, deployment, at, number, threshold, shares = struct.unpack(">4sB16sQHBB", made.file[:33])
    assert (magic, version, deployment) == (b"BAKB", 1, DEPLOYMENT.bytes)
    assert (at, threshold, shares) == (int(AT.timestamp()), 2, 3)
    assert number == Share.from_mnemonic(made.shares[0]).identifier
    secret = combine_mnemonics(made.shares[:2])
    plain = AESGCM(secret).decrypt(made.file[33:45], made.file[45:], made.file[:33])
    expected = struct.pack(">H", 3) + b"".join(
        bytes([len(name)]) + name.encode() + KEYS[name] for name in ("ledger", "root-identity-0001", "row")
    )
    assert plain == expected


def test_no_key_is_in_the_file_or_on_a_share(made):
    for key in KEYS.values():
        assert key not in made.file
        assert key.hex() not in " ".join(made.shares)
    again = split(KEYS, DEPLOYMENT, AT, threshold=2, shares=3)
    assert again.file[33:] != made.file[33:]
    assert not set(again.shares) & set(made.shares)


@given(data=st.data())
@unhurried
def test_one_flipped_bit_anywhere_in_the_file_is_noticed(made, data):
    place = data.draw(st.integers(0, len(made.file) * 8 - 1))
    broken = bytearray(made.file)
    broken[place // 8] ^= 1 << place % 8
    with pytest.raises((KeyStoreError, WrongShare)):
        rebuild(bytes(broken), made.shares[:2])


@given(length=st.integers(0, 400))
@unhurried
def test_a_part_of_the_file_is_noticed(made, length):
    if length < len(made.file):
        with pytest.raises(KeyStoreError):
            rebuild(made.file[:length], made.shares[:2])
    with pytest.raises(KeyStoreError):
        rebuild(made.file + bytes(length + 1), made.shares[:2])


@given(noise=st.binary(max_size=300))
@unhurried
def test_any_other_file_is_an_error_and_nothing_worse(made, noise):
    with pytest.raises(KeyStoreError):
        rebuild(noise, made.shares[:2])


def test_a_share_is_taken_in_any_case_and_spacing(made):
    typed = "\n ".join(made.shares[0].upper().split()) + "  "
    assert check_share(made.file, typed) == made.shares[0]


def test_a_word_that_is_none_is_named_with_the_one_it_may_be(made):
    words = made.shares[0].split()
    words[16] = words[16][:4] + "x"
    with pytest.raises(WrongShare, match=f"Word 17, “{words[16]}”.*Is it “"):
        check_share(made.file, " ".join(words))


@pytest.mark.parametrize("place", [0, 4, 17, 32])
def test_a_wrong_word_is_named_and_the_right_one_is_not(made, place):
    words = made.shares[1].split()
    right = words[place]
    words[place] = WORDLIST[(WORD_INDEX_MAP[right] + 511) % 1024]
    with pytest.raises(WrongShare, match=f"Word {place + 1}, “{words[place]}”, is wrong") as told:
        check_share(made.file, " ".join(words))
    assert right not in str(told.value)


def test_two_wrong_words_are_noticed(made):
    words = made.shares[0].split()
    words[5], words[20] = words[20] if words[20] != words[5] else "academic", words[5]
    if words != made.shares[0].split():
        with pytest.raises(WrongShare, match="more than one"):
            check_share(made.file, " ".join(words))


@pytest.mark.parametrize("count", [0, 1, 20, 32, 34])
def test_too_few_or_too_many_words_are_counted(made, count):
    words = [*made.shares[0].split(), "academic"][:count]
    with pytest.raises(WrongShare, match=f"33 words; these are {count}"):
        check_share(made.file, " ".join(words))


def test_the_same_share_twice_is_noticed(made):
    with pytest.raises(WrongShare, match="given already"):
        check_share(made.file, made.shares[0], [made.shares[0]])
    assert check_share(made.file, made.shares[1], [made.shares[0]]) == made.shares[1]


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/passwd", "", "A", "a/b", "a\0b", "x" * 60, ".hidden", "-rf"]
)
def test_a_name_that_could_lead_out_of_the_folder_is_refused_on_both_ways(name):
    with pytest.raises(KeyStoreError, match="not one of our keys"):
        split({name: bytes(32)}, DEPLOYMENT, AT, threshold=2, shares=2)
    made = split({"a": bytes(32)}, DEPLOYMENT, AT, threshold=2, shares=2)
    forged = struct.pack(">H", 1) + bytes([len(name)]) + name.encode() + bytes(32)
    secret = combine_mnemonics(made.shares)
    header, nonce = made.file[:33], made.file[33:45]
    with pytest.raises(KeyStoreError, match="keys"):
        rebuild(header + nonce + AESGCM(secret).encrypt(nonce, forged, header), made.shares)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_refused(length):
    with pytest.raises(KeyStoreError):
        split({"ledger": bytes(length)}, DEPLOYMENT, AT, threshold=2, shares=2)


# From the test vectors of SLIP-0039: 1 "without sharing", 4 "basic sharing 2-of-3"; the passphrase is TREZOR.
ALONE = (
    "duckling enlarge academic academic agency result length solution fridge kidney "
    "coal piece deal husband erode duke ajar critical decision keyboard"
)
TWO = (
    (
        "shadow pistol academic always adequate wildlife fancy gross oasis cylinder "
        "mustang wrist rescue view short owner flip making coding armed"
    ),
    (
        "shadow pistol academic acid actress prayer class unknown daughter sweater "
        "depict flip twice unkind craft early superior advocate guest smoking"
    ),
)


@pytest.mark.parametrize(
    ("words", "secret"),
    [((ALONE,), "bb54aac4b89dc868ba37d9cc21b2cece"), (TWO, "b43ceb7e57a0ea8766221624d01b0864")],
    ids=["1", "4"],
)
def test_the_library_gives_what_slip_0039_publishes(words, secret):
    assert combine_mnemonics(words, b"TREZOR").hex() == secret
    with pytest.raises(MnemonicError, match="checksum"):
        combine_mnemonics([words[0].rsplit(" ", 1)[0] + " kidney", *words[1:]])
