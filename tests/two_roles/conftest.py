"""The same stage on PostgreSQL as it stands in a province: one role owns the tables, the application is another."""

from __future__ import annotations

import os
import secrets

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from app.config import Mode, Settings
from app.extensions import db
from app.factory import create_app
from app.models import Deployment
from tests.conftest import REQUIRE_ALL, StillClock

OWNER, ROLE = (f"benan_{who}_{os.getpid()}" for who in ("owner", "role"))


@pytest.fixture(scope="session")
def urls():
    """Two roles with passwords and a database that belongs to one of them: (the application's, the owner's)."""
    server = os.environ.get("TEST_POSTGRES_URL")
    if not server:
        _without("no PostgreSQL server: set TEST_POSTGRES_URL (make test does)")
    name = f"benan_test_{os.getpid()}_roles"
    with psycopg.connect(make_conninfo(**conninfo_to_dict(server)), autocommit=True) as connection:
        try:
            yield _made(connection, name)
        except psycopg.errors.InsufficientPrivilege:
            _without("the role of TEST_POSTGRES_URL may not make roles: ALTER ROLE ... CREATEROLE")
        finally:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
            for role in (ROLE, OWNER):
                connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def _without(reason):
    pytest.fail(reason) if REQUIRE_ALL else pytest.skip(reason)


def _made(connection, name):
    where = f"127.0.0.1:{connection.info.port}/{name}"
    passwords = {role: secrets.token_urlsafe(16) for role in (OWNER, ROLE)}
    for role, password in passwords.items():
        made = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        connection.execute(made.format(sql.Identifier(role), sql.Literal(password)))
    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))
    made = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'")
    connection.execute(made.format(sql.Identifier(name), sql.Identifier(OWNER)))
    off = sql.SQL("ALTER DATABASE {} SET synchronous_commit = off")
    connection.execute(off.format(sql.Identifier(name)))
    return tuple(f"postgresql+psycopg://{role}:{passwords[role]}@{where}" for role in (ROLE, OWNER))


@pytest.fixture(scope="session")
def built(urls, tmp_path_factory):
    """The application under its own role; `flask init` made everything, the tables under the owner's."""
    folder = tmp_path_factory.mktemp("roles")
    settings = Settings(
        mode=Mode.TEST,
        instance=folder,
        database_url=urls[0],
        owner_database_url=urls[1],
        key_store=str(folder / "keys"),
        secret_key="test-only-" + "k3y" * 20,
        cookie_secure=False,
    )
    clock = StillClock()
    app = create_app(settings, clock=clock)
    for _ in range(2):
        made = app.test_cli_runner().invoke(args=["init"])
        assert made.exit_code == 0, made.output
        assert "exactly the rights it needs" in made.output
    with app.app_context():
        kept = db.session.query(Deployment).one().id
        db.session.remove()
    yield app, clock, kept
    with app.app_context():
        db.engine.dispose()
