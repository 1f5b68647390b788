"""An upgrade that was stopped at any point goes on with the next `flask init`; lost keys are never made anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask_migrate import upgrade

from app.extensions import db
from app.factory import create_app
from app.installation import adopt
from app.vault import FileKeyStore, KeyStoreError
from tests.conftest import StillClock
from tests.test_upgrade import older  # noqa: F401 - a fixture

NEWER = ["checkpoint", "index", "root-content-0001", "root-identity-0001", "row"]


def _again(app):
    return create_app(app.extensions["benan.settings"], clock=StillClock())


def _close(app):
    with app.app_context():
        db.engine.dispose()


def _folder(app) -> Path:
    return Path(app.extensions["benan.settings"].key_store)


@pytest.mark.parametrize("made", [[], ["row"], ["root-identity-0001", "index"], NEWER], ids=len)
def test_stopped_before_or_amid_the_newer_keys(older, made):  # noqa: F811
    with older.app_context():
        upgrade()
    if made:
        FileKeyStore.complete(_folder(older))
        for name in set(NEWER) - set(made):
            (_folder(older) / f"{name}.key").unlink()
    again = _again(older)
    result = again.test_cli_runner().invoke(args=["init"])
    assert result.exit_code == 0, result.output
    assert "given their codes" in result.output
    assert {path.stem for path in _folder(older).glob("*.key")} >= set(NEWER)
    assert (
        again.test_cli_runner().invoke(args=["doctor"]).output.count("not well") <= 1
    )  # a superuser's database
    _close(again)


@pytest.mark.parametrize("lost", [*NEWER, "ledger"])
def test_a_key_lost_after_the_upgrade_is_not_made_anew(older, lost):  # noqa: F811
    with older.app_context():
        upgrade()
        assert adopt(older) > 0
    (_folder(older) / f"{lost}.key").unlink()
    with pytest.raises(KeyStoreError, match="key backup"):
        _again(older)
    assert not (_folder(older) / f"{lost}.key").exists()
