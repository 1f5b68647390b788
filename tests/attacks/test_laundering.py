"""`flask init` gives codes only to what the first program left, never to rows somebody put in by hand."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from app.extensions import db
from app.installation import FIRST, NotAsLeft, adopt
from app.ledger.rows import every_table
from app.models import Account, LedgerEntry, Unit
from app.services import accounts
from tests.attacks import tampering


def forget_the_beginning():
    tampering.sql(delete(LedgerEntry.__table__).where(LedgerEntry.action.in_(FIRST)))


def eve(code):
    like = tampering.row(Account, Account.username == "quan")
    made = {**like, "id": uuid4(), "username": "eve", "mac": code, "version": 0}
    tampering.sql(insert(tampering.table(Account)).values(made))


def blank():
    tampering.sql(*(update(tampering.table(kind)).values(mac=b"") for kind in every_table()))


def stored_code():
    return tampering.row(Account, Account.username == "eve")["mac"]


@pytest.mark.parametrize("code", [b"", tampering.NO_CODE], ids=["empty", "zeros"])
def test_an_account_put_in_beside_coded_rows_is_not_adopted(app, code):
    with app.app_context():
        forget_the_beginning()
        eve(code)
        assert adopt(app) == 0
        assert stored_code() == code
    app.test_cli_runner().invoke(args=["init"])
    with app.app_context():
        assert stored_code() == code
        db.session.remove()


def test_blanking_every_code_is_refused_while_entries_tell_of_rows(app, actor_for):
    with app.app_context():
        account = tampering.row(Account, Account.username == "minh")
        change = {"role_id": account["role_id"], "active": False, "version": account["version"]}
        accounts.change_account(actor_for("quan"), account["id"], **change)
        db.session.remove()
        forget_the_beginning()
        eve(b"")
        blank()
    answer = app.test_cli_runner().invoke(args=["init"])
    assert answer.exit_code == 1
    assert "restore the last good backup" in answer.output
    with app.app_context():
        assert stored_code() == b""
        db.session.remove()


def test_a_ledger_that_is_not_whole_adopts_nothing(app):
    with app.app_context():
        forget_the_beginning()
        eve(b"")
        blank()
        with pytest.raises(NotAsLeft):
            adopt(app)
        assert stored_code() == b""
        with Session(db.engine) as session:
            assert session.query(Unit).count() == 3
        db.session.remove()
