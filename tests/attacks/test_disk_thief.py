"""Disk thief: takes the database's files and no key. Reads nothing, confirms nothing, and cannot tell who is who.

Every attempt FAILS; there is nothing to detect, the thief works at home. What he gets (codes, stages, counts, times,
staff names) is in docs/threat-model.md. Markers typed into every field: tests/journeys/test_markers.py.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.domain.sealing import Branch
from app.extensions import db, part
from app.models import DataKey, SealedValue, SearchTag
from app.vault import BrokenSeal, FileKeyStore, Vault, current_vault
from tests.attacks import tampering
from tests.journeys.test_markers import everything_stored
from tests.services import acting

PHONE = "+84912345678"


@pytest.fixture
def stolen(ctx, actor_for, tmp_path):
    """The bytes of the database after some days of work: a call, two files about one person, papers, a handover."""
    acting.report(actor_for, content={"what_happened": acting.TOLD, "caller_phone": PHONE})
    acting.handed_over(actor_for)
    acting.ready_to_transfer(actor_for)
    db.session.remove()
    db.engine.dispose()
    return b"\0".join(said for _, said in everything_stored(ctx, tmp_path))


def _keys():
    folder = Path(part("settings").key_store)
    return {path.name: path.read_bytes() for path in folder.glob("*.key")}


def test_no_key_is_among_what_he_took(stolen):
    assert len(_keys()) >= 7
    for name, key in _keys().items():
        assert key not in stolen, name
        assert key.hex().encode() not in stolen.lower(), name


def test_no_name_phone_or_sentence_is_among_what_he_took(stolen):
    for said in (acting.IDENTITY["full_name"], acting.TOLD, PHONE, PHONE[1:], "1990-05-02"):
        assert said.encode() not in stolen
        assert said.encode().hex().encode() not in stolen.lower()


def test_a_guessed_phone_is_not_confirmed_by_any_plain_digest(stolen):
    """Nothing is stored by an unkeyed hash of what was typed, in full or cut to a tag's length."""
    for said, cut in product((PHONE, PHONE[1:], "0912345678", "nguyen thi hu cau"), (16, 32)):
        digest = sha256(said.encode()).digest()[:cut]
        assert digest not in stolen
        assert digest.hex().encode() not in stolen.lower()


def test_the_same_person_in_two_files_looks_like_two_people(ctx, actor_for):
    for _ in range(2):
        acting.ready_to_transfer(actor_for)
    with Session(db.engine) as session:
        tags = list(session.query(SearchTag))
        sealed = [bytes(value.sealed) for value in session.query(SealedValue).filter_by(name="identity")]
    assert tags, "identities are indexed"
    assert len(sealed) == 2
    assert Counter(bytes(tag.tag) for tag in tags).most_common(1)[0][1] == 1
    assert len({bytes(tag.pointer) for tag in tags}) == len(tags)
    assert len({len(tag.pointer) for tag in tags}) == 1
    assert not {sealed[0][start : start + 16] for start in range(3, len(sealed[0]) - 16)} & {
        sealed[1][start : start + 16] for start in range(3, len(sealed[1]) - 16)
    }


def test_a_longer_name_is_not_seen_by_its_length(ctx, actor_for):
    """A section with a name alone has one length; of longer ones docs/threat-model.md says what remains."""
    case_id, lengths = acting.case(actor_for), set()
    for version, letters in enumerate(range(5, 41)):
        name = "Lê " + "a" * (letters - 3)
        acting.write(actor_for, case_id, "identity", {"full_name": name}, version=version)
    for row in tampering.rows(SealedValue, SealedValue.subject_id == case_id, SealedValue.name == "identity"):
        lengths.add(len(row["sealed"]))
    assert len(lengths) == 1


@pytest.fixture
def thief(tmp_path):
    """A key store of the thief's own making, with the deployment's id, which is no secret."""
    store = FileKeyStore.create(tmp_path / "own")
    return Vault(store, current_vault()._deployment), store


def _open_with(vault, key, value):
    vault.unseal(
        key,
        value["sealed"],
        owner_id=value["owner_id"],
        subject_id=value["subject_id"],
        name=value["name"],
        version=value["version"],
    )


def test_a_wrapped_key_does_not_open_under_a_key_of_his_own(ctx, actor_for, thief):
    acting.case(actor_for)
    for row in tampering.rows(DataKey):
        with pytest.raises(BrokenSeal):
            thief[0].open_data_key(
                row["owner_id"], Branch(row["branch"]), row["number"], row["root_key_id"], row["wrapped"]
            )


def test_no_sealed_value_opens_under_any_bytes_he_has(ctx, actor_for):
    """Every 32 bytes in a row of the wrapped keys, every digest: none is a key."""
    acting.case(actor_for)
    value = tampering.rows(SealedValue)[0]
    tried = [row["wrapped"][start : start + 32] for row in tampering.rows(DataKey) for start in range(29)]
    for key in (*tried, bytes(32), value["sealed"][3:35], sha256(value["sealed"]).digest()):
        with pytest.raises(BrokenSeal):
            _open_with(current_vault(), key, value)


def test_one_opened_file_opens_no_other(ctx, actor_for):
    """A data key that got out (paper, memory) opens its own file and branch, and nothing else."""
    one, other = acting.ready_to_transfer(actor_for), acting.ready_to_transfer(actor_for)
    (row,) = tampering.rows(DataKey, DataKey.owner_id == one, DataKey.branch == "identity")
    key = current_vault().open_data_key(
        one, Branch.IDENTITY, row["number"], row["root_key_id"], bytes(row["wrapped"])
    )
    opened = refused = 0
    for value in tampering.rows(SealedValue, SealedValue.owner_id.in_((one, other))):
        try:
            _open_with(current_vault(), key, value)
            opened += 1
            assert (value["owner_id"], value["branch"]) == (one, "identity")
        except BrokenSeal:
            refused += 1
    assert opened
    assert refused > opened
