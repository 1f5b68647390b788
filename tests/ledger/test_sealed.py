"""`flask ledger verify` after a seal: whatever is changed in any table of the log is found, and named."""

from __future__ import annotations

import pytest

from app.extensions import db
from app.ledger import current_ledger
from app.ledger.checkpoint import Checkpoint
from app.ledger.form import entry_bytes, lane_bytes
from app.ledger.log import current_log
from app.models import LedgerEntry, LedgerLane
from tests.ledger.logs import ask, sealed, sql, write
from tests.pictures import kept

LANE = "(SELECT lane FROM ledger_leaf WHERE position = 20)"
COUNTER = "(SELECT counter FROM ledger_leaf WHERE position = 20)"
ENTRY = f"WHERE lane = {LANE} AND counter = {COUNTER}"
HOW = {
    "edit an entry": (f"UPDATE ledger_entry SET source = 'x' {ENTRY}", "is not what was sealed"),  # noqa: S608 - our own text
    "edit its time": (
        f"UPDATE ledger_entry SET at = '2020-01-01 00:00:00.000000' {ENTRY}",  # noqa: S608 - our own text
        "is not what was sealed",
    ),
    "edit its code": (f"UPDATE ledger_entry SET mac = previous {ENTRY}", "entry changed or forged"),  # noqa: S608 - our own text
    "delete an entry": (f"DELETE FROM ledger_entry {ENTRY}", "is not what was sealed"),  # noqa: S608 - our own text
    "delete a leaf": ("DELETE FROM ledger_leaf WHERE position = 20", "leaf 20 is missing"),
    "delete the last leaf": ("DELETE FROM ledger_leaf WHERE position = 300", "leaf 300 is missing"),
    "add a leaf": (
        "INSERT INTO ledger_leaf (position, lane, counter) VALUES (301, 0, 999)",
        "were added",
    ),
    "turn a leaf": ("UPDATE ledger_leaf SET counter = 999 WHERE position = 300", "out of order"),
    "empty a tile": (
        "UPDATE ledger_tile SET hashes = :empty WHERE level = 0 AND number = 0",
        "leaf 0: the stored tree",
    ),
    "lengthen a tile": (
        ("UPDATE ledger_tile SET hashes = hashes || :more WHERE level = 0 AND number = 1"),
        "the last tile is too long",
    ),
    "another upper tile": (
        "UPDATE ledger_tile SET hashes = :more WHERE level = 1",
        "level 1: the stored tree",
    ),
    "delete an upper tile": ("DELETE FROM ledger_tile WHERE level = 1", "level 1: the stored tree"),
    "number an upper tile": ("UPDATE ledger_tile SET number = 7 WHERE level = 1", "level 1: the stored tree"),
    "delete the last tile": ("DELETE FROM ledger_tile WHERE level = 0 AND number = 1", "the stored tree"),
    "add a tile": ("INSERT INTO ledger_tile (level, number, hashes) VALUES (5, 5, :more)", "were added"),
    "another note": (
        "UPDATE ledger_checkpoint SET note = 'x' WHERE size = 101",
        "checkpoint 101 in the database is not",
    ),
    "another size": (
        "UPDATE ledger_checkpoint SET size = 102 WHERE size = 101",
        "checkpoint 102 in the database is not",
    ),
    "another date": (
        "UPDATE ledger_checkpoint SET sealed_at = '2020-01-01 00:00:00.000000' WHERE size = 101",
        "checkpoint 101 in the database is not what was sealed",
    ),
    "delete a checkpoint": (
        "DELETE FROM ledger_checkpoint WHERE size = 101",
        "checkpoint 101 in the database",
    ),
    "delete the last checkpoint": (
        "DELETE FROM ledger_checkpoint WHERE size = 301",
        "301 outside, 101 in the database",
    ),
    "delete all checkpoints": ("DELETE FROM ledger_checkpoint", "301 outside, 0 in the database"),
    "a lane's length": (f"UPDATE ledger_lane SET count = count - 1 WHERE lane = {LANE}", "lane head forged"),  # noqa: S608 - our own text
}


@kept
def _written():
    write(100, at_once=4)
    sealed()
    write(200, at_once=5)
    sealed()


@pytest.fixture
def log(ctx):
    _written()
    return current_log()


