"""The application refuses to start half-configured, and never opens one mode's database in another."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from flask_migrate import upgrade
from sqlalchemy import text

from app.config import ConfigurationError, Mode, Settings, load_settings
from app.extensions import db
from app.factory import create_app
from app.installation import install
from app.vault import KeyStoreError
from tests.conftest import database

ROOT = Path(__file__).parents[1]
SECRET = "kK9-" + "q7Zx_w3Rt" * 4


def _load(folder, **env):
    return load_settings({"BENAN_INSTANCE": str(folder), "BENAN_SECRET_KEY": SECRET, **env}, ROOT)


def test_the_defaults_are_production_on_sqlite_with_secure_cookies(tmp_path):
    settings = _load(tmp_path)
    assert settings.mode is Mode.PRODUCTION
    assert settings.database_url == f"sqlite:///{tmp_path}/benan.db"
    assert settings.key_store == str(tmp_path / "keys")
    assert (settings.cookie_secure, settings.trusted_proxies) == (True, 0)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "short",
        "change-me",
        "x" * 31,
        "a" * 64,
        "abcabcabc" * 8,
        "0123456789" * 4,
        "0123456789abcdefghijklmnopqrstuvwxyz",
        "q7Zx_w3RtkK9pL2" * 3,
        "change-me-change-me-change-me-chan",
        "Kk9-CHANGE-ME-q7Zx_w3Rt-change-me-p2",
        "my-secret-9-my-other-Secret-7-Zx_w3Rt",
        "insecure-default-for-the-first-trial",
    ],
    ids=range(13),
)
def test_a_missing_short_or_guessable_secret_is_refused_with_the_remedy(tmp_path, secret):
    with pytest.raises(ConfigurationError, match=r"secrets\.token_urlsafe"):
        _load(tmp_path, BENAN_SECRET_KEY=secret)


def test_no_secret_at_all_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="BENAN_SECRET_KEY"):
        load_settings({"BENAN_INSTANCE": str(tmp_path)}, ROOT)


@pytest.mark.parametrize("name", ["DEBUG", "FLASK_DEBUG", "BENAN_DEBUG"])
@pytest.mark.parametrize("value", ["1", "true", "True", "yes", "on"])
def test_a_debug_switch_is_refused(tmp_path, name, value):
    with pytest.raises(ConfigurationError, match="debug"):
        _load(tmp_path, **{name: value})


@pytest.mark.parametrize("name", ["DEBUG", "FLASK_DEBUG", "BENAN_DEBUG"])
def test_a_debug_switch_is_refused_in_the_demonstration_too(tmp_path, name):
    with pytest.raises(ConfigurationError, match="debug"):
        _load(tmp_path, BENAN_MODE="demo", **{name: "1"})


@pytest.mark.parametrize("_", range(50))
def test_random_secrets_are_accepted(tmp_path, _):
    for secret in (secrets.token_urlsafe(24), secrets.token_urlsafe(48), secrets.token_hex(16)):
        assert _load(tmp_path, BENAN_SECRET_KEY=secret).secret_key == secret


def test_an_empty_setting_means_the_default(tmp_path):
    empty = {"BENAN_KEY_STORE": "", "BENAN_DATABASE_URL": "", "BENAN_TRUSTED_PROXIES": ""}
    assert _load(tmp_path, **empty) == _load(tmp_path)
    settings = load_settings({"BENAN_SECRET_KEY": SECRET, "BENAN_INSTANCE": ""}, tmp_path)
    assert settings.instance == tmp_path / "instance"
    assert settings.key_store == str(tmp_path / "instance" / "keys")


@pytest.mark.parametrize(("value", "count"), [("0", 0), ("1", 1), ("10", 10)])
def test_the_number_of_proxies_is_taken_over(tmp_path, value, count):
    assert _load(tmp_path, BENAN_TRUSTED_PROXIES=value).trusted_proxies == count


@pytest.mark.parametrize("value", ["11", "-1", "one", "1.0", "1_0", "١", "true", "99999"])
def test_a_number_of_proxies_that_cannot_be_is_refused_with_the_remedy(tmp_path, value):
    with pytest.raises(ConfigurationError, match="BENAN_TRUSTED_PROXIES must be a whole number from 0 to 10"):
        _load(tmp_path, BENAN_TRUSTED_PROXIES=value)


@pytest.mark.parametrize("value", ["", "0", "false", "False"])
def test_a_debug_switch_that_is_off_is_fine(tmp_path, value):
    assert _load(tmp_path, DEBUG=value, FLASK_DEBUG=value)


@pytest.mark.parametrize("mode", ["", "prod", "Production", "debug", "development"])
def test_an_unknown_mode_is_refused(tmp_path, mode):
    with pytest.raises(ConfigurationError, match="BENAN_MODE"):
        _load(tmp_path, BENAN_MODE=mode)


@pytest.mark.parametrize("prefix", ["postgres://", "postgresql://", "postgresql+psycopg://"])
def test_a_postgres_address_gets_our_driver(tmp_path, prefix):
    assert _load(tmp_path, BENAN_DATABASE_URL=prefix + "u@h/d").database_url == "postgresql+psycopg://u@h/d"


def test_the_demonstration_keeps_apart_and_makes_its_own_secret_once(tmp_path):
    demo = load_settings({"BENAN_MODE": "demo", "BENAN_INSTANCE": str(tmp_path)}, ROOT)
    assert demo.instance == tmp_path / "demo"
    assert str(tmp_path / "demo") in demo.database_url
    assert len(demo.secret_key) >= 32
    assert load_settings({"BENAN_MODE": "demo", "BENAN_INSTANCE": str(tmp_path)}, ROOT) == demo
    assert (tmp_path / "demo" / "secret").stat().st_mode & 0o077 == 0


def _settings(folder, mode, **values):
    given = {
        "mode": mode,
        "instance": folder,
        "database_url": f"sqlite:///{folder}/benan.db",
        "key_store": str(folder / "keys"),
        "secret_key": SECRET,
        "cookie_secure": mode is Mode.PRODUCTION,
    }
    return Settings(**{**given, **values})


def _installed(settings):
    application = create_app(settings)
    with application.app_context():
        upgrade()
        install(application)
        db.engine.dispose()
    return create_app(settings)


def _close(application):
    with application.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(("made", "opened"), [(a, b) for a in Mode for b in Mode if a is not b])
def test_a_database_of_another_mode_is_refused(tmp_path, made, opened):
    _close(_installed(_settings(tmp_path, made)))
    with pytest.raises(ConfigurationError, match=f"{made} mode"):
        create_app(_settings(tmp_path, opened))


def test_demonstration_people_exist_in_the_demonstration_only(tmp_path):
    for mode, there in ((Mode.PRODUCTION, False), (Mode.DEMO, True)):
        folder = tmp_path / mode
        folder.mkdir()
        application = _installed(_settings(folder, mode))
        result = application.test_cli_runner().invoke(args=["demo", "--help"])
        assert (result.exit_code == 0) is there, result.output
        _close(application)


def test_before_it_is_prepared_it_only_says_what_to_do(tmp_path):
    application = create_app(_settings(tmp_path, Mode.PRODUCTION))
    answer = application.test_client().get("/sign-in")
    assert answer.status_code == 503
    assert "flask init" in answer.text
    _close(application)


def test_lost_keys_are_not_replaced_by_new_ones(tmp_path):
    settings = _settings(tmp_path, Mode.PRODUCTION)
    _close(_installed(settings))
    for key in (tmp_path / "keys").iterdir():
        key.unlink()
    application = create_app(settings)
    with application.app_context():
        assert install(application) is False
    assert application.test_client().get("/sign-in").status_code == 503
    assert list((tmp_path / "keys").iterdir()) == []
    _close(application)


def test_keys_without_their_database_are_not_overwritten(tmp_path):
    settings = _settings(tmp_path, Mode.PRODUCTION)
    _close(_installed(settings))
    (tmp_path / "benan.db").unlink()
    application = create_app(settings)
    with application.app_context():
        upgrade()
        with pytest.raises(KeyStoreError, match="already holds keys"):
            install(application)
    _close(application)


def test_the_deployment_and_its_cookie_are_secure_in_production(tmp_path):
    application = _installed(_settings(tmp_path, Mode.PRODUCTION))
    answer = application.test_client().get("/sign-in", base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-benan=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert application.config["DEBUG"] is False
    assert application.config["TESTING"] is False
    _close(application)


def test_what_was_answered_for_is_on_disk_even_where_the_server_was_told_to_hurry(tmp_path):
    with database("postgres", tmp_path, "hurry") as url:  # this database says synchronous_commit = off
        for mode, waits in ((Mode.PRODUCTION, "on"), (Mode.TEST, "off")):
            application = create_app(_settings(tmp_path, mode, database_url=url))
            with application.app_context(), db.engine.connect() as connection:
                assert connection.scalar(text("SHOW synchronous_commit")) == waits
                connection.rollback()
                assert connection.scalar(text("SHOW synchronous_commit")) == waits
            _close(application)
