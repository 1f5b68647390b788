"""Whoever can write the database, but has no keys, cannot change the ledger without `verify` saying where."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain.events import CasesListed, CaseViewed
from app.extensions import db
from app.ledger import current_ledger, verify
from app.ledger.form import GENESIS, LANES, entry_bytes, lane_bytes
from app.models import LedgerEntry, LedgerLane
from app.transaction import transaction
from tests.services.acting import entry_count

only_postgres = pytest.mark.parametrize("built", ["postgres"], indirect=True, scope="session")
ENTRY, LANE = LedgerEntry.__table__, LedgerLane.__table__
GOLDEN = json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))


@pytest.fixture
def written(ctx, actor_for):
    """The lane that holds most of sixty entries."""
    actor = actor_for("tuan")
    for start in range(0, 60, 5):
        with transaction(actor) as tx:
            for number in range(start, start + 5):
                tx.record(CasesListed(count=number) if number % 3 else CaseViewed(subject_id=uuid4()))
    lane, count = _all(
        select(ENTRY.c.lane, func.count()).group_by(ENTRY.c.lane).order_by(func.count().desc())
    )[0]
    assert count >= 8
    return lane


def _sql(*statements):
    with db.engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def _all(query):
    with db.engine.connect() as connection:
        return connection.execute(query).all()


def _verify(app):
    result = app.test_cli_runner().invoke(args=["ledger", "verify"])
    return result.exit_code, result.output


def _last(lane):
    return _all(select(LANE.c.count).where(LANE.c.lane == lane))[0].count


def _at(lane, counter):
    return (ENTRY.c.lane == lane) & (ENTRY.c.counter == counter)


def _names(app, lane, counter):
    code, output = _verify(app)
    assert code == 1, output
    assert f"lane {lane}, entry {counter}:" in output, output
    assert "NOT whole" in output
    return output


def test_an_untouched_ledger_is_whole(app, written):
    code, output = _verify(app)
    assert code == 0
    assert output == f"The ledger is whole: {entry_count() + 1} entries.\n"


def test_a_ledger_that_just_began_is_whole(app, ctx):
    assert _verify(app) == (0, "The ledger is whole: 1 entries.\n")


OTHER = {
    "lane": 99,
    "counter": 10_000,
    "at": datetime(2020, 1, 1, tzinfo=UTC),
    "action": "case:nothing",
    "actor_id": UUID(int=5),
    "unit_id": UUID(int=5),
    "session_id": UUID(int=5),
    "channel": "cli",
    "source": "10.0.0.9",
    "subject_kind": "report",
    "subject_id": UUID(int=5),
    "body": '{"count":0,"x":1}',
    "previous": b"\7" * 32,
    "mac": b"\7" * 32,
}


@pytest.mark.parametrize("column", [c.name for c in ENTRY.columns])
def test_an_edited_column_is_named(app, written, column):
    counter = _last(written) // 2
    _sql(update(ENTRY).where(_at(written, counter)).values({column: OTHER[column]}))
    _names(app, written, counter)


@pytest.mark.parametrize("column", ["actor_id", "unit_id", "session_id", "subject_id"])
def test_a_column_emptied_or_filled_is_named(app, written, column):
    counter = _last(written)
    present = _all(select(ENTRY.c[column]).where(_at(written, counter)))[0][0]
    _sql(update(ENTRY).where(_at(written, counter)).values({column: None if present else uuid4()}))
    _names(app, written, counter)


def test_an_edit_of_a_microsecond_is_named(app, written):
    at = _all(select(ENTRY.c.at).where(_at(written, 3)))[0].at
    _sql(update(ENTRY).where(_at(written, 3)).values(at=at.replace(microsecond=1)))
    _names(app, written, 3)


@pytest.mark.parametrize("column", ["at", "actor_id", "body", "previous", "mac"])
def test_a_column_of_another_type_is_refused_or_named(app, written, column):
    rubbish = text(f"UPDATE ledger_entry SET {column} = 'rubbish' WHERE lane = {written} AND counter = 2")  # noqa: S608
    if db.engine.dialect.name == "postgresql" and column in ("at", "actor_id"):
        with pytest.raises(DBAPIError):
            _sql(rubbish)
    else:
        _sql(rubbish)
        _names(app, written, 2)


@pytest.mark.parametrize("which", ["first", "middle", "last"])
def test_a_deleted_entry_is_named(app, written, which):
    last = _last(written)
    counter = {"first": 1, "middle": last // 2, "last": last}[which]
    _sql(delete(ENTRY).where(_at(written, counter)))
    assert "missing" in _names(app, written, counter)


def test_a_truncated_tail_is_named(app, written):
    last = _last(written)
    _sql(delete(ENTRY).where(ENTRY.c.lane == written, ENTRY.c.counter > last - 3))
    assert "entries missing at the end" in _names(app, written, last - 2)


def test_a_tail_truncated_together_with_its_count_and_head_is_named(app, written):
    last = _last(written)
    head = _all(select(ENTRY.c.mac).where(_at(written, last - 3)))[0].mac
    _sql(
        delete(ENTRY).where(ENTRY.c.lane == written, ENTRY.c.counter > last - 3),
        update(LANE).where(LANE.c.lane == written).values(count=last - 3, head=head),
    )
    assert "lane head forged" in _names(app, written, 0)


def test_a_lane_emptied_of_its_entries_is_named(app, written):
    _sql(delete(ENTRY).where(ENTRY.c.lane == written))
    _names(app, written, 1)


def test_a_lane_emptied_and_set_to_nothing_is_named(app, written):
    _sql(
        delete(ENTRY).where(ENTRY.c.lane == written),
        update(LANE).where(LANE.c.lane == written).values(count=0, head=GENESIS),
    )
    _names(app, written, 0)


def test_all_entries_deleted_names_every_lane(app, written):
    used = [row.lane for row in _all(select(ENTRY.c.lane).distinct())]
    _sql(delete(ENTRY))
    code, output = _verify(app)
    assert code == 1
    assert all(f"lane {lane}, entry 1: entries missing at the end" in output for lane in used)


def test_everything_deleted_is_found(app, written):
    _sql(delete(ENTRY), delete(LANE))
    code, output = _verify(app)
    assert code == 1
    assert all(f"lane {lane}, entry 0: lane missing" in output for lane in range(LANES))


def test_a_deleted_lane_is_named(app, written):
    _sql(delete(LANE).where(LANE.c.lane == written))
    assert "lane missing" in _names(app, written, 0)


def _copy(lane, counter, /, **values):
    row = dict(_all(select(ENTRY).where(_at(lane, counter)))[0]._mapping)
    _sql(insert(ENTRY).values({**row, **values}))


@pytest.mark.parametrize("counter", [0, -1, -(2**31)])
def test_an_entry_inserted_before_the_first_is_named(app, written, counter):
    _copy(written, 1, counter=counter)
    _names(app, written, counter)


def test_an_entry_inserted_before_all_the_reader_can_count_is_named(app, written):
    if db.engine.dialect.name == "postgresql":  # counts to 2**31 only; the column itself refuses more
        return
    _copy(written, 1, counter=-(2**63))
    code, output = _verify(app)
    assert code == 1, output


@pytest.mark.parametrize("beyond", [1, 2, 1000])
def test_an_entry_added_after_the_end_is_named(app, written, beyond):
    last = _last(written)
    _copy(written, last, counter=last + beyond)
    assert "entries added after the end" in _names(app, written, last + 1)


def test_an_entry_made_up_with_the_right_links_is_named(app, written):
    last = _last(written)
    head = _all(select(ENTRY.c.mac).where(_at(written, last)))[0].mac
    _copy(written, last, counter=last + 1, previous=head, mac=b"\1" * 32)
    _sql(update(LANE).where(LANE.c.lane == written).values(count=last + 1, head=b"\1" * 32))
    _names(app, written, last + 1)
    _names(app, written, 0)


@pytest.mark.parametrize("lane", [-1, LANES, 99])
def test_an_entry_in_an_unknown_lane_is_named(app, written, lane):
    _copy(written, 1, lane=lane)
    assert "lane unknown" in _names(app, lane, 0)


def test_an_unknown_lane_is_named(app, written):
    _sql(insert(LANE).values(lane=LANES, count=0, head=GENESIS, mac=b"\0" * 32))
    assert "lane unknown" in _names(app, LANES, 0)


def test_an_entry_replayed_in_another_lane_is_named(app, written):
    other = (written + 1) % LANES
    last = _last(other)
    _copy(written, 1, lane=other, counter=last + 1)
    _names(app, other, last + 1)


def test_two_entries_that_changed_places_are_named(app, written):
    _sql(
        update(ENTRY).where(_at(written, 2)).values(counter=9_999),
        update(ENTRY).where(_at(written, 5)).values(counter=2),
        update(ENTRY).where(_at(written, 9_999)).values(counter=5),
    )
    _names(app, written, 2)
    _names(app, written, 5)


def test_two_entries_that_exchanged_their_content_are_named(app, written):
    rows = {n: dict(_all(select(ENTRY).where(_at(written, n)))[0]._mapping) for n in (2, 5)}
    kept = ("lane", "counter")
    for here, there in ((2, 5), (5, 2)):
        values = {k: v for k, v in rows[there].items() if k not in kept}
        _sql(update(ENTRY).where(_at(written, here)).values(values))
    _names(app, written, 2)
    _names(app, written, 5)


def test_entries_closed_up_after_a_deletion_are_named(app, written):
    last = _last(written)
    _sql(delete(ENTRY).where(_at(written, 2)))
    for counter in range(3, last + 1):
        _sql(update(ENTRY).where(_at(written, counter)).values(counter=counter - 1))
    _names(app, written, 2)


@pytest.mark.parametrize(
    "values",
    [
        {"count": 2},
        {"count": 9_999},
        {"head": b"\7" * 32},
        {"mac": b"\7" * 32},
        {"count": 0, "head": GENESIS},
    ],
    ids=["shorter", "longer", "head", "code", "nothing"],
)
def test_a_changed_lane_is_named(app, written, values):
    _sql(update(LANE).where(LANE.c.lane == written).values(values))
    _names(app, written, 0)


def test_a_lane_set_back_to_an_earlier_true_state_is_named(app, written, actor_for):
    earlier = dict(_all(select(LANE).where(LANE.c.lane == written))[0]._mapping)
    actor = actor_for("tuan")
    while _last(written) == earlier["count"]:
        with transaction(actor) as tx:
            tx.record(CasesListed(count=1))
    _sql(update(LANE).where(LANE.c.lane == written).values(earlier))
    assert "entries added after the end" in _names(app, written, earlier["count"] + 1)


def test_two_lanes_that_changed_heads_are_named(app, written):
    other = (written + 1) % LANES
    rows = {n: dict(_all(select(LANE).where(LANE.c.lane == n))[0]._mapping) for n in (written, other)}
    for here, there in ((written, other), (other, written)):
        values = {k: v for k, v in rows[there].items() if k != "lane"}
        _sql(update(LANE).where(LANE.c.lane == here).values(values))
    _names(app, written, 0)
    _names(app, other, 0)


def test_many_broken_places_are_counted_but_not_all_listed(app, written):
    _sql(update(ENTRY).values(source="10.0.0.9"))
    code, output = _verify(app)
    assert code == 1
    assert output.count("lane ") == 50
    assert f"{entry_count() + 1} broken places" in output


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_small_change_anywhere_is_found(written, data):
    entries = _all(select(ENTRY).order_by(ENTRY.c.lane, ENTRY.c.counter))
    row = data.draw(st.sampled_from(entries))
    name = data.draw(st.sampled_from([c.name for c in ENTRY.columns]))
    before = row._mapping[name]
    after = data.draw(_near(before).filter(lambda value: value != before))
    here = _at(row.lane, row.counter)
    if name in ("lane", "counter"):
        taken = {(e.lane, e.counter) for e in entries}
        place = (after, row.counter) if name == "lane" else (row.lane, after)
        if place in taken:
            return
        _sql(update(ENTRY).where(here).values({name: after}))
        back = update(ENTRY).where(_at(*place)).values({name: before})
    else:
        _sql(update(ENTRY).where(here).values({name: after}))
        back = update(ENTRY).where(here).values({name: before})
    try:
        with Session(db.engine) as session:
            found = {(f.lane, f.counter) for f in verify(session, current_ledger().authenticate)}
    finally:
        _sql(back)
    assert (row.lane, row.counter) in found
    with Session(db.engine) as session:
        assert list(verify(session, current_ledger().authenticate)) == []


def _near(value):
    match value:
        case bytes():
            return st.integers(0, len(value) * 8 - 1).map(lambda bit: _flipped(value, bit))
        case datetime():
            return st.timedeltas().filter(bool).map(lambda span: _moved(value, span))
        case int():
            return st.integers(-1000, 1000)
        case UUID() | None:
            return st.uuids()
        case str():
            letters = st.characters(min_codepoint=32, max_codepoint=0x1EF9, exclude_categories=("Cs",))
            return st.text(letters, max_size=10)


def _flipped(value, bit):
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def _moved(value, span):
    try:
        return value + span
    except OverflowError:
        return value.replace(year=2001)


def _write(app, actor, times):
    for number in range(times):
        with app.app_context():
            with transaction(actor) as tx:
                tx.record(CasesListed(count=number))
            db.session.remove()


def test_writers_at_the_same_time_use_several_lanes_and_stay_whole(app, ctx, actor_for):
    actor = actor_for("tuan")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: _write(app, actor, 15), range(8)))
    assert entry_count() == 120
    assert len(_all(select(ENTRY.c.lane).distinct())) > 1
    assert _verify(app)[0] == 0


def test_verifying_while_others_write_gives_no_false_alarm(app, ctx, actor_for):
    actor, stop = actor_for("tuan"), threading.Event()

    def keep_writing():
        while not stop.is_set():
            _write(app, actor, 3)

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(keep_writing) for _ in range(4)]
        try:
            found = []
            for _ in range(12):
                with Session(db.engine) as session:
                    found += verify(session, current_ledger().authenticate)
        finally:
            stop.set()
        for writer in writers:
            writer.result()
    assert found == []
    assert entry_count() > 12


@only_postgres
def test_a_writer_does_not_wait_for_lanes_others_hold(app, ctx, actor_for):
    actor = actor_for("tuan")
    with Session(db.engine) as holder:
        held = holder.scalars(select(LedgerLane).where(LedgerLane.lane != 3).with_for_update()).all()
        assert len(held) == LANES - 1
        with transaction(actor) as tx:
            db.session.execute(text("SET LOCAL lock_timeout = '2s'"))
            tx.record(CasesListed(count=1))
        holder.rollback()
    assert [row.lane for row in _all(select(ENTRY.c.lane).where(ENTRY.c.action == CasesListed.action))] == [3]


def test_the_bytes_of_an_entry_and_of_a_lane_never_change():
    """An entry written long ago must still verify: these bytes are a format, see docs/ledger.md."""
    values = {
        **GOLDEN["entry"],
        "at": datetime.fromisoformat(GOLDEN["entry"]["at"]),
        "previous": bytes.fromhex(GOLDEN["entry"]["previous"]),
    }
    assert entry_bytes(LedgerEntry(**values)) == GOLDEN["entry_bytes"].encode()
    lane = LedgerLane(lane=2, count=7, head=bytes.fromhex(GOLDEN["entry"]["previous"]))
    assert lane_bytes(lane) == GOLDEN["lane_bytes"].encode()
