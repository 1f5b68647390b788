"""`flask keys rotate | rewrap | retire | rekey | erase-case | erasure`, as an operator types them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from app.domain.errors import Erased
from app.extensions import db, part
from app.models import Case, DataKey
from app.services.sections import read_section
from tests.conftest import PASSWORD
from tests.rotation.test_erasure import closed_case
from tests.services import acting


@pytest.fixture
def run(app):
    """`run("rotate")`: the command's (exit code, output)."""

    def invoke(*args, typed=""):
        result = app.test_cli_runner().invoke(args=["keys", *args], input=typed, catch_exceptions=False)
        return result.exit_code, result.output

    return invoke


@pytest.fixture
def within(app, actor_for):
    """`within(act)`: an act in a context that is closed again before a command runs."""

    def do(act):
        with app.app_context():
            result = act(actor_for)
            db.session.remove()
        return result

    return do


def case_of(cast):
    case_id = acting.case(cast)
    acting.write(cast, case_id, "identity", acting.IDENTITY)
    acting.write(cast, case_id, "health", {"condition": "Ổn định"})
    return case_id


def test_rotate_rewrap_retire(run, within):
    case_id = within(case_of)
    code, output = run("rotate")
    assert code == 0, output
    assert "identity-0002" in output
    assert "content-0002" in output
    assert "flask keys rewrap" in output
    code, output = run("retire", "identity-0001", "--yes")
    assert code == 1
    assert "2 data keys are still under this root key" in output
    code, output = run("retire", "identity-0002", "--yes")
    assert code == 1
    assert "the present one" in output
    code, output = run("rewrap")
    assert (code, "Every data key" in output) == (0, True), output
    for root in ("identity-0001", "content-0001"):
        assert run("retire", root, "--yes")[0] == 0
    code, output = run("retire", "identity-0001", "--yes")
    assert code == 1
    assert "no root key of this name" in output
    assert run("retire", "nonsense", "--yes")[0] == 1
    assert "retired" not in run("status")[1]
    assert run("rotate", "--branch", "content")[1].count("content-0003") == 1

    def opened(cast):
        assert read_section(cast("minh"), case_id, "identity").values == acting.IDENTITY
        assert acting.whole()
        return {entry.action for entry in acting.entries(subject_kind="key")}

    assert within(opened) == {
        "keys:rotation_begun",
        "keys:root_added",
        "keys:rewrapped",
        "keys:root_retiring",
        "keys:root_retired",
    }


def test_retiring_asks_first(run):
    run("rotate")
    code, output = run("retire", "identity-0001", typed="n\n")
    assert code == 1
    assert "Backups whose keys part is older" in output


def test_a_key_that_does_not_open_is_named_and_holds_nothing_up(run, within):
    broken, good = within(case_of), within(case_of)

    def forge(_):
        keys = DataKey.__table__
        with db.engine.begin() as connection:
            where = (keys.c.owner_id == broken) & (keys.c.branch == "identity")
            connection.execute(keys.update().where(where).values(wrapped=b"\0" * 60))

    within(forge)
    run("rotate")
    code, output = run("rewrap")
    assert code == 1
    assert str(broken) in output
    assert "identity-0001 (1)" in output
    assert run("retire", "identity-0001", "--yes")[0] == 1
    assert run("retire", "content-0001", "--yes")[0] == 0
    alarms = within(lambda _: [entry.subject_id for entry in acting.entries(action="integrity:alarm")])
    assert set(alarms) == {broken}
    within(lambda cast: read_section(cast("minh"), good, "identity"))


def code_of(case_id):
    return lambda _: acting.look(select(Case.code).where(Case.id == case_id))


def test_a_case_and_a_report_get_new_data_keys(run, within, app):
    case_id = within(case_of)
    code, output = run("rekey", within(code_of(case_id)))
    assert code == 0, output

    def check(cast):
        keys = {
            (row.branch, row.number): row.wrapped is not None
            for row in db.session.query(DataKey).filter_by(owner_id=case_id)
        }
        db.session.rollback()
        assert keys == {
            ("content", 1): False,
            ("content", 2): True,
            ("identity", 1): False,
            ("identity", 2): True,
        }
        assert read_section(cast("minh"), case_id, "identity").values == acting.IDENTITY
        assert read_section(cast("minh"), case_id, "health").values == {"condition": "Ổn định"}
        acting.write(cast, case_id, "identity", {**acting.IDENTITY, "sex": "female"}, version=1)
        assert read_section(cast("minh"), case_id, "identity").values["sex"] == "female"
        assert acting.whole()

    within(check)
    logged = within(lambda cast: acting.report(cast).code)
    assert run("rekey", logged)[0] == 0
    code, output = run("rekey", "NN-0000-0000")
    assert code == 1
    assert "No case and no report has this code" in output
    assert within(lambda _: acting.whole())


def test_two_persons_erase_a_case_at_the_terminal(run, within, clock):
    case_id = within(lambda cast: closed_case(cast, keep_until=date(2026, 11, 23)))
    clock.forward(days=2)
    code_ = within(code_of(case_id))
    assert "Nobody asked" in run("erase-case", code_, "--approve", "thu", typed=f"{PASSWORD}\n")[1]
    assert "wrong" in run("erase-case", code_, "--request", "tuan", typed="x\n")[1]
    assert run("erase-case", code_, "--request", "tuan", typed=f"{PASSWORD}\n")[0] == 0
    answer = run("erase-case", code_, "--approve", "tuan", typed=f"{PASSWORD}\ny\n")
    assert answer[0] == 1
    assert "second person" in answer[1]
    assert run("erase-case", code_, "--approve", "minh", typed=f"{PASSWORD}\ny\n")[0] == 1
    code, output = run("erase-case", code_, "--approve", "thu", typed=f"{PASSWORD}\ny\n")
    assert code == 0, output
    assert PASSWORD not in output

    def check(cast):
        with pytest.raises(Erased):
            read_section(cast("minh"), case_id, "identity")
        assert acting.whole()

    within(check)
    code, output = run("erasure", code_)
    assert code == 0, output
    assert re.search(r"lane \d, number \d+, code [0-9a-f]{64}", output)
    assert "Asked for by: tuan" in output
    assert "Approved by:  thu" in output
    assert "30/12/2026" in output  # 35 days after 25/11/2026
    assert "None is left in" in output
    with_keys = within(lambda _: part("settings").backup_directory)
    with_keys.mkdir(parents=True, exist_ok=True)
    for name in ("20261101T020000Z-keys", "20261102T020000Z-keys", "20271101T020000Z-keys"):
        (with_keys / f"benan-{name}.age").write_bytes(b"x")
    assert f"Still in 2 keys parts in {with_keys}, the oldest of 01/11/2026" in run("erasure", code_)[1]
    assert "identity-0001" in output
    for command in ("rotate", "rewrap"):
        run(command)
    for root in ("identity-0001", "content-0001"):
        assert run("retire", root, "--yes")[0] == 0
    assert "no copy of them opens any more" in run("erasure", code_)[1]
    assert run("erasure", "NN-0000-0000")[0] == 1


def test_wrong_passwords_at_the_terminal_are_throttled(run, within, app):
    case_id = within(case_of)
    code_ = within(code_of(case_id))
    with app.app_context():
        tries = part("settings").sign_in_failures
    for _ in range(tries):
        run("erase-case", code_, "--request", "tuan", typed="x\n")
    assert "Too many attempts" in run("erase-case", code_, "--request", "tuan", typed=f"{PASSWORD}\n")[1]
