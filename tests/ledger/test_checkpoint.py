"""Signed notes and checkpoints: the published vector, strict reading, and what each signature covers."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.ledger.checkpoint import Checkpoint, LogKey, origin_of
from app.ledger.note import COSIGNATURE, Note, NoteError, VerifierKey, cosigned, decoded

# Go's golang.org/x/mod/sumdb/note publishes this key pair, text and signature.
PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_SEED = decoded("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
PUBLISHED = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of C2SP tlog-checkpoint: a note in its full form, of a key that was not published.
EXAMPLE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\u2014 example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "\u2014 witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
AT = datetime(2026, 11, 23, 2, 0, 0, 999999, tzinfo=UTC)
ORIGIN = origin_of(UUID("00000000-0000-4000-8000-000000000001"), 1)


@pytest.fixture
def signer():
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def log(signer):
    return LogKey(ORIGIN, signer.public_key().public_bytes_raw())


@pytest.fixture
def signed(log, signer):
    return log.sign(Checkpoint(ORIGIN, 7, bytes(32)), signer.sign, AT)


def test_the_published_note_opens_with_the_published_key():
    key, note = VerifierKey.parse(PUBLISHED_KEY), Note.parse(PUBLISHED)
    assert (key.name, key.key_id.hex(), str(key)) == ("PeterNeumann", "c74f20a3", PUBLISHED_KEY)
    key.verify(note)
    assert str(note) == PUBLISHED


def test_our_signature_of_the_published_text_is_the_published_one():
    signer = Ed25519PrivateKey.from_private_bytes(PUBLISHED_SEED)
    key, note = VerifierKey.parse(PUBLISHED_KEY), Note.parse(PUBLISHED)
    assert signer.public_key().public_bytes_raw() == key.public
    assert str(Note(note.text, (key.signature(signer.sign(note.text.encode())),))) == PUBLISHED


def test_the_published_checkpoint_is_read_as_its_specification_says():
    note = Note.parse(EXAMPLE)
    assert str(note) == EXAMPLE
    checkpoint = Checkpoint.parse(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text() == note.text
    witness = note.signatures[1]
    assert (witness.name, witness.key_id.hex()) == ("witness.example.com/w1", "8d66cf3f")
    assert int.from_bytes(witness.value[:8]) == 1679315147
    assert cosigned(note.text, 1679315147).startswith(b"cosignature/v1\ntime 1679315147\nexample.com/")


def test_a_checkpoint_holds_name_size_root_and_the_time_of_signing(signed, log):
    assert signed.note.startswith(f"{ORIGIN}\n7\n{'A' * 43}=\n\n\u2014 {ORIGIN} ")
    opened = log.open(signed.note)
    assert opened.checkpoint == Checkpoint(ORIGIN, 7, bytes(32))
    assert opened.at == AT.replace(microsecond=0)


def test_every_character_of_a_checkpoint_is_covered(signed, log):
    for place in range(len(signed.note)):
        for other in ("A", "1", "\n", ""):
            changed = signed.note[:place] + other + signed.note[place + 1 :]
            if changed == signed.note:
                continue
            try:
                opened = log.open(changed)
            except NoteError:
                continue
            pytest.fail(f"{place}: {other!r} opened as {opened}")


def test_a_signature_line_left_out_or_exchanged_is_refused(signed, log):
    note = Note.parse(signed.note)
    for lines in (note.signatures[:1], note.signatures[1:], ()):
        with pytest.raises(NoteError):
            log.open(str(Note(note.text, lines)))
    first, second = note.signatures
    swapped = (
        log.verifier.signature(second.value[8:]),
        log.clock.signature(first.value, int.from_bytes(second.value[:8])),
    )
    with pytest.raises(NoteError):
        log.open(str(Note(note.text, swapped)))


def test_the_same_key_in_another_log_is_another_key(signed, log):
    other = LogKey(origin_of(UUID("00000000-0000-4000-8000-000000000001"), 2), log.public)
    with pytest.raises(NoteError):
        other.open(signed.note)


def test_a_witness_cosigns_and_unknown_signatures_do_no_harm(signed, log):
    signer = Ed25519PrivateKey.from_private_bytes(bytes(32))
    witness = VerifierKey("witness.example/office", COSIGNATURE, signer.public_key().public_bytes_raw())
    note = Note.parse(signed.note)
    line = witness.signature(signer.sign(cosigned(note.text, 1795399200)), 1795399200)
    both = Note.parse(str(Note(note.text, (*note.signatures, line))))
    assert witness.verify(both) == 1795399200
    assert log.open(str(both)).checkpoint.size == 7
    with pytest.raises(NoteError, match="not signed by"):
        witness.verify(note)
    later = witness.signature(line.value[8:], 1795399201)
    with pytest.raises(NoteError, match="wrong"):
        witness.verify(Note(note.text, (*note.signatures, later)))
    with pytest.raises(NoteError, match="wrong"):  # one true line does not excuse a false one
        witness.verify(Note(note.text, (line, later)))
    assert VerifierKey.parse(str(witness)) == witness


@pytest.mark.parametrize(
    "written",
    [
        "",
        "text\n",
        "text\n\n",
        "\n\n\u2014 a x08go/ZJ\n",
        "text\n\n\u2014 a x08go/ZJ",
        "text\n\n- a x08go/ZJ\n",
        "text\n\n\u2014 a  x08go/ZJ\n",
        "text\n\n\u2014  x08go/ZJ\n",
        "text\n\n\u2014 a+b x08go/ZJ\n",
        "text\n\n\u2014 a b x08go/ZJ\n",
        "text\n\n\u2014 a x08g\n",
        "text\n\n\u2014 a x08go/Z\n",
        "text\n\n\u2014 a x08go/ZJ=\n",
        "text\n\n\u2014 a x08go_ZJ\n",
        "text\n\n\u2014 a x08goB==\n",
        "te\txt\n\n\u2014 a x08go/ZJ\n",
        "te\rxt\n\n\u2014 a x08go/ZJ\n",
        "text\n\n\u2014 a x08go/ZJ\nmore\n",
        "text\n\n" + "\u2014 a x08go/ZJ\n" * 101,
        "x" * 1024 * 1024 + "\n\n\u2014 a x08go/ZJ\n",
    ],
)
def test_what_is_not_a_note_is_refused(written):
    with pytest.raises(NoteError):
        Note.parse(written)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o\n1\n",
        f"o\n1\n{'A' * 43}=",
        f"o\n01\n{'A' * 43}=\n",
        f"o\n-1\n{'A' * 43}=\n",
        f"o\n\u0661\n{'A' * 43}=\n",
        f"o\n1\n{'A' * 43}=\nextension\n",
        f"\n1\n{'A' * 43}=\n",
        "o\n1\nAAAA\n",
        f"o\n1\n{'A' * 42}B=\n",
        f"o\n{'9' * 19}\n{'A' * 43}=\n",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text):
    with pytest.raises(NoteError):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "PeterNeumann",
        PUBLISHED_KEY.replace("c74f20a3", "c74f20a4"),
        PUBLISHED_KEY.replace("PeterNeumann", "Peter Neumann"),
        PUBLISHED_KEY.replace("+ARpc", "+AxpC"),
        PUBLISHED_KEY[:-4],
    ],
)
def test_what_is_not_a_key_is_refused(written):
    with pytest.raises(NoteError):
        VerifierKey.parse(written)
