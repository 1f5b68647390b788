"""All keys of a file store in one sealed file, and the secret that opens it in shares for several persons.

The file's bytes are described in docs/crypto.md; the shares are words of SLIP-0039 (Shamir over GF(256)).
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.rs1024 import verify_checksum
from shamir_mnemonic.wordlist import WORD_INDEX_MAP, WORDLIST

from app.vault import private_files
from app.vault.file_key_store import FileKeyStore
from app.vault.key_store import KeyStoreError
from app.vault.key_stores import key_folder

MAGIC = b"BAKB"
FORMAT = 1
HEADER = struct.Struct(
    ">4sB16sQHBB"
)  # magic, format, deployment, seconds since 1970, number of the shares, m, n
NONCE = 12
KEY = 32
WORDS = 33
MOST = 16
NAME = re.compile(r"[a-z][a-z0-9-]{0,58}")
CHECKED_WITH = b"shamir_extendable"


class WrongShare(Exception):
    """These words are no share, or not one of this file; the text says which word, and never a right one."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a key file says in clear: whose it is, when it was made, and how many of how many shares open it."""

    deployment: UUID
    made_at: datetime
    number: int
    threshold: int
    shares: int


@dataclass(frozen=True, slots=True)
class Split:
    """A key file and its shares, each 33 words in a row."""

    file: bytes
    shares: Sequence[str]


def keys_of(setting: str) -> dict[str, bytes]:
    """Every key of the file store the setting names, by name: for the ceremony only. KeyStoreError for a token."""
    folder = key_folder(setting)
    if folder is None:
        raise KeyStoreError(
            "The keys are in a PKCS#11 token and never come out of it, so there is nothing to split. "
            "Copy the token by its maker's own means, also in shares: docs/operations/keys.md."
        )
    FileKeyStore(folder)
    return {path.stem: private_files.read(path) for path in sorted(folder.glob("*.key"))}


