#!/usr/bin/env python3
"""Checks an exported ledger of Bến An, or a proof from it, on any machine: one file, no application, no database.

Needs Python 3.11 and the package `cryptography`. What it needs to know is the public key of the log (from the
supervisor's printed page, not from the export) and, better, a checkpoint kept elsewhere.

    verify_ledger.py EXPORT --key KEY [--checkpoint FILE ...] [--witness KEY ...]
    verify_ledger.py inclusion PROOF --key KEY [--witness KEY ...]
    verify_ledger.py consistency PROOF --key KEY [--witness KEY ...]
    verify_ledger.py new-witness SECRET --name NAME
    verify_ledger.py cosign CHECKPOINT --key KEY --secret SECRET --state STATE [--proof PROOF]

Exit code: 0 all is well, 1 something is not what was sealed, 2 wrong use. Formats: docs/ledger.md.
"""

from __future__ import annotations

import argparse
import base64
import fcntl
import json
import os
import re
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, COSIGNATURE = 0x01, 0x04
EMPTY = sha256(b"").digest()
LEAF = "benan/ledger-entry/1\0"
FIELDS = {
    "lane", "counter", "at", "action", "actor_id", "unit_id", "session_id", "channel", "source",
    "subject_kind", "subject_id", "body", "previous",
}  # fmt: skip
CODE = re.compile(r"[0-9a-f]{64}\Z")
SIZE = re.compile(r"(0|[1-9][0-9]{0,17})\Z")
SKEW = 300  # seconds a clock may be set right by
COMMANDS = ("export", "inclusion", "consistency", "cosign", "new-witness")
HOSTILE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    OverflowError,
    RecursionError,
)


def printable(text: str) -> str:
    """The text without anything a terminal would obey."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def say(text: str, to: TextIO = sys.stdout) -> None:
    """A line for a person; nothing that stood in a file can command the terminal."""
    print(printable(text), file=to)


class WrongError(Exception):
    """Something is not what was sealed; the text says what and where."""


def read_json(text: str) -> Any:
    """The value of a JSON text; ValueError where two readers could see two values."""
    return json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands there twice")
    return value


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def plain(path: Path, newline: str | None = None) -> TextIO:
    """A part of an export, opened; WrongError for a pipe or a device, which could keep its reader for ever."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise WrongError(f"{path.name} is not a plain file")
    return os.fdopen(descriptor, encoding="utf-8", newline=newline)


def is_count(value: Any) -> bool:
    """Whether it is a whole number from 0: neither true, nor 1.0, nor a text."""
    return type(value) is int and value >= 0


# --- signed notes and checkpoints ---------------------------------------------------------------------------------


class Key(NamedTuple):
    """A public key with the name it signs under."""

    name: str
    algorithm: int
    public: bytes

    def id(self) -> bytes:
        """The first four bytes of SHA-256(name || 0x0A || algorithm || public key)."""
        return sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public).digest()[:4]

    def __str__(self) -> str:
        """The text form: name+id+key."""
        encoded = base64.b64encode(bytes([self.algorithm]) + self.public).decode()
        return f"{self.name}+{self.id().hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> Key:
        """From the text form."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = unbase64(encoded)
        if not name or len(raw) != 33 or raw[0] not in {ED25519, COSIGNATURE}:
            raise WrongError(f"not a key: {text}")
        key = cls(name, raw[0], raw[1:])
        if key.id().hex() != key_id:
            raise WrongError(f"not a key, its id is wrong: {text}")
        return key


class Checkpoint(NamedTuple):
    """What was signed, and its note."""

    origin: str
    size: int
    root: bytes
    time: int
    note: str


def is_name(text: str) -> bool:
    """Whether a line of a signed note can be signed under this name."""
    return text.isprintable() and not any(c.isspace() or c == "+" for c in text) and text != ""


def unbase64(text: str) -> bytes:
    """The bytes of base64 in its one form."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise WrongError(f"not base64: {text[:40]}") from None
    if base64.b64encode(raw).decode() != text:
        raise WrongError(f"not base64 in its one form: {text[:40]}")
    return raw


