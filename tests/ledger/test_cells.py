"""The bytes of a row never change, no two rows have the same, and a cell is taken only as the program writes it."""

from __future__ import annotations

import hmac
import json
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.extensions import db, part
from app.ledger import cells
from app.ledger.cells import row_bytes
from app.ledger.rows import row_code, row_digest
from app.ledger.spelling import misspelt
from tests.attacks import tampering
from tests.services import acting

GOLDEN = json.loads((Path(__file__).parent / "golden_rows.json").read_text(encoding="utf-8"))
READ = {
    "uuid": UUID,
    "instant": datetime.fromisoformat,
    "day": date.fromisoformat,
    "bytes": bytes.fromhex,
}


def _values(row):
    """Columns of a golden row; {"uuid": ...} and the like say the type."""
    for name, value in row.items():
        if isinstance(value, dict):
            ((kind, said),) = value.items()
            yield name, READ[kind](said)
        else:
            yield name, value


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden["table"])
def test_the_bytes_of_a_row_never_change(golden):
    """A row written long ago must still be told from a forged one: these bytes are a format, see docs/crypto.md."""
    made = row_bytes(golden["table"], dict(_values(golden["columns"])))
    assert made.hex() == golden["bytes"]
    assert sha256(made).hexdigest() == golden["digest"]
    assert hmac.digest(bytes(32), made, "sha256").hex() == golden["code_under_zeros"]


def test_the_key_of_row_codes_is_made_from_the_key_stores(ctx):
    store, columns = part("key_store"), dict(_values(GOLDEN[0]["columns"]))
    made = hmac.digest(store.authenticate("row", b"benan/row-key/1"), row_bytes("unit", columns), "sha256")
    assert row_code("unit", columns) == made
    assert row_digest("unit", columns) == GOLDEN[0]["digest"]


ACCOUNT = {
    "id": UUID(int=1),
    "username": "minh",
    "display_name": "",
    "rank": "",
    "position": "",
    "unit_id": UUID(int=2),
    "role_id": "case_officer",
    "password_hash": "x",
    "must_change_password": False,
    "active": True,
    "created_at": datetime(2026, 11, 23, tzinfo=UTC),
    "version": 1,
    "mac": b"",
}
OTHERS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.uuids(),
        "username": st.text(st.characters(exclude_categories=("Cs",)), max_size=6),
        "rank": st.text("ab\0", max_size=3),
        "position": st.text("ab\0", max_size=3),
        "active": st.booleans(),
        "must_change_password": st.booleans(),
        "created_at": st.datetimes(timezones=st.just(UTC)),
        "version": st.integers(-(2**63), 2**63 - 1),
        "unit_id": st.uuids() | st.none(),
    },
)


@given(OTHERS, OTHERS)
def test_two_rows_have_the_same_bytes_only_when_they_are_the_same(one, other):
    one, other = {**ACCOUNT, **one}, {**ACCOUNT, **other}
    assert (row_bytes("account", one) == row_bytes("account", other)) is (one == other)


def test_the_code_itself_and_columns_that_hold_nothing_do_not_enter():
    assert row_bytes("account", ACCOUNT) == row_bytes("account", {**ACCOUNT, "mac": b"\7"})
    missing = {**ACCOUNT, "unit_id": None}
    assert b"unit_id" not in row_bytes("account", missing)


STRANGE = (5, "x", 1.5, b"x", uuid4(), date(2026, 1, 1), datetime.fromisoformat("2026-01-01"), [1], True)


