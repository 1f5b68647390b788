"""Root keys follow each other: nothing is ever unreadable, and the old one goes only when nothing needs it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.domain.actor import operator_of_the_service
from app.domain.sealing import Branch
from app.extensions import db, part
from app.models import DataKey
from app.rotation.rewrapping import outdated
from app.services.key_rotation import retire_root, rewrap_keys, rotate_root
from app.services.sections import read_section
from tests.services import acting

KEYS = DataKey.__table__


@pytest.fixture
def run(app):
    """`run("rotate")`: the command's (exit code, output)."""

    def invoke(*args):
        result = app.test_cli_runner().invoke(args=["keys", *args])
        return result.exit_code, result.output

    return invoke


def roots():
    """Which root keys wrap living data keys, by branch."""
    with db.engine.connect() as connection:
        rows = connection.execute(
            select(KEYS.c.branch, KEYS.c.root_key_id).where(KEYS.c.wrapped.is_not(None))
        )
        return {tuple(row) for row in rows}


def case_with_content(cast):
    """A case with an identity and a section of the other branch."""
    case_id = acting.case(cast)
    acting.write(cast, case_id, "identity", acting.IDENTITY)
    acting.write(cast, case_id, "health", {"condition": "Ổn định"})
    return case_id


def rewrap_all():
    for root_key_id in outdated():
        after = None
        while batch := rewrap_keys(operator_of_the_service(), root_key_id, after):
            after = batch.last


def test_new_data_keys_are_under_the_new_root_at_once_and_old_ones_stay_readable(ctx, actor_for):
    us = operator_of_the_service()
    old = case_with_content(actor_for)
    before = {branch: part("key_store").present_root(branch) for branch in Branch}
    new = {branch: rotate_root(us, branch) for branch in Branch}
    assert all(new[b] != before[b] for b in Branch)
    fresh = case_with_content(actor_for)
    minh = actor_for("minh")
    for case_id in (old, fresh):
        assert read_section(minh, case_id, "identity").values == acting.IDENTITY
        assert read_section(minh, case_id, "health").values == {"condition": "Ổn định"}
    of_fresh = select(KEYS.c.branch, KEYS.c.root_key_id).where(KEYS.c.owner_id == fresh)
    with db.engine.connect() as connection:
        assert dict(connection.execute(of_fresh).tuples().all()) == {b.value: new[b] for b in Branch}
    rewrap_all()
    assert roots() == {(b.value, new[b]) for b in Branch}
    for branch in Branch:
        retire_root(us, before[branch])
    for case_id in (old, fresh):
        assert read_section(minh, case_id, "identity").values == acting.IDENTITY
        assert read_section(minh, case_id, "health").values == {"condition": "Ổn định"}
    assert before[Branch.IDENTITY] not in part("key_store").roots()
    assert acting.whole()
