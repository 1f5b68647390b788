"""`flask backup prune | drill`: old parts go, the newest good one stays, and restoring is practised."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import NullPool, create_engine, text

from app.extensions import db
from tests.backup.conftest import empty_database
from tests.services import acting


@pytest.fixture
def case_id(app, actor_for):
    """A case with sealed sections."""
    with app.app_context():
        return acting.ready_to_transfer(actor_for)


def names(operator) -> list[str]:
    return sorted(path.name for backup in operator.there() for path in backup.files)


def test_pruning_shows_first_and_deletes_when_told(operator, app, case_id):
    for _ in range(16):
        operator.create(days=1)
    operator.clock.forward(days=-1)
    there = names(operator)
    shown = operator.run("prune")
    assert "would go" in shown
    assert names(operator) == there
    operator.run("prune", "--delete")
    left = names(operator)
    assert set(left) < set(there)
    assert (
        len([name for name in left if name.endswith("data.age")]) == 9
    )  # seven days, one more week, one month
    with app.app_context():
        (told,) = acting.entries(action="backup:pruned")
        assert acting.body(told)["data_parts"] == len(there) // 2 - 9
        assert len(acting.body(told)["digests"]) == len(there) - len(left)
    assert "goes" not in operator.run("prune", "--delete")


def test_keys_parts_go_after_their_days_and_their_data_stays(operator, case_id):
    operator.create(days=35)
    operator.create()
    operator.run("prune", "--delete")
    first, second = operator.there()
    assert (first.data is not None, first.keys) == (True, None)
    assert second.keys is not None
    assert "needs newer keys" in operator.run("list")


def test_the_newest_good_backup_stays_however_old_and_says_so(operator, case_id):
    operator.create(days=400)
    said = operator.run("prune", "--delete", code=1)
    assert "400 days old" in said
    assert len(names(operator)) == 2


def test_a_damaged_newest_backup_does_not_cost_the_one_before(operator, case_id):
    operator.create(hours=1)
    operator.create(hours=1)
    newest = operator.there()[-1].data
    newest.write_bytes(newest.read_bytes()[:-1])
    said = operator.run("prune", "--delete", code=1)
    assert f"{newest.name} is not what was made" in said
    assert len(operator.there()) == 2
    operator.clock.forward(days=40)
    operator.run("prune", "--delete", code=1)
    good = operator.there()[0]
    assert good.data
    assert good.keys


def test_files_nobody_made_here_are_left_alone_and_named(operator, case_id):
    made = operator.create()
    for part in made.files:
        (operator.folder / part.name.replace("2026", "2036")).write_bytes(b"planted")
    operator.clock.forward(days=1)
    said = operator.run("prune", "--delete", code=1)
    assert said.count("unknown to the ledger") == 2
    assert len(names(operator)) == 4


def test_nothing_goes_when_no_good_backup_is_left(operator, case_id):
    for _ in range(10):
        operator.create(days=1)
    for backup in operator.there():
        backup.data.write_bytes(b"")
    said = operator.run("prune", "--delete", code=1)
    assert "There is no good backup" in said
    assert len(names(operator)) == 20


def test_a_drill_restores_walks_and_opens_one_value(operator, app, case_id, watched):
    operator.create(hours=5)
    said = operator.run("drill", "--identity", operator.identity)
    assert "5.0 hours old" in said
    assert "it opened" in said
    assert "The drill succeeded" in said
    assert list(watched.iterdir()) == []
    with app.app_context():
        (drilled,) = acting.entries(action="backup:drilled")
        assert acting.body(drilled)["opened"] is True
        assert acting.body(drilled)["findings"] == 0
        assert acting.body(drilled)["age"] == 300
        (opened,) = acting.entries(action="backup:value_opened")
        assert opened.subject_kind in ("case", "report")
        assert acting.whole()


def test_a_drill_on_an_empty_installation_opens_nothing(operator):
    operator.create()
    assert "there was none to open" in operator.run("drill", "--identity", operator.identity)


def test_an_old_backup_fails_the_drill(operator, case_id):
    operator.create(hours=31)
    said = operator.run("drill", "--identity", operator.identity, code=1)
    assert "31 hours old; at most 30" in said


def test_a_drill_finds_what_was_rewritten_before_the_backup(operator, app, case_id):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE case_file SET procedure_version = 7"))
    operator.create()
    said = operator.run("drill", "--identity", operator.identity, code=1)
    assert "case_file" in said
    assert "NOT whole" in said


def test_without_any_backup_the_drill_says_so(operator):
    assert "no whole backup" in operator.run("drill", "--identity", operator.identity, code=1)


def test_a_wrong_identity_opens_nothing(operator, case_id, tmp_path):
    operator.create()
    operator.run("keygen", "--to", tmp_path / "other")
    assert "encrypted to others" in operator.run("drill", "--identity", tmp_path / "other", code=1)


def scratch_databases() -> list[str]:
    with db.engine.connect() as connection:
        query = text("SELECT datname FROM pg_database WHERE datname LIKE 'benan_scratch_%'")
        return list(connection.scalars(query))


@pytest.mark.parametrize("built", ["postgres"], indirect=True)
def test_on_postgresql_the_scratch_database_is_dropped(operator, app, case_id):
    operator.create()
    with app.app_context():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CREATE DATABASE benan_scratch_left_by_a_kill"))
        operator.run("drill", "--identity", operator.identity)
        assert scratch_databases() == []


@pytest.mark.parametrize("built", ["postgres"], indirect=True)
def test_on_postgresql_a_given_scratch_database_is_filled_and_emptied(operator, app, case_id, tmp_path):
    operator.create()
    with empty_database(app, tmp_path) as url:
        settings = dataclasses.replace(app.extensions["benan.settings"], scratch_database_url=url)
        app.extensions["benan.settings"] = settings
        operator.run("drill", "--identity", operator.identity)
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:  # as a killed drill leaves it
            connection.execute(text("CREATE SCHEMA benan_scratch"))
            connection.execute(text("CREATE TABLE case_file (id int)"))
        operator.run("drill", "--identity", operator.identity)
        with engine.begin() as connection:
            assert connection.scalar(text("SELECT to_regclass('case_file')")) is None


@pytest.mark.parametrize("built", ["postgres"], indirect=True)
def test_on_postgresql_a_given_database_with_something_in_it_is_left_alone(operator, app, case_id):
    operator.create()
    settings = app.extensions["benan.settings"]
    app.extensions["benan.settings"] = dataclasses.replace(
        settings, scratch_database_url=settings.database_url
    )
    assert "not empty" in operator.run("drill", "--identity", operator.identity, code=1)
    with app.app_context():
        assert acting.entry_count() > 5


def test_ages_are_counted_from_the_snapshot(operator, case_id):
    made = operator.create()
    assert made.at == operator.clock() - timedelta(seconds=1)


def test_a_broken_or_half_backup_does_not_stand_for_its_day(operator, case_id):
    for _ in range(2):  # a good one each day, then a damaged one and a half one later that day
        operator.create(hours=1)
        operator.create(hours=1)
        operator.create(hours=22)
    there = operator.there()
    for damaged, half in ((there[1], there[2]), (there[4], there[5])):
        damaged.data.write_bytes(damaged.data.read_bytes()[:-1])
        half.keys.unlink()
    operator.run("prune", "--delete", code=1)
    left = {backup.at for backup in operator.there() if backup.data and backup.keys}
    assert {there[0].at, there[3].at} <= left
