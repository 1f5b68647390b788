"""Keys inside a PKCS#11 token, a hardware module or SoftHSM2 for trying: made there, used there, never out of it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pkcs11
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, MechanismFlag, ObjectClass
from pkcs11.types import Session

from app.domain.sealing import Branch
from app.vault import root_keys
from app.vault.key_store import PURPOSES, KeyStoreError
from app.vault.pkcs11_session import Address, Opened, Refused, use

BITS = 256
NONCE = 12
TAG_BITS = 128
PREFIX = "benan-"
ROOT = PREFIX + "root-"
CHECKPOINT = PREFIX + "checkpoint"
ED25519 = bytes.fromhex("06032b6570")  # the curve's name in DER, RFC 8410
OCTET_STRING = bytes.fromhex("0420")  # some modules give the public point in DER, some bare
KEPT_INSIDE = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
NEEDED = (
    Mechanism.AES_KEY_GEN,
    Mechanism.AES_GCM,
    Mechanism.GENERIC_SECRET_KEY_GEN,
    Mechanism.SHA256_HMAC,
    Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
    Mechanism.EDDSA,
)


class Pkcs11KeyStore:
    """The keys `benan-...` of one token; all are 256 bits, sensitive and not extractable.

    `benan-root-<id>` wraps data keys (AES-GCM), `benan-<purpose>` authenticates (HMAC-SHA-256), `benan-checkpoint`
    is the Ed25519 pair. Roots added or destroyed by another process or machine are seen at once.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        labels = use(address, _labels)
        if not any(label.startswith(ROOT) for label in labels):
            raise KeyStoreError(f"No root key in the {address}. Run: flask init")
        for label in (*(PREFIX + purpose for purpose in PURPOSES), CHECKPOINT):
            if label not in labels:
                raise KeyStoreError(f"{label} is missing in the {address}. Restore the token's backup.")
        for branch in Branch:
            self.present_root(branch)
        self._public = use(address, _public_point)

    @classmethod
    def create(cls, address: Address) -> Pkcs11KeyStore:
        """Make the keys in an empty token; KeyStoreError when it holds keys of ours."""
        if cls.exists(address):
            raise KeyStoreError(f"The {address} already holds keys; nothing was changed.")
        return cls.complete(address)

    @classmethod
    def complete(cls, address: Address) -> Pkcs11KeyStore:
        """Make those keys a newer program needs and an older one did not make; existing ones stay."""
        with _alone(address):
            use(address, _make_missing)
        return cls(address)

    @staticmethod
    def exists(address: Address) -> bool:
        """True when the token holds a key of ours."""
        return bool(use(address, _labels))

    @staticmethod
    def faults(address: Address) -> Iterator[str]:
        """What is wrong with the token, each with its remedy."""
        try:
            Pkcs11KeyStore(address)
        except KeyStoreError as error:
            yield str(error)

    def roots(self) -> Sequence[str]:
        """The ids of all root keys, oldest first."""
        return use(self._address, _roots)

    def present_root(self, branch: Branch) -> str:
        """The id of the root key that wraps new data keys of that branch."""
        return root_keys.present(self.roots(), branch, self._address)

    def wrap(self, root_key_id: str, data_key: bytes, context: bytes) -> bytes:
        """Nonce (12) || AES-256-GCM of the data key, computed in the token; the same bytes as the file store's."""
        nonce = os.urandom(NONCE)
        how = GCMParams(nonce, root_keys.bound(root_key_id, context), TAG_BITS)

        def act(opened: Opened) -> bytes:
            root = _secret(opened, ROOT + root_key_id)
            return bytes(root.encrypt(data_key, mechanism=Mechanism.AES_GCM, mechanism_param=how))

        return nonce + use(self._address, act)

    def unwrap(self, root_key_id: str, wrapped: bytes, context: bytes) -> bytes:
        """The data key; KeyStoreError when the key, the bytes or the context are wrong."""
        if len(wrapped) < NONCE + TAG_BITS // 8:
            raise KeyStoreError("A wrapped data key does not open under its root key.")
        how = GCMParams(wrapped[:NONCE], root_keys.bound(root_key_id, context), TAG_BITS)

        def act(opened: Opened) -> bytes:
            root = _secret(opened, ROOT + root_key_id)
            return bytes(root.decrypt(wrapped[NONCE:], mechanism=Mechanism.AES_GCM, mechanism_param=how))

        try:
            return use(self._address, act)
        except Refused:  # each maker's module has its own code for a wrong tag
            raise KeyStoreError("A wrapped data key does not open under its root key.") from None

    def authenticate(self, purpose: str, message: bytes) -> bytes:
        """HMAC-SHA-256 of `message` under the key of that purpose: 32 bytes."""
        if purpose not in PURPOSES:
            raise KeyStoreError(f"There is no key for the purpose {purpose}.")

        def act(opened: Opened) -> bytes:
            return bytes(_secret(opened, PREFIX + purpose).sign(message, mechanism=Mechanism.SHA256_HMAC))

        return use(self._address, act)

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature of `message` under the checkpoint key: 64 bytes."""

        def act(opened: Opened) -> bytes:
            key = _key(opened, ObjectClass.PRIVATE_KEY, CHECKPOINT)
            return bytes(key.sign(message, mechanism=Mechanism.EDDSA))

        return use(self._address, act)

    def public_key(self) -> bytes:
        """The checkpoint key's public half: 32 bytes."""
        return self._public

    def add_root(self, branch: Branch) -> str:
        """Make the next root key of a branch; from now on it is the present one. Its id."""
        with _alone(self._address):
            id_ = root_keys.following(self.present_root(branch), branch)
            use(self._address, lambda opened: _make(opened, ROOT + id_))
        return id_

    def destroy_root(self, root_key_id: str) -> None:
        """Destroy a root key in the token; KeyStoreError for a present or unknown one."""
        if root_key_id in {self.present_root(branch) for branch in Branch}:
            raise KeyStoreError(f"Root key {root_key_id} is in use. Rotate first.")

        def act(opened: Opened) -> None:
            _secret(opened, ROOT + root_key_id)
            opened.keys.pop(ROOT + root_key_id)
            with opened.token.open(rw=True) as session:
                session.get_key(ObjectClass.SECRET_KEY, label=ROOT + root_key_id).destroy()

        use(self._address, act)


