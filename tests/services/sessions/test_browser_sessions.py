"""Browser sessions: only a hash is stored; they end when idle, old, revoked or without rights."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select

from app.domain.permissions import Permission
from app.extensions import db
from app.models import WebSession
from app.services.accounts import change_account, list_accounts, reset_password
from app.sessions import begin_session, end_session, find_session, principal_of_session, save_session


@pytest.fixture
def minh(ctx, actor_for):
    """The id of an account."""
    return actor_for("minh").id


def _change(actor_for, account_id, **values):
    quan = actor_for("quan")
    account = next(r.account for r in list_accounts(quan) if r.account.id == account_id)
    values = {"role_id": account.role_id, "active": account.active, **values}
    change_account(quan, account_id, version=account.version, **values)


def test_the_database_holds_only_the_hash_of_the_cookie(minh):
    _, token = begin_session(minh, {})
    with db.engine.connect() as connection:
        row = connection.execute(select(WebSession.__table__)).one()
    assert bytes(row.token_digest) == hashlib.sha256(token.encode()).digest()
    assert token not in repr(row)


def test_a_live_session_leads_to_its_account(minh):
    _, token = begin_session(minh, {"locale": "en"})
    stored = find_session(token)
    assert (stored.account_id, stored.state) == (minh, {"locale": "en"})
    principal = principal_of_session(stored, "192.0.2.1")
    assert (principal.username, principal.actor.session_id) == ("minh", stored.id)


@pytest.mark.parametrize("token", ["", "x", "a" * 43])
def test_an_invented_cookie_leads_nowhere(ctx, token):
    assert find_session(token) is None


def test_an_idle_session_ends(minh, clock):
    _, token = begin_session(minh, {})
    clock.forward(minutes=14, seconds=59)
    assert find_session(token)
    clock.forward(seconds=2)
    assert find_session(token) is None


def test_use_keeps_a_session_alive_but_not_beyond_its_absolute_end(minh, clock):
    _, token = begin_session(minh, {})
    for _ in range(59):
        clock.forward(minutes=10)
        stored = find_session(token)
        assert stored
        save_session(stored.id, stored.state, changed=False, seen_at=stored.seen_at)
    clock.forward(minutes=10)
    assert find_session(token) is None


def test_an_ended_session_stays_ended(minh):
    session_id, token = begin_session(minh, {})
    end_session(session_id)
    assert find_session(token) is None


def test_disabling_an_account_ends_its_sessions(minh, actor_for):
    _, token = begin_session(minh, {})
    _change(actor_for, minh, active=False)
    assert find_session(token) is None


def test_a_session_of_a_disabled_account_is_nobody_even_if_it_was_not_revoked(minh, actor_for):
    _, token = begin_session(minh, {})
    stored = find_session(token)
    _change(actor_for, minh, active=False)
    assert principal_of_session(stored, "192.0.2.1") is None


def test_a_new_first_password_ends_every_session(minh, actor_for):
    tokens = [begin_session(minh, {})[1] for _ in range(3)]
    reset_password(actor_for("quan"), minh)
    assert [find_session(token) for token in tokens] == [None] * 3


def test_another_role_holds_at_the_next_request(minh, actor_for):
    _, token = begin_session(minh, {})
    before = principal_of_session(find_session(token), "192.0.2.1").actor
    _change(actor_for, minh, role_id="records_clerk")
    after = principal_of_session(find_session(token), "192.0.2.1").actor
    assert before.can(Permission.SECTION_READ)
    assert not after.can(Permission.SECTION_READ)