def split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text of a note, and name and raw signature of each line."""
    head, empty, lines = note.rpartition("\n\n")
    if not empty or not head or not lines.endswith("\n") or any(c < " " and c != "\n" for c in note):
        raise WrongError("not a signed note")
    signatures = []
    for line in lines[:-1].split("\n"):
        name, _, encoded = line.removeprefix("\u2014 ").rpartition(" ")
        raw = unbase64(encoded)
        if not line.startswith("\u2014 ") or not is_name(name) or len(raw) < 5:
            raise WrongError("not a signed note: a signature line is malformed")
        signatures.append((name, raw))
    return head + "\n", signatures


def verify_note(note: str, key: Key) -> int:
    """The time a key cosigned at (0 for a plain signature); WrongError unless it signed the note."""
    text, signatures = split_note(note)
    own = [raw[4:] for name, raw in signatures if (name, raw[:4]) == (key.name, key.id())]
    if not own:
        raise WrongError(f"{key.name} did not sign it")
    times = []
    for value in own:
        stamp, signature = (value[:8], value[8:]) if key.algorithm == COSIGNATURE else (b"", value)
        times.append(int.from_bytes(stamp, "big"))
        message = f"cosignature/v1\ntime {times[-1]}\n{text}" if stamp else text
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message.encode())
        except (InvalidSignature, ValueError):
            raise WrongError(f"the signature of {key.name} is wrong") from None
    return times[0]


def open_checkpoint(note: str, key: Key) -> Checkpoint:
    """The checkpoint in a note of this log; WrongError unless size, root and time are signed by it."""
    verify_note(note, key)
    signed_at = verify_note(note, Key(key.name, COSIGNATURE, key.public))
    lines = split_note(note)[0].split("\n")
    if len(lines) != 4 or lines[0] != key.name or not SIZE.match(lines[1]) or len(unbase64(lines[2])) != 32:
        raise WrongError("not a checkpoint of this log")
    return Checkpoint(lines[0], int(lines[1]), unbase64(lines[2]), signed_at, note)


def read_checkpoint(path: Path, key: Key, *, given: bool = True) -> Checkpoint:
    """The checkpoint in a file: the note, or the journal's line; a `given` file may be a pipe, an export's may not."""
    try:
        with path.open(encoding="utf-8") if given else plain(path) as file:
            text = file.read()
        note = read_json(text)["note"] if text.startswith("{") else text
        return open_checkpoint(note, key)
    except (OSError, ValueError, KeyError, WrongError) as error:
        raise WrongError(f"{path}: {error}") from None


# --- the Merkle tree of RFC 6962 ----------------------------------------------------------------------------------


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 || leaf)."""
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return sha256(b"\1" + left + right).digest()


