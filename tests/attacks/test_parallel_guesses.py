"""Guesses sent at the same moment get no more answers than guesses sent one by one."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.actor import Channel, anonymous
from app.domain.errors import BenAnError, Invalid, SignInFailed, Throttled
from app.extensions import db
from app.services import sign_in as service
from app.services.sign_in import change_password, sign_in
from tests.conftest import PASSWORD
from tests.services import acting

GUESSES = 12
NEW = "bốn con thuyền nằm chờ nước lên"


def _together(app, monkeypatch, act, passwords):
    """Every password has been compared before the first attempt is counted; what each was answered."""
    all_compared = threading.Barrier(len(passwords))
    verify = service.verify_password

    def compare(*given):
        right = verify(*given)
        all_compared.wait(20)
        return right

    def attempt(password):
        with app.app_context():
            try:
                return act(password)
            except BenAnError as error:
                return error
            finally:
                db.session.remove()

    monkeypatch.setattr(service, "verify_password", compare)
    with ThreadPoolExecutor(len(passwords)) as pool:
        return list(pool.map(attempt, passwords))


@pytest.mark.parametrize("earlier", [0, 1], ids=["first", "again"])
def test_no_more_sign_ins_are_judged_than_the_limit(app, ctx, monkeypatch, earlier):
    for _ in range(earlier):
        with pytest.raises(SignInFailed):
            sign_in(anonymous(Channel.WEB, "192.0.2.1"), "minh", "wrong")
    sources = iter(range(100))

    def act(password):
        return sign_in(anonymous(Channel.WEB, f"198.51.100.{next(sources)}"), "minh", password)

    answers = _together(app, monkeypatch, act, ["wrong"] * GUESSES)
    assert [type(a) for a in answers].count(SignInFailed) == 5 - earlier
    assert [type(a) for a in answers].count(Throttled) == GUESSES - 5 + earlier
    refused = acting.entries(action="account:sign_in_refused")
    assert sum(not acting.body(e)["throttled"] for e in refused) == 5
    assert len(refused) == GUESSES + earlier


def test_no_more_present_passwords_are_judged_than_the_limit(app, ctx, actor_for, monkeypatch):
    minh = actor_for("minh")
    answers = _together(app, monkeypatch, lambda p: change_password(minh, p, NEW), ["wrong"] * GUESSES)
    assert [type(a) for a in answers].count(Invalid) == 5
    assert [type(a) for a in answers].count(Throttled) == GUESSES - 5


def test_a_right_password_compared_before_the_block_is_not_let_in_after_it(ctx, monkeypatch):
    verify = service.verify_password

    def meanwhile(*given):
        monkeypatch.setattr(service, "verify_password", verify)
        for _ in range(5):
            with pytest.raises(SignInFailed):
                sign_in(anonymous(Channel.WEB, "198.51.100.7"), "minh", "wrong")
        return verify(*given)

    monkeypatch.setattr(service, "verify_password", meanwhile)
    with pytest.raises(Throttled):
        sign_in(anonymous(Channel.WEB, "192.0.2.1"), "minh", PASSWORD)


def test_people_signing_in_at_the_same_moment_do_not_hinder_each_other(app, ctx, monkeypatch):
    def act(name):
        return sign_in(anonymous(Channel.WEB, "192.0.2.1"), name, PASSWORD).username

    names = ["minh", "lan", "hoa", "tuan", "van", "minh"]
    assert _together(app, monkeypatch, act, names) == names
