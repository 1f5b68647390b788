"""The sealer: everything committed gets one place in one tree, once; what was tampered with is never sealed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from app.ledger import current_ledger
from app.ledger.findings import Problem
from app.ledger.form import entry_bytes
from app.ledger.log import current_log
from app.ledger.seal import SealRefused
from app.ledger.tiles import Tiles
from app.ledger.tree import Frontier, leaf_hash, root
from app.models import LedgerEntry, LedgerLeaf
from tests.ledger.logs import ask, sealed, sql, write

LONGEST = "SELECT lane FROM ledger_lane ORDER BY count DESC, lane LIMIT 1"


def leaves():
    """Every entry's bytes in tree order, by a way of its own."""
    with Session(db.engine) as session:
        query = (
            select(LedgerLeaf.position, LedgerEntry)
            .join(
                LedgerEntry,
                (LedgerEntry.lane == LedgerLeaf.lane) & (LedgerEntry.counter == LedgerLeaf.counter),
            )
            .order_by(LedgerLeaf.position)
        )
        rows = session.execute(query).all()
    assert [position for position, _ in rows] == list(range(len(rows)))
    return [entry_bytes(entry) for _, entry in rows]


def straight_root():
    tree = Frontier()
    for leaf in leaves():
        tree.append(leaf_hash(leaf))
    return tree.size, tree.root()


def refused():
    with pytest.raises(SealRefused) as raised:
        sealed()
    return raised.value.finding


def test_nothing_to_seal_makes_no_second_checkpoint(ctx):
    assert [signed.checkpoint.size for signed in sealed()] == [1]
    assert sealed() == []


def test_every_entry_gets_its_place_and_the_checkpoint_its_root(ctx, clock):
    sealed()
    write(40)
    clock.forward(minutes=1)
    (signed,) = sealed()
    assert (signed.checkpoint.size, signed.checkpoint.root) == straight_root()
    assert signed.checkpoint.size == ask("SELECT count(*) FROM ledger_entry") == 41
    assert signed.checkpoint.origin == f"benan/{current_log().deployment}/1"
    assert signed.at == clock()
    outside = current_log().outside
    assert outside.sizes() == [1, 41]
    assert outside.path(41).name == "000000000041.checkpoint"
    assert outside.path(41).stat().st_mode & 0o777 == 0o400
    assert (
        outside.path(41).read_text()
        == signed.note
        == ask("SELECT note FROM ledger_checkpoint WHERE size = 41")
    )


def test_a_thousand_entries_are_one_checkpoint(ctx):
    write(2300, at_once=230)
    assert [signed.checkpoint.size for signed in sealed()] == [1000, 2000, 2301]
    assert current_log().outside.sizes() == [1000, 2000, 2301]
    tiles = "SELECT count(*) FROM ledger_tile WHERE level = :level"
    assert (ask(tiles, level=0), ask(tiles, level=1)) == (9, 1)
    assert ask("SELECT length(hashes) FROM ledger_tile WHERE level = 1") == 8 * 32
    with Session(db.engine) as session:
        access = Tiles(session).subtree
        size, expected = straight_root()
        assert root(size, access) == expected
        assert root(1000, access) == current_log().outside.read(1000, current_log().key).checkpoint.root
        assert len(Tiles(session)._read) == 0


def test_a_third_level_begins_with_the_65537th_leaf(ctx):
    hashes = [leaf_hash(n.to_bytes(4)) for n in range(65_536 + 300)]
    tree = Frontier()
    with Session(db.engine) as session:
        for start, stop in ((0, 1), (1, 255), (255, 256), (256, 65_535), (65_535, len(hashes))):
            Tiles(session).append(start, hashes[start:stop])
        session.commit()
        for leaf in hashes:
            tree.append(leaf)
        assert root(len(hashes), Tiles(session).subtree) == tree.root()
    counts = [ask("SELECT count(*) FROM ledger_tile WHERE level = :level", level=level) for level in range(4)]
    assert counts == [258, 2, 1, 0]


def test_growing_by_few_touches_few_tiles(ctx):
    write(600, at_once=300)
    sealed()
    before = dict(_tiles())
    write(3)
    sealed()
    after = dict(_tiles())
    assert {place for place in after if after[place] != before.get(place)} == {(0, 2)}


def _tiles():
    with Session(db.engine) as session:
        rows = session.connection().exec_driver_sql("SELECT level, number, hashes FROM ledger_tile").all()
        return [((level, number), bytes(hashes)) for level, number, hashes in rows]


def test_what_a_crash_left_unpublished_is_published_by_the_next_run(ctx):
    sealed()
    write(3)
    (signed,) = sealed()
    outside = current_log().outside
    outside.path(4).unlink()  # as after a crash between commit and publishing
    write(2)
    assert [again.checkpoint.size for again in sealed()] == [4, 6]
    assert outside.path(4).read_text() == signed.note


@pytest.mark.parametrize("kept", [0, 1, 100, -1])
def test_a_file_cut_short_by_a_crash_is_completed_and_nothing_is_overwritten(ctx, kept):
    write(3)
    (signed,) = sealed()
    path = current_log().outside.path(4)
    path.chmod(0o600)
    path.write_text(signed.note[:kept])
    sealed()
    assert path.read_text() == signed.note
    path.chmod(0o600)
    path.write_text("another\n")
    assert refused().problem is Problem.OTHER_ROOT
    assert path.read_text() == "another\n"


