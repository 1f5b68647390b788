"""Accounts and units: the administrator's work."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app.domain.actor import Channel, anonymous
from app.domain.errors import Forbidden, Invalid
from app.domain.permissions import Permission
from app.domain.states import UnitKind
from app.extensions import db
from app.models import Account
from app.services import accounts
from app.services.sign_in import sign_in
from app.services.tokens import issue_token, revoke_token
from app.sessions import principal_of_token
from tests.conftest import account_of
from tests.services import acting


def _new(**values):
    entries = {
        "username": "moi.nguoi",
        "display_name": "Người Mới (hư cấu)",
        "rank": "",
        "position": "",
        "unit_id": acting.unit_id("pc02"),
        "role_id": "case_officer",
    }
    return accounts.NewAccount(**{**entries, **values})


def test_a_new_account_must_change_its_first_password(ctx, actor_for):
    account, password = accounts.create_account(actor_for("quan"), _new())
    assert account.must_change_password
    assert sign_in(anonymous(Channel.WEB, "192.0.2.1"), "moi.nguoi", password).id == account.id
    assert len(password) >= 20


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"username": "minh"}, "username"),
        ({"username": "Người"}, "username"),
        ({"username": "ab"}, "username"),
        ({"username": "a" * 65}, "username"),
        ({"role_id": "king"}, "role_id"),
    ],
    ids=["taken", "letters", "short", "long", "role"],
)
def test_a_wrong_entry_is_named(ctx, actor_for, values, field):
    with pytest.raises(Invalid) as refused:
        accounts.create_account(actor_for("quan"), _new(**values))
    assert set(refused.value.errors) == {field}


def test_nobody_changes_their_own_account(ctx, actor_for):
    quan = actor_for("quan")
    with pytest.raises(Invalid):
        accounts.change_account(quan, quan.id, role_id="supervisor", active=True, version=1)


def test_a_unit_s_name_and_symbol_are_its_own(ctx, actor_for):
    unit = {"name": "Đơn vị mới", "parent_name": "x", "symbol": "DVM", "place_name": "x"}
    accounts.create_unit(actor_for("quan"), **unit, kind=UnitKind.POLICE)
    with pytest.raises(Invalid):
        accounts.create_unit(actor_for("quan"), **{**unit, "name": "Tên khác"}, kind=UnitKind.POLICE)


def test_disabling_is_recorded_with_the_sessions_it_ended(ctx, actor_for):
    from app.sessions import begin_session

    quan, minh = actor_for("quan"), actor_for("minh")
    begin_session(minh.id, {})
    account = next(r.account for r in accounts.list_accounts(quan) if r.account.id == minh.id)
    accounts.change_account(quan, minh.id, role_id=account.role_id, active=False, version=account.version)
    (entry,) = acting.entries(action="account:sessions_revoked")
    assert acting.body(entry)["count"] == 1


def _disable(quan, account):
    return accounts.change_account(
        quan, account.id, role_id=account.role_id, active=False, version=account.version
    )


def _reset(quan, account):
    return accounts.reset_password(quan, account.id)


@pytest.mark.parametrize("act", [_disable, _reset], ids=["disabled", "reset"])
def test_the_account_s_machine_tokens_end_and_each_end_is_an_entry(ctx, actor_for, clock, act):
    quan, minh = actor_for("quan"), actor_for("minh")

    def issue(owner, days):
        return issue_token(quan, owner.id, "máy", {Permission.CASE_READ}, days=days)

    issue(minh, 1)  # run out before the act
    revoke_token(quan, issue(minh, 30)[0].id)
    clock.forward(days=2)
    before = acting.entry_count()
    live, other = [issue(minh, 30), issue(minh, 60)], issue(actor_for("lan"), 30)
    act(quan, account_of("minh"))
    ended = acting.entries(action="token:revoked")[-2:]
    assert {e.subject_id for e in ended} == {token.id for token, _ in live}
    assert [acting.body(e)["account_id"] for e in ended] == [str(minh.id)] * 2
    assert acting.entry_count() == before + 3 + 4  # issued; the act, its sessions, its tokens
    with db.engine.begin() as connection:  # enabled again, the old tokens stay dead
        connection.execute(update(Account).values(active=True))
    assert [principal_of_token(secret, "192.0.2.1") for _, secret in live] == [None, None]
    assert principal_of_token(other[1], "192.0.2.1")


@pytest.mark.parametrize("who", ["hoa", "minh", "tuan", "van", "sen"])
def test_others_manage_no_accounts(ctx, actor_for, who):
    actor = actor_for(who)
    for act in (
        lambda: accounts.list_accounts(actor),
        lambda: accounts.list_units(actor),
        lambda: accounts.create_account(actor, _new()),
        lambda: accounts.reset_password(actor, actor.id),
        lambda: accounts.change_account(actor, actor.id, role_id="supervisor", active=True, version=1),
    ):
        with pytest.raises(Forbidden):
            act()
