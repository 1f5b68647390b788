"""`flask doctor` about backups: recipients, the server's tools, and a restore that waits for its entry."""

from __future__ import annotations

import dataclasses

import pytest

from app.backup.readiness import remedies
from app.backup.recording import NAME
from app.config import Mode
from app.extensions import db, part


def said(app, **changes) -> str:
    with app.app_context():
        return "\n".join(remedies(dataclasses.replace(part("settings"), **changes), db.engine))


def test_all_is_well(operator, app):
    assert said(app) == ""


def test_in_production_somebody_must_be_able_to_open_a_backup(operator, app):
    assert "keygen" in said(app, mode=Mode.PRODUCTION, backup_recipients=())
    assert "no age recipient" in said(app, backup_recipients=("age1oops",))


@pytest.mark.parametrize("built", ["postgres"], indirect=True)
def test_missing_and_older_server_tools_are_named(operator, app, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "pg_dump is missing" in said(app)
    for tool in ("pg_dump", "pg_restore"):
        (tmp_path / tool).write_text(f"#!/bin/sh\necho '{tool} (PostgreSQL) 9.6'\n")
        (tmp_path / tool).chmod(0o755)
    assert "pg_restore is of version 9" in said(app)


def test_a_restore_that_waits_for_its_entry_is_named(operator, app, tmp_path):
    (tmp_path / NAME).write_text(
        '{"backup": "00000000-0000-0000-0000-000000000001", "keys_backup": "00000000-0000-0000-0000-000000000001",'
        '"data_digest": "", "keys_digest": "", "missing": 0, "changed": [], "tags": [0, 0]}'
    )
    assert "flask backup settle" in said(app, instance=tmp_path)