class Tree:
    """A growing tree: its size, and the hashes of its complete subtrees, largest first."""

    def __init__(self) -> None:
        self.size = 0
        self.edge: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash."""
        self.size += 1
        self.edge.append(leaf)
        for _ in range((self.size & -self.size).bit_length() - 1):
            right = self.edge.pop()
            self.edge[-1] = node_hash(self.edge[-1], right)

    def root(self) -> bytes:
        """The root so far."""
        if not self.edge:
            return EMPTY
        result = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            result = node_hash(left, result)
        return result


def verify_inclusion(leaf: bytes, position: int, size: int, proof: list[bytes], root: bytes) -> None:
    """WrongError unless the leaf hash stands at `position` in the tree of that size and root (RFC 9162, 2.1.3.2)."""
    if not 0 <= position < size:
        raise WrongError("the leaf is not in the tree of that size")
    here, last, result = position, size - 1, leaf
    for part in proof:
        if last == 0:
            raise WrongError("the proof is too long")
        if here & 1 or here == last:
            result = node_hash(part, result)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            result = node_hash(result, part)
        here, last = here >> 1, last >> 1
    if last or result != root:
        raise WrongError("the proof leads to another root")


def verify_consistency(  # noqa: C901 - step by step as the RFC has it
    old: Checkpoint, new: Checkpoint, proof: list[bytes]
) -> None:
    """WrongError unless the older log is the beginning of the newer one (RFC 9162, 2.1.4.2)."""
    if old.size > new.size or (old.size == new.size and (old.root != new.root or proof)):
        raise WrongError("the two checkpoints contradict each other")
    if old.size in {0, new.size}:
        return
    path = [old.root, *proof] if old.size & (old.size - 1) == 0 else list(proof)
    if not path:
        raise WrongError("the proof is too short")
    here, last = old.size - 1, new.size - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = second = path[0]
    for part in path[1:]:
        if last == 0:
            raise WrongError("the proof is too long")
        if here & 1 or here == last:
            first, second = node_hash(part, first), node_hash(part, second)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(second, part)
        here, last = here >> 1, last >> 1
    if last or first != old.root or second != new.root:
        raise WrongError("the newer log does not begin with the older one: it was rewritten")


# --- an export ----------------------------------------------------------------------------------------------------


def leaves(path: Path) -> Iterator[tuple[int, str]]:
    """Line by line: position and leaf; WrongError at the first line that is not one."""
    with plain(path, newline="\n") as file:
        for position, line in enumerate(file):
            try:
                value = read_json(line)
                well = is_count(value["position"]) and value["position"] == position
                well = well and isinstance(value["leaf"], str) and len(value) == 2
            except (ValueError, KeyError, TypeError):
                well = False
            if not well:
                raise WrongError(f"position {position}: the line is malformed or out of order")
            yield position, value["leaf"]


class Lanes:
    """Follows every lane: counters without a gap, and the form of each link to the entry before."""

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}
        self.links: dict[int, str] = {}

    def follow(self, position: int, leaf: str) -> None:
        """WrongError when the leaf is no entry, or does not follow its lane's last one."""
        try:
            entry = read_json(leaf.removeprefix(LEAF))
            lane, counter, previous = entry["lane"], entry["counter"], entry["previous"]
            well = leaf.startswith(LEAF) and set(entry) == FIELDS and CODE.match(previous)
            well = well and is_count(lane) and is_count(counter)
        except (ValueError, KeyError, TypeError):
            well = False
        if not well:
            raise WrongError(f"position {position}: not an entry")
        expected = self.counts.get(lane, 0) + 1
        if counter != expected:
            raise WrongError(f"position {position}: lane {lane} goes on with {counter} instead of {expected}")
        if (previous == "0" * 64) != (counter == 1) or previous == self.links.get(lane):
            raise WrongError(
                f"position {position}: lane {lane}, entry {counter} is not linked to the one before"
            )
        self.counts[lane], self.links[lane] = counter, previous


class Due:
    """The checkpoints that the growing tree must still meet, by size."""

    def __init__(self, checkpoints: Iterable[Checkpoint]) -> None:
        self.waiting: dict[int, list[Checkpoint]] = {}
        self.sound = 0
        for checkpoint in checkpoints:
            self.waiting.setdefault(checkpoint.size, []).append(checkpoint)

    def meet(self, tree: Tree) -> None:
        """WrongError when a checkpoint of this size has another root."""
        size = tree.size
        if any(checkpoint.root != tree.root() for checkpoint in self.waiting.pop(size, ())):
            place = f"position {self.sound} to {size - 1}: " if size else ""
            raise WrongError(f"{place}not what was sealed (checkpoint {size} has another root)")
        self.sound = size

    def end(self, tree: Tree) -> None:
        """WrongError when a checkpoint was signed over more than there is."""
        if self.waiting:
            most = max(self.waiting)
            raise WrongError(
                f"position {tree.size}: the export ends here, but checkpoint {most} was signed: "
                f"{most - tree.size} entries are missing"
            )


