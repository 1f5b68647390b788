"""SQL writer who forges who is asking: sessions, machine tokens, passwords, roles, accounts.

The row's code does not fit, so the next request that leans on it is answered with 503 and an alarm in the ledger, and
the browser's cookie is taken back. Nothing is served, and no forged row makes the error page itself break.
"""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.extensions import db
from app.models import Account, ApiToken, WebSession
from app.services import accounts
from app.vault import hash_password, new_token, token_digest
from tests.attacks import tampering
from tests.conftest import PASSWORD, START, account_of, csrf_of, token_for
from tests.services import acting


@pytest.fixture
def people(app):
    """The accounts of the cast, by name."""
    with app.app_context():
        return {name: account_of(name) for name in ("minh", "tuan", "quan", "lan")}


@pytest.fixture
def ctx_actors(app, actor_for):
    """As actor_for, where no context is pushed."""

    def make(username):
        with app.app_context():
            return actor_for(username)

    return make


@pytest.fixture
def sql(app):
    """Statements run past the program, outside any request."""

    def run(act, *args, **kwargs):
        with app.app_context():
            return act(*args, **kwargs)

    return run


def alarms(app):
    with app.app_context():
        return acting.entries(action="integrity:alarm")


def forged_session(account, token, **values):
    row = {
        "id": uuid4(),
        "token_digest": token_digest(token),
        "account_id": account.id,
        "created_at": START,
        "seen_at": START,
        "expires_at": START + timedelta(hours=8),
        "revoked_at": None,
        "state": "{}",
    }
    return tampering.put(WebSession, **{**row, **values})


def refused(app, browser, path="/", *, about):
    """503, one alarm, the cookie taken back, and afterwards nobody."""
    before = len(alarms(app))
    answer = browser.get(path)
    assert answer.status_code == 503
    assert "Nguyễn Văn Minh" not in answer.text
    (alarm,) = alarms(app)[before:]
    assert (alarm.actor_id, alarm.channel, alarm.source) == (None, "web", "127.0.0.1")
    assert alarm.subject_id == about
    return answer


def test_a_session_made_up_for_a_supervisor(app, people, sql):
    token = new_token()
    sql(forged_session, people["tuan"], token)
    browser = app.test_client()
    browser.set_cookie("benan", token)
    answer = refused(app, browser, about=people["tuan"].id)
    assert "benan=;" in answer.headers["Set-Cookie"]
    assert browser.get("/").status_code in (302, 303, 401)


def test_ones_own_session_rewritten_to_a_supervisor(app, people, sql, client_for):
    browser = client_for("minh")
    sql(
        tampering.change,
        WebSession,
        WebSession.account_id == people["minh"].id,
        account_id=people["tuan"].id,
    )
    refused(app, browser, about=people["tuan"].id)


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": START + timedelta(days=900)},
        {"seen_at": START + timedelta(days=1)},
        {"revoked_at": START},
        {"state": json.dumps({"locale": "en"})},
        {"mac": b""},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_session_changed_in_any_column(app, people, sql, client_for, change):
    browser = client_for("minh")
    sql(tampering.change, WebSession, WebSession.account_id == people["minh"].id, **change)
    refused(app, browser, about=people["minh"].id)


def test_a_revoked_session_opened_again(app, people, sql, client_for):
    browser = client_for("minh")
    cookie = browser.get_cookie("benan").value
    browser.post("/sign-out", data={"csrf_token": csrf_of(browser.get("/").text)})
    sql(tampering.change, WebSession, WebSession.account_id == people["minh"].id, revoked_at=None)
    browser.set_cookie("benan", cookie)
    refused(app, browser, about=people["minh"].id)


ROLE = {"role_id": "supervisor"}


@pytest.mark.parametrize(
    "change",
    [ROLE, {"must_change_password": True}, {"display_name": "Ai Đó (hư cấu)"}, {"password_hash": "x"}],
    ids=lambda change: next(iter(change)),
)
def test_an_account_changed_in_any_column(app, people, sql, client_for, change):
    browser = client_for("minh")
    sql(tampering.change, Account, Account.id == people["minh"].id, **change)
    refused(app, browser, about=people["minh"].id)


def test_an_account_moved_to_another_unit(app, people, sql, client_for):
    browser = client_for("minh")
    (elsewhere,) = sql(lambda: {account_of("khac").unit_id})
    sql(tampering.change, Account, Account.id == people["minh"].id, unit_id=elsewhere)
    refused(app, browser, about=people["minh"].id)


