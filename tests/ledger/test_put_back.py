"""Between seal and seal nothing vanishes: put back by one commit, the database answers nobody from then on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.domain.errors import IntegrityBroken, LedgerBehind
from app.extensions import db
from app.installation import join_parts
from app.ledger import current_ledger
from app.ledger.log import current_log
from app.ledger.seal import SealRefused
from tests.ledger.logs import ask, picture, put_back, sealed, sql, write

WORDS = "older than what was recorded before"


def _run(app, *words, text=None):
    return app.test_cli_runner().invoke(args=["ledger", *words], input=text)


@pytest.mark.parametrize("requests", [1, 5, 17])
def test_the_very_next_request_after_a_restore_by_one_commit_is_refused(app, client_for, api_for, requests):
    minh, machine = client_for("minh"), api_for("minh")
    for _ in range(requests):
        assert minh.get("/cases/").status_code == 200
    with app.app_context():
        before = picture()
    assert minh.get("/cases/").status_code == 200
    with app.app_context():
        after = picture()
        put_back(before)
    page = minh.get("/cases/", headers={"Accept-Language": "en"})
    assert (page.status_code, WORDS in page.text) == (503, True)
    answer = machine.get("/cases", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json["type"]) == (503, "urn:ben-an:problem:ledger-behind")
    assert client_for(None).post("/sign-in").status_code >= 400
    with app.app_context():
        assert sorted(picture()["ledger_entry"]) == sorted(before["ledger_entry"])
    for command in ("health", "verify"):
        told = _run(app, command)
        assert told.exit_code == 1
        assert "the database was put back" in told.stdout
    with app.app_context():
        put_back(after)
    assert minh.get("/cases/").status_code == 200
    assert _run(app, "verify").exit_code == 0


def test_the_same_with_the_database_file_itself(app, client_for, tmp_path):
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        return  # a cluster's files cannot be exchanged under a running server
    minh = client_for("minh")
    with app.app_context():
        file = Path(db.engine.url.database)
        sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
        shutil.copyfile(file, tmp_path / "kept")
    assert minh.get("/cases/").status_code == 200
    with app.app_context():
        db.engine.dispose()
        for part_of_it in file.parent.glob(file.name + "-*"):
            part_of_it.unlink()
        shutil.copyfile(tmp_path / "kept", file)
    assert minh.get("/cases/").status_code == 503
    assert _run(app, "health").exit_code == 1


def test_entries_and_their_lane_put_back_alone_are_refused(ctx):
    write(20)
    before = picture()
    write(1)
    rows = picture() | {name: before[name] for name in ("ledger_entry", "ledger_lane")}
    put_back(rows)
    assert "the database was put back" in _run(ctx, "health").stdout
    assert "the database was put back" in _run(ctx, "verify").stdout


def test_a_cut_lane_is_not_written_over(app, client_for):
    minh = client_for("minh")
    for _ in range(20):
        minh.get("/cases/")
    with app.app_context():
        lane = ask("SELECT lane FROM ledger_lane ORDER BY count DESC LIMIT 1")
        count = ask("SELECT count FROM ledger_lane WHERE lane = :lane", lane=lane)
        sql("DELETE FROM ledger_entry WHERE lane = :lane AND counter = :count", lane=lane, count=count)
        head = "(SELECT mac FROM ledger_entry WHERE lane = :lane AND counter = :count)"
        set_ = f"UPDATE ledger_lane SET count = :count, head = {head} WHERE lane = :lane"  # noqa: S608 - our own text
        assert sql(set_, lane=lane, count=count - 1) == 1
    assert minh.get("/cases/").status_code == 503


def test_a_forged_lane_head_is_not_laundered_by_the_next_entry(ctx):
    write(3)
    sql("UPDATE ledger_lane SET count = count + 1")  # ahead of the tide: only the lane's own code says it
    with pytest.raises(IntegrityBroken):
        write(1)


def test_at_the_start_a_database_behind_serves_nobody_until_it_is_whole_again(app, client_for):
    minh = client_for("minh")
    with app.app_context():
        before = picture()
        write(1)
        after = picture()
        put_back(before)
        join_parts(app)
    for address in ("/sign-in", "/", "/api/v1/cases"):
        assert minh.get(address).status_code == 503
    with app.app_context():
        put_back(after)
        join_parts(app)
    assert minh.get("/cases/").status_code == 200


def test_a_forged_generation_serves_nobody(app, client_for):
    minh = client_for("minh")
    with app.app_context():
        sql("UPDATE deployment SET generation = 2")
        join_parts(app)
    assert minh.get("/cases/").status_code == 503
    with app.app_context():
        sql("UPDATE deployment SET generation = 1")
        join_parts(app)
    assert minh.get("/cases/").status_code == 200


def test_a_power_cut_that_loses_the_tide_raises_no_alarm(app, client_for):
    minh = client_for("minh")
    with app.app_context():
        tide = current_log().directory / "tide"
        older = tide.read_bytes()
    minh.get("/cases/")
    tide.write_bytes(older)
    assert minh.get("/cases/").status_code == 200


def test_a_lost_tide_stops_everything_until_an_operator_acts(app, client_for):
    minh = client_for("minh")
    with app.app_context():
        tide = current_log().directory / "tide"
    for lose in (tide.unlink, lambda: tide.write_bytes(bytes(416))):
        lose()
        assert minh.get("/cases/").status_code == 503
        with app.app_context():
            join_parts(app)
            assert "benan.behind" in app.extensions
            assert _run(app, "health").exit_code == 1
            assert _run(app, "verify").exit_code == 1
            assert _run(app, "tide").exit_code == 1
            begun = app.test_cli_runner().invoke(args=["ledger", "tide", "--begin-anew"], input="y\n")
            assert begun.exit_code == 0, begun.output
            assert ask("SELECT count(*) FROM ledger_entry WHERE action = 'ledger:tide_begun'")
            db.session.remove()
        assert minh.get("/cases/").status_code == 200


def test_lost_checkpoints_stop_the_sealer_and_are_published_again(ctx):
    for _ in range(2):
        write(3)
        sealed()
    sizes = current_log().outside.sizes()
    shutil.rmtree(current_log().outside.folder)
    assert "every checkpoint is gone" in _run(ctx, "health").stdout
    with pytest.raises(SealRefused):
        sealed()
    begun = ctx.test_cli_runner().invoke(args=["ledger", "tide", "--begin-anew"], input="y\n")
    assert begun.exit_code == 0, begun.output
    assert current_log().outside.sizes() == sizes
    assert _run(ctx, "verify").exit_code == 0


def test_a_tide_is_not_begun_anew_behind_a_checkpoint_outside(ctx):
    before = picture()
    write(3)
    sealed()
    put_back(before)
    (current_log().directory / "tide").unlink()
    refused = ctx.test_cli_runner().invoke(args=["ledger", "tide", "--begin-anew"], input="y\n")
    assert refused.exit_code == 1
    assert not (current_log().directory / "tide").exists()


def test_a_tide_that_cannot_be_raised_after_the_commit_fails_the_next_append_only(ctx, monkeypatch):
    monkeypatch.setattr("app.ledger.append.raise_tide", _full)
    write(1)


def _full(*_):
    raise OSError(28, "no space left")


def test_the_seal_finds_a_database_put_back_when_the_tide_is_lost_too(ctx):
    write(3)
    before = picture()
    write(1)
    sealed()
    put_back(before)
    (current_log().directory / "tide").unlink()
    told = _run(ctx, "health")
    assert told.exit_code == 1
    assert "checkpoint 5 outside, 0 in the database" in told.stdout
    assert _run(ctx, "seal").exit_code == 1
    join_parts(ctx)
    assert "benan.behind" in ctx.extensions
    ctx.extensions.pop("benan.behind")


def test_the_sealer_does_not_seal_what_was_put_back_by_one_commit(ctx):
    write(3)
    before = picture()
    write(1)
    put_back(before)
    result = _run(ctx, "seal")
    assert (result.exit_code, "the database was put back" in result.stderr) == (1, True)
    assert current_log().outside.sizes() == []


def test_a_database_put_back_and_written_on_by_another_machine_is_refused_by_this_one(ctx, clock):
    """Each machine has its own tide; the lane must still pass through what this one knows."""
    write(40)
    before = picture()
    write(8)
    tide = current_log().directory / "tide"
    mine = tide.read_bytes()
    put_back(before)
    tide.unlink()
    current_ledger().begin_tide(db.session())  # the other machine's own
    db.session.remove()
    clock.forward(seconds=1)
    write(60)
    tide.write_bytes(mine)
    with pytest.raises(LedgerBehind):
        write(1)
    assert "the database was put back" in _run(ctx, "health").stdout


def test_another_machine_that_only_wrote_on_raises_no_alarm(ctx):
    write(20)
    tide = current_log().directory / "tide"
    mine = tide.read_bytes()
    write(20)
    tide.write_bytes(mine)
    write(1)
    assert _run(ctx, "verify").exit_code == 0