def verify(app):
    result = app.test_cli_runner().invoke(args=["ledger", "verify"])
    return result.exit_code, result.stdout


def test_a_sealed_ledger_is_whole_and_stays_so(ctx, log):
    assert verify(ctx) == (0, "The ledger is whole: 301 entries.\n")
    write(3)
    assert verify(ctx) == (0, "The ledger is whole: 304 entries.\n")
    log.outside.path(301).unlink()  # as after a crash between commit and publishing
    assert verify(ctx)[0] == 0


@pytest.mark.parametrize("how", HOW)
def test_a_change_is_found_and_named(ctx, log, how):
    statement, told = HOW[how]
    values = {k: v for k, v in {"empty": b"", "more": bytes(32)}.items() if f":{k}" in statement}
    assert sql(statement, **values) == 1 or how == "delete all checkpoints"
    code, output = verify(ctx)
    assert code == 1
    assert told in output


def test_a_column_of_another_type_is_found(ctx, log):
    if db.engine.dialect.name != "sqlite":
        return  # PostgreSQL has types
    for statement, told in (
        (f"UPDATE ledger_entry SET at = 'never' {ENTRY}", "is not what was sealed"),  # noqa: S608 - our own text
        (f"UPDATE ledger_entry SET actor_id = 7 {ENTRY}", "is not what was sealed"),  # noqa: S608 - our own text
        ("UPDATE ledger_checkpoint SET note = 7 WHERE size = 101", "checkpoint 101 in the database"),
        ("UPDATE ledger_leaf SET position = 'x' WHERE position = 20", "leaf 20 is missing"),
        ("UPDATE ledger_tile SET hashes = 'text' WHERE level = 0 AND number = 0", "leaf 0: the stored tree"),
    ):
        assert sql(statement) == 1
        code, output = verify(ctx)
        assert (code, told in output) == (1, True), statement


def test_a_full_rewrite_with_every_key_is_found_by_the_checkpoints_outside(ctx, log):
    """Root on the server: entries, lanes, tree, checkpoints and tide made anew with the true keys."""
    (log.directory / "tide").unlink()
    _rewrite(log)
    code, output = verify(ctx)
    assert code == 1
    assert "checkpoint 101 has another root than the stored tree: the ledger was rewritten" in output
    assert "checkpoint 301 in the database is not what was sealed" in output


def _rewrite(log):
    session = db.session
    changed = (
        session.query(LedgerEntry).filter_by(lane=ask(f"SELECT {LANE}")).order_by(LedgerEntry.counter).all()
    )
    previous = bytes(32)
    for entry in changed:
        entry.source, entry.previous = "elsewhere", previous
        entry.mac = previous = log.authenticate(entry_bytes(entry))
    lane = session.get(LedgerLane, changed[0].lane)
    lane.head = previous
    lane.mac = log.authenticate(lane_bytes(lane))
    session.commit()
    current_ledger().begin_tide(session())
    session.remove()
    for table in ("ledger_checkpoint", "ledger_leaf", "ledger_tile"):
        sql(f"DELETE FROM {table}")  # noqa: S608 - our own text
    kept = log.outside.folder.rename(log.outside.folder.with_name("aside"))
    sealed()
    for file in log.outside.folder.iterdir():
        file.unlink()
    for file in kept.iterdir():
        file.rename(log.outside.folder / file.name)
    again = log.key.sign(
        Checkpoint(log.key.origin, 101, bytes(32)), log.sign, log.outside.read(101, log.key).at
    )
    sql(
        "INSERT INTO ledger_checkpoint VALUES (101, :note, :at)",
        note=again.note,
        at="2026-11-23 02:00:00.000000",
    )


def test_checkpoints_taken_away_or_changed_outside_are_missed(ctx, log):
    path = log.outside.path(101)
    note = path.read_text()
    path.unlink()
    assert "checkpoint 101 outside is missing" in verify(ctx)[1]
    path.write_text("x" + note)
    assert "checkpoint 101 outside is not signed by this log" in verify(ctx)[1]


def test_a_clock_put_back_between_two_seals_is_found(ctx, log, clock):
    clock.forward(hours=-2)
    write(1)
    sealed()
    assert "checkpoint 302 is dated before an earlier one" in verify(ctx)[1]