def test_a_changed_account_answers_the_api_with_a_problem(app, people, sql, api_for):
    machine = api_for("minh")
    sql(tampering.change, Account, Account.id == people["minh"].id, **ROLE)
    answer = machine.get("/cases")
    assert (answer.status_code, answer.json["type"]) == (503, "urn:ben-an:problem:integrity")
    (alarm,) = alarms(app)
    assert (alarm.channel, alarm.subject_kind, alarm.subject_id) == ("api", "account", people["minh"].id)


def sign_in(app, username, password):
    browser = app.test_client()
    token = csrf_of(browser.get("/sign-in").text)
    data = {"csrf_token": token, "username": username, "password": password}
    return browser, browser.post("/sign-in", data=data)


def test_a_password_exchanged_for_ones_own(app, people, sql):
    sql(
        tampering.change,
        Account,
        Account.id == people["tuan"].id,
        password_hash=hash_password("kẻ gian đặt mật khẩu này"),
    )
    browser, answer = sign_in(app, "tuan", "kẻ gian đặt mật khẩu này")
    assert answer.status_code == 503
    assert browser.get("/").status_code != 200
    (alarm,) = alarms(app)
    assert alarm.subject_id == people["tuan"].id
    with app.app_context():
        assert acting.entries(action="account:signed_in") == []


def test_an_account_made_up(app, people, sql):
    (like_tuan,) = sql(tampering.rows, Account, Account.id == people["tuan"].id)
    sql(tampering.put, Account, **{**like_tuan, "id": uuid4(), "username": "ma.quy"})
    assert sign_in(app, "ma.quy", PASSWORD)[1].status_code == 503
    assert len(alarms(app)) == 1


def test_a_deactivated_account_switched_on_again(app, ctx_actors, people, sql):
    minh, quan = people["minh"], ctx_actors("quan")
    with app.app_context():
        accounts.change_account(quan, minh.id, role_id=minh.role_id, active=False, version=minh.version)
        db.session.remove()
    sql(tampering.change, Account, Account.id == people["minh"].id, active=True)
    assert sign_in(app, "minh", PASSWORD)[1].status_code == 503


def bearer(app, token):
    return app.test_client().get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"})


def test_a_token_made_up(app, people, sql):
    token = "benan_" + new_token()
    sql(
        tampering.put,
        ApiToken,
        id=uuid4(),
        name="x",
        token_digest=token_digest(token),
        account_id=people["tuan"].id,
        permissions="case:read",
        created_at=START,
        expires_at=START + timedelta(days=9),
        version=1,
    )
    assert bearer(app, token).status_code == 503
    assert len(alarms(app)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"permissions": "case:read section:read case:assign"},
        {"expires_at": START + timedelta(days=900)},
        {"revoked_at": START},
        {"token_digest": token_digest("benan_known")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_token_changed_in_any_column(app, people, sql, change):
    token = token_for(app, "minh")
    sql(tampering.change, ApiToken, ApiToken.account_id == people["minh"].id, **change)
    used = "benan_known" if "token_digest" in change else token
    assert bearer(app, used).status_code == 503
    assert len(alarms(app)) == 1


def test_a_token_turned_to_another_account(app, people, sql):
    token = token_for(app, "minh")
    sql(tampering.change, ApiToken, ApiToken.account_id == people["minh"].id, account_id=people["tuan"].id)
    assert bearer(app, token).status_code == 503


def test_pages_that_need_no_sign_in_and_the_styles_stay_within_reach(app, people, sql):
    token = new_token()
    sql(forged_session, people["tuan"], token)
    browser = app.test_client()
    browser.set_cookie("benan", token)
    with browser.get("/static/app.css") as styles:
        assert styles.status_code == 200
    assert browser.get("/sign-in").status_code == 503
    assert browser.get("/sign-in").status_code == 200
    assert len(alarms(app)) == 1


@pytest.mark.parametrize("built", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize(
    "change",
    [
        "web_session SET expires_at = 'rubbish'",
        "web_session SET mac = 5",
        "web_session SET mac = 'rubbish'",
        "web_session SET id = 'rubbish' WHERE account_id IS NOT NULL",
        "account SET created_at = 'rubbish'",
        "account SET unit_id = 'rubbish'",
        "account SET active = 'rubbish'",
        "account SET version = 'rubbish'",
    ],
)
def test_a_cell_of_another_type_is_no_crash(app, people, sql, client_for, change):
    browser = client_for("minh")
    with app.app_context():
        tampering.sql(text(f"UPDATE {change}"))
    answer = browser.get("/")
    assert answer.status_code in (302, 303, 401, 503)
    assert "Nguyễn Văn Minh" not in answer.text
