"""Typed settings from the environment; refuses to start half-configured."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

MIN_SECRET = 32  # characters
MIN_VARIETY = 8  # different characters, and different steps from one character to the next
DEFAULT_WORDS = (
    "change-me",
    "change_me",
    "changeme",
    "default",
    "development",
    "example",
    "password",
    "secret",
)
MOST_PROXIES = 10
MEGABYTE = 1024 * 1024  # bytes
UNSET = Path()  # the folder of that name in the instance
DEBUG_NAMES = ("DEBUG", "FLASK_DEBUG", "BENAN_DEBUG")


class Mode(StrEnum):
    """How this installation runs. A database made in one mode never opens in another."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class ConfigurationError(Exception):
    """The installation is half-configured; the text says the remedy."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may differ between installations."""

    mode: Mode
    instance: Path
    database_url: str
    key_store: str
    secret_key: str
    cookie_secure: bool
    trusted_proxies: int = 0
    session_idle: timedelta = timedelta(minutes=15)
    session_absolute: timedelta = timedelta(hours=10)
    sign_in_failures: int = 5
    source_failures: int = 30
    sign_in_block: timedelta = timedelta(minutes=5)
    checkpoint_directory: Path = UNSET
    attachment_directory: Path = UNSET
    attachment_limit: int = 500 * MEGABYTE
    scanner: str = ""
    owner_database_url: str = ""
    backup_directory: Path = UNSET
    backup_recipients: tuple[str, ...] = ()
    backup_keys_days: int = 35
    scratch_database_url: str = ""

    def __post_init__(self) -> None:
        for name in ("checkpoint", "attachment", "backup"):
            if getattr(self, f"{name}_directory") == UNSET:
                object.__setattr__(self, f"{name}_directory", self.instance / f"{name}s")


def _database_url(url: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _kept_secret(path: Path) -> str:
    """The demonstration's own secret, made once: its sessions survive a restart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def _checked_secret(env: Mapping[str, str]) -> str:
    secret = env.get("BENAN_SECRET_KEY", "")
    if len(secret) < MIN_SECRET or _guessable(secret):
        raise ConfigurationError(
            "BENAN_SECRET_KEY is missing, too short, repeats itself or holds a known default word. "
            f"Set it to {MIN_SECRET} or more random characters, for example: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return secret


def _guessable(secret: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(secret)}
    repeats = any(secret[period:] == secret[:-period] for period in range(1, len(secret) // 2 + 1))
    known = any(word in secret.lower() for word in DEFAULT_WORDS)
    return repeats or known or min(len(set(secret)), len(steps)) < MIN_VARIETY


def _number(env: Mapping[str, str], name: str, default: int, most: int, meaning: str) -> int:
    typed = env.get(name) or str(default)
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 12 and int(typed) <= most):
        raise ConfigurationError(f"{name} must be a whole number from 0 to {most}: {meaning}")
    return int(typed)


def _proxies(env: Mapping[str, str]) -> int:
    meaning = "how many proxies stand in front. Use 1 behind the supplied nginx.conf, 0 when there is none."
    return _number(env, "BENAN_TRUSTED_PROXIES", 0, MOST_PROXIES, meaning)


def load_settings(env: Mapping[str, str], root: Path) -> Settings:
    """Read settings from `env`; `root` is the project's directory.

    An empty setting means its default. Raises ConfigurationError for a debug switch, a number of
    proxies that cannot be, and, outside demonstration mode, a missing or guessable secret.
    """
    asked = env.get("BENAN_MODE", Mode.PRODUCTION)
    if asked not in (Mode.PRODUCTION, Mode.DEMO):  # the tests' mode is never taken from the environment
        raise ConfigurationError("BENAN_MODE must be production or demo.")
    if any(env.get(name, "").lower() not in ("", "0", "false") for name in DEBUG_NAMES):
        raise ConfigurationError("A debug switch is set. Unset DEBUG and FLASK_DEBUG, then start again.")
    mode, proxies = Mode(asked), _proxies(env)
    instance = Path(env.get("BENAN_INSTANCE") or root / "instance").resolve()
    if mode is Mode.DEMO:
        instance = instance / "demo"
    secret = _kept_secret(instance / "secret") if mode is Mode.DEMO else _checked_secret(env)
    instance.mkdir(parents=True, exist_ok=True)
    return Settings(
        mode=mode,
        instance=instance,
        database_url=_database_url(env.get("BENAN_DATABASE_URL") or f"sqlite:///{instance / 'benan.db'}"),
        key_store=env.get("BENAN_KEY_STORE") or str(instance / "keys"),
        secret_key=secret,
        cookie_secure=mode is not Mode.DEMO and env.get("BENAN_COOKIE_SECURE", "1") != "0",
        trusted_proxies=proxies,
        checkpoint_directory=Path(env.get("BENAN_CHECKPOINTS") or UNSET),
        attachment_directory=Path(env.get("BENAN_ATTACHMENTS") or UNSET),
        attachment_limit=_number(
            env, "BENAN_ATTACHMENT_LIMIT", 500 * MEGABYTE, 2048 * MEGABYTE, "bytes of the largest attachment."
        ),
        scanner=env.get("BENAN_SCANNER", ""),
        owner_database_url=_database_url(env.get("BENAN_OWNER_DATABASE_URL", "")),
        scratch_database_url=_database_url(env.get("BENAN_SCRATCH_DATABASE_URL", "")),
        backup_directory=Path(env.get("BENAN_BACKUPS") or UNSET),
        backup_recipients=tuple(env.get("BENAN_BACKUP_RECIPIENTS", "").split()),
        backup_keys_days=_number(
            env, "BENAN_BACKUP_KEYS_DAYS", 35, 3650, "days that backed up data keys are kept."
        ),
    )
