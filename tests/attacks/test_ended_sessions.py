"""A session that was ended stays ended when its earlier row, genuine code and all, is put back."""

from __future__ import annotations

from sqlalchemy import text

from app.domain.actor import operator_of_the_service
from app.extensions import db
from app.models import Account, ApiToken, WebSession
from app.services import accounts
from app.services.tokens import revoke_token
from tests.attacks import tampering
from tests.conftest import CAST, PASSWORD, account_of, csrf_of
from tests.services import acting


def kept_rows(app, *kinds):
    with app.app_context():
        return {kind: tampering.rows(kind) for kind in kinds}


def put_back(app, kept):
    with app.app_context():
        for kind, rows in kept.items():
            tampering.put_back(kind, *rows)


def with_cookie_kept(client, act):
    kept = client._cookies.copy()
    act()
    client._cookies.clear()
    client._cookies.update(kept)


def test_signing_out(app, client_for, clock):
    client = client_for("minh")
    token = csrf_of(client.get("/cases/").text)
    kept = kept_rows(app, WebSession)
    clock.forward(seconds=5)
    with_cookie_kept(client, lambda: client.post("/sign-out", data={"csrf_token": token}))
    assert client.get("/cases/").status_code in (302, 303)
    put_back(app, kept)
    assert client.get("/cases/").status_code in (302, 303)


def test_changing_the_password_and_the_new_session_lives(app, client_for, clock):
    client, other = client_for("minh"), client_for("minh")
    kept = kept_rows(app, WebSession)
    clock.forward(seconds=5)
    fields = {"present": PASSWORD, "wanted": "một câu khác hẳn để nhớ", "repeated": "một câu khác hẳn để nhớ"}
    page = client.get("/password")
    answer = client.post("/password", data={"csrf_token": csrf_of(page.text), **fields})
    assert answer.status_code in (302, 303)
    assert client.get("/cases/").status_code == 200
    put_back(app, kept)
    assert client.get("/cases/").status_code == 200
    assert other.get("/cases/").status_code in (302, 303)


def test_disabling_even_when_the_account_is_put_back_too(app, client_for, actor_for, clock):
    client, colleague = client_for("minh"), client_for("lan")
    kept = kept_rows(app, WebSession, Account)
    clock.forward(seconds=5)
    with app.app_context():
        account = account_of("minh")
        change = {"role_id": CAST["minh"][1], "active": False, "version": account.version}
        accounts.change_account(actor_for("quan"), account.id, **change)
        db.session.remove()
    put_back(app, kept)
    assert client.get("/cases/").status_code in (302, 303)
    assert colleague.get("/cases/").status_code == 200


def _disabled(app, actor_for):
    with app.app_context():
        account = account_of("minh")
        accounts.change_account(
            actor_for("quan"), account.id, role_id=CAST["minh"][1], active=False, version=account.version
        )
        db.session.remove()


def test_ended_by_a_machine_whose_clock_is_a_little_behind(app, client_for, actor_for, clock):
    client = client_for("minh")
    kept = kept_rows(app, WebSession, Account)
    clock.forward(seconds=-5)
    _disabled(app, actor_for)
    clock.forward(seconds=10)
    put_back(app, kept)
    assert client.get("/cases/").status_code in (302, 303)


def test_hidden_while_every_session_was_ended(app, client_for, actor_for, clock):
    client = client_for("minh")
    kept = kept_rows(app, WebSession, Account)
    clock.forward(minutes=6)
    with app.app_context():
        tampering.remove(WebSession)
    _disabled(app, actor_for)
    put_back(app, kept)
    assert client.get("/cases/").status_code in (302, 303)


def test_who_signs_in_on_a_machine_whose_clock_is_behind_stays_signed_in(app, client_for, clock):
    client, fields = client_for("minh"), {"present": PASSWORD, "wanted": "một câu khác hẳn để nhớ"}
    page = client.get("/password")
    client.post("/password", data={"csrf_token": csrf_of(page.text), **fields, "repeated": fields["wanted"]})
    clock.forward(seconds=-5)
    other = app.test_client()
    token = csrf_of(other.get("/sign-in").text)
    entries = {"csrf_token": token, "username": "minh", "password": fields["wanted"]}
    assert other.post("/sign-in", data=entries).status_code in (302, 303)
    assert other.get("/cases/").status_code == 200


def test_a_revoked_machine_token(app, api_for):
    machine = api_for("minh")
    assert machine.get("/cases").status_code == 200
    with app.app_context():
        before = tampering.row(ApiToken)
        revoke_token(operator_of_the_service(), before["id"])
        db.session.remove()
        tampering.put_back(ApiToken, before)
    assert machine.get("/cases").status_code == 401


def _statement(app, *statements):
    with app.app_context():
        with db.engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
            connection.commit()
        db.engine.dispose()


def test_an_index_that_lacks_the_entry_is_found_by_the_deep_check(app, client_for, clock):
    """Until then the session lives: docs/attacks.md, what is not found."""
    client, postgres = client_for("minh"), app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql")
    token = csrf_of(client.get("/cases/").text)
    kept = kept_rows(app, WebSession)
    clock.forward(seconds=5)
    ready = "UPDATE pg_index SET indisready = {} WHERE indexrelid = 'ix_ledger_subject'::regclass"
    index = "CREATE INDEX ix_ledger_subject ON ledger_entry (subject_id, at, lane, counter)"
    if postgres:
        _statement(app, ready.format("false"))
    with_cookie_kept(client, lambda: client.post("/sign-out", data={"csrf_token": token}))
    if postgres:
        _statement(app, ready.format("true"))
    else:
        _statement(
            app,
            "DROP INDEX ix_ledger_subject",
            f"{index} WHERE action <> 'account:signed_out'",
            "PRAGMA writable_schema = ON",
            f"UPDATE sqlite_master SET sql = '{index}' WHERE name = 'ix_ledger_subject'",  # noqa: S608 - our own text
            "PRAGMA writable_schema = OFF",
        )
    put_back(app, kept)
    try:
        with app.app_context():
            found = acting.findings()
            assert [line for line in found if "index" in line], found
    finally:
        _statement(app, "REINDEX INDEX ix_ledger_subject" if postgres else "REINDEX")
    with app.app_context():
        assert not [line for line in acting.findings() if "index" in line]
