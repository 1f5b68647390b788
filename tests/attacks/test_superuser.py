"""Superuser: rewrites tables and ledger together, puts the whole database back, or exchanges it.

Without keys, DETECTED: at the next request by the tide (503 for everybody, nothing is saved), at the next seal, by
`ledger verify`, and by whoever keeps a checkpoint elsewhere. With every key (root on the server), DETECTED by the
checkpoints he cannot reach. In depth: tests/ledger/test_put_back.py, test_seal.py, test_sealed.py, test_standalone.py.
"""

from __future__ import annotations

import shutil
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update

from app.domain.errors import IntegrityBroken, LedgerBehind
from app.domain.events import TideBegun
from app.extensions import db
from app.installation import join_parts
from app.ledger import current_ledger
from app.ledger.behind import behind, known_outside
from app.ledger.form import entry_bytes, lane_bytes
from app.ledger.log import current_log
from app.ledger.seal import SealRefused
from app.models import Deployment, LedgerEntry, LedgerLane, SealedValue
from app.services import cases, sections
from tests.attacks import tampering
from tests.ledger.logs import picture, put_back, sealed, write
from tests.services import acting

ENTRY, LANE = LedgerEntry.__table__, LedgerLane.__table__


def verify(app):
    """Exit code and output of `flask ledger verify`."""
    result = app.test_cli_runner().invoke(args=["ledger", "verify"])
    return result.exit_code, result.output


@pytest.fixture
def viewed(ctx, actor_for):
    """A file somebody opened, which shall be forgotten: the file, the database before, the entry."""
    case_id = acting.ready_to_transfer(actor_for)
    before = picture()
    sections.read_section(actor_for("minh"), case_id, "identity")
    (entry,) = acting.entries(action="section:read")
    return case_id, before, entry


def _cut(entry):
    """Delete an entry and all after it in its lane, and set the lane's head to the one before."""
    here = (ENTRY.c.lane == entry.lane, ENTRY.c.counter >= entry.counter)
    head = {"count": entry.counter - 1, "head": entry.previous}
    tampering.sql(delete(ENTRY).where(*here), update(LANE).where(LANE.c.lane == entry.lane).values(head))


def test_a_tail_cut_before_the_seal_stops_the_very_next_act(ctx, actor_for, viewed):
    case_id, _, entry = viewed
    _cut(entry)
    with pytest.raises((LedgerBehind, IntegrityBroken)):
        cases.read_case(actor_for("tuan"), case_id)
    with pytest.raises(SealRefused):
        sealed()
    assert verify(ctx)[0] == 1


def test_a_tail_cut_after_the_seal_is_found_by_tide_seal_and_verify(ctx, actor_for, viewed):
    case_id, _, entry = viewed
    sealed()
    _cut(entry)
    with pytest.raises((LedgerBehind, IntegrityBroken)):
        cases.read_case(actor_for("tuan"), case_id)
    with pytest.raises(SealRefused):
        sealed()
    code, output = verify(ctx)
    assert (code, f"lane {entry.lane}, entry {entry.counter}" in output) == (1, True)


def test_a_lane_put_back_with_its_genuine_head_is_stopped_by_the_tide(ctx, actor_for, viewed):
    case_id, before, _ = viewed
    rows = picture() | {name: before[name] for name in ("ledger_entry", "ledger_lane")}
    put_back(rows)
    with pytest.raises(LedgerBehind):
        cases.read_case(actor_for("tuan"), case_id)
    assert acting.entries(action="section:read") == []


def test_the_whole_database_put_back_by_one_commit_is_stopped_by_the_tide(ctx, actor_for, viewed):
    case_id, before, _ = viewed
    put_back(before)
    with pytest.raises(LedgerBehind):
        cases.read_case(actor_for("tuan"), case_id)


def test_put_back_under_a_machine_without_a_tide_the_next_seal_finds_it_once_it_was_sealed(
    ctx, actor_for, viewed
):
    """A new server has no tide yet: what was sealed before is bound by the checkpoints outside."""
    _, before, _ = viewed
    sealed()
    put_back(before)
    (current_log().directory / "tide").unlink()
    with pytest.raises(SealRefused):
        sealed()
    assert verify(ctx)[0] == 1


def test_put_back_before_any_seal_with_the_tide_deleted_serves_nobody_until_an_operator_vouches_for_it(
    ctx, actor_for, viewed
):
    """Nothing outside knew of those last seconds. What is left of them is the entry that says so."""
    case_id, before, _ = viewed
    put_back(before)
    (current_log().directory / "tide").unlink()
    code, output = verify(ctx)
    assert (code, "the tide is gone" in output) == (1, True)
    with pytest.raises(LedgerBehind):
        cases.read_case(actor_for("tuan"), case_id)
    anew = ctx.test_cli_runner().invoke(args=["ledger", "tide", "--begin-anew"], input="y\n")
    assert anew.exit_code == 0, anew.output
    assert verify(ctx)[0] == 0
    assert acting.entries(action="section:read") == []
    assert len(acting.entries(action=TideBegun.action)) == 1