def check_export(args: argparse.Namespace) -> None:
    """Recompute the tree and compare it with every checkpoint there is."""
    key, folder = Key.parse(args.key), args.export
    paths = sorted((folder / "checkpoints").glob("*.checkpoint"))
    own = [read_checkpoint(path, key, given=False) for path in paths]
    last = read_checkpoint(folder / "checkpoint", key, given=False)
    known = (*own, *(read_checkpoint(path, key) for path in args.checkpoint), last)
    tree, lanes, due = Tree(), Lanes(), Due(known)
    due.meet(tree)
    for position, leaf in leaves(folder / "entries.jsonl"):
        lanes.follow(position, leaf)
        tree.append(leaf_hash(leaf.encode()))
        if tree.size in due.waiting:
            due.meet(tree)
        if tree.size % 100_000 == 0 and sys.stderr.isatty():
            print(f"\r{tree.size} of {last.size} leaves", end="", file=sys.stderr)
    due.end(tree)
    if tree.size != last.size:
        raise WrongError(f"position {last.size}: leaves were added after the last checkpoint")
    clock(known)
    witnesses(args.witness, known)
    whole = f"whole: {tree.size} entries in {len(lanes.counts)} lanes, {len(own)} checkpoints."
    say(f"The ledger is {whole if tree.size else 'empty: its owner signed that there was no entry yet.'}")
    say(f"{last.origin}, signed {when(last.time)}, root {base64.b64encode(last.root).decode()}")


def clock(checkpoints: Iterable[Checkpoint]) -> None:
    """WrongError when a checkpoint was signed well before a smaller one, each signing of one size counted."""
    latest = 0
    for checkpoint in sorted(checkpoints, key=lambda one: (one.size, one.time)):
        if checkpoint.time < latest - SKEW:
            raise WrongError(
                f"checkpoint {checkpoint.size} is dated before an earlier one: the clock was put back"
            )
        latest = max(latest, checkpoint.time)


def witnesses(keys: list[str], checkpoints: tuple[Checkpoint, ...]) -> None:
    """Say up to where each witness vouches; WrongError when one does not at all."""
    for text in keys:
        key, best = Key.parse(text), None
        for checkpoint in checkpoints:
            names = {(name, raw[:4]) for name, raw in split_note(checkpoint.note)[1]}
            if (key.name, key.id()) in names:
                signed_at = verify_note(checkpoint.note, key)
                best = max(best or (0, 0), (checkpoint.size, signed_at))
        if best is None:
            raise WrongError(f"the witness {key.name} cosigned none of these checkpoints")
        say(f"Witness {key.name}: up to size {best[0]}, {when(best[1])}")


def when(seconds: int) -> str:
    """A time as a person reads it."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC" if seconds else "at no stated time"


# --- single proofs ------------------------------------------------------------------------------------------------


def read_proof(path: Path) -> dict[str, Any]:
    """A proof as the application gave it."""
    try:
        value = read_json(path.read_text(encoding="utf-8"))
        well = all(isinstance(part, str) for name, part in value.items() if name not in {"position", "proof"})
        if well and is_count(value.get("position", 0)) and isinstance(value["proof"], list):
            parts = [unbase64(part) for part in value["proof"]]
            if all(len(part) == len(EMPTY) for part in parts):
                return {**value, "proof": parts}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise WrongError(f"{path}: not a proof")


def check_inclusion(args: argparse.Namespace) -> None:
    """One entry is in the log."""
    value = read_proof(args.proof)
    checkpoint = open_checkpoint(value["checkpoint"], Key.parse(args.key))
    leaf, position = value["leaf"], value["position"]
    verify_inclusion(leaf_hash(leaf.encode()), position, checkpoint.size, value["proof"], checkpoint.root)
    witnesses(args.witness, (checkpoint,))
    say(f"This entry is leaf {position} of the log of {checkpoint.size} signed {when(checkpoint.time)}:")
    say(leaf.removeprefix(LEAF))


def check_consistency(args: argparse.Namespace) -> None:
    """One checkpoint continues another."""
    key, value = Key.parse(args.key), read_proof(args.proof)
    old, new = open_checkpoint(value["old"], key), open_checkpoint(value["new"], key)
    verify_consistency(old, new, value["proof"])
    witnesses(args.witness, (new,))
    say(f"The log of {old.size} is the beginning of the log of {new.size}, signed {when(new.time)}.")


# --- a witness ----------------------------------------------------------------------------------------------------


def witness_name(text: str) -> str:
    """The name as given; refused when no signature under it could ever be verified."""
    if not is_name(text):
        raise argparse.ArgumentTypeError("a name has no spaces, no + and only what can be printed")
    return text


def new_witness(args: argparse.Namespace) -> None:
    """Make a witness's key; print its public half."""
    private = Ed25519PrivateKey.generate()
    descriptor = os.open(args.secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps({"name": args.name, "seed": private.private_bytes_raw().hex()}) + "\n")
    say(str(Key(args.name, COSIGNATURE, private.public_key().public_bytes_raw())))


