"""The primitives compute what their standards publish, so that the bytes are readable without this program."""

from __future__ import annotations

import hmac

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.vault import FileKeyStore, verify_password

unhex = bytes.fromhex


@pytest.mark.parametrize(
    ("key", "nonce", "plain", "associated", "sealed"),
    [
        pytest.param(
            "00" * 32,
            "00" * 12,
            "00" * 16,
            "",
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
            id="case-14",
        ),
        pytest.param(
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
            id="case-16",
        ),
    ],
)
def test_aes_256_gcm_of_the_gcm_specification(key, nonce, plain, associated, sealed):
    cipher = AESGCM(unhex(key))
    assert cipher.encrypt(unhex(nonce), unhex(plain), unhex(associated)).hex() == sealed
    assert cipher.decrypt(unhex(nonce), unhex(sealed), unhex(associated)).hex() == plain


@pytest.mark.parametrize(
    ("secret", "salt", "info", "derived"),
    [
        pytest.param(
            b"\x0b" * 22,
            bytes(range(0x0D)),
            bytes(range(0xF0, 0xFA)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
            id="A.1",
        ),
        pytest.param(
            bytes(range(0x50)),
            bytes(range(0x60, 0xB0)),
            bytes(range(0xB0, 0x100)),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
            "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
            id="A.2",
        ),
        pytest.param(
            b"\x0b" * 22,
            b"",
            b"",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
            id="A.3",
        ),
    ],
)
def test_hkdf_sha_256_of_rfc_5869(secret, salt, info, derived):
    assert HKDF(SHA256(), len(derived) // 2, salt, info).derive(secret).hex() == derived


@pytest.mark.parametrize(
    ("key", "message", "code"),
    [
        pytest.param(
            b"\x0b" * 20,
            b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            id="4.2",
        ),
        pytest.param(
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            id="4.3",
        ),
        pytest.param(
            b"\xaa" * 20,
            b"\xdd" * 50,
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            id="4.4",
        ),
        pytest.param(
            bytes(range(1, 26)),
            b"\xcd" * 50,
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            id="4.5",
        ),
    ],
)
def test_the_key_store_authenticates_with_hmac_sha_256_of_rfc_4231(tmp_path, key, message, code):
    FileKeyStore.create(tmp_path / "keys")
    # HMAC fills a short key up with zeros, so a published short key fits the store's 32 bytes unchanged.
    (tmp_path / "keys" / "ledger.key").write_bytes(key.ljust(32, b"\0"))
    assert FileKeyStore(tmp_path / "keys").authenticate("ledger", message).hex() == code
    assert hmac.digest(key, message, "sha256").hex() == code


def test_argon2id_of_rfc_9106():
    kdf = Argon2id(
        salt=b"\x02" * 16,
        length=32,
        iterations=3,
        lanes=4,
        memory_cost=32,
        ad=b"\x04" * 12,
        secret=b"\x03" * 8,
    )
    assert kdf.derive(b"\x01" * 32).hex() == (
        "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
    )


def test_a_password_hashed_elsewhere_is_verified():
    # From the reference implementation's own tests: "password", "somesalt", two passes, 256 KiB, one lane.
    stored = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
    assert verify_password("password", stored)
    assert not verify_password("Password", stored)