def write_keys(folder: Path, keys: Mapping[str, bytes]) -> None:
    """Write a rebuilt store into a new or empty folder; KeyStoreError when it holds anything. All of them or none."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if any(folder.iterdir()):
        raise KeyStoreError(f"{folder} is not empty; nothing was changed. Name a new folder.")
    folder.chmod(0o700)
    try:
        for name, key in keys.items():
            private_files.write_new(folder / f"{name}.key", key)
        FileKeyStore(folder)
    except BaseException:
        for path in folder.glob("*.key"):
            path.unlink()
        raise


def split(keys: Mapping[str, bytes], deployment: UUID, at: datetime, *, threshold: int, shares: int) -> Split:
    """Seal the keys (32 bytes each) under a fresh secret, and cut that into shares; `threshold` of them open it.

    At least two are needed (ValueError otherwise): nobody alone may hold every key.
    """
    if not 2 <= threshold <= shares <= MOST:
        raise ValueError(f"2 <= threshold <= shares <= {MOST}")
    secret = os.urandom(KEY)
    words = generate_mnemonics(1, [(threshold, shares)], secret)[0]
    number = Share.from_mnemonic(words[0]).identifier
    header = HEADER.pack(MAGIC, FORMAT, deployment.bytes, int(at.timestamp()), number, threshold, shares)
    nonce = os.urandom(NONCE)
    made = Split(header + nonce + AESGCM(secret).encrypt(nonce, _packed(keys), header), tuple(words))
    for first in range(shares):  # every share has been used once before anybody relies on it
        chosen = [made.shares[(first + step) % shares] for step in range(threshold)]
        if rebuild(made.file, chosen) != keys:
            raise KeyStoreError("The shares do not give the keys back. Nothing was written; try again.")
    return made


def header_of(file: bytes) -> Header:
    """What a key file says of itself; KeyStoreError when it is none."""
    if len(file) < HEADER.size + NONCE + 16 or file[:5] != MAGIC + bytes([FORMAT]):
        raise KeyStoreError("This is not a key file of format 1, or only a part of one.")
    _, _, deployment, at, number, threshold, shares = HEADER.unpack(file[: HEADER.size])
    try:
        return Header(UUID(bytes=deployment), datetime.fromtimestamp(at, UTC), number, threshold, shares)
    except (OverflowError, ValueError, OSError):
        raise KeyStoreError("This is not a key file of format 1, or only a part of one.") from None


def check_share(file: bytes, words: str, others: Sequence[str] = ()) -> str:
    """The share in its plain form; WrongShare when it is misspelt, of another file, or one of `others`."""
    typed = words.lower().split()
    for place, word in enumerate(typed, start=1):
        if word not in WORD_INDEX_MAP:
            raise WrongShare(f"Word {place}, “{word}”, is not in the list of words.{_meant(word)}")
    if len(typed) != WORDS:
        raise WrongShare(f"A share has {WORDS} words; these are {len(typed)}.")
    try:
        share = Share.from_mnemonic(" ".join(typed))
    except MnemonicError:
        raise WrongShare(_misread(typed)) from None
    if share.identifier != header_of(file).number or share.member_threshold != header_of(file).threshold:
        raise WrongShare("This share belongs to another key file: its first words differ. Look at its date.")
    if share.index in {Share.from_mnemonic(other).index for other in others}:
        raise WrongShare("This share was given already. Another person's share is needed.")
    return str(share.mnemonic())


def rebuild(file: bytes, shares: Sequence[str]) -> dict[str, bytes]:
    """The keys by name; WrongShare when shares are too few or not of this file, KeyStoreError when it was changed."""
    header = header_of(file)
    if len(shares) != header.threshold:
        raise WrongShare(f"{header.threshold} shares are needed.")
    try:
        secret = combine_mnemonics(shares)
    except MnemonicError:
        raise WrongShare("These shares do not belong together.") from None
    clear, nonce = file[: HEADER.size], file[HEADER.size : HEADER.size + NONCE]
    try:
        packed = AESGCM(secret).decrypt(nonce, file[HEADER.size + NONCE :], clear)
    except (InvalidTag, ValueError):
        raise KeyStoreError("The key file was changed, or these are the shares of another one.") from None
    return _unpacked(packed)


def _packed(keys: Mapping[str, bytes]) -> bytes:
    for name, key in keys.items():
        if not NAME.fullmatch(name) or len(key) != KEY:
            raise KeyStoreError(f"{name} is not one of our keys.")
    parts = [bytes([len(name)]) + name.encode() + key for name, key in sorted(keys.items())]
    return struct.pack(">H", len(parts)) + b"".join(parts)


def _unpacked(packed: bytes) -> dict[str, bytes]:
    (count,), keys, rest = struct.unpack(">H", packed[:2]), {}, packed[2:]
    for _ in range(count):
        end = 1 + rest[0] if rest else 0
        keys[rest[1:end].decode("ascii", "replace")] = rest[end : end + KEY]
        rest = rest[end + KEY :]
    if _packed(keys) != packed:
        raise KeyStoreError("The key file holds something else than keys.")
    return keys


def _meant(word: str) -> str:
    near = [known for known in WORDLIST if known[:4] == word[:4]] or get_close_matches(word, WORDLIST, 1)
    return f" Is it “{near[0]}”?" if near else ""


def _misread(typed: Sequence[str]) -> str:
    """Which word is wrong, found by the checksum: it tells one wrong word's place without doubt."""
    numbers = [WORD_INDEX_MAP[word] for word in typed]
    for place, right in enumerate(numbers):
        for other in range(len(WORDLIST)):
            numbers[place] = other
            if verify_checksum(numbers, CHECKED_WITH):
                return f"Word {place + 1}, “{typed[place]}”, is wrong. Compare it with the paper."
        numbers[place] = right
    return "The words do not fit together: more than one is wrong, or two are exchanged. Compare them with the paper."
