"""The stage: a clean database of each kind, a clock that stands still, and a cast of invented people."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from flask_migrate import upgrade
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.catalogue.roles import ROLES
from app.config import Mode, Settings
from app.domain.actor import Actor, Channel, operator_of_the_service
from app.domain.events import InstallationBegun
from app.extensions import db, part
from app.factory import create_app
from app.grants import owner_engine
from app.installation import install, join_parts
from app.ledger import current_ledger, forget
from app.models import Account, Deployment, Unit
from app.services.tokens import issue_token
from tests.pictures import PICTURES, Picture, empty

REQUIRE_ALL = os.environ.get("CI_REQUIRE_ALL") == "1"
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday 09:00 in Viet Nam
PASSWORD = "sông Hồng chảy về biển Đông"
_HASH = Argon2id(salt=bytes(16), length=32, iterations=1, lanes=1, memory_cost=8).derive_phc_encoded(
    PASSWORD.encode()
)  # quick; what is stored for people is slower: tests/vault/test_passwords.py

UNITS = {
    "pc02": ("Phòng Cảnh sát hình sự (hư cấu)", "Công an tỉnh Bến An", "PC02", "Bến An", "police"),
    "shelter": ("Nhà tạm lánh Hoa Sen (hư cấu)", "Sở Y tế tỉnh Bến An", "NTL", "Bến An", "partner"),
    "other": ("Phòng Cảnh sát hình sự tỉnh Khác (hư cấu)", "Công an tỉnh Khác", "PC02-K", "Khác", "police"),
}
CAST = {  # user name: (invented name, role, unit)
    "hoa": ("Trần Thị Hoa", "hotline_operator", "pc02"),
    "hanh": ("Lê Thị Hạnh", "hotline_operator", "pc02"),
    "minh": ("Nguyễn Văn Minh", "case_officer", "pc02"),
    "lan": ("Phạm Thị Lan", "case_officer", "pc02"),
    "tuan": ("Đỗ Anh Tuấn", "supervisor", "pc02"),
    "thu": ("Bùi Minh Thu", "supervisor", "pc02"),
    "van": ("Võ Thị Vân", "records_clerk", "pc02"),
    "quan": ("Hồ Minh Quân", "administrator", "pc02"),
    "sen": ("Đinh Thị Sen", "partner", "shelter"),
    "khac": ("Phan Văn Khắc", "supervisor", "other"),
    "xoan": ("Dương Văn Xá", "case_officer", "other"),
}


class StillClock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.instant = START

    def __call__(self) -> datetime:
        return self.instant

    def forward(self, **span: float) -> datetime:
        """Move on by a timedelta's arguments."""
        self.instant += timedelta(**span)
        return self.instant


