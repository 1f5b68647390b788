"""`flask ledger health`: silent when all is well, and one line for each thing that is not."""

from __future__ import annotations

import pytest

from app.extensions import db
from app.ledger.log import current_log
from app.ledger.tide import Head, raise_tide
from tests.ledger.logs import ask, sealed, sql, write

SUPERUSER = "database role may change or delete entries"


@pytest.fixture
def look(ctx):
    """Runs the command; its exit code and the findings, without the tests' own superuser."""

    def run():
        result = ctx.test_cli_runner().invoke(args=["ledger", "health"])
        lines = result.stdout.splitlines()
        mine = [line for line in lines if SUPERUSER not in line and "is well" not in line]
        own_role = db.engine.dialect.name == "postgresql"
        assert (SUPERUSER in result.stdout) == own_role
        assert result.exit_code == (1 if own_role or mine else 0)
        return mine

    return run


def test_all_is_well(look, clock):
    assert look() == []
    write(10)
    assert look() == []
    sealed()
    clock.forward(days=3)
    assert look() == []


def test_entries_that_wait_for_their_seal(look, clock):
    write(3)
    clock.forward(minutes=6)
    (line,) = look()
    assert line.startswith("stored data: 4 entries, the oldest of 2026-11-23 02:00 UTC, wait to be sealed")
    sealed()
    assert look() == []


def test_a_clock_put_back(look, clock):
    write(1)
    sealed()
    clock.forward(hours=-1)
    found = look()
    assert len(found) >= 2  # the lanes' last entries, and the checkpoint outside
    assert all("the clock was put back" in line for line in found)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE ledger_lane SET head = mac WHERE lane = :lane", "lane head forged"),
        ("DELETE FROM ledger_lane WHERE lane = :lane", "lane missing"),
        ("DELETE FROM ledger_entry WHERE lane = :lane", "entries missing at the end"),
        ("UPDATE ledger_entry SET mac = previous WHERE lane = :lane", "entry changed or forged"),
        ("DELETE FROM ledger_leaf WHERE position = 9", "the stored tree is not the one"),
        ("DELETE FROM ledger_checkpoint", "checkpoint 10 outside, 0 in the database"),
        ("UPDATE ledger_checkpoint SET note = 'x'", "has another root than the stored tree"),
    ],
)
def test_what_is_broken(look, statement, told):
    write(9)
    sealed()
    lane = ask("SELECT lane FROM ledger_lane ORDER BY count DESC LIMIT 1")
    assert sql(statement, **({"lane": lane} if ":lane" in statement else {})) > 0
    assert any(told in line for line in look())


def test_the_tide_beyond_the_database(look):
    raise_tide(current_log().directory, Head(3, 50, bytes(32)))
    count = ask("SELECT count FROM ledger_lane WHERE lane = 3")
    assert look() == [f"lane 3, entry {count}: shorter than it was, or another: the database was put back"]


def test_a_damaged_tide(look):
    (current_log().directory / "tide").write_text("x")
    assert look() == ["stored data: the tide is damaged, or of another generation of the ledger"]


def test_checkpoints_that_cannot_be_read(look):
    sealed()
    path = current_log().outside.path(1)
    path.chmod(0o600)
    path.write_text("x")
    assert look() == ["stored data: checkpoint 1 outside is not signed by this log"]
