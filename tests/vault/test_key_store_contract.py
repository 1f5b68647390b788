"""What every kind of key store must do; the same tests run over each of them, on real files and real tokens."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.sealing import Branch
from app.vault.key_store import PURPOSES, KeyStoreError
from app.vault.key_stores import (
    complete_key_store,
    create_key_store,
    key_store_exists,
    key_store_faults,
    open_key_store,
)
from tests.vault.places import in_another_process
from tests.vault.softhsm import token

DATA_KEY = bytes(range(32))
CONTEXT = b"deployment and owner"
examples = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(params=["file", "softhsm"])
def setting(request, tmp_path):
    """The setting of a key store that holds nothing yet."""
    if request.param == "file":
        yield str(tmp_path / "keys")
        return
    with token(tmp_path) as made:
        yield made


@pytest.fixture
def store(setting):
    return create_key_store(setting)


def test_a_new_store_has_one_root_key_for_each_branch(store):
    assert sorted(store.roots()) == ["content-0001", "identity-0001"]
    assert {branch: store.present_root(branch) for branch in Branch} == {
        Branch.IDENTITY: "identity-0001",
        Branch.CONTENT: "content-0001",
    }


def test_keys_are_made_once(setting):
    assert not key_store_exists(setting)
    with pytest.raises(KeyStoreError, match="flask init"):
        open_key_store(setting)
    assert any("flask init" in fault for fault in key_store_faults(setting))
    first = create_key_store(setting)
    assert key_store_exists(setting)
    assert list(key_store_faults(setting)) == []
    codes = [first.authenticate(purpose, b"x") for purpose in PURPOSES], first.public_key()
    with pytest.raises(KeyStoreError, match="already holds keys"):
        create_key_store(setting)
    again = complete_key_store(setting)
    assert ([again.authenticate(purpose, b"x") for purpose in PURPOSES], again.public_key()) == codes
    assert sorted(again.roots()) == ["content-0001", "identity-0001"]


@given(data_key=st.binary(min_size=32, max_size=32), context=st.binary(max_size=200))
@examples
def test_a_wrapped_key_opens_in_its_context(store, data_key, context):
    for root in store.roots():
        wrapped = store.wrap(root, data_key, context)
        assert len(wrapped) == 12 + 32 + 16
        assert data_key not in wrapped
        assert store.unwrap(root, wrapped, context) == data_key


def test_wrapping_twice_gives_nothing_in_common(store):
    one, other = (store.wrap("identity-0001", DATA_KEY, CONTEXT) for _ in range(2))
    assert one[:12] != other[:12]
    assert one[12:] != other[12:]


@pytest.mark.parametrize("context", [b"", b"deployment and owneR", CONTEXT + b"\0", CONTEXT[:-1]])
def test_in_another_context_it_does_not_open(store, context):
    wrapped = store.wrap("identity-0001", DATA_KEY, CONTEXT)
    with pytest.raises(KeyStoreError, match="does not open"):
        store.unwrap("identity-0001", wrapped, context)
    assert store.unwrap("identity-0001", wrapped, CONTEXT) == DATA_KEY


def test_under_another_root_key_it_does_not_open(store):
    wrapped = store.wrap("identity-0001", DATA_KEY, CONTEXT)
    with pytest.raises(KeyStoreError, match="does not open"):
        store.unwrap("content-0001", wrapped, CONTEXT)
    with pytest.raises(KeyStoreError, match="identity-0002"):
        store.unwrap("identity-0002", wrapped, CONTEXT)


@pytest.mark.parametrize(
    "name", ["ledger", "checkpoint", "../root-identity-0001", "identity-0001\0", "*", ""]
)
def test_only_a_root_key_is_taken_for_one(store, name):
    for act in (store.wrap, store.unwrap):
        with pytest.raises(KeyStoreError):
            act(name, bytes(60), CONTEXT)
    with pytest.raises(KeyStoreError):
        store.destroy_root(name)


def test_one_flipped_bit_anywhere_is_noticed(store):
    wrapped = store.wrap("content-0001", DATA_KEY, CONTEXT)
    for place in range(len(wrapped) * 8):
        broken = bytearray(wrapped)
        broken[place // 8] ^= 1 << place % 8
        with pytest.raises(KeyStoreError, match="does not open"):
            store.unwrap("content-0001", bytes(broken), CONTEXT)


@pytest.mark.parametrize("length", [0, 1, 11, 12, 27, 28, 59])
def test_a_shortened_wrapped_key_is_noticed(store, length):
    wrapped = store.wrap("content-0001", DATA_KEY, CONTEXT)
    with pytest.raises(KeyStoreError, match="does not open"):
        store.unwrap("content-0001", wrapped[:length], CONTEXT)


@given(noise=st.binary(max_size=200))
@examples
def test_any_other_bytes_are_an_error_and_nothing_worse(store, noise):
    with pytest.raises(KeyStoreError, match="does not open"):
        store.unwrap("content-0001", noise, CONTEXT)


def test_another_store_opens_nothing_of_this_one(store, tmp_path_factory):
    wrapped = store.wrap("content-0001", DATA_KEY, CONTEXT)
    other = create_key_store(str(tmp_path_factory.mktemp("other") / "keys"))
    with pytest.raises(KeyStoreError, match="does not open"):
        other.unwrap("content-0001", wrapped, CONTEXT)
    assert other.authenticate("ledger", b"x") != store.authenticate("ledger", b"x")
    assert other.public_key() != store.public_key()


@given(message=st.binary(max_size=3000))
@examples
def test_codes_are_repeatable_and_of_one_purpose(store, message):
    codes = {store.authenticate(purpose, message) for purpose in PURPOSES}
    assert len(codes) == len(PURPOSES)
    assert {len(code) for code in codes} == {32}
    assert store.authenticate("row", message) == store.authenticate("row", message)
    assert store.authenticate("row", message + b"\0") not in codes


def test_a_long_message_is_authenticated_whole(store):
    long = bytes(300_000)
    assert store.authenticate("row", long) != store.authenticate("row", long[:-1] + b"\1")


@pytest.mark.parametrize("purpose", ["", "checkpoint", "root-identity-0001", "LEDGER", "../ledger"])
def test_there_is_no_code_for_any_other_purpose(store, purpose):
    with pytest.raises(KeyStoreError, match="purpose"):
        store.authenticate(purpose, b"x")


@given(message=st.binary(max_size=3000))
@examples
def test_a_signature_holds_for_its_message_only(store, message):
    public = Ed25519PublicKey.from_public_bytes(store.public_key())
    signature = store.sign(message)
    assert len(signature) == 64
    public.verify(signature, message)
    with pytest.raises(InvalidSignature):
        public.verify(signature, message + b"\0")


def test_two_starts_give_the_same(store, setting):
    wrapped = store.wrap("identity-0001", DATA_KEY, CONTEXT)
    other = open_key_store(setting)
    assert other.unwrap("identity-0001", wrapped, CONTEXT) == DATA_KEY
    assert other.public_key() == store.public_key()
    assert other.sign(b"x") == store.sign(b"x")  # Ed25519 has no chance in it
    for purpose in PURPOSES:
        assert other.authenticate(purpose, b"x") == store.authenticate(purpose, b"x")


def test_a_new_root_key_wraps_and_the_old_one_still_opens(store):
    wrapped = store.wrap("identity-0001", DATA_KEY, CONTEXT)
    assert store.add_root(Branch.IDENTITY) == "identity-0002"
    assert (store.present_root(Branch.IDENTITY), store.present_root(Branch.CONTENT)) == (
        "identity-0002",
        "content-0001",
    )
    assert store.roots()[-1] == "identity-0002"
    assert store.unwrap("identity-0001", wrapped, CONTEXT) == DATA_KEY
    again = store.wrap("identity-0002", DATA_KEY, CONTEXT)
    assert store.unwrap("identity-0002", again, CONTEXT) == DATA_KEY
    with pytest.raises(KeyStoreError, match="does not open"):
        store.unwrap("identity-0002", wrapped, CONTEXT)


def test_a_destroyed_root_key_is_gone_for_good(store, setting):
    wrapped = store.wrap("identity-0001", DATA_KEY, CONTEXT)
    store.add_root(Branch.IDENTITY)
    store.destroy_root("identity-0001")
    for again in (store, open_key_store(setting)):
        assert "identity-0001" not in again.roots()
        with pytest.raises(KeyStoreError, match="identity-0001"):
            again.unwrap("identity-0001", wrapped, CONTEXT)
        with pytest.raises(KeyStoreError, match="identity-0001"):
            again.wrap("identity-0001", DATA_KEY, CONTEXT)
        with pytest.raises(KeyStoreError, match="identity-0001"):
            again.destroy_root("identity-0001")


def test_completing_does_not_bring_a_retired_root_key_back(store, setting):
    store.add_root(Branch.IDENTITY)
    store.destroy_root("identity-0001")
    assert sorted(complete_key_store(setting).roots()) == ["content-0001", "identity-0002"]
    assert store.add_root(Branch.IDENTITY) == "identity-0003"


@pytest.mark.parametrize("id_", ["identity-0001", "content-0001"])
def test_a_root_key_in_use_is_not_destroyed(store, id_):
    with pytest.raises(KeyStoreError, match="Rotate first"):
        store.destroy_root(id_)
    assert id_ in store.roots()


def test_many_threads_at_once(store):
    def work(number: int) -> bool:
        key, context = bytes([number % 256]) * 32, f"owner {number}".encode()
        wrapped = store.wrap("identity-0001", key, context)
        code, signature = store.authenticate("row", context), store.sign(context)
        public.verify(signature, context)
        return store.unwrap("identity-0001", wrapped, context) == key and code == store.authenticate(
            "row", context
        )

    public = Ed25519PublicKey.from_public_bytes(store.public_key())
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(400)))


def _works(store, wrapped, code) -> bool:
    Ed25519PublicKey.from_public_bytes(store.public_key()).verify(store.sign(b"x"), b"x")
    return (
        store.unwrap("identity-0001", wrapped, CONTEXT) == DATA_KEY
        and store.authenticate("row", b"x") == code
        and store.unwrap("identity-0001", store.wrap("identity-0001", DATA_KEY, b""), b"") == DATA_KEY
    )


def _works_in_child(fork, store, wrapped, code) -> bool:
    child = fork()
    if child == 0:
        signal.alarm(60)  # a child that waits for ever is killed, and counts as failed
        done = False
        try:
            done = _works(store, wrapped, code)
        finally:
            os._exit(0 if done else 1)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def _unannounced() -> int:
    return ctypes.PyDLL(None).fork()  # as a server written in C forks: Python's own hooks do not run


@pytest.mark.parametrize("fork", [os.fork, _unannounced], ids=["os.fork", "unannounced"])
def test_after_a_fork_child_and_parent_go_on(store, fork):
    wrapped, code = store.wrap("identity-0001", DATA_KEY, CONTEXT), store.authenticate("row", b"x")
    for _ in range(3):
        assert _works_in_child(fork, store, wrapped, code)
        assert _works(store, wrapped, code)


def test_a_fork_amid_busy_threads_harms_nobody(store):
    wrapped, code = store.wrap("identity-0001", DATA_KEY, CONTEXT), store.authenticate("row", b"x")
    stop = threading.Event()

    def busy() -> int:
        count = 0
        while not stop.is_set():
            assert _works(store, wrapped, code)
            count += 1
        return count

    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(busy) for _ in range(3)]
        try:
            children = [_works_in_child(os.fork, store, wrapped, code) for _ in range(10)]
        finally:
            stop.set()
        assert all(children)
        assert all(future.result() > 0 for future in running)


def test_what_a_child_makes_the_parent_uses(store):
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        try:
            store.add_root(Branch.CONTENT)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert store.present_root(Branch.CONTENT) == "content-0002"
    wrapped = store.wrap("content-0002", DATA_KEY, CONTEXT)
    assert store.unwrap("content-0002", wrapped, CONTEXT) == DATA_KEY


def test_a_root_key_of_another_process_is_used_at_once_and_refused_at_once(store, setting):
    wrapped = store.wrap("content-0001", DATA_KEY, CONTEXT)
    code = f"print(store.add_root('content'), store.wrap('content-0002', {DATA_KEY!r}, {CONTEXT!r}).hex())"
    id_, elsewhere = in_another_process(setting, code).split()
    assert (id_, store.present_root(Branch.CONTENT)) == ("content-0002", "content-0002")
    assert store.unwrap("content-0002", bytes.fromhex(elsewhere), CONTEXT) == DATA_KEY
    in_another_process(setting, "store.destroy_root('content-0001')")
    with pytest.raises(KeyStoreError, match="content-0001"):
        store.unwrap("content-0001", wrapped, CONTEXT)
    with pytest.raises(KeyStoreError, match="content-0001"):
        store.wrap("content-0001", DATA_KEY, CONTEXT)
    assert list(store.roots()) == ["identity-0001", "content-0002"]


def test_two_processes_never_make_the_same_root_key(store, setting):
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(in_another_process, [setting] * 3, ["print(store.add_root('identity'))"] * 3))
    assert sorted(made) == ["identity-0002", "identity-0003", "identity-0004"]
    assert len(store.roots()) == 5
    for id_ in made:
        assert store.unwrap(id_, store.wrap(id_, DATA_KEY, b""), b"") == DATA_KEY


def test_nothing_of_a_store_tells_its_keys(store):
    public = {name for name in dir(store) if not name.startswith("_")}
    asked = {
        "roots",
        "present_root",
        "wrap",
        "unwrap",
        "authenticate",
        "sign",
        "public_key",
        "add_root",
        "destroy_root",
    }
    assert public - asked == {"create", "complete", "exists", "faults"}, "made and looked at, nothing else"
    assert type(store).__name__ in repr(store)
