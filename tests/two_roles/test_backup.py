"""Backups where the application may not own a table: made by its role, restored by the owner's, rights as before."""

from __future__ import annotations

import dataclasses
import os

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from app.extensions import db
from app.factory import create_app
from tests.backup.conftest import INCOMPLETE, Operator, identity, operator, watched
from tests.services import acting
from tests.two_roles.conftest import OWNER

__all__ = ["identity", "operator", "watched"]


@pytest.fixture
def empty(urls):
    """Addresses of an empty database of the owner's, for both roles; the application's role may connect."""
    server, name = conninfo_to_dict(os.environ["TEST_POSTGRES_URL"]), f"benan_test_{os.getpid()}_restored"
    with psycopg.connect(make_conninfo(**server), autocommit=True) as connection:
        made = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'")
        connection.execute(made.format(sql.Identifier(name), sql.Identifier(OWNER)))
        yield tuple(make_url(u).set(database=name).render_as_string(hide_password=False) for u in urls)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_made_by_one_role_and_restored_by_the_other(operator, app, actor_for, clock, empty, tmp_path):
    with app.app_context():
        acting.ready_to_transfer(actor_for)
    made = operator.create()
    settings = dataclasses.replace(
        app.extensions["benan.settings"],
        instance=tmp_path,
        database_url=empty[0],
        owner_database_url=empty[1],
        checkpoint_directory=tmp_path / "checkpoints",
        attachment_directory=tmp_path / "attachments",
    )
    other = create_app(settings, clock=clock)
    there = Operator(other, operator.identity, operator.folder, clock)
    there.run("restore", *made.files, "--identity", operator.identity, code=INCOMPLETE)
    there.run("settle")
    with other.app_context():
        assert acting.whole()
        with db.engine.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text("DELETE FROM ledger_entry"))
        db.session.remove()
        db.engine.dispose()


def test_a_drill_without_a_place_says_what_is_needed_and_with_one_succeeds(operator, app, actor_for, empty):
    with app.app_context():
        acting.ready_to_transfer(actor_for)
    operator.create()
    assert "BENAN_SCRATCH_DATABASE_URL" in operator.run("drill", "--identity", operator.identity, code=1)
    settings = app.extensions["benan.settings"]
    app.extensions["benan.settings"] = dataclasses.replace(settings, scratch_database_url=empty[1])
    for _ in range(2):
        assert "it opened" in operator.run("drill", "--identity", operator.identity)
