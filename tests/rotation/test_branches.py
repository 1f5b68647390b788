"""Who opens no identity never touches a key that could: every use of a root key is watched."""

from __future__ import annotations

import pytest

from app.extensions import db, part
from app.vault import Vault
from tests.conftest import csrf_of
from tests.services import acting


class Watched:
    """A key store that writes down under which root keys something was wrapped or unwrapped."""

    def __init__(self, store):
        self.store, self.used = store, []

    def __getattr__(self, name):
        return getattr(self.store, name)

    def wrap(self, root_key_id, *rest):
        self.used.append(root_key_id)
        return self.store.wrap(root_key_id, *rest)

    def unwrap(self, root_key_id, *rest):
        self.used.append(root_key_id)
        return self.store.unwrap(root_key_id, *rest)

    def branches(self):
        """The branches used since the last question."""
        used, self.used = {root.rpartition("-")[0] for root in self.used}, []
        return used


@pytest.fixture
def watched(app):
    """The application with a watched key store."""
    with app.app_context():
        store = Watched(part("key_store"))
        vault = part("vault")
        app.extensions["benan.key_store"] = store
        app.extensions["benan.vault"] = Vault(store, vault._deployment)
    yield store
    app.extensions["benan.key_store"], app.extensions["benan.vault"] = store.store, vault


@pytest.fixture
def file(app, actor_for):
    """A case with both branches and a step that waits for approval with its reason."""
    with app.app_context():
        case_id = acting.ready_to_transfer(actor_for)
        acting.ask_transfer(actor_for, case_id)
        db.session.remove()
    return case_id


OTHER = (
    ("minh", "/", "/cases/", "/cases/{id}", "/cases/{id}/reasons", "/handovers"),
    (
        "minh",
        "/cases/{id}/sections/health",
        "/cases/{id}/sections/consent",
        "/cases/{id}/sections/health/edit",
    ),
    ("tuan", "/", "/cases/", "/cases/{id}", "/approvals", "/handovers", "/ledger", "/cases/{id}/ledger"),
    ("tuan", "/reports/", "/register", "/cases/{id}/keeping", "/erasures"),
    ("quan", "/", "/accounts/", "/accounts/units", "/accounts/new"),
    ("van", "/", "/register"),
    ("hoa", "/", "/reports/"),
)


@pytest.mark.parametrize(("who", "addresses"), [(who, addresses) for who, *addresses in OTHER])
def test_no_page_but_an_opened_identity_touches_its_key(client_for, watched, file, who, addresses):
    browser = client_for(who)
    watched.branches()
    for address in addresses:
        answer = browser.get(address.format(id=file))
        assert answer.status_code == 200, address
        assert "identity" not in watched.branches(), address


def test_a_section_of_the_other_branch_uses_only_its_own_key(client_for, watched, file):
    browser = client_for("minh")
    watched.branches()
    browser.get(f"/cases/{file}/sections/health")
    assert watched.branches() == {"content"}
    browser.get("/cases/")
    assert watched.branches() == set()


def test_an_opened_identity_uses_the_key_of_identities_only(client_for, watched, file):
    browser = client_for("minh")
    watched.branches()
    assert browser.get(f"/cases/{file}/sections/identity").status_code == 200
    assert watched.branches() == {"identity"}
    chief = client_for("tuan")
    page = chief.get(f"/cases/{file}/sections/identity")
    assert watched.branches() == set()  # it only asks why
    entries = {"csrf_token": csrf_of(page.text), "reason": "supervision"}
    assert chief.post(f"/cases/{file}/sections/identity", data=entries).status_code == 200
    assert watched.branches() == {"identity"}
