"""SQL reader: sees every table live, again and again, and is a user himself who may write down what he chooses.

Every attempt FAILS: watching his own chosen names arrive tells him nothing of the others. What he gets over time (how
many terms come when) is in docs/threat-model.md and docs/search.md.
"""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import Account, ApiToken, IdempotencyRecord, SearchTag, SignInThrottle, WebSession
from app.services.reports import log_report
from app.sessions import begin_session
from app.vault import new_token, token_digest
from tests.attacks import tampering
from tests.conftest import PASSWORD
from tests.search import filed
from tests.services import acting


def _tags():
    with Session(db.engine) as session:
        return {bytes(row.tag): bytes(row.pointer) for row in session.query(SearchTag)}


def test_a_chosen_name_of_his_own_meets_no_tag_that_was_there(ctx, actor_for):
    """The dictionary attack by writing: log a call about the person one suspects, and compare tags."""
    filed.case(actor_for, **filed.PERSON)
    before = _tags()
    assert before
    filed.report(
        actor_for,
        "hanh",
        victim_name=filed.PERSON["full_name"],
        caller_phone=acting.ENTRIES["content"]["caller_phone"],
    )
    after = _tags()
    fresh = after.keys() - before.keys()
    assert fresh
    assert before.items() <= after.items(), "no old tag or pointer shows that it was met"


def test_the_same_chosen_call_twice_gives_tags_without_anything_in_common(ctx, actor_for):
    seen = set()
    for _ in range(2):
        before = _tags()
        filed.report(actor_for, caller_phone="+84912345678")
        fresh = {tag: pointer for tag, pointer in _tags().items() if tag not in before}
        assert fresh
        assert not seen & {*fresh, *fresh.values()}
        seen |= {*fresh, *fresh.values()}


def test_a_repeated_request_key_shows_neither_key_nor_content(ctx, actor_for):
    log_report(actor_for("hoa"), dict(acting.ENTRIES), request_key="khoá-yêu-cầu-1")
    log_report(actor_for("hanh"), dict(acting.ENTRIES), request_key="khoá-yêu-cầu-1")
    one, other = tampering.rows(IdempotencyRecord)
    assert one["key"] != other["key"], "the same key of two accounts"
    assert all(len(row[name]) == 32 for row in (one, other) for name in ("key", "fingerprint"))


def test_a_session_or_token_read_from_the_table_signs_nobody_in(app, actor_for):
    with app.app_context():
        begin_session(actor_for("tuan").id, {})
        (row,) = tampering.rows(WebSession)
    browser = app.test_client()
    for read in (row["token_digest"].hex(), str(row["id"]), row["mac"].hex()):
        browser.set_cookie("benan", read)
        assert browser.get("/").status_code in (302, 303, 401)
        answer = app.test_client().get("/api/v1/cases", headers={"Authorization": f"Bearer benan_{read}"})
        assert answer.status_code == 401


def test_what_is_kept_of_a_password_is_slow_to_guess_and_salted(ctx):
    hashes = {row["password_hash"] for row in tampering.rows(Account)}
    assert all(value.startswith("$argon2id$") for value in hashes)
    assert all(PASSWORD not in value for value in hashes)


def test_a_token_is_kept_as_a_digest_of_what_nobody_can_guess():
    token = new_token()
    assert len(token) >= 43, "256 random bits: the digest needs no salt"
    assert token.encode() not in token_digest(token)
    assert ApiToken.__table__.c.token_digest.type.length == 32


def test_who_failed_to_sign_in_is_not_told_by_the_throttle(app):
    browser = app.test_client()
    from tests.conftest import csrf_of

    token = csrf_of(browser.get("/sign-in").text)
    browser.post("/sign-in", data={"csrf_token": token, "username": "minh", "password": "sai mật khẩu"})
    with app.app_context():
        keys = {bytes(row["key"]) for row in tampering.rows(SignInThrottle)}
    assert len(keys) == 2
    from hashlib import sha256

    assert not keys & {sha256(name.encode()).digest() for name in ("minh", "127.0.0.1")}


@pytest.mark.parametrize("table", sorted(db.metadata.tables))
def test_no_column_is_named_as_if_it_held_a_person(table):
    """A column of clear text about somebody would be added with such a name; staff data has its own tables."""
    told = {
        "full_name",
        "phone",
        "national_id",
        "birth_date",
        "address",
        "content",
        "note",
        "reason",
        "narrative",
    }
    columns = {column.name for column in db.metadata.tables[table].columns}
    assert columns & told <= ({"note"} if table == "ledger_checkpoint" else set())