@pytest.mark.parametrize("value", STRANGE, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("column", ["id", "username", "active", "created_at", "version"])
def test_a_value_of_another_type_has_no_bytes(column, value):
    fits = {"username": str, "version": int, "active": bool, "id": UUID}.get(column, ())
    if not isinstance(value, fits):
        with pytest.raises((TypeError, ValueError, AttributeError)):
            row_bytes("account", {**ACCOUNT, column: value})


def test_what_the_program_wrote_is_taken_as_it_is(ctx, actor_for):
    acting.handed_over(actor_for)
    with Session(db.engine) as session:
        dialect = session.get_bind().dialect
        for table in db.metadata.sorted_tables:
            for raw in session.execute(cells.rows(session, table)).mappings():
                for column in table.columns:
                    cells.value(column, dialect, raw[column.name])
            if table.name.startswith("ledger_"):
                assert list(misspelt(session, table)) == []


RESPELT = {
    "an id in capitals": "case_file SET id = upper(id)",
    "an id with hyphens": "case_file SET unit_id = substr(unit_id, 1, 8) || '-' || substr(unit_id, 9)",
    "an instant with a T": "case_file SET opened_at = replace(opened_at, ' ', 'T')",
    "an instant without separators": "case_file SET opened_at = '20261123T020000'",
    "an instant without a fraction": "case_file SET next_due_at = substr(next_due_at, 1, 19)",
    "an instant with an offset": "case_file SET opened_at = opened_at || '+00:00'",
    "a truth that is two": "account SET active = 2",
    "a list with other spaces": "handover SET sections = replace(sections, ', ', ',')",
    "a list as bytes": "handover SET sections = CAST(sections AS BLOB)",
    "a text as bytes": "case_file SET code = CAST(code AS BLOB)",
    "a text that is not UTF-8": "case_file SET code = CAST(x'ff' AS TEXT)",
    "an id that is not UTF-8": "case_file SET id = CAST(x'ff' AS TEXT)",
    "a code that is a number": "case_file SET mac = 1000000000000",
    "a version that is a text": "case_file SET version = 'x'",
    "versions past all counting": "stay SET version = 9223372036854775807",
}


@pytest.mark.parametrize("built", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("change", RESPELT.values(), ids=RESPELT)
def test_the_same_value_in_another_form_is_a_changed_row(ctx, actor_for, change):
    """To Python it may be equal, to the database's own comparisons it is not: a row could hide from a list."""
    acting.handed_over(actor_for)
    assert acting.whole()
    tampering.sql(text(f"UPDATE {change}"))
    table = change.split()[0]
    assert [line for line in acting.findings() if line.startswith(f"stored data: {table} ")]


ENTRIES = {
    "an actor in capitals": "ledger_entry SET actor_id = upper(actor_id)",
    "a time in another form": "ledger_entry SET at = replace(at, ' ', 'T')",
    "an action as bytes": "ledger_entry SET action = CAST(action AS BLOB)",
    "a source that is not UTF-8": "ledger_entry SET source = CAST(x'ff' AS TEXT)",
    "a counter that is a text": "ledger_entry SET counter = counter || 'x'",
    "a counter between two": "ledger_entry SET counter = counter + 0.5",
    "a lane that is a text": "ledger_entry SET lane = lane || 'x'",
    "a code that is a number": "ledger_entry SET mac = 1000000000000",
    "a body that is no JSON": "ledger_entry SET body = 'x'",
    "a body of another shape": """ledger_entry SET body = '{"rows": 5, "sealed": [1], "tags": 7}'""",
    "a body that tells of no table": """ledger_entry SET body = '{"rows": {"x": [["1", 1, ""]]}}'""",
    "a lane's count that is a text": "ledger_lane SET count = 'x'",
    "a lane's head that is a number": "ledger_lane SET head = 1000000000000",
}


@pytest.mark.parametrize("built", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("change", ENTRIES.values(), ids=ENTRIES)
def test_an_entry_in_another_form_is_a_changed_entry(ctx, actor_for, change):
    acting.case(actor_for)
    tampering.sql(text(f"UPDATE {change}"))
    assert acting.findings()


def test_rows_are_found_page_by_page_wherever_a_forged_key_sorts(ctx, actor_for, monkeypatch):
    from app.ledger import deep

    monkeypatch.setattr(deep, "BATCH", 2)
    for _ in range(4):
        acting.report(actor_for)
    tampering.sql(text("UPDATE report SET people = 3"))
    reports = acting.look(select(func.count()).select_from(db.metadata.tables["report"]))
    found = [line for line in acting.findings() if line.startswith("stored data: report ")]
    assert len([line for line in found if line.endswith("changed or forged")]) == reports == 4
