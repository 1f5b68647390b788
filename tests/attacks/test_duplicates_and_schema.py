"""Owner of the tables: takes their keys away, puts a copy of a genuine row, a view, a rule or a trigger in place.

Without keys of the key store, DETECTED by `ledger verify --deep`: rows that share a key, tables that are not as the
program made them, and an entry changed between two parts of an interrupted check.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from app.extensions import db, part
from app.ledger import State, verify_deep
from app.models import Account, LedgerEntry
from app.services import accounts
from tests.attacks import tampering
from tests.conftest import account_of
from tests.ledger.logs import sealed
from tests.services import acting


def _run(*statements):
    db.session.remove()
    with db.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@contextmanager
def _altered(do, undo):
    _run(*do)
    try:
        yield
    finally:
        _run(*undo)


def _unkeyed(table):
    """The table without any key, holding the same rows."""
    return _altered(
        [
            f"ALTER TABLE {table} RENAME TO {table}_kept",
            f"CREATE TABLE {table} AS SELECT * FROM {table}_kept",  # noqa: S608 - a constant
        ],
        [f"DROP TABLE {table}", f"ALTER TABLE {table}_kept RENAME TO {table}"],
    )


def _set(actor, role_id, *, active=True):
    """Change an account through the program."""
    db.session.remove()
    account = account_of("minh")
    accounts.change_account(actor, account.id, role_id=role_id, active=active, version=account.version)
    db.session.remove()


def _deep(app, *options):
    result = app.test_cli_runner().invoke(args=["ledger", "verify", *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result.exit_code, result.output


def test_a_copy_of_a_genuine_row_does_not_hide_that_another_was_rolled_back(ctx, actor_for):
    admin, minh = actor_for("quan"), account_of("minh")
    before = tampering.row(Account, Account.id == minh.id)
    other = tampering.row(Account, Account.username == "hoa")
    _set(admin, before["role_id"], active=False)
    with _unkeyed("account"):
        tampering.put_back(Account, before)
        _set(admin, "supervisor")
        _set(admin, before["role_id"])
        tampering.sql(insert(tampering.table(Account)).values(other))
        assert f"stored data: account {other['id']} stored more than once" in acting.findings()
        db.session.remove()


def test_a_repeated_key_is_found_where_the_row_is_wrong_and_where_it_is_not_authentic_twice(ctx):
    kept = tampering.row(Account, Account.username == "hoa")
    with _unkeyed("account"):
        tampering.sql(*[insert(tampering.table(Account)).values(kept | {"mac": tampering.NO_CODE})] * 2)
        assert f"stored data: account {kept['id']} stored more than once" in acting.findings()
        db.session.remove()


def test_a_table_without_its_keys_is_found(ctx):
    with _unkeyed("account"):
        found = acting.findings()
    told = [line for line in found if "not as the program made it" in line]
    assert [line for line in told if "account (primary key)" in line]
    assert [line for line in told if "account (unique username)" in line]
    assert [line for line in told if "account (foreign key unit_id)" in line]
    assert acting.whole()


def test_a_view_in_the_place_of_a_table_is_found(ctx):
    with _altered(
        ["ALTER TABLE stay RENAME TO stay_kept", "CREATE VIEW stay AS SELECT * FROM stay_kept"],
        ["DROP VIEW stay", "ALTER TABLE stay_kept RENAME TO stay"],
    ):
        assert [line for line in acting.findings() if "stay (" in line and "not as the program" in line]
    assert acting.whole()


SQLITE = {
    "trigger": (
        "CREATE TRIGGER odd AFTER UPDATE ON stay BEGIN DELETE FROM clock; END",
        "DROP TRIGGER odd",
    ),
    "partial index": (
        "DROP INDEX uq_stay_open",
        "CREATE UNIQUE INDEX uq_stay_open ON stay (case_id, track_id) WHERE left_at IS NULL",
    ),
}
POSTGRES = {
    "partial index": SQLITE["partial index"],
    "rule": ("CREATE RULE odd AS ON UPDATE TO stay DO INSTEAD NOTHING", "DROP RULE odd ON stay"),
    "row security": (
        "ALTER TABLE stay ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE stay DISABLE ROW LEVEL SECURITY",
    ),
    "trigger": (
        "CREATE TRIGGER odd BEFORE UPDATE ON stay FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "DROP TRIGGER odd ON stay",
    ),
    "child": ("CREATE TABLE stay_more () INHERITS (stay)", "DROP TABLE stay_more"),
    "foreign key": (
        "ALTER TABLE stay DROP CONSTRAINT fk_stay_case_id_case_file",
        "ALTER TABLE stay ADD CONSTRAINT fk_stay_case_id_case_file FOREIGN KEY (case_id) REFERENCES case_file (id)",
    ),
}


@pytest.mark.parametrize("what", sorted(SQLITE | POSTGRES))
def test_what_rewrites_queries_or_lets_copies_in_is_found(ctx, what):
    known = SQLITE if db.engine.dialect.name == "sqlite" else POSTGRES
    if what not in known:
        return
    do, undo = known[what]
    with _altered([do], [undo]):
        assert [line for line in acting.findings() if "stay (" in line and "not as the program" in line]
    assert acting.whole()


def _untold(entry):
    """Take the account out of what an entry tells."""
    body = json.loads(entry["body"])
    body["rows"].pop("account")
    here = (LedgerEntry.lane == entry["lane"], LedgerEntry.counter == entry["counter"])
    tampering.change(LedgerEntry, *here, body=json.dumps(body))


def test_an_entry_is_believed_only_under_its_own_code(ctx, actor_for):
    before = tampering.row(Account, Account.username == "minh")
    _set(actor_for("quan"), before["role_id"], active=False)
    tampering.put_back(Account, before)
    entry = [e for e in tampering.rows(LedgerEntry) if "account" in json.loads(e["body"]).get("rows", {})][-1]
    _untold(entry)
    db.session.remove()
    found = [str(finding) for finding in verify_deep(db.session(), State(), lambda _: None)]
    assert f"lane {entry['lane']}, entry {entry['counter']}: entry changed or forged" in found


def test_going_on_without_an_interrupted_check_is_refused_with_what_to_do(app, ctx):
    code, output = _deep(app, "--resume")
    assert (code, "flask ledger verify --deep" in output) == (1, True)


def test_going_on_checks_the_entries_and_remembers_what_was_found(app, ctx):
    place = part("settings").instance / "deep-check.json"
    place.write_text(State(found=2).encode())
    code, output = _deep(app, "--resume")
    assert (code, "2 broken places were found before the interruption" in output) == (1, True)
    tampering.change(LedgerEntry, LedgerEntry.counter == 1, action="case:read")
    place.write_text(State().encode())
    code, output = _deep(app, "--resume")
    assert (code, "entry changed or forged" in output, place.exists()) == (1, True, False)


def test_the_weekly_check_goes_on_after_a_power_cut_but_not_after_a_long_break(app, ctx, clock):
    """`--deep --resume`, as the timer runs it: what was compared more than a day ago is compared again."""
    place = part("settings").instance / "deep-check.json"
    for seconds, goes_on in ((60, True), (2 * 86_400, False), (None, False)):
        if seconds:
            place.write_text(State(found=2).encode())
            then = clock().timestamp() - seconds
            os.utime(place, (then, then))
        code, output = _deep(app, "--deep", "--resume")
        assert (code, "2 broken places" in output, place.exists()) == (int(goes_on), goes_on, False)


ODD = {
    "a body nested too deeply": "UPDATE ledger_entry SET body = '{nested}' WHERE counter = 1",
    "a length that is text": "UPDATE ledger_lane SET count = 'many' WHERE lane = 1",
    "a length of digits": "UPDATE ledger_lane SET count = CAST('12' AS BLOB) WHERE lane = 1",
    "a length that is no text": "UPDATE ledger_lane SET count = CAST(x'ffffff' AS TEXT) WHERE lane = 1",
    "a leaf that is no text": "UPDATE ledger_leaf SET lane = CAST(x'ffffff' AS TEXT) WHERE position = 0",
}


@pytest.mark.parametrize("statement", ODD.values(), ids=ODD)
def test_the_check_names_what_it_cannot_read_and_goes_on_to_its_end(app, ctx, actor_for, statement):
    acting.case(actor_for)
    sealed()
    try:
        _run(statement.replace("{nested}", "[" * 50_000))
    except DBAPIError:
        return  # this database stores no such thing
    code, output = _deep(app, "--deep")
    assert (code, "broken places" in output) == (1, True), output[-500:]
