"""A thief and a forger at the folder of backups: whoever knows only the public key can encrypt, and never convince."""

from __future__ import annotations

import dataclasses
import json
import tarfile
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.backup import manifest
from app.backup.age import encrypting, recipients_of
from app.backup.archive import MANIFEST, SIGNATURE, Writer
from app.backup.manifest import decode, signature
from app.extensions import part
from app.vault import FileKeyStore
from tests.backup.conftest import inside
from tests.services import acting


@pytest.fixture
def made(operator, app, actor_for):
    """A backup of a case."""
    with app.app_context():
        acting.ready_to_transfer(actor_for)
    return operator.create()


class Forger:
    """Opens a part (he may: the database was his), changes it, and encrypts it to the same public key."""

    def __init__(self, operator, recipient: str) -> None:
        self.operator, self.recipient = operator, recipient

    def rewrite(self, path, *, edit=None, streams=None, key=None) -> None:
        """`edit` changes the manifest, `streams` the streams; `key` signs anew, else the signature stays."""
        held = inside(path, self.operator.identity)
        encoded, signed = held.pop(MANIFEST), held.pop(SIGNATURE)
        if streams:
            held = streams(held)
        if edit:
            encoded = edit(decode(encoded)).encode()
        if key:
            signed = signature(encoded, key.sign, key.public_key().public_bytes_raw())
        with path.open("wb") as file, encrypting(file, recipients_of([self.recipient])) as target:
            writer = Writer(target, self.operator.clock())
            for name, content in held.items():
                writer.stream(name, [content])
            writer.close(encoded, signed)

    def sign_genuinely(self, path, change) -> None:
        """As only the owner of the key store can: to reach what is checked behind the signature."""
        held = inside(path, self.operator.identity)
        encoded = change(decode(held.pop(MANIFEST))).encode()
        del held[SIGNATURE]
        with self.operator.app.app_context():
            store = part("key_store")
            signed = signature(encoded, store.sign, store.public_key())
        with path.open("wb") as file, encrypting(file, recipients_of([self.recipient])) as target:
            writer = Writer(target, self.operator.clock())
            for name, content in held.items():
                writer.stream(name, [content])
            writer.close(encoded, signed)


@pytest.fixture
def forger(operator, identity):
    return Forger(operator, identity[1])


def test_rewriting_a_part_as_it_was_is_accepted(operator, made, forger):
    forger.rewrite(made.data)  # the forgeries below fail for what they change, not for how they are written
    assert "Authentic" in operator.verify(made.data, "--quick")


@pytest.mark.parametrize(
    "changes",
    [{"generation": 9}, {"database": "other"}, {"rows": {}}, {"missing": ("x",)}, {"created_at": None}],
    ids=lambda c: next(iter(c)),
)
def test_an_edited_manifest_is_refused(operator, made, forger, changes):
    if "created_at" in changes:
        changes = {"created_at": operator.clock()}
    forger.rewrite(made.data, edit=lambda m: dataclasses.replace(m, **changes))
    assert "not signed by this key store" in operator.verify(made.data, "--quick", code=1)


def test_a_manifest_signed_with_another_key_is_refused(operator, made, forger):
    forger.rewrite(made.data, edit=lambda m: m, key=Ed25519PrivateKey.generate())
    assert "not signed by this key store" in operator.verify(made.data, "--quick", code=1)


def test_a_manifest_of_another_part_is_refused(operator, made, forger):
    other = inside(made.keys, operator.identity)
    held = inside(made.data, operator.identity)
    with made.data.open("wb") as file, encrypting(file, recipients_of([forger.recipient])) as target:
        writer = Writer(target, operator.clock())
        for name in ("data_key_shells", "database"):
            writer.stream(name, [held[name]])
        writer.close(other[MANIFEST], other[SIGNATURE])
    assert "does not hold what its manifest says" in operator.verify(made.data, "--quick", code=1)


FORGED_STREAMS = {
    "a changed dump": lambda s: {**s, "database": s["database"][:-1] + b"x"},
    "a dump cut short": lambda s: {**s, "database": s["database"][:-1]},
    "no dump": lambda s: {k: v for k, v in s.items() if k != "database"},
    "a changed shell": lambda s: {
        **s,
        "data_key_shells": s["data_key_shells"].replace(b"identity", b"content"),
    },
    "something added": lambda s: {**s, "data_key": b"{}\n"},
    "an attachment added": lambda s: {**s, "other": b""},
}


@pytest.mark.parametrize("forge", FORGED_STREAMS.values(), ids=FORGED_STREAMS)
def test_content_that_the_manifest_does_not_tell_of_is_refused(operator, made, forger, forge):
    forger.rewrite(made.data, streams=forge)
    assert "does not hold what its manifest says" in operator.verify(made.data, "--quick", code=1)


def test_nothing_of_a_forged_part_reaches_a_database(operator, elsewhere, made, forger, watched):
    forger.rewrite(made.data, streams=FORGED_STREAMS["a changed dump"])
    said = elsewhere.run("restore", made.data, made.keys, "--identity", operator.identity, code=1)
    assert "does not hold" in said
    assert elsewhere.app.extensions["benan.missing"]
    assert list(watched.iterdir()) == []


def test_parts_of_two_installations_are_refused(operator, elsewhere, made, forger):
    forger.sign_genuinely(made.keys, lambda m: dataclasses.replace(m, deployment=uuid4()))
    said = elsewhere.run("restore", made.data, made.keys, "--identity", operator.identity, code=1)
    assert "two different installations" in said


def test_a_backup_of_another_installation_is_refused(operator, made, app, tmp_path, clock):
    stranger = FileKeyStore.create(tmp_path / "other-keys")
    with app.app_context():
        own = app.extensions["benan.key_store"]
        app.extensions["benan.key_store"] = stranger
        try:
            result = app.test_cli_runner().invoke(
                args=["backup", "verify", str(made.data), "--identity", str(operator.identity), "--quick"]
            )
        finally:
            app.extensions["benan.key_store"] = own
    assert (result.exit_code, "not signed by this key store" in result.output) == (1, True)


def test_a_path_out_of_the_archive_leads_nowhere(operator, elsewhere, made, identity, tmp_path):
    for name in ("attachments/../../../../out", "/out", "../out"):
        with made.data.open("wb") as file, encrypting(file, recipients_of([identity[1]])) as target:
            info = tarfile.TarInfo(name)
            info.size = 512
            target.write(info.tobuf(tarfile.USTAR_FORMAT) + b"x" * 512 + bytes(1024))
        said = elsewhere.run("restore", made.data, made.keys, "--identity", operator.identity, code=1)
        assert "does not write" in said
    assert list(tmp_path.rglob("out*")) == []


def test_a_part_in_clear_or_of_other_bytes_is_refused(operator, made):
    for content in (b"", b"age-encryption.org/v1\n", json.dumps({}).encode(), b"\0" * 5000):
        made.data.write_bytes(content)
        assert operator.verify(made.data, "--quick", code=1)


def test_a_manifest_of_a_newer_format_is_said_to_be_so(operator, made, forger, monkeypatch):
    with monkeypatch.context() as later:
        forger.sign_genuinely(made.data, lambda known: later.setattr(manifest, "FORMAT", 2) or known)
    assert "made by a newer program" in operator.verify(made.data, "--quick", code=1)
