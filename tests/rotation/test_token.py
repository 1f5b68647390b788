"""Rotation and renewal with keys that never leave a PKCS#11 token."""

from __future__ import annotations

import pytest
from flask_migrate import upgrade

from app.catalogue.roles import SUPERVISOR
from app.config import Mode, Settings
from app.domain.actor import Actor, Channel, operator_of_the_service
from app.domain.sealing import Branch
from app.domain.states import UnitKind
from app.extensions import db, part
from app.factory import create_app
from app.installation import install, join_parts
from app.services import accounts
from app.services.key_rotation import retire_root, rewrap_keys, rotate_root
from app.services.reports import log_report, read_report
from tests.rotation.test_killed import renewal
from tests.services import acting
from tests.vault import softhsm

US = operator_of_the_service()


@pytest.fixture
def app(tmp_path):
    """An installation whose key store is a token."""
    with softhsm.token(tmp_path) as setting:
        application = create_app(
            Settings(
                mode=Mode.TEST,
                instance=tmp_path,
                database_url=f"sqlite:///{tmp_path / 'benan.db'}",
                key_store=setting,
                secret_key="test-only-" + "k3y" * 20,
                cookie_secure=False,
            )
        )
        with application.app_context():
            upgrade()
            install(application)
            join_parts(application)
            yield application
            db.session.remove()
            db.engine.dispose()


def chief():
    """A supervisor of a new unit."""
    unit = accounts.create_unit(
        US, name="Đơn vị", parent_name="Công an", symbol="X", place_name="Bến An", kind=UnitKind.POLICE
    )
    entries = accounts.NewAccount("chief", "Người Hư Cấu", "", "", unit.id, SUPERVISOR.id)
    account, _ = accounts.create_account(US, entries, permanent=True)
    return Actor(account.id, unit.id, SUPERVISOR, SUPERVISOR.permissions, Channel.WEB, "127.0.0.1")


def test_the_root_keys_of_a_token_follow_each_other(app):
    actor = chief()
    reports = [log_report(actor, acting.ENTRIES) for _ in range(3)]
    old = part("key_store").present_root(Branch.IDENTITY)
    assert rotate_root(US, Branch.IDENTITY) == "identity-0002"
    reports.append(log_report(actor, acting.ENTRIES))
    assert rewrap_keys(US, old, None).count == 3
    retire_root(US, old)
    assert part("key_store").roots() == ["content-0001", "identity-0002"]
    renewal(reports[0].code)()
    for report in reports:
        told = read_report(actor, report.id, reason="supervision").content
        assert told["what_happened"] == acting.TOLD
    assert acting.whole()
