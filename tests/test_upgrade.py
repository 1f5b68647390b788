"""An installation made by the first program, with its keys and sealed values, goes on under the present one."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from flask_migrate import upgrade
from sqlalchemy import MetaData, text

from app.catalogue.roles import ROLES
from app.config import Mode, Settings
from app.domain.actor import Actor, Channel
from app.extensions import db
from app.factory import create_app
from app.installation import adopt
from app.models import Account, Case, Deployment
from app.services import sections
from tests.conftest import StillClock, account_of, database
from tests.services import acting

GOLDEN = json.loads((Path(__file__).parent / "golden" / "installation-0001.json").read_text(encoding="utf-8"))
ORDER = (
    "deployment",
    "unit",
    "account",
    "data_key",
    "case_file",
    "report",
    "stay",
    "clock",
    "approval",
    "assignment",
)


@pytest.fixture(params=["sqlite", "postgres"])
def older(request, tmp_path):
    """The application over a database and key folder just as the first program left them."""
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    for name, value in GOLDEN["keys"].items():
        (keys / name).write_bytes(bytes.fromhex(value))
        (keys / name).chmod(0o600)
    with database(request.param, tmp_path, "older") as url:
        settings = Settings(
            mode=Mode.TEST,
            instance=tmp_path,
            database_url=url,
            key_store=str(keys),
            secret_key="test-only-" + "k3y" * 20,
            cookie_secure=False,
        )
        app = create_app(settings, clock=StillClock())
        with app.app_context():
            upgrade(revision="0001")
            _fill()
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _fill():
    tables = MetaData()
    with db.engine.begin() as connection:
        tables.reflect(connection)
        for name in (*ORDER, *sorted(set(GOLDEN["tables"]) - set(ORDER))):
            table = tables.tables[name]
            for row in GOLDEN["tables"].get(name, ()):
                connection.execute(table.insert().values({k: _value(table.c[k], v) for k, v in row.items()}))


READERS = {
    "UUID": UUID,
    "BYTEA": bytes.fromhex,
    "BLOB": bytes.fromhex,
    "BOOLEAN": bool,
    "TIMESTAMP": datetime.fromisoformat,
    "DATETIME": datetime.fromisoformat,
    "DATE": date.fromisoformat,
}


def _value(column, value):
    return value if value is None else READERS.get(str(column.type), lambda as_is: as_is)(value)


def _actor(username):
    account = account_of(username)
    role = ROLES[account.role_id]
    return Actor(account.id, account.unit_id, role, role.permissions, Channel.WEB, "127.0.0.1", None)


def test_it_is_taken_over_as_it_stood_and_opens_what_was_sealed(older):
    answer = older.test_cli_runner().invoke(args=["init"])
    assert answer.exit_code == 0, answer.output
    assert "rows from before were given their codes" in answer.output
    with older.app_context():
        assert acting.whole()
        case_id = acting.look(db.select(Case.id).where(Case.closed_at.is_(None)).limit(1))
        opened = sections.read_section(_actor("minh"), case_id, "identity")
        assert (opened.version, opened.values) == (2, {"full_name": "Tên Đã Sửa"})
        before = acting.case_version(case_id)
        acting.write(_actor, case_id, "health", {"condition": "Ổn định (hư cấu)."}, version=1)
        assert acting.case_version(case_id) == before + 1
        assert acting.whole()


def test_a_second_run_takes_nothing_over_and_blanked_codes_stay_alarms(older):
    assert older.test_cli_runner().invoke(args=["init"]).exit_code == 0
    with older.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE account SET role_id = 'administrator'"))
            connection.execute(Account.__table__.update().values(mac=b"", version=0))
            connection.execute(Deployment.__table__.update().values(mac=b""))
        assert adopt(older) == 0
        assert len([line for line in acting.findings() if line.startswith("stored data: account ")]) >= 11
