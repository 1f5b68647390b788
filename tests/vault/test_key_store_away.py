"""A key store that does not answer: nothing is shown, nothing is called altered, and all goes on when it is back."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from flask_migrate import upgrade

from app.config import Mode, Settings
from app.domain.sealing import Branch
from app.extensions import db
from app.factory import create_app
from app.installation import install, join_parts
from app.vault import KeyStoreAway, Vault, pkcs11_session
from app.vault.key_stores import create_key_store
from tests.conftest import PASSWORD, csrf_of
from tests.services import acting
from tests.vault.softhsm import token


@contextmanager
def away(folder: Path):
    """The folder is not there meanwhile, as a volume that is not mounted or a token that was pulled."""
    aside = folder.rename(folder.with_name("aside"))
    pkcs11_session.close()
    try:
        yield
    finally:
        aside.rename(folder)
        pkcs11_session.close()


def test_an_empty_folder_where_the_volume_was_mounted_is_away_too(tmp_path):
    folder = tmp_path / "keys"
    vault, owner = Vault(create_key_store(str(folder)), uuid4()), uuid4()
    root, wrapped, key = vault.new_data_key(owner, Branch.CONTENT, 1)
    with away(folder):
        folder.mkdir()
        with pytest.raises(KeyStoreAway, match="Mount it"):
            vault.open_data_key(owner, Branch.CONTENT, 1, root, wrapped)
        folder.rmdir()
    assert vault.open_data_key(owner, Branch.CONTENT, 1, root, wrapped) == key


@pytest.fixture(params=["file", "softhsm"])
def place(request, tmp_path):
    """The setting of a key store, and the folder it lives in."""
    if request.param == "file":
        yield str(tmp_path / "keys"), tmp_path / "keys"
        return
    with token(tmp_path) as made:
        yield made, tmp_path / "tokens"


def test_away_is_another_thing_than_altered(place):
    setting, folder = place
    vault, owner = Vault(create_key_store(setting), uuid4()), uuid4()
    root, wrapped, key = vault.new_data_key(owner, Branch.CONTENT, 1)
    with away(folder):
        with pytest.raises(KeyStoreAway, match=str(folder) if folder.name == "keys" else "PKCS#11"):
            vault.open_data_key(owner, Branch.CONTENT, 1, root, wrapped)
        with pytest.raises(KeyStoreAway):
            vault.new_data_key(owner, Branch.CONTENT, 2)
    assert vault.open_data_key(owner, Branch.CONTENT, 1, root, wrapped) == key


def test_a_page_and_a_machine_are_told_and_nothing_becomes_an_alarm(app, client_for, api_for, actor_for):
    with app.app_context():
        acting.report(actor_for)
        db.session.remove()
    machine, browser = api_for("hoa"), client_for("hoa")
    path = f"/reports/{machine.get('/reports').json['items'][0]['id']}"
    with away(Path(app.extensions["benan.settings"].key_store)):
        page, answer = browser.get(path), machine.get(path)
    assert (page.status_code, answer.status_code) == (503, 503)
    assert "Kho khóa không trả lời" in page.text
    assert acting.TOLD not in page.text + answer.text
    assert answer.json["type"].endswith("unavailable")
    assert machine.get(path).json["content"]["what_happened"] == acting.TOLD
    with app.app_context():
        assert acting.entries(action="integrity:alarm") == []
        assert acting.whole()


def test_a_token_that_was_pulled_closes_the_door_and_says_so(tmp_path):
    with token(tmp_path) as address:
        settings = Settings(
            mode=Mode.TEST,
            instance=tmp_path,
            database_url=f"sqlite:///{tmp_path}/benan.db",
            key_store=address,
            secret_key="test-only-" + "k3y" * 20,
            cookie_secure=False,
        )
        application = create_app(settings)
        with application.app_context():
            upgrade()
            install(application)
            join_parts(application)
        client, form = application.test_client(), {"username": "khong.co", "password": PASSWORD}
        form["csrf_token"] = csrf_of(client.get("/sign-in").text)
        with away(tmp_path / "tokens"):
            refused = client.post("/sign-in", data=form)
            told = application.test_cli_runner().invoke(args=["ledger", "verify"])
        assert (refused.status_code, "Kho khóa không trả lời" in refused.text) == (503, True)
        assert (told.exit_code, "The PKCS#11 module" in told.output) == (1, True)
        assert client.post("/sign-in", data=form).status_code == 401
        assert application.test_cli_runner().invoke(args=["ledger", "verify"]).exit_code == 0
        with application.app_context():
            db.engine.dispose()