def test_at_the_start_a_database_put_back_serves_nobody(app, client_for):
    browser = client_for("minh")
    with app.app_context():
        before = picture()
    browser.get("/")
    with app.app_context():
        after = picture()
        put_back(before)
        join_parts(app)
    assert browser.get("/").status_code == 503
    assert app.test_client().get("/sign-in").status_code == 503
    with app.app_context():
        put_back(after)
        join_parts(app)
    assert browser.get("/").status_code == 200


def test_an_entry_rewritten_without_the_key_is_named(ctx, viewed):
    entry = viewed[2]
    here = (ENTRY.c.lane == entry.lane, ENTRY.c.counter == entry.counter)
    tampering.sql(update(ENTRY).where(*here).values(actor_id=entry.subject_id))
    code, output = verify(ctx)
    assert (code, f"lane {entry.lane}, entry {entry.counter}: entry changed or forged" in output) == (1, True)


def test_a_section_its_version_and_the_telling_entry_removed_together(ctx, actor_for):
    """Hide a correction: the newest version and the entry that tells of it go, the lane is closed up."""
    case_id = acting.ready_to_transfer(actor_for)
    acting.write(actor_for, case_id, "identity", {"full_name": "Tên Đã Sửa"}, version=1)
    (_, entry) = acting.entries(action="section:written", subject_id=case_id)[-2:]
    tampering.remove(SealedValue, SealedValue.subject_id == case_id, SealedValue.version == 2)
    _cut(entry)
    with pytest.raises((LedgerBehind, IntegrityBroken)):
        sections.read_section(actor_for("minh"), case_id, "identity")
    assert verify(ctx)[0] == 1


def _rewritten_with_keys(entry):
    """As root: take one entry out of its lane, chain and authenticate the rest anew with the true ledger key."""
    log, session = current_log(), db.session
    session.execute(delete(LedgerEntry).filter_by(lane=entry.lane, counter=entry.counter))
    later = select(LedgerEntry).filter_by(lane=entry.lane).where(LedgerEntry.counter > entry.counter)
    previous = entry.previous
    for row in session.scalars(later.order_by(LedgerEntry.counter)).all():
        row.counter, row.previous = row.counter - 1, previous
        row.mac = previous = log.authenticate(entry_bytes(row))
        session.flush()
    lane = session.get_one(LedgerLane, entry.lane)
    lane.count, lane.head = lane.count - 1, previous
    lane.mac = log.authenticate(lane_bytes(lane))
    session.commit()
    session.remove()


def test_root_with_every_key_is_stopped_by_the_tide_of_another_machine_or_his_own(ctx, actor_for, viewed):
    case_id, _, entry = viewed
    _rewritten_with_keys(entry)
    with pytest.raises(LedgerBehind):
        cases.read_case(actor_for("tuan"), case_id)


def test_root_who_also_deletes_the_tide_is_found_by_the_checkpoints_outside(ctx, actor_for, viewed):
    sealed()
    _rewritten_with_keys(viewed[2])
    (current_log().directory / "tide").unlink()
    with pytest.raises(SealRefused):
        sealed()
    assert verify(ctx)[0] == 1


def test_root_who_seals_everything_anew_is_found_by_one_checkpoint_kept_elsewhere(ctx, viewed):
    """He has the signing key and deletes every checkpoint on the server: the page in the safe has another root."""
    (kept,) = sealed()
    _rewritten_with_keys(viewed[2])
    log = current_log()
    shutil.rmtree(log.directory)
    for table in ("ledger_checkpoint", "ledger_leaf", "ledger_tile"):
        tampering.sql(delete(db.metadata.tables[table]))
    current_ledger().begin_tide(db.session())
    db.session.remove()
    write(1)
    sealed()
    assert verify(ctx)[0] == 0, "on the server alone it looks whole"
    brought = log.outside.path(kept.checkpoint.size)
    brought.unlink(missing_ok=True)
    brought.write_text(kept.note)
    code, output = verify(ctx)
    assert (code, "the ledger was rewritten" in output) == (1, True)


def test_a_database_of_another_installation_put_in_this_ones_place_is_refused(app, ctx):
    """Its deployment id is another: no wrapped key opens, and no checkpoint outside is of its log."""
    write(3)
    sealed()
    kept = tampering.row(Deployment)["id"]
    tampering.change(Deployment, id=uuid4())
    try:
        join_parts(app)
        assert "benan.behind" in app.extensions
    finally:
        tampering.change(Deployment, id=kept)
        join_parts(app)
    assert "benan.behind" not in app.extensions


def test_outside_is_read_before_the_database_so_that_work_meanwhile_is_no_alarm(ctx):
    write(2)
    outside = known_outside(current_log())
    write(2)
    sealed()
    with db.session() as session:
        assert list(behind(session, current_log(), outside)) == []
