"""The export and the stand-alone verifier: run as a program of its own, with the public key and nothing else."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from app.extensions import db
from app.ledger.checkpoint import Checkpoint
from app.ledger.log import current_log
from app.ledger.note import COSIGNATURE, Note, VerifierKey
from app.ledger.tree import Frontier, leaf_hash
from tests.ledger.logs import sealed, write
from tests.pictures import kept

SCRIPT = Path(__file__).parents[2] / "scripts" / "verify_ledger.py"


@kept
def _written():
    write(60, at_once=3)
    sealed()
    write(200, at_once=8)
    sealed()
    write(48, at_once=8)
    sealed()


@pytest.fixture
def exported(ctx, tmp_path):
    """An export of 311 leaves with three checkpoints, its key, and the folder it is in."""
    _written()
    result = ctx.test_cli_runner().invoke(args=["ledger", "export", str(tmp_path / "export")])
    assert result.exit_code == 0, result.output
    return tmp_path / "export"


@pytest.fixture
def key(exported):
    return str(current_log().key.verifier)


def run(*words, text=None):
    """The program in an empty directory and environment: it finds nothing of the application."""
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, *map(str, words)],
        capture_output=True, encoding="utf-8", check=False, cwd="/", env={}, input=text, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def output(app, *words):
    result = app.test_cli_runner().invoke(args=["ledger", *map(str, words)])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_it_imports_nothing_of_the_application():
    source = SCRIPT.read_text(encoding="utf-8")
    assert "import app" not in source
    assert "from app" not in source


def test_an_export_is_whole_and_holds_what_it_should(ctx, exported, key, tmp_path):
    names = {p.relative_to(exported).as_posix() for p in exported.rglob("*") if p.is_file()}
    sizes = current_log().outside.sizes()
    assert names == {
        "entries.jsonl",
        "checkpoint",
        "key",
        *(f"checkpoints/{n:012}.checkpoint" for n in sizes),
    }
    assert all(p.stat().st_mode & 0o077 == 0 for p in exported.rglob("*"))
    assert (exported / "key").read_text() == key + "\n" == output(ctx, "key")
    code, told, errors = run(exported, "--key", key)
    assert (code, errors) == (0, "")
    assert f"The ledger is whole: {sizes[-1]} entries in 8 lanes, 3 checkpoints." in told
    kept = [current_log().outside.path(size) for size in sizes]
    assert run(exported, "--key", key, *(w for path in kept for w in ("--checkpoint", path)))[0] == 0


def test_an_export_goes_into_an_empty_folder_only(ctx, exported):
    result = ctx.test_cli_runner().invoke(args=["ledger", "export", str(exported)])
    assert (result.exit_code, "not empty" in result.output) == (1, True)


def _lines(exported):
    return (exported / "entries.jsonl").read_text().splitlines()


def _change(exported, place, **entry):
    lines = _lines(exported)
    line = json.loads(lines[place])
    prefix, _, body = line["leaf"].partition("\0")
    line["leaf"] = prefix + "\0" + json.dumps(
        json.loads(body) | entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )  # fmt: skip
    lines[place] = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    _write(exported, lines)


def _write(exported, lines):
    (exported / "entries.jsonl").write_text("".join(line + "\n" for line in lines))


def _renumbered(lines):
    return [
        json.dumps(json.loads(line) | {"position": n}, ensure_ascii=False) for n, line in enumerate(lines)
    ]


def test_an_edited_entry_is_found_between_two_checkpoints(exported, key):
    sizes = current_log().outside.sizes()
    _change(exported, 100, source="10.9.9.9")
    code, _, errors = run(exported, "--key", key)
    assert code == 1
    assert f"position {sizes[0]} to {sizes[1] - 1}: not what was sealed" in errors


@pytest.mark.parametrize("how", ["delete", "cut", "swap", "double", "garbage", "other", "links", "begin"])
def test_a_changed_export_is_found_at_its_first_bad_position(exported, key, how):
    lines = _lines(exported)
    told = "position "
    match how:
        case "delete":
            del lines[100]
            lines = _renumbered(lines)
            told = "position "
        case "cut":
            del lines[-20:]
            told = f"position {len(lines)}: the export ends here, but checkpoint {len(lines) + 20} was signed: 20"
        case "swap":
            lines[7], lines[8] = lines[8], lines[7]
            told = "position 7: the line is malformed or out of order"
        case "double":
            lines.insert(50, lines[49])
            lines = _renumbered(lines)
            told = "position 50: lane"
        case "garbage":
            lines[3] = "{"
            told = "position 3: the line is malformed"
        case "other":
            lines[3] = json.dumps({"position": 3, "leaf": "x"})
            told = "position 3: not an entry"
        case "links":
            _change(exported, 30, previous="0" * 64, counter=9999)
            lines = _lines(exported)
            told = "position 30: lane"
        case _:
            lines = _renumbered(lines[10:])
    _write(exported, lines)
    code, _, errors = run(exported, "--key", key)
    assert code == 1
    assert told in errors


def test_an_older_export_with_a_newer_checkpoint_kept_elsewhere(ctx, exported, key, tmp_path):
    write(5)
    (newer,) = sealed()
    (tmp_path / "kept").write_text(newer.note)
    code, _, errors = run(exported, "--key", key, "--checkpoint", tmp_path / "kept")
    assert (code, "5 entries are missing" in errors) == (1, False)
    assert "entries are missing" in errors


def test_a_checkpoint_in_the_line_of_the_journal(ctx, exported, key, tmp_path):
    write(1)
    line = output(ctx, "seal")
    (tmp_path / "journal").write_text(line)
    fresh = tmp_path / "fresh"
    output(ctx, "export", fresh)
    assert run(fresh, "--key", key, "--checkpoint", tmp_path / "journal")[0] == 0


def test_a_rewritten_log_with_its_own_checkpoints_is_found_by_one_kept_elsewhere(
    ctx, exported, key, tmp_path
):
    """Whoever has the key can sign another history; a checkpoint from the safe says so."""
    kept = (exported / "checkpoint").read_text()
    (tmp_path / "safe").write_text(kept)
    _change(exported, 5, source="10.9.9.9")
    log, tree = current_log(), Frontier()
    for line in _lines(exported):
        tree.append(leaf_hash(json.loads(line)["leaf"].encode()))
    forged = log.key.sign(Checkpoint(log.key.origin, tree.size, tree.root()), log.sign, log.key.open(kept).at)
    shutil.rmtree(exported / "checkpoints")
    (exported / "checkpoint").write_text(forged.note)
    assert run(exported, "--key", key)[0] == 0
    code, _, errors = run(exported, "--key", key, "--checkpoint", tmp_path / "safe")
    assert (code, "has another root" in errors) == (1, True)


def test_a_clock_put_back_between_two_signings_of_one_size_is_found_in_any_order(exported, key, tmp_path):
    """The size was signed again, earlier, and the export shows that one only; the later one is kept elsewhere."""
    log = current_log()
    first = log.key.open(log.outside.path(log.outside.sizes()[0]).read_text())
    late, early = tmp_path / "late", tmp_path / "early"
    late.write_text(log.key.sign(first.checkpoint, log.sign, first.at + timedelta(hours=5)).note)
    early.write_text(first.note)
    for one, other in (*permutations((late, early)), (late, late)):
        code, _, errors = run(exported, "--key", key, "--checkpoint", one, "--checkpoint", other)
        assert (code, "the clock was put back" in errors) == (1, True)


def test_a_size_signed_again_later_is_no_clock_put_back(exported, key, tmp_path):
    log = current_log()
    last = log.outside.newest(log.key)
    again = tmp_path / "again"
    again.write_text(log.key.sign(last.checkpoint, log.sign, last.at + timedelta(hours=5)).note)
    assert run(exported, "--key", key, "--checkpoint", again)[0] == 0


@pytest.mark.parametrize("part", ["entries.jsonl", "checkpoint", "checkpoints/000000000001.checkpoint"])
@pytest.mark.parametrize("what", ["pipe", "device", "folder"])
def test_a_part_that_is_no_plain_file_is_refused_and_keeps_nobody_waiting(exported, key, part, what):
    path = exported / part
    path.unlink(missing_ok=True)
    if what == "pipe":
        os.mkfifo(path)
    elif what == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()
    code, _, errors = run(exported, "--key", key)
    assert (code, f"{path.name} is not a plain file" in errors) == (1, True)


def test_another_key_or_none_is_refused(exported, key):
    other = str(VerifierKey(current_log().key.origin, 1, bytes(range(32))))
    assert run(exported, "--key", other)[0] == 1
    assert run(exported, "--key", key[:-3] + "AA=")[0] == 1
    assert run(exported)[0] == 2


def test_single_proofs(ctx, exported, key, tmp_path):
    sizes = current_log().outside.sizes()
    entry = json.loads(json.loads(_lines(exported)[150])["leaf"].partition("\0")[2])
    proof, growth = tmp_path / "proof", tmp_path / "growth"
    proof.write_text(output(ctx, "prove", entry["lane"], entry["counter"]))
    growth.write_text(output(ctx, "consistency", sizes[0], sizes[1]))
    code, told, _ = run("inclusion", proof, "--key", key)
    assert (code, "This entry is leaf 150" in told) == (0, True)
    code, told, _ = run("consistency", growth, "--key", key)
    assert (code, f"The log of {sizes[0]} is the beginning of the log of {sizes[1]}" in told) == (0, True)
    for path, field, value in (
        (proof, "leaf", json.loads(proof.read_text())["leaf"] + " "),
        (proof, "position", 151),
        (proof, "proof", []),
        (growth, "proof", []),
        (growth, "old", json.loads(growth.read_text())["new"]),
        (growth, "proof", [base64.b64encode(bytes(32)).decode()] * 5),
    ):
        good = path.read_text()
        path.write_text(json.dumps(json.loads(good) | {field: value}))
        assert run("inclusion" if path == proof else "consistency", path, "--key", key)[0] == 1
        path.write_text(good)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_every_part_of_a_proof_is_a_digest(ctx, exported, key, tmp_path, size):
    proof = tmp_path / "proof"
    good = json.loads(output(ctx, "prove", 0, 1))
    proof.write_text(json.dumps(good | {"proof": [*good["proof"], base64.b64encode(bytes(size)).decode()]}))
    code, _, errors = run("inclusion", proof, "--key", key)
    assert (code, "not a proof" in errors) == (1, True)


def _position(lines, place, text):
    line = json.loads(lines[place])
    rest = json.dumps({"leaf": line["leaf"]}, ensure_ascii=False)[1:]
    lines[place] = f'{{"position": {text}, {rest}'


@pytest.mark.parametrize("text", ["true", "1.0", '"1"', "1e0", "-1", "null", "NaN", '7, "position": 1'])
def test_a_position_is_a_whole_number_and_stands_there_once(exported, key, text):
    lines = _lines(exported)
    _position(lines, 1, text)
    _write(exported, lines)
    code, _, errors = run(exported, "--key", key)
    assert (code, "position 1: the line is malformed" in errors) == (1, True)


def test_a_key_that_stands_twice_is_refused_wherever_it_stands(ctx, exported, key, tmp_path):
    """Two readers of one export must not see two contents."""
    lines = _lines(exported)
    line = json.loads(lines[0])
    line["leaf"] = line["leaf"].replace('"action":', '"action":"x","action":', 1)
    lines[0] = json.dumps(line, ensure_ascii=False)
    _write(exported, lines)
    code, _, errors = run(exported, "--key", key)
    assert (code, "position 0: not an entry" in errors) == (1, True)
    proof = json.dumps(json.loads(output(ctx, "prove", 0, 1)))
    (tmp_path / "proof").write_text(proof.replace('{"position"', '{"position": 0, "position"'))
    code, _, errors = run("inclusion", tmp_path / "proof", "--key", key)
    assert (code, "not a proof" in errors) == (1, True)


def test_the_position_in_a_proof_is_a_whole_number(ctx, exported, key, tmp_path):
    good = json.loads(output(ctx, "prove", 0, 1))
    for position in (True, float(good["position"]), str(good["position"]), -1):
        (tmp_path / "proof").write_text(json.dumps(good | {"position": position}))
        assert run("inclusion", tmp_path / "proof", "--key", key)[0] == 1


def test_an_empty_log_is_called_empty_not_whole(exported, key, tmp_path):
    log, empty = current_log(), tmp_path / "empty"
    empty.mkdir()
    (empty / "entries.jsonl").touch()
    at = log.outside.newest(log.key).at
    for root, code, words in (
        (Frontier().root(), 0, "The ledger is empty"),
        (bytes(32), 1, "has another root"),
    ):
        note = log.key.sign(Checkpoint(log.key.origin, 0, root), log.sign, at).note
        (empty / "checkpoint").write_text(note)
        done = run(empty, "--key", key)
        assert (done[0], words in done[1] + done[2], "whole" in done[1]) == (code, True, False)


@pytest.mark.parametrize("mark", ["\x1b[2J", "\x9b2J", "\u202e", "\x7f"])
def test_nothing_in_a_file_commands_the_terminal(exported, key, mark):
    note = (exported / "checkpoint").read_text()
    (exported / "checkpoint").write_text(note + f"\u2014 {mark}x AAAAAAAA\n")
    code, told, errors = run(exported, "--key", key)
    assert (code, mark in told + errors) == (1, False)


@pytest.fixture
def witness(tmp_path):
    secret = tmp_path / "secret"
    code, told, _ = run("new-witness", secret, "--name", "witness.example/office")
    assert code == 0
    assert secret.stat().st_mode & 0o777 == 0o600
    assert run("new-witness", secret, "--name", "other")[0] != 0
    return secret, told.strip()


@pytest.mark.parametrize("name", ["", " ", "an office", "a+b", "a\u00a0b", "a\tb", "a\u202eb"])
def test_a_witness_gets_no_name_that_no_signature_can_be_verified_under(tmp_path, name):
    code, _, errors = run("new-witness", tmp_path / "secret", "--name", name)
    assert (code, "a name has no spaces" in errors) == (2, True)
    assert not (tmp_path / "secret").exists()


def cosign(checkpoint, key, witness, tmp_path, *more):
    state = ("--state", tmp_path / "state")
    return run("cosign", checkpoint, "--key", key, "--secret", witness[0], *state, *more)


def test_a_witness_cosigns_what_continues_and_nothing_else(ctx, exported, key, witness, tmp_path):
    log = current_log()
    first, second, third = log.outside.sizes()
    code, note, errors = cosign(log.outside.path(first), key, witness, tmp_path)
    assert (code, "for the first time" in errors) == (0, True)
    assert VerifierKey.parse(witness[1]).algorithm == COSIGNATURE
    assert VerifierKey.parse(witness[1]).verify(Note.parse(note)) > 1_700_000_000
    assert log.key.open(note).checkpoint.size == first
    code, _, errors = cosign(log.outside.path(third), key, witness, tmp_path)
    assert (code, f"flask ledger consistency {first} {third}" in errors) == (1, True)
    proof = tmp_path / "proof"
    proof.write_text(output(ctx, "consistency", first, second))
    assert cosign(log.outside.path(third), key, witness, tmp_path, "--proof", proof)[0] == 1
    proof.write_text(output(ctx, "consistency", first, third))
    code, note, _ = cosign(log.outside.path(third), key, witness, tmp_path, "--proof", proof)
    assert code == 0
    assert cosign(log.outside.path(third), key, witness, tmp_path)[0] == 0  # again is harmless
    code, _, errors = cosign(log.outside.path(second), key, witness, tmp_path)
    assert (code, "the log was put back" in errors) == (1, True)
    (tmp_path / "cosigned").write_text(note)
    words = (exported, "--key", key, "--checkpoint", tmp_path / "cosigned")
    code, told, _ = run(*words, "--witness", witness[1])
    assert (code, f"Witness witness.example/office: up to size {third}" in told) == (0, True)
    other = str(VerifierKey("other.example", COSIGNATURE, bytes(range(32))))
    assert run(*words, "--witness", other)[0] == 1


def test_a_witness_never_cosigns_another_history(ctx, exported, key, witness, tmp_path):
    log = current_log()
    last = log.outside.newest(log.key)
    assert cosign(log.outside.path(last.checkpoint.size), key, witness, tmp_path)[0] == 0
    for size in (last.checkpoint.size, last.checkpoint.size + 1):
        forged = log.key.sign(Checkpoint(log.key.origin, size, bytes(32)), log.sign, last.at)
        (tmp_path / "forged").write_text(forged.note)
        assert cosign(tmp_path / "forged", key, witness, tmp_path)[0] == 1
    assert len((tmp_path / "state").read_text().splitlines()) == 1


def test_an_export_up_to_a_thousand_leaves_and_more(ctx, tmp_path):
    write(2000, at_once=400)
    sealed()
    output(ctx, "export", tmp_path / "big")
    code, told, _ = run(tmp_path / "big", "--key", str(current_log().key.verifier))
    assert (code, "2001 entries" in told) == (0, True)
    db.session.remove()
