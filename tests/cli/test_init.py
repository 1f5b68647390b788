"""`flask init`: from an empty folder to a running installation, and safe to run again."""

from __future__ import annotations

import pytest

from app.config import Mode, Settings
from app.extensions import db
from app.factory import create_app


@pytest.fixture
def fresh(tmp_path):
    """An application on an empty folder."""
    settings = Settings(
        mode=Mode.PRODUCTION,
        instance=tmp_path,
        database_url=f"sqlite:///{tmp_path}/benan.db",
        key_store=str(tmp_path / "keys"),
        secret_key="not-for-real-" + "z9X" * 12,
        cookie_secure=False,
    )
    application = create_app(settings)
    yield application
    with application.app_context():
        db.engine.dispose()


def test_the_first_run_prepares_and_the_second_changes_nothing(fresh, tmp_path):
    runner = fresh.test_cli_runner()
    first = runner.invoke(args=["init"])
    assert first.exit_code == 0, first.output
    assert "Keep a copy in a safe" in first.output
    keys = {path.name: path.read_bytes() for path in (tmp_path / "keys").iterdir()}
    second = runner.invoke(args=["init"])
    assert (second.exit_code, "up to date" in second.output) == (0, True)
    assert {path.name: path.read_bytes() for path in (tmp_path / "keys").iterdir()} == keys
    assert runner.invoke(args=["ledger", "verify"]).output == "The ledger is whole: 1 entries.\n"
    assert fresh.test_client().get("/sign-in").status_code == 200


def test_before_it_other_commands_say_what_to_do(fresh):
    for command in (["users", "list"], ["ledger", "verify"], ["tokens", "list"]):
        result = fresh.test_cli_runner().invoke(args=command)
        assert result.exit_code == 1
        assert "flask init" in result.output, command
        assert not isinstance(result.exception, KeyError), command
