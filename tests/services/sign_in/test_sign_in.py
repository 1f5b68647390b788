"""Signing in: throttled per account and per source, saying nothing about which accounts exist."""

from __future__ import annotations

import pytest

from app.domain.actor import Channel, anonymous
from app.domain.errors import SignInFailed, Throttled
from app.services import sign_in as service
from app.services.accounts import change_account, list_accounts
from app.services.sign_in import sign_in
from tests.conftest import PASSWORD
from tests.services import acting
from tests.services.acting import entries

WRONG = "không phải mật khẩu này"


def _from(address="192.0.2.1"):
    return anonymous(Channel.WEB, address)


def _fail(username, times, address="192.0.2.1"):
    for _ in range(times):
        with pytest.raises(SignInFailed):
            sign_in(_from(address), username, WRONG)


def test_name_and_password_give_the_account(ctx, actor_for):
    assert sign_in(_from(), "minh", PASSWORD).id == actor_for("minh").id
    (entry,) = entries(action="account:signed_in")
    assert (entry.subject_id, entry.source) == (actor_for("minh").id, "192.0.2.1")


@pytest.mark.parametrize("username", ["minh", "nobody", "", "Minh", "minh ", "a\x00b", "mi\x00nh", "m" * 65])
def test_wrong_name_and_wrong_password_look_the_same(ctx, username):
    with pytest.raises(SignInFailed) as refused:
        sign_in(_from(), username, WRONG)
    assert str(refused.value) == "The user name or the password is wrong."
    (entry,) = entries(action="account:sign_in_refused")
    assert (entry.subject_id, entry.actor_id, acting.body(entry)) == (None, None, {"throttled": False})


def test_a_disabled_account_cannot_sign_in(ctx, actor_for):
    quan = actor_for("quan")
    account = next(r.account for r in list_accounts(quan) if r.account.username == "minh")
    change_account(quan, account.id, role_id=account.role_id, active=False, version=account.version)
    with pytest.raises(SignInFailed):
        sign_in(_from(), "minh", PASSWORD)


def test_five_failures_block_the_account_even_with_the_right_password_and_from_elsewhere(ctx):
    _fail("minh", 5)
    for address in ("192.0.2.1", "198.51.100.7"):
        with pytest.raises(Throttled) as refused:
            sign_in(_from(address), "minh", PASSWORD)
        assert 0 < refused.value.retry_after <= 301
    assert [acting.body(e)["throttled"] for e in entries(action="account:sign_in_refused")][-2:] == [
        True,
        True,
    ]


def test_the_block_of_one_account_leaves_others_alone(ctx):
    _fail("minh", 5)
    assert sign_in(_from(), "lan", PASSWORD)


def test_a_block_expires(ctx, clock):
    _fail("minh", 5)
    clock.forward(minutes=4, seconds=59)
    with pytest.raises(Throttled):
        sign_in(_from(), "minh", PASSWORD)
    clock.forward(seconds=2)
    assert sign_in(_from(), "minh", PASSWORD)


def test_attempts_while_blocked_do_not_lengthen_the_block(ctx, clock):
    _fail("minh", 5)
    clock.forward(minutes=4)
    with pytest.raises(Throttled):
        sign_in(_from(), "minh", WRONG)
    clock.forward(minutes=1, seconds=1)
    assert sign_in(_from(), "minh", PASSWORD)


def test_success_forgives_earlier_failures(ctx):
    _fail("minh", 4)
    sign_in(_from(), "minh", PASSWORD)
    _fail("minh", 4)
    assert sign_in(_from(), "minh", PASSWORD)


def test_failures_long_ago_do_not_count(ctx, clock):
    _fail("minh", 4)
    clock.forward(minutes=16)
    _fail("minh", 4)
    assert sign_in(_from(), "minh", PASSWORD)


def test_an_account_that_does_not_exist_is_throttled_too(ctx):
    _fail("nobody", 5)
    with pytest.raises(Throttled):
        sign_in(_from(), "nobody", WRONG)


def test_a_name_nobody_can_have_costs_and_counts_like_any_other(ctx, monkeypatch):
    compared = []
    monkeypatch.setattr(service, "verify_password", lambda *given: bool(compared.append(given)))
    _fail("a\x00b", 5)
    assert compared == [(WRONG, None)] * 5
    with pytest.raises(Throttled):
        sign_in(_from(), "a\x00b", WRONG)


def test_one_source_trying_many_accounts_is_blocked_and_others_are_not(ctx):
    for number in range(30):
        _fail(f"guess{number}", 1, "192.0.2.66")
    with pytest.raises(Throttled):
        sign_in(_from("192.0.2.66"), "minh", PASSWORD)
    assert sign_in(_from("192.0.2.1"), "minh", PASSWORD)


def test_the_throttle_keeps_no_name_and_no_address(ctx):
    from sqlalchemy import select

    from app.extensions import db
    from app.models import SignInThrottle

    _fail("minh", 1)
    with db.engine.connect() as connection:
        rows = connection.execute(select(SignInThrottle.__table__)).all()
    assert len(rows) == 2
    assert all(len(row.key) == 32 and b"minh" not in row.key and b"192" not in row.key for row in rows)
