"""The key store guards its files, and a wrapped key opens only for whom it was wrapped."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from uuid import UUID

import pytest

from app.vault import BrokenSeal, FileKeyStore, KeyStoreError, Vault

GOLDEN = json.loads((Path(__file__).parent / "golden" / "wrapped-key.json").read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys"


@pytest.fixture
def store(folder):
    return FileKeyStore.create(folder)


def test_keys_are_made_for_their_owner_only(store, folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = sorted(folder.iterdir())
    assert [f.name for f in files] == ["ledger.key", "lookup.key", "root-0001.key"]
    assert {stat.S_IMODE(f.stat().st_mode) for f in files} == {0o600}
    assert {len(f.read_bytes()) for f in files} == {32}
    assert len({f.read_bytes() for f in files}) == 3


def test_keys_are_never_overwritten(store, folder):
    before = {f.name: f.read_bytes() for f in folder.iterdir()}
    with pytest.raises(KeyStoreError, match="already holds keys"):
        FileKeyStore.create(folder)
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622, 0o666])
@pytest.mark.parametrize("name", ["root-0001.key", "ledger.key", "lookup.key"])
def test_a_key_open_to_others_is_refused_with_the_remedy(store, folder, name, mode):
    (folder / name).chmod(mode)
    with pytest.raises(KeyStoreError, match="chmod go-rwx"):
        FileKeyStore(folder)


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o777])
def test_a_folder_open_to_others_is_refused(store, folder, mode):
    folder.chmod(mode)
    with pytest.raises(KeyStoreError, match="chmod go-rwx"):
        FileKeyStore(folder)


def test_a_missing_store_says_what_to_do(folder):
    with pytest.raises(KeyStoreError, match="flask init"):
        FileKeyStore(folder)


@pytest.mark.parametrize("name", ["ledger.key", "lookup.key"])
def test_a_missing_key_says_what_to_do(store, folder, name):
    (folder / name).unlink()
    with pytest.raises(KeyStoreError, match="key backup"):
        FileKeyStore(folder)


def test_without_a_root_key_nothing_starts(store, folder):
    (folder / "root-0001.key").unlink()
    with pytest.raises(KeyStoreError, match="No root key"):
        FileKeyStore(folder)


@pytest.mark.parametrize("damage", [b"", b"x" * 31, b"x" * 33])
def test_a_damaged_key_is_refused(store, folder, damage):
    (folder / "root-0001.key").write_bytes(damage)
    with pytest.raises(KeyStoreError, match="missing or damaged"):
        FileKeyStore(folder)


def test_a_wrapped_key_opens_in_its_context_only(store):
    wrapped = store.wrap(b"k" * 32, b"one")
    assert store.unwrap(store.root_key_id, wrapped, b"one") == b"k" * 32
    with pytest.raises(KeyStoreError):
        store.unwrap(store.root_key_id, wrapped, b"two")


def test_a_changed_wrapped_key_does_not_open(store):
    wrapped = bytearray(store.wrap(b"k" * 32, b"one"))
    for place in range(len(wrapped)):
        changed = bytearray(wrapped)
        changed[place] ^= 1
        with pytest.raises(KeyStoreError):
            store.unwrap(store.root_key_id, bytes(changed), b"one")
    with pytest.raises(KeyStoreError):
        store.unwrap(store.root_key_id, b"", b"one")


def test_the_newest_root_key_wraps_and_older_ones_still_open(store, folder):
    wrapped = store.wrap(b"k" * 32, b"one")
    second = folder / "root-0002.key"
    second.write_bytes(b"\2" * 32)
    second.chmod(0o600)
    both = FileKeyStore(folder)
    assert both.root_key_id == "0002"
    assert both.unwrap("0001", wrapped, b"one") == b"k" * 32
    with pytest.raises(KeyStoreError):
        both.unwrap("0002", wrapped, b"one")
    with pytest.raises(KeyStoreError, match="0009"):
        both.unwrap("0009", wrapped, b"one")


def test_a_key_wrapped_long_ago_still_opens(store, folder):
    (folder / "root-0001.key").write_bytes(bytes.fromhex(GOLDEN["root_key"]))
    vault = Vault(FileKeyStore(folder), UUID(GOLDEN["deployment"]))
    opened = vault.open_data_key(UUID(GOLDEN["owner_id"]), "0001", bytes.fromhex(GOLDEN["wrapped"]))
    assert opened.hex() == GOLDEN["data_key"]


def test_each_purpose_has_its_own_key(store):
    assert store.authenticate("ledger", b"x") != store.authenticate("lookup", b"x")


class TestVault:
    OWNER, OTHER = UUID(int=1), UUID(int=2)

    @pytest.fixture
    def vault(self, store):
        return Vault(store, UUID(int=7))

    def test_the_data_key_of_one_case_does_not_open_for_another(self, vault):
        root, wrapped = vault.new_data_key(self.OWNER)
        assert len(vault.open_data_key(self.OWNER, root, wrapped)) == 32
        with pytest.raises(BrokenSeal):
            vault.open_data_key(self.OTHER, root, wrapped)

    def test_the_data_key_of_another_installation_does_not_open(self, vault, store):
        root, wrapped = vault.new_data_key(self.OWNER)
        with pytest.raises(BrokenSeal):
            Vault(store, UUID(int=8)).open_data_key(self.OWNER, root, wrapped)

    def test_every_case_gets_a_key_of_its_own(self, vault):
        keys = [
            vault.open_data_key(self.OWNER, *vault.new_data_key(self.OWNER)),
            vault.open_data_key(self.OTHER, *vault.new_data_key(self.OTHER)),
        ]
        assert keys[0] != keys[1]

    def test_a_value_of_one_case_does_not_open_with_the_key_of_another(self, vault):
        mine = vault.open_data_key(self.OWNER, *vault.new_data_key(self.OWNER))
        theirs = vault.open_data_key(self.OTHER, *vault.new_data_key(self.OTHER))
        where = {"owner_id": self.OWNER, "subject_id": self.OWNER, "name": "identity", "version": 1}
        sealed = vault.seal(mine, b"secret", **where)
        assert vault.unseal(mine, sealed, **where) == b"secret"
        with pytest.raises(BrokenSeal):
            vault.unseal(theirs, sealed, **where)

    def test_look_up_hashes_do_not_run_together(self, vault):
        assert vault.lookup_digest(b"ab", b"c") != vault.lookup_digest(b"a", b"bc")
