"""What the application's role cannot do to the ledger, whatever SQL it is made to send."""

from __future__ import annotations

import os

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.config import ConfigurationError
from app.extensions import db, part
from app.grants import KEPT, RIGHTS, grant, owner_engine
from app.ledger.loss import clear_tree
from tests.ledger.logs import ask, sealed, sql, write
from tests.two_roles.conftest import OWNER, ROLE

REFUSED = (
    "UPDATE ledger_entry SET source = 'x'",
    "UPDATE ledger_entry SET source = 'x' WHERE false",
    "DELETE FROM ledger_entry",
    "TRUNCATE ledger_entry",
    "DROP TABLE ledger_entry",
    "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
    "ALTER TABLE ledger_entry DROP COLUMN mac",
    "ALTER TABLE ledger_entry OWNER TO CURRENT_USER",
    "ALTER TABLE ledger_entry ENABLE ROW LEVEL SECURITY",
    "CREATE RULE away AS ON INSERT TO ledger_entry DO INSTEAD NOTHING",
    "CREATE TRIGGER away BEFORE INSERT ON ledger_entry EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE TABLE another (id int)",
    "CREATE VIEW another AS SELECT 1",
    "LOCK TABLE ledger_entry IN ACCESS EXCLUSIVE MODE",
    "UPDATE ledger_leaf SET counter = 1",
    "DELETE FROM ledger_leaf",
    "UPDATE ledger_checkpoint SET note = 'x'",
    "DELETE FROM ledger_checkpoint",
    "DELETE FROM ledger_tile",
    "DELETE FROM ledger_lane",
    "DELETE FROM deployment",
    "DELETE FROM case_file",
    "DELETE FROM sealed_value",
    "DELETE FROM data_key",
    "UPDATE alembic_version SET version_num = 'x'",
    "DROP SCHEMA public CASCADE",
    "SET session_replication_role = replica",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_the_application_s_role_may_not(ctx, statement):
    write(1)
    with pytest.raises(ProgrammingError) as raised:
        sql(statement)
    assert isinstance(raised.value.orig, errors.InsufficientPrivilege)


def test_it_cannot_become_the_owner(ctx):
    with owner_engine(part("settings")).connect() as connection:
        owner = connection.scalar(text("SELECT current_user"))
    with pytest.raises(ProgrammingError):
        sql(f'SET ROLE "{owner}"')


def test_health_finds_nothing_here_and_a_right_too_many_when_there_is_one(ctx):
    write(3)
    sealed()
    run = ctx.test_cli_runner().invoke
    assert run(args=["ledger", "health"]).output == "The ledger is well.\n"
    assert run(args=["ledger", "verify"]).exit_code == 0
    role = ask("SELECT current_user")
    for right in (
        *(f"{right} ON ledger_entry" for right in ("UPDATE", "DELETE", "TRUNCATE", "UPDATE (source)")),
        "UPDATE ON ledger_leaf",
        "DELETE ON ledger_checkpoint",
    ):
        _as_owner(f'GRANT {right} TO "{role}"')
        told = run(args=["ledger", "health"])
        assert (told.exit_code, "may change or delete entries" in told.output) == (1, True), right
        assert run(args=["init"]).exit_code == 0  # puts the rights right
        assert run(args=["ledger", "health"]).exit_code == 0


def test_every_table_has_the_rights_the_list_says(ctx):
    with owner_engine(part("settings")).connect() as connection:
        role = ask("SELECT current_user")
        rows = connection.execute(
            text(
                "SELECT table_name, string_agg(privilege_type, ',') FROM information_schema.role_table_grants "
                "WHERE grantee = :role GROUP BY table_name"
            ),
            {"role": role},
        ).all()
    granted = {table: set(rights.split(",")) for table, rights in rows}
    assert set(granted) == {*db.metadata.tables, "alembic_version"}
    assert granted == {table: set(RIGHTS.get(table, KEPT)) for table in granted}
    assert set(RIGHTS) <= set(granted)


def test_it_cannot_grant_itself_more(ctx):
    sql(
        "GRANT UPDATE, DELETE ON ledger_entry TO CURRENT_USER"
    )  # PostgreSQL only warns that nothing was granted
    assert not ask("SELECT has_table_privilege('ledger_entry', 'UPDATE, DELETE')")


def test_a_role_that_may_act_as_the_owner_is_refused(ctx):
    grants = f'"{OWNER}" {{}} "{ROLE}"'
    server = make_conninfo(**conninfo_to_dict(os.environ["TEST_POSTGRES_URL"]))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("GRANT " + grants.format("TO"))
        try:
            with pytest.raises(ConfigurationError, match="may act as its owner"):
                grant(part("settings"))
            told = ctx.test_cli_runner().invoke(args=["ledger", "health"])
            assert "may change or delete entries" in told.output
        finally:
            connection.execute("REVOKE " + grants.format("FROM"))
    assert grant(part("settings"))


def test_going_on_after_a_loss_clears_the_tree_as_the_owner(ctx):
    write(2)
    sealed()
    with pytest.raises(ProgrammingError):
        clear_tree(db.engine)
    clear_tree(owner_engine(part("settings")))
    assert ask("SELECT count(*) FROM ledger_leaf") == 0


def _as_owner(statement):
    with owner_engine(part("settings")).begin() as connection:
        connection.execute(text(statement))
