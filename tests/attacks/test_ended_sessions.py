"""A session that was ended stays ended when its earlier row, genuine code and all, is put back."""

from __future__ import annotations

from app.extensions import db
from app.models import Account, WebSession
from app.services import accounts
from tests.attacks import tampering
from tests.conftest import CAST, PASSWORD, account_of, csrf_of


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
