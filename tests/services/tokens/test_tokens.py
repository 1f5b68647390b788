"""Machine tokens: fewer rights than the account, an end, and revocation that holds at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.domain.errors import Forbidden, Invalid, NotVisible
from app.domain.permissions import Permission
from app.extensions import db
from app.models import ApiToken
from app.services.accounts import change_account, list_accounts
from app.services.tokens import issue_token, list_tokens, revoke_token
from app.sessions import principal_of_token

READ = {Permission.CASE_READ}


@pytest.fixture
def issued(ctx, actor_for):
    """A token of minh for reading cases: (row, secret)."""
    return issue_token(actor_for("quan"), actor_for("minh").id, "nightly list", READ, days=30)


def test_a_token_acts_with_the_rights_it_names_and_no_more(issued):
    actor = principal_of_token(issued[1], "192.0.2.1").actor
    assert actor.permissions == READ


def test_a_token_loses_what_its_account_loses(issued, actor_for):
    quan = actor_for("quan")
    account = next(r.account for r in list_accounts(quan) if r.account.username == "minh")
    change_account(quan, account.id, role_id="records_clerk", active=True, version=account.version)
    assert principal_of_token(issued[1], "192.0.2.1").actor.permissions == frozenset()


def test_a_token_of_a_disabled_account_is_nobody(issued, actor_for):
    quan = actor_for("quan")
    account = next(r.account for r in list_accounts(quan) if r.account.username == "minh")
    change_account(quan, account.id, role_id=account.role_id, active=False, version=account.version)
    assert principal_of_token(issued[1], "192.0.2.1") is None


def test_a_token_expires(issued, clock):
    clock.forward(days=29, hours=23)
    assert principal_of_token(issued[1], "192.0.2.1")
    clock.forward(hours=1)
    assert principal_of_token(issued[1], "192.0.2.1") is None


def test_a_revoked_token_is_nobody_at_once(issued, actor_for):
    revoke_token(actor_for("quan"), issued[0].id)
    assert principal_of_token(issued[1], "192.0.2.1") is None


def test_the_secret_is_stored_nowhere(issued):
    with db.engine.connect() as connection:
        assert issued[1] not in repr(connection.execute(select(ApiToken.__table__)).all())


@pytest.mark.parametrize("token", ["", "benan_", "benan_" + "x" * 43, "x" * 49])
def test_an_invented_token_is_nobody(issued, token):
    assert principal_of_token(token, "192.0.2.1") is None


@pytest.mark.parametrize(
    ("rights", "days", "field"),
    [
        (set(), 30, "permissions"),
        ({Permission.CASE_APPROVE}, 30, "permissions"),
        (READ | {Permission.ACCOUNT_MANAGE}, 30, "permissions"),
        (READ, 0, "days"),
        (READ, 366, "days"),
    ],
)
def test_a_token_with_too_much_is_refused(ctx, actor_for, rights, days, field):
    with pytest.raises(Invalid) as refused:
        issue_token(actor_for("quan"), actor_for("minh").id, "x", rights, days=days)
    assert set(refused.value.errors) == {field}


@pytest.mark.parametrize("who", ["minh", "tuan", "hoa", "van", "sen"])
def test_only_an_administrator_handles_tokens(issued, actor_for, who):
    with pytest.raises(Forbidden):
        issue_token(actor_for(who), actor_for(who).id, "x", READ, days=1)
    with pytest.raises(Forbidden):
        list_tokens(actor_for(who))
    with pytest.raises(Forbidden):
        revoke_token(actor_for(who), issued[0].id)
    assert principal_of_token(issued[1], "192.0.2.1")


def test_a_token_that_does_not_exist_is_not_found(ctx, actor_for):
    with pytest.raises(NotVisible):
        revoke_token(actor_for("quan"), actor_for("minh").id)
