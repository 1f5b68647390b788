"""Changing one's password: no way to guess the present one, and none to outrun a reset."""

from __future__ import annotations

import pytest

from app.domain.actor import Channel, anonymous
from app.domain.errors import Conflict, Invalid, SignInFailed, Throttled
from app.services import sign_in as service
from app.services.accounts import reset_password
from app.services.sign_in import change_password, sign_in
from tests.conftest import PASSWORD
from tests.services import acting

NEW = "bốn con thuyền nằm chờ nước lên"
WRONG = "không phải mật khẩu này"


def _guess(actor, times):
    for _ in range(times):
        with pytest.raises(Invalid) as refused:
            change_password(actor, WRONG, NEW)
        assert set(refused.value.errors) == {"present"}


def test_the_new_password_replaces_the_present_one(ctx, actor_for):
    minh = actor_for("minh")
    assert change_password(minh, PASSWORD, NEW) == minh.id
    nobody = anonymous(Channel.WEB, "192.0.2.1")
    assert sign_in(nobody, "minh", NEW).id == minh.id
    with pytest.raises(SignInFailed):
        sign_in(nobody, "minh", PASSWORD)


def test_a_wrong_present_password_is_recorded_with_its_account(ctx, actor_for):
    minh = actor_for("minh")
    _guess(minh, 1)
    (entry,) = acting.entries(action="account:sign_in_refused")
    assert (entry.actor_id, entry.subject_id, acting.body(entry)) == (minh.id, minh.id, {"throttled": False})


def test_guesses_share_the_account_s_throttle_with_its_sign_ins(ctx, actor_for):
    minh, elsewhere = actor_for("minh"), anonymous(Channel.WEB, "198.51.100.7")
    for _ in range(2):
        with pytest.raises(SignInFailed):
            sign_in(elsewhere, "minh", WRONG)
    _guess(minh, 3)
    with pytest.raises(Throttled):
        change_password(minh, PASSWORD, NEW)
    with pytest.raises(Throttled):
        sign_in(elsewhere, "minh", PASSWORD)
    refusals = [acting.body(e)["throttled"] for e in acting.entries(action="account:sign_in_refused")]
    assert sorted(refusals)[-3:] == [False, True, True]


def test_an_unfit_new_password_says_nothing_of_the_present_one(ctx, actor_for):
    for present in (PASSWORD, WRONG):
        with pytest.raises(Invalid) as refused:
            change_password(actor_for("minh"), present, "short")
        assert set(refused.value.errors) == {"wanted"}


def test_a_reset_made_meanwhile_is_not_overwritten(ctx, actor_for, monkeypatch):
    minh, quan = actor_for("minh"), actor_for("quan")
    verify = service.verify_password

    def meanwhile(*given):
        reset_password(quan, minh.id)
        return verify(*given)

    monkeypatch.setattr(service, "verify_password", meanwhile)
    with pytest.raises(Conflict):
        change_password(minh, PASSWORD, NEW)
