"""Going on after an older backup was restored: asked for, on record, and as a new log beside the old checkpoints."""

from __future__ import annotations

import json

import pytest

from app.domain.actor import operator_of_the_service
from app.domain.errors import LedgerBehind
from app.domain.events import LedgerContinued
from app.extensions import db
from app.installation import join_parts
from app.ledger import current_ledger
from app.ledger.log import current_log
from app.ledger.tide import Head, read_tide, replace_tide
from app.models import Deployment
from app.transaction import transaction
from tests.ledger.logs import ask, known, picture, put_back, sealed, write


@pytest.fixture
def run(ctx):
    """A command of the ledger's; afterwards the application is as it began."""

    def command(*words, text=None):
        db.session.remove()
        result = ctx.test_cli_runner().invoke(args=["ledger", *words], input=text)
        db.session.remove()
        return result.exit_code, result.output

    parts = {name: ctx.extensions[name] for name in ("benan.ledger", "benan.ledger_log")}
    yield command
    ctx.extensions.update(parts)
    current_ledger().generation = 1
    ctx.extensions.pop("benan.behind", None)


@pytest.fixture
def lost(ctx):
    """A database put back: 11 entries sealed, 31 outside, and 5 more that only the tide knows."""
    write(10)
    sealed()
    before = picture()
    write(20)
    last = sealed()[-1]
    write(5)
    put_back(before)
    return last


def test_it_shows_what_is_missing_and_changes_nothing_by_itself(run, lost):
    before = picture()
    code, told = run("continue")
    assert code == 1
    assert f"Last checkpoint outside: generation 1, size 31, root {lost.checkpoint.root.hex()}" in told
    assert "The database holds 11 entries; the first 11 of that log are whole." in told
    assert "Sealed entries from position 11 to 30 may be missing." in told
    assert "By the tide at least 25 committed entries are missing." in told
    assert "--accept-missing" in told
    code, told = run("continue", "--accept-missing", text="n\n")
    assert (code, "Aborted" in told) == (1, True)
    assert picture() == before


def test_accepted_it_goes_on_as_a_new_log_that_says_what_was_lost(run, lost, ctx):
    directory = current_log().directory
    old = sorted(path.name for path in (directory / "1").iterdir())
    tide = (directory / "tide").read_bytes()
    with pytest.raises(LedgerBehind):
        write(1)
    code, told = run("continue", "--accept-missing", text="y\n")
    assert (code, "The ledger goes on as generation 2." in told) == (0, True), told
    assert ask("SELECT generation FROM deployment") == 2
    body = json.loads(ask("SELECT body FROM ledger_entry WHERE action = 'ledger:continued'"))
    body.pop("rows")
    assert body == {
        "old_generation": 1,
        "old_size": 31,
        "old_root": lost.checkpoint.root.hex(),
        "kept": 11,
        "missing": 25,
    }
    assert (directory / "1" / "tide").read_bytes() == tide
    assert sorted(path.name for path in (directory / "1").iterdir()) == [*old, "tide"]
    write(3)
    (signed,) = sealed()
    assert (signed.checkpoint.origin.rpartition("/")[2], signed.checkpoint.size) == ("2", 15)
    assert (directory / "2" / "000000000015.checkpoint").exists()
    assert run("verify")[0] == 0
    assert run("continue") == (0, "Nothing is missing; nothing was changed.\n")


def test_the_old_database_is_refused_after_that(run, lost, ctx):
    before = picture()
    run("continue", "--accept-missing", text="y\n")
    sealed()
    put_back(before)
    join_parts(ctx)
    assert "benan.behind" in ctx.extensions
    with pytest.raises(LedgerBehind):
        write(1)
    code, told = run("continue")
    assert (code, "Last checkpoint outside: generation 2, size 12" in told) == (1, True)
    code, told = run("continue", "--accept-missing", text="y\n")
    assert (code, "goes on as generation 3" in told) == (0, True)


def test_interrupted_before_its_commit_everything_is_refused_until_it_is_done_again(run, lost, ctx):
    heads = [Head(lane, count, head) for lane, count, head in _lanes()]
    replace_tide(current_log().directory, 2, heads, kept=current_log().directory / "1" / "tide")
    with pytest.raises(LedgerBehind):
        write(1)
    assert run("health")[0] == 1
    code, told = run("continue", "--accept-missing", text="y\n")
    assert (code, "goes on as generation 2" in told) == (0, True)
    write(1)


def _lanes():
    with db.engine.connect() as connection:
        return connection.exec_driver_sql("SELECT lane, count, head FROM ledger_lane").all()


def test_interrupted_after_its_commit_the_sealer_waits_until_it_is_done_again(run, lost, ctx):
    before = picture()
    run("continue", "--accept-missing", text="y\n")
    after = picture()
    tree = ("ledger_leaf", "ledger_tile", "ledger_checkpoint")
    put_back(after | {name: before[name] for name in tree})
    assert run("seal")[0] == 1
    assert run("continue")[0] == 0
    write(1)
    assert [signed.checkpoint.origin.rpartition("/")[2] for signed in sealed()] == ["2"]
    assert run("verify")[0] == 0


def test_another_machine_takes_the_new_generation_over(run, ctx):
    write(3)
    directory = current_log().directory
    old = read_tide(directory)
    replace_tide(directory, 2, old.heads, kept=None)
    current_ledger().generation = 2
    with transaction(operator_of_the_service()) as tx:
        db.session.query(Deployment).one().generation = 2
        tx.record(LedgerContinued(old_generation=1, old_size=0, old_root=None, kept=0, missing=0))
    replace_tide(directory, 1, old.heads, kept=None)  # what the other machine's tide still says
    join_parts(ctx)
    with pytest.raises(LedgerBehind):
        write(1)
    code, told = run("continue")
    assert (code, "The tide of this machine now belongs to generation 2" in told) == (0, True)
    write(1)
    assert known().tide.generation == 2


def test_nothing_missing_nothing_done(run, ctx):
    write(3)
    sealed()
    write(1)
    before = picture()
    assert run("continue", "--accept-missing") == (0, "Nothing is missing; nothing was changed.\n")
    assert picture() == before
