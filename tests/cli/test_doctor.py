"""`flask doctor`: well, or what is wrong and how to mend it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from app.extensions import db


def _doctor(app):
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert "Traceback" not in result.output
    return result.exit_code, result.output


@pytest.fixture
def quiet(app, monkeypatch):
    """The test server's own superuser is no fault of the installation."""
    from app.cli import doctor

    if "postgresql" in app.config["SQLALCHEMY_DATABASE_URI"]:
        monkeypatch.setattr(doctor, "_database", lambda: iter(()))


def test_a_sound_installation_is_well(app, quiet):
    code, output = _doctor(app)
    assert code == 0, output
    assert "not well" not in output
    assert output.count("well") == 7


def test_a_key_open_to_others_is_found(app, quiet):
    key = Path(app.extensions["benan.settings"].key_store) / "ledger.key"
    key.chmod(0o644)
    try:
        code, output = _doctor(app)
    finally:
        key.chmod(0o600)
    assert code == 1
    assert "chmod go-rwx" in output


def test_a_clock_set_back_is_found(app, quiet, clock, client_for):
    client_for("minh").get("/")
    clock.forward(days=-1)
    code, output = _doctor(app)
    assert (code, "clock is behind" in output) == (1, True)
    clock.instant = datetime(2020, 1, 1, tzinfo=UTC)
    assert "before this program was written" in _doctor(app)[1]


def test_a_database_behind_the_program_is_found(app, quiet):
    with app.app_context(), db.engine.begin() as connection:
        head = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        code, output = _doctor(app)
    finally:
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
    assert code == 1
    assert "flask init" in output


def test_an_installation_that_is_not_prepared_is_said_to_be_so(app, quiet):
    app.extensions["benan.missing"] = "This installation is not prepared. Run: flask init"
    try:
        code, output = _doctor(app)
    finally:
        app.extensions.pop("benan.missing")
    assert (code, "flask init" in output) == (1, True)


def test_a_missing_font_library_is_said_with_the_command_that_installs_it(app, quiet, monkeypatch):
    from app.documents import rendering
    from app.domain.errors import Unavailable
    from app.domain.text import Message

    def missing():
        raise Unavailable(Message("The PDF libraries are missing."))

    monkeypatch.setattr(rendering, "check_engine", missing)
    code, output = _doctor(app)
    assert (code, "apt-get install" in output) == (1, True)
