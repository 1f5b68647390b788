"""Operator with a debugger on an old backup: opens yesterday's copy with today's keys, or works past the program.

Putting the copy in place is DETECTED at the next request (test_superuser.py). Reading it at home FAILS: it has no keys.
Reading what was erased FAILS once the root key is retired. Writing past the ledger is DETECTED by `verify --deep`.
What remains, and is written down: whoever can make the key store open a value reads it without an entry.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.domain.actor import operator_of_the_service
from app.domain.sealing import Branch
from app.extensions import db, part
from app.ledger import Ledger
from app.models import Account, Assignment, DataKey, SealedValue
from app.services import erasure
from app.services.key_rotation import retire_root, rewrap_keys, rotate_root
from app.transaction import transaction
from app.vault import BrokenSeal, FileKeyStore, Vault, current_vault
from benchmarks import complete
from tests.attacks import tampering
from tests.ledger.logs import picture
from tests.services import acting


def _open(vault, keys, value):
    """Open a sealed value of a copy, past the program: no access rule, no entry."""
    key = keys[value["owner_id"], value["branch"], value["key_number"]]
    opened = vault.open_data_key(
        key["owner_id"], Branch(key["branch"]), key["number"], key["root_key_id"], bytes(key["wrapped"])
    )
    place = {name: value[name] for name in ("owner_id", "subject_id", "name", "version")}
    return vault.unseal(opened, bytes(value["sealed"]), **place)


def _copy():
    """What a backup of the tables holds of keys and values."""
    keys = {(k["owner_id"], k["branch"], k["number"]): k for k in tampering.rows(DataKey)}
    return keys, tampering.rows(SealedValue)


def _identity(values, case_id):
    return next(v for v in values if v["subject_id"] == case_id and v["name"] == "identity")


@pytest.fixture
def case_id(ctx, actor_for):
    """A file with a name in it."""
    return acting.ready_to_transfer(actor_for)


def test_at_home_without_the_key_store_it_opens_nothing(case_id, tmp_path):
    keys, values = _copy()
    other = Vault(FileKeyStore.create(tmp_path / "own"), current_vault()._deployment)
    with pytest.raises(BrokenSeal):
        _open(other, keys, _identity(values, case_id))


def test_with_a_debugger_on_the_key_store_it_opens_without_an_entry(case_id):
    """What remains: keys in a program's hands can be used past its rules. A token's own log counts its unwrappings."""
    keys, values = _copy()
    before = acting.entry_count()
    assert acting.IDENTITY["full_name"].encode() in _open(current_vault(), keys, _identity(values, case_id))
    assert acting.entry_count() == before


def _retire_roots():
    """Rotate both branches and destroy the roots the copy was wrapped under."""
    us = operator_of_the_service()
    for branch in Branch:
        old = part("key_store").present_root(branch)
        while part("key_store").present_root(branch) == old:  # the first call may end what another test began
            rotate_root(us, branch)
        while (batch := rewrap_keys(us, old, None)) is not None and batch.count:
            pass
        retire_root(us, old)


def test_a_copy_from_before_the_last_rotation_does_not_open_once_the_root_is_retired(case_id):
    keys, values = _copy()
    _retire_roots()
    with pytest.raises(BrokenSeal):
        _open(current_vault(), keys, _identity(values, case_id))
    now_keys, now_values = _copy()
    assert _open(current_vault(), now_keys, _identity(now_values, case_id))


def test_an_erased_file_comes_out_of_an_older_copy_until_its_roots_are_retired(ctx, actor_for, clock):
    """Why erasing names a day: `flask keys retire` after it makes every older copy useless for that file, too."""
    asked = complete.to_erase(actor_for, lambda span: clock.forward(seconds=span.total_seconds()))
    keys, values = _copy()
    erasure.decide_erasure(actor_for("thu"), asked.id, approved=True)
    assert _open(current_vault(), keys, _identity(values, asked.case_id))
    present, _ = _copy()
    assert all(key["wrapped"] is None for (owner, *_), key in present.items() if owner == asked.case_id)
    _retire_roots()
    with pytest.raises(BrokenSeal):
        _open(current_vault(), keys, _identity(values, asked.case_id))


def test_an_act_made_while_the_ledger_is_patched_out_is_found_by_the_deep_check(
    case_id, actor_for, monkeypatch
):
    """With a debugger: the program writes with genuine codes, but its entry is never made."""
    lan, tuan = actor_for("lan"), actor_for("tuan")
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "append", lambda *_args: None)
        patch.setattr(Ledger, "committed", lambda *_args: None)
        with transaction(tuan) as tx:
            db.session.add(
                Assignment(case_id=case_id, account_id=lan.id, assigned_by=tuan.id, assigned_at=tx.now)
            )
            tx.events.append(None)
    found = acting.findings()
    assert "stored data: assignment rows or versions that no entry tells of" in found


def test_a_change_made_while_the_ledger_is_patched_out_is_found_by_the_deep_check(
    ctx, actor_for, monkeypatch
):
    minh = actor_for("minh")
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "append", lambda *_args: None)
        patch.setattr(Ledger, "committed", lambda *_args: None)
        with transaction(actor_for("quan")) as tx:
            db.session.get_one(Account, minh.id).role_id = "supervisor"
            tx.events.append(None)
    assert acting.look(select(Account.role_id).where(Account.id == minh.id)) == "supervisor"
    assert "stored data: account rows or versions that no entry tells of" in acting.findings()


def test_a_copy_holds_no_more_than_the_disk_thief_has(case_id):
    said = repr(picture()).encode()
    assert acting.IDENTITY["full_name"].encode() not in said
