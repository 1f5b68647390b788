"""One line of migrations that leads to exactly the models, up and down, on both kinds of database."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from app.extensions import UtcDateTime, db
from app.installation import install
from app.vault import KeyStoreError

VERSIONS = Path(__file__).parents[1] / "migrations" / "versions"


def _scripts():
    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    return ScriptDirectory.from_config(config)


def test_there_is_one_head():
    assert len(_scripts().get_heads()) == 1


def test_files_are_numbered_without_gaps_and_follow_one_another():
    names = sorted(path.name for path in VERSIONS.glob("*.py"))
    assert [name[:4] for name in names] == [f"{n:04d}" for n in range(1, len(names) + 1)]
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in names)
    chain = [script.revision for script in _scripts().walk_revisions()][::-1]
    assert chain == [name[:4] for name in names]


def _same_type(_context, _inspected, _column, inspected_type, metadata_type):
    if isinstance(metadata_type, UtcDateTime):
        return type(inspected_type).__name__ not in ("DATETIME", "TIMESTAMP")
    return None


def test_the_newest_migration_is_the_models(ctx):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _same_type})
        assert context.get_current_revision() == _scripts().get_current_head()
        assert compare_metadata(context, db.metadata) == []


@pytest.fixture
def down_and_up(app):
    """Leaves the tables as every other test expects them."""
    yield
    with app.app_context():
        db.session.remove()
        upgrade()


def test_down_to_nothing_and_up_again(app, down_and_up):
    with app.app_context():
        before = set(inspect(db.engine).get_table_names())
        assert {table.name for table in db.metadata.sorted_tables} <= before
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        upgrade()
        upgrade()
        assert set(inspect(db.engine).get_table_names()) == before
        with pytest.raises(KeyStoreError):  # the keys of the lost database are still there, and stay
            install(app)
