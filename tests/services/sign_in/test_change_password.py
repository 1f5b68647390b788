"""Changing one's own password."""

from __future__ import annotations

import pytest

from app.domain.actor import Channel, anonymous
from app.domain.errors import Invalid, SignInFailed
from app.services.sign_in import change_password, sign_in
from app.sessions import begin_session, find_session
from tests.conftest import PASSWORD

NEW = "lúa chín vàng ngoài đồng"


def test_the_new_password_replaces_the_old_one(ctx, actor_for):
    change_password(actor_for("minh"), PASSWORD, NEW)
    nobody = anonymous(Channel.WEB, "192.0.2.1")
    assert sign_in(nobody, "minh", NEW).must_change_password is False
    with pytest.raises(SignInFailed):
        sign_in(nobody, "minh", PASSWORD)


def test_every_session_of_the_account_ends(ctx, actor_for):
    minh, lan = actor_for("minh"), actor_for("lan")
    mine, others = begin_session(minh.id, {})[1], begin_session(lan.id, {})[1]
    change_password(minh, PASSWORD, NEW)
    assert find_session(mine) is None
    assert find_session(others) is not None


@pytest.mark.parametrize(
    ("present", "wanted", "field"),
    [
        ("wrong", NEW, "present"),
        (PASSWORD, "ngắn quá", "wanted"),
        (PASSWORD, "x" * 201, "wanted"),
        (PASSWORD, PASSWORD, "wanted"),
        (PASSWORD, "aaaaaaaaaaaaaaaaaaaa", "wanted"),
        (PASSWORD, "minh minh minh minh", "wanted"),
    ],
    ids=["wrong present", "short", "long", "unchanged", "one letter", "own name"],
)
def test_a_refused_change_names_the_field_and_keeps_the_password(ctx, actor_for, present, wanted, field):
    with pytest.raises(Invalid) as refused:
        change_password(actor_for("minh"), present, wanted)
    assert set(refused.value.errors) == {field}
    assert sign_in(anonymous(Channel.WEB, "192.0.2.1"), "minh", PASSWORD)