BEFORE = {
    "edit": ("UPDATE ledger_entry SET source = 'x' WHERE lane = :lane AND counter = 2", 2, Problem.ENTRY_CHANGED),
    "edit mac": ("UPDATE ledger_entry SET mac = previous WHERE lane = :lane AND counter = 2", 2, Problem.ENTRY_CHANGED),
    "delete the first": ("DELETE FROM ledger_entry WHERE lane = :lane AND counter = 1", 1, Problem.ENTRY_MISSING),
    "delete one": ("DELETE FROM ledger_entry WHERE lane = :lane AND counter = 2", 2, Problem.ENTRY_MISSING),
    "cut the tail": ("DELETE FROM ledger_entry WHERE lane = :lane AND counter > 1", 2, Problem.TAIL_MISSING),
    "cut tail and lane": ("UPDATE ledger_lane SET count = 1 WHERE lane = :lane", 1, Problem.BEHIND_TIDE),
    "forge a head": ("UPDATE ledger_lane SET head = mac, count = 9999 WHERE lane = :lane", 0, Problem.LANE_FORGED),
    "delete a lane": ("DELETE FROM ledger_lane WHERE lane = :lane", 0, Problem.BEHIND_TIDE),
    "swap two": (
        "UPDATE ledger_entry SET counter = counter + 1000 WHERE lane = :lane AND counter IN (1, 2)",
        1,
        Problem.ENTRY_MISSING,
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", BEFORE)
def test_tampering_before_the_seal_stops_the_sealer_at_that_place(ctx, how):
    write(40)
    lane = ask(LONGEST)
    statement, counter, problem = BEFORE[how]
    assert sql(statement, lane=lane) > 0
    found = refused()
    assert (found.lane, found.counter, found.problem) == (lane, counter, problem)
    assert ask("SELECT count(*) FROM ledger_leaf") == 0
    assert current_log().outside.sizes() == []


@pytest.mark.parametrize("how", ["cut tail and lane", "delete a lane"])
def test_the_same_without_a_tide_stops_it_by_the_lane_s_own_code(ctx, how):
    write(40)
    lane = ask(LONGEST)
    sql(BEFORE[how][0], lane=lane)
    tide = current_log().directory / "tide"
    tide.unlink()
    assert refused().problem is Problem.OUTSIDE_LOST
    current_ledger().begin_tide(db.session())
    db.session.remove()
    found = refused()
    assert found.lane == lane
    assert found.problem in (Problem.LANE_FORGED, Problem.LANE_MISSING)


def test_a_column_of_another_type_stops_the_sealer(ctx):
    if db.engine.dialect.name != "sqlite":
        return  # PostgreSQL has types
    write(40)
    sql("UPDATE ledger_entry SET at = 'never' WHERE lane = :lane AND counter = 3", lane=ask(LONGEST))
    assert refused().problem is Problem.ENTRY_CHANGED


AFTER = {
    "a leaf taken away": "DELETE FROM ledger_leaf WHERE position = 40",
    "a leaf added": "INSERT INTO ledger_leaf (position, lane, counter) VALUES (41, 0, 999)",
    "a leaf for entries to come": "UPDATE ledger_leaf SET counter = 999 WHERE position = 40",
    "a tile changed": "UPDATE ledger_tile SET hashes = (SELECT mac FROM ledger_lane WHERE lane = 0)",
    "a tile taken away": "DELETE FROM ledger_tile",
    "the checkpoint unsigned": "UPDATE ledger_checkpoint SET note = 'x'",
    "the checkpoint larger": "UPDATE ledger_checkpoint SET size = 42",
    "the checkpoint gone": "DELETE FROM ledger_checkpoint",
    "a lane shorter": "UPDATE ledger_lane SET count = 0",
    "the last sealed entry": "DELETE FROM ledger_entry",
}


@pytest.mark.parametrize("how", AFTER)
def test_tampering_after_the_seal_stops_the_next_one(ctx, how):
    write(40)
    sealed()
    write(1)
    assert sql(AFTER[how]) > 0
    assert refused().problem
    assert current_log().outside.sizes() == [41]


def test_a_tree_put_back_to_before_the_last_seal_is_refused(ctx):
    write(5)
    sealed()
    write(5)
    sealed()
    sql("DELETE FROM ledger_checkpoint WHERE size = 11")
    sql("DELETE FROM ledger_leaf WHERE position >= 6")
    sql("UPDATE ledger_tile SET hashes = substr(hashes, 1, 192)")
    assert refused().problem is Problem.BEHIND_OUTSIDE


def test_a_later_generation_outside_is_refused(ctx):
    write(1)
    (current_log().directory / "2").mkdir(parents=True)
    assert refused().problem is Problem.BEHIND_OUTSIDE


def test_two_sealers_and_many_writers_leave_one_tree(app):
    def work(kind):
        with app.app_context():
            if kind == "seal":
                return [signed.checkpoint.size for signed in sealed()]
            write(10)
            return []

    with app.app_context(), ThreadPoolExecutor(6) as pool:
        found = list(pool.map(work, ["write", "seal"] * 12))
        sealed()
        size, expected = straight_root()
        log = current_log()
        assert size == 121
        assert log.outside.newest(log.key).checkpoint.root == expected
        published = [size for sizes in found for size in sizes]
        assert len(published) == len(set(published))
        db.session.remove()
