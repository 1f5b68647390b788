"""Root keys made by one test do not outlive it: the key store begins each test as it was installed."""

from __future__ import annotations

import pytest

from app.extensions import part
from app.installation import join_parts
from app.vault.key_stores import complete_key_store, key_folder


@pytest.fixture(autouse=True)
def fresh_roots(app):
    """Only the first root key of each branch, new bytes, known to the application."""
    yield
    with app.app_context():
        setting = part("settings").key_store
        for path in key_folder(setting).glob("root-*.key"):
            path.unlink()
        complete_key_store(setting)
        join_parts(app)
