"""`flask ledger verify`: its exit code is what a nightly job watches."""

from __future__ import annotations

from sqlalchemy import text

from app.extensions import db


def _verify(app):
    return app.test_cli_runner().invoke(args=["ledger", "verify"])


def test_after_a_day_s_work_the_ledger_is_whole(app, client_for):
    client_for("minh").get("/")
    result = _verify(app)
    assert result.exit_code == 0, result.output
    assert "The ledger is whole: " in result.output


def test_a_broken_place_goes_to_the_output_and_the_verdict_to_the_error_stream(app, client_for):
    client_for("minh").get("/")
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE ledger_entry SET source = 'x'"))
    result = _verify(app)
    assert result.exit_code == 1
    assert "entry changed or forged" in result.stdout
    assert "NOT whole" in result.stderr