@contextmanager
def _postgres(server: str, name: str) -> Iterator[str]:
    """A database of this process alone on that server, dropped afterwards."""
    parts = conninfo_to_dict(server)
    name = f"benan_test_{os.getpid()}_{name}"
    with psycopg.connect(make_conninfo(**parts), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        query = "&".join(f"{k}={v}" for k, v in parts.items() if k != "dbname")
        yield f"postgresql+psycopg:///{name}?{query}"
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def database(kind: str, folder: Path, name: str) -> Iterator[str]:
    """The URL of an empty database of that kind."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'benan.db'}"
        return
    server = os.environ.get("TEST_POSTGRES_URL")
    if not server:
        reason = "no PostgreSQL server: set TEST_POSTGRES_URL (make test does)"
        pytest.fail(reason) if REQUIRE_ALL else pytest.skip(reason)
    with _postgres(server, name) as url:
        yield url


def _without_waiting_for_the_disk(engine) -> None:
    # As with synchronous_commit on PostgreSQL: no test pulls the plug of a machine.
    if engine.dialect.name == "sqlite":
        engine.dispose()  # the connection opened while the program was put together waits
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def built(request, tmp_path_factory):
    """One application per kind of database, built once; its tables are emptied for every test."""
    folder = tmp_path_factory.mktemp(request.param)
    with database(request.param, folder, "built") as url:
        settings = Settings(
            mode=Mode.TEST,
            instance=folder,
            database_url=url,
            key_store=str(folder / "keys"),
            secret_key="test-only-" + "k3y" * 20,
            cookie_secure=False,
        )
        clock = StillClock()
        app = create_app(settings, clock=clock)
        with app.app_context():
            _without_waiting_for_the_disk(db.engine)
            upgrade()
            install(app)
            join_parts(app)
            kept = db.session.query(Deployment).one().id
            db.session.remove()
        yield app, clock, kept
        with app.app_context():
            db.engine.dispose()


def _cast(kept) -> None:
    current_ledger().begin(db.session())
    db.session.add(Deployment(id=kept, mode=Mode.TEST, created_at=START))
    units = {}
    for key, (name, parent, symbol, place, kind) in UNITS.items():
        units[key] = Unit(
            id=uuid4(), name=name, parent_name=parent, symbol=symbol, place_name=place, kind=kind
        )
        db.session.add(units[key])
    db.session.flush()
    for username, (name, role, unit) in CAST.items():
        db.session.add(
            Account(
                id=uuid4(),
                username=username,
                display_name=f"{name} (hư cấu)",
                rank="Đại úy",
                position="Cán bộ",
                unit_id=units[unit].id,
                role_id=role,
                password_hash=_HASH,
                must_change_password=False,
                created_at=START,
            )
        )
    db.session.flush()
    current_ledger().append(db.session(), operator_of_the_service(), [InstallationBegun()], START)
    forget(db.session())
    db.session.commit()
    db.session.remove()


@pytest.fixture
def app(built):
    """The application on an empty database with the cast; no context is pushed, so that requests stay apart."""
    application, clock, kept = built
    clock.instant = START
    application.extensions.pop("benan.behind", None)  # a test before this one may have put the database back
    with application.app_context():
        if PICTURES in application.extensions:
            application.extensions[PICTURES][""].put_back()
            if current_ledger().generation != 1:  # a test went on after a loss
                join_parts(application)
        else:
            with owner_engine(part("settings")).begin() as connection:
                empty(connection)
            _cast(kept)
            application.extensions[PICTURES] = {"": Picture()}
    return application


@pytest.fixture
def clock(built) -> StillClock:
    """The application's clock."""
    return built[1]


@pytest.fixture
def ctx(app):
    """An application context, for tests that call services and read tables; never together with clients."""
    with app.app_context():
        yield app
        db.session.remove()


def account_of(username: str) -> Account:
    """The row of one of the cast (inside a context)."""
    with Session(
        db.engine
    ) as session:  # apart from the use cases' session, whose rows a rollback would empty
        return session.query(Account).filter_by(username=username).one()


@pytest.fixture
def actor_for(app):
    """`actor_for("minh")`: one of the cast as the services see them."""

    def make(username: str) -> Actor:
        account = account_of(username)
        role = ROLES[account.role_id]
        return Actor(account.id, account.unit_id, role, role.permissions, Channel.WEB, "127.0.0.1", None)

    return make


CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def csrf_of(html: str) -> str:
    """The token of a page's form."""
    found = CSRF.search(html)
    assert found, "the page has no form token"
    return found.group(1)


@pytest.fixture
def client_for(app):
    """`client_for("minh")`: a browser signed in as one of the cast; `client_for(None)`: nobody."""

    def make(username: str | None):
        client = app.test_client()
        if username:
            token = csrf_of(client.get("/sign-in").text)
            answer = client.post(
                "/sign-in", data={"csrf_token": token, "username": username, "password": PASSWORD}
            )
            assert answer.status_code in (302, 303), answer.status_code
        return client

    return make


class ApiClient:
    """A machine: a bearer token, JSON in and out."""

    def __init__(self, app, token: str | None) -> None:
        self._client = app.test_client()
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def open(self, method: str, path: str, *, headers=None, **kwargs):
        """Call /api/v1<path>."""
        return self._client.open(
            "/api/v1" + path, method=method, headers={**self._headers, **(headers or {})}, **kwargs
        )

    def get(self, path: str, **kwargs):
        return self.open("GET", path, **kwargs)

    def post(self, path: str, **kwargs):
        return self.open("POST", path, **kwargs)

    def put(self, path: str, **kwargs):
        return self.open("PUT", path, **kwargs)

    def delete(self, path: str, **kwargs):
        return self.open("DELETE", path, **kwargs)


def token_for(app, username: str) -> str:
    """A token with all the rights of that member of the cast."""
    with app.app_context():
        account = account_of(username)
        rights = ROLES[account.role_id].permissions
        _, secret = issue_token(operator_of_the_service(), account.id, "test", rights, days=30)
        db.session.remove()
    return secret


@pytest.fixture
def api_for(app):
    """`api_for("minh")`: a machine acting for one of the cast; `api_for(None)`: without a token."""

    def make(username: str | None) -> ApiClient:
        return ApiClient(app, token_for(app, username) if username else None)

    return make