def cosign(args: argparse.Namespace) -> None:
    """Sign a checkpoint that continues the last one signed here; what was signed is on disk before it goes out."""
    key = Key.parse(args.key)
    checkpoint = read_checkpoint(args.checkpoint, key)
    secret = json.loads(args.secret.read_text(encoding="utf-8"))
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret["seed"]))
    with args.state.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        state = [json.loads(line) for line in file]
        before = [open_checkpoint(line["note"], key) for line in state if line["origin"] == checkpoint.origin]
        if before:
            _continues(before[-1], checkpoint, args)
        else:
            say(f"{checkpoint.origin} is cosigned for the first time: nothing to compare with.", sys.stderr)
        if not before or before[-1].note != checkpoint.note:
            file.write(json.dumps({"origin": checkpoint.origin, "note": checkpoint.note}) + "\n")
            file.flush()
            os.fsync(file.fileno())
    now, text = int(time.time()), split_note(checkpoint.note)[0]
    signature = private.sign(f"cosignature/v1\ntime {now}\n{text}".encode())
    own = Key(secret["name"], COSIGNATURE, private.public_key().public_bytes_raw())
    line = base64.b64encode(own.id() + now.to_bytes(8, "big") + signature).decode()
    sys.stdout.write(f"{checkpoint.note}\u2014 {own.name} {line}\n")


def _continues(old: Checkpoint, new: Checkpoint, args: argparse.Namespace) -> None:
    if new.size < old.size:
        raise WrongError(
            f"size {new.size} is smaller than {old.size}, cosigned here before: the log was put back"
        )
    needed = 0 < old.size < new.size
    if needed and args.proof is None:
        raise WrongError(f"give --proof: the output of flask ledger consistency {old.size} {new.size}")
    verify_consistency(old, new, read_proof(args.proof)["proof"] if needed else [])


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    whole = argparse.ArgumentParser(description="Checks an exported ledger, or a proof from it.")
    commands = whole.add_subparsers(
        required=True, metavar="EXPORT | inclusion | consistency | cosign | new-witness"
    )
    made = {name: commands.add_parser(name) for name in COMMANDS}
    for name in COMMANDS[:4]:
        made[name].add_argument("--key", required=True, help="the public key of the log, as printed")
    for name in COMMANDS[:3]:
        made[name].add_argument(
            "--witness", action="append", default=[], help="a witness that must have cosigned"
        )
    made["export"].add_argument("export", type=Path)
    made["export"].add_argument("--checkpoint", type=Path, action="append", default=[], help="kept elsewhere")
    made["inclusion"].add_argument("proof", type=Path)
    made["consistency"].add_argument("proof", type=Path)
    made["cosign"].add_argument("checkpoint", type=Path)
    made["cosign"].add_argument("--proof", type=Path)
    made["cosign"].add_argument("--state", type=Path, required=True, help="what this witness signed so far")
    made["cosign"].add_argument("--secret", type=Path, required=True)
    made["new-witness"].add_argument("secret", type=Path)
    made["new-witness"].add_argument("--name", type=witness_name, required=True)
    runs = (check_export, check_inclusion, check_consistency, cosign, new_witness)
    for name, run in zip(COMMANDS, runs, strict=True):
        made[name].set_defaults(run=run)
    return whole


def main(words: list[str]) -> int:
    """Run a command; its exit code."""
    if words and words[0] not in COMMANDS and not words[0].startswith("-"):
        words = ["export", *words]
    args = parser().parse_args(words)
    try:
        args.run(args)
    except WrongError as error:
        say(f"NOT WHOLE: {error}", sys.stderr)
        return 1
    except HOSTILE as error:  # a file made to confuse is not whole either
        say(f"NOT WHOLE: {type(error).__name__}: {str(error)[:200]}", sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