def _labels(opened: Opened) -> list[str]:
    """The labels of our secret and private keys."""
    found = [
        str(key[Attribute.LABEL])
        for kind in (ObjectClass.SECRET_KEY, ObjectClass.PRIVATE_KEY)
        for key in list(opened.session.get_objects({Attribute.CLASS: kind}))
    ]
    return [label for label in found if label.startswith(PREFIX)]


def _roots(opened: Opened) -> Sequence[str]:
    return root_keys.in_order(label.removeprefix(ROOT) for label in _labels(opened) if label.startswith(ROOT))


def _secret(opened: Opened, label: str) -> Any:
    return _key(opened, ObjectClass.SECRET_KEY, label)


def _key(opened: Opened, kind: ObjectClass, label: str) -> Any:
    """The key of that label; looked up once in a session, and refused when it could be read out of the token."""
    if label not in opened.keys:
        try:
            key = opened.session.get_key(kind, label=label)
        except pkcs11.NoSuchKey:
            raise KeyStoreError(f"{label} is not in the token. Restore the token's backup.") from None
        except pkcs11.MultipleObjectsReturned:
            raise KeyStoreError(f"The token holds two keys {label}. Find out why; use neither.") from None
        if key[Attribute.EXTRACTABLE] or not key[Attribute.SENSITIVE]:
            raise KeyStoreError(
                f"{label} can be read out of the token. Somebody put it there; it is not used."
            )
        opened.keys[label] = key
    return opened.keys[label]


def _public_point(opened: Opened) -> bytes:
    key = opened.session.get_key(ObjectClass.PUBLIC_KEY, label=CHECKPOINT)
    point = bytes(key[Attribute.EC_POINT])
    return point.removeprefix(OCTET_STRING) if len(point) > 32 else point


def _make_missing(opened: Opened) -> None:
    lacking = [mechanism.name for mechanism in NEEDED if mechanism not in opened.token.slot.get_mechanisms()]
    if lacking:
        raise KeyStoreError(
            f"The token cannot do {', '.join(lacking)}. Use another one (docs/operations/keys.md)."
        )
    labels, roots = _labels(opened), _roots(opened)
    for id_ in (root_keys.first(roots, branch) for branch in Branch):
        if id_:
            _make(opened, ROOT + id_)
    for purpose in PURPOSES:
        if PREFIX + purpose not in labels:
            _make(opened, PREFIX + purpose)
    if CHECKPOINT not in labels:
        with opened.token.open(rw=True) as session:
            _make_checkpoint(session)


def _make(opened: Opened, label: str) -> None:
    """Make one secret key: an AES key for wrapping, or a key for authentication."""
    root = label.startswith(ROOT)
    with opened.token.open(rw=True) as session:
        session.generate_key(
            KeyType.AES if root else KeyType.GENERIC_SECRET,
            BITS,
            label=label,
            store=True,
            capabilities=MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT if root else MechanismFlag.SIGN,
            template=KEPT_INSIDE,
        )


def _make_checkpoint(session: Session) -> None:
    curve = session.create_domain_parameters(KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: ED25519}, local=True)
    curve.generate_keypair(
        label=CHECKPOINT,
        store=True,
        capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
        private_template=KEPT_INSIDE,
    )


@contextmanager
def _alone(address: Address) -> Iterator[None]:
    """Only one process of this machine makes keys at a time: a token would take the same label twice."""
    address.pin()
    descriptor = os.open(address.pin_file, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
