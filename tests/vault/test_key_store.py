"""The folder of keys guards its files, and a wrapped key opens only for whom it was wrapped."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from app.domain.sealing import Branch
from app.vault import BrokenSeal, FileKeyStore, KeyStoreError, Vault

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
WRAPPED = json.loads((GOLDEN / "wrapped-key.json").read_text(encoding="utf-8"))
BEFORE = json.loads((GOLDEN / "installation-before-branches.json").read_text(encoding="utf-8"))
PURPOSES = ["index", "ledger", "lookup", "row"]
FILES = sorted([*PURPOSES, "checkpoint", "root-content-0001", "root-identity-0001"])


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys"


@pytest.fixture
def store(folder):
    return FileKeyStore.create(folder)


@pytest.fixture
def old_folder(folder):
    """A folder as the program made it before there were branches."""
    folder.mkdir(mode=0o700)
    for name, key in BEFORE["files"].items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_bytes(bytes.fromhex(key))
    return folder


def test_keys_are_made_for_their_owner_only(store, folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = sorted(folder.iterdir())
    assert [f.name for f in files] == [f"{name}.key" for name in FILES]
    assert {stat.S_IMODE(f.stat().st_mode) for f in files} == {0o600}
    assert {len(f.read_bytes()) for f in files} == {32}
    assert len({f.read_bytes() for f in files}) == len(files)


def test_keys_are_never_overwritten(store, folder):
    before = {f.name: f.read_bytes() for f in folder.iterdir()}
    with pytest.raises(KeyStoreError, match="already holds keys"):
        FileKeyStore.create(folder)
    FileKeyStore.complete(folder)
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622, 0o666])
@pytest.mark.parametrize("name", FILES)
def test_a_key_open_to_others_is_refused_with_the_remedy(store, folder, name, mode):
    (folder / f"{name}.key").chmod(mode)
    with pytest.raises(KeyStoreError, match="chmod go-rwx"):
        FileKeyStore(folder)
    assert [fault for fault in FileKeyStore.faults(folder) if f"{name}.key is open" in fault]


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o777])
def test_a_folder_open_to_others_is_refused(store, folder, mode):
    folder.chmod(mode)
    with pytest.raises(KeyStoreError, match="chmod go-rwx"):
        FileKeyStore(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_key_that_is_a_link_is_refused(store, folder, tmp_path, name):
    path = folder / f"{name}.key"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyStoreError, match="is a link"):
        FileKeyStore(folder)


def test_a_link_put_in_place_of_a_key_later_is_not_followed(store, folder, tmp_path):
    stranger = tmp_path / "known-to-somebody"
    stranger.touch(mode=0o600)
    stranger.write_bytes(b"k" * 32)
    (folder / "root-identity-0002.key").symlink_to(stranger)
    with pytest.raises(KeyStoreError, match="is a link"):
        store.wrap("identity-0002", bytes(32), b"")


def test_the_folder_itself_may_be_reached_through_a_link(store, folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    assert FileKeyStore(tmp_path / "link").public_key() == store.public_key()
    folder.chmod(0o755)
    with pytest.raises(KeyStoreError, match="chmod go-rwx"):
        FileKeyStore(tmp_path / "link")


def test_a_missing_store_says_what_to_do(folder):
    with pytest.raises(KeyStoreError, match="flask init"):
        FileKeyStore(folder)


@pytest.mark.parametrize("name", [*PURPOSES, "checkpoint"])
def test_a_missing_key_says_what_to_do_and_none_is_made_in_its_place(store, folder, name):
    (folder / f"{name}.key").unlink()
    with pytest.raises(KeyStoreError, match=rf"{name}\.key is missing.*key backup"):
        FileKeyStore(folder)
    assert not (folder / f"{name}.key").exists()


def test_without_a_root_key_nothing_starts(store, folder):
    for path in folder.glob("root-*.key"):
        path.unlink()
    with pytest.raises(KeyStoreError, match=r"No (identity|content) root key"):
        FileKeyStore(folder)


@pytest.mark.parametrize("branch", Branch)
def test_without_a_branch_s_root_key_nothing_starts_either(store, folder, branch):
    (folder / f"root-{branch}-0001.key").unlink()
    with pytest.raises(KeyStoreError, match=rf"No {branch} root key.*key backup"):
        FileKeyStore(folder)
    with pytest.raises(KeyStoreError, match=f"No {branch} root key"):
        store.present_root(branch)
    assert not (folder / f"root-{branch}-0001.key").exists()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", [b"", b"x" * 31, b"x" * 33])
def test_a_damaged_key_is_refused(store, folder, name, damage):
    (folder / f"{name}.key").write_bytes(damage)
    with pytest.raises(KeyStoreError, match=f"{name}.key is damaged"):
        FileKeyStore(folder)


@pytest.mark.parametrize(
    "name", ["root-identity-0001 (copy).key", "root-.key", "root-x-0001.key", "root-identity-1.key"]
)
def test_a_stray_file_is_no_root_key(store, folder, name):
    (folder / name).touch(mode=0o600)
    (folder / name).write_bytes(b"x" * 32)
    assert sorted(FileKeyStore(folder).roots()) == ["content-0001", "identity-0001"]


def test_root_keys_are_in_order_beyond_four_digits(store, folder):
    for number in (9999, 10000):
        (folder / f"root-content-{number}.key").touch(mode=0o600)
        (folder / f"root-content-{number}.key").write_bytes(bytes(32))
    assert list(store.roots())[-2:] == ["content-9999", "content-10000"]
    assert store.add_root(Branch.CONTENT) == "content-10001"


def test_the_wrapped_bytes_are_those_of_the_documentation(store, folder):
    """docs/crypto.md, written down again without the program."""
    root = (folder / "root-content-0001.key").read_bytes()
    wrapped = store.wrap("content-0001", b"d" * 32, b"context")
    bound = b"benan/data-key/1" + b"\0" + b"content-0001" + b"\0" + b"context"
    assert AESGCM(root).decrypt(wrapped[:12], wrapped[12:], bound) == b"d" * 32


@pytest.mark.parametrize(
    ("seed", "public", "message", "signature"),
    [
        pytest.param(
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            id="1",
        ),
        pytest.param(
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            id="2",
        ),
        pytest.param(
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
            id="3",
        ),
    ],
)
def test_the_checkpoint_key_signs_with_ed25519_of_rfc_8032(store, folder, seed, public, message, signature):
    (folder / "checkpoint.key").write_bytes(bytes.fromhex(seed))
    again = FileKeyStore(folder)
    assert again.public_key().hex() == public
    assert again.sign(bytes.fromhex(message)).hex() == signature


def test_a_destroyed_root_key_is_overwritten_before_it_is_deleted(store, folder):
    path = folder / "root-content-0001.key"
    key = path.read_bytes()
    store.add_root(Branch.CONTENT)
    os.link(path, folder / "kept-by-another-name")
    store.destroy_root("content-0001")
    assert not path.exists()
    assert (folder / "kept-by-another-name").read_bytes() != key


def test_a_kill_while_root_keys_are_made_leaves_only_whole_ones(store, folder):
    code = (
        "import sys; from pathlib import Path\n"
        "from app.vault import FileKeyStore; from app.domain.sealing import Branch\n"
        "store = FileKeyStore(Path(sys.argv[1]))\n"
        "while True: print(store.add_root(Branch.CONTENT), flush=True)"
    )
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", code, folder], cwd=ROOT, stdout=subprocess.PIPE)
        for _ in range(20):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        again = FileKeyStore(folder)
        for id_ in again.roots():
            assert again.unwrap(id_, again.wrap(id_, b"d" * 32, b""), b"") == b"d" * 32
        again.add_root(Branch.CONTENT)


def test_an_interrupted_completion_goes_on(old_folder):
    first = FileKeyStore.complete(old_folder)
    code = first.authenticate("row", b"x")
    for name in ("index", "checkpoint"):
        (old_folder / f"{name}.key").unlink()  # as if it had been stopped before these two
    again = FileKeyStore.complete(old_folder)
    assert again.authenticate("row", b"x") == code
    assert sorted(path.stem for path in old_folder.glob("*.key")) == sorted([*FILES, "root-0001"])


class TestBeforeBranches:
    """An installation made before there were branches: three files, one root key "0001"."""

    def test_the_missing_keys_are_made_and_the_old_ones_stay(self, old_folder):
        store = FileKeyStore.complete(old_folder)
        for name, key in BEFORE["files"].items():
            assert (old_folder / name).read_bytes().hex() == key
        assert sorted(store.roots()) == ["0001", "content-0001", "identity-0001"]
        message = bytes.fromhex(BEFORE["message"])
        assert store.authenticate("ledger", message).hex() == BEFORE["ledger_code"]
        assert store.authenticate("lookup", message).hex() == BEFORE["lookup_code"]

    @pytest.mark.parametrize("branch", Branch)
    def test_an_old_data_key_and_an_old_sealed_value_still_open(self, old_folder, branch):
        vault = Vault(FileKeyStore.complete(old_folder), UUID(BEFORE["deployment"]))
        owner, subject = UUID(BEFORE["owner_id"]), UUID(BEFORE["subject_id"])
        key = vault.open_data_key(owner, branch, 1, BEFORE["root_key_id"], bytes.fromhex(BEFORE["wrapped"]))
        assert key.hex() == BEFORE["data_key"]
        where = {
            "owner_id": owner,
            "subject_id": subject,
            "name": BEFORE["name"],
            "version": BEFORE["version"],
        }
        opened = vault.unseal(key, bytes.fromhex(BEFORE["sealed"]), **where)
        assert opened.hex() == BEFORE["plaintext"]
        with pytest.raises(BrokenSeal):
            vault.open_data_key(subject, branch, 1, BEFORE["root_key_id"], bytes.fromhex(BEFORE["wrapped"]))

    def test_nothing_new_is_wrapped_under_the_old_root_key(self, old_folder):
        store = FileKeyStore.complete(old_folder)
        assert {store.present_root(branch) for branch in Branch} == {"content-0001", "identity-0001"}

    def test_the_old_root_key_can_be_retired(self, old_folder):
        store = FileKeyStore.complete(old_folder)
        store.destroy_root("0001")
        assert sorted(FileKeyStore.complete(old_folder).roots()) == ["content-0001", "identity-0001"]

    def test_an_older_golden_key_opens_too(self, store, folder):
        (folder / "root-0001.key").touch(mode=0o600)
        (folder / "root-0001.key").write_bytes(bytes.fromhex(WRAPPED["root_key"]))
        vault, owner = Vault(FileKeyStore(folder), UUID(WRAPPED["deployment"])), UUID(WRAPPED["owner_id"])
        opened = vault.open_data_key(owner, Branch.CONTENT, 1, "0001", bytes.fromhex(WRAPPED["wrapped"]))
        assert opened.hex() == WRAPPED["data_key"]


class TestVault:
    OWNER, OTHER = UUID(int=1), UUID(int=2)

    @pytest.fixture
    def vault(self, store):
        return Vault(store, UUID(int=7))

    def test_a_data_key_opens_for_its_owner_branch_and_number_only(self, vault):
        root, wrapped, key = vault.new_data_key(self.OWNER, Branch.IDENTITY, 1)
        assert root == "identity-0001"
        assert vault.open_data_key(self.OWNER, Branch.IDENTITY, 1, root, wrapped) == key
        for owner, branch, number, under in (
            (self.OTHER, Branch.IDENTITY, 1, root),
            (self.OWNER, Branch.CONTENT, 1, root),
            (self.OWNER, Branch.IDENTITY, 2, root),
            (self.OWNER, Branch.IDENTITY, 1, "content-0001"),
        ):
            with pytest.raises(BrokenSeal):
                vault.open_data_key(owner, branch, number, under, wrapped)

    def test_the_data_key_of_another_installation_does_not_open(self, vault, store):
        root, wrapped, _ = vault.new_data_key(self.OWNER, Branch.CONTENT, 1)
        with pytest.raises(BrokenSeal):
            Vault(store, UUID(int=8)).open_data_key(self.OWNER, Branch.CONTENT, 1, root, wrapped)

    @given(number=st.integers(1, 2**31), other=st.integers(1, 2**31))
    def test_no_two_bindings_are_alike(self, number, other):
        vault = Vault(None, UUID(int=7))
        bindings = {
            vault._owner(owner, branch, n, "x-1")
            for owner in (self.OWNER, self.OTHER)
            for branch in Branch
            for n in (number, other)
        }
        assert len(bindings) == 4 * len({number, other})

    def test_every_owner_and_branch_gets_a_key_of_its_own(self, vault):
        keys = [
            vault.new_data_key(owner, branch, 1)[2] for owner in (self.OWNER, self.OTHER) for branch in Branch
        ]
        assert len(set(keys)) == 4

    def test_a_value_of_one_case_does_not_open_with_the_key_of_another(self, vault):
        mine = vault.new_data_key(self.OWNER, Branch.IDENTITY, 1)[2]
        theirs = vault.new_data_key(self.OTHER, Branch.IDENTITY, 1)[2]
        where = {"owner_id": self.OWNER, "subject_id": self.OWNER, "name": "identity", "version": 1}
        sealed = vault.seal(mine, b"secret", **where)
        assert vault.unseal(mine, sealed, **where) == b"secret"
        with pytest.raises(BrokenSeal):
            vault.unseal(theirs, sealed, **where)

    def test_look_up_hashes_do_not_run_together(self, vault):
        assert vault.lookup_digest(b"ab", b"c") != vault.lookup_digest(b"a", b"bc")
